//! Reclaim (回收): when a customer goes back to the pool.
//!
//! The rule types as they are written in a policy, and the kernel that evaluates them.

mod clock;
mod draft;
mod evaluate;
mod fold;
mod groups;
mod holds;
mod known;
mod owners;
mod plain;
mod program;
mod rules;
mod sink;
mod situation;
mod timeline;
mod wait;

pub use draft::{
    Anchor, By, CalendarChoice, GroupDraft, HardCapFrom, IfAnchorMissing, LatestActivity, Mode, Qualifying, StageDraft,
    TriggerDraft,
};
pub(crate) use evaluate::{Staged, decide, decide_from, explain, explain_from, is_held, staged, undetermined};
pub(crate) use fold::Folder;
pub(crate) use groups::earlier;
pub use owners::Owners;
pub(crate) use program::Program;
pub(crate) use rules::{
    AnchorRule, CalendarRule, DayCap, DealRules, Deals, FoldRule, FoldRules, FreezeWindow, Group, HardCap, PlainSpan,
    Renewal, Rules, SlotRule, Stage, Trigger,
};
pub(crate) use situation::owner_calendar;
