//! RFM of many rows at once: the same cuts and classes, found without sorting.
//!
//! The order statistics that are cuts are found by counting: the range of the column is divided into buckets, the rows of each
//! are counted, and only the rows of the buckets that hold a cut are looked at again, in the same way.

use super::cuts::{Cuts, CutsError, ranks};

/// A whole number of a column: days, orders, or money in its smallest unit.
pub trait Column: Copy + Ord + Send + Sync + sealed::Key {}

impl<T: Copy + Ord + Send + Sync + sealed::Key> Column for T {}

mod sealed {
    /// A number as one without a sign, in the same order.
    pub trait Key {
        fn key(self) -> u64;
        fn of_key(key: u64) -> Self;
    }

    macro_rules! keys {
        ($($type:ty, $unsigned:ty, $flip:expr;)*) => {$(
            impl Key for $type {
                #[inline(always)]
                fn key(self) -> u64 {
                    u64::from(self.cast_own() ^ $flip)
                }
                #[inline(always)]
                #[allow(clippy::cast_possible_truncation, reason = "a key that came from this type")]
                fn of_key(key: u64) -> Self {
                    (key as $unsigned ^ $flip).cast_back()
                }
            }
        )*};
    }

    /// The same bits with and without a sign.
    trait Bits {
        type Unsigned;
        fn cast_own(self) -> Self::Unsigned;
    }
    trait Back<T> {
        fn cast_back(self) -> T;
    }
    macro_rules! bits {
        ($($type:ty, $unsigned:ty;)*) => {$(
            impl Bits for $type {
                type Unsigned = $unsigned;
                #[inline(always)]
                #[allow(clippy::cast_sign_loss, clippy::unnecessary_cast, reason = "the same bits")]
                fn cast_own(self) -> $unsigned { self as $unsigned }
            }
            impl Back<$type> for $unsigned {
                #[inline(always)]
                #[allow(clippy::cast_possible_wrap, clippy::unnecessary_cast, reason = "the same bits")]
                fn cast_back(self) -> $type { self as $type }
            }
        )*};
    }
    bits! { u16, u16; u32, u32; u64, u64; i32, u32; i64, u64; }
    keys! { u16, u16, 0; u32, u32, 0; u64, u64, 0; i32, u32, 1 << 31; i64, u64, 1 << 63; }
}

/// The cuts of three columns and the code of each row: class of recency times 100, of frequency times 10, of monetary value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified<R, F, M> {
    /// The cuts of recency, which is mirrored: the least number of days has the highest class.
    pub recency: Cuts<R>,
    /// The cuts of frequency.
    pub frequency: Cuts<F>,
    /// The cuts of monetary value.
    pub monetary: Cuts<M>,
    /// The code of each row: `551` as a number.
    pub codes: Vec<u16>,
}

/// Quantile classes of three columns, nothing missing: the same as [`Rfm::fit`](super::Rfm::fit) and
/// [`score`](super::Rfm::score) give, for 2 to 9 classes. `None` where there is no row, or the columns differ in length.
///
/// With the feature `rayon1` two and more threads share the rows; the answer is the same. Rows may be as many as memory holds:
/// they are counted in 64 bits.
///
/// ```
/// use customer_pool::score::rfm::classify;
/// let found = classify(&[9_u32, 400, 30], &[7_u32, 1, 2], &[12_000_i64, 500, 900], 3)?.ok_or("rows")?;
/// assert_eq!(found.codes, [333, 111, 222]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A number of classes that is not 2 to 9.
pub fn classify<R: Column, F: Column, M: Column>(
    recency: &[R],
    frequency: &[F],
    monetary: &[M],
    classes: u8,
) -> Result<Option<Classified<R, F, M>>, CutsError> {
    if !(2..=9).contains(&classes) {
        return Err(CutsError::Classes(usize::from(classes)));
    }
    let rows = recency.len();
    if rows == 0 || frequency.len() != rows || monetary.len() != rows {
        return Ok(None);
    }
    let cuts = (quantile(recency, classes)?, quantile(frequency, classes)?, quantile(monetary, classes)?);
    let (Some(recency_cuts), Some(frequency_cuts), Some(monetary_cuts)) = cuts else { return Ok(None) };
    let mut codes = vec![0_u16; rows];
    let highest = u16::from(classes).saturating_add(1);
    in_parts(recency, frequency, monetary, &mut codes, |recency, frequency, monetary, codes| {
        // A column after the other over few rows, so that codes stay in the nearest memory.
        let parts = recency.chunks(BLOCK).zip(frequency.chunks(BLOCK)).zip(monetary.chunks(BLOCK));
        for (((recency, frequency), monetary), codes) in parts.zip(codes.chunks_mut(BLOCK)) {
            add_classes(recency, &recency_cuts, codes, 100, Some(highest));
            add_classes(frequency, &frequency_cuts, codes, 10, None);
            add_classes(monetary, &monetary_cuts, codes, 1, None);
        }
    });
    Ok(Some(Classified { recency: recency_cuts, frequency: frequency_cuts, monetary: monetary_cuts, codes }))
}

