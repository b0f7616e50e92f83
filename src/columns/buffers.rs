//! Columns in the making: buffers that grow by a value per row.

use core::borrow::Borrow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::error::{ColumnError, ColumnProblem};
use super::kinds::{Coded, Decimals, Flags, Instants};
use super::layout::{Bitmap, Column, Plain, Values};
use super::lists::Lists;
use crate::time::Timestamp;

/// A column that is made in a buffer. How a value is pushed is each buffer's own: `push`.
pub(super) trait Made<'b>: Column + Sized {
    type Buffer;

    /// The column as it is so far.
    fn of(buffer: &'b Self::Buffer) -> Self;

    /// Called once, after the last value and before the column is asked for.
    fn settle(_buffer: &mut Self::Buffer, _column: &str) -> Result<(), ColumnError> {
        Ok(())
    }

    /// The column, if a single row has a value.
    fn any(buffer: &'b Self::Buffer) -> Option<Self> {
        Some(Self::of(buffer)).filter(|column| (0..column.rows()).any(|row| column.read(row).is_some()))
    }
}

/// Bits, as many as were pushed.
#[derive(Clone, Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    len: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        let place = (self.len % 8) as u32;
        if place == 0 {
            self.bytes.push(0);
        }
        if let (Some(last), true) = (self.bytes.last_mut(), bit) {
            *last |= 1_u8.wrapping_shl(place);
        }
        self.len = self.len.saturating_add(1);
    }

    fn bitmap(&self) -> Bitmap<'_> {
        Bitmap::new(&self.bytes)
    }
}

/// Plain values.
#[derive(Clone, Debug, Default)]
pub(super) struct ValueBuffer<T> {
    values: Vec<T>,
    given: Bits,
}

impl<T: Copy + Default> ValueBuffer<T> {
    pub(super) fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.given.push(value.is_some());
    }
}

impl<'b, T: Plain + Default> Made<'b> for Values<'b, T> {
    type Buffer = ValueBuffer<T>;

    fn of(buffer: &'b ValueBuffer<T>) -> Self {
        Self::new(&buffer.values).with_validity(buffer.given.bitmap())
    }
}

/// Instants.
#[derive(Clone, Debug, Default)]
pub(super) struct InstantBuffer(ValueBuffer<i64>);

impl InstantBuffer {
    pub(super) fn push(&mut self, at: Option<Timestamp>) {
        self.0.push(at.map(Timestamp::as_micros));
    }
}

impl<'b> Made<'b> for Instants<'b> {
    type Buffer = InstantBuffer;

    fn of(buffer: &'b InstantBuffer) -> Self {
        Self(Values::of(&buffer.0))
    }
}

/// Bools.
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
}

impl<'b> Made<'b> for Flags<'b> {
    type Buffer = FlagBuffer;

    fn of(buffer: &'b FlagBuffer) -> Self {
        Self::new(buffer.bits.bitmap(), buffer.bits.len).with_validity(buffer.given.bitmap())
    }
}

/// Codes, and a dictionary of the words in the order in which they came up.
#[derive(Clone, Debug)]
pub(super) struct WordBuffer<T> {
    codes: ValueBuffer<u32>,
    dictionary: Vec<T>,
    known: BTreeMap<T, u32>,
}

impl<T> Default for WordBuffer<T> {
    fn default() -> Self {
        Self { codes: ValueBuffer::default(), dictionary: Vec::new(), known: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> WordBuffer<T> {
    pub(super) fn push(&mut self, word: Option<impl Borrow<T>>) {
        let code = word.map(|word| match self.known.get(word.borrow()) {
            Some(code) => *code,
            None => {
                let code = u32::try_from(self.dictionary.len()).unwrap_or(u32::MAX);
                self.dictionary.push(word.borrow().clone());
                self.known.insert(word.borrow().clone(), code);
                code
            }
        });
        self.codes.push(code);
    }
}

impl<'b, T: Ord + Clone> Made<'b> for Coded<'b, T> {
    type Buffer = WordBuffer<T>;

    fn of(buffer: &'b WordBuffer<T>) -> Self {
        Self::new(Values::of(&buffer.codes), &buffer.dictionary)
    }
}

/// Decimals, which get one scale at last: that of the finest.
#[derive(Clone, Debug, Default)]
pub(super) struct DecimalBuffer {
    given: Vec<Option<Decimal>>,
    units: ValueBuffer<i128>,
    scale: u32,
}

impl DecimalBuffer {
    pub(super) fn push(&mut self, decimal: Option<Decimal>) {
        let decimal = decimal.map(|decimal| decimal.normalize());
        self.scale = self.scale.max(decimal.map_or(0, |decimal| decimal.scale()));
        self.given.push(decimal);
    }
}

impl<'b> Made<'b> for Decimals<'b> {
    type Buffer = DecimalBuffer;

    fn of(buffer: &'b DecimalBuffer) -> Self {
        Self::new(Values::of(&buffer.units), buffer.scale)
    }

    fn settle(buffer: &mut DecimalBuffer, column: &str) -> Result<(), ColumnError> {
        for (row, decimal) in core::mem::take(&mut buffer.given).into_iter().enumerate() {
            let units = decimal.map(|decimal| {
                let factor = 10_i128.checked_pow(buffer.scale.saturating_sub(decimal.scale()));
                let units = factor.and_then(|factor| decimal.mantissa().checked_mul(factor));
                units.ok_or_else(|| ColumnError::new(column, Some(row), ColumnProblem::Decimal(decimal.mantissa())))
            });
            buffer.units.push(units.transpose()?);
        }
        Ok(())
    }
}

/// A buffer of the children of lists.
pub(super) trait Children {
    /// A child, as a customer has it.
    type Item;

    fn add(&mut self, item: &Self::Item);
}

impl<T: Ord + Clone> Children for WordBuffer<T> {
    type Item = T;

    fn add(&mut self, word: &T) {
        self.push(Some(word));
    }
}

/// Lists: where each row's children end, and the children.
#[derive(Clone, Debug)]
pub(super) struct ListBuffer<C> {
    offsets: Vec<i32>,
    children: C,
}

impl<C: Default> Default for ListBuffer<C> {
    fn default() -> Self {
        Self { offsets: vec![0], children: C::default() }
    }
}

impl<C: Children> ListBuffer<C> {
    pub(super) fn push(&mut self, children: &[C::Item]) {
        children.iter().for_each(|child| self.children.add(child));
        let end = self.offsets.last().copied().unwrap_or_default();
        self.offsets.push(i32::try_from(children.len()).map_or(i32::MAX, |more| end.saturating_add(more)));
    }
}

impl<'b, C: Made<'b>> Made<'b> for Lists<'b, C> {
    type Buffer = ListBuffer<C::Buffer>;

    fn of(buffer: &'b Self::Buffer) -> Self {
        Self::new(&buffer.offsets, C::of(&buffer.children))
    }
}
