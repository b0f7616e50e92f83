//! The batch form: customers and decisions as columns, in the layout that columnar tools have (Arrow, Polars, DuckDB).
//!
//! [`CustomerColumns`] borrows slices, bitmaps, dictionaries and offsets; [`Policy::decide_columns`] writes
//! [`DecisionColumns`], row for row what [`Policy::decide`] gives for the row's customer. Rows whose clocks are plain are
//! decided 64 at a time; for the others the row's customer is made and decided about. [How columns of other tools
//! map](crate::docs::columns), what each form costs, and where its limits are.
//!
//! ```
//! use customer_pool::columns::{
//!     Bitmap, Coded, CustomerColumns, DecisionColumns, FoldedColumns, Instants, RowPlace, Values, verdict,
//! };
//! use customer_pool::{Label, Policy, Timestamp, Verdict, at, id};
//!
//! let policy = Policy::from_json(r#"{
//!     "format": 1, "id": "sales", "revision": 1,
//!     "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
//!                          "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
//!     "default_calendar": "cn",
//!     "pools": [{"id": "pool"}], "routing": {"fallback": "pool"},
//!     "groups": [{"id": "contact", "triggers": [
//!         {"id": "vip", "when": {"in": {"fact": "tier", "of": ["vip"]}}, "base": {"days": 60}, "renewals": {"call": {"days": 60}}},
//!         {"id": "else", "when": "always", "base": {"days": 14}, "renewals": {"call": {"days": 14}}}
//!     ]}]
//! }"#)?;
//! let micros = |text: &str| text.parse().map(Timestamp::as_micros);
//! let now: Timestamp = at!("2026-04-01T09:00:00+08:00");
//!
//! // Four customers: a vip, one without a tier who was called, another who was not, and one in a pool.
//! let place = [0, 0, 0, 1];
//! let tiers: [Label; 1] = [id!("vip")];
//! let (tier, has_tier) = ([0, 0, 0, 0], [0b0001]);
//! let start = [micros("2026-03-02T15:00:00+08:00")?; 4];
//! let (call, was_called) = ([micros("2026-03-30T10:00:00+08:00")?; 4], [0b0010]);
//!
//! // The policy wants to know one thing of what was done: the latest call that counts.
//! let slots: Vec<_> = policy.activity_slots().map(|slot| slot.kind().to_string()).collect();
//! assert_eq!(slots, ["call"]);
//! let calls = Instants::new(&call).with_validity(Bitmap::new(&was_called));
//!
//! let columns = CustomerColumns::new(Coded::new(Values::new(&place), RowPlace::ALL))?
//!     .with_tier(Coded::new(Values::new(&tier).with_validity(Bitmap::new(&has_tier)), &tiers))?
//!     .with_start(Instants::new(&start))?
//!     .with_folded(FoldedColumns::new(&policy, [calls]))?;
//! let mut out = DecisionColumns::default(); // kept by the host, and used again for the next sweep
//! policy.decide_columns(&columns, now, &mut out);
//!
//! assert_eq!(out.verdict(), [verdict::KEEP, verdict::KEEP, verdict::DUE, verdict::NOT_OWNED]);
//! assert_eq!(out.due()[1], micros("2026-04-14T00:00:00+08:00")?);
//! assert_eq!(out.next_change()[1], out.due()[1]);
//! let decision = out.get(2).ok_or("a row")?;
//! assert_eq!(decision.verdict(), Verdict::Due);
//! // Every row has its customer, to be explained.
//! let customer = columns.customer(2).ok_or("a row")?;
//! assert_eq!(policy.decide(&customer, columns.owner(2), now), decision);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod asked;
mod attributes;
mod block;
mod buffers;
mod claimable;
mod customers;
mod days;
mod decisions;
mod error;
mod facts;
mod folded;
mod kinds;
mod layout;
mod lists;
mod mask;
mod owners;
mod parts;
#[cfg(feature = "rayon1")]
mod rayon;
mod reviews;
mod row;
mod spans;
mod sweep;
mod table;
mod tail;

use core::ops::Range;

pub use attributes::AttributeColumn;
pub use customers::{CustomerColumns, RowPlace};
pub use decisions::{DecisionColumns, DecisionSlices, NEVER, NONE, action, held, verdict};
pub use error::{ColumnError, ColumnProblem};
pub use folded::FoldedColumns;
pub use kinds::{Coded, Decimals, Flags, Instants};
pub use layout::{Bitmap, Values};
pub use lists::Lists;
pub use owners::Owner;
pub use parts::{Extensions, Freezes, Holds, Locks, Past, Pauses, Unjudged};
pub use reviews::RowReview;
pub use table::CustomerTable;

use crate::policy::Policy;
use crate::time::Timestamp;
use sweep::Sweep;

impl Policy {
    /// Whether the owner keeps each customer at `now`: row for row what [`decide`](Self::decide) gives for the row's
    /// [customer](CustomerColumns::customer) and [owner](CustomerColumns::owner). `out` gets as many rows as there are.
    pub fn decide_columns(&self, columns: &CustomerColumns<'_>, now: Timestamp, out: &mut DecisionColumns) {
        out.resize(columns.rows());
        Sweep::new(self, columns, now).decide(0..columns.rows(), &mut out.as_slices());
    }

    /// The same for some of the rows, into memory that the host has. Rows are decided about one by one: however they
    /// are cut into chunks, the bytes are the same.
    ///
    /// # Errors
    /// A [`ColumnError`] where there are no such rows, or `out` has another number of them.
    pub fn decide_rows(
        &self,
        columns: &CustomerColumns<'_>,
        rows: Range<usize>,
        now: Timestamp,
        mut out: DecisionSlices<'_>,
    ) -> Result<(), ColumnError> {
        columns.check_rows(&rows, out.rows())?;
        Sweep::new(self, columns, now).decide(rows, &mut out);
        Ok(())
    }
}
