//! Claim (领取): may this rep take this customer now?
//!
//! The rule types as they are written in a policy, the question, and the kernel that answers it.

mod capacity;
mod case;
mod counting;
mod dating;
mod draft;
mod findings;
mod hand_out;
mod history;
mod lottery;
mod place;
mod qualification;
mod question;
mod quota;
mod reads;
mod rules;
mod sink;

pub use case::{Acquisition, BatchMode, Bypass, Check, ClaimCase, ClaimStep};
pub(crate) use dating::decide;
pub use draft::{
    CapacityCombination, CapacityDraft, CapacityMode, ChecksDraft, ClaimRulesDraft, CooldownDraft, LockCapDraft, Per,
    QualificationDraft, QuietPeriodDraft, QuotaDraft, QuotaWindow, RepeatLimitDraft, Requirement, StepDraft, UndoDraft,
    WeekStart,
};
pub(crate) use lottery::draw;
pub use lottery::{Draw, lottery_key};
pub(crate) use reads::{holdings, ledgers_read};
pub(crate) use rules::{
    Capacity, CheckSet, Clause, Cooldown, PoolRule, Pools, Qualification, QuietPeriod, Quota, RepeatLimit, Requires,
    Rules, Step, Window,
};
