//! `explain`: the whole explanation of one decision.

use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::Policy;
use customer_pool::model::{Customer, Rep};
use customer_pool::time::Instant;
use serde::Serialize;

use crate::check::write_json;
use crate::input::World;
use crate::row::Row;
use crate::{Exit, Source, Stop, render, table, tell};

/// A decision and the lines that explain it.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    explanation: Vec<String>,
}

pub fn run(id: &str, source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
    let world = World::open(source)?;
    let mut found = None;
    let exit = world.each(false, |customer| {
        if customer.id() != id {
            return Ok(ControlFlow::Continue(()));
        }
        found = Some(customer);
        Ok(ControlFlow::Break(()))
    })?;
    let Some(customer) = found else {
        tell(format_args!("there is no customer `{id}`"));
        return Ok(if exit == Exit::Fine { Exit::NoSuchCustomer } else { exit });
    };
    let owner = world.owner(&customer);
    if source.json {
        let explanation = world.policy.explain(&customer, owner, world.now);
        let row = Row::new(&world.policy, &customer, explanation.decision());
        write_json(out, &Explained { row, explanation: render::lines(&world.policy, &explanation) })?;
    } else {
        write(&world.policy, &customer, owner, world.now, out)?;
    }
    Ok(exit)
}

/// Writes the decision about one customer and everything that led to it.
pub fn write(
    policy: &Policy,
    customer: &Customer,
    owner: Option<&Rep>,
    now: Instant,
    out: &mut impl Write,
) -> Result<(), Stop> {
    let explanation = policy.explain(customer, owner, now);
    let row = Row::new(policy, customer, explanation.decision());
    let owner = row.owner.map_or_else(String::new, |owner| format!(", owned by {owner}"));
    writeln!(out, "{}{owner}: {}", row.customer, row.verdict)?;
    let mut numbers = Vec::new();
    numbers.extend(row.due.map(|due| format!("due {}", table::local(policy, due))));
    numbers.extend(row.trigger.map(|trigger| format!("by {trigger}")));
    numbers.extend(row.pool.map(|pool| format!("to pool {pool}")));
    numbers.extend(row.next_change.map(|at| format!("next change {}", table::local(policy, at))));
    if !numbers.is_empty() {
        writeln!(out, "  {}", numbers.join(", "))?;
    }
    for line in row.lines(policy).into_iter().skip(1) {
        writeln!(out, "{line}")?;
    }
    for line in render::lines(policy, &explanation) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
