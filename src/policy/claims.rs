//! Claims, as a policy answers them.

use super::Policy;
use crate::claim::{self, Acquisition, BatchDecision, ClaimBatch, ClaimCase, Draw, Pull};
use crate::decision::{ClaimDecision, ClaimExplanation};
use crate::id::PoolId;
use crate::model::{Customer, Holding, Ledger, LedgerScope, Rep};
use crate::time::Instant;

impl Policy {
    /// May this rep have this customer, and if not, why not and until when?
    #[must_use]
    pub fn claim(&self, case: &ClaimCase<'_>, now: Instant) -> ClaimDecision {
        claim::decide(self.claim_rules(), case, now, &mut ())
    }

    /// The same answer by the same evaluator, with everything it looked at.
    #[must_use]
    pub fn explain_claim(&self, case: &ClaimCase<'_>, now: Instant) -> ClaimExplanation {
        let mut findings = Vec::new();
        let decision = claim::decide(self.claim_rules(), case, now, &mut findings);
        ClaimExplanation { decision, now, findings }
    }

    /// Answers a command about several customers of one rep: each is judged against what the earlier ones took of
    /// quotas, capacity, minimum interval and reservations. A customer that an earlier item took is already the rep's.
    #[must_use]
    pub fn claim_batch(&self, batch: &ClaimBatch<'_>, now: Instant) -> BatchDecision {
        claim::decide_batch(self.claim_rules(), batch, now)
    }

    /// Takes the first of these customers that lies in this pool and that the rep may have: what a blind pool hands
    /// out. The rank is a fact, the order in which they are given; no more of them are looked at than it takes.
    pub fn pull<'c>(
        &self,
        rep: &Rep,
        ledgers: &[Ledger],
        pool: &PoolId,
        customers: impl IntoIterator<Item = &'c Customer>,
        now: Instant,
    ) -> Pull<'c> {
        claim::pull(self.claim_rules(), rep, ledgers, pool, customers, now)
    }

    /// Draws the lottery of a customer: the rep who may claim it with the first command at or after the lottery's end.
    #[must_use]
    pub fn draw(&self, customer: &Customer, askers: &[(Rep, Vec<Ledger>)], now: Instant) -> Draw {
        claim::draw(self.claim_rules(), customer, askers, now)
    }

    /// The ledgers that questions about this rep and way in read at `now`, and since when each must be complete;
    /// `None` where only its present state is read.
    #[must_use]
    pub fn ledgers_read(
        &self,
        acquisition: Acquisition,
        rep: &Rep,
        now: Instant,
    ) -> Vec<(LedgerScope, Option<Instant>)> {
        claim::ledgers_read(self.claim_rules(), acquisition, rep, now)
    }

    /// What a rep holds under each capacity rule of this policy, given every customer the rep owns.
    #[must_use]
    pub fn holdings<'c>(&self, customers: impl IntoIterator<Item = &'c Customer>) -> Vec<Holding> {
        claim::holdings(self.claim_rules(), customers)
    }
}
