//! Single commands, batches, previews.

use super::attempt::Attempt;
use super::error::Failure;
use super::machine::{Desk, Machine};
use crate::digest::{CanonicalError, Digest};
use crate::id::{CommandKey, CustomerId, RepId};
use crate::ledger::RepEventKind;
use crate::model::Customer;
use crate::plan::{
    Answered, Command, Facts, FirstOutcome, ItemOutcome, MissingFact, Outcome, Plan, PlanError, Planned, Planner,
    Planning, RepCommand, RepPlanned, Subject,
};
use crate::policy::Revisions;
use crate::store::Committed;
use crate::time::Timestamp;

/// How many rows a driver reads at a time where it needs all of a list.
const PAGE: usize = 200;

/// The drivers: each loads, plans and commits. They hold no rule.
///
/// ```
/// use customer_pool::model::{Customer, Rep};
/// use customer_pool::plan::{Command, ItemOutcome, Landing, RepCommand};
/// use customer_pool::policy::Revisions;
/// use customer_pool::service::{Attempt, Driver};
/// use customer_pool::store::MemoryStore;
/// use customer_pool::{Policy, at, id};
///
/// let policy = Policy::from_json(&std::fs::read_to_string("docs/claims-policy.json")?)?;
/// let revisions = Revisions::new([policy])?;
/// let driver = Driver::new(&revisions);
/// let (mut store, now) = (MemoryStore::new(), at!("2026-03-02T15:00:00+08:00"));
///
/// let li = Rep::new(id!("li")).with_units([id!("sales/east")]);
/// let _ = driver.run_rep(&RepCommand::enroll(id!("k0"), li), now).on(&mut store)?;
/// let create = Command::create(id!("k1"), Customer::awaiting(id!("c1")), Landing::Pool(id!("east")));
/// let _ = driver.run(&create, now).on(&mut store)?;
///
/// let claim = Command::claim(id!("k2"), id!("c1"), id!("li"));
/// let first = driver.run(&claim, now).on(&mut store)?;
/// assert!(matches!(first, Attempt::Done(ItemOutcome::Applied { version: 2, .. })));
/// let again = driver.run(&claim, now).on(&mut store)?;
/// assert!(matches!(again, Attempt::Again(ItemOutcome::Applied { version: 2, .. }))); // sent twice, done once
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Driver<'p> {
    pub(super) planner: Planner<'p>,
}

/// Commands that become one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    key: CommandKey,
    commands: Vec<Command>,
    whole: bool,
}

impl Batch {
    /// These commands in this order, each on what those before it have made; what is refused is left out.
    #[must_use]
    pub fn new(key: CommandKey, commands: impl IntoIterator<Item = Command>) -> Self {
        Self { key, commands: commands.into_iter().collect(), whole: false }
    }

    /// All of them or none.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    fn content(&self) -> Result<Digest, CanonicalError> {
        let contents: Vec<Digest> = self.commands.iter().map(Command::content).collect::<Result<_, _>>()?;
        Digest::of(&(contents, self.whole))
    }
}

impl<'p> Driver<'p> {
    /// Under these revisions.
    #[must_use]
    pub const fn new(revisions: &'p Revisions) -> Self {
        Self { planner: Planner::new(revisions) }
    }

    /// With this planner.
    #[must_use]
    pub const fn with_planner(planner: Planner<'p>) -> Self {
        Self { planner }
    }

    /// Carries out one command.
    pub fn run<'a>(&'a self, command: &'a Command, now: Timestamp) -> Machine<'a, Attempt<ItemOutcome>> {
        Machine::new("run", move |desk| async move { self.attempt(&desk, command, now).await })
    }

    pub(super) async fn attempt(
        &self,
        desk: &Desk,
        command: &Command,
        now: Timestamp,
    ) -> Result<Attempt<ItemOutcome>, Failure> {
        let content = command.content().map_err(PlanError::from)?;
        let own = |attempt: Attempt<Outcome>| {
            own(command.key(), attempt.map(|outcome| outcome.into_item(command.customer())))
        };
        if let Some(before) = answered(desk, command.key(), content).await? {
            return own(before);
        }
        let planned = self.planned(desk, command, now).await?;
        match planned.plan {
            Some(plan) => own(committed(desk, &plan).await?),
            None => Ok(Attempt::Done(planned.outcome)),
        }
    }

