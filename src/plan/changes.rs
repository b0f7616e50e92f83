//! What a plan changes: everything that a store writes in one commit, and every version it depends on.

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use super::record::DecisionRecord;
use super::version::{Subject, Version};
use crate::digest::Digest;
use crate::id::{CommandKey, CustomerId};
use crate::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep};
use crate::model::{LedgerEntry, LedgerScope, LockedCustomer, OpenReservation};
use crate::time::Timestamp;

/// A customer's row in the indexes that a store keeps: computed from its state, the rules and an instant, and never
/// trusted without deciding again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wake {
    /// When to look at the customer next; never, where nothing that happens by itself changes anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Since when the customer has lain in its pool for too long: from then on it comes before all ranks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starves_at: Option<Timestamp>,
    /// The rank key in its pool: the greater comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<i64>,
    /// The newest revision of policy and calendars that was known when the row was computed.
    pub policy: PolicyStamp,
    /// The version of the owner that it was computed with, where the customer is owned and the owner is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<u64>,
}

/// What becomes of one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// The version that is changed; 0 where the customer is new.
    pub expected: u64,
    /// The customer afterwards. Without events it is as it was, and only its row in the indexes is new.
    pub after: Versioned,
    /// The events to append.
    pub events: Vec<Event>,
    /// Its row in the indexes.
    pub wake: Wake,
}

/// What becomes of one rep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepChange {
    /// The version that is changed; 0 where the rep is new.
    pub expected: u64,
    /// The rep afterwards.
    pub after: VersionedRep,
    /// The events to append.
    pub events: Vec<RepEvent>,
}

/// One thing that a ledger notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LedgerNote {
    /// An ownership began.
    Began(LedgerEntry),
    /// The ownership of this customer that began then was undone.
    Undone {
        /// The customer.
        customer: CustomerId,
        /// When the ownership began: the entry's instant.
        began: Timestamp,
        /// When it was undone.
        at: Timestamp,
    },
    /// A customer is reserved.
    Reserved(OpenReservation),
    /// A customer is no longer reserved.
    Settled {
        /// Which.
        customer: CustomerId,
    },
    /// A customer is locked.
    Locked(LockedCustomer),
    /// A customer is no longer locked.
    Unlocked {
        /// Which.
        customer: CustomerId,
    },
    /// A customer weighs another amount now, or is no longer held: only the version moves.
    Reweighed {
        /// Which.
        customer: CustomerId,
    },
}

/// What becomes of one ledger: its version moves by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerChange {
    /// Whose ledger.
    pub scope: LedgerScope,
    /// The version that was read; nothing where the decision did not read it, and whatever it is now may be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// What it notes, in this order.
    pub notes: Vec<LedgerNote>,
}

/// A text that can be erased, for an event that names it by a salted digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SideChange {
    /// Written.
    Written {
        /// Whose.
        customer: CustomerId,
        /// The digest under which events name it.
        digest: Digest,
        /// The salt, which goes when the text goes.
        salt: String,
        /// The text.
        text: String,
    },
    /// Erased: text and salt are gone, and the events stay as they are.
    Erased {
        /// Whose; all of this customer's.
        customer: CustomerId,
    },
}

/// A command that a commit answers: its key, the digest of its content without `now`, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The key that whoever sent it made.
    pub key: CommandKey,
    /// The digest of the command.
    pub content: Digest,
    /// What it came to.
    pub outcome: Outcome,
}

/// Everything that one commit writes, all or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Changes {
    /// The command; nothing where a driver only puts indexes right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// Versions that the decisions read and that are not changed here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<Version>,
    /// Customers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerChange>,
    /// Reps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reps: Vec<RepChange>,
    /// Ledgers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ledgers: Vec<LedgerChange>,
    /// Side records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub side: Vec<SideChange>,
    /// What the decisions read, whole: a store keeps it if its host wants to replay decisions, and need not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<DecisionRecord>,
}

impl Changes {
    /// Every version that must still be so when this is committed, in the order in which a store compares them.
    pub fn expected(&self) -> impl Iterator<Item = Version> + '_ {
        let customers = self
            .customers
            .iter()
            .map(|change| Version::new(Subject::Customer(change.after.customer().id().clone()), change.expected));
        let reps =
            self.reps.iter().map(|change| Version::new(Subject::Rep(change.after.rep().id().clone()), change.expected));
        let ledgers = self
            .ledgers
            .iter()
            .filter_map(|change| Some(Version::new(Subject::Ledger(change.scope.clone()), change.expected?)));
        self.read.iter().cloned().chain(customers).chain(reps).chain(ledgers)
    }

    /// Whether nothing is to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
