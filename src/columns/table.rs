//! From customers to columns.

use std::collections::BTreeMap;

use super::buffers::{Buffer, DecimalBuffer, FlagBuffer, Offsets, WordLists, Words};
use super::customers::{CustomerColumns, RowPlace};
use super::error::{ColumnError, ColumnProblem};
use super::layout::{Coded, date};
use super::parts::{AttributeColumn, Extensions, FoldedColumns, Freezes, Holds, Locks, Owner, Past, Pauses, Unjudged};
use super::reviews::RowReview;
use crate::attribute::{AttributeType, AttributeValue, Elapsed};
use crate::id::{CustomerId, DocumentId, Label, PoolId, RepId};
use crate::model::{
    Activities, Cause, ClosedCause, Customer, Folded, FreezeKind, HoldKind, Lifecycle, Need, OwnerFacts, Ownership,
    Place, Profile, Protection, Rep, Score, Scores, WayIn,
};
use crate::policy::Policy;
use crate::reclaim::{Folder, owner_calendar};

/// Customers copied into columns of their own: for tests, and for hosts that start from rows.
///
/// What no decision reads is left out: the owner's collaborators, the keys of sent warnings, the units of past owners.
#[derive(Clone, Debug, Default)]
pub struct CustomerTable {
    ids: Vec<CustomerId>,
    place: Words<RowPlace>,
    owned: Owned,
    pooled: Pooled,
    words: Described,
    counts: [Buffer<u32>; 4],
    instants: [Buffer<i64>; 3],
    attributes: Vec<(Label, AttributeBuffer)>,
    scores: Vec<(Score, AttributeBuffer)>,
    folded: FoldedBuffers,
    protection: Protecting,
    past: PastBuffers,
    reviews: Vec<RowReview>,
}

#[derive(Clone, Debug, Default)]
struct Owned {
    owner: Buffer<u32>,
    owners: Vec<Owner>,
    known: BTreeMap<RepId, Vec<u32>>,
    start: Buffer<i64>,
    clock_start: Buffer<i64>,
    chain_start: Buffer<i64>,
    number: Buffer<u32>,
    way_in: Words<WayIn>,
    units: WordLists<Label>,
    revision: Words<Label>,
}

#[derive(Clone, Debug, Default)]
struct Pooled {
    pool: Words<PoolId>,
    since: Buffer<i64>,
    cause: Words<Cause>,
    last_owner: Words<RepId>,
    closed: Words<ClosedCause>,
}

#[derive(Clone, Debug, Default)]
struct Described {
    tier: Words<Label>,
    tags: WordLists<Label>,
    lifecycle: Words<Lifecycle>,
    /// Sales stage, intent, region, industry, source.
    labels: [Words<Label>; 5],
    referrer: Words<CustomerId>,
    /// Value, strength, satisfaction, completeness of contact data.
    decimals: [DecimalBuffer; 4],
    do_not_contact: FlagBuffer,
    needs: WordLists<Need>,
    skills: WordLists<Label>,
}

#[derive(Clone, Debug)]
enum AttributeBuffer {
    Bool(FlagBuffer),
    Integer(Buffer<i64>),
    Decimal(DecimalBuffer),
    Text(Words<Label>),
    Date(Buffer<i32>),
    Instant(Buffer<i64>),
    Duration(Buffer<i64>),
}

#[derive(Clone, Debug, Default)]
struct FoldedBuffers {
    digest: u64,
    slots: Vec<Buffer<i64>>,
    offsets: Offsets,
    slot: Buffer<u16>,
    at: Buffer<i64>,
    elsewhere: FlagBuffer,
}

#[derive(Clone, Debug, Default)]
struct Protecting {
    locks: Offsets,
    lock: [Buffer<i64>; 2],
    holds: Offsets,
    hold_kind: Words<HoldKind>,
    hold_live: FlagBuffer,
    hold_until: Buffer<i64>,
    documents: Words<DocumentId>,
    freezes: Offsets,
    freeze_kind: Words<FreezeKind>,
    freeze_until: Buffer<i64>,
    extensions: Offsets,
    extension: [Buffer<i64>; 2],
    pauses: Offsets,
    pause: [Buffer<i64>; 2],
}

#[derive(Clone, Debug, Default)]
struct PastBuffers {
    offsets: Offsets,
    owner: Words<RepId>,
    from: Buffer<i64>,
    to: Buffer<i64>,
    way_in: Words<WayIn>,
    cause: Words<Cause>,
    known_from: Buffer<i64>,
}

