//! The kinds of events: one closed list.

use super::data::EventData;
use crate::wire::names;

macro_rules! kinds {
    (moves { $($(#[$mdoc:meta])* $move:ident = $mtext:literal),* $(,)? }
     others { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        names! { serde
            /// What kind of event it is.
            #[non_exhaustive]
            EventKind {
                $($(#[$mdoc])* $move = $mtext,)*
                $($(#[$doc])* $variant = $text,)*
            }
        }

        impl EventKind {
            /// Those that a move makes.
            pub const MOVES: &'static [Self] = &[$(Self::$move),*];
        }

        impl EventData {
            /// The kind.
            #[must_use]
            pub const fn kind(&self) -> EventKind {
                match self {
                    $(Self::$move { .. } => EventKind::$move,)*
                    $(Self::$variant { .. } => EventKind::$variant,)*
                }
            }
        }
    };
}

kinds! {
    moves {
        /// It was created.
        Created = "created",
        /// It was imported.
        Imported = "imported",
        /// It was admitted (入池审核).
        Admitted = "admitted",
        /// A rep claimed (领取) it.
        Claimed = "claimed",
        /// It was assigned (分配).
        Assigned = "assigned",
        /// It was transferred (转移).
        Transferred = "transferred",
        /// Its owner released (退回) it.
        Released = "released",
        /// The engine reclaimed (回收) it.
        Reclaimed = "reclaimed",
        /// A manager took it back (收回).
        TakenBack = "taken_back",
        /// It was moved to another pool.
        Moved = "moved",
        /// It escalated (升级到上级公海).
        Escalated = "escalated",
        /// It was merged into another.
        Merged = "merged",
        /// It was closed.
        Closed = "closed",
        /// A reclaim was undone (恢复).
        Restored = "restored",
        /// A claim was undone.
        ClaimUndone = "claim_undone",
        /// Its owner left (离职交接).
        Departed = "departed",
        /// A rep asked for it in its lottery.
        Asked = "asked",
        /// It was reserved.
        Reserved = "reserved",
        /// Its reservation lapsed.
        ReservationExpired = "reservation_expired",
        /// Its reservation was given up.
        ReservationWithdrawn = "reservation_withdrawn",
        /// Its lottery was drawn.
        Drawn = "drawn",
        /// Its owner asked to release it.
        ReleaseRequested = "release_requested",
        /// That was approved.
        ReleaseApproved = "release_approved",
        /// That was refused.
        ReleaseRefused = "release_refused",
        /// A business document began to hold it (业务占用).
        HoldPlaced = "hold_placed",
        /// A business document ceased to hold it.
        HoldLifted = "hold_lifted",
        /// It was locked (锁定).
        Locked = "locked",
        /// Its lock ended.
        Unlocked = "unlocked",
        /// It was frozen.
        Frozen = "frozen",
        /// A freeze ended.
        Unfrozen = "unfrozen",
        /// Its protection was extended (延期).
        ExtensionGranted = "extension_granted",
        /// Its clock was paused (暂停计时).
        PauseSet = "pause_set",
    }
    others {
        /// Its owner was warned (提前提醒).
        Warned = "warned",
        /// A notice (告知) was served on its owner.
        NoticeServed = "notice_served",
        /// It was nominated for a review (复核).
        Nominated = "nominated",
        /// A supervisor decided about the nomination.
        ReviewDecided = "review_decided",
        /// An activity that the clocks count was recorded.
        ActivityRecorded = "activity_recorded",
        /// A fact about what the customer is changed.
        AttributeChanged = "attribute_changed",
        /// Its tier (客户级别) changed.
        TierChanged = "tier_changed",
        /// A collaborator (协作人) was added.
        CollaboratorAdded = "collaborator_added",
        /// A collaborator was removed.
        CollaboratorRemoved = "collaborator_removed",
    }
}
