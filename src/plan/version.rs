//! What has a version, so that nothing is committed over what somebody else has changed.

use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, RepId};
use crate::model::LedgerScope;

/// What has a version of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A customer: the number of its last event.
    Customer(CustomerId),
    /// A rep: the number of the rep's last event.
    Rep(RepId),
    /// A ledger: how many commits have changed it.
    Ledger(LedgerScope),
}

/// A version of something; 0 where it is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Of what.
    pub subject: Subject,
    /// Which.
    pub number: u64,
}

impl Version {
    /// Version `number` of `subject`.
    #[must_use]
    pub fn new(subject: Subject, number: u64) -> Self {
        Self { subject, number }
    }
}
