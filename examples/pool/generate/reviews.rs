//! What the team has done about customers that are due: notices served, nominations under review.

use customer_pool::decision::Action;
use customer_pool::model::{Customer, Nomination, Notice, Rep, ReviewState};
use customer_pool::{Policy, Verdict};

use super::now;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Records notices and nominations; in turn, so that everything occurs in every sample that has enough who are due.
pub fn record(policy: &Policy, reps: &[Rep], customers: Vec<Customer>) -> Vec<Customer> {
    let (mut notices, mut reviews) = (0, 0);
    let step = |count: &mut u32, of: u32| {
        *count += 1;
        *count % of
    };
    let record = |customer: Customer| {
        let owner = customer.ownership().and_then(|owned| reps.iter().find(|rep| rep.id() == owned.owner()));
        let decision = policy.decide(&customer, owner, now());
        let Some(cycle) = policy.cycle(&customer, &decision) else { return customer };
        // Sweeps act when it comes due; some were late, and some are still to come.
        let due = cycle.due();
        match (decision.verdict(), decision.action()) {
            (Verdict::NoticePending(None), _) => match step(&mut notices, 4) {
                0 => customer,
                1 => customer.with_notice(Notice::new(cycle, from_now(-HOUR))),
                _ => customer.with_notice(Notice::new(cycle, due)),
            },
            (Verdict::Due, Some(Action::Review)) => {
                let state = match step(&mut reviews, 6) {
                    0 => return customer,
                    1 => ReviewState::Nominated,
                    2 => ReviewState::Deferred(from_now(10 * DAY)),
                    3 => ReviewState::Approved,
                    4 => ReviewState::Deferred(from_now(-HOUR)),
                    _ => ReviewState::Rejected,
                };
                customer.with_nomination(Nomination::new(cycle, due).with_state(state))
            }
            _ => customer,
        }
    };
    customers.into_iter().map(record).collect()
}

fn from_now(micros: i64) -> customer_pool::time::Timestamp {
    now().checked_add_micros(micros).expect("the sample lies in our age")
}
