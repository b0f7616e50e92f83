//! Conditions over columns: each gives a bit for each of 64 rows. A condition on a word of a dictionary is asked once
//! per word, whatever the number of rows.

use super::kinds::{Coded, Flags};
use super::layout::{Bitmap, Values};
use super::lists::Lists;
use crate::condition::Relation;

/// For which codes of a dictionary something holds.
pub(super) enum Truth {
    /// At most 64 codes, a bit for each, and how many they are.
    Few(u64, usize),
    Many(Box<[bool]>),
}

impl Truth {
    pub(super) fn new<T>(dictionary: &[T], holds: impl Fn(&T) -> bool) -> Self {
        if dictionary.len() > 64 {
            return Self::Many(dictionary.iter().map(holds).collect());
        }
        let bits = (0_u32..).zip(dictionary).fold(0, |bits, (i, word)| bits | u64::from(holds(word)).wrapping_shl(i));
        Self::Few(bits, dictionary.len())
    }

    fn words(&self) -> usize {
        match self {
            Self::Few(_, words) => *words,
            Self::Many(table) => table.len(),
        }
    }

    #[inline]
    fn of(&self, code: u32) -> bool {
        match self {
            Self::Few(bits, _) => bits.wrapping_shr(code) & 1 != 0,
            Self::Many(table) => table.get(code as usize).copied().unwrap_or_default(),
        }
    }

    /// A bit for each of these codes.
    #[inline]
    pub(super) fn word(&self, codes: &[u32]) -> u64 {
        match self {
            Self::Few(set, _) => bits(codes, |code| set.wrapping_shr(code) & 1),
            Self::Many(_) => bits(codes, |code| u64::from(self.of(code))),
        }
    }
}

/// A bit for each value.
#[inline(always)]
fn bits<T: Copy>(values: &[T], bit: impl Fn(T) -> u64) -> u64 {
    let mut bits = 0;
    let mut place = 0_u32;
    for value in values {
        bits |= bit(*value).wrapping_shl(place);
        place = place.wrapping_add(1);
    }
    bits
}

/// A bit for each value that compares so with the constant.
fn compared<T: Copy + Ord>(values: &Values<'_, T>, relation: Relation, constant: &T, row: usize) -> u64 {
    bits(values.word(row), |value| relation.bit(&value, constant)) & values.valid(row)
}

/// A condition over columns.
pub(super) enum Mask<'a> {
    Constant(bool),
    All(Box<[Mask<'a>]>),
    Any(Box<[Mask<'a>]>),
    Not(Box<Mask<'a>>),
    /// Of a word; and whether it holds where there is none.
    Word(Values<'a, u32>, Truth, bool),
    /// Whether one of several words is in a set.
    Words(Lists<'a, Values<'a, u32>>, Truth),
    /// Whether there are words, or none.
    Listed(Lists<'a, ()>, bool),
    /// Of a number.
    Number(Values<'a, i64>, Relation, i64),
    /// Of a count; and whether it holds where there is none.
    Count(Values<'a, u32>, Relation, i64, bool),
    /// Of a date, in days since 1970-01-01.
    Day(Values<'a, i32>, Relation, i32),
    /// Of a decimal, in its units.
    Units(Values<'a, i128>, Relation, i128),
    Flag(Flags<'a>),
    /// Whether there is a value, or none.
    Given(Option<Bitmap<'a>>, bool),
}

impl<'a> Mask<'a> {
    /// Whether a word is one for which something holds; `missing` where a row has none.
    pub(super) fn word_of<T>(column: Coded<'a, T>, missing: bool, holds: impl Fn(&T) -> bool) -> Self {
        Self::Word(column.codes(), Truth::new(column.dictionary(), holds), missing)
    }

    /// Whether one of a row's words is one for which something holds.
    pub(super) fn words_of<T>(lists: Lists<'a, Coded<'a, T>>, holds: impl Fn(&T) -> bool) -> Self {
        let words = lists.children();
        Self::Words(lists.with_children(words.codes()), Truth::new(words.dictionary(), holds))
    }

    /// The rows among `within`, of the 64 from `row` on, for which the condition holds.
    pub(super) fn word(&self, row: usize, within: u64) -> u64 {
        if within == 0 {
            return 0;
        }
        let or_missing = |bits: u64, valid: u64, missing: bool| (bits & valid) | if missing { !valid } else { 0 };
        within
            & match self {
                Self::Constant(holds) => {
                    if *holds {
                        u64::MAX
                    } else {
                        0
                    }
                }
                Self::All(parts) => parts.iter().fold(within, |left, part| part.word(row, left)),
                Self::Any(parts) => parts.iter().fold(0, |found, part| found | part.word(row, within & !found)),
                Self::Not(part) => !part.word(row, within),
                Self::Word(codes, truth, missing) => {
                    or_missing(truth.word(codes.word(row)), codes.valid(row), *missing)
                }
                Self::Words(lists, truth) => {
                    let mut found = within & lists.filled(row);
                    let mut left = found;
                    while left != 0 {
                        let i = left.trailing_zeros();
                        left &= left.wrapping_sub(1);
                        let codes = lists.children();
                        let mut range = lists.range(row.wrapping_add(i as usize));
                        if !range.any(|child| codes.get(child).is_some_and(|code| truth.of(code))) {
                            found &= !1_u64.wrapping_shl(i);
                        }
                    }
                    found
                }
                Self::Listed(lists, present) => {
                    if *present {
                        lists.filled(row)
                    } else {
                        !lists.filled(row)
                    }
                }
                Self::Number(values, relation, constant) => compared(values, *relation, constant, row),
                Self::Day(values, relation, constant) => compared(values, *relation, constant, row),
                Self::Units(values, relation, constant) => compared(values, *relation, constant, row),
                Self::Count(values, relation, constant, missing) => {
                    let bits = bits(values.word(row), |value| relation.bit(&i64::from(value), constant));
                    or_missing(bits, values.valid(row), *missing)
                }
                Self::Flag(flags) => flags.word(row),
                Self::Given(validity, present) => {
                    let valid = validity.as_ref().map_or(u64::MAX, |validity| validity.word(row));
                    if *present { valid } else { !valid }
                }
            }
    }

    /// Whether the condition holds for a code of these, or where there is none; `None` if it asks for more than that.
    pub(super) fn of_code(&self, of: Values<'a, u32>, code: Option<u32>) -> Option<bool> {
        match self {
            Self::Constant(holds) => Some(*holds),
            Self::All(parts) => parts.iter().try_fold(true, |all, part| Some(part.of_code(of, code)? & all)),
            Self::Any(parts) => parts.iter().try_fold(false, |any, part| Some(part.of_code(of, code)? | any)),
            Self::Not(part) => part.of_code(of, code).map(|holds| !holds),
            Self::Word(codes, truth, missing) if codes.is_same(of) => {
                Some(code.map_or(*missing, |code| truth.of(code)))
            }
            _ => None,
        }
    }

    /// The codes that the condition reads first, if it reads any, and how many words they may stand for.
    pub(super) fn codes(&self) -> Option<(Values<'a, u32>, usize)> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(Self::codes),
            Self::Not(part) => part.codes(),
            Self::Word(codes, truth, _) => Some((*codes, truth.words())),
            _ => None,
        }
    }
}

impl Relation {
    #[inline(always)]
    pub(super) fn bit<T: Ord>(self, value: &T, constant: &T) -> u64 {
        u64::from(
            (self.less & (value < constant)) | (self.equal & (value == constant)) | (self.greater & (value > constant)),
        )
    }
}
