//! From customers to columns.

use super::attributes::KeyedBuffers;
use super::buffers::{Made, WordBuffer};
use super::customers::{CustomerColumns, RowPlace};
use super::error::ColumnError;
use super::facts::customer_facts;
use super::folded::FoldedBuffers;
use super::kinds::{Coded, Decimals, Flags, Instants};
use super::layout::Values;
use super::lists::Lists;
use super::owners::Owner;
use super::parts::{Extensions, Freezes, Holds, Locks, Past, Pauses};
use super::reviews::RowReview;
use crate::id::{CustomerId, Label, PoolId, RepId};
use crate::model::{
    Cause, ClosedCause, Counters, Customer, Lifecycle, Need, OwnerFacts, Ownership, Place, PoolStay, Profile,
    Protection, Rep, Score, Scores, WayIn,
};
use crate::policy::Policy;
use crate::time::Timestamp;

/// Customers copied into columns of their own: for tests, and for hosts that start from rows.
///
/// What no decision reads is left out: the owner's collaborators, the keys of sent warnings, the units of past owners.
#[derive(Clone, Debug, Default)]
pub struct CustomerTable {
    ids: Vec<CustomerId>,
    place: WordBuffer<RowPlace>,
    facts: FactBuffers<'static>,
    attributes: KeyedBuffers<Label>,
    scores: KeyedBuffers<Score>,
    folded: FoldedBuffers,
    reviews: Vec<RowReview>,
}

impl CustomerTable {
    /// Copies customers, each with what is known of the owner. Single activities are folded under the policy.
    ///
    /// # Errors
    /// A [`ColumnError`] about an attribute whose value is of another type than the policy declares, or than the rows
    /// before have where it declares none; and about decimals that cannot be brought to one scale.
    pub fn new<'c, O: Into<OwnerFacts<&'c Rep>>>(
        policy: &Policy,
        customers: impl IntoIterator<Item = (&'c Customer, O)>,
    ) -> Result<Self, ColumnError> {
        let declared = policy.draft().attributes().iter().map(|(key, kind)| (key.clone(), *kind));
        let mut table = Self {
            attributes: KeyedBuffers::new("attribute", declared),
            scores: KeyedBuffers::new("score", []),
            folded: FoldedBuffers::new(policy),
            ..Self::default()
        };
        for (customer, owner) in customers {
            table.push(policy, customer, owner.into())?;
        }
        table.facts.settle()?;
        table.attributes.settle()?;
        table.scores.settle()?;
        Ok(table)
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    fn push(&mut self, policy: &Policy, customer: &Customer, owner: OwnerFacts<&Rep>) -> Result<(), ColumnError> {
        let row = self.rows();
        self.ids.push(customer.id().clone());
        self.place.push(Some(match customer.place() {
            Place::Owned(_) => RowPlace::Owned,
            Place::Pool(_) => RowPlace::Pool,
            Place::Awaiting => RowPlace::Awaiting,
            Place::Closed(_) => RowPlace::Closed,
        }));
        self.facts.push(customer, owner);
        self.attributes.push(row, customer.attributes().iter())?;
        self.scores.push(row, customer.scores().into_iter().flat_map(Scores::iter))?;
        self.folded.push(policy, customer, owner.known());
        self.reviews.extend(RowReview::of(row, customer));
        Ok(())
    }

    /// The columns, for the policy under which they were made. Those without a single value are left out.
    ///
    /// # Errors
    /// A [`ColumnError`] where there are more children in one list column than its offsets can count.
    pub fn columns(&self) -> Result<CustomerColumns<'_>, ColumnError> {
        let mut columns =
            CustomerColumns::new(Made::of(&self.place))?.with_ids(&self.ids)?.with_reviews(&self.reviews)?;
        columns = self.facts.add_to(columns.with_folded(self.folded.columns())?)?;
        for (key, column) in self.attributes.columns() {
            columns = columns.with_attribute(key.clone(), column)?;
        }
        for (score, column) in self.scores.columns() {
            columns = columns.with_score(*score, column)?;
        }
        Ok(columns)
    }
}

/// What the facts of a customer are read from, by the names of their groups.
struct Source<'c> {
    place: PlaceFacts<'c>,
    ownership: Option<&'c Ownership>,
    customer: &'c Customer,
    profile: &'c Profile,
    counters: Counters,
    protection: &'c Protection,
    history: &'c Customer,
}

#[derive(Clone, Copy)]
struct PlaceFacts<'c> {
    owner: Option<(&'c RepId, OwnerFacts<&'c Rep>)>,
    start: Option<Timestamp>,
    stay: Option<&'c PoolStay>,
    closed: Option<ClosedCause>,
}

/// An instant of the ownership, if it differs from the start.
fn differing(ownership: Option<&Ownership>, of: fn(&Ownership) -> Option<Timestamp>) -> Option<Timestamp> {
    let ownership = ownership?;
    of(ownership).filter(|at| Some(*at) != ownership.start())
}

/// A count of zero says nothing.
fn positive(count: u32) -> Option<u32> {
    Some(count).filter(|count| *count > 0)
}

macro_rules! fact_buffers {
    ($($group:ident {
        $($(#[$doc:meta])* $name:ident, $with:ident: $type:ty = $value:expr $(, $fact:ident)?;)*
    })*) => {
        /// A buffer for each fact.
        #[derive(Clone, Debug, Default)]
        struct FactBuffers<'a> {
            $($($name: <$type as Made<'a>>::Buffer,)*)*
        }

        impl FactBuffers<'static> {
            fn push(&mut self, customer: &Customer, owner: OwnerFacts<&Rep>) {
                let (profile, protection) = (Profile::new(), Protection::new());
                let ownership = customer.ownership();
                let source = Source {
                    place: PlaceFacts {
                        owner: ownership.map(|ownership| (ownership.owner(), owner)),
                        start: ownership.and_then(Ownership::start),
                        stay: customer.stay(),
                        closed: match customer.place() {
                            Place::Closed(cause) => Some(*cause),
                            _ => None,
                        },
                    },
                    ownership,
                    customer,
                    profile: customer.profile().unwrap_or(&profile),
                    counters: customer.counters(),
                    protection: customer.protection().unwrap_or(&protection),
                    history: customer,
                };
                $(
                    let $group = source.$group;
                    $(self.$name.push($value);)*
                )*
            }

            #[expect(clippy::extra_unused_lifetimes, reason = "the types of the list name it")]
            fn settle<'a>(&mut self) -> Result<(), ColumnError> {
                $($(<$type as Made>::settle(&mut self.$name, stringify!($name))?;)*)*
                Ok(())
            }

            fn add_to<'a>(&'a self, mut columns: CustomerColumns<'a>) -> Result<CustomerColumns<'a>, ColumnError> {
                $($(if let Some(column) = Made::any(&self.$name) {
                    columns = columns.$with(column)?;
                })*)*
                Ok(columns)
            }
        }
    };
}

customer_facts!(fact_buffers);
