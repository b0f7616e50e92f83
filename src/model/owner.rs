//! What is known of an owner.

use super::Rep;

/// What is known of the owner of a customer: the rep's facts, nothing because nobody asked for them, or nothing although
/// somebody did. `R` is the rep, owned or borrowed.
///
/// A decision takes it as it comes: `None` is [`NotGiven`](Self::NotGiven), `Some(rep)` and `rep` are
/// [`Known`](Self::Known).
///
/// An owner who is *unknown* makes the customer *undetermined* (`facts.owner_missing`), whatever the policy reads: a leave
/// could stand in the row that is not there. Which rows that are not there make an owner unknown is for the policy to say
/// ([`Owners`](crate::reclaim::Owners)).
///
/// ```
/// use customer_pool::{ReasonCode, Verdict};
/// use customer_pool::model::{Customer, OwnerFacts, Rep};
/// use customer_pool::{at, id};
/// # let policy = customer_pool::Policy::from_json(r#"{"format":1,"id":"p","revision":1,"default_calendar":"u","calendars":{"u":{
/// #   "zone":"UTC","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},"pools":[{"id":"east"}],"routing":
/// #   {"fallback":"east"},"groups":[{"id":"g","triggers":[{"id":"silent","when":"always","base":{"days":3}}]}]}"#)?;
/// let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T07:00:00Z"));
/// let now = at!("2026-03-09T00:00:00Z");
///
/// // A roster in which `li` does not stand.
/// let roster = [Rep::new(id!("wang"))];
/// let row = roster.iter().find(|rep| Some(rep.id()) == customer.ownership().map(|owned| owned.owner()));
/// let decision = policy.decide(&customer, OwnerFacts::row(row), now);
/// assert_eq!(decision.verdict(), Verdict::Undetermined(ReasonCode::OwnerMissing));
///
/// // No roster: a question without a rep.
/// assert_eq!(policy.decide(&customer, None, now).verdict(), Verdict::Due);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnerFacts<R> {
    /// The rep's facts.
    Known(R),
    /// No reps are given: the owner has neither leave nor a calendar of its own, and a policy that reads facts about
    /// owners is *undetermined*.
    #[default]
    NotGiven,
    /// The rep was never enrolled in the store: like [`NotGiven`](Self::NotGiven), but unknown where the policy says
    /// `owners: required`.
    NotEnrolled,
    /// Reps are given as a collection — a file, a roster, a column — and this one has no row in it: unknown, but like
    /// [`NotGiven`](Self::NotGiven) where the policy says `owners: optional`.
    Absent,
    /// The rep's row was refused or cannot be read: unknown, whatever the policy says.
    Unknown,
}

impl<R> OwnerFacts<R> {
    /// The row of a collection of reps, if there is one.
    #[must_use]
    pub fn row(rep: Option<R>) -> Self {
        rep.map_or(Self::Absent, Self::Known)
    }

    /// A rep as a store knows it, if it was ever enrolled.
    #[must_use]
    pub fn enrolled(rep: Option<R>) -> Self {
        rep.map_or(Self::NotEnrolled, Self::Known)
    }

    /// The rep, if its facts are known.
    #[must_use]
    pub fn known(self) -> Option<R> {
        match self {
            Self::Known(rep) => Some(rep),
            Self::NotGiven | Self::NotEnrolled | Self::Absent | Self::Unknown => None,
        }
    }

    /// The same of a borrowed rep.
    #[must_use]
    pub const fn as_ref(&self) -> OwnerFacts<&R> {
        match self {
            Self::Known(rep) => OwnerFacts::Known(rep),
            Self::NotGiven => OwnerFacts::NotGiven,
            Self::NotEnrolled => OwnerFacts::NotEnrolled,
            Self::Absent => OwnerFacts::Absent,
            Self::Unknown => OwnerFacts::Unknown,
        }
    }

    /// The same of what a rep becomes.
    #[must_use]
    pub fn map<S>(self, of: impl FnOnce(R) -> S) -> OwnerFacts<S> {
        match self {
            Self::Known(rep) => OwnerFacts::Known(of(rep)),
            Self::NotGiven => OwnerFacts::NotGiven,
            Self::NotEnrolled => OwnerFacts::NotEnrolled,
            Self::Absent => OwnerFacts::Absent,
            Self::Unknown => OwnerFacts::Unknown,
        }
    }
}

/// `None` is not given.
impl<R> From<Option<R>> for OwnerFacts<R> {
    fn from(rep: Option<R>) -> Self {
        rep.map_or(Self::NotGiven, Self::Known)
    }
}

impl<'a> From<&'a Rep> for OwnerFacts<&'a Rep> {
    fn from(rep: &'a Rep) -> Self {
        Self::Known(rep)
    }
}
