//! Decisions as columns.

use core::ops::Range;

use super::error::{ColumnError, ColumnProblem};
use super::layout::WORD;
use crate::decision::{
    Action, Decision, HeldBy, HoldRef, Notify, PoolRef, ReasonCode, Reasons, ReviewPending, StageRef, TriggerRef,
    Verdict,
};
use crate::model::FreezeKind;
use crate::time::Timestamp;

/// The codes of verdicts in a column.
pub mod verdict {
    /// Nobody owns the customer.
    pub const NOT_OWNED: u8 = 0;
    /// *Undetermined*; the argument is the place of the reason code in [`ReasonCode::ALL`](crate::ReasonCode::ALL).
    pub const UNDETERMINED: u8 = 1;
    /// Held; the argument says by what, see [`held`](super::held).
    pub const HELD: u8 = 2;
    /// Due.
    pub const DUE: u8 = 3;
    /// To be warned; the argument is the number of the stage.
    pub const WARN: u8 = 4;
    /// Kept.
    pub const KEEP: u8 = 5;
    /// A notice is to be served, or leads until `earliest`.
    pub const NOTICE_PENDING: u8 = 6;
    /// A review is open: the argument is 0 where it was nominated, 1 where a deferral has ended.
    pub const REVIEW_PENDING: u8 = 7;
}

/// What happens when the due instant has come.
pub mod action {
    /// The customer goes back to the pool.
    pub const RECLAIM: u8 = 0;
    /// The customer is nominated for a review.
    pub const REVIEW: u8 = 1;
    /// There is no deciding trigger.
    pub const NONE: u8 = u8::MAX;
}

/// What holds a customer, as the argument of the verdict *held*.
pub mod held {
    /// Frozen; plus the place of the kind in [`FreezeKind::ALL`](crate::model::FreezeKind::ALL).
    pub const FREEZE: u16 = 0;
    /// Exempt.
    pub const EXEMPTION: u16 = 0x100;
    /// Locked.
    pub const LOCK: u16 = 0x200;
    /// A business document; plus the place of its kind in the policy's list.
    pub const BUSINESS: u16 = 0x300;
    /// A freeze window of the policy.
    pub const FREEZE_WINDOW: u16 = 0x400;
    /// A deferral of the review.
    pub const DEFERRAL: u16 = 0x500;
}

/// What stands for "no instant" in a column of instants: later than all of them.
pub const NEVER: i64 = i64::MAX;

/// What stands for "none" in a column of triggers or pools.
pub const NONE: u16 = u16::MAX;

pub(super) fn held_argument(held_by: HeldBy) -> u16 {
    match held_by {
        HeldBy::Freeze(kind) => held::FREEZE | kind as u16,
        HeldBy::Exemption => held::EXEMPTION,
        HeldBy::Lock => held::LOCK,
        HeldBy::Business(kind) => held::BUSINESS | kind.0,
        HeldBy::FreezeWindow => held::FREEZE_WINDOW,
        HeldBy::Deferral => held::DEFERRAL,
    }
}

fn held_by(argument: u16) -> Option<HeldBy> {
    let low = argument & 0xFF;
    Some(match argument & 0xFF00 {
        held::FREEZE => HeldBy::Freeze(*FreezeKind::ALL.get(usize::from(low))?),
        held::EXEMPTION => HeldBy::Exemption,
        held::LOCK => HeldBy::Lock,
        held::BUSINESS => HeldBy::Business(HoldRef(low)),
        held::FREEZE_WINDOW => HeldBy::FreezeWindow,
        held::DEFERRAL => HeldBy::Deferral,
        _ => return None,
    })
}

pub(super) fn micros(at: Option<Timestamp>) -> i64 {
    at.map_or(NEVER, Timestamp::as_micros)
}

