//! What missing facts about an owner mean.

use serde::{Deserialize, Serialize};

use crate::condition::View;
use crate::model::{Customer, OwnerFacts, Rep};

/// What a policy makes of an owner of whom there is no row. Without this key the row of a collection is needed, and the
/// enrolment in a store is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Owners {
    /// An owner who is absent from a collection of reps counts as not given. One whose row was refused stays unknown.
    Optional,
    /// An owner who was never enrolled in the store is unknown too.
    Required,
}

/// The owner is unknown, under the policy that was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnerUnknown;

impl<'a> OwnerFacts<&'a Rep> {
    /// The rep, or none where it is not given; whether it is unknown is for the policy to say.
    #[inline(always)]
    pub(crate) fn under(self, owners: Option<Owners>) -> Result<Option<&'a Rep>, OwnerUnknown> {
        match (self, owners) {
            (Self::Known(rep), _) => Ok(Some(rep)),
            (Self::NotGiven, _) | (Self::NotEnrolled, None | Some(Owners::Optional)) => Ok(None),
            (Self::Absent, Some(Owners::Optional)) => Ok(None),
            (Self::Absent | Self::NotEnrolled | Self::Unknown, _) => Err(OwnerUnknown),
        }
    }

    /// What decisions are evaluated over.
    #[inline(always)]
    pub(super) fn view(self, customer: &'a Customer, owners: Option<Owners>) -> Result<View<'a>, OwnerUnknown> {
        self.under(owners).map(|owner| View { customer, owner })
    }
}
