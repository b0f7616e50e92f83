//! Customers as columns.

use core::ops::Range;

use super::error::{ColumnError, ColumnProblem};
use super::layout::{Coded, Column, Decimals, Flags, Instants, Lists, Values};
use super::parts::{AttributeColumn, Extensions, FoldedColumns, Freezes, Holds, Locks, Owner, Past, Pauses, complete};
use super::reviews::RowReview;
use crate::id::{CustomerId, Label, PoolId, RepId};
use crate::model::{Cause, ClosedCause, Lifecycle, Need, Score, WayIn};

/// Where the customer of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowPlace {
    /// Somebody owns it.
    Owned,
    /// It lies in a pool.
    Pool,
    /// It has not been admitted to a pool yet.
    Awaiting,
    /// It is closed for good.
    Closed,
}

impl RowPlace {
    /// Every kind, in the order of declaration: a dictionary for [`CustomerColumns::new`].
    pub const ALL: &'static [Self] = &[Self::Owned, Self::Pool, Self::Awaiting, Self::Closed];
}

macro_rules! customer_columns {
    ($($(#[$doc:meta])* $name:ident, $with:ident: $type:ty;)*) => {
        /// Customers as borrowed columns: row `i` of every column is about the same customer.
        ///
        /// A column that is left out is a fact that is missing for every row, and a value that is missing is that fact
        /// missing for its row, as in a [`Customer`](crate::model::Customer).
        #[derive(Clone, Debug)]
        pub struct CustomerColumns<'a> {
            pub(super) rows: usize,
            pub(super) place: Coded<'a, RowPlace>,
            pub(super) ids: Option<&'a [CustomerId]>,
            pub(super) attributes: Vec<(Label, AttributeColumn<'a>)>,
            pub(super) scores: Vec<(Score, AttributeColumn<'a>)>,
            pub(super) folded: Option<FoldedColumns<'a>>,
            pub(super) reviews: &'a [RowReview],
            $(pub(super) $name: Option<$type>,)*
        }

        impl<'a> CustomerColumns<'a> {
            /// As many rows as there are places.
            ///
            /// # Errors
            /// A [`ColumnError`] about the column `place`; no row may lack one.
            pub fn new(place: Coded<'a, RowPlace>) -> Result<Self, ColumnError> {
                place.check("place")?;
                complete("place", place.rows(), |row| place.get(row))?;
                let (ids, attributes, scores, folded, reviews) = (None, Vec::new(), Vec::new(), None, &[]);
                Ok(Self { rows: place.rows(), place, ids, attributes, scores, folded, reviews, $($name: None,)* })
            }

            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// A [`ColumnError`] that names the column and the first row that is wrong.
                pub fn $with(mut self, column: $type) -> Result<Self, ColumnError> {
                    column.check_as(stringify!($name), self.rows)?;
                    Checked::check_whole(&column, stringify!($name))?;
                    self.$name = Some(column);
                    Ok(self)
                }
            )*
        }
    };
}

customer_columns! {
    /// With the owners. An owned row without one is decided about as one whose owner is absent.
    owner, with_owner: Coded<'a, Owner>;
    /// With the instants at which ownerships began.
    start, with_start: Instants<'a>;
    /// With the clock starts, where they are not the starts.
    clock_start, with_clock_start: Instants<'a>;
    /// With the starts of the chains of transfers, where they are not the starts.
    chain_start, with_chain_start: Instants<'a>;
    /// With the numbers of the ownerships; 1 where there is none.
    number, with_number: Values<'a, u32>;
    /// With how the ownerships began; by claim where there is none.
    way_in, with_way_in: Coded<'a, WayIn>;
    /// With the owner's units when the ownership began.
    units, with_units: Lists<'a, Coded<'a, Label>>;
    /// With the policy revisions under which the ownerships began.
    revision, with_revision: Coded<'a, Label>;
    /// With the pools in which customers lie.
    pool, with_pool: Coded<'a, PoolId>;
    /// With the instants at which they entered.
    pool_since, with_pool_since: Instants<'a>;
    /// With why they came.
    pool_cause, with_pool_cause: Coded<'a, Cause>;
    /// With who owned them last.
    last_owner, with_last_owner: Coded<'a, RepId>;
    /// With why they are closed; invalid where there is none.
    closed, with_closed: Coded<'a, ClosedCause>;
    /// With the tiers.
    tier, with_tier: Coded<'a, Label>;
    /// With the tags.
    tags, with_tags: Lists<'a, Coded<'a, Label>>;
    /// With the lifecycle stages.
    lifecycle, with_lifecycle: Coded<'a, Lifecycle>;
    /// With the sales stages.
    sales_stage, with_sales_stage: Coded<'a, Label>;
    /// With the purchase intents.
    intent, with_intent: Coded<'a, Label>;
    /// With the regions.
    region, with_region: Coded<'a, Label>;
    /// With the industries.
    industry, with_industry: Coded<'a, Label>;
    /// With the sources.
    source, with_source: Coded<'a, Label>;
    /// With the referrers.
    referrer, with_referrer: Coded<'a, CustomerId>;
    /// With the monetary values.
    value, with_value: Decimals<'a>;
    /// With the strengths of the companies.
    strength, with_strength: Decimals<'a>;
    /// With how satisfied they are.
    satisfaction, with_satisfaction: Decimals<'a>;
    /// With how complete their contact data are.
    contact_completeness, with_contact_completeness: Decimals<'a>;
    /// With whether they must not be contacted.
    do_not_contact, with_do_not_contact: Flags<'a>;
    /// With what they mind most.
    needs, with_needs: Lists<'a, Coded<'a, Need>>;
    /// With the skills they ask for.
    skills, with_skills: Lists<'a, Coded<'a, Label>>;
    /// With when they were created.
    created, with_created: Instants<'a>;
    /// With when their last contracts ended or end.
    last_contract_end, with_last_contract_end: Instants<'a>;
    /// With when their last deals were made.
    last_deal, with_last_deal: Instants<'a>;
    /// With how often they were claimed; never where there is no value.
    times_claimed, with_times_claimed: Values<'a, u32>;
    /// With how often they were reclaimed.
    times_reclaimed, with_times_reclaimed: Values<'a, u32>;
    /// With how often they were released.
    times_released, with_times_released: Values<'a, u32>;
    /// With how many whole days they have lain in pools.
    days_in_pools, with_days_in_pools: Values<'a, u32>;
    /// With their locks.
    locks, with_locks: Lists<'a, Locks<'a>>;
    /// With their business holds.
    holds, with_holds: Lists<'a, Holds<'a>>;
    /// With their freezes.
    freezes, with_freezes: Lists<'a, Freezes<'a>>;
    /// With their granted extensions.
    extensions, with_extensions: Lists<'a, Extensions<'a>>;
    /// With their pauses.
    pauses, with_pauses: Lists<'a, Pauses<'a>>;
    /// With their past ownerships.
    past, with_past: Lists<'a, Past<'a>>;
    /// With since when the past is complete; it is where there is no value.
    past_known_from, with_past_known_from: Instants<'a>;
}

/// What a column may not lack, beyond what every column is held to.
trait Checked {
    fn check_whole(&self, _: &str) -> Result<(), ColumnError> {
        Ok(())
    }
}

impl<T> Checked for Coded<'_, T> {}
impl Checked for Instants<'_> {}
impl Checked for Values<'_, u32> {}
impl Checked for Decimals<'_> {}
impl Checked for Flags<'_> {}

/// Every child of every row has this part.
fn children<T, C>(
    lists: &Lists<'_, C>,
    rows: usize,
    column: &str,
    get: impl Fn(&C, usize) -> Option<T>,
) -> Result<(), ColumnError> {
    for row in 0..rows {
        if lists.range(row).any(|child| get(lists.children(), child).is_none()) {
            return Err(ColumnError::new(column, Some(row), ColumnProblem::Null));
        }
    }
    Ok(())
}

impl Checked for Lists<'_, Locks<'_>> {}

macro_rules! whole {
    ($($type:ty: |$child:ident, $at:ident| $($part:literal = $get:expr),*;)*) => {$(
        impl Checked for Lists<'_, $type> {
            fn check_whole(&self, column: &str) -> Result<(), ColumnError> {
                $(children(self, self.rows(), &format!("{column}{}", $part), |$child, $at| $get)?;)*
                Ok(())
            }
        }
    )*};
}

whole! {
    Coded<'_, Label>: |child, at| "" = child.get(at);
    Coded<'_, Need>: |child, at| "" = child.get(at);
    Holds<'_>: |child, at| ".kind" = child.kind.get(at), ".live" = child.live.get(at);
    Freezes<'_>: |child, at| ".kind" = child.kind.get(at);
    Extensions<'_>: |child, at| ".until" = child.until.get(at);
    Pauses<'_>: |child, at| ".from" = child.from.get(at), ".to" = child.to.get(at);
    Past<'_>: |child, at| ".owner" = child.owner.get(at), ".from" = child.from.get(at), ".to" = child.to.get(at),
        ".way_in" = child.way_in.get(at), ".cause" = child.cause.get(at);
}

impl<'a> CustomerColumns<'a> {
    /// How many rows there are.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// With the customers' ids, which no decision reads.
    ///
    /// # Errors
    /// A [`ColumnError`] where there is not one for each row.
    pub fn with_ids(mut self, ids: &'a [CustomerId]) -> Result<Self, ColumnError> {
        if ids.len() != self.rows {
            let problem = ColumnProblem::Length { expected: self.rows, found: ids.len() };
            return Err(ColumnError::new("ids", None, problem));
        }
        self.ids = Some(ids);
        Ok(self)
    }

    /// With the values of a declared attribute.
    ///
    /// # Errors
    /// A [`ColumnError`] that names the column and the first row that is wrong, or says that the attribute has a column
    /// already.
    pub fn with_attribute(mut self, key: Label, column: AttributeColumn<'a>) -> Result<Self, ColumnError> {
        let name = format!("attribute.{key}");
        column.check_as(&name, self.rows)?;
        if self.attribute(&key).is_some() {
            return Err(ColumnError::new(&name, None, ColumnProblem::Twice));
        }
        self.attributes.push((key, column));
        Ok(self)
    }

    /// With the values of a score.
    ///
    /// # Errors
    /// A [`ColumnError`] that names the column and the first row that is wrong, or says that the column is of another type
    /// than the score, or that the score has a column already.
    pub fn with_score(mut self, score: Score, column: AttributeColumn<'a>) -> Result<Self, ColumnError> {
        let name = format!("score.{score}");
        column.check_as(&name, self.rows)?;
        if column.kind() != score.kind() {
            let problem = ColumnProblem::Type { expected: score.kind(), found: column.kind() };
            return Err(ColumnError::new(&name, None, problem));
        }
        if let AttributeColumn::Integer(values) = &column {
            let outside = |row: &usize| values.get(*row).is_some_and(|value| !score.admits(value));
            if let Some(row) = (0..self.rows).find(outside) {
                let problem = ColumnProblem::Score(values.get(row).unwrap_or_default());
                return Err(ColumnError::new(&name, Some(row), problem));
            }
        }
        if self.score(score).is_some() {
            return Err(ColumnError::new(&name, None, ColumnProblem::Twice));
        }
        self.scores.push((score, column));
        Ok(self)
    }

    /// With folded activities. Without them, no activity is known.
    ///
    /// # Errors
    /// A [`ColumnError`] that names the column and the first row that is wrong.
    pub fn with_folded(mut self, folded: FoldedColumns<'a>) -> Result<Self, ColumnError> {
        folded.check(self.rows)?;
        self.folded = Some(folded);
        Ok(self)
    }

    /// Whether a chain of transfers may have begun before its customer's clock.
    pub(super) const fn has_chains(&self) -> bool {
        self.chain_start.is_some() || self.clock_start.is_some()
    }

    pub(super) fn score(&self, score: Score) -> Option<&AttributeColumn<'a>> {
        self.scores.iter().find(|(known, _)| *known == score).map(|(_, column)| column)
    }

    pub(super) fn attribute(&self, key: &Label) -> Option<&AttributeColumn<'a>> {
        self.attributes.iter().find(|(known, _)| known == key).map(|(_, column)| column)
    }

    /// The rows that are asked for, if they are there and there is as much room for answers.
    pub(super) fn check_rows(&self, rows: &Range<usize>, room: usize) -> Result<(), ColumnError> {
        if rows.start > rows.end || rows.end > self.rows {
            return Err(ColumnError::new("place", Some(rows.start.max(rows.end)), ColumnProblem::Rows(self.rows)));
        }
        let expected = rows.len();
        if room != expected {
            return Err(ColumnError::new("decisions", None, ColumnProblem::Length { expected, found: room }));
        }
        Ok(())
    }
}
