//! What people read: sentences in English and Chinese, made from reason codes and their parameters.
//!
//! The texts are data, one file per language. Instants are given in the zone of the policy's default calendar, with
//! their offset from UTC.
//!
//! ```
//! use customer_pool::messages::{self, Language};
//! # use customer_pool::model::Customer;
//! # use customer_pool::{at, id};
//! # let policy = customer_pool::Policy::from_json(r#"{"format":1,"id":"p","revision":1,"default_calendar":"cn","calendars":{"cn":{
//! #   "zone":"+08:00","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},"pools":[{"id":"east"}],"routing":
//! #   {"fallback":"east"},"groups":[{"id":"g","triggers":[{"id":"silent","when":"always","base":{"days":3}}]}]}"#)?;
//! # let customer = Customer::owned(id!("c1"), id!("r1"), at!("2026-03-02T15:00:00+08:00"));
//! let decision = policy.decide(&customer, None, at!("2026-03-09T08:00:00+08:00"));
//! assert_eq!(
//!     messages::sentence(&policy, &decision, Language::English),
//!     "Reclaim: due since 2026-03-06 00:00 +08:00 by trigger `silent`, bound for pool `east`; \
//!      no qualifying activity renewed protection beyond the base."
//! );
//! assert_eq!(
//!     messages::sentence(&policy, &decision, Language::Chinese),
//!     "应回收：已于 2026-03-06 00:00 +08:00 到期（规则“silent”，去向公海“east”）；按默认保护期计，没有有效跟进使其延后。"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalogue;
mod claim;
mod conditions;
mod language;
mod lines;
mod moves;
mod report;
mod sentence;
mod words;

pub use catalogue::{message, template};
pub use claim::{ClaimReport, ClaimVerdictReport, claim_sentence, denial_message};
pub use language::{Language, LanguageError};
pub use moves::{MoveReport, MoveVerdictReport, execution_message, move_sentence, refusal_message};
pub use report::{DecisionReport, HeldReport, VerdictReport};
pub use sentence::{parameters, sentence};
pub(crate) use words::Words;
