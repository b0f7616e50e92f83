//! `next`: who changes when, if nothing else happens.

use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::Decision;
use customer_pool::id::{CustomerId, RepId};
use customer_pool::messages::VerdictReport;
use customer_pool::time::Timestamp;
use serde::Serialize;

use crate::check::write_json;
use crate::input::World;
use crate::row::{Row, VerdictName};
use crate::table;
use crate::{Exit, Source, Stop};

/// One change to come, in the order in which they are listed.
#[derive(Serialize)]
struct Change {
    at: Timestamp,
    customer: CustomerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<RepId>,
    from: VerdictReport,
    to: VerdictReport,
    /// What of the decision changes.
    changed: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
}

/// What of a decision is another in the later one.
fn changed(now: &Decision, then: &Decision) -> Vec<&'static str> {
    let parts = [
        ("verdict", now.verdict() != then.verdict()),
        ("due", now.due() != then.due()),
        ("trigger", now.trigger() != then.trigger()),
        ("pool", now.pool() != then.pool()),
        ("notify", now.notify() != then.notify()),
    ];
    parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
}

pub fn run(limit: usize, source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
    let world = World::open(source)?;
    let mut changes: Vec<Change> = Vec::new();
    let mut all = 0_u64;
    let exit = world.each(false, |customer| {
        let owner = world.owner(&customer);
        let decision = world.policy.decide(&customer, owner, world.now);
        let Some(at) = decision.next_change() else { return Ok(ControlFlow::Continue(())) };
        let then = world.policy.decide(&customer, owner, at);
        let row = Row::new(&world.policy, &customer, &decision);
        changes.push(Change {
            at,
            customer: customer.id().clone(),
            owner: row.owner.cloned(),
            from: row.report.verdict,
            to: world.policy.report(&then).verdict,
            changed: changed(&decision, &then),
            due: then.due(),
        });
        all += 1;
        // A long file must not fill the memory with changes that are not listed.
        if changes.len() / 2 > limit.max(1_000) {
            first(&mut changes, limit);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    first(&mut changes, limit);
    if source.json {
        for change in &changes {
            write_json(out, change)?;
        }
        return Ok(exit);
    }
    let zone = world.policy.default_calendar().zone();
    writeln!(out, "as of {} ({zone}), {} of {all} changes\n", table::local(&world.policy, world.now), changes.len())?;
    let cells = |[at, customer, owner, from, to, due, changed]: [&str; 7]| {
        table::line(&[(at, 16), (customer, 30), (owner, 14), (from, 22), (to, 22), (due, 16), (changed, 0)])
    };
    writeln!(out, "{}", cells(["at", "customer", "owner", "from", "to", "then due", "changed"]))?;
    for change in &changes {
        let at = table::local(&world.policy, change.at);
        let owner = change.owner.as_ref().map_or("-", RepId::as_str);
        let due = table::local_or_dash(&world.policy, change.due);
        let (from, to) = (VerdictName::new(&change.from).to_string(), VerdictName::new(&change.to).to_string());
        writeln!(
            out,
            "{}",
            cells([&at, change.customer.as_str(), owner, &from, &to, &due, &change.changed.join(", ")])
        )?;
    }
    Ok(exit)
}

/// Keeps the first `limit`, ordered by instant and customer.
fn first(changes: &mut Vec<Change>, limit: usize) {
    changes.sort_unstable_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
    changes.truncate(limit);
}
