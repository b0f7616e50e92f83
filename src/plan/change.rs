//! Commands that move nothing: reviews, activities, facts, tiers, collaborators.

use super::command::Command;
use super::decide::{Basis, Reading, Stop};
use super::outcome::ItemOutcome;
use super::planning::Planning;
use super::tier_and_stage;
use crate::decision::ReasonCode;
use crate::ledger::{ChangedFact, EventData, Review, Versioned, VersionedRep};
use crate::model::{Activity, Customer, Folded, Place, Profile, Rep, ReviewState};
use crate::moves::{Intent, Refusal};
use crate::policy::Policy;
use crate::record::{RecordError, Recorder};

fn refused(refusal: Refusal) -> Result<ItemOutcome, Stop> {
    Ok(ItemOutcome::refused(refusal))
}

impl Planning<'_> {
    /// What an intent comes to that is no move; `None` where it is one.
    pub(super) fn changed(
        &mut self,
        command: &Command,
        intent: &Intent,
        state: &Versioned,
    ) -> Option<Result<ItemOutcome, Stop>> {
        let customer = state.customer();
        let owned = customer.ownership();
        let ours = matches!(
            intent,
            Intent::Review(_)
                | Intent::RecordActivity(_)
                | Intent::Refold { .. }
                | Intent::Change(_)
                | Intent::ChangeTier { .. }
                | Intent::ReviewTier
                | Intent::ReviewLifeCycle(_)
                | Intent::AddCollaborator { .. }
                | Intent::RemoveCollaborator { .. }
        );
        if !ours {
            return None;
        }
        if let Place::Closed(cause) = customer.place() {
            return Some(refused(Refusal::Closed { cause: *cause }));
        }
        let policy = self.planner.revisions().effective_at(self.now);
        let data = match intent {
            Intent::Review(review) => return Some(self.reviewed(command, state, *review)),
            Intent::RecordActivity(activity) => {
                let all = core::slice::from_ref(&**activity);
                return Some(self.recorded(command, state, all, false));
            }
            Intent::Refold { activities } => return Some(self.recorded(command, state, activities, true)),
            Intent::Change(fact) if is_so(fact, customer) => return Some(Ok(ItemOutcome::AlreadyDone)),
            Intent::Change(fact) => EventData::AttributeChanged(fact.clone()),
            Intent::ChangeTier { tier, evidence, until } => {
                match tier_and_stage::by_hand(policy, customer, tier.as_ref(), *until, self.now) {
                    Ok(state) => EventData::TierChanged { tier: tier.clone(), state, evidence: *evidence },
                    Err(stop) => return Some(Err(stop)),
                }
            }
            Intent::ReviewTier => match tier_and_stage::tier(policy, customer, self.now) {
                Ok(data) => data,
                Err(stop) => return Some(Err(stop)),
            },
            Intent::ReviewLifeCycle(facts) => match tier_and_stage::life_cycle(policy, customer, facts, self.now) {
                Ok(data) => data,
                Err(stop) => return Some(Err(stop)),
            },
            Intent::AddCollaborator { rep } => match owned {
                None => return Some(refused(Refusal::NotOwned)),
                Some(own) if own.owner() == rep || customer.collaborators().contains(rep) => {
                    return Some(Ok(ItemOutcome::AlreadyDone));
                }
                Some(_) => EventData::CollaboratorAdded { rep: rep.clone() },
            },
            Intent::RemoveCollaborator { rep } => match owned {
                None => return Some(refused(Refusal::NotOwned)),
                Some(_) if !customer.collaborators().contains(rep) => return Some(Ok(ItemOutcome::AlreadyDone)),
                Some(_) => EventData::CollaboratorRemoved { rep: rep.clone() },
            },
            _ => return None,
        };
        let basis = Basis { command, policy, rule: None, state: Some(state), reading: Reading::default() };
        Some(self.tells(basis, data))
    }

    /// A supervisor decides about the nomination of the present cycle.
    fn reviewed(&mut self, command: &Command, state: &Versioned, review: Review) -> Result<ItemOutcome, Stop> {
        let customer = state.customer();
        let (reading, _, revised) = self.decided(customer)?;
        self.valid_until(revised.decision.next_change());
        let cycle = revised.policy.cycle(customer, &revised.decision);
        let open = customer.nomination().filter(|open| Some(open.cycle()) == cycle.as_ref());
        let Some(open) = open else { return refused(Refusal::NoNomination) };
        match (review, open.state()) {
            (Review::Approved, ReviewState::Approved) | (Review::Rejected, ReviewState::Rejected) => {
                return Ok(ItemOutcome::AlreadyDone);
            }
            (Review::Deferred(until), ReviewState::Deferred(known)) if until == known => {
                return Ok(ItemOutcome::AlreadyDone);
            }
            (_, ReviewState::Rejected) => return refused(Refusal::NoNomination),
            (Review::Deferred(at), _) if at <= self.now => return refused(Refusal::TooEarly { at }),
            _ => {}
        }
        let rule = Some(open.cycle().trigger().clone());
        let basis = Basis { command, policy: revised.policy, rule, state: Some(state), reading };
        self.tells(basis, EventData::ReviewDecided(review))
    }

    /// One activity more, or all of them again.
    fn recorded(
        &mut self,
        command: &Command,
        state: &Versioned,
        activities: &[Activity],
        again: bool,
    ) -> Result<ItemOutcome, Stop> {
        let customer = state.customer();
        let (reading, owner, revised) = self.decided(customer)?;
        let owner = owner.as_ref().map(VersionedRep::rep);
        let activity = activities.first().filter(|_| !again).map(|activity| Box::new(activity.clone()));
        let folded = match fold(revised.policy, customer, owner, activities, again) {
            Folding::Changed(folded) => Some(folded),
            Folding::Unchanged => return Ok(ItemOutcome::AlreadyDone),
            Folding::NoClock if again => return refused(Refusal::NotOwned),
            Folding::NoClock => None,
            Folding::Unknown(code) => return Ok(ItemOutcome::undetermined(code)),
        };
        let data = EventData::ActivityRecorded { activity, folded: folded.map(Box::new) };
        self.tells(Basis { command, policy: revised.policy, rule: None, state: Some(state), reading }, data)
    }
}

