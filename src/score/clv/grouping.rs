//! Equal histories, each once.

use core::cmp::Ordering;

use super::summary::{Summary, SummaryError};

/// Rows that are worth another thread.
#[cfg(feature = "rayon1")]
const MANY: usize = 65_536;

/// The groups of columns of one length.
pub(super) fn of_columns(repeats: &[u32], last: &[f64], age: &[f64]) -> Result<Vec<Summary>, SummaryError> {
    halves(0, repeats, last, age)
}

#[cfg(feature = "rayon1")]
fn halves(first: usize, repeats: &[u32], last: &[f64], age: &[f64]) -> Result<Vec<Summary>, SummaryError> {
    let pieces = (repeats.len() / MANY).min(rayon::current_num_threads());
    if pieces < 2 {
        return of_part(first, repeats, last, age);
    }
    let half = repeats.len() / 2;
    let (x, later_x) = repeats.split_at(half);
    let (t, later_t) = last.split_at(half);
    let (a, later_a) = age.split_at(half);
    let (one, two) =
        rayon::join(|| of_part(first, x, t, a), || of_part(first.saturating_add(half), later_x, later_t, later_a));
    Ok(merged(one?, two?))
}

#[cfg(not(feature = "rayon1"))]
fn halves(first: usize, repeats: &[u32], last: &[f64], age: &[f64]) -> Result<Vec<Summary>, SummaryError> {
    of_part(first, repeats, last, age)
}

fn of_part(first: usize, repeats: &[u32], last: &[f64], age: &[f64]) -> Result<Vec<Summary>, SummaryError> {
    let mut table = Table::new();
    for (row, ((&x, &t), &a)) in repeats.iter().zip(last).zip(age).enumerate() {
        let summary = Summary::new(x, t, a).map_err(|problem| SummaryError::new(first.saturating_add(row), problem))?;
        table.add(summary);
    }
    Ok(table.sorted())
}

/// The groups of rows.
pub(super) fn of_rows(rows: impl IntoIterator<Item = Summary>) -> Vec<Summary> {
    let mut table = Table::new();
    rows.into_iter().for_each(|row| table.add(row));
    table.sorted()
}

/// Two lists of groups as one.
pub(super) fn merged(one: Vec<Summary>, two: Vec<Summary>) -> Vec<Summary> {
    if two.is_empty() {
        return one;
    }
    let mut all = Vec::with_capacity(one.len().saturating_add(two.len()));
    let (mut left, mut right) = (one.into_iter().peekable(), two.into_iter().peekable());
    while let (Some(l), Some(r)) = (left.peek_mut(), right.peek()) {
        let next = match l.key().cmp(&r.key()) {
            Ordering::Less => left.next(),
            Ordering::Greater => right.next(),
            Ordering::Equal => {
                l.add_customers(r.customers());
                right.next();
                None
            }
        };
        all.extend(next);
    }
    all.extend(left);
    all.extend(right);
    all
}

/// A table from histories to their groups: open addressing, at most half full. A slot holds the upper half of the hash,
/// so that hardly another group is looked at, and the group's place.
struct Table {
    slots: Vec<u64>,
    groups: Vec<Summary>,
}

const FREE: u64 = u64::MAX;
/// The half of a slot that is the group's place.
const PLACE: u64 = 0xFFFF_FFFF;

impl Table {
    fn new() -> Self {
        Self { slots: vec![FREE; 1024], groups: Vec::new() }
    }

    #[inline]
    fn add(&mut self, row: Summary) {
        let hash = hash(&row);
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = start(hash, mask);
        loop {
            // The mask keeps the place inside.
            let Some(slot) = self.slots.get(at) else { return };
            if *slot == FREE {
                break;
            }
            if (slot ^ hash) & !PLACE == 0 {
                if let Some(group) = self.groups.get_mut(place(*slot)) {
                    if group.key() == row.key() {
                        return group.add_customers(row.customers());
                    }
                }
            }
            at = at.wrapping_add(1) & mask;
        }
        self.insert(at, hash, row);
    }

    fn insert(&mut self, at: usize, hash: u64, row: Summary) {
        // Beyond this many histories equal ones may stand twice, which changes no result but by rounding.
        if let Some(place) = u64::try_from(self.groups.len()).ok().filter(|place| *place < PLACE) {
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = (hash & !PLACE) | place;
            }
        }
        self.groups.push(row);
        if self.groups.len() > self.slots.len() / 2 {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let length = self.slots.len().saturating_mul(4);
        let mask = length.wrapping_sub(1);
        let mut slots = vec![FREE; length];
        for (group, number) in self.groups.iter().zip(0_u64..PLACE) {
            let hash = hash(group);
            let mut at = start(hash, mask);
            while slots.get(at).is_some_and(|slot| *slot != FREE) {
                at = at.wrapping_add(1) & mask;
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = (hash & !PLACE) | number;
            }
        }
        self.slots = slots;
    }

    fn sorted(mut self) -> Vec<Summary> {
        self.groups.sort_unstable_by_key(Summary::key);
        self.groups
    }
}

fn place(slot: u64) -> usize {
    (slot & PLACE) as usize
}

/// By the bits that the slot does not keep.
#[expect(clippy::cast_possible_truncation, reason = "the mask cuts more")]
fn start(hash: u64, mask: usize) -> usize {
    (hash as usize) & mask
}

/// Two rounds of the finalizer of MurmurHash3: the bits of neighbouring times differ in few places.
#[inline]
fn hash(row: &Summary) -> u64 {
    let (x, age, last) = row.key();
    let mut h = age.rotate_left(32)
        ^ last.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ u64::from(x).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    h ^= h >> 33;
    h = h.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    h ^= h >> 33;
    h = h.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    h ^ (h >> 33)
}
