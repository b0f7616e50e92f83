//! A plan in the making: commands one after the other, each on what those before it have made.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{Answered, Changes, CustomerChange, LedgerChange, LedgerNote, RepChange, SideChange};
use super::command::Command;
use super::facts::{Facts, MissingFact};
use super::notes::notes;
use super::outcome::{ItemOutcome, Outcome};
use super::planned::{Plan, Planned};
use super::planner::Planner;
use super::record::DecisionRecord;
use super::version::{Subject, Version};
use super::wake::wake;
use crate::decision::earlier;
use crate::digest::{CanonicalError, Digest};
use crate::id::{CommandKey, CustomerId, RepId};
use crate::ledger::{
    Event, EventData, IllegalEvent, IllegalRepEvent, Origin, RepEvent, RepEventData, Verifier, Versioned, VersionedRep,
    evolve, evolve_rep,
};
use crate::model::{Customer, Ledger, LedgerScope, Ownership};
use crate::policy::Policy;
use crate::time::Timestamp;

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Something must be known first: read it, add it to the facts, and plan again.
    #[error("{} facts are missing", .0.len())]
    Missing(Vec<MissingFact>),
    /// A decision does not fit the customer's state as its events leave it: state and events are not of one customer's
    /// life.
    #[error("the decision does not fit the state")]
    Illegal(#[from] IllegalEvent),
    /// A command before could not be planned.
    #[error("a command before could not be planned")]
    Broken,
    /// The same for a rep.
    #[error("the event does not fit the rep")]
    IllegalRep(#[from] IllegalRepEvent),
    /// Something has no canonical form, which nothing of this crate's types gives.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl From<MissingFact> for PlanError {
    fn from(need: MissingFact) -> Self {
        Self::Missing(vec![need])
    }
}

impl<'p> Planner<'p> {
    /// Begins a plan of one or several commands.
    #[must_use]
    pub fn begin(&self, facts: Facts, now: Timestamp) -> Planning<'p> {
        Planning::new(*self, facts, now)
    }

    /// Plans one command.
    ///
    /// # Errors
    /// [`PlanError`], as of [`Planning::add`].
    pub fn plan(&self, command: &Command, facts: Facts, now: Timestamp) -> Result<Planned, PlanError> {
        let mut planning = self.begin(facts, now);
        let outcome = planning.add(command)?;
        let plan = match &outcome {
            ItemOutcome::Applied { .. } => Some(planning.finish(Some(command.answer(outcome.clone())?))?),
            _ => None,
        };
        Ok(Planned { outcome, plan })
    }

    /// What must still be known to plan a command; nothing more, where it can be planned.
    #[must_use]
    pub fn needs(&self, command: &Command, facts: &Facts, now: Timestamp) -> Vec<MissingFact> {
        match self.plan(command, facts.clone(), now) {
            Err(PlanError::Missing(needs)) => needs,
            _ => Vec::new(),
        }
    }
}

impl Command {
    /// What a commit answers with.
    ///
    /// # Errors
    /// [`CanonicalError`], which no command of this crate's types gives.
    pub(crate) fn answer(&self, outcome: ItemOutcome) -> Result<(CommandKey, Digest, Outcome), CanonicalError> {
        Ok((self.key.clone(), self.content()?, Outcome::new([(self.customer.clone(), outcome)])))
    }
}

/// What a plan does to one customer, so far.
#[derive(Clone, Debug, Default)]
struct Pending {
    expected: u64,
    events: Vec<Event>,
}

/// A plan in the making. Commands about several customers become one plan, committed all or nothing.
#[derive(Clone, Debug)]
pub struct Planning<'p> {
    pub(super) planner: Planner<'p>,
    pub(super) facts: Facts,
    pub(super) now: Timestamp,
    customers: BTreeMap<CustomerId, Pending>,
    reps: BTreeMap<RepId, (u64, Vec<RepEvent>)>,
    ledgers: BTreeMap<LedgerScope, Vec<LedgerNote>>,
    read: BTreeMap<Subject, u64>,
    side: Vec<SideChange>,
    records: Vec<DecisionRecord>,
    until: Option<Timestamp>,
    broken: bool,
}

