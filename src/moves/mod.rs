//! Moves: every way in which a customer changes hands, as a pure decision about one command.
//!
//! A [`MoveCase`] is a command and the facts it is decided by; [`Policy::decide_move`](crate::Policy::decide_move)
//! answers with the [`Move`] that would be, with *already done*, with every [`Refusal`], or with what is not known.
//! [`Policy::apply_move`](crate::Policy::apply_move) gives the customer after a move.
//!
//! | command | from | to | what refuses it, beside the checks of claims that its way in runs |
//! | --- | --- | --- | --- |
//! | claim, confirm | pool | owner | |
//! | ask | pool | reserved, or in the lottery; an open pool hands out at once | |
//! | withdraw, expire | reserved | not reserved | no open reservation; one that has not lapsed |
//! | draw | lottery | owner, or open to all | the window is open |
//! | release | owner | pool; the request, where it needs approval | not the owner; reason, note, pool; a live hold or freeze |
//! | release in the undo window, undo claim | owner | the pool as it was | a live hold or freeze; the undos of the day |
//! | approve, refuse release | request | pool; no request | the owner's own request; for an approval a live hold or freeze |
//! | take back | owner | pool | reason, note, pool; a live hold or freeze |
//! | assign | pool | owner | |
//! | transfer | owner | another owner | |
//! | depart | owner | the first heir that may have it, at last the pool | not the owner; a freeze |
//! | restore | pool | the owner of before | the newest ownership not undone ended otherwise, or was another's |
//! | move, escalate | pool | another pool, the pool above | a freeze; not yet |
//! | create, import, admit | nothing, awaiting | owner, pool, awaiting | it is there already |
//! | merge, close | all but closed | closed | a freeze; a merge freeze only refuses closing |
//! | lock, unlock, extend | owner | the same | longest lock, lock caps; how long and how many |
//! | freeze, unfreeze, place hold, lift hold, pause | all but closed | the same | what ends before it begins |
//!
//! What the specification leaves open is decided so:
//! - Beside the claims' own checks, nothing asks whether whoever commands has the authority to.
//! - Only what the policy counts among its `holds` refuses a release or take-back. A lock refuses neither.
//! - Where an ownership began, or one ended, a moment ahead of `now` within the clock skew, the move is dated there.
//! - An ownership whose start nobody knows ends by no command: *undetermined*.
//! - Collaborators stay with the customer from owner to owner, and go when it goes to a pool.
//! - Escalation counts in the default calendar without pauses. Neither a reservation nor a lottery stops it.
//! - An admission to an owner runs the checks of a creation.
//!
//! # Release
//! ```
//! # use customer_pool::model::*;
//! # use customer_pool::moves::*;
//! # use customer_pool::{Policy, at, id};
//! # let text = std::fs::read_to_string("docs/first-policy.json")?;
//! let moves = r#"{"moves": {"release": {"reasons": ["no_need"]}},"#;
//! let policy = Policy::from_json(&text.replacen('{', moves, 1))?;
//! let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T07:00:00Z"));
//! let now = at!("2026-03-04T07:00:00Z");
//!
//! let case = MoveCase::new(&customer, Intent::Release { by: id!("li") });
//! let decision = policy.decide_move(&case, now);
//! assert_eq!(decision.verdict(), MoveVerdict::Refused);
//! assert_eq!(decision.refusals(), [Refusal::ReasonMissing]);
//!
//! let reason = id!("no_need");
//! let decision = policy.decide_move(&case.with_reason(&reason), now);
//! let planned = decision.planned().ok_or("it is released")?;
//! assert_eq!(planned.kinds(), [customer_pool::ledger::EventKind::Released]);
//! let after = policy.apply_move(planned, &customer)?;
//! assert_eq!(after.stay().map(|stay| stay.pool().as_str()), Some("east"));
//! assert_eq!(after.past()[0].cause(), Cause::Released);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Transfer
//! ```
//! # use customer_pool::model::*;
//! # use customer_pool::moves::*;
//! # use customer_pool::{Policy, at, id};
//! # let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
//! let start = at!("2026-03-02T07:00:00Z");
//! let customer = Customer::owned(id!("c1"), id!("li"), start);
//! let (wang, now) = (Rep::new(id!("wang")), at!("2026-03-04T07:00:00Z"));
//! let decision = policy.decide_move(&MoveCase::new(&customer, Intent::Transfer { to: &wang }), now);
//! let begun = decision.planned().and_then(Move::begun).ok_or("it is transferred")?;
//! assert_eq!(begun.clock_start(), Some(now)); // the policy restarts the clock
//! assert_eq!(begun.chain_start(), Some(start)); // and the chain goes on
//! assert_eq!(begun.number(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Departure
//! ```
//! # use customer_pool::model::*;
//! # use customer_pool::moves::*;
//! # use customer_pool::{Policy, at, id};
//! # let text = std::fs::read_to_string("docs/first-policy.json")?;
//! let departures = r#"{"moves": {"departures": [{"when": "always", "to": "successor"}]},"#;
//! let policy = Policy::from_json(&text.replacen('{', departures, 1))?;
//! let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T07:00:00Z"));
//! let (gone, now) = (Rep::new(id!("zhao")).deactivated(), at!("2026-03-04T07:00:00Z"));
//! let command = Intent::Depart { of: id!("li"), successor: Some(&gone), manager: None };
//! let decision = policy.decide_move(&MoveCase::new(&customer, command), now);
//! // The successor is not active either, and no other entry is left: the pool.
//! let planned = decision.planned().ok_or("he has left")?;
//! assert!(matches!(planned.place(&customer), Some(Place::Pool(stay)) if stay.cause() == Some(Cause::Departed)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Lock, and what ends with an ownership
//! ```
//! # use customer_pool::model::*;
//! # use customer_pool::moves::*;
//! # use customer_pool::{Policy, at, id};
//! # let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
//! let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T07:00:00Z"));
//! let (now, until) = (at!("2026-03-04T07:00:00Z"), at!("2026-03-10T00:00:00Z"));
//! let decision = policy.decide_move(&MoveCase::new(&customer, Intent::Lock { until: Some(until) }), now);
//! let locked = policy.apply_move(decision.planned().ok_or("it is locked")?, &customer)?;
//! let decision = policy.decide_move(&MoveCase::new(&locked, Intent::TakeBack), now); // a lock refuses reclaim only
//! let planned = decision.planned().ok_or("it is taken back")?;
//! assert_eq!(locked.protection().map(|protection| protection.locks().len()), Some(1));
//! assert!(policy.apply_move(planned, &locked)?.protection().is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod case;
mod decide;
pub(crate) mod draft;
mod enter;
mod gain;
mod intent;
mod judge;
mod leave;
mod outcome;
mod place;
mod protect;
mod refusal;
mod rules;

pub use crate::events::{PlaceKind, State};
pub use case::{Exception, ExceptionKind, MoveCase};
pub(crate) use decide::{decide, reads, reclaim};
pub(crate) use draft::{Heir, MoveRulesDraft, TransferClock};
pub use intent::{Intent, Landing};
pub use outcome::{Move, MoveDecision, MoveVerdict};
pub(crate) use place::escalation;
pub use refusal::Refusal;
pub(crate) use rules::{Engine, HeirRule, LockCap, MoveRules, Reads, Returns, When};
