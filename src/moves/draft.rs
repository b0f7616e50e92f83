//! Rules about moves as they are written.

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::id::{Label, PoolId};
use crate::time::Span;
use crate::wire::document;

/// Whether a transfer (转移) keeps the clock of the ownership that it ends. Either way a hard cap that counts from the
/// chain of transfers goes on counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferClock {
    /// The new owner's clock starts with the new ownership.
    #[default]
    Restart,
    /// The clock runs on: the new owner has what was left.
    Keep,
}

/// To whom the customers of a rep go who leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Heir {
    /// The successor that the command gives.
    Successor,
    /// The manager of the rep who leaves, whom the command gives.
    Manager,
    /// The pool that routing names.
    Routing,
    /// This pool.
    Pool(PoolId),
}

document! {
    /// Releases (退回) by the owner.
    ReleaseDraft
    required {}
    optional {
        /// For which customers a release is a request that somebody approves or refuses; for none by default.
        approval, with_approval: Condition,
    }
    lists {
        /// The reasons of which a release names one; without any, it may name whatever it likes, or none.
        reasons, with_reasons: Label,
        /// The pools that a release may name; without any, routing decides.
        pools, with_pools: PoolId,
    }
    maps {}
    flags {
        /// Whether a release needs a note beside its reason.
        needs_note, with_needs_note,
    }
}

document! {
    /// Take-backs (收回) by a manager.
    TakeBackDraft
    required {}
    optional {}
    lists {
        /// The reasons of which a take-back names one; without any, it may name whatever it likes, or none.
        reasons, with_reasons: Label,
        /// The pools that a take-back may name; without any, routing decides.
        pools, with_pools: PoolId,
    }
    maps {}
    flags {
        /// Whether a take-back needs a note beside its reason.
        needs_note, with_needs_note,
    }
}

document! {
    /// What becomes of a customer whose owner leaves (离职交接): the first entry whose condition holds and whose heir may
    /// have the customer; else the pool that routing names.
    DepartureDraft
    required {
        /// For which customers it is.
        when: Condition,
        /// To whom they go.
        to: Heir,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// How far protection may be extended (延期).
    ExtensionDraft
    required {}
    optional {
        /// How long after it is granted an extension ends at the latest.
        longest, with_longest: Span,
        /// How many an ownership may be granted; 0 is none at all.
        per_ownership, with_per_ownership: u32,
    }
    lists {}
    maps {}
    flags {}
}

document! {
    /// How customers change hands other than by claims.
    MoveRulesDraft
    required {}
    optional {
        /// Releases by the owner.
        release, with_release: ReleaseDraft,
        /// Take-backs by a manager.
        take_back, with_take_back: TakeBackDraft,
        /// What a transfer does to the clock; it restarts by default.
        transfer_clock, with_transfer_clock: TransferClock,
        /// How far protection may be extended; without limit by default.
        extension, with_extension: ExtensionDraft,
    }
    lists {
        /// What becomes of the customers of a rep who leaves, in order.
        departures, with_departures: DepartureDraft,
    }
    maps {}
    flags {}
}

macro_rules! defaults {
    ($($name:ident),*) => {$(
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    )*};
}

defaults!(ReleaseDraft, TakeBackDraft, ExtensionDraft, MoveRulesDraft);
