//! What a command came to, as it is kept under the command's key.

use serde::{Deserialize, Serialize};

use super::version::Subject;
use crate::decision::ReasonCode;
use crate::digest::Digest;
use crate::id::{CustomerId, RepId};
use crate::ledger::{EventKind, RepEventKind};
use crate::moves::Refusal;

/// What one customer's part of a command came to, or a command about a rep, whose events have kinds of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ItemOutcome<K = EventKind> {
    /// These events were appended.
    Applied {
        /// The customer's version afterwards.
        version: u64,
        /// The kinds of the events, in their order.
        events: Vec<K>,
    },
    /// What it wanted was so already: no event.
    AlreadyDone,
    /// It was refused, for every one of these.
    Refused(Vec<Refusal>),
    /// A reclaim is not executed, for what these codes say.
    NotExecuted(Vec<String>),
    /// There is no such customer or rep.
    Unknown(Subject),
    /// It would have been done, but another item of the same command was not, and the command is all or nothing.
    HeldBack,
    /// Nobody can tell whether it may be: the code says why.
    Undetermined(ReasonCode),
}

impl<K> ItemOutcome<K> {
    /// Whether the customer now is as the command wanted it.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Applied { .. } | Self::AlreadyDone)
    }
}

/// What a command came to, per customer, or for the rep that it was about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<(CustomerId, ItemOutcome)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rep: Option<(RepId, ItemOutcome<RepEventKind>)>,
}

impl Outcome {
    /// These items, in the order of the command.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = (CustomerId, ItemOutcome)>) -> Self {
        Self { items: items.into_iter().collect(), rep: None }
    }

    /// What a command about this rep came to.
    #[must_use]
    pub fn of_rep(rep: RepId, outcome: ItemOutcome<RepEventKind>) -> Self {
        Self { items: Vec::new(), rep: Some((rep, outcome)) }
    }

    /// What it came to for the rep that it was about.
    #[must_use]
    pub fn rep(&self) -> Option<&(RepId, ItemOutcome<RepEventKind>)> {
        self.rep.as_ref()
    }

    /// The same, taken out.
    pub(crate) fn into_rep(self) -> Option<ItemOutcome<RepEventKind>> {
        self.rep.map(|(_, outcome)| outcome)
    }

    /// What one customer's part came to, taken out.
    pub(crate) fn into_item(self, customer: &CustomerId) -> Option<ItemOutcome> {
        self.items.into_iter().find(|(id, _)| id == customer).map(|(_, outcome)| outcome)
    }

    /// Per customer, in the order of the command.
    #[must_use]
    pub fn items(&self) -> &[(CustomerId, ItemOutcome)] {
        &self.items
    }

    /// What one customer's part came to.
    #[must_use]
    pub fn of(&self, customer: &CustomerId) -> Option<&ItemOutcome> {
        self.items.iter().find(|(id, _)| id == customer).map(|(_, outcome)| outcome)
    }
}

/// The first outcome of a command's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstOutcome {
    /// The digest of the command that it was: another command under the same key is a mistake of whoever sent it.
    pub content: Digest,
    /// What that came to.
    pub outcome: Outcome,
}
