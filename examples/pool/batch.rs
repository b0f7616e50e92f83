//! `batch`: several customers for one rep, each judged against what the earlier ones took.

use std::io::Write;

use customer_pool::claim::{BatchItem, BatchMode, BatchResult, ClaimBatch};
use customer_pool::decision::{ClaimDecision, Class, Denial};
use customer_pool::id::CustomerId;
use customer_pool::messages::{ClaimReport, claim_sentence, denial_message};
use serde::Serialize;

use crate::check::write_json;
use crate::claim::{askers, find, known_rep};
use crate::input::World;
use crate::table;
use crate::{Exit, Question, Source, Stop};

/// Reads a mode as it is written in policies and events.
pub fn mode(text: &str) -> Result<BatchMode, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// One item, as a JSON object.
#[derive(Serialize)]
struct Item<'a> {
    customer: &'a CustomerId,
    taken: bool,
    /// Nothing where it was not attempted.
    answer: Option<ClaimReport>,
}

/// What became of all of them.
#[derive(Serialize)]
struct Summary<'a> {
    mode: BatchMode,
    items: usize,
    taken: usize,
    stopped_by: &'a [Denial],
}

pub fn run(
    mode: BatchMode,
    rep: &str,
    ids: &[String],
    question: &Question,
    source: &Source,
    out: &mut impl Write,
) -> Result<Exit, Stop> {
    let (world, ledgers) = World::open_with_ledgers(source, question.ledgers.as_deref())?;
    let rep = known_rep(&world, rep)?;
    let (customers, exit) = find(&world, ids)?;
    let asked: Vec<_> = customers.iter().map(|customer| askers(&world, customer, &ledgers)).collect();
    let items: Vec<_> =
        customers.iter().zip(&asked).map(|(customer, askers)| BatchItem::new(customer).with_askers(askers)).collect();
    let mut batch = ClaimBatch::new(rep, &items, mode)
        .with_ledgers(&ledgers)
        .with_step(question.step)
        .with_bypasses(&question.bypass);
    if let Some(pool) = &question.pool {
        batch = batch.with_pool(pool);
    }
    let done = world.policy.claim_batch(&batch, world.now);
    let (policy, lang) = (&world.policy, question.lang);
    if !source.json {
        writeln!(out, "{} by {}: {mode}, {}", customers.len(), rep.id(), table::local(policy, world.now))?;
    }
    for (i, (customer, result)) in customers.iter().zip(done.results()).enumerate() {
        let decision = match result {
            BatchResult::Decided(decision) => Some(decision),
            BatchResult::NotAttempted => None,
        };
        let taken = done.is_taken(i);
        if source.json {
            let answer = decision.map(|decision| policy.report_claim(decision));
            write_json(out, &Item { customer: customer.id(), taken, answer })?;
        } else {
            let sentence = decision.map(|decision| claim_sentence(policy, decision, lang));
            let sentence = sentence.as_deref().unwrap_or("not attempted");
            let class = decision.and_then(ClaimDecision::class);
            let mark = if taken { "taken" } else { class.map_or("-", Class::as_str) };
            writeln!(out, "{}", table::line(&[(customer.id().as_str(), 30), (mark, 9), (sentence, 0)]))?;
        }
    }
    let summary = Summary { mode, items: items.len(), taken: done.taken(), stopped_by: done.stopped_by() };
    if source.json {
        write_json(out, &serde_json::json!({ "summary": summary }))?;
    } else {
        let stopped: Vec<_> = summary.stopped_by.iter().map(|denial| denial_message(policy, denial, lang)).collect();
        let stopped = if stopped.is_empty() { String::new() } else { format!("; stopped: {}", stopped.join("; ")) };
        writeln!(out, "{} of {} taken{stopped}", summary.taken, summary.items)?;
    }
    Ok(if exit == Exit::Fine && done.taken() < items.len() { Exit::Refused } else { exit })
}
