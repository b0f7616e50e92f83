//! Columns of declared attributes and of scores: one per key, of any type of value.

use core::borrow::Borrow;
use core::fmt::Display;

use super::buffers::Made;
use super::error::{ColumnError, ColumnProblem};
use super::kinds::{Coded, Decimals, Flags, Instants};
use super::layout::{Column, Values, date, days};
use crate::attribute::{AttributeType, AttributeValue, Elapsed};
use crate::id::Label;

/// One list of the types of values, with the way of a value into a column and out of it.
macro_rules! attribute_columns {
    ($($(#[$doc:meta])* $kind:ident($type:ty): |$value:ident| $push:expr, |$read:ident| $made:expr;)*) => {
        /// The values of one declared attribute.
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum AttributeColumn<'a> {
            $($(#[$doc])* $kind($type),)*
        }

        impl AttributeColumn<'_> {
            /// The type of its values.
            #[must_use]
            pub const fn kind(&self) -> AttributeType {
                match self { $(Self::$kind(_) => AttributeType::$kind,)* }
            }

            /// Which of the 64 rows from `row` on have a value.
            pub(super) fn valid(&self, row: usize) -> u64 {
                (0_u32..64).fold(0, |valid, i| {
                    valid | u64::from(self.read(row.wrapping_add(i as usize)).is_some()).wrapping_shl(i)
                })
            }
        }

        impl Column for AttributeColumn<'_> {
            type Value = AttributeValue;

            fn rows(&self) -> usize {
                match self { $(Self::$kind(column) => column.rows(),)* }
            }

            fn read(&self, row: usize) -> Option<AttributeValue> {
                Some(match self {
                    $(Self::$kind(column) => {
                        let $read = column.read(row)?;
                        AttributeValue::$kind($made)
                    })*
                })
            }

            fn check(&self, column: &str) -> Result<(), ColumnError> {
                match self { $(Self::$kind(values) => values.check(column),)* }
            }
        }

        /// The buffer of one attribute or score.
        #[derive(Clone, Debug)]
        enum AttributeBuffer<'a> {
            $($kind(<$type as Made<'a>>::Buffer),)*
        }

        impl AttributeBuffer<'static> {
            fn new(kind: AttributeType) -> Self {
                match kind { $(AttributeType::$kind => Self::$kind(Default::default()),)* }
            }

            fn column(&self) -> AttributeColumn<'_> {
                match self { $(Self::$kind(buffer) => AttributeColumn::$kind(Made::of(buffer)),)* }
            }

            #[expect(clippy::extra_unused_lifetimes, reason = "the types of the list name it")]
            fn settle<'a>(&mut self, column: &str) -> Result<(), ColumnError> {
                match self { $(Self::$kind(buffer) => <$type as Made>::settle(buffer, column),)* }
            }

            /// A value of another type counts as none.
            fn push(&mut self, value: Option<&AttributeValue>) {
                match self {
                    $(Self::$kind(buffer) => buffer.push(match value {
                        Some(AttributeValue::$kind($value)) => $push,
                        _ => None,
                    }),)*
                }
            }
        }
    };
}

attribute_columns! {
    /// Bools.
    Bool(Flags<'a>): |flag| Some(*flag), |flag| flag;
    /// Whole numbers.
    Integer(Values<'a, i64>): |number| Some(*number), |number| number;
    /// Exact decimals.
    Decimal(Decimals<'a>): |decimal| Some(*decimal), |decimal| decimal;
    /// Words.
    Text(Coded<'a, Label>): |word| Some(word), |word| word;
    /// Civil dates, in days since 1970-01-01.
    Date(Values<'a, i32>): |civil| days(*civil), |number| date(number)?;
    /// Instants.
    Instant(Instants<'a>): |at| Some(*at), |at| at;
    /// Lengths of elapsed time, in microseconds.
    Duration(Values<'a, i64>): |length| Some(Elapsed::as_micros(*length)), |micros| Elapsed::from_micros(micros);
}

/// The buffers of attributes or of scores, by their keys.
#[derive(Clone, Debug)]
pub(super) struct KeyedBuffers<K> {
    /// What stands before the keys in the names of the columns.
    named: &'static str,
    buffers: Vec<(K, AttributeBuffer<'static>)>,
}

impl<K> Default for KeyedBuffers<K> {
    fn default() -> Self {
        Self { named: "", buffers: Vec::new() }
    }
}

impl<K: Clone + PartialEq + Display> KeyedBuffers<K> {
    /// Buffers for the declared keys; others get one when they come up.
    pub(super) fn new(named: &'static str, declared: impl IntoIterator<Item = (K, AttributeType)>) -> Self {
        let buffers = declared.into_iter().map(|(key, kind)| (key, AttributeBuffer::new(kind)));
        Self { named, buffers: buffers.collect() }
    }

    /// Adds the values of a row by their keys.
    pub(super) fn push<'v, B: Borrow<K>>(
        &mut self,
        row: usize,
        values: impl Iterator<Item = (B, &'v AttributeValue)>,
    ) -> Result<(), ColumnError> {
        let values: Vec<(B, &AttributeValue)> = values.collect();
        for (key, value) in &values {
            if self.buffers.iter().all(|(known, _)| known != key.borrow()) {
                let mut buffer = AttributeBuffer::new(value.kind());
                (0..row).for_each(|_| buffer.push(None));
                self.buffers.push((key.borrow().clone(), buffer));
            }
        }
        for (key, buffer) in &mut self.buffers {
            let value = values.iter().find(|(known, _)| known.borrow() == key).map(|(_, value)| *value);
            let expected = buffer.column().kind();
            if let Some(value) = value.filter(|value| value.kind() != expected) {
                let problem = ColumnProblem::Type { expected, found: value.kind() };
                return Err(ColumnError::new(&format!("{}.{key}", self.named), Some(row), problem));
            }
            buffer.push(value);
        }
        Ok(())
    }

    /// Called once, after the last row.
    pub(super) fn settle(&mut self) -> Result<(), ColumnError> {
        self.buffers.iter_mut().try_for_each(|(key, buffer)| buffer.settle(&format!("{}.{key}", self.named)))
    }

    /// The columns, with their keys.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&K, AttributeColumn<'_>)> {
        self.buffers.iter().map(|(key, buffer)| (key, buffer.column()))
    }
}
