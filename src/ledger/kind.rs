//! The kinds of events: one closed list.

use core::fmt;

use crate::moves::MoveEvent;

macro_rules! kinds {
    (moves { $($(#[$mdoc:meta])* $move:ident),* $(,)? } others { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        /// What kind of event it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $($(#[$mdoc])* $move,)*
            $($(#[$doc])* $variant,)*
        }

        impl EventKind {
            /// Every kind, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$move,)* $(Self::$variant),*];

            /// The move that makes it, where a move does.
            #[must_use]
            pub const fn as_move(self) -> Option<MoveEvent> {
                match self {
                    $(Self::$move => Some(MoveEvent::$move),)*
                    _ => None,
                }
            }

            /// The stable name, as the wire has it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$move => MoveEvent::$move.as_str(),)*
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

kinds! {
    moves {
        /// It was created.
        Created,
        /// It was imported.
        Imported,
        /// It was admitted (入池审核).
        Admitted,
        /// A rep claimed (领取) it.
        Claimed,
        /// It was assigned (分配).
        Assigned,
        /// It was transferred (转移).
        Transferred,
        /// Its owner released (退回) it.
        Released,
        /// The engine reclaimed (回收) it.
        Reclaimed,
        /// A manager took it back (收回).
        TakenBack,
        /// It was moved to another pool.
        Moved,
        /// It escalated (升级到上级公海).
        Escalated,
        /// It was merged into another.
        Merged,
        /// It was closed.
        Closed,
        /// A reclaim was undone (恢复).
        Restored,
        /// A claim was undone.
        ClaimUndone,
        /// Its owner left (离职交接).
        Departed,
        /// A rep asked for it in its lottery.
        Asked,
        /// It was reserved.
        Reserved,
        /// Its reservation lapsed.
        ReservationExpired,
        /// Its reservation was given up.
        ReservationWithdrawn,
        /// Its lottery was drawn.
        Drawn,
        /// Its owner asked to release it.
        ReleaseRequested,
        /// That was approved.
        ReleaseApproved,
        /// That was refused.
        ReleaseRefused,
        /// A business document began to hold it (业务占用).
        HoldPlaced,
        /// A business document ceased to hold it.
        HoldLifted,
        /// It was locked (锁定).
        Locked,
        /// Its lock ended.
        Unlocked,
        /// It was frozen.
        Frozen,
        /// A freeze ended.
        Unfrozen,
        /// Its protection was extended (延期).
        ExtensionGranted,
        /// Its clock was paused (暂停计时).
        PauseSet,
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

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
