//! Moves from pool to pool, and out of every place for good.

use super::judge::{Judge, Outcome};
use super::refusal::Refusal;
use super::rules::Engine;
use crate::decision::ReasonCode;
use crate::events::EventData;
use crate::id::{CustomerId, PoolId};
use crate::model::{ClosedCause, Customer, FreezeKind, Place};
use crate::time::Timestamp;

/// When a pool customer escalates, and to which pool; `None` where it never does.
pub(crate) fn escalation(engine: Engine<'_>, customer: &Customer) -> Result<Option<(Timestamp, PoolId)>, ReasonCode> {
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
        Some(self.pool_to_pool(EventData::Moved { pool }))
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
        Some(self.pool_to_pool(EventData::Escalated { pool: parent }))
    }

    fn pool_to_pool(&mut self, event: EventData) -> Outcome {
        let mut moved = self.moves(self.now, event);
        self.lapse(&mut moved);
        moved.into()
    }

    pub(super) fn merge(&mut self, into: &CustomerId) -> Option<Outcome> {
        if into == self.customer.id() {
            self.refuse(Refusal::Itself);
            return None;
        }
        self.close(ClosedCause::Merged, Some(into))
    }

    /// Closed for good. A merge is what a merge freeze waits for; any other freeze refuses either.
    pub(super) fn close(&mut self, cause: ClosedCause, into: Option<&CustomerId>) -> Option<Outcome> {
        if matches!(self.customer.place(), Place::Closed(known) if *known == cause) {
            return Some(Outcome::AlreadyDone);
        }
        self.open()?;
        let merges = cause == ClosedCause::Merged;
        // Only an ownership has an end that must fit what is known of the others.
        let at = if self.customer.ownership().is_some() { self.moment() } else { Some(self.now) };
        self.frozen(merges.then_some(FreezeKind::Merge));
        let event = if merges { EventData::Merged { into: into.cloned() } } else { EventData::Closed { cause } };
        let mut moved = self.moves(at?, event);
        self.lapse(&mut moved);
        Some(moved.into())
    }
}
