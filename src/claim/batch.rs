//! Batches: several customers for one rep, each judged against what the earlier ones took.

use super::capacity::excused_until;
use super::findings::Whose;
use super::hand_out::Effect;
use super::question::Question;
use super::rules::Rules;
use super::{Acquisition, BatchMode, Bypass, ClaimCase, ClaimStep};
use crate::condition::View;
use crate::decision::{ClaimDecision, ClaimVerdict, Denial};
use crate::id::PoolId;
use crate::model::{Customer, Excused, Ledger, LedgerEntry, LedgerScope, OpenReservation, Rep, unit_at};
use crate::time::Timestamp;

/// One customer of a batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchItem<'a> {
    customer: &'a Customer,
    customer_version: Option<u64>,
    askers: &'a [(Rep, Vec<Ledger>)],
}

impl<'a> BatchItem<'a> {
    /// This customer.
    #[must_use]
    pub const fn new(customer: &'a Customer) -> Self {
        Self { customer, customer_version: None, askers: &[] }
    }

    /// With the version of the customer that was read.
    #[must_use]
    pub const fn with_customer_version(mut self, version: u64) -> Self {
        self.customer_version = Some(version);
        self
    }

    /// With the reps who asked for it in its lottery, and their ledgers.
    #[must_use]
    pub const fn with_askers(mut self, askers: &'a [(Rep, Vec<Ledger>)]) -> Self {
        self.askers = askers;
        self
    }

    /// The customer.
    #[must_use]
    pub const fn customer(&self) -> &'a Customer {
        self.customer
    }
}

impl<'a> From<&'a Customer> for BatchItem<'a> {
    fn from(customer: &'a Customer) -> Self {
        Self::new(customer)
    }
}

/// Several customers that one rep wants in one command.
///
/// ```
/// use customer_pool::claim::{BatchMode, ClaimBatch};
/// use customer_pool::model::Rep;
/// let rep = Rep::new("li".parse()?);
/// let batch = ClaimBatch::new(&rep, &[], BatchMode::ItemByItem);
/// assert_eq!(batch.mode(), BatchMode::ItemByItem);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClaimBatch<'a> {
    rep: &'a Rep,
    items: &'a [BatchItem<'a>],
    mode: BatchMode,
    ledgers: &'a [Ledger],
    acquisition: Acquisition,
    step: ClaimStep,
    pool: Option<&'a PoolId>,
    bypasses: &'a [Bypass],
}

impl<'a> ClaimBatch<'a> {
    /// This rep claims these customers, in this order.
    #[must_use]
    pub const fn new(rep: &'a Rep, items: &'a [BatchItem<'a>], mode: BatchMode) -> Self {
        Self {
            rep,
            items,
            mode,
            ledgers: &[],
            acquisition: Acquisition::Claim,
            step: ClaimStep::Question,
            pool: None,
            bypasses: &[],
        }
    }

    /// With the ledgers as they were before the batch.
    #[must_use]
    pub const fn with_ledgers(mut self, ledgers: &'a [Ledger]) -> Self {
        self.ledgers = ledgers;
        self
    }

    /// By this way in.
    #[must_use]
    pub const fn with_acquisition(mut self, acquisition: Acquisition) -> Self {
        self.acquisition = acquisition;
        self
    }

    /// As this command.
    #[must_use]
    pub const fn with_step(mut self, step: ClaimStep) -> Self {
        self.step = step;
        self
    }

    /// From this pool, as the command says.
    #[must_use]
    pub const fn with_pool(mut self, pool: &'a PoolId) -> Self {
        self.pool = Some(pool);
        self
    }

    /// With these denials removed from every item.
    #[must_use]
    pub const fn with_bypasses(mut self, bypasses: &'a [Bypass]) -> Self {
        self.bypasses = bypasses;
        self
    }

    /// What it does when an item is refused.
    #[must_use]
    pub const fn mode(&self) -> BatchMode {
        self.mode
    }

    /// The customers.
    #[must_use]
    pub const fn items(&self) -> &'a [BatchItem<'a>] {
        self.items
    }

    fn case<'l>(&self, item: &BatchItem<'l>, ledgers: &'l [Ledger]) -> ClaimCase<'l>
    where
        'a: 'l,
    {
        let mut case = ClaimCase::new(item.customer, self.rep)
            .with_ledgers(ledgers)
            .with_acquisition(self.acquisition)
            .with_step(self.step)
            .with_bypasses(self.bypasses)
            .with_askers(item.askers);
        if let Some(pool) = self.pool {
            case = case.with_pool(pool);
        }
        match item.customer_version {
            Some(version) => case.with_customer_version(version),
            None => case,
        }
    }
}

/// What became of one item of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchResult {
    /// It was judged, against what the earlier items took.
    Decided(ClaimDecision),
    /// It was not attempted: the first item that an interval, a quota or a capacity refused, and every one after it.
    NotAttempted,
}

/// What became of a batch: a result for every item, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchDecision {
    results: Vec<BatchResult>,
    taken: Vec<bool>,
    stopped_by: Vec<Denial>,
}

impl BatchDecision {
    /// The results, one for each item.
    #[must_use]
    pub fn results(&self) -> &[BatchResult] {
        &self.results
    }

    /// Whether the item at this place is taken: the answer was *eligible*, and the mode lets it stand.
    #[must_use]
    pub fn is_taken(&self, item: usize) -> bool {
        self.taken.get(item) == Some(&true)
    }

