//! Reason codes: one closed list, in the order of precedence.

use core::fmt;

use crate::time::Undatable;

macro_rules! codes {
    ($(#[doc = $doc:literal] $variant:ident = $text:literal;)*) => {
        /// Why a decision is as it is.
        ///
        /// The order of declaration is the order of precedence: of several codes of one decision the first explains
        /// most. Codes are stable; their texts in English and Chinese are data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum ReasonCode {
            $(#[doc = $doc] #[doc = ""] #[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl ReasonCode {
            /// Every code, in the order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What the code means, in one sentence, as in this documentation.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc.trim_ascii_start(),)* }
            }
        }
    };
}

codes! {
    /// The customer lies in a pool.
    InPool = "customer.in_pool";
    /// The customer awaits admission to a pool.
    AwaitingAdmission = "customer.awaiting_admission";
    /// The customer is closed for good.
    Closed = "customer.closed";
    /// The customer is owned, but nobody knows since when its clock runs.
    OwnershipStartUnknown = "facts.ownership_start_unknown";
    /// The clock start lies further past `now` than the clock skew allows.
    OwnershipStartInFuture = "facts.ownership_start_in_future";
    /// The customer's entry into its pool lies further past `now` than the clock skew allows.
    PoolEntryInFuture = "facts.pool_entry_in_future";
    /// A lock ends before it begins.
    LockReversed = "facts.lock_reversed";
    /// A pause of the customer or a leave of the owner ends before it begins.
    PauseReversed = "facts.pause_reversed";
    /// Two ownerships of the customer overlap.
    OwnershipsOverlap = "facts.ownerships_overlap";
    /// The owner is bound to a calendar that the policy does not know.
    UnknownCalendar = "facts.unknown_calendar";
    /// The policy reads facts about the owner, and none were given.
    OwnerMissing = "facts.owner_missing";
    /// The facts about the owner are of another rep.
    OwnerMismatch = "facts.owner_mismatch";
    /// A declared attribute has a value of another type than the policy declares.
    AttributeType = "facts.attribute_type";
    /// The activities were folded under other qualifying rules or for another ownership.
    FoldedElsewhere = "facts.folded_elsewhere";
    /// An activity matters, and nobody knows who owned the customer when it was done.
    HistoryIncomplete = "facts.history_incomplete";
    /// The clock counts from a fact that is missing, and the trigger says that this is undetermined.
    AnchorMissing = "facts.anchor_missing";
    /// An activity lies further past `now` than the clock skew allows: it is ignored, and where no other is known the clock is undetermined.
    InFuture = "facts.in_future";
    /// A span needs a day outside the validity range of its calendar.
    CalendarOutOfRange = "calendar.out_of_range";
    /// A span ends outside the years 1 to 9999.
    TimeOutOfRange = "time.out_of_range";
    /// The customer lies in a pool, and one of its past ownerships has not ended.
    OwnershipOpen = "facts.ownership_open";
    /// The ownership began under a revision of the policy that is not known.
    UnknownRevision = "facts.unknown_revision";
    /// The customer lies in a pool that the policy does not know.
    UnknownPool = "facts.unknown_pool";
    /// The lottery has an asker about whom nothing was told.
    AskerMissing = "facts.asker_missing";
    /// A rule counts over a ledger that was not given.
    LedgerMissing = "ledger.missing";
    /// A ledger is not complete for as long as a rule looks back.
    LedgerIncomplete = "ledger.incomplete";
    /// A ledger contradicts itself: an ownership undone before it began, two holdings of one capacity rule, two ledgers of one scope.
    LedgerContradictory = "ledger.contradictory";
    /// A quota counts only customers for whom a condition holds, and an entry of the ledger does not say what the customer was.
    LedgerFactsMissing = "ledger.facts_missing";
    /// A ledger says nothing about what is held under a capacity rule.
    HoldingMissing = "ledger.holding_missing";
    /// The customer is frozen: dispute, merge or legal hold.
    Frozen = "hold.frozen";
    /// The owner has a tag that exempts.
    ExemptOwner = "hold.exempt_owner";
    /// The customer has a tag that exempts.
    ExemptCustomer = "hold.exempt_customer";
    /// Deal customers are exempt.
    ExemptDeal = "hold.exempt_deal";
    /// The customer is locked.
    Locked = "hold.locked";
    /// A live business document holds the customer.
    BusinessHold = "hold.business";
    /// The policy's freeze window is open: reclaim waits.
    FreezeWindow = "hold.freeze_window";
    /// A supervisor deferred the review of the customer.
    ReviewDeferred = "review.deferred";
    /// A supervisor rejected the review: the owner keeps the customer until the cycle changes.
    ReviewRejected = "review.rejected";
    /// The customer was nominated, and no supervisor has answered, or a deferral has ended.
    ReviewPending = "review.pending";
    /// A supervisor approved the review.
    ReviewApproved = "review.approved";
    /// The due instant has come, and the customer is to be nominated for a review.
    ReviewDue = "review.due";
    /// The due instant has come, and a notice is to be served on the owner.
    NoticeDue = "notice.due";
    /// A notice was served on the owner, and its lead has not ended.
    NoticeRunning = "notice.running";
    /// The due instant has come: the customer goes back to the pool.
    Due = "reclaim.due";
    /// A warning stage is in force.
    Warning = "reclaim.warning";
    /// The due instant lies ahead.
    NotDue = "reclaim.not_due";
    /// No clock runs for the customer.
    NothingArmed = "reclaim.nothing_armed";
    /// No activity moved the due instant beyond the end of the base span.
    Base = "clock.base";
    /// A qualifying activity moved the due instant.
    Renewed = "clock.renewed";
    /// The longest protection cut the due instant short.
    Capped = "clock.capped";
    /// A granted extension moved the due instant.
    Extended = "clock.extended";
    /// The grace after a hold moved the due instant.
    Grace = "clock.grace";
    /// The notice of a changed policy moved the due instant.
    ChangeNotice = "clock.change_notice";
    /// The decision counts days outside a calendar's validity range by its weekly pattern.
    AssumedPattern = "calendar.assumed_pattern";
    /// A warning stage cannot be dated and is not in force.
    StageUndated = "warning.undated";
    /// A trigger that only notifies has come due.
    Notifies = "notify.due";
    /// A trigger that only notifies cannot be dated and decides nothing.
    NotifyUndated = "notify.undated";
}

