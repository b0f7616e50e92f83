//! What only reads.

use std::process::ExitCode;

use anyhow::Context;
use customer_pool::id::{CustomerId, RepId};
use customer_pool::ledger::{Versioned, VersionedRep};
use customer_pool::messages::Language;
use customer_pool::model::{OwnerFacts, Place};
use customer_pool::service::{Audit, Driver};
use customer_pool::store::PoolStore;
use pool_sqlite::SqliteStore;
use rusqlite::Connection;

use super::files::{Clock, Pool};

fn known(store: &mut SqliteStore<&Connection>, id: &CustomerId) -> anyhow::Result<Versioned> {
    store.customer(id)?.with_context(|| format!("there is no customer `{id}`"))
}

/// Why a customer stays or goes, and when that changes.
pub fn explain(pool: &mut Pool, id: &CustomerId, chinese: bool, clock: Clock) -> anyhow::Result<ExitCode> {
    let mut store = SqliteStore::new(&pool.connection);
    let state = known(&mut store, id)?;
    let customer = state.customer();
    match customer.place() {
        Place::Owned(owned) => println!("{id}: {} has it, the {}. ownership", owned.owner(), owned.number()),
        Place::Pool(stay) => println!("{id}: in pool {} since {}", stay.pool(), stay.since()),
        Place::Awaiting => println!("{id}: awaits admission"),
        Place::Closed(cause) => println!("{id}: closed: {cause}"),
    }
    let owner = match customer.ownership() {
        Some(owned) => store.rep(owned.owner())?,
        None => None,
    };
    let owner = OwnerFacts::enrolled(owner.as_ref().map(VersionedRep::rep));
    let (policy, explanation) = pool.rules.explain(customer, owner, clock.now());
    let language = if chinese { Language::Chinese } else { Language::English };
    for line in explanation.lines(policy, language) {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A customer's events.
pub fn ledger(pool: &mut Pool, id: &CustomerId, json: bool) -> anyhow::Result<ExitCode> {
    let mut store = SqliteStore::new(&pool.connection);
    known(&mut store, id)?;
    let mut from = 1;
    loop {
        let page = store.events(id, from, 100)?;
        for event in &page {
            if json {
                println!("{}", serde_json::to_string(event)?);
                continue;
            }
            let origin = event.origin();
            let rule = origin.rule().map_or(String::new(), |rule| format!(", by `{rule}`"));
            println!("{:>4} {} {}{rule}, under `{}`", event.number(), event.at(), event.kind(), origin.key());
        }
        match page.last() {
            Some(last) if page.len() == 100 => from = last.number() + 1,
            _ => return Ok(ExitCode::SUCCESS),
        }
    }
}

fn ids<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    connection: &Connection,
    query: &str,
    after: &str,
) -> anyhow::Result<Vec<T>> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query([after])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(row.get::<_, String>(0)?.parse()?);
    }
    Ok(ids)
}

/// Whether an audit found everything whole; what it found otherwise is told.
fn is_whole(who: &dyn std::fmt::Display, audit: &Audit) -> bool {
    match audit {
        Audit::Whole { .. } | Audit::Unchained { .. } => return true,
        Audit::Broken(broken) => println!("{who}: {broken}"),
        Audit::Illegal(illegal) => println!("{who}: {illegal}"),
        Audit::IllegalRep(illegal) => println!("{who}: {illegal}"),
        Audit::StateDiffers => println!("{who}: what is kept is not what follows from the events"),
        other => println!("{who}: {other:?}"),
    }
    false
}

/// Every history, page by page.
pub fn verify(pool: &mut Pool) -> anyhow::Result<ExitCode> {
    let driver = Driver::new(&pool.rules);
    let mut store = SqliteStore::new(&pool.connection);
    let (mut whole, mut broken, mut after) = (0_u64, 0_u64, String::new());
    loop {
        // By their events as well: a customer may have been taken away and have left them behind.
        let query = "SELECT id FROM customer WHERE id > ?1 UNION SELECT customer FROM event WHERE customer > ?1 \
                     ORDER BY 1 LIMIT 500";
        let page: Vec<CustomerId> = ids(&pool.connection, query, &after)?;
        for id in &page {
            let sound = is_whole(id, &driver.audit(id).on(&mut store)?);
            *(if sound { &mut whole } else { &mut broken }) += 1;
        }
        match page.last() {
            Some(last) => after = last.to_string(),
            None => break,
        }
    }
    let query = "SELECT id FROM rep WHERE id > ?1 UNION SELECT rep FROM rep_event WHERE rep > ?1 ORDER BY 1";
    for id in ids::<RepId>(&pool.connection, query, "")? {
        let sound = is_whole(&id, &driver.audit_rep(&id).on(&mut store)?);
        *(if sound { &mut whole } else { &mut broken }) += 1;
    }
    println!("{whole} histories are whole, {broken} are broken");
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
