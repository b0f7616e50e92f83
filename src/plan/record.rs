//! What a decision read, whole: kept by whoever wants to replay it.

use serde::{Deserialize, Serialize};

use super::command::Command;
use crate::id::RepId;
use crate::ledger::{PolicyStamp, Versioned, VersionedRep};
use crate::model::{Ledger, LedgerScope};
use crate::time::Timestamp;
use crate::wire::getters;

/// The inputs of a decision: events carry the digest of its canonical JSON, and a host that keeps the record can
/// [replay](Self::replay) the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    pub(super) command: Command,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) customer: Option<Versioned>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reps: Vec<(RepId, Option<VersionedRep>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ledgers: Vec<(Option<Timestamp>, Ledger)>,
    pub(super) policy: PolicyStamp,
    pub(super) now: Timestamp,
}

impl DecisionRecord {
    getters! {
        /// The command.
        command: &Command,
        /// The customer as it was.
        customer: Option<&Versioned>,
        /// The reps whose facts were read, or who were not there.
        reps: &[(RepId, Option<VersionedRep>)],
    }

    /// The ledgers that were read, with what their reps held.
    pub fn ledgers(&self) -> impl Iterator<Item = (&LedgerScope, &Ledger)> {
        self.ledgers.iter().map(|(_, ledger)| (ledger.scope(), ledger))
    }

    getters! {
        /// Under which rules.
        policy: &PolicyStamp,
        /// When.
        now: Timestamp,
    }
}
