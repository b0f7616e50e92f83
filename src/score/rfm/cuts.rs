//! Cuts: where one class ends and the next begins.

use core::fmt::Display;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::population::Population;
use crate::wire::getters;

/// The most classes of one column.
pub const MOST_CLASSES: u8 = 100;

/// To which class a value belongs that equals a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// To the lower one: a value is above a cut if it is strictly above.
    Below,
    /// To the upper one.
    Above,
}

/// Why cuts are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CutsError {
    /// There are fewer than 2 classes, or more than [`MOST_CLASSES`].
    #[error("{0} classes are not from 2 to {MOST_CLASSES}")]
    Classes(usize),
    /// Two cuts are equal or in the wrong order, where they are given: a class between them would be nobody's.
    #[error("cut {0} is not above the one before it")]
    Order(usize),
}

/// The cuts between classes of a column: a value to store, to ship, and to apply to new customers. Classes count from 1 for
/// the lowest values.
///
/// ```
/// use customer_pool::score::rfm::{Cuts, Side};
/// let cuts = Cuts::quantile([10_i64, 20, 20, 30, 40], 5)?.ok_or("no values")?;
/// assert_eq!([10, 20, 30, 40].map(|value| cuts.class(&value)), [1, 2, 4, 5]);
/// let fixed = Cuts::fixed([30_i64, 90], Side::Below)?;
/// assert_eq!([30, 31, 90, 91].map(|days| fixed.mirrored(&days)), [3, 2, 2, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cuts<T> {
    cuts: Vec<T>,
    side: Side,
}

/// One more than the number of cuts, where that is a number of classes.
fn classes(cuts: usize) -> Result<u8, CutsError> {
    let classes = cuts.saturating_add(1);
    u8::try_from(classes).ok().filter(|all| (2..=MOST_CLASSES).contains(all)).ok_or(CutsError::Classes(classes))
}

impl<T: Ord + Clone> Cuts<T> {
    /// The quantile cuts of these values: of `n` of them in order the ones at `⌊(n−1) j / k⌋`, `j` from 1 to `k − 1`. Integers
    /// only, nothing is interpolated. `None` where there is no value.
    ///
    /// # Errors
    /// A number of classes that is none.
    pub fn quantile(values: impl IntoIterator<Item = T>, classes: u8) -> Result<Option<Self>, CutsError> {
        values.into_iter().collect::<Population<T>>().cuts(classes)
    }

    /// The quantile cuts, given how to find a value by its rank.
    pub(super) fn of_ranks(n: u64, classes: u8, at: impl Fn(u64) -> Option<T>) -> Result<Option<Self>, CutsError> {
        if !(2..=MOST_CLASSES).contains(&classes) {
            return Err(CutsError::Classes(usize::from(classes)));
        }
        let cuts: Option<Vec<T>> = ranks(n, classes).map(at).collect();
        Ok(cuts.filter(|_| n > 0).map(|cuts| Self { cuts, side: Side::Below }))
    }

    /// Given cuts, ascending.
    ///
    /// # Errors
    /// Too few or too many, or cuts that do not ascend.
    pub fn fixed(cuts: impl IntoIterator<Item = T>, side: Side) -> Result<Self, CutsError> {
        let cuts: Vec<T> = cuts.into_iter().collect();
        classes(cuts.len())?;
        match cuts.iter().zip(cuts.iter().skip(1)).position(|(one, next)| one >= next) {
            Some(at) => Err(CutsError::Order(at.saturating_add(1))),
            None => Ok(Self { cuts, side }),
        }
    }

    /// The class of a value, from 1.
    #[must_use]
    pub fn class(&self, value: &T) -> u8 {
        let above = self.cuts.partition_point(|cut| match self.side {
            Side::Below => value > cut,
            Side::Above => value >= cut,
        });
        u8::try_from(above).unwrap_or(MOST_CLASSES).saturating_add(1)
    }

    /// The class counted from the highest values, as recency is: the most recent customers are the best.
    #[must_use]
    pub fn mirrored(&self, value: &T) -> u8 {
        self.classes().saturating_add(1).saturating_sub(self.class(value))
    }

    /// How many classes there are. Between equal cuts, where many values are equal, a class is nobody's.
    #[must_use]
    pub fn classes(&self) -> u8 {
        classes(self.cuts.len()).unwrap_or(MOST_CLASSES)
    }

    getters! {
        /// The cuts, from the lowest.
        cuts: &[T],
        /// To which class a value belongs that equals a cut.
        side: Side,
    }
}

/// `⌊(n−1) j / k⌋` for `j` from 1 to `k − 1`.
pub(super) fn ranks(n: u64, classes: u8) -> impl Iterator<Item = u64> {
    let last = u128::from(n.saturating_sub(1));
    (1..classes)
        .filter_map(move |j| u64::try_from(last.saturating_mul(u128::from(j)).checked_div(u128::from(classes))?).ok())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    /// Texts, so that money is exact whatever reads the JSON.
    cuts: Vec<String>,
    side: Side,
}

impl<T: Display> Serialize for Cuts<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { cuts: self.cuts.iter().map(ToString::to_string).collect(), side: self.side }.serialize(serializer)
    }
}

impl<'de, T: FromStr<Err: Display> + Ord + Clone> Deserialize<'de> for Cuts<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { cuts, side } = Wire::deserialize(deserializer)?;
        let cuts: Result<Vec<T>, D::Error> =
            cuts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect();
        let cuts = cuts?;
        classes(cuts.len()).map_err(serde::de::Error::custom)?;
        // Quantile cuts may be equal; none may descend.
        match cuts.iter().zip(cuts.iter().skip(1)).position(|(one, next)| one > next) {
            Some(at) => Err(serde::de::Error::custom(CutsError::Order(at.saturating_add(1)))),
            None => Ok(Self { cuts, side }),
        }
    }
}
