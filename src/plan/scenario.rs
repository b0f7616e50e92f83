//! Given, when, then: for a host's own tests of its policy.

use std::collections::BTreeMap;

use super::command::Command;
use super::facts::{Facts, MissingFact};
use super::notes::notes;
use super::outcome::ItemOutcome;
use super::planner::Planner;
use super::planning::PlanError;
use crate::id::{CommandKey, CustomerId, RepId};
use crate::ledger::{Event, EventData, IllegalEvent, Origin, PolicyStamp, Versioned, VersionedRep, evolve};
use crate::model::{Actor, Customer, Ledger, LedgerEntry, LedgerScope, Rep};
use crate::moves::Intent;
use crate::policy::{Policy, Revisions};
use crate::time::Timestamp;
use crate::wire::getters;

/// One customer's life under a policy, told as: given these events and reps, when this is wanted at that instant, then
/// these events follow.
///
/// What is not given is not there: an unknown rep, a ledger without entries but those that the given events make.
///
/// ```
/// use customer_pool::ledger::{EventData, EventKind};
/// use customer_pool::model::{Customer, Rep};
/// use customer_pool::moves::Refusal;
/// use customer_pool::plan::{Intent, Scenario};
/// use customer_pool::{at, id};
/// # let text = std::fs::read_to_string("docs/first-policy.json")?;
/// # let rules = r#"{"moves": {"release": {"reasons": ["no_need"]}},"#;
/// # let text = text.replace(r#"{ "id": "east" }"#, r#"{"id": "east", "members": ["everybody"]}"#);
/// # let policy = customer_pool::Policy::from_json(&text.replacen('{', rules, 1))?;
/// let customer = Customer::pooled(id!("c1"), id!("east"), at!("2026-03-02T07:00:00Z"));
/// let given = Scenario::new(policy, id!("c1"))?
///     .given_rep(Rep::new(id!("li")))
///     .given(at!("2026-03-02T07:00:00Z"), EventData::Created { customer: customer.into() })?;
///
/// let claimed = given.when(at!("2026-03-03T07:00:00Z"), Intent::Claim { by: id!("li") })?;
/// assert_eq!(claimed.kinds(), [EventKind::Claimed]);
/// let release = claimed.when(at!("2026-03-04T07:00:00Z"), Intent::Release { by: id!("li") })?;
/// assert_eq!(release.refusals(), [Refusal::ReasonMissing]);
/// let woken = release.when(at!("2026-03-20T07:00:00Z"), Intent::Wake)?;
/// assert_eq!(woken.kinds(), [EventKind::Reclaimed]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    revisions: Revisions,
    customer: CustomerId,
    state: Option<Versioned>,
    reps: Vec<(RepId, VersionedRep)>,
    ledgers: BTreeMap<LedgerScope, Ledger>,
    others: Vec<Customer>,
    outcome: ItemOutcome,
    events: Vec<Event>,
}

