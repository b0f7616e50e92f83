//! Claims, as a policy answers them.

use super::Policy;
use crate::claim::{self, Acquisition, ClaimCase, Draw};
use crate::decision::{ClaimDecision, ClaimExplanation};
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
