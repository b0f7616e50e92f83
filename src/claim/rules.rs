//! Claim rules ready to be evaluated: names resolved, spans checked, conditions compiled.

use std::sync::Arc;

use super::{Acquisition, CapacityCombination, CapacityMode, Check, Per};
use crate::attribute::AttributeType;
use crate::condition::{LeafSink, Test, View};
use crate::decision::{PoolRef, ReasonCode};
use crate::id::{Label, PoolId};
use crate::model::{Cause, Customer, HoldKind, WayIn, way_bit};
use crate::route::{HandOut, Scope};
use crate::time::{Calendar, CivilWindow, Span, Timestamp};

/// Everything about claims that is evaluated of a policy.
#[derive(Clone, Debug)]
pub(crate) struct ClaimRules {
    /// The default calendar: no claim counts in another.
    pub(crate) calendar: Arc<Calendar>,
    /// In microseconds.
    pub(crate) skew: i64,
    pub(crate) pools: Box<[PoolRule]>,
    /// The pools by id.
    pub(crate) by_id: Box<[(PoolId, PoolRef)]>,
    pub(crate) tiers: Box<[Label]>,
    /// The checks that each way in runs, in the order of [`Acquisition::ALL`].
    pub(crate) checks: [CheckSet; Acquisition::ALL.len()],
    pub(crate) names_owner: bool,
    pub(crate) quiet_periods: Box<[QuietPeriod]>,
    pub(crate) cooldowns: Box<[Cooldown]>,
    pub(crate) repeat_limits: Box<[RepeatLimit]>,
    pub(crate) qualifications: Box<[Qualification]>,
    pub(crate) minimum_interval: Option<Span>,
    pub(crate) quotas: Box<[Quota]>,
    pub(crate) capacities: Box<[Capacity]>,
    pub(crate) combine_capacities: CapacityCombination,
    pub(crate) lottery_seed: Option<Label>,
}

impl ClaimRules {
    /// The rule of a pool, where the policy knows it.
    pub(crate) fn pool(&self, id: &PoolId) -> Option<(PoolRef, &PoolRule)> {
        let at = self.by_id.binary_search_by(|(known, _)| known.cmp(id)).ok()?;
        let (_, pool) = self.by_id.get(at)?;
        self.pools.get(pool.index()).map(|rule| (*pool, rule))
    }

    /// When the customer's entry into its pool is seen, where at `at` it lies further ahead than the clock skew allows:
    /// until then nothing can be told about the stay.
    pub(crate) fn entry_ahead(&self, customer: &Customer, at: Timestamp) -> Option<Timestamp> {
        let since = customer.stay()?.since();
        let seen = since.seen_from(self.skew);
        (at < seen).then_some(seen)
    }

    pub(crate) fn checks_of(&self, acquisition: Acquisition) -> CheckSet {
        self.checks.get(acquisition as usize).copied().unwrap_or_default()
    }
}

/// A set of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckSet(u16);

impl CheckSet {
    pub(crate) fn of(checks: &[Check]) -> Self {
        checks.iter().fold(Self::default(), |set, check| set.with(*check))
    }

    pub(crate) const fn with(self, check: Check) -> Self {
        Self(self.0 | 1 << check as u16)
    }

    pub(crate) const fn without(self, check: Check) -> Self {
        Self(self.0 & !(1 << check as u16))
    }

    pub(crate) const fn has(self, check: Check) -> bool {
        self.0 & (1 << check as u16) != 0
    }

    /// What a way in runs where the policy changes nothing.
    pub(crate) fn usual(acquisition: Acquisition) -> Self {
        use Check::{Capacity, Cooldown, Frozen, HandOut, Membership, Qualification, QuietPeriod, Quota, RepeatLimit};
        match acquisition {
            Acquisition::Claim => Self::of(Check::ALL),
            Acquisition::Assign => Self::of(&[
                Membership,
                Frozen,
                QuietPeriod,
                Cooldown,
                RepeatLimit,
                Qualification,
                Quota,
                Capacity,
                HandOut,
            ]),
            Acquisition::Transfer | Acquisition::Create | Acquisition::Import => {
                Self::of(&[Frozen, Qualification, Quota, Capacity])
            }
            Acquisition::Departure => Self::of(&[Frozen, Qualification]),
            Acquisition::Restore => Self::of(&[Frozen, Capacity]),
        }
    }
}

/// What claims read of a pool.
#[derive(Clone, Debug)]
pub(crate) struct PoolRule {
    pub(crate) members: Box<[Scope]>,
    pub(crate) disabled: bool,
    pub(crate) hand_out: HandOut,
}

/// The pools in which a rule binds: all, or those listed.
#[derive(Clone, Debug)]
pub(crate) struct Pools(pub(crate) Option<Box<[(PoolRef, PoolId)]>>);

