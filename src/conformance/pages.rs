//! Pages and indexes.

use super::support::{Bench, Database, OrViolation, Violation, changed_policy, customer, id, same};
use crate::id::CustomerId;
use crate::ledger::{PolicyStamp, Review, Versioned};
use crate::model::{Activity, ActivityKind, Actor, Customer, Occurred, Place, PoolStay};
use crate::plan::{Command, Intent, Landing, RepIntent, wake};
use crate::policy::Revisions;
use crate::service::Driver;
use crate::store::{Listings, OpenItem, PoolStore, Ranked, Waking};
use crate::time::Timestamp;

/// A customer that lies in a pool with this rank since so many hours before now.
fn lie<D: Database>(
    bench: &Bench,
    store: &mut D::Session,
    name: &str,
    rank: Option<i64>,
    hours: i64,
) -> Result<(), Violation> {
    let facts = Box::new(Customer::new(id(name)?, Place::Awaiting));
    let since = Some(bench.later(hours.saturating_neg()));
    let intent = Intent::Import { customer: facts, into: Landing::Pool(id("east")?), since, source: None };
    let command = Command::new(id(&format!("import {name}"))?, id(name)?, Actor::System, intent);
    let mut changes = bench.changes(store, &command, bench.now)?;
    for change in &mut changes.customers {
        change.wake.rank = rank;
        // Every other one starves, at an instant of its own.
        change.wake.starves_at = (hours % 2 == 0).then(|| bench.later(hours));
        change.wake.at = Some(bench.later(hours.wrapping_rem(5)));
    }
    store.commit(&changes).or_violation("a commit").map(|_| ())
}

fn ranks() -> impl Iterator<Item = (String, Option<i64>, i64)> {
    let ranks = [Some(5), None, Some(-5), Some(i64::MAX), Some(i64::MIN), Some(0), None, Some(5)];
    (0_i64..40).map(move |n| {
        let rank = ranks.iter().cycle().nth(usize::try_from(n).unwrap_or(0)).copied().flatten();
        (format!("c{}", n.wrapping_mul(7) % 40), rank, n % 6)
    })
}

/// Reads a list page by page.
fn all<T: Clone>(
    limit: usize,
    mut page: impl FnMut(Option<&T>) -> Result<Vec<T>, Violation>,
) -> Result<Vec<T>, Violation> {
    let mut list: Vec<T> = Vec::new();
    loop {
        let next = page(list.last())?;
        let (full, over) = (next.len() == limit, next.len() > limit);
        if over {
            return Err(Violation::new("a page is longer than its limit"));
        }
        list.extend(next);
        if !full || list.len() > 10_000 {
            return Ok(list);
        }
    }
}

pub(super) fn pages_are_ordered<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    bench.enroll(&mut store, "li", "sales/east")?;
    let (mut ranked, mut waking, mut starving) = (Vec::new(), Vec::new(), Vec::new());
    for (name, rank, hours) in ranks() {
        lie::<D>(&bench, &mut store, &name, rank, hours)?;
        let customer: CustomerId = id(&name)?;
        ranked.push(Ranked { rank, since: bench.later(hours.saturating_neg()), customer: customer.clone() });
        waking.push(Waking { at: bench.later(hours % 5), customer: customer.clone() });
        if hours % 2 == 0 {
            starving.push(Waking { at: bench.later(hours), customer });
        }
    }
    ranked.sort();
    waking.sort();
    starving.sort();
    let (until, pool) = (bench.later(3), id("east")?);
    let due: Vec<_> = waking.iter().filter(|row| row.at <= until).cloned().collect();
    let starved: Vec<_> = starving.iter().filter(|row| row.at <= until).cloned().collect();
    for limit in [1, 3, 7, 1_000] {
        let found = all(limit, |after| store.pooled(&pool, after, limit).or_violation("a list"))?;
        same("a pool in its order", &found, &ranked)?;
        let found = all(limit, |after| store.due(until, after, limit).or_violation("a list"))?;
        same("what is due", &found, &due)?;
        let found = all(limit, |after| store.starved(&pool, until, after, limit).or_violation("a list"))?;
        same("what starves", &found, &starved)?;
    }
    let assigned = |name: &str| -> Result<Command, Violation> {
        bench
            .command(&format!("assign {name}"), name, Intent::Assign { to: id("li")? })
            .map(|command| command.with_bypasses([crate::claim::Bypass::Check(crate::claim::Check::Capacity)]))
    };
    let mut owned = Vec::new();
    for (name, ..) in ranks().take(9) {
        bench.done(&mut store, &assigned(&name)?, bench.now)?;
        owned.push(id::<CustomerId>(&name)?);
    }
    owned.sort();
    for limit in [1, 4, 100] {
        let found = all(limit, |after| store.owned_by(&id("li")?, after, limit).or_violation("a list"))?;
        same("what a rep owns", &found, &owned)?;
    }
    Ok(())
}