const BLOCK: usize = 2_048;

/// Adds the classes of a column to the codes, times `place`; counted from `highest` down where that is given.
fn add_classes<T: Column>(values: &[T], cuts: &Cuts<T>, codes: &mut [u16], place: u16, highest: Option<u16>) {
    let cuts = cuts.cuts();
    let base = highest.map_or(place, |highest| place.wrapping_mul(highest.wrapping_sub(1)));
    let step = if highest.is_some() { place.wrapping_neg() } else { place };
    match *cuts {
        // The commonest number of classes has a loop of its own, which the compiler turns into wide instructions.
        [a, b, c, d] => {
            for (code, value) in codes.iter_mut().zip(values) {
                let above = u16::from(*value > a)
                    .wrapping_add(u16::from(*value > b))
                    .wrapping_add(u16::from(*value > c))
                    .wrapping_add(u16::from(*value > d));
                *code = code.wrapping_add(base).wrapping_add(step.wrapping_mul(above));
            }
        }
        _ => {
            codes.iter_mut().for_each(|code| *code = code.wrapping_add(base));
            for cut in cuts {
                for (code, value) in codes.iter_mut().zip(values) {
                    *code = code.wrapping_add(step.wrapping_mul(u16::from(value > cut)));
                }
            }
        }
    }
}

/// The quantile cuts of a column.
fn quantile<T: Column>(values: &[T], classes: u8) -> Result<Option<Cuts<T>>, CutsError> {
    let n = u64::try_from(values.len()).unwrap_or(u64::MAX);
    let wanted: Vec<u64> = ranks(n, classes).collect();
    let found = extremes(values).map(|(least, most)| select(values, least, most, &wanted)).unwrap_or_default();
    Cuts::of_ranks(n, classes, |rank| {
        let at = wanted.iter().position(|wanted| *wanted == rank)?;
        found.get(at).map(|key| T::of_key(*key))
    })
}

/// Buckets of one pass: as many counters fit into near memory.
const BUCKETS: usize = 1 << 14;

/// The keys at these ranks, which ascend, among values whose keys are between `least` and `most`.
fn select<T: Column>(values: &[T], least: u64, most: u64, wanted: &[u64]) -> Vec<u64> {
    let range = most.wrapping_sub(least);
    // As many bits as the buckets have stay above the shift.
    let shift = u64::BITS.wrapping_sub(range.leading_zeros()).saturating_sub(BUCKETS.trailing_zeros());
    let counts = counted(values, least, shift);
    let mut found = Vec::with_capacity(wanted.len());
    let mut ranks = wanted.iter().copied().peekable();
    let mut below = 0_u64;
    let mut holding: Vec<(u64, u64, Vec<u64>)> = Vec::new();
    for (bucket, count) in (0_u64..).zip(counts) {
        let upto = below.saturating_add(count);
        let mut own = Vec::new();
        while let Some(rank) = ranks.next_if(|rank| *rank < upto) {
            own.push(rank.wrapping_sub(below));
        }
        if !own.is_empty() {
            holding.push((bucket, count, own));
        }
        below = upto;
    }
    if shift == 0 {
        // A bucket is a value.
        for (bucket, _, own) in holding {
            found.extend(own.iter().map(|_| least.wrapping_add(bucket)));
        }
        return found;
    }
    let mut members: Vec<Vec<T>> =
        holding.iter().map(|(_, count, _)| Vec::with_capacity(usize::try_from(*count).unwrap_or_default())).collect();
    gather(values, least, shift, &holding.iter().map(|(bucket, ..)| *bucket).collect::<Vec<_>>(), &mut members);
    for ((_, _, own), members) in holding.into_iter().zip(members) {
        match extremes(&members) {
            Some((least, most)) => found.extend(select(&members, least, most, &own)),
            None => return found,
        }
    }
    found
}

/// The rows of some buckets, each bucket's apart.
fn gather<T: Column>(values: &[T], least: u64, shift: u32, buckets: &[u64], members: &mut [Vec<T>]) {
    for part in parts(values, |values| {
        let mut found: Vec<Vec<T>> = vec![Vec::new(); buckets.len()];
        for value in values {
            let bucket = value.key().wrapping_sub(least) >> shift;
            // Few buckets: the compiler compares with each, which is faster than a search.
            let place = buckets.iter().position(|wanted| *wanted == bucket);
            if let Some(members) = place.and_then(|place| found.get_mut(place)) {
                members.push(*value);
            }
        }
        found
    }) {
        members.iter_mut().zip(part).for_each(|(all, some)| all.extend(some));
    }
}

