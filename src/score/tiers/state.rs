//! The tier that a customer holds, and how it goes on.

use serde::Serialize;

use super::{Rule, TierTable};
use crate::condition::{LeafFinding, View};
use crate::id::Label;
use crate::model::Customer;
pub use crate::model::TierState;
use crate::time::{Calendar, Timestamp};

/// Why a customer has its tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TierReason {
    /// It had none, or one that the table does not know.
    First,
    /// It earns a better one.
    Promoted,
    /// It earns the one it has.
    Earned,
    /// It is under a cut and within the band.
    Kept,
    /// It is below the band, and not for long enough.
    Below,
    /// It was below the band for long enough.
    Demoted,
    /// It was given by hand.
    Manual,
}

/// A change of tier with its evidence, ready to become the event `tier_changed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierChange {
    /// The tier so far.
    pub from: Option<Label>,
    /// The tier now.
    pub to: Label,
    /// The instant of the answer.
    pub at: Timestamp,
    /// Why.
    pub reason: TierReason,
    /// The tier that the facts earn.
    pub earned: Label,
    /// What the rules found, from the first down to the one that is earned.
    pub evidence: Vec<LeafFinding>,
}

/// The tier at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierVerdict {
    /// The state to store.
    pub state: TierState,
    /// Why.
    pub reason: TierReason,
    /// The tier that the facts earn.
    pub earned: Label,
    /// The change, if there is one.
    pub change: Option<TierChange>,
    /// The next instant at which the same facts give another state.
    pub next_change: Option<Timestamp>,
}

impl TierTable {
    /// The tier of a customer at `now`, given the one held so far. Asking twice in a period counts it once; a period in
    /// which nobody asked breaks the row.
    ///
    /// `None` where the period of `now` has no end within time.
    #[must_use]
    pub fn judge(
        &self,
        customer: &Customer,
        held: Option<&TierState>,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Option<TierVerdict> {
        let view = View { customer, owner: None };
        let (from, to) = calendar.window(self.window, now)?;
        let earned = self.rules.iter().position(|rule| rule.cut.holds(&view, &mut ()))?;
        let place = held.and_then(|state| self.rules.iter().position(|rule| rule.tier == state.tier));
        let (state, reason, next_change) = match held.zip(place) {
            Some((state, _)) if state.manual && state.manual_until.is_none_or(|until| now < until) => {
                (state.clone(), TierReason::Manual, state.manual_until)
            }
            None => (TierState::new(self.rules.get(earned)?.tier.clone(), now), TierReason::First, None),
            Some(_) if place > Some(earned) => {
                (TierState::new(self.rules.get(earned)?.tier.clone(), now), TierReason::Promoted, None)
            }
            Some((state, place)) => {
                let mut state = TierState { manual: false, manual_until: None, ..state.clone() };
                let kept = |rules: &[Rule]| rules.iter().any(|rule| rule.band.holds(&view, &mut ()));
                if place == earned || kept(self.rules.get(..=place)?) {
                    state.below = 0;
                    // A fall still bars another in its period.
                    (state, if place == earned { TierReason::Earned } else { TierReason::Kept }, None)
                } else {
                    let next = place.checked_add(1)?;
                    self.go_below(state, (from, to), next, now, calendar, |rule| !kept(rule))?
                }
            }
        };
        let earned = self.rules.get(earned)?.tier.clone();
        let so_far = held.map(|state| &state.tier);
        let change = (so_far != Some(&state.tier)).then(|| TierChange {
            from: so_far.cloned(),
            to: state.tier.clone(),
            at: now,
            reason,
            earned: earned.clone(),
            evidence: self.evidence(&view),
        });
        Some(TierVerdict { state, reason, earned, change, next_change })
    }

    /// Counts a period below, and lets the tier fall to that of rule `next` after enough of them.
    fn go_below(
        &self,
        mut state: TierState,
        (from, to): (Timestamp, Timestamp),
        next: usize,
        now: Timestamp,
        calendar: &Calendar,
        falls_on: impl Fn(&[Rule]) -> bool,
    ) -> Option<(TierState, TierReason, Option<Timestamp>)> {
        match state.counted {
            // It counted, fell or recovered in this period already: the next one counts.
            Some(counted) if counted >= from => return Some((state, TierReason::Below, Some(to))),
            Some(counted) if calendar.window(self.window, counted).is_some_and(|(_, end)| end == from) => {
                state.below = state.below.saturating_add(1);
            }
            _ => state.below = 1,
        }
        state.counted = Some(from);
        if state.below < self.periods {
            return Some((state, TierReason::Below, Some(to)));
        }
        let fallen =
            TierState { below: 0, counted: Some(from), ..TierState::new(self.rules.get(next)?.tier.clone(), now) };
        let falls_on = falls_on(self.rules.get(..=next)?);
        Some((fallen, TierReason::Demoted, falls_on.then_some(to)))
    }

    fn evidence(&self, view: &View<'_>) -> Vec<LeafFinding> {
        let mut found = Vec::new();
        for rule in &self.rules {
            if rule.cut.holds(view, &mut found) {
                break;
            }
        }
        found
    }
}
