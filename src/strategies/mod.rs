//! `proptest` strategies: policies, and facts around them.
//!
//! A policy drawn here is valid; the facts of a [`World`], and of a [`ClaimWorld`] about claims, may be anything that a
//! host could send, contradictions among them. Instants lie beside the boundaries that the policy gives them: a
//! microsecond before a due instant, at the end of a lock, at the start of a civil day.
//!
//! ```
//! use customer_pool::strategies;
//! use proptest::prelude::*;
//!
//! proptest!(|(world in strategies::world())| {
//!     let decision = world.policy.decide(&world.customer, world.owner.as_ref(), world.now);
//!     let explanation = world.policy.explain(&world.customer, world.owner.as_ref(), world.now);
//!     prop_assert_eq!(&decision, explanation.decision());
//! });
//! ```

mod calendar;
mod claim_facts;
mod claim_moments;
mod claim_world;
mod claims;
mod condition;
mod facts;
mod lives;
mod moments;
mod policy;
mod review;
mod tape;
mod vocabulary;

use core::fmt;

use chrono::NaiveDate;
use customer_pool::Policy;
use customer_pool::condition::Condition;
use customer_pool::id::CustomerId;
use customer_pool::model::{Activities, Customer, Folded, Occurred, Rep};
use customer_pool::policy::draft::PolicyDraft;
use customer_pool::time::{CalendarDraft, Span, Timestamp};
use proptest::strategy::Strategy;

use calendar::Place;
#[allow(unused_imports, reason = "the crate's own tests of reclaim use none of them")]
pub use claim_world::{ClaimWorld, claim_policy, claim_world, claim_worlds};
#[allow(unused_imports, reason = "the crate's own tests of reclaim use none of them")]
pub use lives::{Life, command, life};
use moments::Moments;
use tape::{Tape, from_tape};

/// A customer, its owner, a policy and an instant.
#[derive(Clone)]
#[non_exhaustive]
pub struct World {
    /// The policy.
    pub policy: Policy,
    /// The customer: owned, nearly always, with single activities.
    pub customer: Customer,
    /// What the host knows of the owner.
    pub owner: Option<Rep>,
    /// When somebody asks.
    pub now: Timestamp,
    /// Other instants worth asking at, in no order.
    pub moments: Vec<Timestamp>,
}

impl fmt::Debug for World {
    /// Documents and facts as JSON, ready to be pasted into a test.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "policy: {}", self.policy.canonical_json())?;
        writeln!(f, "customer: {}", json(&self.customer))?;
        writeln!(f, "owner: {}", json(&self.owner))?;
        write!(f, "now: {}", self.now)
    }
}

fn json(facts: &impl serde::Serialize) -> String {
    serde_json::to_string(facts).unwrap_or_else(|error| error.to_string())
}

/// Spans of every unit, as a base may have them.
pub fn span() -> impl Strategy<Value = Span> {
    from_tape(8, |tape| calendar::span(tape, Place::Anywhere))
}

/// Valid calendars.
pub fn calendar() -> impl Strategy<Value = CalendarDraft> {
    from_tape(48, |tape| {
        let season = calendar::season(tape)?;
        calendar::calendar(tape, season)
    })
}

/// Valid conditions, given the attributes that generated policies declare.
pub fn condition() -> impl Strategy<Value = Condition> {
    from_tape(64, |tape| condition::condition(tape, 3))
}

/// Valid policies.
pub fn policy() -> impl Strategy<Value = PolicyDraft> {
    from_tape(POLICY, |tape| {
        let season = calendar::season(tape)?;
        policy::policy(tape, season)
    })
}

/// Policies with facts around them.
pub fn world() -> impl Strategy<Value = World> {
    from_tape(POLICY + FACTS, |tape| read_worlds(tape, 1)?.pop())
}

/// Policies with the facts of several customers around each: building a policy costs more than deciding often.
pub fn worlds() -> impl Strategy<Value = Vec<World>> {
    from_tape(POLICY + SEVERAL * FACTS, |tape| read_worlds(tape, SEVERAL))
}

/// How many draws a policy takes at most, nearly always.
const POLICY: usize = 1_000;
/// The same for the facts about a customer.
const FACTS: usize = 400;
/// How many customers [`worlds`] draws.
const SEVERAL: usize = 4;

fn read_worlds(tape: &mut Tape, count: usize) -> Option<Vec<World>> {
    let mut of_policy = tape.cut(POLICY);
    let season = calendar::season(&mut of_policy)?;
    let policy = Policy::new(policy::policy(&mut of_policy, season)?).ok()?;
    (0..count).map(|_| read_facts(&mut tape.cut(FACTS), &policy, season)).collect()
}

fn read_facts(tape: &mut Tape, policy: &Policy, season: NaiveDate) -> Option<World> {
    let mut moments = Moments::new(policy, season)?;
    let place = facts::place(tape, &moments)?;
    let (t0, start) = match &place {
        customer_pool::model::Place::Owned(ownership) => (ownership.clock_start(), ownership.start()),
        _ => (None, None),
    };
    // Listed several times, so that much happens beside them.
    for _ in 0..4 {
        moments.add(t0.into_iter().chain(start));
    }
    let customer = Customer::new(CustomerId::from(u64::from(tape.below(1_000))), place);
    let customer = facts::describe(tape, &moments, customer)?;
    let customer = facts::history(tape, &moments, customer)?;
    let customer = customer.with_activities(facts::activities(tape, &moments)?);
    let owner = facts::owner(tape, &moments)?;
    let about = moments.near(tape, 50)?;
    moments.forget();
    moments.explore(policy, &customer, owner.as_ref(), t0.unwrap_or(about));
    moments.explore(policy, &customer, owner.as_ref(), about);
    moments.add(t0);
    let mut customer = customer.with_protection(facts::protection(tape, &moments)?);
    if tape.permille(14) {
        customer = customer.with_folded(folded_elsewhere()?);
    }
    let customer = review::recorded(tape, &moments, policy, customer, owner.as_ref(), about)?;
    let skew = i64::from(policy.draft().clock_skew_s().copied().unwrap_or(300)).saturating_mul(1_000_000);
    let visible = visible_from(&customer, skew);
    moments.forget();
    moments.explore(policy, &customer, owner.as_ref(), t0.unwrap_or(about));
    moments.explore(policy, &customer, owner.as_ref(), about);
    moments.add(visible);
    // Deferrals are listed several times: little else makes them matter.
    for _ in 0..3 {
        moments.add(review::deferred_until(&customer));
    }
    let now = moments.near(tape, 65)?;
    Some(World { policy: policy.clone(), customer, owner, now, moments: moments.boundaries().to_vec() })
}

/// When the ownership and what was recorded come into sight of the clock.
fn visible_from(customer: &Customer, skew: i64) -> Vec<Timestamp> {
    let mut found: Vec<Timestamp> = Vec::new();
    if let Activities::Listed(list) = customer.activities() {
        for activity in list {
            let occurred = match activity.occurred() {
                Some(Occurred::At(at)) => Some(at),
                _ => None,
            };
            found.extend([occurred, activity.recorded()].into_iter().flatten());
        }
    }
    found.extend(customer.ownership().and_then(|ownership| ownership.clock_start()));
    found.into_iter().filter_map(|at| at.checked_add_micros(skew.saturating_neg())).collect()
}

/// Activities folded under rules that no policy has.
fn folded_elsewhere() -> Option<Folded> {
    serde_json::from_str(r#"{"rules":"0000000000000000","latest":[]}"#).ok()
}