macro_rules! decision_columns {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $empty:expr;)*) => {
        /// The columns of decisions, in the caller's memory. They are reused from sweep to sweep without a new allocation.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct DecisionColumns {
            $($name: Vec<$type>,)*
        }

        impl DecisionColumns {
            /// Room for so many rows.
            #[must_use]
            pub fn new(rows: usize) -> Self {
                Self { $($name: vec![$empty; rows],)* }
            }

            /// Makes room for so many rows; what is already there is kept as far as it has room.
            pub fn resize(&mut self, rows: usize) {
                $(self.$name.resize(rows, $empty);)*
            }

            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> &[$type] {
                    &self.$name
                }
            )*

            /// The columns to be written to.
            #[must_use]
            pub fn as_slices(&mut self) -> DecisionSlices<'_> {
                DecisionSlices { $($name: &mut self.$name,)* }
            }

            fn cell(&self, row: usize) -> Option<Cell> {
                Some(Cell { $($name: *self.$name.get(row)?,)* })
            }
        }

        /// Borrowed columns of decisions, all of one length: for hosts that have the memory already.
        #[derive(Debug)]
        pub struct DecisionSlices<'a> {
            $(pub(super) $name: &'a mut [$type],)*
        }

        impl<'a> DecisionSlices<'a> {
            /// Of these columns, as the getters of [`DecisionColumns`] describe them.
            ///
            /// # Errors
            /// A [`ColumnError`] where one has another length than the first.
            #[expect(clippy::too_many_arguments, reason = "one argument for each column")]
            pub fn new($($name: &'a mut [$type]),*) -> Result<Self, ColumnError> {
                let slices = Self { $($name,)* };
                let expected = slices.rows();
                $(
                    let found = slices.$name.len();
                    if found != expected {
                        return Err(ColumnError::new(stringify!($name), None, ColumnProblem::Length { expected, found }));
                    }
                )*
                Ok(slices)
            }

            /// The same columns, borrowed for a shorter time.
            #[must_use]
            pub fn reborrow(&mut self) -> DecisionSlices<'_> {
                DecisionSlices { $($name: &mut *self.$name,)* }
            }

            /// The rows before `row` and those from it on; all are before a row behind the end.
            #[must_use]
            pub fn split_at(self, row: usize) -> (Self, Self) {
                let row = row.min(self.rows());
                $(let $name = self.$name.split_at_mut(row);)*
                (Self { $($name: $name.0,)* }, Self { $($name: $name.1,)* })
            }

            pub(super) fn part(&mut self, rows: Range<usize>) -> DecisionSlices<'_> {
                DecisionSlices { $($name: self.$name.get_mut(rows.clone()).unwrap_or_default(),)* }
            }

            pub(super) fn set(&mut self, row: usize, decision: &Decision) {
                let cell = Cell::of(decision);
                $(if let Some(place) = self.$name.get_mut(row) {
                    *place = cell.$name;
                })*
            }
        }

        /// The columns of 64 rows.
        pub(super) struct DecisionBlock<'b> {
            $(pub(super) $name: &'b mut [$type; WORD],)*
        }

        impl DecisionSlices<'_> {
            /// Writes the first 64 rows, or as many as there are.
            #[inline(always)]
            pub(super) fn with_block<T>(&mut self, write: impl Fn(&mut DecisionBlock<'_>) -> T) -> T {
                if let ($(Some($name),)*) = ($(self.$name.first_chunk_mut::<WORD>(),)*) {
                    return write(&mut DecisionBlock { $($name,)* });
                }
                $(let mut $name = [$empty; WORD];)*
                let written = write(&mut DecisionBlock { $($name: &mut $name,)* });
                $(for (out, value) in self.$name.iter_mut().zip($name) {
                    *out = value;
                })*
                written
            }
        }

        /// One row.
        struct Cell {
            $($name: $type,)*
        }
    };
}

