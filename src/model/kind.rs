//! The closed and half-closed vocabularies of the model.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{Label, deserialize_text};
use crate::wire::names;

/// The prefix of a kind that the host adds to a vocabulary, so that a misspelt known kind is never taken for a new one.
const CUSTOM: &str = "custom.";

/// The text is no known kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}; known are {known}, and `custom.` followed by a word of your own")]
pub struct KindError {
    text: String,
    what: &'static str,
    known: String,
}

macro_rules! open_vocabulary {
    ($(#[$doc:meta])* $name:ident, $what:literal, $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// A kind of the host's own, written `custom.` and this word.
            Custom(Label),
        }

        impl $name {
            /// Every kind that the crate knows by name.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($text),)*
                    Self::Custom(word) => write!(f, "{CUSTOM}{word}"),
                }
            }
        }

        impl FromStr for $name {
            type Err = KindError;
            fn from_str(text: &str) -> Result<Self, KindError> {
                match text {
                    $($text => return Ok(Self::$variant),)*
                    _ => {}
                }
                text.strip_prefix(CUSTOM).and_then(|word| Label::new(word).ok()).map(Self::Custom).ok_or_else(|| KindError {
                    text: text.to_owned(),
                    what: $what,
                    known: [$(concat!("`", $text, "`")),*].join(", "),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_text(deserializer)
            }
        }

        #[cfg(feature = "schemars1")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "anyOf": [
                    { "enum": [$($text),*] }, { "pattern": "^custom\\..+$" }
                ] })
            }
        }
    };
}

open_vocabulary! {
    /// What somebody did with or for a customer.
    ActivityKind, "kind of activity",
    /// A telephone or video call.
    Call = "call",
    /// A visit.
    Visit = "visit",
    /// A meeting.
    Meeting = "meeting",
    /// A chat or text message.
    Message = "message",
    /// An e-mail.
    Email = "email",
    /// A demonstration.
    Demo = "demo",
    /// A quote.
    Quote = "quote",
    /// A sample.
    Sample = "sample",
    /// An opportunity.
    Opportunity = "opportunity",
    /// A contract.
    Contract = "contract",
    /// An order: a deal (成交).
    Order = "order",
    /// A payment.
    Payment = "payment",
    /// A complaint.
    Complaint = "complaint",
    /// The customer contacted us; its actor is the customer.
    Inbound = "inbound",
    /// A note.
    Note = "note",
}

open_vocabulary! {
    /// The kind of a business document that can hold a customer (业务占用).
    HoldKind, "kind of hold",
    /// An order that is not finished.
    OpenOrder = "open_order",
    /// A receivable that is not paid.
    UnpaidReceivable = "unpaid_receivable",
    /// A quote that was sent and is valid.
    SentQuote = "sent_quote",
    /// A sample in progress.
    SampleInProgress = "sample_in_progress",
    /// An opportunity that is open.
    OpenOpportunity = "open_opportunity",
    /// A contract that is active.
    ActiveContract = "active_contract",
}

names! {
    serde

    /// Why a customer may not move at all.
    FreezeKind {
        /// Two reps dispute it.
        Dispute = "dispute",
        /// It is being merged with a duplicate.
        Merge = "merge",
        /// The law forbids to move it.
        LegalHold = "legal_hold",
    }

    /// How an ownership began.
    WayIn {
        /// The rep claimed (领取) the customer from a pool.
        Claim = "claim",
        /// A manager assigned (分配) it.
        Assign = "assign",
        /// It was transferred (转移) from another owner.
        Transfer = "transfer",
        /// The rep created it.
        Create = "create",
        /// It was imported with its owner.
        Import = "import",
        /// A reclaim was undone (恢复).
        Restore = "restore",
    }

    /// Why an ownership ended.
    Cause {
        /// The owner released (退回) it.
        Released = "released",
        /// The claim was undone inside the undo window.
        Undone = "undone",
        /// The engine reclaimed (回收) it.
        Reclaimed = "reclaimed",
        /// A manager took it back (收回).
        TakenBack = "taken_back",
        /// It was transferred (转移) to another owner.
        Transferred = "transferred",
        /// The owner left (离职).
        Departed = "departed",
        /// It was merged into another customer.
        Merged = "merged",
        /// It was closed.
        Closed = "closed",
    }

    /// Why a customer is closed for good.
    ClosedCause {
        /// It was merged into another customer.
        Merged = "merged",
        /// Its data are invalid.
        Invalid = "invalid",
        /// It is on the blacklist.
        Blacklisted = "blacklisted",
    }

    /// Where a customer stands in its life as a customer.
    Lifecycle {
        /// Never bought.
        Potential = "potential",
        /// Bought for the first time lately.
        New = "new",
        /// Buys.
        Active = "active",
        /// Has not been in contact for long.
        Dormant = "dormant",
        /// Is gone.
        Lost = "lost",
        /// Came back after being lost.
        WonBack = "won_back",
    }

    /// What a customer minds most.
    Need {
        /// The price.
        Price = "price",
        /// The quality.
        Quality = "quality",
        /// The service.
        Service = "service",
    }
}
