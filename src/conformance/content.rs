//! What is given back: exactly what was committed.

use super::support::{Bench, Database, OrViolation, Violation, customer, id, rep, same};
use crate::attribute::AttributeValue;
use crate::id::CustomerId;

use crate::model::{
    Actor, Customer, LedgerEntry, LedgerScope, LockedCustomer, OpenReservation, Ownership, PastOwnership, Place, Rep,
    WayIn,
};
use crate::plan::{
    Changes, Command, Intent, Landing, LedgerChange, LedgerNote, Note, RepIntent, SideChange, Subject, Version,
};
use crate::store::{Committed, PoolStore};
use crate::time::Timestamp;

/// Ids that a database could change: case, blanks, quotes, other scripts, composed and decomposed letters, long ones.
const IDS: &[&str] = &[
    "c",
    "C",
    " c",
    "c ",
    "客户一",
    "é",
    "e\u{301}",
    "ß",
    "ss",
    "🦀🦀",
    "a'b\"c\\d%_",
    "line\nbreak",
    "\u{202e}right to left",
    "0007",
    "7",
    "null",
    "a-very-long-id-that-no-column-of-thirty-two-or-of-sixty-four-letters-can-hold-without-cutting-it-off",
];

const DECIMALS: &[&str] =
    &["0", "0.00", "-0.01", "1.10", "79228162514264337593543950335", "0.0000000000000000000000000001", "12345.678900"];

const INSTANTS: &[&str] = &[
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00:00.000001Z",
    "2026-03-01T07:00:00.123456Z",
];

fn create(key: &str, customer: Customer) -> Result<Command, Violation> {
    let about = customer.id().clone();
    let intent = Intent::Create { customer: Box::new(customer), into: Landing::Pool(id("east")?) };
    Ok(Command::new(id(key)?, about, Actor::System, intent))
}

pub(super) fn round_trip<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    for (n, name) in IDS.iter().enumerate() {
        let mut facts = Customer::new(id(name)?, Place::Awaiting);
        let decimal = DECIMALS.iter().cycle().nth(n).copied().unwrap_or_default();
        let instant = INSTANTS.iter().cycle().nth(n).copied().unwrap_or_default();
        facts = facts
            .with_tags([id(name)?])
            .with_created(id(instant)?)
            .with_attributes([
                (id("amount")?, AttributeValue::Decimal(id(decimal)?)),
                (id("when")?, AttributeValue::Instant(id(instant)?)),
                (id("least")?, AttributeValue::Integer(i64::MIN)),
            ])
            .with_past(
                [PastOwnership::new(
                    id(name)?,
                    id("2020-01-01T00:00:00.000001Z")?,
                    id("2020-01-01T00:00:00.000002Z")?,
                    WayIn::Assign,
                    crate::model::Cause::Departed,
                )],
                Some(id(instant)?),
            );
        let intent =
            Intent::Import { customer: Box::new(facts), into: Landing::Pool(id("east")?), since: None, source: None };
        let command = Command::new(id(&format!("key {name}"))?, id(name)?, Actor::System, intent);
        let changes = bench.changes(&mut store, &command, bench.now)?;
        store.commit(&changes).or_violation("a commit")?;
        let rep_facts = Rep::new(id(name)?).with_figure(id("target")?, id(decimal)?);
        bench.rep(&mut store, &format!("rep {name}"), name, RepIntent::Enroll { rep: Box::new(rep_facts.clone()) })?;
        let mut other = database.session();
        let wanted = changes.customers.first().map(|change| change.after.clone());
        let found = other.customer(&id::<CustomerId>(name)?).or_violation("reading a customer")?;
        same("a customer", &found, &wanted)?;
        let events = other.events(&id::<CustomerId>(name)?, 0, 10).or_violation("reading events")?;
        same(
            "its events",
            &events,
            &changes.customers.first().map(|change| change.events.clone()).unwrap_or_default(),
        )?;
        let outcome = other.outcome(&id(&format!("key {name}"))?).or_violation("reading an outcome")?;
        let answered = changes.answered.as_ref().map(|answered| answered.outcome.clone());
        same("its outcome", &outcome.map(|first| first.outcome), &answered)?;
        let found = rep(&mut other, name)?.map(|rep| rep.rep().clone());
        same("a rep", &found, &Some(rep_facts))?;
    }
    Ok(())
}

