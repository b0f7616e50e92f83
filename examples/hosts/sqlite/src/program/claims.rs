//! Claims and releases.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use customer_pool::id::{CommandKey, CustomerId, Label, RepId};
use customer_pool::model::Actor;
use customer_pool::plan::{Command, Intent, ItemOutcome};
use customer_pool::time::Timestamp;
use serde::Deserialize;

use super::files::{Clock, Pool, say};

/// Tells an outcome; `2` where it was refused.
pub fn tell(pool: &Pool, now: Timestamp, id: &CustomerId, outcome: &ItemOutcome) -> ExitCode {
    println!("{}", say(&pool.rules, now, id, outcome));
    if outcome.is_done() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

fn made_key(what: &str, customer: &CustomerId, rep: &RepId, now: Timestamp) -> anyhow::Result<CommandKey> {
    Ok(CommandKey::new(&format!("{what} {rep} {customer} {now}"))?)
}

/// One claim.
pub fn claim(
    pool: &mut Pool,
    customer: &CustomerId,
    rep: &RepId,
    key: Option<&CommandKey>,
    clock: Clock,
) -> anyhow::Result<ExitCode> {
    let now = clock.now();
    let key = key.cloned().map_or_else(|| made_key("claim", customer, rep, now), Ok)?;
    let command = Command::claim(key, customer.clone(), rep.clone());
    let outcome = pool.carry_out(&command, now)?;
    Ok(tell(pool, now, command.customer(), &outcome))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimRow {
    key: CommandKey,
    customer: CustomerId,
    rep: RepId,
}

/// Many claims, each for itself.
pub fn claim_all(pool: &mut Pool, from: &Path, clock: Clock) -> anyhow::Result<ExitCode> {
    let mut reader = csv::Reader::from_path(from).with_context(|| format!("`{}` cannot be read", from.display()))?;
    let rows: Vec<ClaimRow> = reader.deserialize().collect::<Result<_, _>>().context("a row is no claim")?;
    let (mut done, mut refused) = (0_u64, 0_u64);
    for row in rows {
        let command = Command::claim(row.key, row.customer, row.rep);
        let outcome = pool.carry_out(&command, clock.now())?;
        *(if outcome.is_done() { &mut done } else { &mut refused }) += 1;
    }
    println!("{done} claimed, {refused} refused");
    Ok(ExitCode::SUCCESS)
}

/// A release, as it is asked for.
pub struct Release<'a> {
    pub customer: &'a CustomerId,
    pub rep: &'a RepId,
    pub reason: Option<&'a Label>,
    pub key: Option<&'a CommandKey>,
}

/// A release.
pub fn release(pool: &mut Pool, release: &Release<'_>, clock: Clock) -> anyhow::Result<ExitCode> {
    let now = clock.now();
    let Release { customer, rep, reason, key } = release;
    let key = key.cloned().map_or_else(|| made_key("release", customer, rep, now), Ok)?;
    let intent = Intent::Release { by: (*rep).clone() };
    let command = Command::new(key, (*customer).clone(), Actor::Rep((*rep).clone()), intent);
    let command = match reason {
        Some(reason) => command.with_reason((*reason).clone()),
        None => command,
    };
    let outcome = pool.carry_out(&command, now)?;
    Ok(tell(pool, now, command.customer(), &outcome))
}
