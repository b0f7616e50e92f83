//! Checks 1 to 4: membership, where the customer is, freezes, quiet periods.

use super::findings::{Findings, Lift};
use super::question::Question;
use super::sink::Sink;
use super::{Acquisition, Check};
use crate::decision::{ClaimFinding, ClaimVerdict, Denial, ReasonCode};
use crate::model::Place;

/// What follows from where the customer is.
pub(super) enum Then {
    /// The answer is there, whatever else would be found.
    Settled(ClaimVerdict),
    /// Nothing else may be evaluated or shown.
    Enough,
    /// The other checks follow.
    GoOn,
}

impl<'a> Question<'a> {
    /// Membership, and where the customer is.
    pub(super) fn place<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) -> Then {
        let customer = self.case.customer();
        if customer.ownership().is_some_and(|ownership| ownership.owner() == self.case.rep().id()) {
            return Then::Settled(ClaimVerdict::AlreadyMine);
        }
        let in_no_pool = self.is_out_of_a_pool() && self.stay().is_none();
        if in_no_pool && (self.pool_id.is_none() || matches!(customer.place(), Place::Awaiting)) {
            // Nobody is a member of no pool, and no bypass makes one.
            found.deny_for_all(Denial::NotMember, Lift::Never);
            return Then::Enough;
        }
        if !self.membership(found) {
            return Then::Enough;
        }
        if let Some(seen) = self.rules.entry_ahead(customer, found.at) {
            found.change(Some(seen));
            found.unknown_for_all(ReasonCode::PoolEntryInFuture, Lift::At(seen));
        }
        if in_no_pool {
            match customer.place() {
                Place::Closed(cause) => found.deny(Denial::Closed { cause: *cause }, Lift::Never),
                _ => {
                    let owner = customer.ownership().filter(|_| self.rules.names_owner);
                    let owner = owner.map(|ownership| ownership.owner().clone());
                    found.deny(Denial::Owned { owner }, Lift::Never);
                }
            }
            return Then::Enough;
        }
        if !self.case.rep().is_active() {
            found.deny(Denial::RepInactive, Lift::Never);
        }
        if self.checks.has(Check::Membership) && self.pool.is_some_and(|(_, pool)| pool.disabled) {
            found.deny(Denial::PoolDisabled, Lift::Never);
        }
        if self.is_out_of_a_pool() && self.case.pool().is_some_and(|named| self.pool_id != Some(named)) {
            found.deny(Denial::NotInNamedPool, Lift::Never);
        }
        Then::GoOn
    }

    /// Whether anything else may be evaluated.
    fn membership<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) -> bool {
        let rep = self.case.rep();
        let asked = self.checks.has(Check::Membership) && (self.is_out_of_a_pool() || self.pool_id.is_some());
        let member = match (self.pool_id, self.pool) {
            (_, Some((_, pool))) => Some(pool.members.iter().any(|scope| scope.covers(rep))),
            (Some(_), None) => None,
            (None, None) => Some(false),
        };
        found.sink.tell(|| ClaimFinding::Place {
            pool: self.pool_id.cloned(),
            member: member.filter(|_| asked),
            active: rep.is_active(),
        });
        match member {
            None if asked || self.is_out_of_a_pool() => {
                found.unknown_for_all(ReasonCode::UnknownPool, Lift::Never);
                false
            }
            _ if !asked => true,
            Some(true) | None => true,
            Some(false) => {
                found.deny(Denial::NotMember, Lift::Never);
                found.bypasses(Check::Membership, None)
            }
        }
    }

    /// Freezes, being closed, and whether the customer may be contacted.
    pub(super) fn frozen_or_closed<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        let customer = self.case.customer();
        if self.checks.has(Check::Frozen) {
            self.frozen(found);
        }
        if let Place::Closed(cause) = customer.place() {
            found.deny(Denial::Closed { cause: *cause }, Lift::Never);
        }
        let forbidden = customer.profile().and_then(|profile| profile.do_not_contact()) == Some(true);
        if forbidden && self.is_out_of_a_pool() {
            found.deny(Denial::DoNotContact, Lift::Never);
        }
    }

    fn frozen<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        let Some(protection) = self.case.customer().protection() else { return };
        for freeze in protection.freezes() {
            let (kind, until, live) = (freeze.kind(), freeze.until(), freeze.is_live(found.at));
            found.sink.tell(|| ClaimFinding::Freeze { kind, until, live });
            found.change(until);
        }
        if let Some(freeze) = protection.live_freeze(found.at, None) {
            found.deny(Denial::Frozen { kind: freeze.kind(), until: freeze.until() }, Lift::Never);
        }
    }

    /// Quiet periods, for everybody after an entry into the pool.
    pub(super) fn quiet_periods<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        let customer = self.case.customer();
        let Some(stay) = customer.stay().or(customer.last_stay()) else { return };
        for rule in &self.rules.quiet_periods {
            if !self.binds(&rule.pools, Check::QuietPeriod, &rule.id, found) {
                continue;
            }
            let since = stay.since();
            let counts = !rule.first_entry_only || stay.earlier_entries().is_empty();
            let end = self.rules.calendar.end(since, rule.span, &[]);
            found.sink.tell(|| {
                let until = end.ok().map(|end| end.at());
                ClaimFinding::QuietPeriod { rule: rule.id.clone(), since, until, counts }
            });
            match end {
                _ if !counts => {}
                Err(why) => found.unknown(Check::QuietPeriod, Some(&rule.id), why.into(), Lift::Never),
                Ok(end) if found.at < end.at() => {
                    found.change(Some(end.at()));
                    found.deny(Denial::QuietPeriod { rule: rule.id.clone(), until: end.at() }, Lift::At(end.at()));
                }
                Ok(_) => {}
            }
        }
    }

    /// Whether the way in is one whose hand-out is the pool's own.
    pub(super) fn is_claim(&self) -> bool {
        self.case.acquisition() == Acquisition::Claim
    }
}
