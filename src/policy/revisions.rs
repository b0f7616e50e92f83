//! Changing a live policy: its revisions, and what each change means for customers who are owned already.

use super::{Policy, Transition};
use crate::decision::{Decision, Explanation, ReasonCode, Step, Verdict, earlier, first_change};
use crate::model::{Customer, OwnerFacts, Ownership, Rep};
use crate::reclaim;
use crate::time::Timestamp;

/// Why policies are no revisions of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevisionsError {
    /// There is none.
    #[error("no revision was given")]
    Empty,
    /// A revision after the first does not say from when it is effective, or what it means for ownerships.
    #[error("revision {0} follows another and needs `effective_from` and `transition`")]
    Unstated(u64),
    /// Revisions are not in ascending order of number and of `effective_from`.
    #[error("revision {0} must have a higher number and a later `effective_from` than the one before")]
    Order(u64),
    /// The policies have different names.
    #[error("revision {0} is of another policy")]
    OtherPolicy(u64),
}

/// The revisions of a policy, oldest first: decides about every owned customer under the revision that binds it.
///
/// An ownership begins under the revision that [`Ownership::revision`] names — the text of a
/// [`Revision`](super::Revision) —, else under the one that was effective at its start. Every later change then applies
/// in turn, as the newer revision's [`Transition`] says: one that is grandfathered changes nothing for it, and a later
/// one that retimes counts from there.
///
/// ```
/// use customer_pool::{Policy, at, id};
/// use customer_pool::model::Customer;
/// use customer_pool::policy::Revisions;
///
/// let revision = |keys: &str, days: u32| Policy::from_json(&format!(r#"{{"format":1,"id":"p",{keys},"default_calendar":"u",
///     "calendars":{{"u":{{"zone":"UTC","working_days":["mon"],"valid":{{"from":"2024-01-01","to":"2030-12-31"}}}}}},
///     "pools":[{{"id":"pool"}}],"routing":{{"fallback":"pool"}},
///     "groups":[{{"id":"g","triggers":[{{"id":"t","when":"always","base":{{"days":{days}}}}}]}}]}}"#));
/// let old = revision(r#""revision":1"#, 30)?;
/// let new = revision(r#""revision":2,"effective_from":"2026-03-21T12:00:00Z",
///     "transition":{"retime_with_notice":{"days":3}}"#, 7)?;
/// let revisions = Revisions::new([old, new])?;
///
/// let customer = Customer::owned(id!("c1"), id!("r1"), at!("2026-03-01T09:00:00Z"));
/// let revised = revisions.decide(&customer, None, at!("2026-03-21T12:00:00Z"));
/// assert_eq!(revised.decision.due(), Some(at!("2026-03-25T00:00:00Z")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Revisions {
    list: Vec<Policy>,
    oldest: Policy,
}

/// A decision, and the revision that made it: references in the decision are to that policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Revised<'a> {
    /// The revision that binds the customer.
    pub policy: &'a Policy,
    /// Its decision, with the notice of changes.
    pub decision: Decision,
}

impl Revised<'_> {
    /// Whether two decisions are the same in the sense of [`Decision::next_change`]: by the same revision, and the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let refers = self.policy == other.policy || self.decision.verdict == Verdict::NotOwned;
        refers && self.decision.is_same(&other.decision)
    }
}

/// The revision that binds a customer at an instant, and how far the notices of changes reach.
struct Binding<'a> {
    policy: &'a Policy,
    /// No due instant is earlier, where there is a notice.
    floor: Option<Floor>,
    /// The first instant after now at which this may be another.
    until: Option<Timestamp>,
}

impl Binding<'_> {
    fn decide(&self, customer: &Customer, owner: OwnerFacts<&Rep>, now: Timestamp) -> Decision {
        match self.floor {
            None => reclaim::decide(self.policy.rules(), customer, owner, now),
            Some(floor) => reclaim::decide_telling(self.policy.rules(), customer, owner, now, Some(floor.at), &mut ()),
        }
    }
}

/// What a notice of a change makes of due instants.
#[derive(Clone, Copy)]
struct Floor {
    at: Timestamp,
    changed: Timestamp,
    old_due: Option<Timestamp>,
}

impl Revisions {
    /// The revisions of a policy, oldest first.
    ///
    /// # Errors
    /// [`RevisionsError`] when there is none, they are of different policies or out of order, or one after the first does
    /// not state `effective_from` and `transition`.
    pub fn new(revisions: impl IntoIterator<Item = Policy>) -> Result<Self, RevisionsError> {
        let list: Vec<Policy> = revisions.into_iter().collect();
        let oldest = list.first().ok_or(RevisionsError::Empty)?.clone();
        for (before, after) in list.iter().zip(list.iter().skip(1)) {
            let (number, draft) = (after.revision().number(), after.draft());
            if draft.id() != before.draft().id() {
                return Err(RevisionsError::OtherPolicy(number));
            }
            let (Some(from), Some(_)) = (draft.effective_from(), draft.transition()) else {
                return Err(RevisionsError::Unstated(number));
            };
            if number <= before.revision().number() || before.draft().effective_from() >= Some(from) {
                return Err(RevisionsError::Order(number));
            }
        }
        Ok(Self { list, oldest })
    }

    /// The revisions, oldest first.
    #[must_use]
    pub fn revisions(&self) -> &[Policy] {
        &self.list
    }

    /// The newest revision, whether or not it is effective yet.
    #[must_use]
    pub fn newest(&self) -> &Policy {
        self.list.last().unwrap_or(&self.oldest)
    }

