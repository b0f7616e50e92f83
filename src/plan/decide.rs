//! Decides each command, and appends its events.

use super::changes::SideChange;
use super::command::Command;
use super::facts::MissingFact;
use super::outcome::ItemOutcome;
use super::planning::{PlanError, Planning};
use super::record::DecisionRecord;
use super::version::Subject;
use super::wake::is_approved;
use crate::claim::{Acquisition, Draw};
use crate::decision::{Decision, ReasonCode, first_change};
use crate::id::{RepId, TriggerId};
use crate::ledger::{EventData, Origin, PolicyStamp, Review, Versioned, VersionedRep};
use crate::model::{
    Customer, Ledger, LedgerScope, Nomination, Notice, OwnerFacts, Ownership, Place, PoolStay, Rep, Reservation,
};
use crate::moves::{Intent, Move, MoveCase, MoveVerdict, Refusal};
use crate::policy::{Policy, Revised};
use crate::sweep::{Execution, SweepAction, execution, outstanding};
use crate::time::Timestamp;

/// What one decision read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) reps: Vec<(RepId, Option<VersionedRep>)>,
    ledgers: Vec<(Option<Timestamp>, Ledger)>,
}

/// What events are written on: the command, the policy and the rule that decided, the state of the customer, if there
/// was one, and everything else that was read.
pub(super) struct Basis<'a> {
    pub(super) command: &'a Command,
    pub(super) policy: &'a Policy,
    pub(super) rule: Option<TriggerId>,
    pub(super) state: Option<&'a Versioned>,
    pub(super) reading: Reading,
}

/// Why a decision is not made.
pub(super) enum Stop {
    Error(PlanError),
    Outcome(ItemOutcome),
}

impl<E: Into<PlanError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Reading {
    /// Notes a rep as read, and gives what is known of it.
    fn rep(&mut self, planning: &Planning<'_>, id: &RepId) -> Result<VersionedRep, Stop> {
        let known = planning.facts.reps.get(id).ok_or_else(|| MissingFact::Rep(id.clone()))?;
        if self.reps.iter().all(|(read, _)| read != id) {
            self.reps.push((id.clone(), known.clone()));
        }
        known.clone().ok_or_else(|| Stop::Outcome(ItemOutcome::Unknown(Subject::Rep(id.clone()))))
    }

    /// The owner of a customer, who need not be known.
    pub(super) fn owner(
        &mut self,
        planning: &Planning<'_>,
        customer: &Customer,
    ) -> Result<Option<VersionedRep>, PlanError> {
        let Some(id) = customer.ownership().map(Ownership::owner) else { return Ok(None) };
        let owner = planning.owner_of(customer)?.cloned();
        self.reps.push((id.clone(), owner.clone()));
        Ok(owner)
    }

    /// An intent with the facts of the reps whom it names, or all the reps who must be known first.
    fn named(
        &mut self,
        planning: &Planning<'_>,
        intent: &Intent,
        owner: Option<&Rep>,
    ) -> Result<Intent<Option<Rep>>, Stop> {
        let mut intent = intent.clone();
        if let Intent::Depart { manager, .. } = &mut intent {
            *manager = manager.take().or_else(|| owner.and_then(Rep::manager).cloned());
        }
        let mut needs = Vec::new();
        let named = intent.try_map(|id| match self.rep(planning, id) {
            Ok(rep) => Ok(Some(rep.rep().clone())),
            Err(Stop::Error(PlanError::Missing(missing))) => {
                needs.extend(missing);
                Ok(None)
            }
            Err(other) => Err(other),
        })?;
        if needs.is_empty() { Ok(named) } else { Err(Stop::Error(PlanError::Missing(needs))) }
    }

    fn ledgers(
        &mut self,
        planning: &Planning<'_>,
        policy: &Policy,
        read: Vec<(LedgerScope, Option<Timestamp>)>,
    ) -> Result<Vec<Ledger>, PlanError> {
        let (mut ledgers, mut needs) = (Vec::with_capacity(read.len()), Vec::new());
        for (scope, since) in read {
            match planning.facts.ledger(policy, &scope, since) {
                Ok(ledger) => {
                    if self.ledgers.iter().all(|(_, known)| *known.scope() != scope) {
                        self.ledgers.push((since, ledger.clone()));
                    }
                    ledgers.push(ledger);
                }
                Err(need) => needs.push(need),
            }
        }
        if needs.is_empty() { Ok(ledgers) } else { Err(PlanError::Missing(needs)) }
    }
}