    /// What a command comes to, with everything read that it needs.
    async fn planned(&self, desk: &Desk, command: &Command, now: Timestamp) -> Result<Planned, Failure> {
        let mut planning = self.planner.begin(Facts::new(), now);
        let outcome = add(desk, &mut planning, command).await?;
        let plan = match &outcome {
            ItemOutcome::Applied { .. } => {
                let answers = command.answer(outcome.clone()).map_err(PlanError::from)?;
                Some(finish(desk, planning, Some(answers)).await?)
            }
            _ => None,
        };
        Ok(Planned { outcome, plan })
    }

    /// Carries out several commands in one commit, under one key.
    pub fn run_batch<'a>(&'a self, batch: &'a Batch, now: Timestamp) -> Machine<'a, Attempt<Outcome>> {
        Machine::new("run_batch", move |desk| async move {
            let content = batch.content().map_err(PlanError::from)?;
            if let Some(before) = answered(&desk, &batch.key, content).await? {
                return Ok(before);
            }
            let mut planning = self.planner.begin(Facts::new(), now);
            let mut items = Vec::with_capacity(batch.commands.len());
            for command in &batch.commands {
                items.push((command.customer().clone(), add(&desk, &mut planning, command).await?));
            }
            let applies = items.iter().any(|(_, item)| matches!(item, ItemOutcome::Applied { .. }));
            if batch.whole && items.iter().any(|(_, item)| !item.is_done()) {
                for (_, item) in items.iter_mut().filter(|(_, item)| item.is_done()) {
                    *item = ItemOutcome::HeldBack;
                }
                return Ok(Attempt::Done(Outcome::new(items)));
            }
            let outcome = Outcome::new(items);
            if !applies {
                return Ok(Attempt::Done(outcome));
            }
            let plan = finish(&desk, planning, Some((batch.key.clone(), content, outcome))).await?;
            committed(&desk, &plan).await
        })
    }

    /// Carries out a command about a rep.
    pub fn run_rep<'a>(
        &'a self,
        command: &'a RepCommand,
        now: Timestamp,
    ) -> Machine<'a, Attempt<ItemOutcome<RepEventKind>>> {
        Machine::new("run_rep", move |desk| async move { self.rep(&desk, command, now).await })
    }

    pub(super) async fn rep(
        &self,
        desk: &Desk,
        command: &RepCommand,
        now: Timestamp,
    ) -> Result<Attempt<ItemOutcome<RepEventKind>>, Failure> {
        let content = command.content().map_err(PlanError::from)?;
        let own = |attempt: Attempt<Outcome>| own(command.key(), attempt.map(Outcome::into_rep));
        if let Some(before) = answered(desk, command.key(), content).await? {
            return own(before);
        }
        let rep = desk.rep(command.rep()).await?;
        let facts = Facts::new().with_rep(command.rep().clone(), rep);
        match self.planner.plan_rep(command, facts, now)? {
            RepPlanned::AlreadyDone => Ok(Attempt::Done(ItemOutcome::AlreadyDone)),
            RepPlanned::Unknown => Ok(Attempt::Done(ItemOutcome::Unknown(Subject::Rep(command.rep().clone())))),
            RepPlanned::Plan(plan) => own(committed(desk, &plan).await?),
        }
    }

    /// What a command would come to, and the plan that [`commit`](Self::commit) then commits. Nothing is written.
    pub fn preview<'a>(&'a self, command: &'a Command, now: Timestamp) -> Machine<'a, Planned> {
        Machine::new("preview", move |desk| async move { self.planned(&desk, command, now).await })
    }

    /// Commits a previewed plan: the very one, by its digest, while its decisions stand. A plan may be that of a batch, so
    /// its outcome is a list.
    pub fn commit<'a>(&'a self, plan: &'a Plan, previewed: Digest, now: Timestamp) -> Machine<'a, Attempt<Outcome>> {
        Machine::new("commit", move |desk| async move {
            if plan.digest().map_err(PlanError::from)? != previewed {
                return Err(Failure::NotPreviewed);
            }
            let Some(Answered { key, content, .. }) = &plan.changes().answered else {
                return Err(Failure::NotPreviewed);
            };
            if let Some(before) = answered(&desk, key, *content).await? {
                return Ok(before);
            }
            if !plan.stands_at(now) {
                return Err(Failure::PreviewOver { until: plan.until().unwrap_or(plan.at()) });
            }
            committed(&desk, plan).await
        })
    }
}

/// The key of a part of a command that becomes several.
pub(super) fn derived(key: &CommandKey, part: &str) -> CommandKey {
    CommandKey::new(&format!("{key}/{part}")).unwrap_or_else(|_| key.clone())
}