/// The least and the greatest key.
fn extremes<T: Column>(values: &[T]) -> Option<(u64, u64)> {
    let of = |values: &[T]| -> Option<(T, T)> {
        let first = *values.first()?;
        Some(values.iter().fold((first, first), |(least, most), value| (least.min(*value), most.max(*value))))
    };
    let all = parts(values, of).into_iter().flatten();
    let whole = all.reduce(|(least, most), (low, high)| (least.min(low), most.max(high)));
    whole.map(|(least, most)| (least.key(), most.key()))
}

/// How many rows each bucket has.
fn counted<T: Column>(values: &[T], least: u64, shift: u32) -> Vec<u64> {
    let of = |values: &[T]| {
        let mut counts = vec![0_u32; BUCKETS];
        for value in values {
            let bucket = value.key().wrapping_sub(least) >> shift;
            #[expect(clippy::cast_possible_truncation, reason = "below the number of buckets, by the shift")]
            if let Some(count) = counts.get_mut(bucket as usize) {
                *count = count.wrapping_add(1);
            }
        }
        counts
    };
    added(parts(values, of))
}

/// The counts of all parts together. Those of one part are below 2³², by [`MOST_OF_A_PART`].
fn added(parts: Vec<Vec<u32>>) -> Vec<u64> {
    let mut whole = vec![0_u64; BUCKETS];
    for counts in parts {
        whole.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.wrapping_add(u64::from(count)));
    }
    whole
}

/// The most rows of a part, so that 32 bits can count them: wider counters would not fit into near memory.
const MOST_OF_A_PART: usize = 1 << 31;

/// Rows that are worth another thread.
#[cfg(feature = "rayon1")]
const MANY: usize = 65_536;

/// What each part of the rows comes to.
#[cfg(not(feature = "rayon1"))]
fn parts<T, S>(values: &[T], of: impl Fn(&[T]) -> S) -> Vec<S> {
    values.chunks(MOST_OF_A_PART).map(of).collect()
}

#[cfg(feature = "rayon1")]
fn parts<T: Sync, S: Send>(values: &[T], of: impl Fn(&[T]) -> S + Send + Sync) -> Vec<S> {
    use rayon::prelude::*;
    if values.len() < MANY {
        return vec![of(values)];
    }
    values.par_chunks(share(values.len()).min(MOST_OF_A_PART)).map(of).collect()
}

/// How many rows each thread has.
#[cfg(feature = "rayon1")]
fn share(rows: usize) -> usize {
    rows.div_ceil(rayon::current_num_threads().max(1)).max(1)
}

/// Three columns and the codes in parts.
#[cfg(not(feature = "rayon1"))]
fn in_parts<R, F, M>(
    recency: &[R],
    frequency: &[F],
    monetary: &[M],
    codes: &mut [u16],
    of: impl Fn(&[R], &[F], &[M], &mut [u16]),
) {
    of(recency, frequency, monetary, codes);
}

#[cfg(feature = "rayon1")]
fn in_parts<R: Sync, F: Sync, M: Sync>(
    recency: &[R],
    frequency: &[F],
    monetary: &[M],
    codes: &mut [u16],
    of: impl Fn(&[R], &[F], &[M], &mut [u16]) + Send + Sync,
) {
    use rayon::prelude::*;
    let share = if codes.len() < MANY { codes.len() } else { share(codes.len()) };
    let columns = recency.par_chunks(share).zip(frequency.par_chunks(share)).zip(monetary.par_chunks(share));
    columns.zip(codes.par_chunks_mut(share)).for_each(|(((recency, frequency), monetary), codes)| {
        of(recency, frequency, monetary, codes);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: more rows than 32 bits count are counted. Method: rows that take no memory, which no part may have 2³² of; parts
    /// that make 2³² together.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn more_rows_than_32_bits_count_are_counted() {
        let rows = vec![(); 1 << 33];
        let lengths = parts(&rows, |part| part.len());
        assert!(lengths.iter().all(|length| u32::try_from(*length).is_ok()), "{lengths:?}");
        assert_eq!(lengths.iter().sum::<usize>(), rows.len());
        let whole = added(vec![vec![u32::MAX, 1], vec![1, 2]]);
        assert_eq!(whole.get(..2), Some(&[1 << 32, 3][..]));
    }
}