impl<'p> Planning<'p> {
    /// Plans one command. Nothing is planned where a fact is missing; after any other error, [`Planning::add`] gives up the
    /// whole plan.
    pub(super) fn run(&mut self, command: &Command) -> Result<ItemOutcome, PlanError> {
        let state = self.state(&command.customer)?.cloned();
        let unknown = || ItemOutcome::Unknown(Subject::Customer(command.customer.clone()));
        let result = match (&command.intent, &state) {
            (Intent::Create { .. } | Intent::Import { .. }, Some(_)) => {
                return Ok(ItemOutcome::refused(Refusal::Exists));
            }
            (Intent::Create { customer, .. } | Intent::Import { customer, .. }, None) => {
                self.moved(command, &command.intent, None, customer)
            }
            (_, None) => return Ok(unknown()),
            (Intent::Wake, Some(state)) => self.woken(command, state),
            (Intent::Reclaim, Some(state)) => self.reclaimed(command, state),
            (_, Some(state)) if self.enters_later(state.customer()) => {
                Ok(ItemOutcome::undetermined(ReasonCode::PoolEntryInFuture))
            }
            (intent, Some(state)) => match self.changed(command, intent, state) {
                Some(result) => result,
                None => self.moved(command, intent, Some(state), state.customer()),
            },
        };
        match result {
            Ok(outcome) | Err(Stop::Outcome(outcome)) => Ok(outcome),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// Whether the customer's entry into its pool lies ahead by more than the clock skew: no command can be judged then.
    fn enters_later(&self, customer: &Customer) -> bool {
        self.planner.revisions().effective_at(self.now).entry_ahead(customer, self.now).is_some()
    }

    /// A command that is a move.
    fn moved(
        &mut self,
        command: &Command,
        intent: &Intent,
        state: Option<&Versioned>,
        customer: &Customer,
    ) -> Result<ItemOutcome, Stop> {
        let mut reading = Reading::default();
        let policy = self.planner.revisions().effective_at(self.now);
        let owner = reading.owner(self, customer)?;
        let owner = owner.as_ref().map(VersionedRep::rep);
        let named = reading.named(self, intent, owner)?;
        // Each is known here.
        let wanted = named.try_map(|rep| rep.as_ref().ok_or(Stop::Outcome(ItemOutcome::AlreadyDone)))?;
        let askers = self.askers(&mut reading, policy, customer)?;
        let mut case = MoveCase::new(customer, wanted)
            .with_askers(&askers)
            .with_bypasses(&command.bypasses)
            .with_exceptions(&command.exceptions);
        if let Some(owner) = owner {
            case = case.with_owner(owner);
        }
        if let Some(pool) = &command.pool {
            case = case.with_pool(pool);
        }
        if let Some(reason) = &command.reason {
            case = case.with_reason(reason);
        }
        if command.note.is_some() {
            case = case.with_note();
        }
        let read = policy.ledgers_read_by_move(&case, self.now);
        let ledgers = reading.ledgers(self, policy, read)?;
        let decision = policy.decide_move(&case.with_ledgers(&ledgers), self.now);
        let planned = match (decision.verdict(), decision.planned()) {
            (MoveVerdict::Moves, Some(planned)) => planned,
            (MoveVerdict::AlreadyDone, _) => return Ok(ItemOutcome::AlreadyDone),
            (MoveVerdict::Undetermined(code), _) => {
                let (rule, retry_at) = (decision.open_rule().cloned(), decision.retry_at());
                return Ok(ItemOutcome::Undetermined { code, rule, retry_at });
            }
            (MoveVerdict::Refused | MoveVerdict::Moves, _) => {
                let (refusals, retry_at) = (decision.refusals().to_vec(), decision.retry_at());
                return Ok(ItemOutcome::Refused { refusals, retry_at });
            }
        };
        self.valid_until(decision.next_change());
        for (scope, version) in decision.preconditions().ledgers() {
            self.read(Subject::Ledger(scope.clone()), *version);
        }
        self.makes(Basis { command, policy, rule: None, state, reading }, planned)
    }

    /// Appends the events of a move.
    fn makes(&mut self, basis: Basis<'_>, planned: &Move) -> Result<ItemOutcome, Stop> {
        let (customer, policy) = (&basis.command.customer, basis.policy);
        let origin = self
            .origin(basis)?
            .with_reason(planned.reason().cloned())
            .with_bypassed(planned.bypassed().iter().cloned())
            .with_exceptions(planned.exceptions().iter().cloned());
        Ok(self.append(customer, policy, planned.at(), planned.events().to_vec(), &origin)?)
    }

    /// Who and by which rules; what was read is noted, and recorded.
    fn origin(&mut self, basis: Basis<'_>) -> Result<Origin, PlanError> {
        let Basis { command, policy, rule, state, reading } = basis;
        for (id, rep) in &reading.reps {
            self.read(Subject::Rep(id.clone()), rep.as_ref().map_or(0, VersionedRep::version));
        }
        let stamp = PolicyStamp::of(policy);
        let mut reps = reading.reps;
        reps.sort_by(|one, other| one.0.cmp(&other.0));
        reps.dedup_by(|one, other| one.0 == other.0);
        let decision = self.record(DecisionRecord {
            command: Command { note: None, ..command.clone() },
            customer: state.cloned(),
            reps,
            ledgers: reading.ledgers,
            policy: stamp.clone(),
            now: self.now,
        })?;
        if let Some(note) = &command.note {
            self.side(SideChange::Written {
                customer: command.customer.clone(),
                digest: note.digest(),
                salt: note.salt().to_owned(),
                text: note.text().to_owned(),
            });
        }
        Ok(Origin::new(command.actor.clone(), command.key.clone(), stamp)
            .with_decision(decision)
            .with_rule(rule)
            .with_note(command.note.as_ref().map(super::command::Note::digest)))
    }

    /// Those who asked for a customer in its lottery, with their ledgers.
    fn askers(
        &self,
        reading: &mut Reading,
        policy: &Policy,
        customer: &Customer,
    ) -> Result<Vec<(Rep, Vec<Ledger>)>, PlanError> {
        let asks = customer.stay().map_or(&[][..], PoolStay::asks);
        let mut askers = Vec::with_capacity(asks.len());
        for ask in asks {
            let rep = match reading.rep(self, ask.rep()) {
                Ok(rep) => rep,
                Err(Stop::Error(error)) => return Err(error),
                // One who is not there may have nothing.
                Err(Stop::Outcome(_)) => VersionedRep::new(Rep::new(ask.rep().clone()).deactivated(), 0, None),
            };
            let read = policy.ledgers_read(Acquisition::Claim, rep.rep(), self.now);
            let ledgers = reading.ledgers(self, policy, read)?;
            askers.push((rep.rep().clone(), ledgers));
        }
        Ok(askers)
    }

    /// The decision about an owned customer, with the owner, noted as read.
    pub(super) fn decided(
        &self,
        customer: &Customer,
    ) -> Result<(Reading, Option<VersionedRep>, Revised<'p>), PlanError> {
        let mut reading = Reading::default();
        let owner = reading.owner(self, customer)?;
        let facts = OwnerFacts::enrolled(owner.as_ref().map(VersionedRep::rep));
        let revised = self.planner.revisions().decide(customer, facts, self.now);
        Ok((reading, owner, revised))
    }

    /// A reclaim that is due, or that named exceptions let pass.
    fn reclaimed(&mut self, command: &Command, state: &Versioned) -> Result<ItemOutcome, Stop> {
        let customer = state.customer();
        let (reading, owner, revised) = self.decided(customer)?;
        let policy = revised.policy;
        self.valid_until(revised.decision.next_change());
        let owner = OwnerFacts::enrolled(owner.as_ref().map(VersionedRep::rep));
        match execution(policy, &revised.decision, customer, owner, &command.exceptions, self.now) {
            Execution::Reclaims(planned) => {
                let rule = rule(policy, &revised.decision);
                self.makes(Basis { command, policy, rule, state: Some(state), reading }, &planned)
            }
            Execution::Refused(_) if is_approved(customer) => {
                let basis = Basis { command, policy, rule: None, state: Some(state), reading };
                self.tells(basis, EventData::ReviewDecided(Review::Withdrawn))
            }
            Execution::Refused(refusals) => {
                let codes = refusals.iter().map(|refusal| refusal.code()).collect();
                // What a hold hides changes no decision: where an exception lets the hold pass, its end is not found here.
                let change = revised.decision.next_change().filter(|_| command.exceptions.is_empty());
                let retry_at = self.reclaims_at(customer, owner, change);
                Ok(ItemOutcome::NotExecuted { codes, retry_at })
            }
        }
    }

    /// The first instant at which a reclaim is executed if nothing else happens, given the first change of the decision.
    fn reclaims_at(
        &self,
        customer: &Customer,
        owner: OwnerFacts<&Rep>,
        change: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let executed = first_change(&false, change, bool::eq, |at| {
            let Revised { policy, decision } = self.planner.revisions().decide(customer, owner, at);
            let execution = execution(policy, &decision, customer, owner, &[], at);
            (matches!(execution, Execution::Reclaims(_)), decision.next_change())
        });
        executed.map(|(at, _)| at)
    }

    /// Appends one event that is no move.
    pub(super) fn tells(&mut self, basis: Basis<'_>, data: EventData) -> Result<ItemOutcome, Stop> {
        let (command, policy) = (basis.command, basis.policy);
        let origin = self.origin(basis)?.with_reason(command.reason.clone());
        Ok(self.append(&command.customer, policy, self.now, vec![data], &origin)?)
    }

    /// Whatever is outstanding by itself.
    fn woken(&mut self, command: &Command, state: &Versioned) -> Result<ItemOutcome, Stop> {
        self.touch(&command.customer);
        let customer = state.customer();
        match customer.place() {
            Place::Owned(_) => self.woken_owned(command, state),
            Place::Pool(stay) => match self.due_in_pool(customer, stay) {
                Some(intent) => self.moved(command, &intent, Some(state), customer),
                None => Ok(ItemOutcome::AlreadyDone),
            },
            Place::Awaiting | Place::Closed(_) => Ok(ItemOutcome::AlreadyDone),
        }
    }

    fn due_in_pool(&self, customer: &Customer, stay: &PoolStay) -> Option<Intent> {
        let policy = self.planner.revisions().effective_at(self.now);
        if stay.reservation().map(Reservation::until).is_some_and(|until| until <= self.now) {
            return Some(Intent::Expire);
        }
        let drawn = !stay.asks().is_empty() && !stay.is_drawn();
        if drawn && !matches!(policy.draw(customer, &[], self.now), Draw::Open { .. } | Draw::NoLottery) {
            return Some(Intent::Draw);
        }
        let (at, _) = policy.escalates_at(customer).ok().flatten()?;
        (at <= self.now).then_some(Intent::Escalate)
    }

    fn woken_owned(&mut self, command: &Command, state: &Versioned) -> Result<ItemOutcome, Stop> {
        let customer = state.customer();
        let (reading, owner, revised) = self.decided(customer)?;
        let (policy, decision) = (revised.policy, &revised.decision);
        self.valid_until(decision.next_change());
        let item = match outstanding(policy, customer, decision) {
            Err(code) => return Ok(ItemOutcome::undetermined(code)),
            Ok(item) => item,
        };
        let Some(item) = item else {
            if is_approved(customer) {
                let basis = Basis { command, policy, rule: None, state: Some(state), reading };
                return self.tells(basis, EventData::ReviewDecided(Review::Withdrawn));
            }
            return Ok(ItemOutcome::AlreadyDone);
        };
        let basis = Basis { command, policy, rule: Some(item.trigger().clone()), state: Some(state), reading };
        let cycle = policy.cycle(customer, decision);
        let data = match (item.action(), cycle) {
            (SweepAction::Warn { key, .. }, _) => EventData::Warned { key: key.clone() },
            (SweepAction::Notice, Some(cycle)) => EventData::NoticeServed(Notice::new(cycle, self.now)),
            (SweepAction::Nominate, Some(cycle)) => EventData::Nominated(Nomination::new(cycle, self.now)),
            _ => {
                let case = MoveCase::new(customer, Intent::Reclaim);
                let case = match &owner {
                    Some(owner) => case.with_owner(owner.rep()),
                    None => case,
                };
                return match policy.reclaim_move(&case, item.pool(), self.now) {
                    Ok(planned) => self.makes(basis, &planned),
                    Err(code) => Ok(ItemOutcome::undetermined(code)),
                };
            }
        };
        self.tells(basis, data)
    }
}

fn rule(policy: &Policy, decision: &Decision) -> Option<TriggerId> {
    decision.trigger().and_then(|trigger| policy.trigger_id(trigger)).cloned()
}
