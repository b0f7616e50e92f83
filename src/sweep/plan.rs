//! The plan of a sweep: items in order, what ceilings hold back, and what nobody can tell.

use core::borrow::Borrow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::attribute::decimal_text;
use crate::decision::{Action, Decision, ReasonCode, Verdict};
use crate::id::{CustomerId, Label, PoolId, RepId, StageId, TriggerId};
use crate::model::{Customer, OwnerFacts, Rep, WarningKey};
use crate::policy::{Policy, Revisions};
use crate::time::Timestamp;
use crate::wire::getters;

/// What is done to a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SweepAction {
    /// It goes back to the pool (回收).
    Reclaim,
    /// It is nominated for a review (复核).
    Nominate,
    /// A notice (告知) is served on its owner.
    Notice,
    /// Its owner is warned (提前提醒).
    Warn {
        /// The stage in force.
        stage: StageId,
        /// Who is to be told.
        audience: Vec<Label>,
        /// The key to record it under, so that it is sent once.
        key: WarningKey,
    },
}

impl SweepAction {
    /// Whether ceilings bound it: a reclaim or a nomination.
    #[must_use]
    pub const fn is_bounded(&self) -> bool {
        matches!(self, Self::Reclaim | Self::Nominate)
    }
}

/// One thing to do. When it is written, owner, ownership number and due instant are checked again:
/// [`Policy::recheck`](crate::Policy::recheck).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SweepItem {
    customer: CustomerId,
    owner: RepId,
    ownership: u32,
    trigger: TriggerId,
    due: Timestamp,
    pool: PoolId,
    action: SweepAction,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none", with = "decimal_text::option")]
    value: Option<Decimal>,
}

impl SweepItem {
    getters! {
        /// Which customer.
        customer: &CustomerId,
        /// Who owns it.
        owner: &RepId,
        /// Which ownership of the customer it is, counted from 1.
        ownership: u32,
        /// The deciding trigger.
        trigger: &TriggerId,
        /// The due instant.
        due: Timestamp,
        /// The pool to which the customer goes or would go.
        pool: &PoolId,
        /// What is done.
        action: &SweepAction,
        /// The customer's tier.
        tier: Option<&Label>,
        /// The customer's monetary value.
        value: Option<Decimal>,
    }
}

/// How much one run may take: reclaims and nominations together. Without a ceiling there is no limit; 0 is none at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ceilings {
    per_run: Option<u32>,
    per_owner: Option<u32>,
    share_percent: Option<u32>,
}

impl Ceilings {
    /// No ceiling.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many in the run.
    #[must_use]
    pub fn with_per_run(mut self, most: u32) -> Self {
        self.per_run = Some(most);
        self
    }

    /// At most so many from one owner.
    #[must_use]
    pub fn with_per_owner(mut self, most: u32) -> Self {
        self.per_owner = Some(most);
        self
    }

    /// At most so many of a hundred customers that the owner holds at `as_of`, unweighted; rounded down, but never below
    /// one. The sweep counts what it is given: give it every customer of the owner.
    #[must_use]
    pub fn with_share_percent(mut self, percent: u32) -> Self {
        self.share_percent = Some(percent);
        self
    }

    getters! {
        /// How many the run may take.
        per_run: Option<u32>,
        /// How many it may take from one owner.
        per_owner: Option<u32>,
        /// How many of a hundred it may take.
        share_percent: Option<u32>,
    }

    /// The ceiling that holds an item back, given what the run and its owner have had and what the owner holds.
    pub(crate) fn reached(&self, run: u32, owner: u32, held: u32) -> Option<Ceiling> {
        let share = self.share_percent.map(|percent| {
            let share = u64::from(held).saturating_mul(u64::from(percent)) / 100;
            u32::try_from(share.max(1)).unwrap_or(u32::MAX)
        });
        let full = |most: Option<u32>, had: u32| most.is_some_and(|most| had >= most);
        if full(self.per_run, run) {
            Some(Ceiling::Run)
        } else if full(self.per_owner, owner) {
            Some(Ceiling::Owner)
        } else if full(share, owner) {
            Some(Ceiling::Share)
        } else {
            None
        }
    }
}