pub(super) fn reads_see_writes<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    bench.enroll(&mut store, "li", "sales/east")?;
    bench.create(&mut store, "c1", "east")?;
    let claim = bench.claim("k", "c1", "li")?;
    let changes = bench.changes(&mut store, &claim, bench.now)?;
    let committed = store.commit(&changes).or_violation("a commit")?;
    let Committed::Applied(versions) = committed else {
        return Err(Violation::new(format!("a commit came to {committed:?}")));
    };
    let told = |subject: Subject, number| versions.contains(&Version::new(subject, number));
    if !told(Subject::Customer(id("c1")?), 2) || !told(Subject::Ledger(LedgerScope::Rep(id("li")?)), 1) {
        return Err(Violation::new(format!("the commit told the versions {versions:?}")));
    }
    for mut session in [store, database.session()] {
        same("the version", &customer(&mut session, "c1")?.map(|state| state.version()), &Some(2))?;
        let events = session.events(&id("c1")?, 2, 10).or_violation("reading events")?;
        same("the events from the second on", &events.len(), &1)?;
        let one = session.events(&id("c1")?, 1, 1).or_violation("reading events")?;
        same("a page of one event", &one.iter().map(|event| event.number()).collect::<Vec<_>>(), &vec![1])?;
        let events = session.rep_events(&id("li")?, 1, 10).or_violation("reading events")?;
        same("the events of the rep", &events.len(), &1)?;
        let owned = session.owned_by(&id("li")?, None, 10).or_violation("a list")?;
        same("what the rep owns", &owned, &vec![id("c1")?])?;
    }
    Ok(())
}

pub(super) fn nothing_is_nothing<D: Database>(database: &D) -> Result<(), Violation> {
    let mut store = database.session();
    let committed = store.commit(&Changes::default()).or_violation("an empty commit")?;
    same("an empty commit", &committed, &Committed::Applied(Vec::new()))?;
    same("an unknown customer", &customer(&mut store, "nobody")?, &None)?;
    same("an unknown rep", &rep(&mut store, "nobody")?, &None)?;
    same("an unknown key", &store.outcome(&id("none")?).or_violation("an outcome")?, &None)?;
    let scope = LedgerScope::Everybody;
    let ledger = store.ledger(&scope, Some(Timestamp::MIN)).or_violation("a ledger")?;
    same("a ledger that nobody wrote", &ledger, &crate::model::Ledger::new(scope))?;
    same("nothing due", &store.due(Timestamp::MAX, None, 10).or_violation("a list")?, &Vec::new())?;
    same("an empty pool", &store.pooled(&id("none")?, None, 10).or_violation("a list")?, &Vec::new())?;
    same(
        "nothing starves",
        &store.starved(&id("none")?, Timestamp::MAX, None, 10).or_violation("a list")?,
        &Vec::new(),
    )?;
    same("nothing owned", &store.owned_by(&id("nobody")?, None, 10).or_violation("a list")?, &Vec::new())?;
    same("no events", &store.events(&id("nobody")?, 0, 10).or_violation("events")?, &Vec::new())?;
    same("no events of a rep", &store.rep_events(&id("nobody")?, 0, 10).or_violation("events")?, &Vec::new())?;
    let bench = Bench::new()?;
    bench.create(&mut store, "c1", "east")?;
    same("a page of no rows", &store.pooled(&id("east")?, None, 0).or_violation("a list")?, &Vec::new())
}

pub(super) fn side_records_are_erased<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    let notes = [("c1", "one text"), ("c2", "another")].map(|(about, text)| (about, Note::new("salt", text)));
    for (about, note) in &notes {
        let command = create(about, Customer::new(id(about)?, Place::Awaiting))?.with_note(note.clone());
        bench.done(&mut store, &command, bench.now)?;
        same("a side record", &database.side_text(&note.digest()), &Some(note.text().to_owned()))?;
    }
    let before = store.events(&id("c1")?, 1, 10).or_violation("events")?;
    let side = vec![SideChange::Erased { customer: id("c1")? }];
    store.commit(&Changes { side, ..Changes::default() }).or_violation("a commit")?;
    for (n, (_, note)) in notes.iter().enumerate() {
        let wanted = (n == 1).then(|| note.text().to_owned());
        same("a side record afterwards", &database.side_text(&note.digest()), &wanted)?;
    }
    same("the events", &store.events(&id("c1")?, 1, 10).or_violation("events")?, &before)?;
    let whole = bench.driver().audit(&id("c1")?).on(&mut store).or_violation("an audit")?;
    match whole {
        crate::service::Audit::Whole { .. } => Ok(()),
        other => Err(Violation::new(format!("the chain is {other:?}"))),
    }
}

