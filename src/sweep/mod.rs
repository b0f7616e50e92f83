//! Sweeps: what reclaim would do to many customers at one instant, and whether one of them may be done now.
//!
//! A [`Sweep`] is given customers one by one and keeps only what it plans: an iterator over a cursor will do, and an odd
//! row is listed and stops nothing. The plan is data; nothing is written. A dry run is the same plan, thrown away.
//!
//! What is planned follows from [`Policy::decide`](crate::Policy::decide): a customer that is due is reclaimed or
//! nominated for review, a notice that is needed is served, and a warning in force that was not sent is sent — only the
//! most urgent one, so that a sweep after downtime does not send three. Everything due at or before `as_of` is caught up.
//!
//! ```
//! use customer_pool::model::{Customer, Ownership, Place, Rep};
//! use customer_pool::sweep::{Ceilings, SweepAction};
//! use customer_pool::{at, id};
//! # let policy = customer_pool::Policy::from_json(r#"{"format":1,"id":"p","revision":1,"default_calendar":"u","calendars":{"u":{
//! #   "zone":"UTC","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},"pools":[{"id":"east"}],"routing":
//! #   {"fallback":"east"},"groups":[{"id":"g","triggers":[{"id":"silent","when":"always","base":{"days":3}}]}]}"#)?;
//! let owned = |id: &str, at: &str| -> Result<Customer, Box<dyn std::error::Error>> {
//!     Ok(Customer::new(id.parse()?, Place::Owned(Ownership::new(id!("li"), at.parse()?))))
//! };
//! let customers = [owned("c2", "2026-03-02T07:00:00Z")?, owned("c1", "2026-03-01T07:00:00Z")?];
//!
//! let ceilings = Ceilings::new().with_per_owner(1);
//! let all = customers.iter().map(|customer| (customer, None::<&Rep>));
//! let plan = policy.plan_sweep(all, at!("2026-03-09T00:00:00Z"), ceilings);
//! let [item] = plan.items() else { return Err("one item".into()) };
//! assert_eq!((item.customer().as_str(), item.action()), ("c1", &SweepAction::Reclaim));
//! let [throttled] = plan.throttled() else { return Err("one throttled".into()) };
//! assert_eq!(throttled.item().customer().as_str(), "c2"); // taken by the next run
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod execute;
mod plan;
mod report;

pub(crate) use execute::execution;
pub use execute::{Execution, ExecutionCode, ExecutionRefusal, Recheck};
pub(crate) use plan::item as outstanding;
pub use plan::{Ceiling, Ceilings, Sweep, SweepAction, SweepItem, SweepPlan, Throttled, Undetermined};
pub use report::{ReportLine, SweepReport, Tally};
