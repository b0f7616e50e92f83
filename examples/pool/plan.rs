//! `sweep --plan`: what a run would do within its ceilings, and what that comes to.

use std::io::Write;
use std::ops::ControlFlow;

use clap::Args;
use customer_pool::sweep::{
    Ceiling, Ceilings, ReportLine, Sweep, SweepAction, SweepItem, SweepPlan, SweepReport, Tally, Undetermined,
};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::check::write_json;
use crate::input::World;
use crate::row::Row;
use crate::sweep::{LastLine, Summary, write_summary};
use crate::table;
use crate::{Exit, Stop};

/// Whether a plan is asked for, and within which ceilings.
#[derive(Args)]
pub struct Planning {
    /// Plans a run instead of listing decisions: what it would do, and what that comes to. So does every option below
    #[arg(long)]
    plan: bool,
    /// At most so many reclaims and nominations in the run
    #[arg(long, value_name = "N")]
    max: Option<u32>,
    /// At most so many from one owner
    #[arg(long, value_name = "N")]
    max_per_owner: Option<u32>,
    /// At most so many of a hundred that the owner holds, but one at least
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(1..=100))]
    max_share: Option<u32>,
    /// Bounds between the bands of value in the report; several are possible
    #[arg(long, value_name = "VALUE", value_delimiter = ',', allow_negative_numbers = true)]
    band: Vec<Decimal>,
}

impl Planning {
    /// Whether the command line asks for a plan.
    pub fn is_asked(&self) -> bool {
        self.plan || self.ceilings() != Ceilings::new() || !self.band.is_empty()
    }

    fn ceilings(&self) -> Ceilings {
        let ceilings = Ceilings::new();
        let ceilings = self.max.map_or(ceilings, |most| ceilings.with_per_run(most));
        let ceilings = self.max_per_owner.map_or(ceilings, |most| ceilings.with_per_owner(most));
        self.max_share.map_or(ceilings, |percent| ceilings.with_share_percent(percent))
    }
}

/// An item, as a JSON object.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(flatten)]
    item: &'a SweepItem,
    /// Which ceiling holds it back.
    throttled: Option<Ceiling>,
}

/// A customer about whom nobody can tell, likewise.
#[derive(Serialize)]
struct Untold<'a> {
    undetermined: &'a Undetermined,
}

/// The last but one line of `--json`.
#[derive(Serialize)]
struct ReportRow {
    report: SweepReport,
}

pub fn run(world: &World, planning: &Planning, json: bool, out: &mut impl Write) -> Result<Exit, Stop> {
    let mut summary = Summary::default();
    let mut sweep = Sweep::new(&world.policy, world.now, planning.ceilings());
    let exit = world.each(false, |customer| {
        let owner = world.owner(&customer);
        summary.add(&Row::new(&world.policy, &customer, &world.policy.decide(&customer, owner, world.now)));
        sweep.add(&customer, owner);
        Ok(ControlFlow::Continue(()))
    })?;
    let plan = sweep.finish();
    let (items, report) = (in_order(&plan), plan.report(&planning.band));
    if json {
        items.iter().try_for_each(|item| write_json(out, item))?;
        plan.undetermined().iter().try_for_each(|undetermined| write_json(out, &Untold { undetermined }))?;
        write_json(out, &ReportRow { report })?;
        write_json(out, &LastLine { summary })?;
        return Ok(exit);
    }
    let zone = world.policy.default_calendar().zone();
    writeln!(out, "as of {} ({zone})\n", table::local(&world.policy, plan.as_of()))?;
    write_items(world, &items, out)?;
    if !plan.undetermined().is_empty() {
        writeln!(out, "\nfor review, because the facts do not tell:")?;
    }
    for one in plan.undetermined() {
        let owner = one.owner().map_or("-", |owner| owner.as_str());
        let line = table::line(&[(one.customer().as_str(), 30), (owner, 14), (one.reason().as_str(), 0)]);
        writeln!(out, "{line}")?;
    }
    write_report(&report, out)?;
    write_summary(&summary, out)?;
    Ok(exit)
}

/// What is done and what is held back, in one order: by due instant and customer.
fn in_order(plan: &SweepPlan) -> Vec<Item<'_>> {
    let done = plan.items().iter().map(|item| Item { item, throttled: None });
    let waits = plan.throttled().iter().map(|it| Item { item: it.item(), throttled: Some(it.ceiling()) });
    let mut items: Vec<_> = done.chain(waits).collect();
    items.sort_by_key(|it| (it.item.due(), it.item.customer()));
    items
}

fn write_items(world: &World, items: &[Item<'_>], out: &mut impl Write) -> Result<(), Stop> {
    let cells = |[due, customer, owner, action, trigger, pool, throttled]: [&str; 7]| {
        let cells = [(due, 16), (customer, 30), (owner, 14), (action, 14), (trigger, 14), (pool, 10), (throttled, 0)];
        table::line(&cells)
    };
    writeln!(out, "{}", cells(["due", "customer", "owner", "action", "trigger", "pool", "throttled"]))?;
    for Item { item, throttled } in items {
        let action = match item.action() {
            SweepAction::Reclaim => "reclaim".to_owned(),
            SweepAction::Nominate => "nominate".to_owned(),
            SweepAction::Notice => "notice".to_owned(),
            SweepAction::Warn { stage, .. } => format!("warn: {stage}"),
            other => format!("{other:?}"),
        };
        let due = table::local(&world.policy, item.due());
        let line = cells([
            &due,
            item.customer().as_str(),
            item.owner().as_str(),
            &action,
            item.trigger().as_str(),
            item.pool().as_str(),
            throttled.map_or("", ceiling),
        ]);
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn ceiling(ceiling: Ceiling) -> &'static str {
    match ceiling {
        Ceiling::Run => "run",
        Ceiling::Owner => "owner",
        Ceiling::Share => "share",
    }
}

fn write_report(report: &SweepReport, out: &mut impl Write) -> Result<(), Stop> {
    let all = [ReportLine { name: Some("all".to_owned()), tally: report.all.clone() }];
    let parts = [("rep", &report.by_owner), ("tier", &report.by_tier), ("pool", &report.by_pool)];
    let parts = parts.map(|(name, lines)| (name, lines.as_slice()));
    for (name, lines) in [("", &all[..])].into_iter().chain(parts).chain([("value", report.by_value.as_slice())]) {
        let head = ["reclaims", "nominations", "notices", "warnings", "throttled", "value", "without value"]
            .map(str::to_owned);
        writeln!(out, "\n{}", tally_line(name, &head))?;
        for line in lines {
            writeln!(out, "{}", tally_line(line.name.as_deref().unwrap_or("-"), &texts(&line.tally)))?;
        }
    }
    Ok(())
}

fn texts(tally: &Tally) -> [String; 7] {
    let counts = [tally.reclaims, tally.nominations, tally.notices, tally.warnings, tally.throttled];
    let [reclaims, nominations, notices, warnings, throttled] = counts.map(|n| n.to_string());
    let value = tally.value.map_or("too long".to_owned(), |value| value.to_string());
    [reclaims, nominations, notices, warnings, throttled, value, tally.without_value.to_string()]
}

/// A name, and numbers below each other.
fn tally_line(name: &str, texts: &[String; 7]) -> String {
    let [a, b, c, d, e, value, without] = texts;
    table::line(&[(name, 16), (&format!("{a:>8}  {b:>11}  {c:>7}  {d:>8}  {e:>9}  {value:>14}  {without:>13}"), 0)])
}
