//! The nouns: customers, ownerships, activities, reps. Plain data; what is derived from them is not stored in them.

mod activity;
mod customer;
mod folded;
mod kind;
mod ledger;
mod owner;
mod ownership;
mod past;
mod profile;
mod protection;
mod rep;
mod review;
mod scores;
mod tier;

pub use activity::{Activity, ActivityError, Actor, Occurred};
pub use customer::{Activities, Counters, Customer, CustomerError, WarningKey};
pub use folded::Folded;
pub(crate) use folded::Kept;
pub use kind::{ActivityKind, Cause, ClosedCause, FreezeKind, HoldKind, KindError, Lifecycle, Need, WayIn};
pub(crate) use ledger::{Counts, way_bit};
pub use ledger::{Excused, Holding, Ledger, LedgerEntry, LedgerScope, LockedCustomer, OpenReservation};
pub use owner::OwnerFacts;
pub use ownership::{Ask, Lapse, Ownership, PastOwnership, Place, PoolEntry, PoolStay, ReleaseRequest, Reservation};
pub use profile::Profile;
pub use protection::{BusinessHold, Extension, Freeze, Lock, PauseList, Protection};
pub use rep::{Rep, UnitPath, unit_at};
pub use review::{Cycle, Nomination, Notice, ReviewState};
pub use scores::{FULL, Score, ScoreError, Scores, Unit};
pub use tier::TierState;
