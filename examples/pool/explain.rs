//! `explain`: the whole explanation of one decision.

use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::messages::Language;
use serde::Serialize;

use crate::check::write_json;
use crate::input::World;
use crate::row::Row;
use crate::{Exit, Source, Stop, tell};

/// A decision and the lines that explain it.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    explanation: Vec<String>,
}

pub fn run(id: &str, lang: Language, source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
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
    let explanation = world.policy.explain(&customer, world.owner(&customer), world.now);
    let row = Row::new(&world.policy, &customer, explanation.decision());
    let lines = explanation.lines(&world.policy, lang);
    if source.json {
        write_json(out, &Explained { row, explanation: lines })?;
    } else {
        write(&row, &lines, out)?;
    }
    Ok(exit)
}

/// Writes the decision about one customer and the lines that explain it.
pub fn write(row: &Row<'_>, lines: &[String], out: &mut impl Write) -> Result<(), Stop> {
    match row.owner {
        Some(owner) => writeln!(out, "{} ({owner})", row.customer)?,
        None => writeln!(out, "{}", row.customer)?,
    }
    for line in lines {
        writeln!(out, "  {line}")?;
    }
    for line in row.more() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
