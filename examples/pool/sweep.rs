//! `sweep`: a decision about every customer, or a plan.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::id::RepId;
use serde::Serialize;

use crate::check::write_json;
use crate::input::World;
use crate::plan::Planning;
use crate::row::{Row, VERDICTS, VerdictName};
use crate::table;
use crate::{Exit, Source, Stop, plan};

/// How many customers have each verdict, in the order of [`VERDICTS`].
#[derive(Clone, Copy, Default)]
pub struct Counts([u64; VERDICTS.len()]);

impl Counts {
    fn add(&mut self, verdict: &VerdictName) {
        for (count, name) in self.0.iter_mut().zip(VERDICTS) {
            *count += u64::from(name == verdict.name);
        }
    }
}

impl Serialize for Counts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(VERDICTS.iter().zip(self.0))
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, count)) in VERDICTS.iter().zip(self.0).enumerate() {
            write!(f, "{}{} {count}", if i == 0 { "" } else { " · " }, name.replace('_', " "))?;
        }
        Ok(())
    }
}

/// The sums of a sweep.
#[derive(Default, Serialize)]
pub struct Summary {
    customers: u64,
    pub all: Counts,
    by_rep: BTreeMap<RepId, Counts>,
}

impl Summary {
    pub fn add(&mut self, row: &Row<'_>) {
        self.customers += 1;
        self.all.add(&row.verdict());
        if let Some(owner) = row.owner {
            self.by_rep.entry(owner.clone()).or_default().add(&row.verdict());
        }
    }
}

/// The last line of `--json`.
#[derive(Serialize)]
pub struct LastLine {
    pub summary: Summary,
}

pub fn run(planning: &Planning, source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
    let world = World::open(source)?;
    if planning.is_asked() {
        return plan::run(&world, planning, source.json, out);
    }
    let mut summary = Summary::default();
    // Listed apart: somebody has to look at them.
    let mut undetermined = Vec::new();
    if !source.json {
        let zone = world.policy.default_calendar().zone();
        writeln!(out, "as of {} ({zone})\n", table::local(&world.policy, world.now))?;
        writeln!(out, "{}", Row::head())?;
    }
    let exit = world.each(true, |customer| {
        let decision = world.policy.decide(&customer, world.owner(&customer), world.now);
        let row = Row::new(&world.policy, &customer, &decision);
        summary.add(&row);
        if source.json {
            write_json(out, &row)?;
        } else if row.verdict().name == "undetermined" {
            undetermined.extend(row.lines(&world.policy));
        } else {
            for line in row.lines(&world.policy) {
                writeln!(out, "{line}")?;
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if source.json {
        write_json(out, &LastLine { summary })?;
        return Ok(exit);
    }
    if !undetermined.is_empty() {
        writeln!(out, "\nfor review, because the facts do not tell:")?;
        for line in undetermined {
            writeln!(out, "{line}")?;
        }
    }
    write_summary(&summary, out)?;
    Ok(exit)
}

/// Counts by verdict, and by rep.
pub fn write_summary(summary: &Summary, out: &mut impl Write) -> Result<(), Stop> {
    writeln!(out, "\n{} customers: {}\n", summary.customers, summary.all)?;
    // Only owned customers have a rep.
    let names = &VERDICTS[..VERDICTS.len() - 1];
    let columns = |first: &str, texts: &[String]| {
        let mut cells = vec![(first, 14)];
        cells.extend(names.iter().zip(texts).map(|(name, text)| (text.as_str(), name.len())));
        table::line(&cells)
    };
    writeln!(out, "{}", columns("rep", &names.iter().map(ToString::to_string).collect::<Vec<_>>()))?;
    for (rep, counts) in &summary.by_rep {
        let texts: Vec<_> = names.iter().zip(counts.0).map(|(name, n)| format!("{n:>0$}", name.len())).collect();
        writeln!(out, "{}", columns(rep.as_str(), &texts))?;
    }
    Ok(())
}