impl CustomerTable {
    /// Copies customers, each with what is known of its owner. Single activities are folded under the policy.
    ///
    /// # Errors
    /// A [`ColumnError`] about an attribute whose value is of another type than the policy declares, or than the rows
    /// before have where it declares none; and about decimals that cannot be brought to one scale.
    pub fn new<'c, O: Into<OwnerFacts<&'c Rep>>>(
        policy: &Policy,
        customers: impl IntoIterator<Item = (&'c Customer, O)>,
    ) -> Result<Self, ColumnError> {
        let mut table = Self::default();
        table.folded.digest = policy.rules().fold.digest;
        table.folded.slots = vec![Buffer::default(); policy.rules().fold.slots.len()];
        let declared = policy.draft().attributes().iter();
        table.attributes = declared.map(|(key, kind)| (key.clone(), AttributeBuffer::new(*kind))).collect();
        for (customer, owner) in customers {
            table.push(policy, customer, owner.into())?;
        }
        let names = ["value", "strength", "satisfaction", "contact_completeness"];
        for (name, decimals) in names.into_iter().zip(&mut table.words.decimals) {
            decimals.settle(name)?;
        }
        settle(&mut table.attributes, "attribute")?;
        settle(&mut table.scores, "score")?;
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
        self.place.push(Some(&match customer.place() {
            Place::Owned(_) => RowPlace::Owned,
            Place::Pool(_) => RowPlace::Pool,
            Place::Awaiting => RowPlace::Awaiting,
            Place::Closed(_) => RowPlace::Closed,
        }));
        self.owned.push(customer.ownership(), owner);
        let (notice, nomination) = (customer.notice().cloned(), customer.nomination().cloned());
        if notice.is_some() || nomination.is_some() {
            self.reviews.push(RowReview::new(row, notice, nomination));
        }
        self.pooled.push(customer.place());
        self.words.push(customer);
        let counters = customer.counters();
        let counts = [counters.claimed, counters.reclaimed, counters.released, counters.days_in_pools];
        for (buffer, count) in self.counts.iter_mut().zip(counts) {
            buffer.push(Some(count).filter(|count| *count > 0));
        }
        let instants = [customer.created(), customer.last_contract_end(), customer.last_deal()];
        for (buffer, at) in self.instants.iter_mut().zip(instants) {
            buffer.push_at(at);
        }
        push_values(&mut self.attributes, row, customer.attributes().iter(), "attribute")?;
        let scores = customer.scores().into_iter().flat_map(Scores::iter);
        push_values(&mut self.scores, row, scores, "score")?;
        self.folded.push(policy, customer, owner.known());
        self.protection.push(customer.protection());
        self.past.push(customer);
        Ok(())
    }
}

/// Adds a row's values by their keys; keys that come up for the first time get a buffer.
fn push_values<'v, K: Clone + PartialEq + core::fmt::Display, B: core::borrow::Borrow<K>>(
    buffers: &mut Vec<(K, AttributeBuffer)>,
    row: usize,
    values: impl Iterator<Item = (B, &'v AttributeValue)>,
    named: &str,
) -> Result<(), ColumnError> {
    let values: Vec<(B, &AttributeValue)> = values.collect();
    for (key, value) in &values {
        if buffers.iter().all(|(known, _)| known != key.borrow()) {
            let mut buffer = AttributeBuffer::new(value.kind());
            (0..row).for_each(|_| buffer.push(None));
            buffers.push((key.borrow().clone(), buffer));
        }
    }
    for (key, buffer) in buffers {
        let value = values.iter().find(|(known, _)| known.borrow() == key).map(|(_, value)| *value);
        if let Some(value) = value.filter(|value| value.kind() != buffer.kind()) {
            let problem = ColumnProblem::Type { expected: buffer.kind(), found: value.kind() };
            return Err(ColumnError::new(&format!("{named}.{key}"), Some(row), problem));
        }
        buffer.push(value);
    }
    Ok(())
}

/// Brings the decimals of each key to one scale.
fn settle<K: core::fmt::Display>(buffers: &mut [(K, AttributeBuffer)], named: &str) -> Result<(), ColumnError> {
    for (key, buffer) in buffers {
        if let AttributeBuffer::Decimal(decimals) = buffer {
            decimals.settle(&format!("{named}.{key}"))?;
        }
    }
    Ok(())
}

impl AttributeBuffer {
    fn new(kind: AttributeType) -> Self {
        match kind {
            AttributeType::Bool => Self::Bool(FlagBuffer::default()),
            AttributeType::Integer => Self::Integer(Buffer::default()),
            AttributeType::Decimal => Self::Decimal(DecimalBuffer::default()),
            AttributeType::Text => Self::Text(Words::default()),
            AttributeType::Date => Self::Date(Buffer::default()),
            AttributeType::Instant => Self::Instant(Buffer::default()),
            AttributeType::Duration => Self::Duration(Buffer::default()),
        }
    }

