//! Moves by which a customer first gets a place: creation, import, admission; and departures, which find it an heir.

use super::intent::Landing;
use super::judge::{Gains, Judge, Outcome};
use super::refusal::Refusal;
use super::rules::HeirRule;
use crate::claim::{Acquisition, Bypass, Check, ClaimStep};
use crate::decision::{Denial, ReasonCode};
use crate::events::{EventData, FoundHeir, entered, entries_elsewhere};
use crate::id::{Label, PoolId, RepId};
use crate::model::{Customer, Ownership, Place, Rep};
use crate::time::Timestamp;

impl<'a> Judge<'a> {
    pub(super) fn create(&mut self, into: &'a Landing<&'a Rep>) -> Option<Outcome> {
        self.open()?;
        if !matches!(self.customer.place(), Place::Awaiting) || !self.customer.past().is_empty() {
            self.refuse(Refusal::Exists);
            return None;
        }
        let (at, place) = self.enter(into, Acquisition::Create, None)?;
        let customer = self.opened(place, at);
        let customer = if customer.created().is_none() { customer.with_created(at) } else { customer };
        Some(self.moves(at, EventData::Created { customer: Box::new(customer) }).into())
    }

    pub(super) fn import(
        &mut self,
        into: &'a Landing<&'a Rep>,
        since: Option<Timestamp>,
        source: Option<&Label>,
    ) -> Option<Outcome> {
        self.open()?;
        if !matches!(self.customer.place(), Place::Awaiting) {
            self.refuse(Refusal::Exists);
            return None;
        }
        self.change(since);
        if let Some(at) = since.filter(|since| *since > self.now) {
            self.refuse(Refusal::TooEarly { at });
        }
        let (at, place) = self.enter(into, Acquisition::Import, since)?;
        let customer = Box::new(self.opened(place, at));
        Some(self.moves(at, EventData::Imported { customer, source: source.cloned() }).into())
    }

    pub(super) fn admit(&mut self, into: &'a Landing<&'a Rep>) -> Option<Outcome> {
        self.open()?;
        if !matches!(self.customer.place(), Place::Awaiting) {
            self.refuse(Refusal::NotAwaiting);
            return None;
        }
        if matches!(into, Landing::Awaiting) {
            return Some(Outcome::AlreadyDone);
        }
        let (at, place) = self.enter(into, Acquisition::Create, None)?;
        Some(self.moves(at, EventData::Admitted { place: Box::new(place), customer: None }).into())
    }

    /// When the customer comes to its first place, and which.
    fn enter(
        &mut self,
        into: &'a Landing<&'a Rep>,
        acquisition: Acquisition,
        since: Option<Timestamp>,
    ) -> Option<(Timestamp, Place)> {
        let moment = self.moment();
        let last = self.customer.past().iter().map(|past| past.to()).max();
        if since.is_some_and(|since| last.is_some_and(|last| since < last)) {
            self.unknown(ReasonCode::OwnershipsOverlap);
        }
        let place = match into {
            Landing::Awaiting => Place::Awaiting,
            Landing::Owner(rep) => {
                let gains = self.gains(rep, acquisition, ClaimStep::Claim);
                gains?;
                Place::Owned(self.ownership(rep, acquisition.way_in(), since.or(moment)?))
            }
            Landing::Pool(pool) => {
                let pool = self.known(pool)?;
                Place::Pool(entered(self.customer, &pool, since.or(moment)?))
            }
            Landing::Routing => {
                let pool = self.route()?;
                Place::Pool(entered(self.customer, &pool, since.or(moment)?))
            }
        };
        Some((moment?, place))
    }

    /// The customer as its history begins.
    fn opened(&self, place: Place, at: Timestamp) -> Customer {
        let customer = self.customer.clone();
        let customer = match &place {
            Place::Pool(stay) => customer.with_former_entries(entries_elsewhere(self.customer, stay.pool())),
            Place::Owned(begun) => match self.counts_on(begun, at) {
                Some(folded) => customer.with_folded(folded),
                None => customer,
            },
            Place::Awaiting | Place::Closed(_) => customer,
        };
        customer.with_place(place)
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
        let bypassed = self.case.bypasses().contains(&Bypass::Check(Check::Frozen));
        if let Some(freeze) = self.live_freeze(None).filter(|_| !bypassed) {
            self.refuse(Refusal::Denied(Denial::Frozen { kind: freeze.kind(), until: freeze.until() }));
        }
    }

    fn left(&mut self, pool: PoolId, at: Timestamp) -> Outcome {
        self.moves(at, EventData::Departed { to: FoundHeir::Pool(pool) }).into()
    }

    /// The customer goes to this heir, if the checks let it; the outer `None` says that nobody knows.
    fn inherits(&mut self, old: &Ownership, heir: &'a Rep, at: Option<Timestamp>) -> Option<Option<Outcome>> {
        let lift = self.lift;
        match self.gains(heir, Acquisition::Departure, ClaimStep::Claim) {
            Some(Gains::Passes(_)) => {
                let departed = |begun| EventData::Departed { to: FoundHeir::Owner(begun) };
                Some(Some(self.hands_over(old, heir, departed, at?)))
            }
            _ if self.unknown.is_some() => None,
            _ => {
                // What keeps this heir from the customer refuses nothing: the next entry is asked.
                self.refusals.clear();
                self.warnings.clear();
                self.lift = lift;
                Some(None)
            }
        }
    }
}
