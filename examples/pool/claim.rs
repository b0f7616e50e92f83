//! `claim` and `assign`: may this rep have this customer?

use std::collections::HashMap;
use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::Policy;
use customer_pool::claim::{Acquisition, Bypass, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Class};
use customer_pool::id::{CustomerId, RepId};
use customer_pool::messages::{ClaimReport, claim_sentence};
use customer_pool::model::{Customer, Ledger, LedgerScope, Rep};
use customer_pool::time::Timestamp;
use serde::Serialize;

use crate::check::write_json;
use crate::input::World;
use crate::table;
use crate::{Exit, Question, Source, Stop, tell};

/// Reads a bypass as it is written on the command line.
pub fn bypass(text: &str) -> Result<Bypass, String> {
    let wrong = || format!("`{text}` is no bypass; write `check:` and a check, or `rule:` and the name of a rule");
    let (kind, name) = text.split_once(':').filter(|(kind, _)| ["check", "rule"].contains(kind)).ok_or_else(wrong)?;
    serde_json::from_value(serde_json::json!({ kind: name })).map_err(|error| error.to_string())
}

/// Reads the command that is meant.
pub fn step(text: &str) -> Result<ClaimStep, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// The customers with these ids, in their order, and the exit code that the files deserve.
pub fn find(world: &World, ids: &[String]) -> Result<(Vec<Customer>, Exit), Stop> {
    let mut found: HashMap<CustomerId, Customer> = HashMap::new();
    let mut missing: Vec<&str> = ids.iter().map(String::as_str).collect();
    let exit = world.each(false, |customer| {
        if let Some(_one) = missing.iter().find(|id| customer.id() == **id) {
            missing.retain(|id| customer.id() != *id);
            found.insert(customer.id().clone(), customer);
        }
        Ok(if missing.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if let Some(id) = missing.first() {
        tell(format_args!("there is no customer `{id}`"));
        return Err(Stop::Told(if exit == Exit::Fine { Exit::NoSuchCustomer } else { exit }));
    }
    let customers = ids.iter().filter_map(|id| found.get(&id.parse::<CustomerId>().ok()?).cloned()).collect();
    Ok((customers, exit))
}

/// The rep with this id.
pub fn known_rep<'a>(world: &'a World, id: &str) -> Result<&'a Rep, Stop> {
    world.rep(id).ok_or_else(|| {
        tell(format_args!("there is no rep `{id}`"));
        Stop::Told(Exit::NoSuchCustomer)
    })
}

/// The reps who asked in the customer's lottery, and their ledgers, as far as the files know them.
pub fn askers(world: &World, customer: &Customer, ledgers: &[Ledger]) -> Vec<(Rep, Vec<Ledger>)> {
    let asks = customer.stay().map(|stay| stay.asks()).unwrap_or_default();
    let known = asks.iter().filter_map(|ask| world.rep(ask.rep().as_str()));
    known.map(|rep| (rep.clone(), ledgers.to_vec())).collect()
}

/// An answer as a JSON object.
#[derive(Serialize)]
struct Answer<'a> {
    customer: &'a CustomerId,
    rep: &'a RepId,
    way_in: Acquisition,
    #[serde(flatten)]
    report: ClaimReport,
    sentence: String,
}

pub fn run(
    acquisition: Acquisition,
    customer: &str,
    rep: &str,
    question: &Question,
    source: &Source,
    out: &mut impl Write,
) -> Result<Exit, Stop> {
    let (world, ledgers) = World::open_with_ledgers(source, question.ledgers.as_deref())?;
    let rep = known_rep(&world, rep)?;
    let (customers, exit) = find(&world, &[customer.to_owned()])?;
    let Some(customer) = customers.first() else { return Ok(exit) };
    let askers = askers(&world, customer, &ledgers);
    let mut case = ClaimCase::new(customer, rep)
        .with_ledgers(&ledgers)
        .with_acquisition(acquisition)
        .with_step(question.step)
        .with_bypasses(&question.bypass)
        .with_askers(&askers);
    if let Some(pool) = &question.pool {
        case = case.with_pool(pool);
    }
    let decision = world.policy.claim(&case, world.now);
    let sentence = claim_sentence(&world.policy, &decision, question.lang);
    if source.json {
        let report = world.policy.report_claim(&decision);
        write_json(out, &Answer { customer: customer.id(), rep: rep.id(), way_in: acquisition, report, sentence })?;
    } else {
        let now = table::local(&world.policy, world.now);
        writeln!(out, "{} by {}: {acquisition}, {now}", customer.id(), rep.id())?;
        writeln!(out, "  {sentence}")?;
        for line in more(&world.policy, &decision) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(if exit == Exit::Fine && !is_yes(&decision) { Exit::Refused } else { exit })
}

/// The class of an answer that is a "no", and when asking again helps.
pub fn no(policy: &Policy, class: Option<Class>, retry_at: Option<Timestamp>) -> Option<String> {
    class.map(|class| format!("class: {class}; retry at: {}", table::local_or_dash(policy, retry_at)))
}

/// Whether nothing stands in the way.
pub fn is_yes(decision: &ClaimDecision) -> bool {
    !matches!(decision.verdict(), ClaimVerdict::Denied | ClaimVerdict::Undetermined(_))
}

/// What kind of "no" it is and when it is over, when the answer changes, and under which versions it holds.
fn more(policy: &Policy, decision: &ClaimDecision) -> Vec<String> {
    let mut lines: Vec<String> = no(policy, decision.class(), decision.retry_at()).into_iter().collect();
    lines.push(format!("next change: {}", table::local_or_dash(policy, decision.next_change())));
    let versions = decision.preconditions().ledgers().iter().map(|(scope, version)| match scope {
        LedgerScope::Rep(rep) => format!("{rep} {version}"),
        LedgerScope::Unit(unit) => format!("{unit} {version}"),
        LedgerScope::Everybody => format!("everybody {version}"),
    });
    let versions: Vec<_> = versions.collect();
    if !versions.is_empty() {
        lines.push(format!("holds at ledger versions: {}", versions.join(", ")));
    }
    lines
}