decision_columns! {
    /// What is decided: the codes in [`verdict`].
    verdict: u8 = verdict::NOT_OWNED;
    /// The verdict's argument; 0 where it has none.
    argument: u16 = 0;
    /// The due instant in microseconds, or [`NEVER`].
    due: i64 = NEVER;
    /// The number of the deciding trigger, or [`NONE`].
    trigger: u16 = NONE;
    /// What happens when the due instant has come: the codes in [`action`].
    action: u8 = action::NONE;
    /// The number of the target pool, or [`NONE`].
    pool: u16 = NONE;
    /// The triggers that only notify and have come due, a bit for each.
    notify: u64 = 0;
    /// The reasons: bit `i` stands for the code of that [bit](crate::ReasonCode::bit).
    reasons: u64 = 0;
    /// The reasons beyond those: bit `i` stands for the code of bit `64 + i`.
    more_reasons: u64 = 0;
    /// The first instant at which the action may be done, in microseconds, for [`NOTICE_PENDING`](verdict::NOTICE_PENDING)
    /// once the notice was served; else [`NEVER`].
    earliest: i64 = NEVER;
    /// The next change in microseconds, or [`NEVER`].
    next_change: i64 = NEVER;
}

impl Cell {
    fn of(decision: &Decision) -> Self {
        let (verdict, argument) = match decision.verdict {
            Verdict::NotOwned => (verdict::NOT_OWNED, 0),
            Verdict::Undetermined(code) => (verdict::UNDETERMINED, u16::from(code.bit())),
            Verdict::Held(held_by) => (verdict::HELD, held_argument(held_by)),
            Verdict::Due => (verdict::DUE, 0),
            Verdict::NoticePending(_) => (verdict::NOTICE_PENDING, 0),
            Verdict::ReviewPending(state) => (verdict::REVIEW_PENDING, state as u16),
            Verdict::Warn(stage) => (verdict::WARN, stage.0),
            Verdict::Keep => (verdict::KEEP, 0),
        };
        let earliest = match decision.verdict {
            Verdict::NoticePending(earliest) => earliest,
            _ => None,
        };
        Self {
            verdict,
            argument,
            action: decision.action.map_or(action::NONE, |action| action as u8),
            earliest: micros(earliest),
            due: micros(decision.due),
            trigger: decision.trigger.map_or(NONE, |trigger| trigger.0),
            pool: decision.pool.map_or(NONE, |pool| pool.0),
            notify: decision.notify.0,
            reasons: decision.reasons.words()[0],
            more_reasons: decision.reasons.words()[1],
            next_change: micros(decision.next_change),
        }
    }

    fn decision(&self) -> Option<Decision> {
        let verdict = match self.verdict {
            verdict::NOT_OWNED => Verdict::NotOwned,
            verdict::UNDETERMINED => Verdict::Undetermined(ReasonCode::of_bit(self.argument)?),
            verdict::HELD => Verdict::Held(held_by(self.argument)?),
            verdict::DUE => Verdict::Due,
            verdict::NOTICE_PENDING => Verdict::NoticePending(Timestamp::from_micros(self.earliest)),
            verdict::REVIEW_PENDING if self.argument == 0 => Verdict::ReviewPending(ReviewPending::Nominated),
            verdict::REVIEW_PENDING => Verdict::ReviewPending(ReviewPending::Deferred),
            verdict::WARN => Verdict::Warn(StageRef(self.argument)),
            verdict::KEEP => Verdict::Keep,
            _ => return None,
        };
        let some = |number: u16| Some(number).filter(|number| *number != NONE);
        Some(Decision {
            verdict,
            due: Timestamp::from_micros(self.due),
            trigger: some(self.trigger).map(TriggerRef),
            action: match self.action {
                action::RECLAIM => Some(Action::Reclaim),
                action::REVIEW => Some(Action::Review),
                _ => None,
            },
            pool: some(self.pool).map(PoolRef),
            notify: Notify(self.notify),
            reasons: Reasons::from_words([self.reasons, self.more_reasons]),
            next_change: Timestamp::from_micros(self.next_change),
        })
    }
}

impl DecisionColumns {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.verdict.len()
    }

    /// The decision of a row: what [`Policy::decide`](crate::Policy::decide) gives for its customer.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Decision> {
        self.cell(row)?.decision()
    }
}

impl DecisionSlices<'_> {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.verdict.len()
    }
}
