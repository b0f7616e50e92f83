//! Moves from pool to pool, and out of every place for good.

use super::judge::{Judge, Outcome};
use super::refusal::Refusal;
use super::rules::Engine;
use crate::decision::ReasonCode;
use crate::events::EventKind;
use crate::id::{CustomerId, PoolId};
use crate::model::{Cause, ClosedCause, Customer, FreezeKind, Place};
use crate::time::Instant;

/// When a pool customer escalates, and to which pool; `None` where it never does.
pub(crate) fn escalation(engine: Engine<'_>, customer: &Customer) -> Result<Option<(Instant, PoolId)>, ReasonCode> {
    let Some(stay) = customer.stay() else { return Ok(None) };
    let Some((pool, _)) = engine.claims.pool(stay.pool()) else { return Err(ReasonCode::UnknownPool) };
    let Some(Some((after, parent))) = engine.moves.escalations.get(pool.index()) else { return Ok(None) };
    let end = engine.claims.calendar.end(stay.since(), *after, &[]).map_err(ReasonCode::from)?;
    Ok(Some((end.at(), parent.clone())))
}

impl Judge<'_> {
    pub(super) fn move_to(&mut self, pool: &PoolId) -> Option<Outcome> {
        let stay = self.pooled()?;
        if stay.pool() == pool {
            return Some(Outcome::AlreadyDone);
        }
        self.frozen(None);
        let pool = self.known(pool)?;
        Some(self.pool_to_pool(pool, EventKind::Moved))
    }

    pub(super) fn escalate(&mut self) -> Option<Outcome> {
        self.pooled()?;
        self.frozen(None);
        let found = escalation(self.engine, self.customer);
        let Some((due, parent)) = self.note(found)? else {
            self.refuse(Refusal::NoEscalation);
            return None;
        };
        self.change(Some(due));
        if self.now < due {
            self.refuse(Refusal::EscalationAhead { at: due });
            return None;
        }
        Some(self.pool_to_pool(parent, EventKind::Escalated))
    }

    /// An entry of the new pool; why it came to the first one, and from whom, stays known.
    fn pool_to_pool(&mut self, pool: PoolId, event: EventKind) -> Outcome {
        let mut moved = self.moves(self.now, event);
        self.lapse(&mut moved);
        let stay = self.stay(pool, self.now);
        let old = self.customer.stay();
        let stay = match old.and_then(|old| old.last_owner().zip(old.cause())) {
            Some((last_owner, cause)) => stay.with_last_owner(last_owner.clone(), cause),
            None => stay,
        };
        moved.place = Some(Place::Pool(Box::new(stay)));
        moved.into()
    }

    pub(super) fn merge(&mut self, into: &CustomerId) -> Option<Outcome> {
        if into == self.customer.id() {
            self.refuse(Refusal::Itself);
            return None;
        }
        self.shut(ClosedCause::Merged, Some(into))
    }

    /// Closed for good. A merge is what a merge freeze waits for; any other freeze refuses either.
    pub(super) fn shut(&mut self, cause: ClosedCause, into: Option<&CustomerId>) -> Option<Outcome> {
        if matches!(self.customer.place(), Place::Closed(known) if *known == cause) {
            return Some(Outcome::AlreadyDone);
        }
        self.open()?;
        let merges = cause == ClosedCause::Merged;
        // Only an ownership has an end that must fit what is known of the others.
        let at = if self.customer.ownership().is_some() { self.moment() } else { Some(self.now) };
        self.frozen(merges.then_some(FreezeKind::Merge));
        let (event, why) = if merges { (EventKind::Merged, Cause::Merged) } else { (EventKind::Closed, Cause::Closed) };
        let mut moved = self.moves(at?, event);
        self.end(&mut moved, why);
        self.lapse(&mut moved);
        moved.merged_into = into.cloned();
        moved.place = Some(Place::Closed(cause));
        Some(moved.into())
    }
}
