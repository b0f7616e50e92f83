//! Claim (领取): may this rep take this customer now?
//!
//! The rule types as they are written in a policy, the question, and the kernel that answers it:
//! [`Policy::claim`](crate::Policy::claim) for one customer, [`claim_batch`](crate::Policy::claim_batch) for several,
//! [`pull`](crate::Policy::pull) for a blind pool, [`draw`](crate::Policy::draw) for a lottery.
//!
//! ```
//! use customer_pool::claim::ClaimCase;
//! use customer_pool::decision::ClaimVerdict;
//! use customer_pool::model::{Customer, Ledger, LedgerEntry, LedgerScope, Rep, WayIn};
//! use customer_pool::{Policy, time::Timestamp};
//! use customer_pool::{at, id};
//!
//! let policy = Policy::from_json(r#"{
//!     "format": 1, "id": "sales", "revision": 1,
//!     "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
//!                          "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
//!     "default_calendar": "cn",
//!     "pools": [{"id": "east", "members": [{"unit": "sales/east"}]}], "routing": {"fallback": "east"},
//!     "claims": {"quotas": [{"id": "daily", "limit": 1, "window": "day"}]}
//! }"#)?;
//! let rep = Rep::new(id!("li")).with_units([id!("sales/east/shanghai")]);
//! let customer = Customer::pooled(id!("c2"), id!("east"), at!("2026-01-01T00:00:00+08:00"));
//!
//! // What Li took today, as the host keeps it.
//! let taken = LedgerEntry::new(at!("2026-03-02T09:00:00+08:00"), WayIn::Claim, id!("c1"));
//! let ledgers = [Ledger::new(LedgerScope::Rep(id!("li"))).with_entries([taken])];
//!
//! let now: Timestamp = at!("2026-03-02T15:00:00+08:00");
//! let decision = policy.claim(&ClaimCase::new(&customer, &rep).with_ledgers(&ledgers), now);
//! assert_eq!(decision.verdict(), ClaimVerdict::Denied);
//! assert_eq!(decision.denials()[0].code(), "claim.quota");
//! assert_eq!(decision.retry_at(), Some(at!("2026-03-03T00:00:00+08:00")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is decided where the specification is silent
//!
//! *Where the customer is.* Only that the rep is no member ends the checks: an inactive rep and a disabled pool are
//! told beside everything else. A customer that is owned or closed, and was never in a pool, is nobody's to know:
//! `pool.not_member`, which no bypass removes, as for one that awaits admission. A pool that the policy does not know
//! makes a claim or an assignment *undetermined* at once, and for the other ways in the rules that name pools.
//!
//! *What is unknown* is unknown to the checks that read it: a history that contradicts itself to cooldowns and repeat
//! limits, and only where the policy has some for this pool; a ledger to those who count in it; an attribute of another
//! type to the conditions that read it. A bypass removes what is unknown of its check or rule as it removes its denials.
//!
//! *Freezes.* One denial: of the kinds that are live the first in the order of [`FreezeKind`](crate::model::FreezeKind),
//! until the last of that kind thaws. Its end is a change of the answer, but no `retry_at`.
//!
//! *Windows* of quotas are cut off where time begins and ends: the last day of the year 9999 never resets.
//!
//! *Quotas over units* count in one ledger for each of the rep's units, cut as the rule says, in the order of the paths.
//! A quota of a limit of 0 still reads its ledger.
//!
//! *Capacities.* A customer that a live hold excuses weighs nothing, and is not refused, for as long as the hold lives.
//! Under `max` a rule that warns or is skipped admits; where none admits and one cannot be told, the answer is
//! *undetermined*. A departure that is made to run capacities warns where it would be refused.
//!
//! *Hand-out.* A live reservation is respected whatever the pool hands out by now. A confirmation without an open
//! reservation of one's own is refused with *ask first* in any pool but a blind one and an undrawn lottery. An ask that
//! stands already is `already_asked` where nothing denies it. What is unknown about an asker of a lottery matters to
//! those whom he may come before.

mod batch;
mod capacity;
mod case;
mod counting;
mod dating;
pub(crate) mod draft;
mod findings;
mod hand_out;
mod history;
mod judge;
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
pub(crate) use case::{ReadCustomer, Terms, holds};
pub(crate) use dating::decide;
pub(crate) use draft::{
    CapacityCombination, CapacityDraft, CapacityMode, ChecksDraft, ClaimRulesDraft, CooldownDraft, LockCapDraft, Per,
    QualificationDraft, QuietPeriodDraft, QuotaDraft, QuotaWindow, RepeatLimitDraft, Requirement, StepDraft, WeekStart,
};
pub(crate) use findings::Lift;
pub(crate) use hand_out::Effect;
pub use lottery::{Draw, lottery_key};
pub(crate) use lottery::{draw, lottery_end};
pub use pull::PullDecision;
pub(crate) use pull::pull;
pub(crate) use question::Question;
pub(crate) use question::contradiction;
pub(crate) use quota::counts_from;
pub(crate) use reads::{holdings, ledgers_counted, ledgers_read};
pub(crate) use rules::{
    Capacity, CheckSet, ClaimRules, Clause, Cooldown, PoolRule, Pools, Qualification, QuietPeriod, Quota, RepeatLimit,
    Requires, Step, Window, stepped,
};