/// Which ceiling holds an item back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ceiling {
    /// That of the run.
    Run,
    /// That per owner.
    Owner,
    /// The share of what the owner holds.
    Share,
}

/// An item that a ceiling holds back; it uses none of the others, and the next run takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Throttled {
    pub(super) item: SweepItem,
    pub(super) ceiling: Ceiling,
}

impl Throttled {
    getters! {
        /// The item.
        item: &SweepItem,
        /// What holds it back.
        ceiling: Ceiling,
    }
}

/// A customer about whom the facts do not tell; never reclaimed, but for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Undetermined {
    customer: CustomerId,
    owner: Option<RepId>,
    reason: ReasonCode,
}

impl Undetermined {
    getters! {
        /// Which customer.
        customer: &CustomerId,
        /// Who owns it.
        owner: Option<&RepId>,
        /// Why nobody can tell.
        reason: ReasonCode,
    }
}

/// What a run is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SweepPlan {
    pub(super) as_of: Timestamp,
    pub(super) customers: u64,
    pub(super) items: Vec<SweepItem>,
    pub(super) throttled: Vec<Throttled>,
    pub(super) undetermined: Vec<Undetermined>,
}

impl SweepPlan {
    getters! {
        /// The instant for which everything was decided.
        as_of: Timestamp,
        /// How many customers were looked at.
        customers: u64,
        /// What is to be done, ordered by due instant and customer.
        items: &[SweepItem],
        /// What ceilings hold back, in the same order.
        throttled: &[Throttled],
        /// About whom nobody can tell, ordered by customer.
        undetermined: &[Undetermined],
    }
}

/// Under what customers are decided about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Under<'p> {
    Policy(&'p Policy),
    Revisions(&'p Revisions),
}

impl<'p> Under<'p> {
    /// The policy that binds the customer, and its decision.
    pub(super) fn decide(self, customer: &Customer, owner: OwnerFacts<&Rep>, now: Timestamp) -> (&'p Policy, Decision) {
        match self {
            Self::Policy(policy) => (policy, policy.decide(customer, owner, now)),
            Self::Revisions(revisions) => {
                let revised = revisions.decide(customer, owner, now);
                (revised.policy, revised.decision)
            }
        }
    }
}

/// A sweep that is given its customers one by one.
#[derive(Debug)]
pub struct Sweep<'p> {
    under: Under<'p>,
    as_of: Timestamp,
    ceilings: Ceilings,
    customers: u64,
    held: BTreeMap<RepId, u32>,
    items: Vec<SweepItem>,
    undetermined: Vec<Undetermined>,
}

impl<'p> Sweep<'p> {
    /// A sweep at one fixed instant.
    #[must_use]
    pub fn new(policy: &'p Policy, as_of: Timestamp, ceilings: Ceilings) -> Self {
        Self::under(Under::Policy(policy), as_of, ceilings)
    }

    /// The same where the policy has changed: each customer is decided about under the revision that binds it.
    #[must_use]
    pub fn of_revisions(revisions: &'p Revisions, as_of: Timestamp, ceilings: Ceilings) -> Self {
        Self::under(Under::Revisions(revisions), as_of, ceilings)
    }

    fn under(under: Under<'p>, as_of: Timestamp, ceilings: Ceilings) -> Self {
        let (customers, held, items, undetermined) = (0, BTreeMap::new(), Vec::new(), Vec::new());
        Self { under, as_of, ceilings, customers, held, items, undetermined }
    }

