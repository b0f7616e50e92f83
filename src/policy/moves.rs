//! Moves, as a policy answers them.

use super::Policy;
use crate::decision::ReasonCode;
use crate::events::IllegalEvent;
use crate::id::PoolId;
use crate::model::{Customer, LedgerScope};
use crate::moves::{self, Move, MoveCase, MoveDecision};
use crate::time::Timestamp;

impl Policy {
    /// What a command about a customer comes to: see [`moves`](crate::moves).
    ///
    /// What is no move is *undetermined* here: a reclaim, which [`execute`](Self::execute) answers, and commands that only
    /// record something. A [`Planner`](crate::plan::Planner) answers them all.
    #[must_use]
    pub fn decide_move(&self, case: &MoveCase<'_>, now: Timestamp) -> MoveDecision {
        moves::decide(self.move_engine(), case, now)
    }

    /// The move that a reclaim (回收) into this pool makes of the case's customer, with the case's reason and exceptions.
    /// Whether it is due is not asked here: [`decide`](Self::decide) says that, and names the pool.
    ///
    /// # Errors
    /// Why the ownership cannot end: nobody owns the customer (`customer.in_pool`), nobody knows its start, it lies
    /// ahead, or ownerships overlap.
    pub fn reclaim_move(&self, case: &MoveCase<'_>, pool: &PoolId, now: Timestamp) -> Result<Move, ReasonCode> {
        moves::reclaim(self.move_engine(), case, pool, now)
    }

    /// The customer after a move. What was decided about what the customer is stays; its new place, its history, its
    /// counts and its protection follow from the move.
    ///
    /// Activities that were folded for another clock are kept as far as they count for the new one whoever did them;
    /// fold the activities again where such count that were done ahead of `now`.
    ///
    /// # Errors
    /// [`IllegalEvent`] where the customer is not the one, or not as it was, when the move was decided.
    pub fn apply_move(&self, moved: &Move, customer: &Customer) -> Result<Customer, IllegalEvent> {
        moved.apply(customer)
    }

    /// The ledgers that a command reads at `now`, and since when each must be complete; `None` where only its present
    /// state is read. The case needs neither ledgers nor versions.
    #[must_use]
    pub fn ledgers_read_by_move(&self, case: &MoveCase<'_>, now: Timestamp) -> Vec<(LedgerScope, Option<Timestamp>)> {
        moves::reads(self.move_engine(), case, now)
    }

    /// When a customer in a pool that nobody claims escalates (升级到上级公海), and to which pool; `None` where it never
    /// does. The customer's wake-up is no later.
    ///
    /// # Errors
    /// `facts.unknown_pool` where the policy does not know its pool, or why the span cannot be dated.
    pub fn escalates_at(&self, customer: &Customer) -> Result<Option<(Timestamp, PoolId)>, ReasonCode> {
        moves::escalation(self.move_engine(), customer)
    }
}
