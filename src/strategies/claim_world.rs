//! Questions about claims: a policy, a customer, a rep, and what is known of both.

use core::fmt;

use chrono::{Datelike as _, Days, NaiveDate};
use customer_pool::Policy;
use customer_pool::claim::{Acquisition, Bypass, ClaimCase, ClaimStep};
use customer_pool::id::PoolId;
use customer_pool::model::{Customer, Ledger, Rep};
use customer_pool::policy::draft::PolicyDraft;
use customer_pool::time::Timestamp;
use proptest::strategy::Strategy;

use super::claim_moments::Explorer;
use super::moments::Moments;
use super::tape::{Tape, from_tape};
use super::vocabulary::{POOLS, REPS};
use super::{calendar, claim_facts, claims, json};

/// Somebody who wants a customer, a policy that says who may, and an instant.
///
/// The policy is valid. The facts may be anything that a host could send: ledgers that are missing, incomplete or
/// contradict themselves, a history that overlaps, a customer that lies in a pool the policy does not know.
#[derive(Clone)]
#[non_exhaustive]
pub struct ClaimWorld {
    /// The policy, with rules about claims.
    pub policy: Policy,
    /// The customer: in a pool, nearly always, where somebody wants to claim it.
    pub customer: Customer,
    /// Who wants it.
    pub rep: Rep,
    /// The ledgers that the policy reads about this rep, nearly all of them.
    pub ledgers: Vec<Ledger>,
    /// In which way.
    pub acquisition: Acquisition,
    /// By which command.
    pub step: ClaimStep,
    /// The pool that the command names.
    pub pool: Option<PoolId>,
    /// What a manager lets pass.
    pub bypasses: Vec<Bypass>,
    /// Who asked for it in its lottery, nearly all of them.
    pub askers: Vec<(Rep, Vec<Ledger>)>,
    /// When.
    pub now: Timestamp,
    /// Other instants worth asking at, in no order.
    pub moments: Vec<Timestamp>,
}

impl ClaimWorld {
    /// The question.
    #[must_use]
    pub fn case(&self) -> ClaimCase<'_> {
        let case = ClaimCase::new(&self.customer, &self.rep)
            .with_ledgers(&self.ledgers)
            .with_acquisition(self.acquisition)
            .with_step(self.step)
            .with_bypasses(&self.bypasses)
            .with_askers(&self.askers);
        match &self.pool {
            Some(pool) => case.with_pool(pool),
            None => case,
        }
    }
}

impl fmt::Debug for ClaimWorld {
    /// Documents and facts as JSON, ready to be pasted into a test.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "policy: {}", self.policy.canonical_json())?;
        writeln!(f, "customer: {}", json(&self.customer))?;
        writeln!(f, "rep: {}", json(&self.rep))?;
        writeln!(f, "ledgers: {}", json(&self.ledgers))?;
        writeln!(f, "askers: {}", json(&self.askers))?;
        writeln!(f, "{} as {:?} from {:?} with {:?}", self.acquisition, self.step, self.pool, self.bypasses)?;
        write!(f, "now: {}", self.now)
    }
}

/// Valid policies with rules about claims.
pub fn claim_policy() -> impl Strategy<Value = PolicyDraft> {
    from_tape(POLICY, |tape| {
        let season = calendar::season(tape)?;
        claims::policy(tape, season)
    })
}

/// Questions about claims.
pub fn claim_world() -> impl Strategy<Value = ClaimWorld> {
    from_tape(POLICY + FACTS, |tape| read_worlds(tape, 1)?.pop())
}

/// Several questions about claims around each policy: building a policy costs more than deciding often.
pub fn claim_worlds() -> impl Strategy<Value = Vec<ClaimWorld>> {
    from_tape(POLICY + SEVERAL * FACTS, |tape| read_worlds(tape, SEVERAL))
}

/// How many draws a policy takes at most, nearly always.
const POLICY: usize = 500;
/// The same for the facts of a question.
const FACTS: usize = 900;
/// How many questions [`claim_worlds`] draws.
const SEVERAL: usize = 4;

fn read_worlds(tape: &mut Tape, count: usize) -> Option<Vec<ClaimWorld>> {
    let mut of_policy = tape.cut(POLICY);
    let season = calendar::season(&mut of_policy)?;
    let policy = Policy::new(claims::policy(&mut of_policy, season)?).ok()?;
    // Claims look a few days ahead: near the end of time they lie nearer to it than where reclaim is asked about.
    let season = season.checked_add_days(Days::new(if season.year() == 9_999 { 11 } else { 0 }))?;
    (0..count).map(|_| read_facts(&mut tape.cut(FACTS), &policy, season)).collect()
}

fn read_facts(tape: &mut Tape, policy: &Policy, season: NaiveDate) -> Option<ClaimWorld> {
    let mut moments = Moments::new(policy, season)?;
    let acquisition = claim_facts::acquisition(tape);
    let customer = claim_facts::customer(tape, &mut moments, policy, acquisition)?;
    let step = claim_facts::step(tape, policy, &customer)?;
    let rep = claim_facts::rep(tape, REPS.first()?)?;
    let ledgers = claim_facts::ledgers(tape, &moments, policy, &rep, &customer)?;
    let askers = claim_facts::askers(tape, &moments, policy, &customer)?;
    let bypasses = claim_facts::bypasses(tape, policy.draft().claims()?)?;
    let pool = if tape.percent(10) { tape.word(POOLS) } else { None };
    let after = tape.percent(90);
    let since = customer.stay().or(customer.last_stay()).map(|stay| stay.since());
    moments.forget();
    let mut explorer = Explorer { moments: &mut moments, policy, customer: &customer, rep: &rep, acquisition };
    explorer.explore(policy.draft().claims()?, &ledgers);
    moments.keep(|at| !after || since.is_none_or(|since| at >= since));
    if moments.boundaries().is_empty() {
        moments.add(since);
    }
    let now = moments.near(tape, 92)?;
    let moments = moments.boundaries().to_vec();
    Some(ClaimWorld {
        policy: policy.clone(),
        customer,
        rep,
        ledgers,
        acquisition,
        step,
        pool,
        bypasses,
        askers,
        now,
        moments,
    })
}
