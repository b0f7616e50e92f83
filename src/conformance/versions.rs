//! Compare-and-set on each kind of version, atomic commits, idempotent keys.

use super::support::{Bench, Database, OrViolation, Violation, customer, id, rep, same, stale};
use crate::ledger::ChangedFact;
use crate::model::LedgerScope;
use crate::plan::{Changes, Command, Intent, RepChange, RepCommand, RepIntent, Subject, Version};
use crate::plan::{Facts, Planner, RepPlanned};
use crate::service::Attempt;
use crate::store::{Committed, PoolStore};

fn tags(bench: &Bench, key: &str, about: &str) -> Result<Command, Violation> {
    bench.command(key, about, Intent::Change(ChangedFact::Tags(vec![id(key)?])))
}

/// Two reps of one unit, and three customers in a pool.
fn furnished<D: Database>(database: &D) -> Result<(Bench, D::Session), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    for rep in ["li", "wang"] {
        bench.enroll(&mut store, rep, "sales/east")?;
    }
    for customer in ["c1", "c2", "c3"] {
        bench.create(&mut store, customer, "east")?;
    }
    Ok((bench, store))
}

pub(super) fn compares_customers<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = furnished(database)?;
    let planned = bench.changes(&mut store, &tags(&bench, "late", "c1")?, bench.now)?;
    bench.done(&mut database.session(), &tags(&bench, "first", "c1")?, bench.now)?;
    stale(&mut store, &planned, Version::new(Subject::Customer(id("c1")?), 2))?;
    // What is new must not be there.
    let bench = Bench::new()?;
    let create = bench.changes(&mut database.session(), &created(&bench, "new", "c9")?, bench.now)?;
    bench.done(&mut store, &created(&bench, "newer", "c9")?, bench.now)?;
    stale(&mut store, &create, Version::new(Subject::Customer(id("c9")?), 1))
}

fn created(bench: &Bench, key: &str, about: &str) -> Result<Command, Violation> {
    use crate::model::{Customer, Place};
    let customer = Box::new(Customer::new(id(about)?, Place::Awaiting));
    bench.command(key, about, Intent::Create { customer, into: crate::plan::Landing::Pool(id("east")?) })
}

pub(super) fn compares_reps<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = furnished(database)?;
    let command = RepCommand::new(id("late")?, id("li")?, crate::model::Actor::System, RepIntent::Deactivate);
    let known = rep(&mut store, "li")?;
    let facts = Facts::new().with_rep(id("li")?, known);
    let planned = Planner::new(&bench.rules).plan_rep(&command, facts, bench.now).or_violation("a plan")?;
    let RepPlanned::Plan(plan) = planned else { return Err(Violation::new("an active rep can be deactivated")) };
    let leave = RepIntent::SetLeave { leave: vec![(bench.now, bench.later(24))] };
    bench.rep(&mut database.session(), "leave", "li", leave)?;
    stale(&mut store, plan.changes(), Version::new(Subject::Rep(id("li")?), 2))?;
    let active = rep(&mut store, "li")?.is_some_and(|rep| rep.rep().is_active());
    same("the rep is active still", &active, &true)
}

/// A claim of one customer that is committed after `first` has claimed another.
fn after_another_claim<D: Database>(database: &D, first: &str, scope: LedgerScope) -> Result<(), Violation> {
    let (bench, mut store) = furnished(database)?;
    let planned = bench.changes(&mut store, &bench.claim("late", "c1", "li")?, bench.now)?;
    bench.done(&mut database.session(), &bench.claim("first", "c2", first)?, bench.now)?;
    // Only this ledger tells that something has happened.
    let expects = |change: &&crate::plan::LedgerChange| change.scope == scope && change.expected.is_some();
    if !planned.ledgers.iter().any(|change| expects(&change)) {
        return Err(Violation::new("a claim compares the ledgers that it read"));
    }
    stale(&mut store, &planned, Version::new(Subject::Ledger(scope), 1))?;
    let lies = customer(&mut store, "c1")?.is_some_and(|state| state.customer().stay().is_some());
    same("the customer lies in its pool still", &lies, &true)
}

pub(super) fn compares_ledgers<D: Database>(database: &D) -> Result<(), Violation> {
    after_another_claim(database, "li", LedgerScope::Rep(id("li")?))
}

pub(super) fn compares_unit_ledgers<D: Database>(database: &D) -> Result<(), Violation> {
    after_another_claim(database, "wang", LedgerScope::Unit(id("sales/east")?))
}

pub(super) fn compares_what_was_only_read<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = furnished(database)?;
    let planned = bench.changes(&mut store, &bench.claim("late", "c1", "li")?, bench.now)?;
    let leave = RepIntent::SetLeave { leave: vec![(bench.now, bench.later(24))] };
    bench.rep(&mut database.session(), "leave", "li", leave)?;
    stale(&mut store, &planned, Version::new(Subject::Rep(id("li")?), 2))
}

/// Everything that can be seen of the world.
fn seen<D: Database>(database: &D) -> Result<String, Violation> {
    let mut store = database.session();
    let mut all = Vec::new();
    for name in ["c1", "c2", "c3"] {
        let events = store.events(&id(name)?, 1, 100).or_violation("reading events")?;
        all.push(format!("{:?} {events:?}", customer(&mut store, name)?));
    }
    for name in ["li", "wang"] {
        let ledger = store.ledger(&LedgerScope::Rep(id(name)?), Some(crate::time::Timestamp::MIN));
        all.push(format!("{:?} {:?}", rep(&mut store, name)?, ledger.or_violation("reading a ledger")?));
        all.push(format!("{:?}", store.owned_by(&id(name)?, None, 100).or_violation("a list")?));
    }
    all.push(format!("{:?}", store.due(crate::time::Timestamp::MAX, None, 100).or_violation("a list")?));
    all.push(format!("{:?}", store.outcome(&id("late")?).or_violation("an outcome")?));
    Ok(all.join("\n"))
}

