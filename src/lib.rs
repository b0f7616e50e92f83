//! The rules of a shared customer pool (公海): who keeps, is warned about, or loses a customer.
//!
//! A host gives a [`Policy`], the facts about a [`Customer`] and an instant; [`Policy::decide`] says
//! whether the owner keeps the customer, and when that answer will next change. [`Policy::explain`] gives the same
//! answer with everything that was looked at. [`Policy::claim`] says whether a rep may have a customer out of a pool,
//! with every denial and the instant at which a "no" becomes a "yes": [claims](docs::claims).
//!
//! # One whole example
//! ```
//! use customer_pool::{Activity, ActivityKind, Customer, Policy, ReasonCode, Verdict, at, id};
//!
//! // Calls protect for 14 days each, 120 at most; a warning comes three days before.
//! let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
//! let call = Activity::at(ActivityKind::Call, id!("li"), at!("2026-03-05T10:00:00+08:00"));
//! let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T15:00:00+08:00")).with_activities([call]);
//!
//! let decision = policy.decide(&customer, None, at!("2026-03-10T09:00:00+08:00"));
//! assert_eq!(decision.verdict(), Verdict::Keep);
//! assert_eq!(decision.due(), Some(at!("2026-03-20T00:00:00+08:00")));
//! assert_eq!(decision.next_change(), Some(at!("2026-03-16T00:00:00+08:00"))); // the warning
//! let codes: Vec<_> = decision.reasons().iter().collect();
//! assert_eq!(codes, [ReasonCode::NotDue, ReasonCode::Renewed]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The few types
//! | type | think of it as |
//! | --- | --- |
//! | [`Policy`] | the rules, validated: opaque, immutable, cheap to clone and share between threads |
//! | [`Customer`], [`Rep`] | facts: what the host knows now. Nothing in them is derived, and nothing in them ages |
//! | [`Timestamp`] | a moment in UTC. `now` is always an argument; nothing here reads a clock |
//! | [`Span`], [`Calendar`] | how long, and in whose days: `hours(72)` and `days(3)` are different things |
//! | [`Decision`] | the answer: small and `Copy`. Verdict, due instant, deciding trigger, pool, reasons, next change |
//! | [`Explanation`] | the same answer with every step of the evaluator that made it |
//! | [`MoveCase`], [`Move`](moves::Move) | a command about one customer, and what it would change: the same for a release, a transfer, a departure |
//! | [`Event`](ledger::Event) | what happened to one customer: appended, never edited. A customer is the fold of its events |
//! | [`Command`], [`Plan`](plan::Plan) | what is wanted, under an idempotency key, and everything that would be written |
//! | [`Scores`] | what a run of [scoring](docs::scoring) found: facts that conditions, tiers and the order of a pool read |
//! | [`PoolStore`], [`Driver`] | the host's database in twelve calls, and what loads, plans and commits over it |
//!
//! Protection is half-open: a customer is protected on `[start, due)`, and `now >= due` means due. When facts are
//! missing or contradict each other the answer is [`Verdict::Undetermined`] with its reason: nobody loses a customer by
//! a default.
//!
//! # What is not supported
//! Not built yet: allocation. A policy has no keys for it: a key that nothing evaluates is refused.
//!
//! The crate sends nothing, and reads no clock; it writes what the host's [`store`] writes.
//!
//! # Cookbook
//! The recipes share these beginnings:
//! ```
//! # use customer_pool::{Customer, Policy, at, id};
//! let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
//! let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T15:00:00+08:00"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## See everything that is wrong with a policy
//! ```
//! # use customer_pool::{policy::PolicyError, Policy};
//! # let good = std::fs::read_to_string("docs/first-policy.json")?;
//! let wrong = good.replace("+08:00", "Mars/Olympus").replace("\"days\": 120", "\"days\": 0");
//! let Err(PolicyError::Problems(problems)) = Policy::from_json(&wrong) else { return Err("it is wrong".into()) };
//! let places: Vec<_> = problems.iter().map(|problem| (problem.code(), problem.path())).collect();
//! assert_eq!(places, [
//!     ("calendar.zone_unknown", "$.zone"),
//!     ("span.invalid", "$.groups[0].triggers[0].max_hold"),
//! ]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Wake up only when something changes
//! Keep [`Decision::next_change`] in an index. Decide again at that instant, and when a fact of the customer changes.
//! ```
//! # use customer_pool::{Customer, Policy, Timestamp, Verdict, at, id};
//! # let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
//! # let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T15:00:00+08:00"));
//! let mut now: Timestamp = at!("2026-03-02T15:00:00+08:00");
//! let mut decision = policy.decide(&customer, None, now);
//! let mut wake_ups = vec![];
//! while let Some(next) = decision.next_change() {
//!     now = next;
//!     decision = policy.decide(&customer, None, now);
//!     wake_ups.push(now);
//! }
//! assert_eq!(decision.verdict(), Verdict::Due);
//! assert_eq!(wake_ups, [at!("2026-03-13T00:00:00+08:00"), at!("2026-03-17T00:00:00+08:00")]); // warn, due
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Send each warning once
//! Store the key when the warning was sent, and give it back as a fact. A renewal makes another key.
//! ```
//! # use customer_pool::{Customer, Policy, at, id};
//! # let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
//! # let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T15:00:00+08:00"));
//! let decision = policy.decide(&customer, None, at!("2026-03-14T09:00:00+08:00"));
//! let warning = policy.warning(&customer, &decision).ok_or("a stage is in force")?;
//! assert_eq!(warning.audience, ["owner"]);
//! assert!(!warning.sent);
//! let customer = customer.with_warned([warning.key]);
//! assert!(policy.warning(&customer, &decision).is_some_and(|warning| warning.sent));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Feed raw follow-ups
//! [`record::Recorder`] folds activities into what the policy's clocks need, so that a host never computes "the latest
//! qualifying follow-up" itself, and decisions on customers with long histories stay fast.
//!
//! ## Lock a customer, or stop its clock
//! ```
//! # use customer_pool::{Customer, Policy, Timestamp, Verdict, at, decision::HeldBy, id, model::{Lock, Protection}};
//! # let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
//! # let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T15:00:00+08:00"));
//! let (from, to): (Timestamp, Timestamp) = (at!("2026-03-03T00:00:00+08:00"), at!("2026-04-01T00:00:00+08:00"));
//! let now = at!("2026-03-20T09:00:00+08:00");
//!
//! let locked = customer.clone().with_protection(Protection::new().with_lock(Lock::new(Some(from), Some(to))));
//! let decision = policy.decide(&locked, None, now);
//! assert_eq!(decision.verdict(), Verdict::Held(HeldBy::Lock)); // the clock ran on: due on 1 April
//! assert_eq!(decision.due(), Some(at!("2026-03-17T00:00:00+08:00")));
//!
//! let paused = customer.with_protection(Protection::new().with_pauses([(from, to)]));
//! let decision = policy.decide(&paused, None, now);
//! assert_eq!(decision.verdict(), Verdict::Keep); // 14 days after the pause
//! assert_eq!(decision.due(), Some(at!("2026-04-15T00:00:00+08:00")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Count in each rep's own calendar
//! Write `"calendar": "owner"` in the trigger, bind the rep with [`Rep::with_calendar`], and
//! give the rep to [`Policy::decide`].
//!
//! ## Answer a claim, and every other move
//! [`Policy::claim`] says whether a rep may have a customer, with every denial; [`Policy::decide_move`] what a command —
//! a release, an assignment, a transfer — would do; [`Policy::apply_move`] gives the customer afterwards.
//!
//! ## Plan a nightly run
//! [`Policy::plan_sweep`] lists reclaims, nominations, notices and warnings within ceilings; see [`sweep`].
//!
//! ## Change the rules of a live policy
//! [`policy::Revisions`] decides about every customer under the revision that binds it.
//!
//! ## Keep a pool in a store
//! [`Driver`] carries out commands, batches, sweeps and departures over a [`PoolStore`];
//! [`MemoryStore`] is always there. [How to write a store](docs::storage), and [how to run one](docs::operations).
//!
//! ## Plan without a store
//! [`plan::Planner`] makes of a command and known facts everything that would be written; [`plan::Planner::needs`] says what
//! must be read.
//!
//! ## Test a policy
//! [`plan::Scenario`]: given these events, when this is wanted, then these events follow.
//!
//! ## Prove that nothing was changed
//! [`ledger::Verifier`] follows a history link by link; [`service::Driver::audit`] compares it with the state that is kept.
//!
//! ## Decide about columns
//! [`columns`] takes customers as columnar tools keep them, and writes columns of decisions: the same ones, many times as
//! fast. `columns::CustomerTable` makes columns of customers.
//!
//! # Read on
//! [The policy document](docs::policy): every key and every problem. [The specification](docs::spec):
//! [time](docs::spec::time), [facts](docs::spec::facts), [reclaim](docs::spec::reclaim),
//! [claim](docs::spec::claim), [moves](docs::spec::moves), [worked examples](docs::spec::vectors). [How a host asks about claims](docs::claims).
//! [Notices, reviews, sweeps, changed policies](docs::reviews). [Columns](docs::columns). [Scoring](docs::scoring), and
//! [other libraries beside it](docs::comparison).
//! [How to write a store](docs::storage), [how to run one](docs::operations). [Why it is so](docs::design), and [where everything is](docs::architecture).
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

