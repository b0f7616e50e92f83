//! What is recorded of notices and reviews.

use customer_pool::Policy;
use customer_pool::model::{Customer, Cycle, Nomination, Notice, Rep, ReviewState};
use customer_pool::time::Timestamp;

use super::moments::Moments;
use super::tape::Tape;

/// With a notice and a nomination, most of them of a cycle that is still the present one.
pub(super) fn recorded(
    tape: &mut Tape,
    moments: &Moments,
    policy: &Policy,
    mut customer: Customer,
    owner: Option<&Rep>,
    about: Timestamp,
) -> Option<Customer> {
    let decision = policy.decide(&customer, owner, about);
    let Some(cycle) = policy.cycle(&customer, &decision) else { return Some(customer) };
    if tape.percent(75) {
        let of = one_of(tape, &cycle)?;
        customer = customer.with_notice(Notice::new(of, moments.near(tape, 60)?));
    }
    if tape.percent(85) {
        let until = moments.near(tape, 60)?;
        let state = tape.pick(&[
            ReviewState::Nominated,
            ReviewState::Nominated,
            ReviewState::Approved,
            ReviewState::Rejected,
            ReviewState::Deferred(until),
            ReviewState::Deferred(until),
            ReviewState::Deferred(until),
        ])?;
        let of = one_of(tape, &cycle)?;
        customer = customer.with_nomination(Nomination::new(of, moments.near(tape, 60)?).with_state(state));
    }
    Some(customer)
}

/// The cycle, or now and then one that differs in one part.
fn one_of(tape: &mut Tape, cycle: &Cycle) -> Option<Cycle> {
    let (mut customer, mut ownership) = (cycle.customer().clone(), cycle.ownership());
    let (mut trigger, mut due) = (cycle.trigger().clone(), cycle.due());
    match tape.below(24) {
        20 => customer = "another".parse().ok()?,
        21 => ownership = ownership.saturating_add(1),
        22 => trigger = "another".parse().ok()?,
        23 => due = due.checked_add_micros(1).unwrap_or(due),
        _ => {}
    }
    Some(Cycle::new(customer, ownership, trigger, due))
}

/// When a deferral ends.
pub(super) fn deferred_until(customer: &Customer) -> Option<Timestamp> {
    match customer.nomination().map(Nomination::state) {
        Some(ReviewState::Deferred(until)) => Some(until),
        _ => None,
    }
}