pub(super) fn pages_are_complete_while_others_write<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    bench.enroll(&mut store, "li", "sales/east")?;
    for (name, rank, hours) in ranks() {
        lie::<D>(&bench, &mut store, &name, rank, hours)?;
    }
    // Between two pages some customers leave, and others come: those that stay are each met once.
    let leaves = |n: usize| format!("c{}", n.wrapping_mul(4) % 40);
    let mut pages = 0_usize;
    let mut other = database.session();
    let found = all(4, |after| {
        pages = pages.saturating_add(1);
        let close = Intent::Close { cause: crate::model::ClosedCause::Invalid };
        let close = bench.command(&format!("close {pages}"), &leaves(pages), close)?;
        let _ = bench.run(&mut other, &close, bench.now)?;
        lie::<D>(&bench, &mut other, &format!("new{pages}"), Some(i64::try_from(pages).unwrap_or(0)), 1)?;
        store.pooled(&id("east")?, after, 4).or_violation("a list")
    })?;
    let mut once = found.clone();
    once.dedup_by(|one, other| one.customer == other.customer);
    same("each row once", &found.len(), &once.len())?;
    if !found.windows(2).all(|pair| matches!(pair, [one, next] if one < next)) {
        return Err(Violation::new("the pages are not in their order"));
    }
    let gone: Vec<String> = (1..=pages).map(leaves).collect();
    for (name, ..) in ranks().filter(|(name, ..)| !gone.contains(name)) {
        if !found.iter().any(|row| row.customer.as_str() == name) {
            return Err(Violation::new(format!("`{name}` was there all the time and is on no page")));
        }
    }
    Ok(())
}

/// A life that sees every index.
fn life(bench: &Bench) -> Result<Vec<(i64, Command)>, Violation> {
    let by = || id("li");
    let call = Activity::new(ActivityKind::Call, Actor::Rep(by()?), Some(Occurred::At(bench.later(60))), None);
    let call = Box::new(call.or_violation("a call")?);
    let one = |key: &str, intent| bench.command(key, "c1", intent);
    Ok(vec![
        (0, one("ask", Intent::Ask { by: by()? })?),
        (1, one("withdraw", Intent::Withdraw { by: by()? })?),
        (2, one("ask again", Intent::Ask { by: by()? })?),
        (3, one("confirm", Intent::Confirm { by: by()? })?),
        (60, one("call", Intent::RecordActivity(call))?),
        (61, one("tier", Intent::ChangeTier { tier: Some(id("vip")?), evidence: None, until: None })?),
        (24 * 10, one("warn", Intent::Wake)?),
        (24 * 12, one("nominate", Intent::Wake)?),
        (24 * 12, one("reject", Intent::Review(Review::Rejected))?),
        (24 * 12, one("lock", Intent::Lock { until: None })?),
        (24 * 13, one("request", Intent::Release { by: by()? })?),
        (24 * 13, one("refuse", Intent::RefuseRelease { by: id("wang")? })?),
        (24 * 13, one("request again", Intent::Release { by: by()? })?),
        (24 * 14, one("approve", Intent::ApproveRelease { by: id("wang")? })?),
        (24 * 20, one("move", Intent::MoveTo { pool: id("asked")? })?),
        (24 * 21, one("close", Intent::Close { cause: crate::model::ClosedCause::Invalid })?),
    ])
}

/// Runs the life, and looks after each step.
fn through_a_life<D: Database>(
    database: &D,
    mut look: impl FnMut(&Bench, &mut D::Session, Timestamp, &str) -> Result<(), Violation>,
) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    for rep in ["li", "wang"] {
        bench.enroll(&mut store, rep, "sales/east")?;
    }
    bench.create(&mut store, "c1", "asked")?;
    bench.create(&mut store, "c0", "asked")?;
    for (hours, command) in life(&bench)? {
        let now = bench.later(hours);
        let attempt = bench.run(&mut store, &command, now)?;
        let applied = matches!(
            attempt.outcome(),
            Some(crate::plan::ItemOutcome::Applied { .. } | crate::plan::ItemOutcome::AlreadyDone)
        );
        if !applied {
            return Err(Violation::new(format!("{command:?} came to {attempt:?}")));
        }
        look(&bench, &mut database.session(), now, command.key().as_str())?;
    }
    Ok(())
}