impl Pools {
    /// Whether the rule binds a customer of this pool; one of no pool only a rule that names none.
    pub(crate) fn bind(&self, pool: Option<PoolRef>) -> bool {
        self.0.as_deref().is_none_or(|list| pool.is_some_and(|pool| list.iter().any(|(known, _)| *known == pool)))
    }

    /// Whether what came out of this pool counts.
    #[inline]
    pub(super) fn count(&self, pool: Option<&PoolId>) -> bool {
        self.0.as_deref().is_none_or(|list| pool.is_some_and(|pool| list.iter().any(|(_, known)| known == pool)))
    }
}

/// A condition, and the attributes that it reads.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) test: Test,
    pub(crate) attributes: Box<[(Label, AttributeType)]>,
}

impl Clause {
    /// Whether it holds; a value of another type than declared tells nothing.
    pub(crate) fn holds<S: LeafSink>(&self, view: &View<'_>, leaves: &mut S) -> Result<bool, ReasonCode> {
        if self.reads_other_types(view.customer) {
            return Err(ReasonCode::AttributeType);
        }
        Ok(self.test.holds(view, leaves))
    }

    fn reads_other_types(&self, customer: &Customer) -> bool {
        let of_another = |(key, kind): &(_, _)| customer.attributes().get(key).is_some_and(|v| v.kind() != *kind);
        self.attributes.iter().any(of_another)
    }
}

/// What changes a limit or a cap for some reps.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) when: Clause,
    pub(crate) add: i32,
}

#[derive(Clone, Debug)]
pub(crate) struct QuietPeriod {
    pub(crate) id: Label,
    pub(crate) span: Span,
    pub(crate) pools: Pools,
    pub(crate) first_entry_only: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Cooldown {
    pub(crate) id: Label,
    pub(crate) pools: Pools,
    pub(crate) per: Per,
    /// The span of each cause that has one; `undone` has that of `released` where it has none of its own.
    pub(crate) after: Box<[(Cause, Span)]>,
}

impl Cooldown {
    pub(super) fn span(&self, cause: Cause) -> Option<Span> {
        self.after.iter().find(|(known, _)| *known == cause).map(|(_, span)| *span)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct RepeatLimit {
    pub(crate) id: Label,
    pub(crate) limit: u32,
    pub(crate) within: Span,
    pub(crate) pools: Pools,
}

#[derive(Clone, Debug)]
pub(crate) struct Qualification {
    pub(crate) id: Label,
    pub(crate) requires: Requires,
    pub(crate) pools: Pools,
}

#[derive(Clone, Debug)]
pub(crate) enum Requires {
    Condition(Clause),
    Tier,
    Region,
    Industry,
    Skill,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Window {
    Civil(CivilWindow),
    Sliding(Span),
}

#[derive(Clone, Debug)]
pub(crate) struct Quota {
    pub(crate) id: Label,
    pub(crate) limit: u32,
    pub(crate) steps: Box<[Step]>,
    pub(crate) window: Window,
    pub(crate) pools: Pools,
    pub(crate) per: Per,
    pub(crate) when: Option<Clause>,
    pub(super) ways: u8,
}

impl Quota {
    pub(crate) fn new(id: Label, limit: u32, window: Window, pools: Pools, per: Per, ways: &[WayIn]) -> Self {
        let ways = ways.iter().fold(0, |set, way| set | way_bit(*way));
        Self { id, limit, steps: Box::default(), window, pools, per, when: None, ways }
    }

    #[inline]
    pub(super) const fn counts(&self, way: WayIn) -> bool {
        self.ways & way_bit(way) != 0
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Capacity {
    pub(crate) id: Label,
    pub(crate) scope: Scope,
    pub(crate) cap: u32,
    pub(crate) steps: Box<[Step]>,
    pub(crate) when: Option<Clause>,
    pub(crate) excused_by: Box<[HoldKind]>,
    pub(crate) weights: Box<[(Label, u32)]>,
    /// In the order of [`Acquisition::ALL`].
    pub(crate) modes: [CapacityMode; Acquisition::ALL.len()],
}

impl Capacity {
    /// What a customer of this tier weighs where nothing excuses it.
    pub(super) fn weight(&self, customer: &Customer) -> u32 {
        let known = customer.tier().and_then(|tier| self.weights.iter().find(|(known, _)| known == tier));
        known.map_or(1, |(_, weight)| *weight)
    }

    pub(super) fn mode(&self, acquisition: Acquisition) -> CapacityMode {
        let mode = self.modes.get(acquisition as usize).copied().unwrap_or_default();
        match (acquisition, mode) {
            // A departure is never refused by capacity.
            (Acquisition::Departure, CapacityMode::Enforce) => CapacityMode::Warn,
            (_, mode) => mode,
        }
    }
}

/// A base with the steps that hold; never below 0.
pub(crate) fn stepped(base: u32, adds: i64) -> u32 {
    let sum = i64::from(base).saturating_add(adds).max(0);
    u32::try_from(sum).unwrap_or(u32::MAX)
}