fn noted(scope: &LedgerScope, expected: Option<u64>, notes: Vec<LedgerNote>) -> Changes {
    Changes { ledgers: vec![LedgerChange { scope: scope.clone(), expected, notes }], ..Changes::default() }
}

pub(super) fn ledger_versions_move<D: Database>(database: &D) -> Result<(), Violation> {
    let mut store = database.session();
    for scope in [LedgerScope::Rep(id("li")?), LedgerScope::Unit(id("li")?), LedgerScope::Everybody] {
        for version in 0..4_u64 {
            let notes =
                vec![LedgerNote::Reweighed { customer: id("c1")? }, LedgerNote::Reweighed { customer: id("c2")? }];
            let expected = (version != 2).then_some(version);
            let committed = store.commit(&noted(&scope, expected, notes)).or_violation("a commit")?;
            let next = version.saturating_add(1);
            let wanted = Committed::Applied(vec![Version::new(Subject::Ledger(scope.clone()), next)]);
            same("a commit on a ledger", &committed, &wanted)?;
            let found = database.session().ledger(&scope, None).or_violation("a ledger")?;
            same("its version", &found.version(), &next)?;
        }
    }
    Ok(())
}

pub(super) fn ledgers_note<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    let scope = LedgerScope::Rep(id("li")?);
    let at = |hours| bench.later(hours);
    let entry = |hours, about: &str| -> Result<LedgerEntry, Violation> {
        let facts = Customer::new(id(about)?, Place::Owned(Ownership::new(id("li")?, at(hours))));
        let entry = LedgerEntry::new(at(hours), WayIn::Claim, id(about)?).with_pool(id("east")?);
        Ok(entry.with_units([id("sales/east")?]).with_facts(facts))
    };
    let open = OpenReservation::new(id("c4")?, id("asked")?, at(4));
    let lock =
        |about: &str, until| -> Result<LockedCustomer, Violation> { Ok(LockedCustomer::new(id(about)?, at(0), until)) };
    let notes = vec![
        LedgerNote::Began(entry(3, "c1")?),
        LedgerNote::Began(entry(1, "c2")?),
        LedgerNote::Began(entry(2, "c3")?),
        LedgerNote::Began(entry(2, "c1")?),
        LedgerNote::Undone { customer: id("c3")?, began: at(2), at: at(5) },
        LedgerNote::Settled { customer: id("c4")? },
        LedgerNote::Reserved(open.clone()),
        LedgerNote::Reserved(OpenReservation::new(id("c5")?, id("asked")?, at(9))),
        LedgerNote::Settled { customer: id("c5")? },
        LedgerNote::Locked(lock("c1", None)?),
        LedgerNote::Locked(lock("c1", Some(at(8)))?),
        LedgerNote::Locked(lock("c2", None)?),
        LedgerNote::Unlocked { customer: id("c2")? },
    ];
    store.commit(&noted(&scope, Some(0), notes)).or_violation("a commit")?;
    let ledger = database.session().ledger(&scope, Some(Timestamp::MIN)).or_violation("a ledger")?;
    let entries = vec![entry(1, "c2")?, entry(2, "c3")?.with_undone(at(5)), entry(2, "c1")?, entry(3, "c1")?];
    let mut found = ledger.entries().to_vec();
    // Of one instant either may come first.
    found.sort_by_key(|entry| (entry.at(), core::cmp::Reverse(entry.customer().clone())));
    same("its entries", &found, &entries)?;
    same("its reservations", &ledger.reservations().to_vec(), &vec![open])?;
    let locks = vec![lock("c1", None)?, lock("c1", Some(at(8)))?];
    let mut found = ledger.locks().to_vec();
    found.sort_by_key(LockedCustomer::until);
    same("its locks", &found, &locks)?;
    same("since when it is complete", &ledger.known_from(), &None)?;
    let late = database.session().ledger(&scope, Some(at(2))).or_violation("a ledger")?;
    let wanted = |entry: &LedgerEntry| entry.at() >= at(2);
    same("the later entries", &late.entries().iter().filter(|entry| wanted(entry)).count(), &3)?;
    let all = late.entries().len() == 4;
    same("since when it is said to be complete", &late.known_from(), &(!all).then(|| at(2)))?;
    same("its other facts", &(late.reservations().len(), late.locks().len(), late.version()), &(1, 2, 1))?;
    let bare = database.session().ledger(&scope, None).or_violation("a ledger")?;
    same("a ledger without entries", &(bare.reservations().len(), bare.locks().len(), bare.version()), &(1, 2, 1))?;
    Ok(())
}
