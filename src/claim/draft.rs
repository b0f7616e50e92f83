//! Claim rules as they are written.

use serde::{Deserialize, Serialize};

use super::{Acquisition, Check};
use crate::condition::Condition;
use crate::id::{Label, PoolId};
use crate::model::{Cause, HoldKind, WayIn};
use crate::route::Scope;
use crate::time::Span;
use crate::wire::document;

/// Over whom a rule counts or whom it binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Each rep.
    #[default]
    Rep,
    /// Each unit: reps share one when one of their unit paths is equal. A rep without a unit is a unit of his own.
    Unit,
    /// The same with unit paths cut at this depth, from 1.
    UnitAt(u32),
    /// Everybody together.
    Everybody,
}

/// The time over which a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuotaWindow {
    /// A civil day of the policy's zone.
    Day,
    /// A week of it.
    Week,
    /// A month of it.
    Month,
    /// Every event counts from its instant until the span from there has ended.
    Sliding(Span),
}

/// The weekday with which a week begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "weekdays by their short names")]
pub enum WeekStart {
    #[default]
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// What a qualification asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// This holds of rep and customer.
    Condition(Condition),
    /// The customer's tier is at most the rep's highest, in the policy's order of tiers.
    Tier,
    /// The customer's region is one of the rep's.
    Region,
    /// The customer's industry is one of the rep's.
    Industry,
    /// The rep has every skill that the customer asks for; one that asks for none is anybody's.
    Skill,
}

/// What a full capacity does to a way in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CapacityMode {
    /// It refuses.
    #[default]
    Enforce,
    /// It warns and admits.
    Warn,
    /// It is not looked at.
    Skip,
}

/// Which of several capacities binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CapacityCombination {
    /// The one for the person, else for the role, else for the nearest unit, else for everybody; of equal ones the first.
    #[default]
    MostSpecific,
    /// Every one must admit.
    Min,
    /// One that admits is enough.
    Max,
    /// Their caps together.
    Sum,
}

