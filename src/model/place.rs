//! Where a customer is: owned, in a pool, awaiting admission, or closed.

use serde::{Deserialize, Serialize};

use super::{ClosedCause, Ownership, PoolStay};

/// Where a customer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Somebody owns it.
    Owned(Ownership),
    /// It lies in a pool.
    Pool(PoolStay),
    /// It has not been admitted to a pool yet (入池审核).
    Awaiting,
    /// It is closed for good: never claimable, never reclaimed.
    Closed(ClosedCause),
}

impl From<Ownership> for Place {
    fn from(ownership: Ownership) -> Self {
        Self::Owned(ownership)
    }
}

impl From<PoolStay> for Place {
    fn from(stay: PoolStay) -> Self {
        Self::Pool(stay)
    }
}
