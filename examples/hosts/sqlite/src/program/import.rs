//! Import from CSV: every row is read and checked before the first is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use customer_pool::digest::Digest;
use customer_pool::id::{CommandKey, CustomerId, Label, PoolId, RepId};
use customer_pool::ledger::VersionedRep;
use customer_pool::model::{Actor, Cause, Customer, PastOwnership, Place, Rep, WayIn};
use customer_pool::plan::{Command, Intent, ItemOutcome, Landing, RepCommand};
use customer_pool::service::Batch;
use customer_pool::store::PoolStore;
use customer_pool::time::Timestamp;
use pool_sqlite::SqliteStore;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::files::{Clock, Pool, say};

/// How many customers become one commit.
const PAGE: usize = 200;

/// Where the rows come from.
pub struct Sources<'a> {
    pub reps: &'a Option<PathBuf>,
    pub customers: &'a Option<PathBuf>,
    pub history: &'a Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepRow {
    id: RepId,
    #[serde(default)]
    units: String,
    #[serde(default = "yes")]
    active: bool,
    #[serde(default)]
    manager: Option<RepId>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerRow {
    id: CustomerId,
    #[serde(default)]
    tier: Option<Label>,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    owner: Option<RepId>,
    #[serde(default)]
    pool: Option<PoolId>,
    #[serde(default)]
    since: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PastRow {
    customer: CustomerId,
    owner: RepId,
    from: Timestamp,
    to: Timestamp,
    way_in: WayIn,
    cause: Cause,
}

/// What is wrong, with file and line.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn note(&mut self, path: &Path, line: u64, what: impl std::fmt::Display) {
        self.0.push(format!("{}:{line}: {what}", path.display()));
    }
}

/// Every row with its line; what cannot be read is noted.
fn rows<T: DeserializeOwned>(path: &Path, wrong: &mut Wrong) -> anyhow::Result<Vec<(u64, T)>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .with_context(|| format!("`{}` cannot be read", path.display()))?;
    let headers = reader.headers().with_context(|| format!("`{}` has no header", path.display()))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                match record.deserialize(Some(&headers)) {
                    Ok(row) => rows.push((line, row)),
                    Err(error) => wrong.note(path, line, error),
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                wrong.note(path, line, error);
            }
        }
    }
    Ok(rows)
}

fn words<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<Vec<T>, T::Err> {
    text.split(';').map(str::trim).filter(|word| !word.is_empty()).map(str::parse).collect()
}

fn reps(path: &Path, wrong: &mut Wrong) -> anyhow::Result<Vec<Rep>> {
    let (mut reps, mut seen) = (Vec::new(), BTreeMap::new());
    for (line, row) in rows::<RepRow>(path, wrong)? {
        if let Some(first) = seen.insert(row.id.clone(), line) {
            wrong.note(path, line, format_args!("`{}` stands in line {first} too", row.id));
        }
        match words(&row.units) {
            Ok(units) => {
                let rep = Rep::new(row.id).with_units(units);
                let rep = row.manager.into_iter().fold(rep, Rep::with_manager);
                reps.push(if row.active { rep } else { rep.deactivated() });
            }
            Err(error) => wrong.note(path, line, error),
        }
    }
    Ok(reps)
}

fn histories(path: &Path, wrong: &mut Wrong) -> anyhow::Result<BTreeMap<CustomerId, Vec<PastOwnership>>> {
    let mut histories = BTreeMap::<CustomerId, Vec<PastOwnership>>::new();
    for (line, row) in rows::<PastRow>(path, wrong)? {
        if row.to < row.from {
            wrong.note(path, line, "it ended before it began");
            continue;
        }
        let past = PastOwnership::new(row.owner, row.from, row.to, row.way_in, row.cause);
        histories.entry(row.customer).or_default().push(past);
    }
    for history in histories.values_mut() {
        history.sort_by_key(|past| std::cmp::Reverse((past.to(), past.from())));
    }
    Ok(histories)
}