    /// Looks at one more customer, with what is known of its owner.
    pub fn add<'r>(&mut self, customer: &Customer, owner: impl Into<OwnerFacts<&'r Rep>>) {
        self.customers = self.customers.saturating_add(1);
        let Some(ownership) = customer.ownership() else { return };
        if self.ceilings.share_percent.is_some() {
            let held = self.held.entry(ownership.owner().clone()).or_default();
            *held = held.saturating_add(1);
        }
        let (policy, decision) = self.under.decide(customer, owner.into(), self.as_of);
        match item(policy, customer, &decision) {
            Ok(item) => self.items.extend(item),
            Err(reason) => {
                let (customer, owner) = (customer.id().clone(), Some(ownership.owner().clone()));
                self.undetermined.push(Undetermined { customer, owner, reason });
            }
        }
    }

    /// The plan.
    #[must_use]
    pub fn finish(self) -> SweepPlan {
        let Self { as_of, customers, held, mut items, mut undetermined, ceilings, .. } = self;
        items.sort_by(|a, b| (a.due, &a.customer).cmp(&(b.due, &b.customer)));
        undetermined.sort();
        let (mut run, mut taken) = (0_u32, BTreeMap::<RepId, u32>::new());
        let (mut kept, mut throttled) = (Vec::with_capacity(items.len()), Vec::new());
        for item in items {
            if !item.action.is_bounded() {
                kept.push(item);
                continue;
            }
            let had = taken.get(&item.owner).copied().unwrap_or(0);
            match ceilings.reached(run, had, held.get(&item.owner).copied().unwrap_or(0)) {
                Some(ceiling) => throttled.push(Throttled { item, ceiling }),
                None => {
                    run = run.saturating_add(1);
                    taken.insert(item.owner.clone(), had.saturating_add(1));
                    kept.push(item);
                }
            }
        }
        SweepPlan { as_of, customers, items: kept, throttled, undetermined }
    }
}

/// What a decision about a customer asks to be done, or why nobody can tell.
pub(crate) fn item(policy: &Policy, customer: &Customer, decision: &Decision) -> Result<Option<SweepItem>, ReasonCode> {
    let action = match (decision.verdict(), decision.action()) {
        (Verdict::Undetermined(code), _) => return Err(code),
        (Verdict::Due, Some(Action::Review)) => SweepAction::Nominate,
        (Verdict::Due, _) => SweepAction::Reclaim,
        (Verdict::NoticePending(None), _) => SweepAction::Notice,
        (Verdict::Warn(_), _) => match policy.warning(customer, decision) {
            Some(notice) if !notice.sent => {
                SweepAction::Warn { stage: notice.stage, audience: notice.audience, key: notice.key }
            }
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let trigger = decision.trigger().and_then(|trigger| policy.trigger_id(trigger));
    let pool = decision.pool().and_then(|pool| policy.pool_id(pool));
    let (Some(ownership), Some(trigger), Some(pool), Some(due)) = (customer.ownership(), trigger, pool, decision.due())
    else {
        return Ok(None);
    };
    Ok(Some(SweepItem {
        customer: customer.id().clone(),
        owner: ownership.owner().clone(),
        ownership: ownership.number(),
        trigger: trigger.clone(),
        due,
        pool: pool.clone(),
        action,
        tier: customer.tier().cloned(),
        value: customer.profile().and_then(|profile| profile.value()),
    }))
}

impl Policy {
    /// What a run at `as_of` is to do, within the ceilings: see [`sweep`](crate::sweep). The order in which customers are
    /// given does not matter.
    pub fn plan_sweep<C: Borrow<Customer>, R: Borrow<Rep>, O: Into<OwnerFacts<R>>>(
        &self,
        customers: impl IntoIterator<Item = (C, O)>,
        as_of: Timestamp,
        ceilings: Ceilings,
    ) -> SweepPlan {
        plan(Sweep::new(self, as_of, ceilings), customers)
    }
}

impl Revisions {
    /// The same for a policy that has changed: each customer under the revision that binds it.
    pub fn plan_sweep<C: Borrow<Customer>, R: Borrow<Rep>, O: Into<OwnerFacts<R>>>(
        &self,
        customers: impl IntoIterator<Item = (C, O)>,
        as_of: Timestamp,
        ceilings: Ceilings,
    ) -> SweepPlan {
        plan(Sweep::of_revisions(self, as_of, ceilings), customers)
    }
}

fn plan<C: Borrow<Customer>, R: Borrow<Rep>, O: Into<OwnerFacts<R>>>(
    mut sweep: Sweep<'_>,
    customers: impl IntoIterator<Item = (C, O)>,
) -> SweepPlan {
    for (customer, owner) in customers {
        let owner: OwnerFacts<R> = owner.into();
        sweep.add(customer.borrow(), owner.as_ref().map(Borrow::borrow));
    }
    sweep.finish()
}
