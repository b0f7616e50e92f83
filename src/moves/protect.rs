//! What changes a customer's protection: locks, extensions, freezes, business holds, pauses.

use std::collections::BTreeSet;

use super::judge::{Judge, Outcome};
use super::refusal::Refusal;
use super::rules::LockCap;
use crate::claim::{CapacityCombination, counts_from, rank, stepped};
use crate::condition::View;
use crate::decision::ReasonCode;
use crate::events::EventData;
use crate::id::{CustomerId, DocumentId};
use crate::model::{BusinessHold, Extension, Freeze, FreezeKind, Ledger, LedgerScope, Lock, Ownership, Rep};
use crate::time::{Span, Timestamp};

/// Whether something that ends at `one` lasts at least as long as what ends at `other`; `None` is never.
fn outlasts(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    one.is_none_or(|one| other.is_some_and(|other| one >= other))
}

impl<'a> Judge<'a> {
    /// A change that leaves the customer where it is.
    fn protects(&mut self, event: EventData) -> Outcome {
        self.moves(self.now, event).into()
    }

    /// The instant at which something ends must lie ahead.
    fn ahead(&mut self, until: Option<Timestamp>) {
        self.change(until);
        if let Some(at) = until.filter(|until| *until <= self.now) {
            self.refuse(Refusal::TooEarly { at });
        }
    }

    /// Whether something that begins now and ends then lasts longer than a span; if it does, from when on it would not.
    fn is_too_long(&mut self, until: Timestamp, longest: Span) -> Option<bool> {
        let calendar = &self.engine.claims.calendar;
        let latest = calendar.end(self.now, longest, &[]);
        let too_long = self.note(latest)?.at() < until;
        if too_long {
            let before = until.checked_add_micros(-1).unwrap_or(Timestamp::MIN);
            self.change(Some(counts_from(calendar, longest, before)));
        }
        Some(too_long)
    }

    /// When a lock begun at `since` ends: an open-ended one lasts as long as the longest lock.
    fn lock_end(&mut self, since: Timestamp, until: Option<Timestamp>) -> Option<Option<Timestamp>> {
        let Some(longest) = self.engine.reclaim.longest_lock else { return Some(until) };
        let end = self.engine.claims.calendar.end(since, longest, &[]);
        let end = self.note(end)?.at();
        Some(Some(until.map_or(end, |until| until.min(end))))
    }

    /// The locks of this ownership that are live, with their ends.
    fn live_locks(&mut self, ownership: &Ownership) -> Option<Vec<Option<Timestamp>>> {
        let locks = self.customer.protection().map_or(&[][..], |protection| protection.locks());
        let mut live = Vec::new();
        for lock in locks {
            let own = lock.since().zip(ownership.start()).is_none_or(|(since, start)| since >= start);
            let Some(since) = lock.since().or(ownership.start()).filter(|_| own) else { continue };
            let end = self.lock_end(since, lock.until())?;
            self.change(Some(since));
            self.change(end);
            if since <= self.now && end.is_none_or(|end| self.now < end) {
                live.push(end);
            }
        }
        Some(live)
    }

    pub(super) fn lock(&mut self, until: Option<Timestamp>) -> Option<Outcome> {
        let ownership = self.owned()?;
        self.ahead(until);
        let live = self.live_locks(ownership)?;
        if let (Some(until), Some(longest)) = (until, self.engine.reclaim.longest_lock) {
            if self.is_too_long(until, longest)? {
                self.refuse(Refusal::LockTooLong { until });
            }
        }
        let stands = |known: &Option<Timestamp>| until.is_none() || outlasts(*known, until);
        if self.refusals.is_empty() && live.iter().any(stands) {
            return Some(Outcome::AlreadyDone);
        }
        if live.is_empty() {
            self.lock_caps(ownership)?;
        }
        let lock = Lock::new(Some(self.now), until);
        Some(self.protects(EventData::Locked(lock)))
    }

    /// The caps on locked customers of this owner.
    fn lock_caps(&mut self, ownership: &Ownership) -> Option<()> {
        let rules = &self.engine.moves.lock_caps;
        if rules.is_empty() {
            return Some(());
        }
        let Some(owner) = self.owner()? else {
            self.unknown(ReasonCode::OwnerMissing);
            return None;
        };
        let covering = || rules.iter().filter(|rule| rule.scope.covers(owner));
        let first = covering().next()?;
        let ledger = self.ledger(&LedgerScope::Rep(ownership.owner().clone()))?;
        let used = self.locked(ledger)?;
        match self.engine.claims.combine_capacities {
            CapacityCombination::MostSpecific => {
                let rule = covering().min_by_key(|rule| rank(&rule.scope, owner)).unwrap_or(first);
                let cap = self.cap(rule, owner)?;
                self.full(rule, used, cap);
            }
            CapacityCombination::Min => {
                for rule in covering() {
                    let cap = self.cap(rule, owner)?;
                    self.full(rule, used, cap);
                }
            }
            CapacityCombination::Max => {
                let caps: Option<Vec<_>> = covering().map(|rule| Some((rule, self.cap(rule, owner)?))).collect();
                let caps = caps?;
                if caps.iter().all(|(_, cap)| used >= *cap) {
                    caps.iter().for_each(|(rule, cap)| self.full(rule, used, *cap));
                }
            }
            CapacityCombination::Sum => {
                let mut sum = 0_u64;
                for rule in covering() {
                    sum = sum.saturating_add(self.cap(rule, owner)?);
                }
                self.full(first, used, sum);
            }
        }
        Some(())
    }

