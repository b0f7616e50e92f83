//! Claims, as a policy answers them.

use super::Policy;
use crate::claim::{Acquisition, ClaimCase};
use crate::decision::{ClaimDecision, ClaimVerdict, Preconditions, ReasonCode};
use crate::model::{Customer, Holding, LedgerScope, Rep};
use crate::time::Instant;

impl Policy {
    /// May this rep have this customer, and if not, why not and until when?
    #[must_use]
    pub fn claim(&self, case: &ClaimCase<'_>, now: Instant) -> ClaimDecision {
        let _ = (case, now);
        ClaimDecision {
            verdict: ClaimVerdict::Undetermined(ReasonCode::LedgerMissing),
            denials: Vec::new(),
            warnings: Vec::new(),
            bypassed: Vec::new(),
            retry_at: None,
            next_change: None,
            preconditions: Preconditions::default(),
        }
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
        let _ = (acquisition, rep, now);
        Vec::new()
    }

    /// What a rep holds under each capacity rule of this policy, given every customer the rep owns.
    #[must_use]
    pub fn holdings<'c>(&self, customers: impl IntoIterator<Item = &'c Customer>) -> Vec<Holding> {
        customers.into_iter().for_each(drop);
        Vec::new()
    }
}