impl From<Undatable> for ReasonCode {
    fn from(why: Undatable) -> Self {
        match why {
            Undatable::CalendarOutOfRange => Self::CalendarOutOfRange,
            Undatable::TimeOutOfRange => Self::TimeOutOfRange,
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for ReasonCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for ReasonCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|code| code.as_str() == text);
        known.copied().ok_or_else(|| serde::de::Error::custom(format_args!("`{text}` is no reason code")))
    }
}

/// A set of reason codes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Reasons(u64);

const _: () = assert!(ReasonCode::ALL.len() <= 64, "a set of reasons is one word");

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);

    /// Only this code.
    #[must_use]
    #[inline]
    pub const fn of(code: ReasonCode) -> Self {
        Self(1 << code as u8)
    }

    /// Both sets together.
    #[must_use]
    #[inline]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline]
    pub(crate) fn add(&mut self, code: ReasonCode) {
        self.0 |= Self::of(code).0;
    }

    /// The set as bits: bit `i` stands for the `i`-th of [`ReasonCode::ALL`].
    #[must_use]
    #[inline]
    pub const fn bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Whether the code is in the set.
    #[must_use]
    pub const fn contains(self, code: ReasonCode) -> bool {
        self.0 & Self::of(code).0 != 0
    }

    /// Whether there is none.
    #[must_use]
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The codes, in the order of precedence.
    pub fn iter(self) -> impl Iterator<Item = ReasonCode> {
        ReasonCode::ALL.iter().copied().filter(move |&code| self.contains(code))
    }

    /// The code that explains most.
    #[must_use]
    pub fn first(self) -> Option<ReasonCode> {
        self.iter().next()
    }
}

impl fmt::Debug for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(ReasonCode::as_str)).finish()
    }
}

impl serde::Serialize for Reasons {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