pub(super) fn wake_ups_follow_commits<D: Database>(database: &D) -> Result<(), Violation> {
    through_a_life(database, |bench, store, now, key| {
        let state = customer(store, "c1")?.ok_or_else(|| Violation::new("the customer is gone"))?;
        let owner = match state.customer().ownership() {
            Some(owned) => store.rep(owned.owner()).or_violation("reading a rep")?,
            None => None,
        };
        let wanted = wake(&bench.rules, state.customer(), owner.as_ref(), now).at;
        let rows = store.due(Timestamp::MAX, None, 100).or_violation("a list")?;
        let rows: Vec<_> = rows.into_iter().filter(|row| row.customer == *state.customer().id()).collect();
        same(
            &format!("the wake-ups after `{key}`"),
            &rows.iter().map(|row| row.at).collect(),
            &Vec::from_iter(wanted),
        )?;
        if let Some(before) = wanted.and_then(|at| at.checked_add_micros(-1)) {
            let rows = store.due(before, None, 100).or_violation("a list")?;
            let early = rows.iter().any(|row| row.customer == *state.customer().id());
            same(&format!("due before its instant after `{key}`"), &early, &false)?;
        }
        Ok(())
    })
}

pub(super) fn indexes_follow_commits<D: Database>(database: &D) -> Result<(), Violation> {
    through_a_life(database, |_, store, _, key| {
        let state = customer(store, "c1")?.ok_or_else(|| Violation::new("the customer is gone"))?;
        let facts = state.customer();
        let id: &CustomerId = facts.id();
        for rep in ["li", "wang"] {
            let listed = store.owned_by(&super::support::id(rep)?, None, 100).or_violation("a list")?.contains(id);
            let owns = facts.ownership().is_some_and(|owned| owned.owner() == rep);
            same(&format!("owned by {rep} after `{key}`"), &listed, &owns)?;
        }
        for pool in ["east", "asked"] {
            let rows = store.pooled(&super::support::id(pool)?, None, 100).or_violation("a list")?;
            let listed = rows.iter().any(|row| row.customer == *id);
            let lies = facts.stay().map(PoolStay::pool).is_some_and(|lies| lies == pool);
            same(&format!("in pool {pool} after `{key}`"), &listed, &lies)?;
        }
        Ok(())
    })
}

pub(super) fn open_items_are_listed<D: Database<Session: Listings>>(database: &D) -> Result<(), Violation> {
    through_a_life(database, |_, store, _, key| {
        let mut lives = Vec::new();
        for name in ["c0", "c1"] {
            lives.extend(customer(store, name)?);
        }
        for kind in OpenItem::ALL {
            let open = lives.iter().map(Versioned::customer).filter(|facts| kind.is_open(facts));
            let open: Vec<CustomerId> = open.map(|facts| facts.id().clone()).collect();
            for limit in [1, 100] {
                let listed = all(limit, |after| store.open_items(*kind, after, limit).or_violation("a list"))?;
                same(&format!("{kind:?} after `{key}`"), &listed, &open)?;
            }
        }
        Ok(())
    })
}

pub(super) fn stale_rows_are_listed<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    bench.enroll(&mut store, "li", "sales/east")?;
    for name in ["c1", "c2", "c3"] {
        bench.create(&mut store, name, "east")?;
    }
    bench.done(&mut store, &bench.claim("claim", "c2", "li")?, bench.now)?;
    let present = PolicyStamp::of(bench.rules.newest());
    let listed = |store: &mut D::Session, stamp: &PolicyStamp| -> Result<Vec<String>, Violation> {
        let list = all(2, |after| store.stale(stamp, after, 2).or_violation("a list"))?;
        Ok(list.iter().map(|id| id.as_str().to_owned()).collect())
    };
    same("rows of other revisions", &listed(&mut store, &present)?, &Vec::new())?;
    // Only the owner's customers are computed with the owner.
    let leave = RepIntent::SetLeave { leave: vec![(bench.now, bench.later(24))] };
    bench.rep(&mut store, "leave", "li", leave)?;
    same("rows of an owner who changed", &listed(&mut store, &present)?, &vec!["c2".to_owned()])?;
    let rules = Revisions::new(changed_policy()?).or_violation("two revisions")?;
    let next = PolicyStamp::of(rules.newest());
    let all_three: Vec<String> = ["c1", "c2", "c3"].map(str::to_owned).to_vec();
    same("rows of another policy", &listed(&mut store, &next)?, &all_three)?;
    let driver = Driver::new(&rules);
    let mut after = None;
    for _ in 0..5 {
        let page = driver.reindex_page(after.as_ref(), 2, bench.now).on(&mut store).or_violation("a reindex")?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    same("rows after a reindex", &listed(&mut store, &next)?, &Vec::new())?;
    same("the versions after a reindex", &customer(&mut store, "c1")?.map(|state| state.version()), &Some(1))
}