    fn kind(&self) -> AttributeType {
        self.column().kind()
    }

    fn push(&mut self, value: Option<&AttributeValue>) {
        let epoch = date(0).unwrap_or_default();
        match (self, value) {
            (Self::Bool(buffer), Some(AttributeValue::Bool(flag))) => buffer.push(Some(*flag)),
            (Self::Integer(buffer), Some(AttributeValue::Integer(number))) => buffer.push(Some(*number)),
            (Self::Decimal(buffer), Some(AttributeValue::Decimal(decimal))) => buffer.push(Some(*decimal)),
            (Self::Text(buffer), Some(AttributeValue::Text(word))) => buffer.push(Some(word)),
            (Self::Date(buffer), Some(AttributeValue::Date(date))) => {
                buffer.push(i32::try_from(date.signed_duration_since(epoch).num_days()).ok());
            }
            (Self::Instant(buffer), Some(AttributeValue::Instant(at))) => buffer.push_at(Some(*at)),
            (Self::Duration(buffer), Some(AttributeValue::Duration(length))) => {
                buffer.push(Some(Elapsed::as_micros(*length)));
            }
            (Self::Bool(buffer), _) => buffer.push(None),
            (Self::Integer(buffer) | Self::Instant(buffer) | Self::Duration(buffer), _) => buffer.push(None),
            (Self::Decimal(buffer), _) => buffer.push(None),
            (Self::Text(buffer), _) => buffer.push(None),
            (Self::Date(buffer), _) => buffer.push(None),
        }
    }

    fn column(&self) -> AttributeColumn<'_> {
        match self {
            Self::Bool(buffer) => AttributeColumn::Bool(buffer.flags()),
            Self::Integer(buffer) => AttributeColumn::Integer(buffer.values()),
            Self::Decimal(buffer) => AttributeColumn::Decimal(buffer.decimals()),
            Self::Text(buffer) => AttributeColumn::Text(buffer.coded()),
            Self::Date(buffer) => AttributeColumn::Date(buffer.values()),
            Self::Instant(buffer) => AttributeColumn::Instant(buffer.instants()),
            Self::Duration(buffer) => AttributeColumn::Duration(buffer.values()),
        }
    }
}

impl Owned {
    fn push(&mut self, ownership: Option<&Ownership>, owner: OwnerFacts<&Rep>) {
        let code = ownership.map(|ownership| self.code(ownership.owner(), owner));
        self.owner.push(code);
        let start = ownership.and_then(Ownership::start);
        let differing = |at: Option<_>| at.filter(|_| at != start);
        self.start.push_at(start);
        self.clock_start.push_at(differing(ownership.and_then(Ownership::clock_start)));
        self.chain_start.push_at(differing(ownership.and_then(Ownership::chain_start)));
        self.number.push(ownership.map(Ownership::number));
        self.way_in.push(ownership.map(Ownership::way_in).as_ref());
        self.units.push(ownership.map(Ownership::units).unwrap_or_default());
        self.revision.push(ownership.and_then(Ownership::revision));
    }

    fn code(&mut self, id: &RepId, facts: OwnerFacts<&Rep>) -> u32 {
        let known = self.known.entry(id.clone()).or_default();
        let owners = &self.owners;
        let is_same = |code: &&u32| owners.get(**code as usize).is_some_and(|owner| owner.facts() == facts);
        if let Some(code) = known.iter().find(is_same) {
            return *code;
        }
        let code = u32::try_from(self.owners.len()).unwrap_or(u32::MAX);
        known.push(code);
        self.owners.push(Owner::new(id.clone(), facts.map(Clone::clone)));
        code
    }
}

impl Pooled {
    fn push(&mut self, place: &Place) {
        let stay = match place {
            Place::Pool(stay) => Some(stay),
            _ => None,
        };
        self.pool.push(stay.map(|stay| stay.pool()));
        self.since.push_at(stay.map(|stay| stay.since()));
        self.cause.push(stay.and_then(|stay| stay.cause()).as_ref());
        self.last_owner.push(stay.and_then(|stay| stay.last_owner()));
        self.closed.push(match place {
            Place::Closed(cause) => Some(cause),
            _ => None,
        });
    }
}

