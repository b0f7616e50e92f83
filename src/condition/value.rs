//! The values of facts, read from where they are.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::fact::{Fact, named_facts};
use crate::attribute::{AttributeValue, Elapsed};
use crate::id::{CustomerId, Label};
use crate::model::{Customer, Lifecycle, Need, Ownership, Rep, WayIn};
use crate::time::Timestamp;

/// What conditions are evaluated over: a customer and, where it is known, its owner.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) customer: &'a Customer,
    pub(crate) owner: Option<&'a Rep>,
}

/// The value of a fact, borrowed from where it is.
pub(super) enum FactValue<'a> {
    Missing,
    Word(&'a Label),
    Name(&'a str),
    Words(&'a [Label]),
    Units(&'a [Label]),
    Needs(&'a [Need]),
    Bool(bool),
    Integer(i64),
    Decimal(Decimal),
    Date(NaiveDate),
    Instant(Timestamp),
    Duration(Elapsed),
}

/// From a value, as the getters of facts give it.
macro_rules! readings {
    ($($type:ty: |$value:ident| $reading:expr;)*) => {$(
        impl<'a> From<$type> for FactValue<'a> {
            #[inline(always)]
            fn from($value: $type) -> Self {
                $reading
            }
        }
    )*};
}

readings! {
    &'a Label: |word| Self::Word(word);
    &'a CustomerId: |id| Self::Name(id.as_str());
    Lifecycle: |stage| Self::Name(stage.as_str());
    WayIn: |way_in| Self::Name(way_in.as_str());
    &'a [Label]: |words| Self::Words(words);
    &'a [Need]: |needs| Self::Needs(needs);
    bool: |value| Self::Bool(value);
    u32: |count| Self::Integer(i64::from(count));
    i64: |number| Self::Integer(number);
    Decimal: |decimal| Self::Decimal(decimal);
    &'a Decimal: |decimal| Self::Decimal(*decimal);
    NaiveDate: |date| Self::Date(date);
    Timestamp: |at| Self::Instant(at);
    Elapsed: |length| Self::Duration(length);
}

impl<'a> From<&'a AttributeValue> for FactValue<'a> {
    #[inline(always)]
    fn from(value: &'a AttributeValue) -> Self {
        match value {
            AttributeValue::Bool(value) => Self::Bool(*value),
            AttributeValue::Integer(value) => Self::Integer(*value),
            AttributeValue::Decimal(value) => Self::Decimal(*value),
            AttributeValue::Text(value) => Self::Word(value),
            AttributeValue::Date(value) => Self::Date(*value),
            AttributeValue::Instant(value) => Self::Instant(*value),
            AttributeValue::Duration(value) => Self::Duration(*value),
        }
    }
}

impl<'a, T: Into<FactValue<'a>>> From<Option<T>> for FactValue<'a> {
    #[inline(always)]
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

/// Reads a fact from what it is about.
macro_rules! read {
    (customer: $view:ident, |$of:ident| $read:expr) => {{
        let $of = $view.customer;
        Self::from($read)
    }};
    (profile: $view:ident, |$of:ident| $read:expr) => {
        $view.customer.profile().map_or(Self::Missing, |$of| Self::from($read))
    };
    // Claims put the rep who wants the customer where reclaim has the owner.
    ($owner_or_rep:ident: $view:ident, |$of:ident| $read:expr) => {
        $view.owner.map_or(Self::Missing, |$of| Self::from($read))
    };
}

macro_rules! named_readings {
    ($($(#[$doc:meta])* $variant:ident = $text:literal: $kind:ident, |$of:ident| $read:expr;)*) => {
        #[inline(never)]
        fn of_any(fact: &Fact, view: View<'a>) -> Self {
            match fact {
                $(Fact::$variant => read!($of: view, |$of| $read),)*
                Fact::Attribute(key) => view.customer.attributes().get(key).into(),
                Fact::Score(score) => view.customer.scores().and_then(|scores| scores.get(*score)).into(),
                Fact::RepFigure(key) => view.owner.and_then(|rep| rep.figures().get(key)).into(),
            }
        }
    };
}

impl<'a> FactValue<'a> {
    named_facts!(named_readings);

    #[inline(always)]
    pub(super) fn of(fact: &Fact, view: &View<'a>) -> Self {
        match fact {
            // The commonest, answered in place.
            Fact::Tier => view.customer.tier().into(),
            Fact::Attribute(key) => view.customer.attributes().get(key).into(),
            Fact::Tag => view.customer.tags().into(),
            Fact::Score(score) => view.customer.scores().and_then(|scores| scores.get(*score)).into(),
            other => Self::of_any(other, *view),
        }
    }

    #[inline]
    pub(super) fn is_missing(&self) -> bool {
        match self {
            Self::Missing => true,
            Self::Words(words) | Self::Units(words) => words.is_empty(),
            Self::Needs(needs) => needs.is_empty(),
            _ => false,
        }
    }

    /// The value as people read it; `None` where it is missing.
    pub(super) fn text(&self) -> Option<String> {
        let join = |words: &[Label]| words.iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
        if self.is_missing() {
            return None;
        }
        Some(match self {
            Self::Missing => return None,
            Self::Word(word) => word.to_string(),
            Self::Name(name) => (*name).to_owned(),
            Self::Words(words) | Self::Units(words) => join(words),
            Self::Needs(needs) => needs.iter().map(|need| need.as_str()).collect::<Vec<_>>().join(", "),
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Decimal(value) => value.to_string(),
            Self::Date(value) => value.to_string(),
            Self::Instant(value) => value.to_string(),
            Self::Duration(value) => value.to_string(),
        })
    }
}
