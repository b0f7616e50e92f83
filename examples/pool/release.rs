//! `release`: what comes of a release by the owner.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use customer_pool::Policy;
use customer_pool::decision::{Class, ReasonCode};
use customer_pool::id::{CustomerId, Label, PoolId, RepId};
use customer_pool::ledger::EventKind;
use customer_pool::messages::{Language, move_sentence};
use customer_pool::model::{Customer, Place};
use customer_pool::moves::{Intent, MoveCase, MoveDecision, MoveVerdict, Refusal};
use customer_pool::time::Timestamp;
use serde::Serialize;

use crate::check::write_json;
use crate::claim::find;
use crate::input::World;
use crate::table;
use crate::{Exit, Source, Stop};

/// What a release says.
#[derive(Args)]
pub struct Returns {
    /// Why, in a word that the policy lists
    #[arg(long)]
    reason: Option<Label>,
    /// That a note goes with it
    #[arg(long)]
    note: bool,
    /// The pool that it names
    #[arg(long)]
    pool: Option<PoolId>,
    /// What was taken and is held, by rep and by unit: an undo reads it
    #[arg(long)]
    ledgers: Option<PathBuf>,
    /// The language of the sentences: en or zh-CN
    #[arg(long, default_value_t)]
    lang: Language,
}

/// An answer as a JSON object.
#[derive(Serialize)]
struct Answer<'a> {
    customer: &'a CustomerId,
    rep: &'a RepId,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonCode>,
    events: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<PoolId>,
    refusals: &'a [Refusal],
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_rule: Option<&'a Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
    next_change: Option<Timestamp>,
    sentence: String,
}

impl<'a> Answer<'a> {
    fn new(customer: &'a Customer, rep: &'a RepId, decision: &'a MoveDecision, sentence: String) -> Self {
        let (verdict, reason) = match decision.verdict() {
            MoveVerdict::Moves => ("moves", None),
            MoveVerdict::AlreadyDone => ("already_done", None),
            MoveVerdict::Refused => ("refused", None),
            MoveVerdict::Undetermined(code) => ("undetermined", Some(code)),
        };
        let planned = decision.planned();
        let place = planned.and_then(|planned| planned.place(customer));
        Self {
            customer: customer.id(),
            rep,
            verdict,
            reason,
            events: planned.map(|it| it.kinds().into_iter().map(EventKind::as_str).collect()).unwrap_or_default(),
            pool: place.and_then(|place| if let Place::Pool(stay) = place { Some(stay.pool().clone()) } else { None }),
            refusals: decision.refusals(),
            class: decision.class(),
            open_rule: decision.open_rule(),
            retry_at: decision.retry_at(),
            next_change: decision.next_change(),
            sentence,
        }
    }

    fn lines(&self, policy: &Policy) -> Vec<String> {
        let codes: Vec<_> = match self.reason {
            Some(code) => vec![code.as_str()],
            None => self.refusals.iter().map(Refusal::code).collect(),
        };
        let verdict = self.verdict.replace('_', " ");
        let mut lines = vec![
            self.sentence.clone(),
            if codes.is_empty() { verdict } else { format!("{verdict}: {}", codes.join(", ")) },
        ];
        lines.extend(crate::claim::no(policy, self.class, self.retry_at));
        lines.push(format!("next change: {}", table::local_or_dash(policy, self.next_change)));
        lines
    }
}

pub fn run(customer: &str, rep: &str, returns: &Returns, source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
    let (world, ledgers) = World::open_with_ledgers(source, returns.ledgers.as_deref())?;
    let by = crate::claim::known_rep(&world, rep)?.id();
    let (customers, exit) = find(&world, &[customer.to_owned()])?;
    let Some(customer) = customers.first() else { return Ok(exit) };
    let mut case = MoveCase::new(customer, Intent::Release { by: by.clone() }).with_ledgers(&ledgers);
    if let Some(owner) = world.owner(customer).known() {
        case = case.with_owner(owner);
    }
    if let Some(reason) = &returns.reason {
        case = case.with_reason(reason);
    }
    if let Some(pool) = &returns.pool {
        case = case.with_pool(pool);
    }
    if returns.note {
        case = case.with_note();
    }
    let decision = world.policy.decide_move(&case, world.now);
    let sentence = move_sentence(&world.policy, customer, &decision, returns.lang);
    let answer = Answer::new(customer, by, &decision, sentence);
    if source.json {
        write_json(out, &answer)?;
    } else {
        writeln!(out, "{} by {by}: release, {}", customer.id(), table::local(&world.policy, world.now))?;
        for line in answer.lines(&world.policy) {
            writeln!(out, "  {line}")?;
        }
    }
    let refused = matches!(decision.verdict(), MoveVerdict::Refused | MoveVerdict::Undetermined(_));
    Ok(if exit == Exit::Fine && refused { Exit::Refused } else { exit })
}
