//! Reason codes: one closed list, in the order of precedence.

use core::fmt;

use super::Class;
use crate::time::Undatable;
use crate::wire::names;

macro_rules! reasons {
    ($(#[doc = $doc:literal] $variant:ident = $text:literal, $bit:literal, $class:expr;)*) => {
        names! {
            /// Why a decision is as it is.
            ///
            /// The order of declaration is the order of precedence: of several codes of one decision the first explains
            /// most. Names and [bits](Self::bit) are stable; precedence is not. Texts in English and Chinese are data.
            #[repr(u8)]
            #[non_exhaustive]
            ReasonCode {
                $(#[doc = $doc] #[doc = ""] #[doc = concat!("`", $text, "`")] $variant = $text,)*
            }
        }

        impl ReasonCode {
            /// The bit that stands for the code in [`Reasons`] and in columns: below 128, never given to another code,
            /// and apart from its precedence, so that hosts can store it.
            #[must_use]
            #[inline]
            pub const fn bit(self) -> u8 {
                match self { $(Self::$variant => $bit,)* }
            }

            /// What kind of "no" an answer is that is undetermined for this code; `None` of a code that leaves nothing open.
            #[must_use]
            pub const fn class(self) -> Option<Class> {
                match self { $(Self::$variant => $class,)* }
            }

            /// The class of an answer that is undetermined for this code.
            pub(crate) const fn class_of_undetermined(self) -> Class {
                match self.class() { Some(class) => class, None => Class::Unknown }
            }

            /// What the code means, in one sentence, as in this documentation.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc.trim_ascii_start(),)* }
            }
        }
    };
}

reasons! {
    /// The customer lies in a pool.
    InPool = "customer.in_pool", 0, None;
    /// The customer awaits admission to a pool.
    AwaitingAdmission = "customer.awaiting_admission", 1, None;
    /// The customer is closed for good.
    Closed = "customer.closed", 2, None;
    /// It is not known when the ownership, or its clock, began.
    OwnershipStartUnknown = "facts.ownership_start_unknown", 3, Some(Class::Unknown);
    /// The ownership, or its clock, begins further past `now` than the clock skew allows.
    OwnershipStartInFuture = "facts.ownership_start_in_future", 4, Some(Class::Later);
    /// The customer's entry into its pool lies further past `now` than the clock skew allows.
    PoolEntryInFuture = "facts.pool_entry_in_future", 55, Some(Class::Later);
    /// A lock ends before it begins.
    LockReversed = "facts.lock_reversed", 5, Some(Class::Invalid);
    /// A pause of the customer or a leave of the owner ends before it begins.
    PauseReversed = "facts.pause_reversed", 6, Some(Class::Invalid);
    /// Two ownerships of the customer overlap.
    OwnershipsOverlap = "facts.ownerships_overlap", 7, Some(Class::Invalid);
    /// The owner is bound to a calendar that the policy does not know.
    UnknownCalendar = "facts.unknown_calendar", 8, Some(Class::Unknown);
    /// The policy reads facts about the owner and none were given, or the owner's row is absent from the reps or was refused.
    OwnerMissing = "facts.owner_missing", 9, Some(Class::Unknown);
    /// The facts about the owner, or about the owner's manager, are of another rep.
    OwnerMismatch = "facts.owner_mismatch", 10, Some(Class::Invalid);
    /// A declared attribute has a value of another type than the policy declares.
    AttributeType = "facts.attribute_type", 11, Some(Class::Invalid);
    /// The activities were folded under other qualifying rules or for another ownership.
    FoldedElsewhere = "facts.folded_elsewhere", 12, Some(Class::Invalid);
    /// A rule looks at a time of which it is not known who owned the customer: an activity may count, or an earlier ownership.
    HistoryIncomplete = "facts.history_incomplete", 13, Some(Class::Unknown);
    /// The clock counts from a fact that is missing, and the trigger says that this is undetermined.
    AnchorMissing = "facts.anchor_missing", 14, Some(Class::Unknown);
    /// An activity lies further past `now` than the clock skew allows: it is ignored, and where no other is known the clock is undetermined.
    InFuture = "facts.in_future", 15, Some(Class::Later);
    /// A span needs a day outside the validity range of its calendar.
    CalendarOutOfRange = "calendar.out_of_range", 16, Some(Class::Unknown);
    /// A span ends outside the years 1 to 9999.
    TimeOutOfRange = "time.out_of_range", 17, Some(Class::Invalid);
    /// A past ownership of the customer ends further past `now` than the clock skew allows.
    OwnershipOpen = "facts.ownership_open", 18, Some(Class::Later);
    /// The ownership began under a revision of the policy that is not known.
    UnknownRevision = "facts.unknown_revision", 19, Some(Class::Unknown);
    /// The customer lies in a pool that the policy does not know.
    UnknownPool = "facts.unknown_pool", 20, Some(Class::Unknown);
    /// The lottery has an asker about whom nothing was told.
    AskerMissing = "facts.asker_missing", 21, Some(Class::Unknown);
    /// A rule counts over a ledger that was not given.
    LedgerMissing = "ledger.missing", 22, Some(Class::Unknown);
    /// A ledger is not complete for as long as a rule looks back.
    LedgerIncomplete = "ledger.incomplete", 23, Some(Class::Unknown);
    /// A ledger contradicts itself: an ownership undone before it began, two holdings of one capacity rule, two ledgers of one scope.
    LedgerContradictory = "ledger.contradictory", 24, Some(Class::Invalid);
    /// A quota counts only customers for whom a condition holds, and an entry of the ledger does not say what the customer was.
    LedgerFactsMissing = "ledger.facts_missing", 25, Some(Class::Unknown);
    /// A ledger says nothing about what is held under a capacity rule.
    HoldingMissing = "ledger.holding_missing", 26, Some(Class::Unknown);
    /// The customer is frozen: dispute, merge or legal hold.
    Frozen = "hold.frozen", 27, None;
    /// The owner has a tag that exempts.
    ExemptOwner = "hold.exempt_owner", 28, None;
    /// The customer has a tag that exempts.
    ExemptCustomer = "hold.exempt_customer", 29, None;
    /// Deal customers are exempt.
    ExemptDeal = "hold.exempt_deal", 30, None;
    /// The customer is locked.
    Locked = "hold.locked", 31, None;
    /// A live business document holds the customer.
    BusinessHold = "hold.business", 32, None;
    /// The policy's freeze window is open: reclaim waits.
    FreezeWindow = "hold.freeze_window", 33, None;
    /// A supervisor deferred the review of the customer.
    ReviewDeferred = "review.deferred", 34, None;
    /// A supervisor rejected the review: the owner keeps the customer until the cycle changes.
    ReviewRejected = "review.rejected", 35, None;
    /// The customer was nominated, and no supervisor has answered, or a deferral has ended.
    ReviewPending = "review.pending", 36, None;
    /// A supervisor approved the review.
    ReviewApproved = "review.approved", 37, None;
    /// The due instant has come, and the customer is to be nominated for a review.
    ReviewDue = "review.due", 38, None;
    /// The due instant has come, and a notice is to be served on the owner.
    NoticeDue = "notice.due", 39, None;
    /// A notice was served on the owner, and its lead has not ended.
    NoticeRunning = "notice.running", 40, None;
    /// The due instant has come: the customer goes back to the pool.
    Due = "reclaim.due", 41, None;
    /// A warning stage is in force.
    Warning = "reclaim.warning", 42, None;
    /// The due instant lies ahead.
    NotDue = "reclaim.not_due", 43, None;
    /// No clock runs for the customer.
    NothingArmed = "reclaim.nothing_armed", 44, None;
    /// No activity moved the due instant beyond the end of the base span.
    Base = "clock.base", 45, None;
    /// A qualifying activity moved the due instant.
    Renewed = "clock.renewed", 46, None;
    /// The longest protection cut the due instant short.
    Capped = "clock.capped", 47, None;
    /// A granted extension moved the due instant.
    Extended = "clock.extended", 48, None;
    /// The grace after a hold moved the due instant.
    Grace = "clock.grace", 49, None;
    /// The notice of a changed policy moved the due instant.
    ChangeNotice = "clock.change_notice", 50, None;
    /// The decision counts days outside a calendar's validity range by its weekly pattern.
    AssumedPattern = "calendar.assumed_pattern", 51, None;
    /// A warning stage cannot be dated and is not in force.
    StageUndated = "warning.undated", 52, None;
    /// A trigger that only notifies has come due.
    Notifies = "notify.due", 53, None;
    /// A trigger that only notifies cannot be dated and decides nothing.
    NotifyUndated = "notify.undated", 54, None;
}

impl ReasonCode {
    /// The code of this bit.
    pub(crate) fn of_bit(bit: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| u16::from(code.bit()) == bit)
    }
}

