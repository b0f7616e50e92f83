//! Pulls: what a blind pool hands out.

use super::findings::Settled;
use super::question::Question;
use super::rules::ClaimRules;
use super::{ClaimCase, ClaimStep};
use crate::decision::{ClaimDecision, ClaimVerdict};
use crate::id::PoolId;
use crate::model::{Customer, Ledger, Rep};
use crate::time::Timestamp;

/// The answer to a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullDecision<'c> {
    /// The rep takes this customer.
    Takes {
        /// The customer.
        customer: &'c Customer,
        /// The answer for it, which is *eligible*.
        decision: Box<ClaimDecision>,
    },
    /// There is nothing for the rep. Nothing is said about any customer.
    Nothing,
}

/// The first customer that lies in this pool and that the rep may have.
pub(crate) fn pull<'c>(
    rules: &ClaimRules,
    rep: &Rep,
    ledgers: &[Ledger],
    pool: &PoolId,
    customers: impl IntoIterator<Item = &'c Customer>,
    now: Timestamp,
) -> PullDecision<'c> {
    for customer in customers {
        if customer.stay().is_none_or(|stay| stay.pool() != pool) {
            continue;
        }
        let case = ClaimCase::new(customer, rep).with_ledgers(ledgers).with_pool(pool).with_step(ClaimStep::Claim);
        let question = Question::new(rules, case.with_pull());
        // Every candidate is judged; only the one taken is dated.
        let judged = question.judge(now, Settled::default(), &mut ());
        if judged.verdict == ClaimVerdict::Eligible {
            return PullDecision::Takes { customer, decision: Box::new(question.dated(judged, now)) };
        }
    }
    PullDecision::Nothing
}