    /// The revision that is effective at an instant, for whatever begins then; the first one before any other is.
    #[must_use]
    pub fn effective_at(&self, at: Timestamp) -> &Policy {
        let effective = |policy: &&Policy| policy.draft().effective_from().is_none_or(|from| *from <= at);
        self.list.iter().rev().find(effective).unwrap_or(&self.oldest)
    }

    /// Whether the owner keeps the customer at `now`, under the revision that binds it.
    ///
    /// The decision's `next_change` takes changes of revision and their notices into account. A customer whose ownership
    /// names a revision that is not among these is *undetermined* (`facts.unknown_revision`).
    #[must_use]
    pub fn decide<'a, 'r>(
        &'a self,
        customer: &Customer,
        owner: impl Into<OwnerFacts<&'r Rep>>,
        now: Timestamp,
    ) -> Revised<'a> {
        self.decide_with(customer, owner.into(), now)
    }

    fn decide_with<'a>(&'a self, customer: &Customer, owner: OwnerFacts<&Rep>, now: Timestamp) -> Revised<'a> {
        let (first, soonest) = self.judge(customer, owner, now);
        let change = first_change(&first, soonest, Revised::is_same, |at| self.judge(customer, owner, at));
        let next_change = change.map(|(at, _)| at);
        Revised { decision: Decision { next_change, ..first.decision }, ..first }
    }

    /// The same decision with every step, and the revision that made it.
    #[must_use]
    pub fn explain<'a, 'r>(
        &'a self,
        customer: &Customer,
        owner: impl Into<OwnerFacts<&'r Rep>>,
        now: Timestamp,
    ) -> (&'a Policy, Explanation) {
        let owner = owner.into();
        let Revised { policy, decision } = self.decide_with(customer, owner, now);
        let floor =
            customer.ownership().and_then(|ownership| self.binding(customer, ownership, owner, now).ok()?.floor);
        let mut steps = Vec::new();
        if decision.verdict != Verdict::Undetermined(ReasonCode::UnknownRevision) {
            let floor = floor.map(|floor| floor.at);
            reclaim::decide_telling(policy.rules(), customer, owner, now, floor, &mut steps);
        }
        if let Some(Floor { at, changed, old_due }) = floor {
            steps.push(Step::ChangeNotice { changed, old_due, until: at });
        }
        (policy, Explanation { decision, now, steps })
    }

    /// The decision at `now` with the first instant after which it may be another.
    fn judge<'a>(
        &'a self,
        customer: &Customer,
        owner: OwnerFacts<&Rep>,
        now: Timestamp,
    ) -> (Revised<'a>, Option<Timestamp>) {
        let policy = self.effective_at(now);
        let binding = match customer.ownership() {
            Some(ownership) => self.binding(customer, ownership, owner, now),
            None => Ok(Binding { policy, floor: None, until: None }),
        };
        match binding {
            Ok(binding) => {
                let decision = binding.decide(customer, owner, now);
                (Revised { policy: binding.policy, decision }, earlier(decision.next_change, binding.until))
            }
            Err(code) => (Revised { policy, decision: reclaim::undetermined(code) }, None),
        }
    }

    /// The revision that binds an ownership, each change applied in turn.
    fn binding<'a>(
        &'a self,
        customer: &Customer,
        ownership: &Ownership,
        owner: OwnerFacts<&Rep>,
        now: Timestamp,
    ) -> Result<Binding<'a>, ReasonCode> {
        let began = self.began_under(ownership)?;
        let mut changes = self.list.iter().skip(began);
        let policy = changes.next().ok_or(ReasonCode::UnknownRevision)?;
        let mut binding = Binding { policy, floor: None, until: None };
        for newer in changes {
            let (Some(changed), Some(transition)) = (newer.draft().effective_from(), newer.draft().transition()) else {
                continue;
            };
            if *changed > now {
                // What is grandfathered is not changed by it.
                if *transition != Transition::Grandfather {
                    binding.until = earlier(binding.until, Some(*changed));
                }
                continue;
            }
            match transition {
                Transition::Grandfather => {}
                Transition::Retime => binding = Binding { policy: newer, floor: None, until: None },
                Transition::RetimeWithNotice(span) => {
                    let end = newer.default_calendar().end(*changed, *span, &[]).map_err(ReasonCode::from)?.at();
                    let (old_due, next_change) = if reclaim::is_held(binding.policy.rules(), customer, owner, *changed)
                    {
                        (None, None)
                    } else {
                        let old = binding.decide(customer, owner, now);
                        (old.due, old.next_change)
                    };
                    let at = old_due.map_or(end, |due| due.min(end));
                    // Whatever changes the old due instant changes this.
                    let until = earlier(binding.until, next_change);
                    let floor = Some(Floor { at, changed: *changed, old_due });
                    binding = Binding { policy: newer, floor, until };
                }
            }
        }
        Ok(binding)
    }

    /// The place of the revision that an ownership began under.
    fn began_under(&self, ownership: &Ownership) -> Result<usize, ReasonCode> {
        if let Some(name) = ownership.revision() {
            let known = self.list.iter().position(|policy| *name == *policy.revision().to_string().as_str());
            return known.ok_or(ReasonCode::UnknownRevision);
        }
        // An ownership of unknown start is undetermined under any.
        let start = ownership.start().unwrap_or(Timestamp::MAX);
        let effective = |policy: &Policy| policy.draft().effective_from().is_none_or(|from| *from <= start);
        Ok(self.list.iter().rposition(effective).unwrap_or(0))
    }
}