    /// Refuses where the cap is reached.
    fn full(&mut self, rule: &LockCap, used: u64, cap: u64) {
        if used >= cap {
            self.refuse(Refusal::LockCap { rule: rule.id.clone(), used, cap });
        }
    }

    fn cap(&mut self, rule: &LockCap, owner: &Rep) -> Option<u64> {
        let view = View { customer: self.customer, owner: Some(owner) };
        let mut adds = 0_i64;
        for step in &rule.steps {
            match step.when.holds(&view, &mut ()) {
                Ok(true) => adds = adds.saturating_add(i64::from(step.add)),
                Ok(false) => {}
                Err(code) => {
                    self.unknown_by(code, Some(&rule.id));
                    return None;
                }
            }
        }
        Some(u64::from(stepped(rule.cap, adds)))
    }

    /// How many other customers the owner has locked. A lock that begins a moment from now, by another host's clock, counts:
    /// it has happened.
    fn locked(&mut self, ledger: &Ledger) -> Option<u64> {
        let mut locked: BTreeSet<&CustomerId> = BTreeSet::new();
        for lock in ledger.locks().iter().filter(|lock| lock.customer() != self.customer.id()) {
            let end = self.lock_end(lock.since(), lock.until())?;
            self.change(end);
            if end.is_none_or(|end| self.now < end) {
                locked.insert(lock.customer());
            }
        }
        Some(u64::try_from(locked.len()).unwrap_or(u64::MAX))
    }

    pub(super) fn unlock(&mut self) -> Option<Outcome> {
        let ownership = self.owned()?;
        if self.live_locks(ownership)?.is_empty() {
            return Some(Outcome::AlreadyDone);
        }
        Some(self.protects(EventData::Unlocked))
    }

    pub(super) fn extend(&mut self, until: Timestamp) -> Option<Outcome> {
        let ownership = self.owned()?;
        self.ahead(Some(until));
        let extensions = self.customer.protection().map_or(&[][..], |protection| protection.extensions());
        let own = extensions.iter().filter(|extension| {
            extension.granted().zip(ownership.start()).is_none_or(|(granted, start)| granted >= start)
        });
        let own: Vec<&Extension> = own.collect();
        if self.refusals.is_empty() && own.iter().any(|extension| extension.until() >= until) {
            return Some(Outcome::AlreadyDone);
        }
        if let Some(longest) = self.engine.moves.longest_extension {
            if self.is_too_long(until, longest)? {
                self.refuse(Refusal::ExtensionTooLong { until });
            }
        }
        let used = u32::try_from(own.len()).unwrap_or(u32::MAX);
        if let Some(limit) = self.engine.moves.extensions_per_ownership.filter(|limit| used >= *limit) {
            self.refuse(Refusal::ExtensionLimit { used, limit });
        }
        let extension = Extension::new(Some(self.now), until);
        Some(self.protects(EventData::ExtensionGranted(extension)))
    }

    pub(super) fn freeze(&mut self, kind: FreezeKind, until: Option<Timestamp>) -> Option<Outcome> {
        self.open()?;
        self.ahead(until);
        let freezes = self.customer.protection().map_or(&[][..], |protection| protection.freezes());
        let live = freezes.iter().filter(|freeze| freeze.kind() == kind);
        let mut live = live.filter(|freeze| freeze.until().is_none_or(|end| self.now < end));
        if self.refusals.is_empty() && live.any(|freeze| outlasts(freeze.until(), until)) {
            let ends = freezes.iter().filter_map(Freeze::until).collect::<Vec<_>>();
            ends.into_iter().for_each(|end| self.change(Some(end)));
            return Some(Outcome::AlreadyDone);
        }
        Some(self.protects(EventData::Frozen(Freeze::new(kind, until))))
    }

    pub(super) fn unfreeze(&mut self, kind: FreezeKind) -> Option<Outcome> {
        self.open()?;
        let freezes = self.customer.protection().map_or(&[][..], |protection| protection.freezes());
        let of_kind: Vec<_> = freezes.iter().filter(|freeze| freeze.kind() == kind).map(Freeze::until).collect();
        of_kind.iter().for_each(|until| self.change(*until));
        if !of_kind.iter().any(|until| until.is_none_or(|until| self.now < until)) {
            return Some(Outcome::AlreadyDone);
        }
        Some(self.protects(EventData::Unfrozen { kind }))
    }

    pub(super) fn place_hold(&mut self, hold: &BusinessHold) -> Option<Outcome> {
        self.open()?;
        let holds = self.customer.protection().map_or(&[][..], |protection| protection.holds());
        if holds.contains(hold) {
            return Some(Outcome::AlreadyDone);
        }
        Some(self.protects(EventData::HoldPlaced(hold.clone())))
    }

    pub(super) fn lift_hold(&mut self, document: &DocumentId) -> Option<Outcome> {
        self.open()?;
        let holds = self.customer.protection().map_or(&[][..], |protection| protection.holds());
        if !holds.iter().any(|hold| hold.document() == document && hold.is_live()) {
            return Some(Outcome::AlreadyDone);
        }
        Some(self.protects(EventData::HoldLifted { document: document.clone() }))
    }

    pub(super) fn pause(&mut self, from: Timestamp, to: Timestamp) -> Option<Outcome> {
        self.open()?;
        if to <= from {
            self.refuse(Refusal::TooEarly { at: to });
            return None;
        }
        let pauses = self.customer.protection().map_or(&[][..], |protection| protection.pauses().united());
        if pauses.iter().any(|pause| pause.from() <= from && to <= pause.to()) {
            return Some(Outcome::AlreadyDone);
        }
        Some(self.protects(EventData::PauseSet { from, to }))
    }
}
