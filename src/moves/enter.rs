//! Moves by which a customer first gets a place: creation, import, admission; and departures, which find it an heir.

use super::command::Entry;
use super::judge::{Gains, Judge, Outcome};
use super::protect::live_freeze;
use super::refusal::Refusal;
use super::rules::HeirRule;
use crate::claim::{Acquisition, Bypass, Check, ClaimStep};
use crate::decision::{Denial, ReasonCode};
use crate::events::EventKind;
use crate::id::{PoolId, RepId};
use crate::model::{Cause, Ownership, Place, Rep};
use crate::time::Instant;

impl<'a> Judge<'a> {
    pub(super) fn create(&mut self, into: Entry<'a>) -> Option<Outcome> {
        self.open()?;
        if !matches!(self.customer.place(), Place::Awaiting) || !self.customer.past().is_empty() {
            self.refuse(Refusal::Exists);
            return None;
        }
        self.enter(into, Acquisition::Create, EventKind::Created, None)
    }

    pub(super) fn import(&mut self, into: Entry<'a>, since: Option<Instant>) -> Option<Outcome> {
        self.open()?;
        if !matches!(self.customer.place(), Place::Awaiting) {
            self.refuse(Refusal::Exists);
            return None;
        }
        self.change(since);
        if let Some(at) = since.filter(|since| *since > self.now) {
            self.refuse(Refusal::TooEarly { at });
        }
        self.enter(into, Acquisition::Import, EventKind::Imported, since)
    }

    pub(super) fn admit(&mut self, into: Entry<'a>) -> Option<Outcome> {
        self.open()?;
        if !matches!(self.customer.place(), Place::Awaiting) {
            self.refuse(Refusal::NotAwaiting);
            return None;
        }
        if matches!(into, Entry::Awaiting) {
            return Some(Outcome::AlreadyDone);
        }
        self.enter(into, Acquisition::Create, EventKind::Admitted, None)
    }

    fn enter(
        &mut self,
        into: Entry<'a>,
        acquisition: Acquisition,
        event: EventKind,
        since: Option<Instant>,
    ) -> Option<Outcome> {
        let moment = self.moment();
        let last = self.customer.past().iter().map(|past| past.to()).max();
        if since.is_some_and(|since| last.is_some_and(|last| since < last)) {
            self.unknown(ReasonCode::OwnershipsOverlap);
        }
        let place = match into {
            Entry::Awaiting => Place::Awaiting,
            Entry::Owner(rep) => {
                let gains = self.gains(rep, acquisition, ClaimStep::Claim);
                gains?;
                Place::Owned(self.ownership(rep, acquisition.way_in(), since.or(moment)?))
            }
            Entry::Pool(pool) => {
                let pool = self.known(pool)?;
                Place::Pool(Box::new(self.stay(pool, since.or(moment)?)))
            }
            Entry::Routing => {
                let pool = self.route()?;
                Place::Pool(Box::new(self.stay(pool, since.or(moment)?)))
            }
        };
        let mut moved = self.moves(moment?, event);
        moved.place = Some(place);
        Some(moved.into())
    }

    /// The pool that a command names, if the policy knows it.
    pub(super) fn known(&mut self, pool: &PoolId) -> Option<PoolId> {
        if self.engine.claims.pool(pool).is_none() {
            self.refuse(Refusal::PoolUnknown { pool: pool.clone() });
            return None;
        }
        Some(pool.clone())
    }

    pub(super) fn depart(
        &mut self,
        of: &RepId,
        successor: Option<&'a Rep>,
        manager: Option<&'a Rep>,
    ) -> Option<Outcome> {
        let old = self.owned_by(of)?;
        let at = self.moment();
        let owner = self.owner()?;
        if let (Some(known), Some(manager)) = (owner.and_then(Rep::manager), manager) {
            if known != manager.id() {
                self.unknown(ReasonCode::OwnerMismatch);
            }
        }
        // A freeze holds for whoever would be the heir, and for the pool too.
        if self.engine.claims.checks_of(Acquisition::Departure).has(Check::Frozen) {
            self.frozen_for_heirs();
        }
        if !self.refusals.is_empty() || self.unknown.is_some() {
            return None;
        }
        let view = self.view()?;
        for (when, to) in &self.engine.moves.departures {
            let holds = when.holds(&view);
            if !self.note(holds)? {
                continue;
            }
            let heir = match to {
                HeirRule::Successor => successor,
                HeirRule::Manager => manager,
                HeirRule::Routing => break,
                HeirRule::Pool(pool) => return Some(self.left(pool.clone(), at?)),
            };
            if let Some(heir) = heir.filter(|heir| heir.id() != old.owner()) {
                if let Some(outcome) = self.inherits(old, heir, at)? {
                    return Some(outcome);
                }
            }
        }
        let pool = self.route()?;
        Some(self.left(pool, at?))
    }

    /// A live freeze, which a departure knows as a denial of claims: what lifts it is a bypass.
    fn frozen_for_heirs(&mut self) {
        let freezes = self.customer.protection().map_or(&[][..], |protection| protection.freezes());
        freezes.iter().for_each(|freeze| self.change(freeze.until()));
        let bypassed = self.case.bypasses().contains(&Bypass::Check(Check::Frozen));
        if let Some((kind, until)) = live_freeze(self.customer, self.now, None).filter(|_| !bypassed) {
            self.refuse(Refusal::Denied(Denial::Frozen { kind, until }));
        }
    }

    fn left(&mut self, pool: PoolId, at: Instant) -> Outcome {
        self.loses_to(at, EventKind::Departed, Cause::Departed, pool).into()
    }

    /// The customer goes to this heir, if the checks let it; the outer `None` says that nobody knows.
    fn inherits(&mut self, old: &Ownership, heir: &'a Rep, at: Option<Instant>) -> Option<Option<Outcome>> {
        match self.gains(heir, Acquisition::Departure, ClaimStep::Claim) {
            Some(Gains::Passes(_)) => Some(Some(self.hands_over(old, heir, EventKind::Departed, Cause::Departed, at?))),
            _ if self.unknown.is_some() => None,
            _ => {
                // What keeps this heir from the customer refuses nothing: the next entry is asked.
                self.refusals.clear();
                self.warnings.clear();
                Some(None)
            }
        }
    }
}