impl<'p> Planning<'p> {
    pub(super) fn new(planner: Planner<'p>, facts: Facts, now: Timestamp) -> Self {
        Self {
            planner,
            facts,
            now,
            customers: BTreeMap::new(),
            reps: BTreeMap::new(),
            ledgers: BTreeMap::new(),
            read: BTreeMap::new(),
            side: Vec::new(),
            records: Vec::new(),
            until: None,
            broken: false,
        }
    }

    /// Plans one more command, on what those before it have made.
    ///
    /// # Errors
    /// [`PlanError::Missing`] where something must be read first: nothing was planned then, learn it and add the command
    /// again. The other errors say that what was given is not of one piece; there is no plan after them.
    pub fn add(&mut self, command: &Command) -> Result<ItemOutcome, PlanError> {
        let outcome = self.run(command);
        self.broken |= matches!(&outcome, Err(error) if !matches!(error, PlanError::Missing(_)));
        outcome
    }

    /// What is known now.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Learns what a command asked for.
    pub fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }

    /// Notes that a version was read; the first one that was read counts.
    pub(super) fn read(&mut self, subject: Subject, version: u64) {
        self.read.entry(subject).or_insert(version);
    }

    /// No plan that holds this answer is valid later than this.
    pub(super) fn valid_until(&mut self, at: Option<Timestamp>) {
        self.until = earlier(self.until, at);
    }

    pub(super) fn record(&mut self, record: DecisionRecord) -> Result<Digest, CanonicalError> {
        let digest = Digest::of(&record)?;
        self.records.push(record);
        Ok(digest)
    }

    pub(super) fn side(&mut self, side: SideChange) {
        self.side.push(side);
    }

    /// The row of this customer in the indexes is to be computed again, whether or not it has events.
    pub(super) fn touch(&mut self, id: &CustomerId) {
        let expected = self.facts.customer(id).map_or(0, Versioned::version);
        self.customers.entry(id.clone()).or_insert_with(|| Pending { expected, events: Vec::new() });
    }

    /// Appends events to a customer's history, each on the state that the one before it gives.
    pub(super) fn append(
        &mut self,
        id: &CustomerId,
        policy: &Policy,
        at: Timestamp,
        data: Vec<EventData>,
        origin: &Origin,
    ) -> Result<ItemOutcome, PlanError> {
        self.touch(id);
        let mut kinds = Vec::with_capacity(data.len());
        for data in data {
            let state = self.facts.customer(id);
            let number = state.map_or(0, Versioned::version).saturating_add(1);
            let before = state.map(Versioned::customer);
            let event = Event::new(id.clone(), number, at, data, origin.clone()).ending(before);
            let event = match state {
                Some(state) => linked(event, state.link(), Event::linked),
                None if self.planner.is_chained() => event.linked(Verifier::of_customer(id).head()),
                None => event,
            };
            let after = evolve(state, &event)?;
            for (scope, note) in notes(self.planner.revisions(), policy, &event, before, after.customer()) {
                if let Some((_, ledger)) = self.facts.ledgers.get_mut(&scope) {
                    let known = core::mem::replace(ledger, Ledger::new(scope.clone()));
                    *ledger = note.applied_to(known);
                }
                self.ledgers.entry(scope).or_default().push(note);
            }
            self.facts.file(after.customer());
            self.facts.learn_customer(id.clone(), Some(after));
            kinds.push(event.kind());
            if let Some(pending) = self.customers.get_mut(id) {
                pending.events.push(event);
            }
        }
        let version = self.facts.customer(id).map_or(0, Versioned::version);
        Ok(ItemOutcome::Applied { version, events: kinds })
    }

    /// Appends an event to a rep's sequence.
    pub(super) fn append_rep(&mut self, id: &RepId, data: RepEventData, origin: &Origin) -> Result<u64, PlanError> {
        let state = self.facts.reps.get(id).cloned().ok_or_else(|| MissingFact::Rep(id.clone()))?;
        let version = state.as_ref().map_or(0, VersionedRep::version);
        let number = version.saturating_add(1);
        let event = RepEvent::new(id.clone(), number, self.now, data, origin.clone());
        let event = match &state {
            Some(state) => linked(event, state.link(), RepEvent::linked),
            None if self.planner.is_chained() => event.linked(Verifier::of_rep(id).head()),
            None => event,
        };
        let after = evolve_rep(state.as_ref(), &event)?;
        self.facts.learn_rep(id.clone(), Some(after));
        self.reps.entry(id.clone()).or_insert_with(|| (version, Vec::new())).1.push(event);
        Ok(number)
    }

    /// The events that were planned, customer by customer.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.customers.values().flat_map(|pending| &pending.events)
    }

    /// What must still be known to finish: the owners of the customers that change.
    #[must_use]
    pub fn lacks(&self) -> Vec<MissingFact> {
        let changed = self.customers.keys().filter_map(|id| self.facts.customer(id));
        let needs: BTreeSet<MissingFact> = changed.filter_map(|state| self.owner_of(state.customer()).err()).collect();
        needs.into_iter().collect()
    }

    /// Plans that the row of this customer in the indexes is computed again, as it is now.
    ///
    /// # Errors
    /// [`PlanError::Missing`] where the customer is not known.
    pub fn reindex(&mut self, id: &CustomerId) -> Result<(), PlanError> {
        if self.state(id)?.is_some() {
            self.touch(id);
        }
        Ok(())
    }

    /// The plan: everything that was planned, in one commit. Without a key it answers no command.
    ///
    /// # Errors
    /// [`PlanError::Missing`] where an owner must be known to say when to look at a customer next;
    /// [`PlanError::Broken`] after an error.
    pub fn finish(mut self, answers: Option<(CommandKey, Digest, Outcome)>) -> Result<Plan, PlanError> {
        let answered = answers.map(|(key, content, outcome)| Answered { key, content, outcome });
        let mut changes = Changes { answered, side: core::mem::take(&mut self.side), ..Changes::default() };
        if self.broken {
            return Err(PlanError::Broken);
        }
        let lacks = self.lacks();
        if !lacks.is_empty() {
            return Err(PlanError::Missing(lacks));
        }
        for (id, pending) in core::mem::take(&mut self.customers) {
            let Some(after) = self.facts.customer(&id).cloned() else { continue };
            let owner = self.owner_of(after.customer())?;
            let wake = wake(self.planner.revisions(), after.customer(), owner, self.now);
            self.read.remove(&Subject::Customer(id));
            changes.customers.push(CustomerChange { expected: pending.expected, after, events: pending.events, wake });
        }
        for (id, (expected, events)) in core::mem::take(&mut self.reps) {
            self.read.remove(&Subject::Rep(id.clone()));
            let Some(Some(after)) = self.facts.reps.get(&id).cloned() else { continue };
            changes.reps.push(RepChange { expected, after, events });
        }
        for (scope, notes) in core::mem::take(&mut self.ledgers) {
            let expected = self.read.remove(&Subject::Ledger(scope.clone()));
            changes.ledgers.push(LedgerChange { scope, expected, notes });
        }
        changes.read = self.read.into_iter().map(|(subject, number)| Version::new(subject, number)).collect();
        changes.records = self.records;
        Ok(Plan::new(changes, self.now, self.until))
    }

    /// The state of a customer, or the need to know it.
    pub(super) fn state(&self, id: &CustomerId) -> Result<Option<&Versioned>, MissingFact> {
        self.facts.customers.get(id).map(Option::as_ref).ok_or_else(|| MissingFact::Customer(id.clone()))
    }

    /// A customer's owner, where it is owned and the owner is known to be there; or the need to know.
    pub(super) fn owner_of(&self, customer: &Customer) -> Result<Option<&VersionedRep>, MissingFact> {
        match customer.ownership().map(Ownership::owner) {
            None => Ok(None),
            Some(owner) => {
                self.facts.reps.get(owner).map(Option::as_ref).ok_or_else(|| MissingFact::Rep(owner.clone()))
            }
        }
    }
}

/// The event with its link, where there is one.
fn linked<E>(event: E, link: Option<Digest>, to: fn(E, Digest) -> E) -> E {
    match link {
        Some(link) => to(event, link),
        None => event,
    }
}