fn customers(
    path: &Path,
    mut histories: BTreeMap<CustomerId, Vec<PastOwnership>>,
    is_known: &mut dyn FnMut(&Landing) -> anyhow::Result<bool>,
    wrong: &mut Wrong,
) -> anyhow::Result<Vec<Command>> {
    let (mut commands, mut seen) = (Vec::new(), BTreeMap::new());
    for (line, row) in rows::<CustomerRow>(path, wrong)? {
        if let Some(first) = seen.insert(row.id.clone(), line) {
            wrong.note(path, line, format_args!("`{}` stands in line {first} too", row.id));
        }
        let into = match (row.owner, row.pool) {
            (Some(owner), None) => Landing::Owner(owner),
            (None, Some(pool)) => Landing::Pool(pool),
            (None, None) => Landing::Routing,
            (Some(_), Some(_)) => {
                wrong.note(path, line, "a customer has an owner or lies in a pool");
                continue;
            }
        };
        if !is_known(&into)? {
            let (what, id) = match &into {
                Landing::Owner(owner) => ("rep", owner.as_str()),
                Landing::Pool(pool) => ("pool", pool.as_str()),
                _ => ("place", "routing"),
            };
            wrong.note(path, line, format_args!("there is no {what} `{id}`"));
        }
        let tags = match words(&row.tags) {
            Ok(tags) => tags,
            Err(error) => {
                wrong.note(path, line, error);
                continue;
            }
        };
        let past = histories.remove(&row.id).unwrap_or_default();
        let customer = Customer::new(row.id.clone(), Place::Awaiting).with_tags(tags).with_past(past, None);
        let customer = row.tier.into_iter().fold(customer, Customer::with_tier).into();
        let intent = Intent::Import { customer, into, since: row.since, source: Some(Label::new("csv")?) };
        let key = CommandKey::new(&format!("import {}", row.id))?;
        commands.push(Command::new(key, row.id, Actor::System, intent));
    }
    for id in histories.keys() {
        wrong.0.push(format!("the history of `{id}` has no customer"));
    }
    Ok(commands)
}

/// Reps come first: customers belong to them. A rep who is known is renewed, and keeps the leave, of which the file knows
/// nothing. The key holds the version that is renewed, so that facts may come back that were there before.
fn import_reps(pool: &mut Pool, reps: Vec<Rep>, clock: Clock) -> anyhow::Result<()> {
    let mut count = 0_u64;
    for rep in reps {
        let known = SqliteStore::new(&pool.connection).rep(rep.id())?;
        let version = known.as_ref().map_or(0, VersionedRep::version);
        let leave = known.iter().flat_map(|known| known.rep().leave().given().iter().copied());
        let rep = rep.with_leave(leave);
        let key = CommandKey::new(&format!("import rep {} {version} {}", rep.id(), Digest::of(&rep)?))?;
        let command = RepCommand::enroll(key, rep);
        let outcome = pool.carry_out_rep(&command, clock.now())?;
        ensure!(outcome.is_done(), "the rep `{}` was not imported: {outcome:?}", command.rep());
        count += u64::from(matches!(outcome, ItemOutcome::Applied { .. }));
    }
    println!("{count} reps are new or have changed");
    Ok(())
}

/// Imports everything, or nothing where a row is wrong.
pub fn import(pool: &mut Pool, sources: &Sources<'_>, clock: Clock) -> anyhow::Result<ExitCode> {
    let mut wrong = Wrong::default();
    let histories = sources.history.as_deref().map_or(Ok(BTreeMap::new()), |path| histories(path, &mut wrong))?;
    let reps = sources.reps.as_deref().map_or(Ok(Vec::new()), |path| reps(path, &mut wrong))?;
    let pools: BTreeSet<PoolId> =
        pool.rules.effective_at(clock.now()).draft().pools().iter().map(|pool| pool.id().clone()).collect();
    let enrolled: BTreeSet<&RepId> = reps.iter().map(Rep::id).collect();
    let mut is_known = |into: &Landing| {
        Ok(match into {
            Landing::Owner(owner) => {
                enrolled.contains(owner) || SqliteStore::new(&pool.connection).rep(owner)?.is_some()
            }
            Landing::Pool(id) => pools.contains(id),
            _ => true,
        })
    };
    let commands = match sources.customers.as_deref() {
        Some(path) => customers(path, histories, &mut is_known, &mut wrong)?,
        None => Vec::new(),
    };
    if !wrong.0.is_empty() {
        wrong.0.iter().for_each(|line| eprintln!("{line}"));
        bail!("nothing was imported: {} rows are wrong", wrong.0.len());
    }
    import_reps(pool, reps, clock)?;
    let (mut done, mut there, mut refused) = (0_u64, 0_u64, 0_u64);
    for page in commands.chunks(PAGE) {
        let contents: Vec<Digest> = page.iter().map(Command::content).collect::<Result<_, _>>()?;
        let key = CommandKey::new(&format!("import page {}", Digest::of(&contents)?))?;
        let now = clock.now();
        let outcome = pool.carry_out_batch(&Batch::new(key, page.iter().cloned()), now)?;
        for (id, item) in outcome.items() {
            match item {
                ItemOutcome::Applied { .. } => done += 1,
                ItemOutcome::Refused { refusals, .. } if refusals.iter().all(|why| why.code() == "move.exists") => {
                    there += 1
                }
                other => {
                    eprintln!("{}", say(&pool.rules, now, id, other));
                    refused += 1;
                }
            }
        }
    }
    println!("{done} imported, {there} were there, {refused} refused");
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