impl From<Undatable> for ReasonCode {
    fn from(why: Undatable) -> Self {
        match why {
            Undatable::CalendarOutOfRange => Self::CalendarOutOfRange,
            Undatable::TimeOutOfRange => Self::TimeOutOfRange,
        }
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
        Self::from_name(&text).ok_or_else(|| serde::de::Error::custom(format_args!("`{text}` is no reason code")))
    }
}

/// A set of reason codes, a [bit](ReasonCode::bit) for each.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Reasons {
    /// Bits 0 to 63.
    low: u64,
    /// Bits 64 to 127.
    high: u64,
}

const _: () = {
    let (mut all, mut seen) = (ReasonCode::ALL, 0_u128);
    while let [code, rest @ ..] = all {
        let bit = 1_u128 << code.bit();
        assert!(seen & bit == 0, "two codes share a bit");
        seen |= bit;
        all = rest;
    }
};

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self { low: 0, high: 0 };

    /// Only this code.
    #[must_use]
    #[inline]
    pub const fn of(code: ReasonCode) -> Self {
        match code.bit() {
            bit @ ..64 => Self { low: 1 << bit, high: 0 },
            bit => Self { low: 0, high: 1 << (bit & 63) },
        }
    }

    /// Both sets together.
    #[must_use]
    #[inline]
    pub const fn and(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    #[inline]
    pub(crate) fn add(&mut self, code: ReasonCode) {
        *self = self.and(Self::of(code));
    }

    /// The set as two words: bit `i` of the first stands for the code of [bit](ReasonCode::bit) `i`, of the second for
    /// that of bit `64 + i`.
    #[must_use]
    #[inline]
    pub const fn words(self) -> [u64; 2] {
        [self.low, self.high]
    }

    #[inline]
    pub(crate) const fn from_words([low, high]: [u64; 2]) -> Self {
        Self { low, high }
    }

    /// Whether the code is in the set.
    #[must_use]
    pub const fn contains(self, code: ReasonCode) -> bool {
        let of = Self::of(code);
        self.low & of.low != 0 || self.high & of.high != 0
    }

    /// Whether there is none.
    #[must_use]
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.low == 0 && self.high == 0
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