/// What a key was answered with before, if it was.
pub(super) async fn answered(
    desk: &Desk,
    key: &CommandKey,
    content: Digest,
) -> Result<Option<Attempt<Outcome>>, Failure> {
    desk.outcome(key).await?.map(|first| again(key, content, first)).transpose()
}

/// The first outcome of a key, if it was this command's.
fn again(key: &CommandKey, content: Digest, first: FirstOutcome) -> Result<Attempt<Outcome>, Failure> {
    if first.content != content {
        return Err(Failure::KeyReused { key: key.clone() });
    }
    Ok(Attempt::Again(first.outcome))
}

/// A command's own part of what its key was answered with. A key without that part was answered for another command.
fn own<T>(key: &CommandKey, attempt: Attempt<Option<T>>) -> Result<Attempt<T>, Failure> {
    match attempt {
        Attempt::Done(Some(part)) => Ok(Attempt::Done(part)),
        Attempt::Again(Some(part)) => Ok(Attempt::Again(part)),
        Attempt::Stale(version) => Ok(Attempt::Stale(version)),
        Attempt::Done(None) | Attempt::Again(None) => Err(Failure::KeyReused { key: key.clone() }),
    }
}

/// Commits a plan that answers a command.
pub(super) async fn committed(desk: &Desk, plan: &Plan) -> Result<Attempt<Outcome>, Failure> {
    let Some(Answered { key, content, outcome }) = &plan.changes().answered else { return Err(Failure::NotPreviewed) };
    match desk.commit(plan.changes()).await? {
        Committed::Applied(_) => Ok(Attempt::Done(outcome.clone())),
        Committed::Stale(version) => Ok(Attempt::Stale(version)),
        Committed::Duplicate(first) => again(key, *content, first),
    }
}

/// Commits a plan that answers no command. Returns whether another writer won; then nothing was written.
pub(super) async fn commit_or_stale(desk: &Desk, planning: Planning<'_>) -> Result<bool, Failure> {
    let plan = finish(desk, planning, None).await?;
    Ok(matches!(desk.commit(plan.changes()).await?, Committed::Stale(_)))
}

/// Plans one more command, reading what it needs.
pub(super) async fn add(desk: &Desk, planning: &mut Planning<'_>, command: &Command) -> Result<ItemOutcome, Failure> {
    loop {
        match planning.add(command) {
            Err(PlanError::Missing(needs)) => learn(desk, planning.facts_mut(), needs).await?,
            outcome => return Ok(outcome?),
        }
    }
}

/// The plan, with the owners known that it needs.
pub(super) async fn finish(
    desk: &Desk,
    mut planning: Planning<'_>,
    answers: Option<(CommandKey, Digest, Outcome)>,
) -> Result<Plan, Failure> {
    let lacks = planning.lacks();
    learn(desk, planning.facts_mut(), lacks).await?;
    Ok(planning.finish(answers)?)
}

pub(super) async fn learn(desk: &Desk, facts: &mut Facts, needs: Vec<MissingFact>) -> Result<(), Failure> {
    for need in needs {
        match need {
            MissingFact::Customer(id) => {
                let known = desk.customer(&id).await?;
                facts.learn_customer(id, known);
            }
            MissingFact::Rep(id) => {
                let known = desk.rep(&id).await?;
                facts.learn_rep(id, known);
            }
            MissingFact::Ledger(scope, since) => {
                let ledger = desk.ledger(&scope, since).await?;
                facts.learn_ledger(ledger, since);
            }
            MissingFact::Book(rep) => {
                let book = book(desk, &rep).await?;
                facts.learn_book(rep, book);
            }
        }
    }
    Ok(())
}

/// Every customer that a rep owns.
async fn book(desk: &Desk, rep: &RepId) -> Result<Vec<Customer>, Failure> {
    let mut book = Vec::new();
    for id in owned(desk, rep).await? {
        book.extend(desk.customer(&id).await?.map(crate::ledger::Versioned::into_customer));
    }
    Ok(book)
}

/// The ids of all of them.
pub(super) async fn owned(desk: &Desk, rep: &RepId) -> Result<Vec<CustomerId>, Failure> {
    let mut all: Vec<CustomerId> = Vec::new();
    loop {
        let after = all.last().cloned();
        let page = desk.owned_by(rep, after.as_ref(), PAGE).await?;
        let more = page.len() == PAGE;
        all.extend(page);
        if !more {
            return Ok(all);
        }
    }
}
