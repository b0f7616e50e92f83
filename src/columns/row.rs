//! From a row back to a customer.

use super::customers::{CustomerColumns, RowPlace};
use super::layout::{Coded, Lists, date};
use super::parts::{AttributeColumn, Owner};
use crate::attribute::{AttributeValue, Elapsed};
use crate::id::{CustomerId, DocumentId, Label, PoolId, RepId};
use crate::model::{
    BusinessHold, ClosedCause, Counters, Customer, Extension, Folded, Freeze, Lock, OwnerFacts, Ownership,
    PastOwnership, Place, PoolStay, Profile, Protection, Rep, Scores,
};
use crate::time::Timestamp;

/// Names what has no name: never read by a decision.
const NAMELESS: &str = "-";

fn words<T: Clone>(lists: Option<&Lists<'_, Coded<'_, T>>>, row: usize) -> Vec<T> {
    let Some(lists) = lists else { return Vec::new() };
    lists.range(row).filter_map(|child| lists.children().get(child).cloned()).collect()
}

fn word<T: Clone>(column: Option<&Coded<'_, T>>, row: usize) -> Option<T> {
    column.and_then(|column| column.get(row)).cloned()
}

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
        let mut customer = Customer::new(id, self.place_of(row)?)
            .with_tags(words(self.tags.as_ref(), row))
            .with_attributes(
                self.attributes.iter().filter_map(|(key, column)| Some((key.clone(), value(column, row)?))),
            )
            .with_scores(self.scores_of(row)?)
            .with_profile(self.profile_of(row))
            .with_counters(self.counters_of(row))
            .with_protection(self.protection_of(row)?);
        customer = self.reviewed(row, customer);
        if let Some(tier) = word(self.tier.as_ref(), row) {
            customer = customer.with_tier(tier);
        }
        let instants = [
            (&self.created, Customer::with_created as fn(Customer, Timestamp) -> Customer),
            (&self.last_contract_end, Customer::with_last_contract_end),
            (&self.last_deal, Customer::with_last_deal),
        ];
        for (column, with) in instants {
            if let Some(at) = column.and_then(|column| column.get(row)) {
                customer = with(customer, at);
            }
        }
        let known_from = self.past_known_from.and_then(|column| column.get(row));
        customer = customer.with_past(self.past_of(row)?, known_from);
        Some(match self.folded_of(row, customer.ownership()) {
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
            RowPlace::Closed => Place::Closed(word(self.closed.as_ref(), row).unwrap_or(ClosedCause::Invalid)),
            RowPlace::Pool => {
                let pool = word(self.pool.as_ref(), row).map_or_else(|| PoolId::new(NAMELESS), Ok).ok()?;
                let since = self.pool_since.and_then(|column| column.get(row)).unwrap_or(Timestamp::MIN);
                let stay = PoolStay::new(pool, since);
                let last = word(self.last_owner.as_ref(), row).zip(word(self.pool_cause.as_ref(), row));
                Place::Pool(match last {
                    Some((owner, cause)) => stay.with_last_owner(owner, cause),
                    None => stay,
                })
            }
        })
    }

    fn ownership_of(&self, row: usize) -> Option<Ownership> {
        let owner = self.owner.as_ref().and_then(|column| column.get(row)).map(|owner| owner.id().clone());
        let owner = owner.map_or_else(|| RepId::new(NAMELESS), Ok).ok()?;
        let start = self.start.and_then(|column| column.get(row));
        let mut ownership = match start {
            Some(start) => Ownership::new(owner, start),
            None => Ownership::of_unknown_start(owner),
        };
        if let Some(at) = self.clock_start.and_then(|column| column.get(row)) {
            ownership = ownership.with_clock_start(at);
        }
        if let Some(at) = self.chain_start.and_then(|column| column.get(row)) {
            ownership = ownership.with_chain_start(at);
        }
        if let Some(number) = self.number.and_then(|column| column.get(row)) {
            ownership = ownership.with_number(number);
        }
        if let Some(way_in) = word(self.way_in.as_ref(), row) {
            ownership = ownership.with_way_in(way_in);
        }
        if let Some(revision) = word(self.revision.as_ref(), row) {
            ownership = ownership.with_revision(revision);
        }
        Some(ownership.with_units(words(self.units.as_ref(), row)))
    }

    fn scores_of(&self, row: usize) -> Option<Scores> {
        let known = self.scores.iter().filter_map(|(score, column)| Some((*score, value(column, row)?)));
        known.into_iter().try_fold(Scores::new(), |scores, (score, value)| scores.with(score, value)).ok()
    }

    fn profile_of(&self, row: usize) -> Profile {
        let mut profile =
            Profile::new().with_needs(words(self.needs.as_ref(), row)).with_skills(words(self.skills.as_ref(), row));
        let labels = [
            (&self.sales_stage, Profile::with_sales_stage as fn(Profile, Label) -> Profile),
            (&self.intent, Profile::with_intent),
            (&self.region, Profile::with_region),
            (&self.industry, Profile::with_industry),
            (&self.source, Profile::with_source),
        ];
        for (column, with) in labels {
            if let Some(label) = word(column.as_ref(), row) {
                profile = with(profile, label);
            }
        }
        let decimals = [
            (&self.value, Profile::with_value as fn(Profile, rust_decimal::Decimal) -> Profile),
            (&self.strength, Profile::with_strength),
            (&self.satisfaction, Profile::with_satisfaction),
            (&self.contact_completeness, Profile::with_contact_completeness),
        ];
        for (column, with) in decimals {
            if let Some(decimal) = column.and_then(|column| column.get(row)) {
                profile = with(profile, decimal);
            }
        }
        if let Some(stage) = word(self.lifecycle.as_ref(), row) {
            profile = profile.with_lifecycle(stage);
        }
        if let Some(referrer) = word(self.referrer.as_ref(), row) {
            profile = profile.with_referrer(referrer);
        }
        match self.do_not_contact.and_then(|column| column.get(row)) {
            Some(flag) => profile.with_do_not_contact(flag),
            None => profile,
        }
    }

    fn counters_of(&self, row: usize) -> Counters {
        let count = |column: &Option<super::layout::Values<'_, u32>>| {
            column.and_then(|column| column.get(row)).unwrap_or_default()
        };
        Counters {
            claimed: count(&self.times_claimed),
            reclaimed: count(&self.times_reclaimed),
            released: count(&self.times_released),
            days_in_pools: count(&self.days_in_pools),
        }
    }

    fn protection_of(&self, row: usize) -> Option<Protection> {
        let mut protection = Protection::new();
        if let Some(lists) = &self.locks {
            for child in lists.range(row) {
                let locks = lists.children();
                protection = protection.with_lock(Lock::new(locks.since.get(child), locks.until.get(child)));
            }
        }
        if let Some(lists) = &self.holds {
            for child in lists.range(row) {
                let holds = lists.children();
                let document =
                    word(holds.document.as_ref(), child).map_or_else(|| DocumentId::new(NAMELESS), Ok).ok()?;
                let (kind, until) = (holds.kind.get(child)?.clone(), holds.until.get(child));
                protection = protection.with_hold(if holds.live.get(child)? {
                    BusinessHold::live(kind, document, until)
                } else {
                    BusinessHold::not_live(kind, document, until)
                });
            }
        }
        if let Some(lists) = &self.freezes {
            for child in lists.range(row) {
                let freezes = lists.children();
                protection = protection.with_freeze(Freeze::new(*freezes.kind.get(child)?, freezes.until.get(child)));
            }
        }
        if let Some(lists) = &self.extensions {
            for child in lists.range(row) {
                let extensions = lists.children();
                let extension = Extension::new(extensions.granted.get(child), extensions.until.get(child)?);
                protection = protection.with_extension(extension);
            }
        }
        if let Some(lists) = &self.pauses {
            let pauses = lists.children();
            let pauses = lists.range(row).filter_map(|child| Some((pauses.from.get(child)?, pauses.to.get(child)?)));
            protection = protection.with_pauses(pauses);
        }
        Some(protection)
    }

    fn past_of(&self, row: usize) -> Option<Vec<PastOwnership>> {
        let Some(lists) = &self.past else { return Some(Vec::new()) };
        let past = lists.children();
        lists
            .range(row)
            .map(|child| {
                let (owner, from, to) = (past.owner.get(child)?.clone(), past.from.get(child)?, past.to.get(child)?);
                Some(PastOwnership::new(owner, from, to, *past.way_in.get(child)?, *past.cause.get(child)?))
            })
            .collect()
    }

    fn folded_of(&self, row: usize, ownership: Option<&Ownership>) -> Option<Folded> {
        let columns = self.folded.as_ref()?;
        let elsewhere = columns.elsewhere.and_then(|column| column.get(row)) == Some(true);
        // Any other number says that the rules were others.
        let digest = if elsewhere { !columns.digest } else { columns.digest };
        let mut folded = Folded::empty(digest, ownership?.clock_start(), columns.slots.len());
        for (slot, column) in folded.slots_mut().iter_mut().zip(&columns.slots) {
            *slot = column.get(row);
        }
        if let Some(lists) = &columns.unjudged {
            let unjudged = lists.children();
            let of_row =
                lists.range(row).filter_map(|child| Some((unjudged.slot.get(child)?, unjudged.at.get(child)?)));
            folded.set_unjudged(of_row.collect());
        }
        Some(folded)
    }
}

fn value(column: &AttributeColumn<'_>, row: usize) -> Option<AttributeValue> {
    Some(match column {
        AttributeColumn::Bool(flags) => AttributeValue::Bool(flags.get(row)?),
        AttributeColumn::Integer(values) => AttributeValue::Integer(values.get(row)?),
        AttributeColumn::Decimal(decimals) => AttributeValue::Decimal(decimals.get(row)?),
        AttributeColumn::Text(words) => AttributeValue::Text(words.get(row)?.clone()),
        AttributeColumn::Date(dates) => AttributeValue::Date(date(dates.get(row)?)?),
        AttributeColumn::Instant(instants) => AttributeValue::Instant(instants.get(row)?),
        AttributeColumn::Duration(values) => AttributeValue::Duration(Elapsed::from_micros(values.get(row)?)),
    })
}
