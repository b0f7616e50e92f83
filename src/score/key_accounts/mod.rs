//! Key accounts (大客户): by value, by rule, by scorecard.
//!
//! Value is the margin or the revenue of the trailing twelve months, one basis for a run ([`Ranking`]): *A* is the smallest set
//! of customers that makes 80 % of the total, all ties at the cut included, *B* reaches to 95 %, the rest is *C*. How steady the
//! value is says [`Steadiness`]. A [`Scorecard`] is a weighted sum of declared criteria. [`Standing`] joins them.

mod ranking;
mod scorecard;
mod steadiness;

use serde::Serialize;

use crate::condition::LeafFinding;

pub use ranking::{
    Basis, Concentration, RankError, Ranking, Shares, SharesError, ValueClass, ValueVerdict, WIDE_A_PER_MILLE,
};
pub use scorecard::{Criterion, CriterionScore, Points, Scorecard, ScorecardError, ScorecardVerdict};
pub use steadiness::{LEAST_MONTHS, Steadiness, steadiness};

/// Why a customer is a key account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ground {
    /// Its value is in class A.
    Value,
    /// A rule says so.
    Rule,
    /// Its scorecard reaches the cut.
    Scorecard,
}

/// Whether a customer is a key account, and on which grounds: any of them is enough.
///
/// ```
/// use customer_pool::score::key_accounts::{Ground, Standing, ValueClass};
/// let standing = Standing::new(Some(ValueClass::B), true, Some(false));
/// assert_eq!((standing.is_key_account(), standing.grounds()), (true, &[Ground::Rule][..]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    grounds: Vec<Ground>,
}

/// Whether a customer is a key account under a policy, with everything that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyAccountVerdict {
    /// On which grounds.
    pub standing: Standing,
    /// What the rule found, leaf by leaf; nothing where the policy has none.
    pub rule: Vec<LeafFinding>,
    /// The scorecard, where the policy has one.
    pub scorecard: Option<ScorecardVerdict>,
}

impl Standing {
    /// Of the class of its value, whether a rule holds, and whether the scorecard reaches its cut.
    #[must_use]
    pub fn new(value: Option<ValueClass>, rule: bool, scorecard: Option<bool>) -> Self {
        let all = [
            (Ground::Value, value == Some(ValueClass::A)),
            (Ground::Rule, rule),
            (Ground::Scorecard, scorecard == Some(true)),
        ];
        Self { grounds: all.into_iter().filter(|(_, holds)| *holds).map(|(ground, _)| ground).collect() }
    }

    /// Whether it is one.
    #[must_use]
    pub fn is_key_account(&self) -> bool {
        !self.grounds.is_empty()
    }

    /// On which grounds.
    #[must_use]
    pub fn grounds(&self) -> &[Ground] {
        &self.grounds
    }
}