/// A commit about everything at once, of which one part is told to be at a version that it is not.
fn everything<D: Database>(bench: &Bench, store: &mut D::Session) -> Result<Changes, Violation> {
    let mut all = bench.changes(store, &bench.claim("late", "c1", "li")?, bench.now)?;
    let other = bench.changes(store, &tags(bench, "late", "c2")?, bench.now)?;
    all.customers.extend(other.customers);
    let deactivate = RepCommand::new(id("late")?, id("wang")?, crate::model::Actor::System, RepIntent::Deactivate);
    let facts = Facts::new().with_rep(id("wang")?, rep(store, "wang")?);
    if let RepPlanned::Plan(plan) =
        Planner::new(&bench.rules).plan_rep(&deactivate, facts, bench.now).or_violation("a plan")?
    {
        all.reps.extend(plan.changes().reps.iter().cloned());
    }
    Ok(all)
}

pub(super) fn a_stale_commit_writes_nothing<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = furnished(database)?;
    let all = everything::<D>(&bench, &mut store)?;
    let before = seen(database)?;
    for n in 0..all.expected().count() {
        let mut wrong = all.clone();
        let mut parts = Parts(n);
        wrong.read.iter_mut().for_each(|version| parts.spoil(&mut version.number));
        wrong.customers.iter_mut().for_each(|change| parts.spoil(&mut change.expected));
        wrong.reps.iter_mut().for_each(|change: &mut RepChange| parts.spoil(&mut change.expected));
        wrong.ledgers.iter_mut().filter_map(|change| change.expected.as_mut()).for_each(|version| parts.spoil(version));
        let committed = store.commit(&wrong).or_violation("a commit")?;
        if !matches!(committed, Committed::Stale(_)) {
            return Err(Violation::new(format!("version {n} of {wrong:?} is wrong, and it came to {committed:?}")));
        }
        same("after a stale commit", &seen(database)?, &before)?;
    }
    Ok(())
}

/// Counts down to the version that is spoilt.
struct Parts(usize);

impl Parts {
    fn spoil(&mut self, version: &mut u64) {
        if self.0 == 0 {
            *version = version.saturating_add(1);
        }
        self.0 = self.0.wrapping_sub(1);
    }
}

pub(super) fn commits_are_atomic<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = furnished(database)?;
    // The last of several customers is another: none is written.
    let mut both = bench.changes(&mut store, &tags(&bench, "both", "c1")?, bench.now)?;
    both.customers.extend(bench.changes(&mut store, &tags(&bench, "both", "c2")?, bench.now)?.customers);
    bench.done(&mut database.session(), &tags(&bench, "first", "c2")?, bench.now)?;
    stale(&mut store, &both, Version::new(Subject::Customer(id("c2")?), 2))?;
    let version = customer(&mut store, "c1")?.map(|state| state.version());
    same("the version of the first customer", &version, &Some(1))?;
    // Nobody sees one of two that are written together without the other.
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| -> Result<(), Violation> {
            let mut store = database.session();
            for round in 0..20 {
                let key = format!("round{round}");
                let mut both = bench.changes(&mut store, &tags(&bench, &key, "c1")?, bench.now)?;
                both.customers.extend(bench.changes(&mut store, &tags(&bench, &key, "c3")?, bench.now)?.customers);
                store.commit(&both).or_violation("a commit")?;
            }
            Ok(())
        });
        let mut store = database.session();
        let mut seen = Ok(());
        while !writer.is_finished() && seen.is_ok() {
            // The later one is read first: it is never ahead of the one that is read after it.
            let third = customer(&mut store, "c3")?.map_or(0, |state| state.version());
            let first = customer(&mut store, "c1")?.map_or(0, |state| state.version());
            if third > first {
                seen = Err(Violation::new(format!("c3 is at {third} while c1 is at {first}")));
            }
        }
        let written = writer.join().map_err(|_| Violation::new("the writer panicked"))?;
        written.and(seen)
    })
}

pub(super) fn keys_are_idempotent<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = furnished(database)?;
    let claim = bench.claim("late", "c1", "li")?;
    let changes = bench.changes(&mut store, &claim, bench.now)?;
    let first = store.commit(&changes).or_violation("a commit")?;
    if !matches!(first, Committed::Applied(_)) {
        return Err(Violation::new(format!("a commit came to {first:?}")));
    }
    let before = seen(database)?;
    let again = store.commit(&changes).or_violation("a commit")?;
    let answered = changes.answered.as_ref().map(|answered| (answered.content, answered.outcome.clone()));
    match (&again, &answered) {
        (Committed::Duplicate(found), Some((content, outcome))) => {
            same("the first outcome", &(&found.content, &found.outcome), &(content, outcome))?;
        }
        _ => return Err(Violation::new(format!("the same commit again came to {again:?}"))),
    }
    same("after a second commit", &seen(database)?, &before)?;
    // Another session, later, whatever the versions are by now.
    bench.done(&mut store, &tags(&bench, "more", "c1")?, bench.now)?;
    let attempt = bench.run(&mut database.session(), &claim, bench.later(100))?;
    match (&attempt, answered) {
        (Attempt::Again(outcome), Some((_, wanted))) => {
            same("the outcome", &Some(outcome), &wanted.of(claim.customer()))
        }
        _ => Err(Violation::new(format!("the same command later came to {attempt:?}"))),
    }
}
