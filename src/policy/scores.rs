//! Scores, as a policy answers them.

use core::cmp::Ordering;

use rust_decimal::Decimal;

use super::Policy;
use crate::condition::View;
use crate::decision::ReasonCode;
use crate::id::Label;
use crate::model::{Customer, PoolStay, TierState};
use crate::score::engagement::EngagementRule;
use crate::score::key_accounts::{KeyAccountVerdict, Shares, Standing, ValueClass};
use crate::score::life_cycle::{LifeFacts, PurchaseShares, Stage};
use crate::score::priority::{Priority, Waiting};
use crate::score::tiers::TierVerdict;
use crate::time::Timestamp;

impl Policy {
    /// Whether tiers follow from a tier table.
    #[must_use]
    pub fn has_tier_table(&self) -> bool {
        self.score_rules().tiers.is_some()
    }

    /// The tier (客户级别) of a customer at `now`, given the state that its facts hold; `None` where the policy has no tier
    /// table. A tier without a state, an imported one, counts as held since `now`: it is not lost at the first review.
    ///
    /// # Errors
    /// `time.out_of_range` where the period of `now` has no end within time.
    pub fn judge_tier(&self, customer: &Customer, now: Timestamp) -> Option<Result<TierVerdict, ReasonCode>> {
        let table = self.score_rules().tiers.as_ref()?;
        let stands = || customer.tier().map(|tier| TierState::new(tier.clone(), now));
        let held = customer.tier_state().cloned().or_else(stands);
        let verdict = table.judge(customer, held.as_ref(), self.default_calendar(), now);
        Some(verdict.ok_or(ReasonCode::TimeOutOfRange))
    }

    /// The stage of a customer's life at `now`; `None` where the policy has no thresholds.
    ///
    /// # Errors
    /// Why a span has no end in the calendar.
    pub fn judge_life_cycle(&self, facts: &LifeFacts, now: Timestamp) -> Option<Result<Stage, ReasonCode>> {
        let rule = self.score_rules().life_cycle.as_ref()?;
        Some(rule.judge(facts, self.default_calendar(), now).map_err(ReasonCode::from))
    }

    /// The category that a customer mostly buys, if it has the share that the policy asks for; `None` where it asks for none.
    #[must_use]
    pub fn purchase_type<'s>(&self, shares: &'s PurchaseShares) -> Option<&'s Label> {
        shares.dominant(Decimal::new(i64::from(self.score_rules().purchase_type_share?), 3))
    }

    /// What activities are worth, and how it decays; `None` where the policy does not say.
    #[must_use]
    pub fn engagement(&self) -> Option<&EngagementRule> {
        self.score_rules().engagement.as_ref()
    }

    /// The shares of value that make the classes of a [`Ranking`](crate::score::key_accounts::Ranking).
    #[must_use]
    pub fn value_shares(&self) -> Shares {
        self.score_rules().key_accounts.as_ref().map(|accounts| accounts.shares).unwrap_or_default()
    }

    /// Whether a customer is a key account (大客户), given the class of its value in a ranking; `None` where the policy has no
    /// rules about it. What comes of it is a fact: [`Scores::with_key_account`](crate::model::Scores::with_key_account).
    #[must_use]
    pub fn judge_key_account(&self, customer: &Customer, value: Option<ValueClass>) -> Option<KeyAccountVerdict> {
        let rules = self.score_rules().key_accounts.as_ref()?;
        let mut found = Vec::new();
        let view = View { customer, owner: None };
        let holds = rules.when.as_ref().is_some_and(|when| when.holds(&view, &mut found));
        let scorecard = rules.scorecard.as_ref().map(|card| card.judge(|key| customer.attributes().get(key).cloned()));
        let reached = scorecard.as_ref().map(|card| card.is_key_account);
        Some(KeyAccountVerdict { standing: Standing::new(value, holds, reached), rule: found, scorecard })
    }

    /// Who should be claimed first: the priority of a customer in a pool at `now`, with what it is made of; `None` where the
    /// policy has no rule about it, or the customer lies in no pool.
    ///
    /// ```
    /// # use customer_pool::{Policy, model::{Customer, Place, PoolStay, Scores, Unit}};
    /// # use customer_pool::{at, id};
    /// # let text = std::fs::read_to_string("docs/first-policy.json")?;
    /// let rule = r#"{"scoring": {"priority": {"value": 600, "waiting": 400, "pace": 1000, "starves_after": {"days": 30}}},"#;
    /// let policy = Policy::from_json(&text.replacen('{', rule, 1))?;
    /// let stay = PoolStay::new(id!("east"), at!("2026-03-01T00:00:00Z"));
    /// let scores = Scores::new().with_value(Unit::new(750_000).ok_or("a unit")?);
    /// let customer = Customer::new(id!("c1"), Place::Pool(stay)).with_scores(scores);
    /// let priority = policy.priority(&customer, at!("2026-03-02T00:00:00Z")).ok_or("a priority")?;
    /// assert_eq!(priority.score(), 600 * 750_000 + 400 * 24 * 1_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn priority(&self, customer: &Customer, now: Timestamp) -> Option<Priority> {
        let rule = self.score_rules().priority.as_ref()?;
        Some(rule.judge(&Waiting::of(customer)?, self.default_calendar(), now))
    }

    /// The rank key of a customer in its pool, which does not change by the mere passing of time: that of the priority, and
    /// [`PoolStay::rank`] where the policy has no rule about it.
    #[must_use]
    pub fn rank_key(&self, customer: &Customer, now: Timestamp) -> Option<i64> {
        let own = || customer.stay().and_then(PoolStay::rank);
        self.priority(customer, now).map_or_else(own, |priority| Some(priority.rank_key()))
    }

    /// The order in which a pool hands out at `now`: by priority, starved ones first, where the policy has a rule about it,
    /// otherwise as [`Customer::cmp_in_pool`]. Customers without a place in a pool come last.
    #[must_use]
    pub fn cmp_in_pool(&self, one: &Customer, other: &Customer, now: Timestamp) -> Ordering {
        match (self.priority(one, now), self.priority(other, now)) {
            (Some(first), Some(second)) => first.order(one.id()).cmp(&second.order(other.id())),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => one.cmp_in_pool(other),
        }
    }
}