/// What folding activities comes to.
enum Folding {
    Changed(Folded),
    Unchanged,
    NoClock,
    Unknown(ReasonCode),
}

fn fold(policy: &Policy, customer: &Customer, owner: Option<&Rep>, activities: &[Activity], again: bool) -> Folding {
    let recorder =
        if again { Recorder::empty(policy, customer, owner) } else { Recorder::new(policy, customer, owner) };
    let mut recorder = match recorder {
        Ok(recorder) => recorder,
        Err(RecordError::NotOwned) => return Folding::NoClock,
        Err(RecordError::FoldedElsewhere) => return Folding::Unknown(ReasonCode::FoldedElsewhere),
        Err(RecordError::ClockStartUnknown) => return Folding::Unknown(ReasonCode::OwnershipStartUnknown),
        Err(RecordError::UnknownCalendar) => return Folding::Unknown(ReasonCode::UnknownCalendar),
        Err(RecordError::OwnerMissing | RecordError::OwnerMismatch) => {
            return Folding::Unknown(ReasonCode::OwnerMissing);
        }
    };
    let changed = recorder.record_all(activities);
    if changed || again { Folding::Changed(recorder.finish()) } else { Folding::Unchanged }
}

/// Whether a fact is as it would be changed to.
fn is_so(fact: &ChangedFact, customer: &Customer) -> bool {
    match fact {
        ChangedFact::Attribute { key, value } => customer.attributes().get(key) == value.as_ref(),
        ChangedFact::Personal { .. } => false,
        ChangedFact::Tags(tags) => customer.tags() == tags.as_slice(),
        ChangedFact::LastDeal(at) => customer.last_deal() == Some(*at),
        ChangedFact::LastContractEnd(at) => customer.last_contract_end() == Some(*at),
        ChangedFact::Profile(profile) => customer.profile() == Some(&**profile),
        ChangedFact::Scores(scores) => customer.scores().map_or(scores.is_empty(), |known| *known == **scores),
        ChangedFact::TierState(state) => customer.tier_state() == Some(state),
        ChangedFact::LifeCycle { stage, .. } => customer.profile().and_then(Profile::lifecycle) == Some(*stage),
    }
}
