//! Reclaim (回收): when a customer goes back to the pool.
//!
//! The rule types as they are written in a policy, and the kernel that evaluates them.

mod clock;
mod draft;
mod due;
mod evaluate;
mod fold;
mod groups;
mod holds;
mod judge;
mod known;
mod order;
mod owners;
mod plain;
mod program;
mod rules;
mod sink;
mod situation;
mod slots;
mod stage;
mod timeline;
mod trigger;
mod wait;

pub use draft::{
    Anchor, By, CalendarChoice, GroupDraft, HardCapFrom, IfAnchorMissing, LatestActivity, Mode, Qualifying, StageDraft,
    TriggerDraft,
};
pub(crate) use due::{due, reasons};
pub(crate) use evaluate::{decide, decide_telling, is_held, undetermined};
pub(crate) use fold::Folder;
pub use owners::Owners;
pub(crate) use program::Program;
pub(crate) use rules::{DealRules, Deals, FreezeWindow, Rules};
pub(crate) use situation::owner_calendar;
pub(crate) use slots::{DayCap, FoldRule, FoldRules, SlotRule};
pub(crate) use stage::{Staged, staged};
pub(crate) use trigger::{AnchorRule, CalendarRule, Group, HardCap, PlainSpan, Renewal, Stage, Trigger};
