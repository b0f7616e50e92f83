//! From a row back to a customer.

use super::customers::{CustomerColumns, RowPlace};
use super::facts::customer_facts;
use super::layout::Column;
use super::owners::Owner;
use super::parts::NAMELESS;
use super::reviews::RowReview;
use crate::id::{CustomerId, PoolId, RepId};
use crate::model::{
    ClosedCause, Counters, Customer, OwnerFacts, Ownership, Place, PoolStay, Profile, Protection, Rep, Scores,
};
use crate::time::Timestamp;

/// The value of a row, if there is a column and the row has a value in it.
fn read<C: Column>(column: &Option<C>, row: usize) -> Option<C::Value> {
    column.as_ref()?.read(row)
}

/// Functions that add the facts of a group to what the group names, where it has a builder with the names of the columns.
macro_rules! adders {
    ($($group:ident {
        $($(#[$doc:meta])* $name:ident, $with:ident: $type:ty = $value:expr $(, $fact:ident)?;)*
    })*) => {
        impl CustomerColumns<'_> { $(adder!($group $($name $with)*);)* }
    };
}

macro_rules! adder {
    (ownership $($facts:tt)*) => { adder!(@ with_ownership_facts Ownership $($facts)*); };
    (customer $($facts:tt)*) => { adder!(@ with_customer_facts Customer $($facts)*); };
    (profile $($facts:tt)*) => { adder!(@ with_profile_facts Profile $($facts)*); };
    (@ $adder:ident $type:ident $($name:ident $with:ident)*) => {
        fn $adder(&self, row: usize, mut to: $type) -> $type {
            $(if let Some(value) = read(&self.$name, row) {
                to = to.$with(value);
            })*
            to
        }
    };
    // Put together by hand.
    ($($by_hand:tt)*) => {};
}

customer_facts!(adders);

impl CustomerColumns<'_> {
    /// The customer of a row, as [`Policy::decide`](crate::Policy::decide) takes it: everything that decisions read,
    /// with its number as id where the columns have no ids, and `-` for names that are left out.
    ///
    /// It can be decided about and explained. To record more activities, start from the host's own facts: what a
    /// recorder needs beside the latest ones is not in columns.
    #[must_use]
    pub fn customer(&self, row: usize) -> Option<Customer> {
        if row >= self.rows {
            return None;
        }
        let id = match self.ids.and_then(|ids| ids.get(row)) {
            Some(id) => id.clone(),
            None => CustomerId::from(u64::try_from(row).ok()?),
        };
        let attributes = self.attributes.iter().filter_map(|(key, column)| Some((key.clone(), column.read(row)?)));
        let mut customer = Customer::new(id, self.place_of(row)?)
            .with_attributes(attributes)
            .with_scores(self.scores_of(row)?)
            .with_profile(self.with_profile_facts(row, Profile::new()))
            .with_counters(self.counters_of(row))
            .with_protection(self.protection_of(row))
            .with_past(read(&self.past, row).unwrap_or_default(), read(&self.past_known_from, row));
        customer = RowReview::apply(self.reviews, row, self.with_customer_facts(row, customer));
        let folded = self.folded.as_ref().zip(customer.ownership()).map(|(columns, owned)| columns.of_row(row, owned));
        Some(match folded {
            Some(folded) => customer.with_folded(folded),
            None => customer,
        })
    }

    /// What the host knows of the owner of a row: not given where there is no column of owners, and absent where the
    /// column names none.
    #[must_use]
    pub fn owner(&self, row: usize) -> OwnerFacts<&Rep> {
        match &self.owner {
            Some(column) => column.get(row).map_or(OwnerFacts::Absent, Owner::facts),
            None => OwnerFacts::NotGiven,
        }
    }

    fn place_of(&self, row: usize) -> Option<Place> {
        Some(match self.place.get(row)? {
            RowPlace::Owned => Place::Owned(self.ownership_of(row)?),
            RowPlace::Awaiting => Place::Awaiting,
            RowPlace::Closed => Place::Closed(read(&self.closed, row).unwrap_or(ClosedCause::Invalid)),
            RowPlace::Pool => {
                let pool = read(&self.pool, row).map_or_else(|| PoolId::new(NAMELESS), Ok).ok()?;
                let stay = PoolStay::new(pool, read(&self.pool_since, row).unwrap_or(Timestamp::MIN));
                Place::from(match read(&self.last_owner, row).zip(read(&self.pool_cause, row)) {
                    Some((owner, cause)) => stay.with_last_owner(owner, cause),
                    None => stay,
                })
            }
        })
    }

    fn ownership_of(&self, row: usize) -> Option<Ownership> {
        let owner = self.owner.as_ref().and_then(|column| column.get(row)).map(|owner| owner.id().clone());
        let owner = owner.map_or_else(|| RepId::new(NAMELESS), Ok).ok()?;
        let ownership = match read(&self.start, row) {
            Some(start) => Ownership::new(owner, start),
            None => Ownership::of_unknown_start(owner),
        };
        Some(self.with_ownership_facts(row, ownership))
    }

    fn scores_of(&self, row: usize) -> Option<Scores> {
        let mut known = self.scores.iter().filter_map(|(score, column)| Some((*score, column.read(row)?)));
        known.try_fold(Scores::new(), |scores, (score, value)| scores.with(score, value)).ok()
    }

    fn counters_of(&self, row: usize) -> Counters {
        Counters {
            claimed: read(&self.times_claimed, row).unwrap_or_default(),
            reclaimed: read(&self.times_reclaimed, row).unwrap_or_default(),
            released: read(&self.times_released, row).unwrap_or_default(),
            days_in_pools: read(&self.days_in_pools, row).unwrap_or_default(),
        }
    }

    fn protection_of(&self, row: usize) -> Protection {
        let all = Protection::new().with_pauses(read(&self.pauses, row).unwrap_or_default());
        let all = read(&self.locks, row).into_iter().flatten().fold(all, Protection::with_lock);
        let all = read(&self.holds, row).into_iter().flatten().fold(all, Protection::with_hold);
        let all = read(&self.freezes, row).into_iter().flatten().fold(all, Protection::with_freeze);
        read(&self.extensions, row).into_iter().flatten().fold(all, Protection::with_extension)
    }
}
