//! Populations that are spread over machines: what must travel so that the cuts are those of the whole.

use core::fmt::Display;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cuts::{Cuts, CutsError};

/// The values of a column in order, each once with its number: what a shard sends. Merging is exact, in whatever order.
///
/// ```
/// use customer_pool::score::rfm::{Cuts, Population};
/// let (east, west): (Population<i64>, Population<i64>) = ([3, 1, 2].into_iter().collect(), [9, 2, 5].into_iter().collect());
/// let whole = east.merged(west);
/// assert_eq!(whole.cuts(3)?, Cuts::quantile([1, 2, 2, 3, 5, 9], 3)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population<T> {
    values: Vec<(T, u64)>,
}

impl<T> Default for Population<T> {
    fn default() -> Self {
        Self { values: Vec::new() }
    }
}

impl<T: Ord + Clone> Population<T> {
    /// This population and that.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let mut values: Vec<(T, u64)> = self.values;
        values.extend(other.values);
        Self::of(values)
    }

    /// The standard library's sort finds the runs that are in order already, so merging costs one pass.
    fn of(mut values: Vec<(T, u64)>) -> Self {
        values.sort_by(|one, other| one.0.cmp(&other.0));
        values.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1 = first.1.saturating_add(next.1);
            }
            same
        });
        Self { values }
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.values.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values in order, each with its number.
    pub fn iter(&self) -> impl Iterator<Item = (&T, u64)> {
        self.values.iter().map(|(value, count)| (value, *count))
    }

    /// The quantile cuts between so many classes: [`Cuts::quantile`].
    ///
    /// # Errors
    /// A number of classes that is none.
    pub fn cuts(&self, classes: u8) -> Result<Option<Cuts<T>>, CutsError> {
        let mut upto = 0_u64;
        let ends: Vec<u64> = self
            .values
            .iter()
            .map(|(_, count)| {
                upto = upto.saturating_add(*count);
                upto
            })
            .collect();
        Cuts::of_ranks(upto, classes, |rank| {
            self.values.get(ends.partition_point(|end| *end <= rank)).map(|(value, _)| value.clone())
        })
    }
}

impl<T: Ord + Clone> FromIterator<T> for Population<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::of(values.into_iter().map(|value| (value, 1)).collect())
    }
}

impl<T: Display> Serialize for Population<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.values.iter().map(|(value, count)| (value.to_string(), count)))
    }
}

impl<'de, T: FromStr<Err: Display> + Ord + Clone> Deserialize<'de> for Population<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(String, u64)>::deserialize(deserializer)?;
        let value = |(text, count): (String, u64)| match text.parse() {
            _ if count == 0 => Err(serde::de::Error::custom(format_args!("`{text}` is there 0 times"))),
            Ok(value) => Ok((value, count)),
            Err(error) => Err(serde::de::Error::custom(error)),
        };
        Ok(Self::of(pairs.into_iter().map(value).collect::<Result<_, D::Error>>()?))
    }
}
