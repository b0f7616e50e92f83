//! What ledgers note of an event.

use super::changes::LedgerNote;
use crate::id::RepId;
use crate::ledger::{Event, EventKind};
use crate::model::{
    Cause, Customer, Ledger, LedgerEntry, LedgerScope, Lock, LockedCustomer, OpenReservation, Ownership, Rep,
};
use crate::policy::{Policy, Revisions};

/// The ledgers under which an ownership counts: its owner's, and those over which any revision's quota counts.
fn scopes(revisions: &Revisions, owner: &RepId, ownership: &Ownership) -> Vec<LedgerScope> {
    let rep = Rep::new(owner.clone()).with_units(ownership.units().iter().cloned());
    let mut scopes = vec![LedgerScope::Rep(owner.clone())];
    scopes.extend(revisions.revisions().iter().flat_map(|policy| policy.ledgers_counted(&rep)));
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// What ledgers note of an event that made `after` of `before`.
pub(super) fn notes(
    revisions: &Revisions,
    policy: &Policy,
    event: &Event,
    before: Option<&Customer>,
    after: &Customer,
) -> Vec<(LedgerScope, LedgerNote)> {
    let mut notes = Vec::new();
    ended(revisions, event, before, after, &mut notes);
    if let Some(begun) = event.data().begun() {
        if let Some(entry) = entry(policy, begun, before, after) {
            let scopes = scopes(revisions, begun.owner(), begun);
            notes.extend(scopes.into_iter().map(|scope| (scope, LedgerNote::Began(entry.clone()))));
        }
    }
    reserved(before, after, &mut notes);
    locked(before, after, &mut notes);
    notes
}

fn ended(
    revisions: &Revisions,
    event: &Event,
    before: Option<&Customer>,
    after: &Customer,
    notes: &mut Vec<(LedgerScope, LedgerNote)>,
) {
    let Some(ownership) = before.and_then(Customer::ownership) else { return };
    let customer = after.id().clone();
    let note = match (event.cause(), ownership.start()) {
        (Some(Cause::Undone), Some(began)) => LedgerNote::Undone { customer, began, at: event.at() },
        (Some(_), _) => LedgerNote::Reweighed { customer },
        (None, _) if reweighs(event.kind()) => LedgerNote::Reweighed { customer },
        (None, _) => return,
    };
    let scopes = scopes(revisions, ownership.owner(), ownership);
    notes.extend(scopes.into_iter().map(|scope| (scope, note.clone())));
}

/// Whether an event can change how much a customer weighs in its owner's capacity.
const fn reweighs(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::AttributeChanged
            | EventKind::TierChanged
            | EventKind::HoldPlaced
            | EventKind::HoldLifted
            | EventKind::ActivityRecorded
    )
}

fn entry(policy: &Policy, begun: &Ownership, before: Option<&Customer>, after: &Customer) -> Option<LedgerEntry> {
    let entry =
        LedgerEntry::new(begun.start()?, begun.way_in(), after.id().clone()).with_units(begun.units().iter().cloned());
    let entry = match before.and_then(Customer::last_pool) {
        Some(pool) => entry.with_pool(pool.clone()),
        None => entry,
    };
    let facts = before.unwrap_or(after);
    Some(if policy.quotas_read_customers() { entry.with_facts(facts.clone()) } else { entry })
}

fn reserved(before: Option<&Customer>, after: &Customer, notes: &mut Vec<(LedgerScope, LedgerNote)>) {
    let of = |customer: &Customer| {
        let stay = customer.stay()?;
        stay.reservation().map(|open| (stay.pool().clone(), open.clone()))
    };
    let (old, new) = (before.and_then(of), of(after));
    if old == new {
        return;
    }
    if let Some((_, open)) = old {
        notes.push((LedgerScope::Rep(open.rep().clone()), LedgerNote::Settled { customer: after.id().clone() }));
    }
    if let Some((pool, open)) = new {
        let reservation = OpenReservation::new(after.id().clone(), pool, open.until());
        notes.push((LedgerScope::Rep(open.rep().clone()), LedgerNote::Reserved(reservation)));
    }
}

fn locked(before: Option<&Customer>, after: &Customer, notes: &mut Vec<(LedgerScope, LedgerNote)>) {
    let of = |customer: &Customer| -> Option<(RepId, Vec<Lock>)> {
        let locks = customer.protection().map_or(Vec::new(), |protection| protection.locks().to_vec());
        let owner = customer.ownership()?.owner().clone();
        (!locks.is_empty()).then_some((owner, locks))
    };
    let (old, new) = (before.and_then(of), of(after));
    if old == new {
        return;
    }
    if let Some((owner, _)) = old {
        notes.push((LedgerScope::Rep(owner), LedgerNote::Unlocked { customer: after.id().clone() }));
    }
    if let Some((owner, locks)) = new {
        let start = after.ownership().and_then(Ownership::start);
        notes.extend(locks.iter().filter_map(|lock| {
            let locked = LockedCustomer::new(after.id().clone(), lock.since().or(start)?, lock.until());
            Some((LedgerScope::Rep(owner.clone()), LedgerNote::Locked(locked)))
        }));
    }
}

impl LedgerNote {
    /// The ledger with this noted; its version is left alone: it moves once a commit.
    #[must_use]
    pub fn applied_to(&self, mut ledger: Ledger) -> Ledger {
        match self {
            Self::Began(entry) => ledger.push(entry.clone()),
            Self::Undone { customer, began, at } => ledger.undo(customer, *began, *at),
            Self::Reserved(reservation) => ledger.reserve(reservation.clone()),
            Self::Settled { customer } => ledger.settle(customer),
            Self::Locked(locked) => ledger.lock(locked.clone()),
            Self::Unlocked { customer } => ledger.unlock(customer),
            Self::Reweighed { .. } => {}
        }
        ledger
    }
}
