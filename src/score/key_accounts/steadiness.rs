//! How steady the value of a customer is.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::score::money;

/// Fewer whole months than these say nothing.
pub const LEAST_MONTHS: usize = 6;

/// The class of the coefficient of variation of monthly values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steadiness {
    /// At most 0.5.
    X,
    /// At most 1.
    Y,
    /// More.
    Z,
    /// Under [`LEAST_MONTHS`] months, or a mean of 0 or less: not known.
    U,
}

/// The class of these monthly values, whole months only: the population deviation against the mean. Decided exactly, by squares:
/// `n Σx² − (Σx)² ≤ c² (Σx)²`. `None` where a number has too many digits.
///
/// ```
/// use customer_pool::score::key_accounts::{Steadiness, steadiness};
/// let months = |values: [i64; 6]| values.map(rust_decimal::Decimal::from);
/// assert_eq!(steadiness(&months([10, 10, 11, 9, 10, 10])), Some(Steadiness::X));
/// assert_eq!(steadiness(&months([60, 0, 0, 0, 0, 0])), Some(Steadiness::Z));
/// assert_eq!(steadiness(&months([10, -10, 0, 0, 0, 0])), Some(Steadiness::U));
/// ```
#[must_use]
pub fn steadiness(months: &[Decimal]) -> Option<Steadiness> {
    if months.len() < LEAST_MONTHS {
        return Some(Steadiness::U);
    }
    // In units of the finest digit everything is a whole number.
    let scale = money::finest(months);
    let months = months.iter().map(|value| money::units(value, scale)).collect::<Option<Vec<i128>>>()?;
    let total = months.iter().try_fold(0_i128, |sum, value| sum.checked_add(*value))?;
    if total <= 0 {
        return Some(Steadiness::U);
    }
    let squares = months.iter().try_fold(0_i128, |sum, value| sum.checked_add(value.checked_mul(*value)?))?;
    let count = i128::try_from(months.len()).ok()?;
    let square = total.checked_mul(total)?;
    let spread = count.checked_mul(squares)?.checked_sub(square)?;
    Some(if spread.checked_mul(4)? <= square {
        Steadiness::X
    } else if spread <= square {
        Steadiness::Y
    } else {
        Steadiness::Z
    })
}
