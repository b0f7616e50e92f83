//! Folds single activities into facts under a policy's qualifying rules, so that a host never computes "the latest
//! qualifying follow-up" itself.

use std::sync::Arc;

use crate::decision::ReasonCode;
use crate::model::{Activities, Activity, Customer, Folded, Ownership, Rep};
use crate::policy::Policy;
use crate::reclaim::{Folder, owner_calendar};
use crate::time::{Calendar, Timestamp};

/// Why activities cannot be folded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Nobody owns the customer: no clock runs that an activity could renew.
    #[error("nobody owns the customer")]
    NotOwned,
    /// Nobody knows since when the clock runs.
    #[error("nobody knows since when the customer's clock runs")]
    ClockStartUnknown,
    /// The owner is bound to a calendar that the policy does not know.
    #[error("the owner is bound to a calendar that the policy does not know")]
    UnknownCalendar,
    /// The policy counts in the owner's calendar, and the owner is not given.
    #[error("the policy counts in the owner's calendar, and the owner is not given")]
    OwnerMissing,
    /// The facts about the owner are of another rep.
    #[error("the facts about the owner are of another rep")]
    OwnerMismatch,
    /// The customer's activities were folded under other rules or for another ownership: fold all of them again.
    #[error("the activities were folded under other rules or for another ownership; fold all of them again")]
    FoldedElsewhere,
}

/// Folds the activities of one customer's ownership, in any order.
///
/// ```
/// # use customer_pool::model::*;
/// # use customer_pool::{Policy, at, id};
/// # let policy = Policy::from_json(r#"{"format":1,"id":"p","revision":1,"default_calendar":"u","calendars":{"u":{"zone":"UTC",
/// #   "working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},"pools":[{"id":"pool"}],"routing":{"fallback":"pool"},
/// #   "groups":[{"id":"g","triggers":[{"id":"t","when":"always","base":{"days":3},"renewals":{"call":{"days":3}}}]}]}"#)?;
/// use customer_pool::record::Recorder;
///
/// let customer = Customer::owned(id!("c1"), id!("r1"), at!("2026-03-02T07:00:00Z"));
/// let at = at!("2026-03-03T07:00:00Z");
/// let call = Activity::new(ActivityKind::Call, Actor::Rep(id!("r1")), Some(Occurred::At(at)), None)?;
///
/// let mut recorder = Recorder::new(&policy, &customer, None)?;
/// assert!(recorder.record(&call), "the call counts");
/// let customer = customer.clone().with_folded(recorder.finish());
/// let decision = policy.decide(&customer, None, at);
/// assert_eq!(decision.due(), Some(at!("2026-03-07T00:00:00Z")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Recorder<'a> {
    policy: &'a Policy,
    customer: &'a Customer,
    ownership: &'a Ownership,
    clock_start: Timestamp,
    calendar: &'a Arc<Calendar>,
    folded: Folded,
}

impl<'a> Recorder<'a> {
    /// Starts from what the customer's facts hold: activities that were folded before are carried on, single ones
    /// are folded first.
    ///
    /// # Errors
    /// Every [`RecordError`].
    pub fn new(policy: &'a Policy, customer: &'a Customer, owner: Option<&Rep>) -> Result<Self, RecordError> {
        let rules = policy.rules();
        let mut recorder = Self::empty(policy, customer, owner)?;
        match customer.activities() {
            Activities::Listed(list) => recorder.folder().record(&mut recorder.folded, list),
            Activities::Folded(folded) => {
                if folded.rules() != rules.fold.digest || folded.clock_start() != Some(recorder.clock_start) {
                    return Err(RecordError::FoldedElsewhere);
                }
                recorder.folded = folded.clone();
            }
        }
        Ok(recorder)
    }

    /// Starts from nothing: for a new revision of the policy, or a new ownership.
    ///
    /// # Errors
    /// Every [`RecordError`] but [`RecordError::FoldedElsewhere`].
    pub fn empty(policy: &'a Policy, customer: &'a Customer, owner: Option<&Rep>) -> Result<Self, RecordError> {
        let rules = policy.rules();
        let ownership = customer.ownership().ok_or(RecordError::NotOwned)?;
        let clock_start = ownership.clock_start().ok_or(RecordError::ClockStartUnknown)?;
        match owner {
            Some(owner) if owner.id() != ownership.owner() => return Err(RecordError::OwnerMismatch),
            None if rules.owner_calendar => return Err(RecordError::OwnerMissing),
            _ => {}
        }
        let calendar = owner_calendar(rules, owner).map_err(|_: ReasonCode| RecordError::UnknownCalendar)?;
        let folded = Folded::empty(rules.fold.digest, Some(clock_start), rules.fold.slots.len());
        Ok(Self { policy, customer, ownership, clock_start, calendar, folded })
    }

    /// Folds one activity; whether it changed anything. One that did not need not be written down for the clocks.
    pub fn record(&mut self, activity: &Activity) -> bool {
        self.record_all(core::slice::from_ref(activity))
    }

    /// Folds many activities; whether they changed anything.
    pub fn record_all(&mut self, activities: &[Activity]) -> bool {
        let mut folded = self.folded.clone();
        self.folder().record(&mut folded, activities);
        let changed = folded != self.folded;
        self.folded = folded;
        changed
    }

    /// What was folded, for [`Customer::with_folded`].
    #[must_use]
    pub fn finish(self) -> Folded {
        self.folded
    }

    fn folder(&self) -> Folder<'a> {
        Folder::new(self.policy.rules(), self.customer, self.ownership, self.clock_start, self.calendar)
    }
}