/// Why a scenario cannot be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A given event does not fit what was given before it.
    #[error(transparent)]
    Illegal(#[from] IllegalEvent),
    /// The rules are no list of revisions.
    #[error(transparent)]
    Revisions(#[from] crate::policy::RevisionsError),
    /// Nothing can be planned.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The scenario's own key is no id.
    #[error(transparent)]
    Id(#[from] crate::id::IdError),
}

impl Scenario {
    /// Under this policy, about this customer, of whom nothing is known yet.
    ///
    /// # Errors
    /// [`ScenarioError::Revisions`], which one policy does not give.
    pub fn new(policy: Policy, customer: CustomerId) -> Result<Self, ScenarioError> {
        Ok(Self::under(Revisions::new([policy])?, customer))
    }

    /// Under these revisions of a policy.
    #[must_use]
    pub fn under(revisions: Revisions, customer: CustomerId) -> Self {
        Self {
            revisions,
            customer,
            state: None,
            reps: Vec::new(),
            ledgers: BTreeMap::new(),
            others: Vec::new(),
            outcome: ItemOutcome::AlreadyDone,
            events: Vec::new(),
        }
    }

    /// Given that this rep is known.
    #[must_use]
    pub fn given_rep(mut self, rep: Rep) -> Self {
        self.reps.push((rep.id().clone(), VersionedRep::new(rep, 1, None)));
        self
    }

    /// Given that a ledger has this entry.
    #[must_use]
    pub fn given_entry(mut self, scope: LedgerScope, entry: LedgerEntry) -> Self {
        self.note(scope, |ledger| ledger.with_entries([entry]));
        self
    }

    /// Given that there is this other customer, which counts among what its owner holds.
    #[must_use]
    pub fn given_other(mut self, customer: Customer) -> Self {
        self.others.push(customer);
        self
    }

    /// Given that this has happened to the customer.
    ///
    /// # Errors
    /// [`ScenarioError::Illegal`] where it does not fit what has happened before.
    pub fn given(mut self, at: Timestamp, data: EventData) -> Result<Self, ScenarioError> {
        let number = self.state.as_ref().map_or(0, Versioned::version).saturating_add(1);
        let stamp = PolicyStamp::of(self.revisions.effective_at(at));
        let origin = Origin::new(Actor::System, CommandKey::new("given")?, stamp);
        let before = self.state.as_ref().map(Versioned::customer);
        let event = Event::new(self.customer.clone(), number, at, data, origin).ending(before);
        self.enter(&event)?;
        Ok(self)
    }

    /// When this is wanted, by the system: what follows, with everything given and done so far.
    ///
    /// # Errors
    /// [`ScenarioError::Plan`].
    pub fn when(&self, now: Timestamp, intent: Intent) -> Result<Self, ScenarioError> {
        let key = CommandKey::new("when")?;
        self.when_commanded(now, &Command::new(key, self.customer.clone(), Actor::System, intent))
    }

    /// When this is commanded.
    ///
    /// # Errors
    /// [`ScenarioError::Plan`].
    pub fn when_commanded(&self, now: Timestamp, command: &Command) -> Result<Self, ScenarioError> {
        let planner = Planner::new(&self.revisions).unchained();
        let mut planning = planner.begin(Facts::new(), now);
        let outcome = loop {
            match planning.add(command) {
                Err(PlanError::Missing(needs)) => {
                    for need in needs {
                        self.tell(planning.facts_mut(), need);
                    }
                }
                outcome => break outcome?,
            }
        };
        let mut next = self.clone();
        next.events = planning.events().cloned().collect();
        next.outcome = outcome;
        for event in planning.events().filter(|event| *event.customer() == self.customer) {
            next.enter(event)?;
        }
        Ok(next)
    }

    /// The customer after an event, and what ledgers note of it.
    fn enter(&mut self, event: &Event) -> Result<(), IllegalEvent> {
        let after = evolve(self.state.as_ref(), event)?;
        let policy = self.revisions.effective_at(event.at());
        let before = self.state.as_ref().map(Versioned::customer);
        for (scope, note) in notes(&self.revisions, policy, event, before, after.customer()) {
            self.note(scope, |ledger| note.applied_to(ledger));
        }
        self.state = Some(after);
        Ok(())
    }

    fn note(&mut self, scope: LedgerScope, note: impl FnOnce(Ledger) -> Ledger) {
        let ledger = self.ledger(&scope);
        self.ledgers.insert(scope, note(ledger));
    }

    fn ledger(&self, scope: &LedgerScope) -> Ledger {
        self.ledgers.get(scope).cloned().unwrap_or_else(|| Ledger::new(scope.clone()))
    }

    fn tell(&self, facts: &mut Facts, need: MissingFact) {
        match need {
            MissingFact::Customer(id) => {
                let known = self.state.clone().filter(|_| id == self.customer);
                facts.learn_customer(id, known);
            }
            MissingFact::Rep(id) => {
                let known = self.reps.iter().rev().find(|(known, _)| *known == id).map(|(_, rep)| rep.clone());
                facts.learn_rep(id, known);
            }
            MissingFact::Ledger(scope, since) => facts.learn_ledger(self.ledger(&scope), since),
            MissingFact::Book(rep) => {
                let own = self.state.as_ref().map(Versioned::customer);
                let owns = |customer: &&Customer| customer.ownership().is_some_and(|owned| *owned.owner() == rep);
                let book: Vec<Customer> = self.others.iter().chain(own).filter(owns).cloned().collect();
                facts.learn_book(rep, book);
            }
        }
    }

    getters! {
        /// Then: what it came to.
        outcome: &ItemOutcome,
        /// Then: the events that follow.
        events: &[Event],
    }

    /// Then: their kinds.
    #[must_use]
    pub fn kinds(&self) -> Vec<crate::ledger::EventKind> {
        self.events.iter().map(Event::kind).collect()
    }

    /// Then: why it was refused; nothing where it was not.
    #[must_use]
    pub fn refusals(&self) -> &[crate::moves::Refusal] {
        match &self.outcome {
            ItemOutcome::Refused { refusals, .. } => refusals,
            _ => &[],
        }
    }

    /// Then: the customer.
    #[must_use]
    pub fn customer(&self) -> Option<&Customer> {
        self.state.as_ref().map(Versioned::customer)
    }
}
