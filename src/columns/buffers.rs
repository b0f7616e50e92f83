//! Growing buffers in the layout of columns.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::error::{ColumnError, ColumnProblem};
use super::layout::{Bitmap, Coded, Decimals, Flags, Instants, Lists, Values};
use crate::time::Timestamp;

/// Bits, as many as were pushed.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    len: usize,
    /// Whether one of them is set.
    any: bool,
}

impl Bits {
    pub(super) fn push(&mut self, bit: bool) {
        let place = (self.len % 8) as u32;
        if place == 0 {
            self.bytes.push(0);
        }
        if let (Some(last), true) = (self.bytes.last_mut(), bit) {
            *last |= 1_u8.wrapping_shl(place);
            self.any = true;
        }
        self.len = self.len.saturating_add(1);
    }

    pub(super) fn bitmap(&self) -> Bitmap<'_> {
        Bitmap::new(&self.bytes)
    }
}

/// Values, some of which may be missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer<T> {
    values: Vec<T>,
    given: Bits,
}

impl<T: Copy + Default> Buffer<T> {
    pub(super) fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.given.push(value.is_some());
    }

    pub(super) fn values(&self) -> Values<'_, T> {
        Values::new(&self.values).with_validity(self.given.bitmap())
    }

    /// The same, if there is a single value.
    pub(super) fn any(&self) -> Option<Values<'_, T>> {
        self.given.any.then(|| self.values())
    }
}

impl Buffer<i64> {
    pub(super) fn push_at(&mut self, at: Option<Timestamp>) {
        self.push(at.map(Timestamp::as_micros));
    }

    pub(super) fn instants(&self) -> Instants<'_> {
        Instants(self.values())
    }

    pub(super) fn any_instant(&self) -> Option<Instants<'_>> {
        self.any().map(Instants)
    }
}

/// Bools, some of which may be missing.
#[derive(Clone, Debug, Default)]
pub(super) struct FlagBuffer {
    bits: Bits,
    given: Bits,
}

impl FlagBuffer {
    pub(super) fn push(&mut self, flag: Option<bool>) {
        self.bits.push(flag.unwrap_or_default());
        self.given.push(flag.is_some());
    }

    pub(super) fn flags(&self) -> Flags<'_> {
        Flags::new(self.bits.bitmap(), self.bits.len).with_validity(self.given.bitmap())
    }

    pub(super) fn any(&self) -> Option<Flags<'_>> {
        self.given.any.then(|| self.flags())
    }
}

/// Codes, and the dictionary as it was met.
#[derive(Clone, Debug)]
pub(super) struct Words<T> {
    codes: Buffer<u32>,
    dictionary: Vec<T>,
    known: BTreeMap<T, u32>,
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self { codes: Buffer::default(), dictionary: Vec::new(), known: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> Words<T> {
    pub(super) fn push(&mut self, word: Option<&T>) {
        let code = word.map(|word| match self.known.get(word) {
            Some(code) => *code,
            None => {
                let code = u32::try_from(self.dictionary.len()).unwrap_or(u32::MAX);
                self.dictionary.push(word.clone());
                self.known.insert(word.clone(), code);
                code
            }
        });
        self.codes.push(code);
    }

    pub(super) fn coded(&self) -> Coded<'_, T> {
        Coded::new(self.codes.values(), &self.dictionary)
    }

    pub(super) fn any(&self) -> Option<Coded<'_, T>> {
        (!self.dictionary.is_empty()).then(|| self.coded())
    }
}

/// Where each row's children end.
#[derive(Clone, Debug)]
pub(super) struct Offsets(Vec<i32>);

impl Default for Offsets {
    fn default() -> Self {
        Self(vec![0])
    }
}

impl Offsets {
    /// A row with so many children.
    pub(super) fn push(&mut self, children: usize) {
        let end = self.0.last().copied().unwrap_or_default();
        self.0.push(i32::try_from(children).map_or(i32::MAX, |children| end.saturating_add(children)));
    }

    pub(super) fn lists<C>(&self, children: C) -> Lists<'_, C> {
        Lists::new(&self.0, children)
    }

    /// The same, if a row has a child.
    pub(super) fn any<C>(&self, children: C) -> Option<Lists<'_, C>> {
        (self.0.last() > self.0.first()).then(|| self.lists(children))
    }
}

/// Lists of words.
#[derive(Clone, Debug)]
pub(super) struct WordLists<T> {
    offsets: Offsets,
    words: Words<T>,
}

impl<T> Default for WordLists<T> {
    fn default() -> Self {
        Self { offsets: Offsets::default(), words: Words::default() }
    }
}

impl<T: Ord + Clone> WordLists<T> {
    pub(super) fn push(&mut self, words: &[T]) {
        words.iter().for_each(|word| self.words.push(Some(word)));
        self.offsets.push(words.len());
    }

    pub(super) fn any(&self) -> Option<Lists<'_, Coded<'_, T>>> {
        self.offsets.any(self.words.coded())
    }
}

/// Decimals before they have one scale.
#[derive(Clone, Debug, Default)]
pub(super) struct DecimalBuffer {
    given: Vec<Option<Decimal>>,
    units: Buffer<i128>,
    scale: u32,
}

impl DecimalBuffer {
    pub(super) fn push(&mut self, decimal: Option<Decimal>) {
        let decimal = decimal.map(|decimal| decimal.normalize());
        self.scale = self.scale.max(decimal.map_or(0, |decimal| decimal.scale()));
        self.given.push(decimal);
    }

    /// Brings all to the scale of the finest.
    pub(super) fn settle(&mut self, column: &str) -> Result<(), ColumnError> {
        for (row, decimal) in self.given.iter().enumerate() {
            let units = match decimal {
                None => None,
                Some(decimal) => {
                    let factor = 10_i128.checked_pow(self.scale.saturating_sub(decimal.scale()));
                    let units = factor.and_then(|factor| decimal.mantissa().checked_mul(factor));
                    let problem = || ColumnProblem::Decimal(decimal.mantissa());
                    Some(units.ok_or_else(|| ColumnError::new(column, Some(row), problem()))?)
                }
            };
            self.units.push(units);
        }
        self.given = Vec::new();
        Ok(())
    }

    pub(super) fn decimals(&self) -> Decimals<'_> {
        Decimals::new(self.units.values(), self.scale)
    }

    pub(super) fn any(&self) -> Option<Decimals<'_>> {
        self.units.any().map(|units| Decimals::new(units, self.scale))
    }
}
