//! What the engine answers: verdicts, reason codes, decisions and their explanations.

mod claim;
mod code;
mod explanation;
mod outcome;

pub use claim::{ClaimDecision, ClaimVerdict, Denial, Preconditions};
pub use code::{ReasonCode, Reasons};
pub use explanation::{About, Chosen, ClockFinding, ClockState, Explanation, HoldFinding, StageFinding, Step};
pub use outcome::{Decision, HeldBy, HoldRef, Notify, PoolRef, StageRef, TriggerRef, Verdict};
