//! How many of each thing a policy may have.

/// How large a policy document may be.
pub const MAX_DOCUMENT_BYTES: usize = 1 << 20;

pub(super) const CALENDARS: usize = 64;
pub(super) const ATTRIBUTES: usize = 1_024;
pub(super) const POOLS: usize = 4_096;
pub(super) const ROUTES: usize = 1_024;
pub(super) const TRIGGERS: usize = 512;
pub(super) const STAGES: usize = 32;
pub(super) const NOTIFY_ONLY: usize = 64;
/// Kinds of activity, once for every rule under which they count.
pub(super) const SLOTS: usize = 4_096;
pub(super) const HOLDS: usize = 256;
pub(super) const FREEZE_WINDOWS: usize = 256;
/// Rules about claims, in each of their lists.
pub(super) const CLAIM_RULES: usize = 256;
pub(super) const STEPS: usize = 64;
/// Members and admins of a pool.
pub(super) const SCOPES: usize = 1_024;
/// Tiers, figures, and weights of a capacity.
pub(super) const WORDS: usize = 256;
pub(super) const CLOCK_SKEW_S: u32 = 86_400;
/// The largest whole number that every JSON reader keeps, and the canonical form with it.
pub(super) const REVISION: u64 = 9_007_199_254_740_991;

/// How far past `now` an activity counts where the document does not say.
pub(super) const DEFAULT_CLOCK_SKEW_S: u32 = 300;
