//! What holds a customer: locks, business documents, freezes, exemptions, freeze windows.

use crate::id::Label;
use crate::wire::document;

document! {
    /// A time in which reclaim waits while clocks run: from local time `from` up to local time `to` in the zone of
    /// the policy.
    FreezeWindowDraft
    required {
        /// Its name.
        id: Label,
        /// Its first local time.
        from: chrono::NaiveDateTime,
        /// The local time at which it is over.
        to: chrono::NaiveDateTime,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// Whom nothing is taken from.
    ExemptDraft
    required {}
    optional {}
    lists {
        /// Owners with one of these tags lose nothing.
        owner_tags, with_owner_tags: Label,
        /// Customers with one of these tags stay.
        customer_tags, with_customer_tags: Label,
    }
    maps {}
    flags {}
}

impl Default for ExemptDraft {
    fn default() -> Self {
        Self::new()
    }
}
