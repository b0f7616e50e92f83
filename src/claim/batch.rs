//! Batches: several customers for one rep, each judged against what the earlier ones took.

use super::capacity::excused_until;
use super::case::{ReadCustomer, Terms, holds};
use super::findings::Whose;
use super::hand_out::Effect;
use super::question::Question;
use super::rules::ClaimRules;
use super::{Acquisition, BatchMode, Bypass, ClaimCase, ClaimStep};
use crate::condition::View;
use crate::decision::{ClaimDecision, ClaimVerdict, Denial};
use crate::id::PoolId;
use crate::model::{Customer, Excused, Ledger, LedgerEntry, LedgerScope, OpenReservation, Rep, unit_at};
use crate::time::Timestamp;

/// One customer of a batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchItem<'a> {
    read: ReadCustomer<'a>,
}

holds!(BatchItem: read);

impl<'a> BatchItem<'a> {
    /// This customer.
    #[must_use]
    pub const fn new(customer: &'a Customer) -> Self {
        Self { read: ReadCustomer::new(customer) }
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
/// use customer_pool::id;
/// let rep = Rep::new(id!("li"));
/// let batch = ClaimBatch::new(&rep, &[], BatchMode::ItemByItem);
/// assert_eq!(batch.mode(), BatchMode::ItemByItem);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClaimBatch<'a> {
    rep: &'a Rep,
    items: &'a [BatchItem<'a>],
    mode: BatchMode,
    terms: Terms<'a>,
}

holds!(ClaimBatch: terms, way);

impl<'a> ClaimBatch<'a> {
    /// This rep claims these customers, in this order.
    #[must_use]
    pub const fn new(rep: &'a Rep, items: &'a [BatchItem<'a>], mode: BatchMode) -> Self {
        Self { rep, items, mode, terms: Terms::new() }
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
pub(crate) fn decide(rules: &ClaimRules, batch: &ClaimBatch<'_>, now: Timestamp) -> BatchDecision {
    let mut ledgers = batch.terms.ledgers.to_vec();
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
        let terms = Terms { ledgers: &ledgers, ..batch.terms };
        let question = Question::new(rules, ClaimCase::on_terms(item.read, batch.rep, terms));
        let mut decision = question.decide(now, &mut ());
        let before = batch.items.iter().zip(&done.taken).take(i);
        if before.into_iter().any(|(earlier, taken)| *taken && earlier.customer().id() == item.customer().id()) {
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
            take(rules, batch, item.customer(), effect, now, &mut ledgers);
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
    rules: &ClaimRules,
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

fn entry(rules: &ClaimRules, batch: &ClaimBatch<'_>, customer: &Customer, now: Timestamp) -> LedgerEntry {
    let entry = LedgerEntry::new(now, batch.acquisition().way_in(), customer.id().clone())
        .with_units(batch.rep.units().iter().cloned());
    let entry = match customer.last_pool() {
        Some(pool) => entry.with_pool(pool.clone()),
        None => entry,
    };
    let facts = rules.quotas.iter().any(|quota| quota.when.is_some());
    if facts { entry.with_facts(customer.clone()) } else { entry }
}
