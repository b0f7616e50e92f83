//! The evaluator: one customer, one instant, one answer, and the instant of the next.

use super::judge::without_clock;
use super::plain;
use super::rules::Rules;
use super::sink::Sink;
use super::situation::{Contradiction, PauseRoom, Situation, about, without_owner};
use crate::condition::View;
use crate::decision::{Decision, ReasonCode, Step, Verdict};
use crate::model::{Customer, OwnerFacts, Ownership, Place, Rep};
use crate::time::Timestamp;

/// Decides about one customer.
#[inline(always)]
pub(crate) fn decide(rules: &Rules, customer: &Customer, owner: OwnerFacts<&Rep>, now: Timestamp) -> Decision {
    match owner.view(customer, rules.owners) {
        Ok(view) => decide_seeing(rules, view, now, now.checked_add_micros(rules.skew)),
        Err(_) => decide_without_owner(rules, customer, now, &mut ()),
    }
}

/// Decides about a customer whose owner is known or does not matter. Facts after `horizon` are not seen yet.
#[inline(never)]
fn decide_seeing(rules: &Rules, view: View<'_>, now: Timestamp, horizon: Option<Timestamp>) -> Decision {
    match view.customer.place() {
        Place::Owned(ownership) => plain::decide(rules, &view, ownership, now, horizon)
            .unwrap_or_else(|| decide_in_general(rules, view, ownership, now, None, &mut ())),
        elsewhere => not_owned(elsewhere),
    }
}

/// Decides about one customer in general and tells every step. No due instant is earlier than `floor`.
pub(crate) fn decide_telling<S: Sink>(
    rules: &Rules,
    customer: &Customer,
    owner: OwnerFacts<&Rep>,
    now: Timestamp,
    floor: Option<Timestamp>,
    sink: &mut S,
) -> Decision {
    match (owner.view(customer, rules.owners), customer.place()) {
        (Ok(view), Place::Owned(ownership)) => decide_in_general(rules, view, ownership, now, floor, sink),
        _ => decide_without_owner(rules, customer, now, sink),
    }
}

/// The decision where the owner is unknown: always undetermined, for an owned customer.
#[cold]
#[inline(never)]
fn decide_without_owner<S: Sink>(rules: &Rules, customer: &Customer, now: Timestamp, sink: &mut S) -> Decision {
    match customer.place() {
        Place::Owned(ownership) => {
            let contradiction = without_owner(rules, customer, ownership, now);
            contradicted(rules, View { customer, owner: None }, ownership, contradiction, sink)
        }
        elsewhere => not_owned(elsewhere),
    }
}

/// Whether a hold keeps the customer with its owner at this instant, whatever its clocks say.
pub(crate) fn is_held(rules: &Rules, customer: &Customer, owner: OwnerFacts<&Rep>, at: Timestamp) -> bool {
    let Place::Owned(ownership) = customer.place() else { return false };
    let Ok(view) = owner.view(customer, rules.owners) else { return false };
    let mut room = PauseRoom::default();
    let situation = Situation::new(rules, view, ownership, at, &mut room, &mut ());
    situation.is_ok_and(|situation| situation.holds(at, &mut ()).first.is_some())
}

/// Undetermined at every instant.
pub(crate) fn undetermined(code: ReasonCode) -> Decision {
    without_clock(Verdict::Undetermined(code), code, None)
}

#[inline(always)]
fn not_owned(place: &Place) -> Decision {
    let code = match place {
        Place::Awaiting => ReasonCode::AwaitingAdmission,
        Place::Closed(_) => ReasonCode::Closed,
        Place::Pool(_) | Place::Owned(_) => ReasonCode::InPool,
    };
    without_clock(Verdict::NotOwned, code, None)
}

#[inline(never)]
fn decide_in_general<S: Sink>(
    rules: &Rules,
    view: View<'_>,
    ownership: &Ownership,
    now: Timestamp,
    floor: Option<Timestamp>,
    sink: &mut S,
) -> Decision {
    let mut room = PauseRoom::default();
    let situation = match Situation::new(rules, view, ownership, now, &mut room, sink) {
        Ok(situation) => Situation { floor, ..situation },
        Err(contradiction) => return contradicted(rules, view, ownership, contradiction, sink),
    };
    situation.decide(now, sink)
}

/// The decision where the facts contradict each other or the policy.
fn contradicted<S: Sink>(
    rules: &Rules,
    view: View<'_>,
    ownership: &Ownership,
    Contradiction { code, until }: Contradiction,
    sink: &mut S,
) -> Decision {
    sink.step(|| Step::Contradiction { code, about: about(code, rules, view, ownership) });
    without_clock(Verdict::Undetermined(code), code, until)
}
