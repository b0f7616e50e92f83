//! `tier`: what a policy's tier table says of every customer.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::Policy;
use customer_pool::id::CustomerId;
use customer_pool::model::Customer;
use customer_pool::policy::draft::PolicyDraft;
use customer_pool::score::tiers::{TierReason, TierState};
use serde::Serialize;

use crate::check::write_json;
use crate::input::World;
use crate::{Exit, Source, Stop, table, tell, usage};

/// The rules about scores that the sample's policy is shown with.
const SCORING: &str = include_str!("../../data/scoring.json");

#[derive(Serialize)]
struct Line<'a> {
    customer: &'a CustomerId,
    from: Option<&'a str>,
    tier: &'a str,
    reason: TierReason,
    earned: &'a str,
    state: &'a TierState,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_change: Option<customer_pool::time::Timestamp>,
}

/// The policy of the command line, or the sample's with rules about scores.
pub fn world(source: &Source) -> Result<World, Stop> {
    let mut world = World::open(source)?;
    if source.policy.is_none() {
        let refused = |error: &dyn std::fmt::Display| {
            tell(format_args!("scoring.json: {error}"));
            Stop::Told(Exit::PolicyRefused)
        };
        let scoring = serde_json::from_str(SCORING).map_err(|error| refused(&error))?;
        let draft: PolicyDraft = world.policy.draft().clone().with_scoring(scoring);
        world.policy = Policy::new(draft).map_err(|error| refused(&error))?;
    }
    Ok(world)
}

pub fn run(source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
    let world = world(source)?;
    if !world.policy.has_tier_table() {
        return Err(usage("the policy has no `scoring.tiers`"));
    }
    let mut counts: BTreeMap<(Option<String>, String), u64> = BTreeMap::new();
    let mut refused = 0_u64;
    let exit = world.each(source.json, |customer: Customer| {
        match world.policy.judge_tier(&customer, world.now) {
            Some(Ok(verdict)) => {
                let from = customer.tier().map(|tier| tier.as_str());
                let tier = verdict.state.tier().as_str();
                *counts.entry((from.map(str::to_owned), tier.to_owned())).or_default() += 1;
                if source.json {
                    let (reason, earned, next_change) = (verdict.reason, verdict.earned.as_str(), verdict.next_change);
                    let line = Line {
                        customer: customer.id(),
                        from,
                        tier,
                        reason,
                        earned,
                        state: &verdict.state,
                        next_change,
                    };
                    write_json(out, &line)?;
                }
            }
            _ => refused += 1,
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if refused > 0 {
        tell(format_args!("{refused} customers lie outside what can be dated"));
    }
    if source.json {
        return Ok(exit);
    }
    writeln!(out, "tiers on {}\n", table::local(&world.policy, world.now))?;
    let cells = |[from, to, count]: [&str; 3]| table::line(&[(from, 12), (to, 12), (count, 0)]);
    writeln!(out, "{}", cells(["from", "to", "customers"]))?;
    for ((from, to), count) in counts {
        writeln!(out, "{}", cells([from.as_deref().unwrap_or("-"), &to, &count.to_string()]))?;
    }
    Ok(exit)
}