impl Described {
    fn push(&mut self, customer: &Customer) {
        let profile = customer.profile();
        self.tier.push(customer.tier());
        self.tags.push(customer.tags());
        self.lifecycle.push(profile.and_then(Profile::lifecycle).as_ref());
        let labels = [Profile::sales_stage, Profile::intent, Profile::region, Profile::industry, Profile::source];
        for (buffer, of) in self.labels.iter_mut().zip(labels) {
            buffer.push(profile.and_then(of));
        }
        self.referrer.push(profile.and_then(Profile::referrer));
        let decimals = [Profile::value, Profile::strength, Profile::satisfaction, Profile::contact_completeness];
        for (buffer, of) in self.decimals.iter_mut().zip(decimals) {
            buffer.push(profile.and_then(of));
        }
        self.do_not_contact.push(profile.and_then(Profile::do_not_contact));
        self.needs.push(profile.map(Profile::needs).unwrap_or_default());
        self.skills.push(profile.map(Profile::skills).unwrap_or_default());
    }
}

impl FoldedBuffers {
    fn push(&mut self, policy: &Policy, customer: &Customer, owner: Option<&Rep>) {
        let rules = policy.rules();
        let made;
        let clock_start = customer.ownership().and_then(Ownership::clock_start);
        let folded = match (customer.activities(), customer.ownership().zip(clock_start)) {
            (_, None) => None,
            (Activities::Folded(folded), _) => Some(folded),
            (Activities::Listed(list), Some((ownership, clock_start))) => {
                let mut folded = Folded::empty(rules.fold.digest, Some(clock_start), self.slots.len());
                // Without a calendar there is no decision, whatever was done.
                if let Ok(calendar) = owner_calendar(rules, owner) {
                    Folder::new(rules, customer, ownership, clock_start, calendar).record(&mut folded, list);
                }
                made = folded;
                Some(&made)
            }
        };
        let here = |folded: &&Folded| folded.rules() == rules.fold.digest && folded.clock_start() == clock_start;
        self.elsewhere.push(folded.map(|folded| !here(&folded)).filter(|elsewhere| *elsewhere));
        let folded = folded.filter(here);
        for (i, slot) in self.slots.iter_mut().enumerate() {
            slot.push_at(folded.and_then(|folded| folded.slots().get(i).copied().flatten()));
        }
        let unjudged = folded.map(Folded::unjudged).unwrap_or_default();
        for (slot, at) in unjudged {
            self.slot.push(Some(*slot));
            self.at.push_at(Some(*at));
        }
        self.offsets.push(unjudged.len());
    }

    fn columns(&self) -> FoldedColumns<'_> {
        let mut folded = FoldedColumns {
            digest: self.digest,
            wanted: self.slots.len(),
            slots: self.slots.iter().map(Buffer::instants).collect(),
            unjudged: None,
            elsewhere: None,
        };
        if let Some(lists) = self.offsets.any(Unjudged::new(self.slot.values(), self.at.instants())) {
            folded = folded.with_unjudged(lists);
        }
        match self.elsewhere.any() {
            Some(elsewhere) => folded.with_elsewhere(elsewhere),
            None => folded,
        }
    }
}

impl Protecting {
    fn push(&mut self, protection: Option<&Protection>) {
        let empty = Protection::new();
        let protection = protection.unwrap_or(&empty);
        let [since, until] = &mut self.lock;
        for lock in protection.locks() {
            since.push_at(lock.since());
            until.push_at(lock.until());
        }
        self.locks.push(protection.locks().len());
        for hold in protection.holds() {
            self.hold_kind.push(Some(hold.kind()));
            self.hold_live.push(Some(hold.is_live()));
            self.hold_until.push_at(hold.until());
            self.documents.push(Some(hold.document()));
        }
        self.holds.push(protection.holds().len());
        for freeze in protection.freezes() {
            self.freeze_kind.push(Some(&freeze.kind()));
            self.freeze_until.push_at(freeze.until());
        }
        self.freezes.push(protection.freezes().len());
        let [granted, until] = &mut self.extension;
        for extension in protection.extensions() {
            granted.push_at(extension.granted());
            until.push_at(Some(extension.until()));
        }
        self.extensions.push(protection.extensions().len());
        let [from, to] = &mut self.pause;
        for pause in protection.pauses().given() {
            from.push_at(Some(pause.0));
            to.push_at(Some(pause.1));
        }
        self.pauses.push(protection.pauses().given().len());
    }
}

