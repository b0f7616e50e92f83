//! Other ways to divide a column than by cuts.

use super::cuts::{CutsError, MOST_CLASSES};

/// The place of values among others, between those below and those that are equal.
#[derive(Clone, Debug)]
pub(crate) struct MidRanks<T> {
    sorted: Vec<T>,
}

impl<T: Ord> MidRanks<T> {
    pub(crate) fn new(mut values: Vec<T>) -> Self {
        values.sort_unstable();
        Self { sorted: values }
    }

    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// `⌊full · (2·below + equal) / 2n⌋`; none among nobody.
    pub(crate) fn share(&self, value: &T, full: u32) -> Option<u32> {
        let below = self.sorted.partition_point(|other| other < value) as u128;
        let to = self.sorted.partition_point(|other| other <= value) as u128;
        let twice = below.saturating_add(to).saturating_mul(u128::from(full));
        u32::try_from(twice.checked_div((self.sorted.len() as u128).saturating_mul(2))?).ok()
    }
}

/// The classes of a column whose customers are dealt out evenly, in the order of the values and, where those are equal, of the
/// ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// The class of each row, from 1 for the lowest values; none where the value is missing.
    pub classes: Vec<Option<u8>>,
    /// How many customers have a neighbour with an equal value in another class: a warning, for only their ids tell them
    /// apart.
    pub split: u64,
}

fn check(classes: u8) -> Result<(), CutsError> {
    if (2..=MOST_CLASSES).contains(&classes) { Ok(()) } else { Err(CutsError::Classes(usize::from(classes))) }
}

/// `1 + ⌊rank · k / n⌋`.
fn tile(rank: u128, classes: u8, n: u128) -> Option<u8> {
    let class = rank.saturating_mul(u128::from(classes)).checked_div(n)?.saturating_add(1);
    u8::try_from(class).ok().map(|class| class.min(classes))
}

/// Rank tiles: as many customers in each class as in any other, give or take one. Equal values may come into different
/// classes: [`Tiles::split`] says for how many they did. Prefer [`Cuts::quantile`](super::Cuts::quantile).
///
/// ```
/// use customer_pool::score::rfm::rank_tiles;
/// let tiles = rank_tiles(&[("b", Some(1)), ("a", Some(1)), ("c", None), ("d", Some(2))], 3)?;
/// assert_eq!((tiles.classes, tiles.split), (vec![Some(2), Some(1), None, Some(3)], 2));
/// # Ok::<(), customer_pool::score::rfm::CutsError>(())
/// ```
///
/// # Errors
/// A number of classes that is none.
pub fn rank_tiles<I: Ord, T: Ord>(rows: &[(I, Option<T>)], classes: u8) -> Result<Tiles, CutsError> {
    check(classes)?;
    let mut order: Vec<(usize, &I, &T)> =
        rows.iter().enumerate().filter_map(|(row, (id, value))| Some((row, id, value.as_ref()?))).collect();
    order.sort_unstable_by(|(_, id, value), (_, other_id, other)| value.cmp(other).then_with(|| id.cmp(other_id)));
    let n = order.len() as u128;
    let mut tiles = Tiles { classes: vec![None; rows.len()], split: 0 };
    for (rank, (row, _, _)) in order.iter().enumerate() {
        if let Some(place) = tiles.classes.get_mut(*row) {
            *place = tile(rank as u128, classes, n);
        }
    }
    for equal in order.chunk_by(|(_, _, value), (_, _, next)| value == next) {
        let class = |place: Option<&(usize, &I, &T)>| place.and_then(|(row, _, _)| *tiles.classes.get(*row)?);
        if class(equal.first()) != class(equal.last()) {
            tiles.split = tiles.split.saturating_add(equal.len() as u64);
        }
    }
    Ok(tiles)
}

/// Classes by mid-ranks: `1 + ⌊k · (2·below + equal) / 2n⌋`. Equal values are in one class, and a constant column is in the
/// middle one.
///
/// # Errors
/// A number of classes that is none.
pub fn mid_rank_classes<T: Ord + Clone>(values: &[Option<T>], classes: u8) -> Result<Vec<Option<u8>>, CutsError> {
    check(classes)?;
    let ranks = MidRanks::new(values.iter().flatten().cloned().collect());
    let class = |value: &T| {
        let share = ranks.share(value, u32::from(classes))?;
        u8::try_from(share).ok().map(|share| share.saturating_add(1).min(classes))
    };
    Ok(values.iter().map(|value| value.as_ref().and_then(class)).collect())
}
