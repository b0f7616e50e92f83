//! Tiers and stages of life: what the policy's rules make of a customer, and what was given by hand.

use super::decide::Stop;
use super::outcome::ItemOutcome;
use crate::digest::Digest;
use crate::id::Label;
use crate::ledger::{ChangedFact, EventData};
use crate::model::{Customer, Profile, TierState};
use crate::policy::Policy;
use crate::score::life_cycle::LifeFacts;
use crate::time::Timestamp;

const NOTHING_TO_DO: Stop = Stop::Outcome(ItemOutcome::AlreadyDone);

/// The state of a tier given by hand, where a table would go on from it.
pub(super) fn by_hand(
    policy: &Policy,
    customer: &Customer,
    tier: Option<&Label>,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Box<TierState>>, Stop> {
    let stands = |known: &TierState| known.is_manual() && known.manual_until() == until;
    let state = tier.filter(|_| policy.has_tier_table()).map(|tier| TierState::new(tier.clone(), now).by_hand(until));
    let known = customer.tier_state();
    if customer.tier() == tier && (state.is_none() && known.is_none() || known.is_some_and(stands)) {
        return Err(NOTHING_TO_DO);
    }
    Ok(state.map(Box::new))
}

/// What the tier table makes of a customer.
pub(super) fn tier(policy: &Policy, customer: &Customer, now: Timestamp) -> Result<EventData, Stop> {
    let verdict = policy.judge_tier(customer, now).ok_or(NOTHING_TO_DO)?;
    let verdict = verdict.map_err(|code| Stop::Outcome(ItemOutcome::undetermined(code)))?;
    match verdict.change {
        Some(change) => {
            let evidence = Some(Digest::of(&change)?);
            Ok(EventData::TierChanged { tier: Some(change.to), state: Some(Box::new(verdict.state)), evidence })
        }
        None if customer.tier_state() == Some(&verdict.state) => Err(NOTHING_TO_DO),
        None => Ok(EventData::AttributeChanged(ChangedFact::TierState(Box::new(verdict.state)))),
    }
}

/// What the thresholds of the life cycle make of a customer.
pub(super) fn life_cycle(
    policy: &Policy,
    customer: &Customer,
    facts: &LifeFacts,
    now: Timestamp,
) -> Result<EventData, Stop> {
    let stage = policy.judge_life_cycle(facts, now).ok_or(NOTHING_TO_DO)?;
    let found = stage.map_err(|code| Stop::Outcome(ItemOutcome::undetermined(code)))?;
    let stage = found.stage();
    if customer.profile().and_then(Profile::lifecycle) == Some(stage) {
        return Err(NOTHING_TO_DO);
    }
    Ok(EventData::AttributeChanged(ChangedFact::LifeCycle { stage, evidence: Some(Digest::of(&found)?) }))
}