impl PastBuffers {
    fn push(&mut self, customer: &Customer) {
        for past in customer.past() {
            self.owner.push(Some(past.owner()));
            self.from.push_at(Some(past.from()));
            self.to.push_at(Some(past.to()));
            self.way_in.push(Some(&past.way_in()));
            self.cause.push(Some(&past.cause()));
        }
        self.offsets.push(customer.past().len());
        self.known_from.push_at(customer.past_known_from());
    }
}

/// Adds a column where there is one.
macro_rules! add {
    ($columns:ident: $($with:ident($column:expr);)*) => {
        $(if let Some(column) = $column {
            $columns = $columns.$with(column)?;
        })*
    };
}

impl CustomerTable {
    /// The columns, for the policy under which they were made. Those without a single value are left out.
    ///
    /// # Errors
    /// A [`ColumnError`] where there are more children in one list column than its offsets can count.
    pub fn columns(&self) -> Result<CustomerColumns<'_>, ColumnError> {
        let Self { owned, pooled, words, counts, instants, protection, past, .. } = self;
        let mut columns = CustomerColumns::new(self.place.coded())?.with_ids(&self.ids)?.with_reviews(&self.reviews)?;
        columns = columns.with_folded(self.folded.columns())?;
        for (key, buffer) in &self.attributes {
            columns = columns.with_attribute(key.clone(), buffer.column())?;
        }
        for (score, buffer) in &self.scores {
            columns = columns.with_score(*score, buffer.column())?;
        }
        let owners = owned.owner.any().map(|codes| Coded::new(codes, &owned.owners));
        let [claimed, reclaimed, released, days_in_pools] = counts;
        let [created, last_contract_end, last_deal] = instants;
        let [sales_stage, intent, region, industry, source] = &words.labels;
        let [value, strength, satisfaction, completeness] = &words.decimals;
        add! { columns:
            with_owner(owners);
            with_start(owned.start.any_instant());
            with_clock_start(owned.clock_start.any_instant());
            with_chain_start(owned.chain_start.any_instant());
            with_number(owned.number.any());
            with_way_in(owned.way_in.any());
            with_units(owned.units.any());
            with_revision(owned.revision.any());
            with_pool(pooled.pool.any());
            with_pool_since(pooled.since.any_instant());
            with_pool_cause(pooled.cause.any());
            with_last_owner(pooled.last_owner.any());
            with_closed(pooled.closed.any());
            with_tier(words.tier.any());
            with_tags(words.tags.any());
            with_lifecycle(words.lifecycle.any());
            with_sales_stage(sales_stage.any());
            with_intent(intent.any());
            with_region(region.any());
            with_industry(industry.any());
            with_source(source.any());
            with_referrer(words.referrer.any());
            with_value(value.any());
            with_strength(strength.any());
            with_satisfaction(satisfaction.any());
            with_contact_completeness(completeness.any());
            with_do_not_contact(words.do_not_contact.any());
            with_needs(words.needs.any());
            with_skills(words.skills.any());
            with_created(created.any_instant());
            with_last_contract_end(last_contract_end.any_instant());
            with_last_deal(last_deal.any_instant());
            with_times_claimed(claimed.any());
            with_times_reclaimed(reclaimed.any());
            with_times_released(released.any());
            with_days_in_pools(days_in_pools.any());
            with_past_known_from(past.known_from.any_instant());
        }
        let [lock_since, lock_until] = &protection.lock;
        let [granted, extended] = &protection.extension;
        let [pause_from, pause_to] = &protection.pause;
        let kind = protection.hold_kind.coded();
        let holds = Holds::new(kind, protection.hold_live.flags(), protection.hold_until.instants())
            .with_documents(protection.documents.coded());
        let (from, to) = (past.from.instants(), past.to.instants());
        let ended = Past::new(past.owner.coded(), from, to, past.way_in.coded(), past.cause.coded());
        let freezes = Freezes::new(protection.freeze_kind.coded(), protection.freeze_until.instants());
        add! { columns:
            with_locks(protection.locks.any(Locks::new(lock_since.instants(), lock_until.instants())));
            with_holds(protection.holds.any(holds));
            with_freezes(protection.freezes.any(freezes));
            with_extensions(protection.extensions.any(Extensions::new(granted.instants(), extended.instants())));
            with_pauses(protection.pauses.any(Pauses::new(pause_from.instants(), pause_to.instants())));
            with_past(past.offsets.any(ended));
        }
        Ok(columns)
    }
}
