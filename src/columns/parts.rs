//! Columns with several parts: what protects customers, their past, their activities, their attributes.

use super::error::{ColumnError, ColumnProblem};
use super::layout::{Coded, Column, Decimals, Flags, Instants, Values, check_dates};
use crate::attribute::AttributeType;
use crate::id::{DocumentId, Label, RepId};
use crate::model::{Cause, FreezeKind, HoldKind, OwnerFacts, Rep, WayIn};
use crate::policy::Policy;

/// An owner in the dictionary of owners: who it is, and what the host knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub(super) id: RepId,
    pub(super) facts: OwnerFacts<Rep>,
}

impl Owner {
    /// An owner of whom no facts are given: with neither leave nor a calendar of its own.
    #[must_use]
    pub const fn not_given(id: RepId) -> Self {
        Self { id, facts: OwnerFacts::NotGiven }
    }

    /// An owner who has no row among the reps: unknown, where the policy does not say that rows are optional.
    #[must_use]
    pub const fn absent(id: RepId) -> Self {
        Self { id, facts: OwnerFacts::Absent }
    }

    /// An owner whose row was refused or cannot be read: unknown.
    #[must_use]
    pub const fn unknown(id: RepId) -> Self {
        Self { id, facts: OwnerFacts::Unknown }
    }

    /// An owner of whom this is known, as [`Policy::decide`] takes it; `None` is [`not_given`](Self::not_given).
    #[must_use]
    pub fn new(id: RepId, facts: impl Into<OwnerFacts<Rep>>) -> Self {
        Self { id, facts: facts.into() }
    }

    /// Who it is.
    #[must_use]
    pub const fn id(&self) -> &RepId {
        &self.id
    }

    /// What the host knows of it.
    #[must_use]
    pub const fn facts(&self) -> OwnerFacts<&Rep> {
        self.facts.as_ref()
    }

    /// The rep, if its facts are known.
    #[must_use]
    pub const fn rep(&self) -> Option<&Rep> {
        match &self.facts {
            OwnerFacts::Known(rep) => Some(rep),
            _ => None,
        }
    }
}

impl From<Rep> for Owner {
    fn from(rep: Rep) -> Self {
        Self { id: rep.id().clone(), facts: OwnerFacts::Known(rep) }
    }
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident<'a> { $($field:ident: $type:ty,)* }
        $([$(#[$optional_doc:meta])* $optional:ident, $with:ident: $optional_type:ty])?)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a> {
            $(pub(super) $field: $type,)*
            $(pub(super) $optional: Option<$optional_type>,)?
        }

        impl<'a> $name<'a> {
            /// Of these columns, all of one length.
            #[must_use]
            pub const fn new($($field: $type),*) -> Self {
                Self { $($field,)* $($optional: None,)? }
            }

            $(
                $(#[$optional_doc])*
                #[must_use]
                pub const fn $with(mut self, column: $optional_type) -> Self {
                    self.$optional = Some(column);
                    self
                }
            )?
        }

        impl Column for $name<'_> {
            fn rows(&self) -> usize {
                let all = [$(self.$field.rows()),*];
                all.first().copied().unwrap_or_default()
            }

            fn check(&self, column: &str) -> Result<(), ColumnError> {
                let rows = self.rows();
                $(self.$field.check_as(&format!("{column}.{}", stringify!($field)), rows)?;)*
                $(if let Some(part) = &self.$optional {
                    part.check_as(&format!("{column}.{}", stringify!($optional)), rows)?;
                })?
                Ok(())
            }
        }
    )*};
}

parts! {
    /// Locks: since and until when, as far as that is known.
    Locks<'a> { since: Instants<'a>, until: Instants<'a>, }
    /// Business holds: their kind, whether they are live, and when they end or ended, where that is known.
    Holds<'a> { kind: Coded<'a, HoldKind>, live: Flags<'a>, until: Instants<'a>, }
    [
        /// With the documents' ids, which no decision reads.
        document, with_documents: Coded<'a, DocumentId>
    ]
    /// Freezes: their kind, and when they thaw, where that is fixed.
    Freezes<'a> { kind: Coded<'a, FreezeKind>, until: Instants<'a>, }
    /// Granted extensions: when they were granted, where that is known, and until when they protect.
    Extensions<'a> { granted: Instants<'a>, until: Instants<'a>, }
    /// Pauses: from and up to when.
    Pauses<'a> { from: Instants<'a>, to: Instants<'a>, }
    /// Ownerships that have ended: whose, from and up to when, how each began and why it ended.
    Past<'a> {
        owner: Coded<'a, RepId>, from: Instants<'a>, to: Instants<'a>, way_in: Coded<'a, WayIn>, cause: Coded<'a, Cause>,
    }
    /// Activities that nobody can judge: their slot, and the latest of each.
    Unjudged<'a> { slot: Values<'a, u16>, at: Instants<'a>, }
}

/// A column without a single missing value, for what a child may not lack.
pub(super) fn complete<T>(column: &str, rows: usize, get: impl Fn(usize) -> Option<T>) -> Result<(), ColumnError> {
    match (0..rows).find(|row| get(*row).is_none()) {
        None => Ok(()),
        Some(row) => Err(ColumnError::new(column, Some(row), ColumnProblem::Null)),
    }
}

