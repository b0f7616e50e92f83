//! The steps of an explanation as lines.

use customer_pool::Policy;
use customer_pool::condition::LeafFinding;
use customer_pool::decision::{Chosen, ClockFinding, ClockState, Explanation, HoldFinding, StageRef, Step, TriggerRef};
use customer_pool::time::Instant;

use crate::table::{local, local_or_dash};

/// Every step, in the order in which the evaluator took them.
pub fn lines(policy: &Policy, explanation: &Explanation) -> Vec<String> {
    let decision = explanation.decision();
    let mut lines: Vec<String> =
        explanation.steps().iter().map(|step| line(policy, decision.trigger(), step)).collect();
    for code in decision.reasons().iter() {
        lines.push(format!("because {code}: {}", code.meaning()));
    }
    lines
}

fn line(policy: &Policy, deciding: Option<TriggerRef>, step: &Step) -> String {
    match step {
        Step::Contradiction(code) => format!("facts: {}", code.meaning()),
        Step::DealCustomer { holds, leaves } => {
            format!("deal customer: {}{}", if *holds { "yes" } else { "no" }, findings(leaves))
        }
        Step::Selection { trigger, chosen, leaves } => {
            let chosen = match chosen {
                Chosen::Selected => "selected",
                Chosen::ConditionFails => "its condition does not hold",
                Chosen::Shadowed => "an earlier one is selected",
            };
            format!("trigger {}: {chosen}{}", trigger_id(policy, *trigger), findings(leaves))
        }
        Step::Clock(clock) => clock_line(policy, clock),
        Step::Hold(hold) => hold_line(policy, hold),
        Step::Stage(stage) => {
            let name = stage_id(policy, deciding, stage.stage);
            let force = if stage.in_force { ", in force" } else { "" };
            format!("warning {name}: from {}{force}", local_or_dash(policy, stage.at))
        }
        Step::Route { pool, rule, by_trigger, leaves } => {
            let by = match (rule, by_trigger) {
                (_, true) => "named by the trigger".to_owned(),
                (Some(rule), false) => format!("by routing rule {}", rule + 1),
                (None, false) => "the fallback".to_owned(),
            };
            let pool = policy.pool_id(*pool).map_or("?", |pool| pool.as_str());
            format!("pool {pool}: {by}{}", findings(leaves))
        }
        Step::Grace { hold_end, until } => {
            format!("grace: a hold ended {}, until {}", local(policy, *hold_end), local_or_dash(policy, *until))
        }
        other => format!("{other:?}"),
    }
}

fn clock_line(policy: &Policy, clock: &ClockFinding) -> String {
    let mut parts = Vec::new();
    let mut part = |what: &str, at: Option<Instant>| {
        parts.extend(at.map(|at| format!("{what} {}", local(policy, at))));
    };
    part("from", clock.start);
    part("base to", clock.base_due);
    for (kind, at, until) in &clock.renewals {
        part(&kind.to_string(), Some(*at));
        part(&format!("{kind} protects to"), *until);
    }
    part("at most to", clock.hard_due);
    part("extension to", clock.extended_until);
    part("grace to", clock.grace_until);
    let state = match &clock.state {
        ClockState::Armed(due) => format!("due {}", local(policy, *due)),
        ClockState::NoAnchor => "what it counts from is missing".to_owned(),
        ClockState::Satisfied(kind, at) => format!("satisfied by {kind} {}", local(policy, *at)),
        ClockState::Undated(code) => format!("cannot be dated: {code}"),
    };
    let notify = if clock.notify_only { " (only notifies)" } else { "" };
    format!("clock {}{notify}: {state} [{}]", trigger_id(policy, clock.trigger), parts.join("; "))
}

fn hold_line(policy: &Policy, hold: &HoldFinding) -> String {
    let mut text = format!("hold {}", hold.code);
    for part in [hold.name.as_deref(), hold.document.as_ref().map(|document| document.as_str())].into_iter().flatten() {
        text.push_str(&format!(" {part}"));
    }
    text.push_str(if hold.live { ": live" } else { ": not live" });
    text.extend(hold.since.map(|since| format!(", since {}", local(policy, since))));
    text.extend(hold.until.map(|until| format!(", until {}", local(policy, until))));
    text
}

/// What each leaf of a condition found: `tier in [vip]: no (normal)`.
fn findings(leaves: &[LeafFinding]) -> String {
    let text = |leaf: &LeafFinding| {
        let value = leaf.value.as_deref().unwrap_or("missing");
        format!("{}: {} ({value})", leaf.condition, if leaf.holds { "yes" } else { "no" })
    };
    let texts: Vec<_> = leaves.iter().map(text).collect();
    if texts.is_empty() { String::new() } else { format!("; {}", texts.join("; ")) }
}

fn trigger_id(policy: &Policy, trigger: TriggerRef) -> &str {
    policy.trigger_id(trigger).map_or("?", |id| id.as_str())
}

fn stage_id(policy: &Policy, trigger: Option<TriggerRef>, stage: StageRef) -> &str {
    trigger.and_then(|trigger| policy.stage_id(trigger, stage)).map_or("?", |id| id.as_str())
}