    /// How many items are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.iter().filter(|taken| **taken).count()
    }

    /// The limits — minimum interval, quotas, capacities — that ended an [`UpToRemaining`](BatchMode::UpToRemaining)
    /// batch; empty where it came to its end.
    #[must_use]
    pub fn stopped_by(&self) -> &[Denial] {
        &self.stopped_by
    }
}

fn is_limit(denial: &Denial) -> bool {
    matches!(denial, Denial::MinimumInterval { .. } | Denial::Quota { .. } | Denial::Capacity { .. })
}

/// Answers a batch.
pub(crate) fn decide(rules: &Rules, batch: &ClaimBatch<'_>, now: Timestamp) -> BatchDecision {
    let mut ledgers = batch.ledgers.to_vec();
    let mut done = BatchDecision {
        results: Vec::with_capacity(batch.items.len()),
        taken: Vec::with_capacity(batch.items.len()),
        stopped_by: Vec::new(),
    };
    for (i, item) in batch.items.iter().enumerate() {
        if !done.stopped_by.is_empty() {
            done.results.push(BatchResult::NotAttempted);
            done.taken.push(false);
            continue;
        }
        let question = Question::new(rules, batch.case(item, &ledgers));
        let mut decision = question.decide(now, &mut ());
        let before = batch.items.iter().zip(&done.taken).take(i);
        if before.into_iter().any(|(earlier, taken)| *taken && earlier.customer.id() == item.customer.id()) {
            decision = again(question.effect(now), &decision);
        }
        let taken = decision.verdict() == ClaimVerdict::Eligible;
        if batch.mode == BatchMode::UpToRemaining && decision.denials().iter().any(is_limit) {
            done.stopped_by = decision.denials().iter().filter(|denial| is_limit(denial)).cloned().collect();
            done.results.push(BatchResult::NotAttempted);
            done.taken.push(false);
            continue;
        }
        let effect = question.effect(now);
        if taken {
            take(rules, batch, item.customer, effect, now, &mut ledgers);
        }
        done.results.push(BatchResult::Decided(decision));
        done.taken.push(taken);
    }
    let refused = |result: &BatchResult| match result {
        BatchResult::Decided(decision) => {
            matches!(decision.verdict(), ClaimVerdict::Denied | ClaimVerdict::Undetermined(_))
        }
        BatchResult::NotAttempted => true,
    };
    if batch.mode == BatchMode::AllOrNothing && done.results.iter().any(refused) {
        done.taken.fill(false);
    }
    done
}

/// The answer for a customer that an earlier item took.
fn again(effect: Effect, decision: &ClaimDecision) -> ClaimDecision {
    let verdict = match effect {
        Effect::Owns => ClaimVerdict::AlreadyMine,
        Effect::Reserves(..) | Effect::Asks(_) => ClaimVerdict::AlreadyAsked,
    };
    ClaimDecision {
        verdict,
        denials: Vec::new(),
        warnings: Vec::new(),
        bypassed: Vec::new(),
        grant: None,
        pool: decision.pool,
        open_rule: None,
        retry_at: None,
        next_change: None,
        preconditions: decision.preconditions.clone(),
    }
}

/// Enters into the ledgers what an item takes.
fn take(
    rules: &Rules,
    batch: &ClaimBatch<'_>,
    customer: &Customer,
    effect: Effect,
    now: Timestamp,
    ledgers: &mut [Ledger],
) {
    let rep = batch.rep;
    let own = |ledger: &&mut Ledger| Whose::Rep(rep.id()).is(ledger.scope());
    match effect {
        Effect::Asks(_) => {}
        Effect::Reserves(_, until) => {
            let Some(pool) = customer.last_pool() else { return };
            for ledger in ledgers.iter_mut().filter(own) {
                ledger.reserve(OpenReservation::new(customer.id().clone(), pool.clone(), until));
            }
        }
        Effect::Owns => {
            for ledger in ledgers.iter_mut().filter(|ledger| concerns(ledger.scope(), rep)) {
                ledger.settle(customer.id());
                ledger.push(entry(rules, batch, customer, now));
            }
            for rule in &rules.capacities {
                let view = View { customer, owner: None };
                let counts = rule.when.as_ref().map_or(Ok(true), |when| when.holds(&view, &mut ()));
                if counts != Ok(true) {
                    continue;
                }
                let weight = rule.weight(customer);
                let (used, excused) = match excused_until(customer, &rule.excused_by, None) {
                    None => (u64::from(weight), None),
                    Some(until) => (0, until.map(|until| Excused::new(until, weight))),
                };
                ledgers.iter_mut().filter(own).for_each(|ledger| ledger.hold(&rule.id, used, excused));
            }
        }
    }
}

/// Whether what a rep takes is entered into this ledger.
fn concerns(scope: &LedgerScope, rep: &Rep) -> bool {
    match scope {
        LedgerScope::Everybody => true,
        LedgerScope::Rep(id) => id == rep.id(),
        LedgerScope::Unit(path) => rep.units().iter().any(|unit| {
            let depth = u32::try_from(path.as_str().split('/').count()).unwrap_or(u32::MAX);
            *path == unit_at(unit, depth)
        }),
    }
}

fn entry(rules: &Rules, batch: &ClaimBatch<'_>, customer: &Customer, now: Timestamp) -> LedgerEntry {
    let entry = LedgerEntry::new(now, batch.acquisition.way_in(), customer.id().clone())
        .with_units(batch.rep.units().iter().cloned());
    let entry = match customer.last_pool() {
        Some(pool) => entry.with_pool(pool.clone()),
        None => entry,
    };
    let facts = rules.quotas.iter().any(|quota| quota.when.is_some());
    if facts { entry.with_facts(customer.clone()) } else { entry }
}
