//! `release`: what comes of a release by the owner.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use customer_pool::Policy;
use customer_pool::decision::ReasonCode;
use customer_pool::id::{CustomerId, Label, PoolId, RepId};
use customer_pool::messages::{Language, template};
use customer_pool::model::Place;
use customer_pool::moves::{Command, MoveCase, MoveDecision, MoveVerdict, Refusal};
use customer_pool::time::Instant;
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
    pool: Option<&'a PoolId>,
    refusals: &'a [Refusal],
    next_change: Option<Instant>,
}

impl<'a> Answer<'a> {
    fn new(customer: &'a CustomerId, rep: &'a RepId, decision: &'a MoveDecision) -> Self {
        let (verdict, reason) = match decision.verdict() {
            MoveVerdict::Moves => ("moves", None),
            MoveVerdict::AlreadyDone => ("already_done", None),
            MoveVerdict::Refused => ("refused", None),
            MoveVerdict::Undetermined(code) => ("undetermined", Some(code)),
        };
        let planned = decision.planned();
        let place = planned.and_then(|planned| planned.place());
        Self {
            customer,
            rep,
            verdict,
            reason,
            events: planned.map(|it| it.events().iter().map(|event| event.as_str()).collect()).unwrap_or_default(),
            pool: place.and_then(|place| if let Place::Pool(stay) = place { Some(stay.pool()) } else { None }),
            refusals: decision.refusals(),
            next_change: decision.next_change(),
        }
    }

    fn lines(&self, policy: &Policy) -> Vec<String> {
        let mut lines = vec![self.verdict.replace('_', " ")];
        lines.extend(self.reason.map(|code| template(code, Language::English).to_owned()));
        if !self.events.is_empty() {
            let to = self.pool.map(|pool| format!(" to pool `{pool}`")).unwrap_or_default();
            lines.push(format!("{}{to}", self.events.join(", ")));
        }
        // A refusal is its code with its numbers.
        lines.extend(self.refusals.iter().map(|refusal| serde_json::to_string(refusal).unwrap_or_default()));
        lines.push(format!("next change: {}", table::local_or_dash(policy, self.next_change)));
        lines
    }
}

pub fn run(customer: &str, rep: &str, returns: &Returns, source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
    let (world, ledgers) = World::open_with_ledgers(source, returns.ledgers.as_deref())?;
    let by = crate::claim::known_rep(&world, rep)?.id();
    let (customers, exit) = find(&world, &[customer.to_owned()])?;
    let Some(customer) = customers.first() else { return Ok(exit) };
    let mut case = MoveCase::new(customer, Command::Release { by }).with_ledgers(&ledgers);
    if let Some(owner) = world.owner(customer) {
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
    let answer = Answer::new(customer.id(), by, &decision);
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