/// The values of one declared attribute.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum AttributeColumn<'a> {
    /// Bools.
    Bool(Flags<'a>),
    /// Whole numbers.
    Integer(Values<'a, i64>),
    /// Exact decimals.
    Decimal(Decimals<'a>),
    /// Words.
    Text(Coded<'a, Label>),
    /// Civil dates, in days since 1970-01-01.
    Date(Values<'a, i32>),
    /// Instants.
    Instant(Instants<'a>),
    /// Lengths of elapsed time, in microseconds.
    Duration(Values<'a, i64>),
}

impl AttributeColumn<'_> {
    /// The type of its values.
    #[must_use]
    pub const fn kind(&self) -> AttributeType {
        match self {
            Self::Bool(_) => AttributeType::Bool,
            Self::Integer(_) => AttributeType::Integer,
            Self::Decimal(_) => AttributeType::Decimal,
            Self::Text(_) => AttributeType::Text,
            Self::Date(_) => AttributeType::Date,
            Self::Instant(_) => AttributeType::Instant,
            Self::Duration(_) => AttributeType::Duration,
        }
    }

    /// Which of the 64 rows from `row` on have a value.
    pub(super) fn valid(&self, row: usize) -> u64 {
        match self {
            Self::Bool(flags) => flags.word(row).1,
            Self::Integer(values) | Self::Duration(values) => values.valid(row),
            Self::Decimal(decimals) => decimals.units().valid(row),
            Self::Text(coded) => coded.codes().valid(row),
            Self::Date(dates) => dates.valid(row),
            Self::Instant(instants) => instants.0.valid(row),
        }
    }
}

impl Column for AttributeColumn<'_> {
    fn rows(&self) -> usize {
        match self {
            Self::Bool(flags) => flags.rows(),
            Self::Integer(values) | Self::Duration(values) => values.rows(),
            Self::Decimal(decimals) => decimals.rows(),
            Self::Text(coded) => coded.rows(),
            Self::Date(dates) => dates.rows(),
            Self::Instant(instants) => instants.rows(),
        }
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        match self {
            Self::Bool(flags) => flags.check(column),
            Self::Integer(values) | Self::Duration(values) => values.check(column),
            Self::Decimal(decimals) => decimals.check(column),
            Self::Text(coded) => coded.check(column),
            Self::Date(dates) => dates.check(column).and_then(|()| check_dates(dates, column)),
            Self::Instant(instants) => instants.check(column),
        }
    }
}

/// Folded activities: for each of the policy's [slots](Policy::activity_slots) the latest that counts.
#[derive(Clone, Debug)]
pub struct FoldedColumns<'a> {
    /// Names the rules under which they were folded.
    pub(super) digest: u64,
    pub(super) wanted: usize,
    pub(super) slots: Vec<Instants<'a>>,
    pub(super) unjudged: Option<super::layout::Lists<'a, Unjudged<'a>>>,
    pub(super) elsewhere: Option<Flags<'a>>,
}

impl<'a> FoldedColumns<'a> {
    /// Folded under this policy's rules, with one column for each of its slots, in their order. A row without a value
    /// knows of no such activity.
    #[must_use]
    pub fn new(policy: &Policy, slots: impl IntoIterator<Item = Instants<'a>>) -> Self {
        let fold = &policy.rules().fold;
        let slots = slots.into_iter().collect();
        Self { digest: fold.digest, wanted: fold.slots.len(), slots, unjudged: None, elsewhere: None }
    }

    /// With the activities that nobody can judge.
    #[must_use]
    pub fn with_unjudged(mut self, unjudged: super::layout::Lists<'a, Unjudged<'a>>) -> Self {
        self.unjudged = Some(unjudged);
        self
    }

    /// Where a bit is set, the row was folded under other rules or for another ownership, and is *undetermined*
    /// (`facts.folded_elsewhere`).
    #[must_use]
    pub fn with_elsewhere(mut self, elsewhere: Flags<'a>) -> Self {
        self.elsewhere = Some(elsewhere);
        self
    }

    pub(super) fn check(&self, rows: usize) -> Result<(), ColumnError> {
        if self.slots.len() != self.wanted {
            let problem = ColumnProblem::Length { expected: self.wanted, found: self.slots.len() };
            return Err(ColumnError::new("folded", None, problem));
        }
        for (i, slot) in self.slots.iter().enumerate() {
            slot.check_as(&format!("folded.{i}"), rows)?;
        }
        if let Some(unjudged) = &self.unjudged {
            unjudged.check_as("folded.unjudged", rows)?;
            for row in 0..rows {
                for child in unjudged.range(row) {
                    let (slot, at) = (unjudged.children().slot.get(child), unjudged.children().at.get(child));
                    let problem = match slot {
                        Some(slot) if usize::from(slot) >= self.wanted => ColumnProblem::Slot(slot),
                        Some(_) if at.is_some() => continue,
                        _ => ColumnProblem::Null,
                    };
                    return Err(ColumnError::new("folded.unjudged", Some(row), problem));
                }
            }
        }
        self.elsewhere.map_or(Ok(()), |elsewhere| elsewhere.check_as("folded.elsewhere", rows))
    }
}
