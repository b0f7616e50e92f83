//! The question: what does not change with `now`.

use super::findings::{Findings, Lift, Whose};
use super::rules::{CheckSet, ClaimRules, PoolRule, Pools};
use super::sink::Sink;
use super::{Acquisition, Check, ClaimCase};
use crate::condition::View;
use crate::decision::{PoolRef, ReasonCode};
use crate::id::{Label, PoolId};
use crate::model::{Customer, Ledger, PastOwnership, Place};

/// A question, ready to be judged at any instant.
pub(crate) struct Question<'a> {
    pub(super) rules: &'a ClaimRules,
    pub(super) case: ClaimCase<'a>,
    pub(super) checks: CheckSet,
    /// The pool whose rules bind: the customer's, or the one it was last in.
    pub(super) pool_id: Option<&'a PoolId>,
    /// The same where the policy knows it.
    pub(super) pool: Option<(PoolRef, &'a PoolRule)>,
    /// What is wrong with the customer's history, where a check reads it.
    pub(super) history: Option<ReasonCode>,
}

/// What is wrong with a customer's history at every instant: two ownerships that overlap, or one that ends before it
/// begins.
pub(crate) fn contradiction(customer: &Customer) -> Option<ReasonCode> {
    let present = customer.ownership().and_then(|ownership| ownership.start());
    PastOwnership::overlap(customer.past(), present).map(|_| ReasonCode::OwnershipsOverlap)
}

impl<'a> Question<'a> {
    pub(crate) fn new(rules: &'a ClaimRules, case: ClaimCase<'a>) -> Self {
        Self::with_checks(rules, case, rules.checks_of(case.acquisition()))
    }

    pub(super) fn with_checks(rules: &'a ClaimRules, case: ClaimCase<'a>, checks: CheckSet) -> Self {
        let pool_id = case.customer().last_pool();
        let pool = pool_id.and_then(|id| rules.pool(id));
        let reads = !(rules.cooldowns.is_empty() && rules.repeat_limits.is_empty());
        let history = if reads { contradiction(case.customer()) } else { None };
        Self { rules, case, checks, pool_id, pool, history }
    }

    /// The facts that conditions read: those of the customer, and of the rep who wants it.
    pub(super) fn view(&self) -> View<'a> {
        View { customer: self.case.customer(), owner: Some(self.case.rep()) }
    }

    /// Whether it is about a pool customer: the other ways in do not ask where the customer is.
    pub(super) fn is_out_of_a_pool(&self) -> bool {
        matches!(self.case.acquisition(), Acquisition::Claim | Acquisition::Assign)
    }

    /// Whether a rule for these pools binds; what it would say is unknown where the policy does not know the pool.
    pub(super) fn binds<S: Sink>(
        &self,
        pools: &Pools,
        check: Check,
        rule: &Label,
        found: &mut Findings<'_, 'a, S>,
    ) -> bool {
        let unknown = self.pool_id.is_some() && self.pool.is_none();
        if unknown && pools.0.is_some() {
            found.unknown(check, Some(rule), ReasonCode::UnknownPool, Lift::Never);
            return false;
        }
        pools.bind(self.pool.map(|(pool, _)| pool))
    }

    /// The ledger of this scope, or why there is none to read.
    pub(super) fn ledger<S: Sink>(
        &self,
        whose: Whose<'_>,
        found: &mut Findings<'_, 'a, S>,
    ) -> Result<&'a Ledger, ReasonCode> {
        let mut fitting = self.case.ledgers().iter().filter(|ledger| whose.is(ledger.scope()));
        let Some(ledger) = fitting.next() else { return Err(ReasonCode::LedgerMissing) };
        found.read(ledger);
        if fitting.next().is_some() || ledger.is_contradictory() {
            return Err(ReasonCode::LedgerContradictory);
        }
        Ok(ledger)
    }

    /// The customer's stay in a pool, where it lies in one.
    pub(super) fn stay(&self) -> Option<&'a crate::model::PoolStay> {
        match self.case.customer().place() {
            Place::Pool(stay) => Some(stay),
            _ => None,
        }
    }
}