#[cfg(feature = "proptest1")]
extern crate self as customer_pool;

pub mod attribute;
pub mod claim;
pub mod columns;
pub mod condition;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod decision;
pub mod digest;
pub mod docs;
mod events;
mod hold;
pub mod id;
pub mod ledger;
pub mod messages;
pub mod model;
pub mod moves;
pub mod plan;
pub mod policy;
mod reclaim;
pub mod record;
mod route;
pub mod score;
pub mod service;
pub mod store;
#[cfg(feature = "proptest1")]
pub mod strategies;
pub mod sweep;
pub mod time;
mod wire;

pub use claim::ClaimCase;
pub use decision::{ClaimDecision, ClaimVerdict, Decision, Explanation, ReasonCode, Verdict};
pub use id::{CommandKey, CustomerId, Label, PoolId, RepId};
pub use messages::Language;
pub use model::{
    Activity, ActivityKind, Actor, Customer, Ledger, LedgerEntry, LedgerScope, Ownership, Place, PoolStay, Rep, Scores,
    WayIn,
};
pub use moves::{MoveCase, MoveDecision, MoveVerdict};
pub use plan::{Command, Intent, ItemOutcome, Landing, RepCommand};
pub use policy::{Policy, PolicyError, Revisions};
pub use service::{Attempt, Driver, DriverError};
pub use store::{AsyncPoolStore, MemoryStore, PoolStore};
pub use time::{Calendar, Span, Timestamp};

/// Compiles the README's code.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles the code of the Chinese README, which is the same.
#[cfg(doctest)]
#[doc = include_str!("../README.zh-CN.md")]
struct ReadmeInChinese;
