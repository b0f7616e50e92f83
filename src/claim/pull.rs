//! Pulls: what a blind pool hands out.

use super::question::Question;
use super::rules::Rules;
use super::{ClaimCase, ClaimStep};
use crate::decision::{ClaimDecision, ClaimVerdict};
use crate::id::PoolId;
use crate::model::{Customer, Ledger, Rep};
use crate::time::Timestamp;

/// What a pull comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pull<'c> {
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
    rules: &Rules,
    rep: &Rep,
    ledgers: &[Ledger],
    pool: &PoolId,
    customers: impl IntoIterator<Item = &'c Customer>,
    now: Timestamp,
) -> Pull<'c> {
    for customer in customers {
        if customer.stay().is_none_or(|stay| stay.pool() != pool) {
            continue;
        }
        let case = ClaimCase::new(customer, rep).with_ledgers(ledgers).with_pool(pool).with_step(ClaimStep::Claim);
        let question = Question::new(rules, case.with_pull());
        // Whether it passes is asked of every customer, until when that stands only of the one that is taken.
        let judged = question.judge(now, &mut ());
        if judged.verdict == ClaimVerdict::Eligible {
            return Pull::Takes { customer, decision: Box::new(question.dated(judged, now)) };
        }
    }
    Pull::Nothing
}
