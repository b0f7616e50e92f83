//! What the engine answers: verdicts, reason codes, decisions and their explanations.

mod change;
mod claim;
mod claim_explanation;
mod class;
mod code;
mod explanation;
mod outcome;

pub(crate) use change::{earlier, first_change};
pub use claim::{ClaimDecision, ClaimVerdict, Denial, Grant, Preconditions};
pub use claim_explanation::{ClaimExplanation, ClaimFinding, StepFinding};
pub use class::Class;
pub use code::{ReasonCode, Reasons};
pub use explanation::{
    About, Chosen, ClockFinding, ClockState, Explanation, HoldFinding, NoticeFinding, ReviewFinding, StageFinding, Step,
};
pub use outcome::{Action, Decision, HeldBy, HoldRef, Notify, PoolRef, ReviewPending, StageRef, TriggerRef, Verdict};
