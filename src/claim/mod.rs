//! Claim (领取): may this rep take this customer now?
//!
//! The rule types as they are written in a policy, the question, and the kernel that answers it.

mod batch;
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
mod pull;
mod qualification;
mod question;
mod quota;
mod reads;
mod rules;
mod sink;

pub(crate) use batch::decide as decide_batch;
pub use batch::{BatchDecision, BatchItem, BatchResult, ClaimBatch};
pub(crate) use capacity::rank;
pub use case::{Acquisition, BatchMode, Bypass, Check, ClaimCase, ClaimStep};
pub(crate) use dating::decide;
pub use draft::{
    CapacityCombination, CapacityDraft, CapacityMode, ChecksDraft, ClaimRulesDraft, CooldownDraft, LockCapDraft, Per,
    QualificationDraft, QuietPeriodDraft, QuotaDraft, QuotaWindow, RepeatLimitDraft, Requirement, StepDraft, UndoDraft,
    WeekStart,
};
pub(crate) use hand_out::Effect;
pub(crate) use history::contradiction;
pub(crate) use lottery::draw;
pub use lottery::{Draw, lottery_key};
pub use pull::Pull;
pub(crate) use pull::pull;
pub(crate) use question::Question;
pub(crate) use quota::counts_from;
pub(crate) use reads::{holdings, ledgers_read};
pub(crate) use rules::{
    Capacity, CheckSet, Clause, Cooldown, PoolRule, Pools, Qualification, QuietPeriod, Quota, RepeatLimit, Requires,
    Rules, Step, Window, stepped,
};
