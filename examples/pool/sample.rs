//! What is shown without a command: a sample sales team on one morning.

use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::messages::Language;
use customer_pool::model::Customer;
use customer_pool::{Decision, Verdict};

use crate::input::World;
use crate::row::Row;
use crate::sweep::Summary;
use crate::table;
use crate::{Exit, Source, Stop, explain};

/// How many customers are listed.
const LISTED: usize = 8;

pub fn run(lang: Language, out: &mut impl Write) -> Result<Exit, Stop> {
    let world = World::open(&Source { policy: None, customers: None, reps: None, now: None, json: false })?;
    let mut summary = Summary::default();
    let mut coming: Vec<(Customer, Decision)> = Vec::new();
    let mut customers = 0;
    let exit = world.each(false, |customer| {
        let decision = world.policy.decide(&customer, world.owner(&customer), world.now);
        summary.add(&Row::new(&world.policy, &customer, &decision));
        customers += 1;
        if matches!(decision.verdict(), Verdict::Keep | Verdict::Warn(_)) && decision.due().is_some() {
            coming.push((customer, decision));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    coming.sort_by(|(a, x), (b, y)| (x.due(), a.id()).cmp(&(y.due(), b.id())));

    let policy = &world.policy;
    let (id, revision) = (policy.draft().id(), policy.revision().number());
    let (triggers, pools) = (policy.trigger_ids().count(), policy.draft().pools().len());
    writeln!(out, "Policy `{id}`, revision {revision}: {triggers} triggers, {pools} pools.")?;
    let zone = policy.default_calendar().zone();
    writeln!(out, "{customers} customers of {} reps on {} ({zone}):", world.reps(), table::local(policy, world.now))?;
    writeln!(out, "{}.", summary.all)?;

    writeln!(out, "\nThe next to come due:")?;
    let cells = |[due, customer, owner, verdict, trigger, pool]: [&str; 6]| {
        table::line(&[(due, 16), (customer, 30), (owner, 12), (verdict, 14), (trigger, 14), (pool, 0)])
    };
    writeln!(out, "{}", cells(["due", "customer", "owner", "verdict", "trigger", "pool"]))?;
    for (customer, decision) in coming.iter().take(LISTED) {
        let row = Row::new(policy, customer, decision);
        writeln!(
            out,
            "{}",
            cells([
                &table::local_or_dash(policy, row.report.due),
                customer.id().as_str(),
                row.owner.map_or("-", |owner| owner.as_str()),
                &row.verdict().to_string(),
                row.report.trigger.as_ref().map_or("-", |trigger| trigger.as_str()),
                row.report.pool.as_ref().map_or("-", |pool| pool.as_str()),
            ])
        )?;
    }

    let warned = coming.iter().find(|(_, decision)| matches!(decision.verdict(), Verdict::Warn(_)));
    if let Some((customer, _)) = warned.or(coming.first()) {
        writeln!(out, "\nWhy, for one of them (`explain` says all of it):")?;
        let explanation = policy.explain(customer, world.owner(customer), world.now);
        let row = Row::new(policy, customer, explanation.decision());
        let trigger = row.report.trigger.as_ref().map_or("", |trigger| trigger.as_str());
        explain::write(&row, &outline(explanation.lines(policy, lang), trigger), out)?;
    }
    writeln!(
        out,
        "\nMore: `sweep`, `next`, `explain CUSTOMER`, `check POLICY`, `rfm`, `clv predict`, all with `--help`."
    )?;
    Ok(exit)
}

/// An explanation with the details of one trigger only: the indented lines below those that name it.
fn outline(lines: Vec<String>, trigger: &str) -> Vec<String> {
    let mut named = false;
    let keep = |line: &String| {
        let detail = line.starts_with("  ");
        if !detail {
            named = line.split(|c: char| !c.is_alphanumeric() && !"_-.".contains(c)).any(|word| word == trigger);
        }
        named || !detail
    };
    lines.into_iter().filter(keep).collect()
}