document! {
    /// Changes a cap or a limit for some reps: every step that holds adds; the result is never below 0.
    StepDraft
    required {
        /// For which reps; a missing figure makes a comparison false, so that it adds nothing.
        when: Condition,
        /// What it adds; below 0 it takes away.
        add: i32,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// A quiet period (静默期): nobody claims a customer until the span from its entry into the pool has ended.
    QuietPeriodDraft
    required {
        /// Its name, unique among the rules about claims.
        id: Label,
        /// How long.
        span: Span,
    }
    optional {
        /// In which pools; in all by default.
        pools, with_pools: Vec<PoolId>,
    }
    lists {}
    maps {}
    flags {
        /// Whether only the first entry into that pool counts.
        first_entry_only, with_first_entry_only,
    }
}

document! {
    /// A cooldown (冷却期): after the end of an ownership the former owner may not have the customer again.
    CooldownDraft
    required {
        /// Its name, unique among the rules about claims.
        id: Label,
    }
    optional {
        /// In which pools; in all by default.
        pools, with_pools: Vec<PoolId>,
        /// Whom it binds beside the former owner himself: nobody, by default, or his unit.
        per, with_per: Per,
    }
    lists {}
    maps {
        /// How long after an end by this cause; other causes have no cooldown. `undone` counts as `released` where it
        /// has none of its own.
        after, with_after: Cause => Span,
    }
    flags {}
}

document! {
    /// A repeat limit: at most so many ownerships of one customer by one rep that began within a span.
    RepeatLimitDraft
    required {
        /// Its name, unique among the rules about claims.
        id: Label,
        /// How many, at least 1.
        limit: u32,
        /// Each counts from its start until this span has ended.
        within: Span,
    }
    optional {
        /// In which pools; in all by default.
        pools, with_pools: Vec<PoolId>,
    }
    lists {}
    maps {}
    flags {}
}

document! {
    /// A qualification: what must be so of rep and customer.
    QualificationDraft
    required {
        /// Its name, unique among the rules about claims.
        id: Label,
        /// What.
        requires: Requirement,
    }
    optional {
        /// In which pools; in all by default.
        pools, with_pools: Vec<PoolId>,
    }
    lists {}
    maps {}
    flags {}
}

document! {
    /// A quota (领取频次上限): so many ownerships may begin in a window of time. It counts events, never what is held.
    QuotaDraft
    required {
        /// Its name, unique among the rules about claims.
        id: Label,
        /// How many; 0 is none at all.
        limit: u32,
        /// In which time.
        window: QuotaWindow,
    }
    optional {
        /// Out of which pools, counted together; out of all by default.
        pools, with_pools: Vec<PoolId>,
        /// Over whom it counts; over each rep by default.
        per, with_per: Per,
        /// Only customers for whom this holds; it reads facts about the customer alone.
        when, with_when: Condition,
        /// The ways in that it counts and limits; claims by default.
        ways, with_ways: Vec<WayIn>,
    }
    lists {
        /// What changes the limit for some reps.
        steps, with_steps: StepDraft,
    }
    maps {}
    flags {}
}

document! {
    /// A holding capacity (保有量): how much weight some reps may hold.
    CapacityDraft
    required {
        /// Its name, unique among the rules about claims.
        id: Label,
        /// For which reps.
        scope: Scope,
        /// How much.
        cap: u32,
    }
    optional {
        /// Only customers for whom this holds count; all by default. It reads facts about the customer alone.
        when, with_when: Condition,
    }
    lists {
        /// Customers with a live document of one of these kinds do not count.
        excused_by, with_excused_by: HoldKind,
        /// What changes the cap for some reps.
        steps, with_steps: StepDraft,
    }
    maps {
        /// What a customer of a tier weighs; 1 by default.
        weights, with_weight: Label => u32,
        /// What it does to a way in; it refuses by default. A departure is never refused.
        modes, with_mode: Acquisition => CapacityMode,
    }
    flags {}
}

document! {
    /// How many customers some reps may keep locked at once. An open-ended lock counts until the longest lock ends.
    LockCapDraft
    required {
        /// Its name, unique among the rules about claims.
        id: Label,
        /// For which reps.
        scope: Scope,
        /// How many.
        cap: u32,
    }
    optional {}
    lists {
        /// What changes the cap for some reps.
        steps, with_steps: StepDraft,
    }
    maps {}
    flags {}
}

document! {
    /// The undo window (误领撤销期): a release by the claimer within it undoes the claim.
    UndoDraft
    required {
        /// How long after the claim.
        within: Span,
        /// How many undos a rep has on a civil day.
        per_day: u32,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// Changes to the checks that a way in runs.
    ChecksDraft
    required {}
    optional {}
    lists {
        /// Checks that it runs besides.
        add, with_add: Check,
        /// Checks that it does not run.
        remove, with_remove: Check,
    }
    maps {}
    flags {}
}

document! {
    /// Who may take which customers.
    ClaimRulesDraft
    required {}
    optional {
        /// The shortest time between two claims by one rep, in any pool (连续领取间隔).
        minimum_interval, with_minimum_interval: Span,
        /// The undo window; without it nothing is undone.
        undo, with_undo: UndoDraft,
        /// Which of several capacities binds; the most specific by default.
        combine_capacities, with_combine_capacities: CapacityCombination,
        /// The weekday with which the weeks of quotas begin; Monday by default.
        week_starts, with_week_starts: WeekStart,
        /// What lotteries are drawn with: any text, kept secret by the host. A lottery needs it.
        lottery_seed, with_lottery_seed: Label,
    }
    lists {
        /// Quiet periods.
        quiet_periods, with_quiet_periods: QuietPeriodDraft,
        /// Cooldowns.
        cooldowns, with_cooldowns: CooldownDraft,
        /// Repeat limits.
        repeat_limits, with_repeat_limits: RepeatLimitDraft,
        /// Qualifications.
        qualifications, with_qualifications: QualificationDraft,
        /// Quotas.
        quotas, with_quotas: QuotaDraft,
        /// Holding capacities.
        capacities, with_capacities: CapacityDraft,
        /// Caps on locked customers.
        lock_caps, with_lock_caps: LockCapDraft,
    }
    maps {
        /// Changes to the checks that a way in runs.
        checks, with_checks: Acquisition => ChecksDraft,
    }
    flags {
        /// Whether a conflict names the owner to members of the pool.
        names_owner, with_names_owner,
    }
}

impl Default for ClaimRulesDraft {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for ChecksDraft {
    fn default() -> Self {
        Self::new()
    }
}
