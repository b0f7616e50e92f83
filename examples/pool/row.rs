//! A decision as a row of a table and as a JSON object.

use customer_pool::decision::{HeldBy, Reasons};
use customer_pool::id::{CustomerId, Label, PoolId, RepId, TriggerId};
use customer_pool::model::Customer;
use customer_pool::time::Instant;
use customer_pool::{Decision, Policy, Verdict};
use serde::Serialize;

use crate::table;

/// Every verdict, in the order in which they are counted.
pub const VERDICTS: [&str; 6] = ["due", "warn", "keep", "held", "undetermined", "not_owned"];

/// A verdict by name, with what belongs to it: the stage, what holds, why it is undetermined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictName {
    /// One of [`VERDICTS`].
    pub verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl VerdictName {
    pub fn new(policy: &Policy, decision: &Decision) -> Self {
        let (verdict, detail) = match decision.verdict() {
            Verdict::NotOwned => ("not_owned", None),
            Verdict::Undetermined(code) => ("undetermined", Some(code.to_string())),
            Verdict::Held(by) => ("held", Some(held_by(policy, by))),
            Verdict::Due => ("due", None),
            Verdict::Warn(stage) => {
                let stage = decision.trigger().and_then(|trigger| policy.stage_id(trigger, stage));
                ("warn", stage.map(ToString::to_string))
            }
            Verdict::Keep => ("keep", None),
        };
        Self { verdict, detail }
    }
}

impl std::fmt::Display for VerdictName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.verdict.replace('_', " ");
        match &self.detail {
            Some(detail) => write!(f, "{words}: {detail}"),
            None => f.write_str(&words),
        }
    }
}

/// What holds a customer: the kind of freeze or document, `exemption`, `lock` or `freeze_window`.
fn held_by(policy: &Policy, by: HeldBy) -> String {
    match by {
        HeldBy::Freeze(kind) => kind.to_string(),
        HeldBy::Exemption => "exemption".to_owned(),
        HeldBy::Lock => "lock".to_owned(),
        HeldBy::Business(kind) => policy.hold_kind(kind).map_or_else(String::new, ToString::to_string),
        HeldBy::FreezeWindow => "freeze_window".to_owned(),
    }
}

/// A warning in force.
#[derive(Serialize)]
pub struct Warning {
    pub audience: Vec<Label>,
    pub key: Label,
    pub sent: bool,
}

/// One decision, ready to be written.
#[derive(Serialize)]
pub struct Row<'a> {
    pub customer: &'a CustomerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<&'a RepId>,
    #[serde(flatten)]
    pub verdict: VerdictName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<&'a TriggerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<&'a PoolId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_change: Option<Instant>,
    pub reasons: Reasons,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<&'a TriggerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
}

impl<'a> Row<'a> {
    pub fn new(policy: &'a Policy, customer: &'a Customer, decision: &Decision) -> Self {
        let warning = policy.warning(customer, decision).map(|notice| Warning {
            audience: notice.audience,
            key: notice.key,
            sent: notice.sent,
        });
        Self {
            customer: customer.id(),
            owner: customer.ownership().map(|ownership| ownership.owner()),
            verdict: VerdictName::new(policy, decision),
            due: decision.due(),
            trigger: decision.trigger().and_then(|trigger| policy.trigger_id(trigger)),
            pool: decision.pool().and_then(|pool| policy.pool_id(pool)),
            next_change: decision.next_change(),
            reasons: decision.reasons(),
            notify: policy.notify_ids(decision.notify()).collect(),
            warning,
        }
    }

    /// The head of the table.
    pub fn head() -> String {
        cells(["customer", "owner", "verdict", "due", "trigger", "pool", "next change", "first reason"])
    }

    /// The lines of the table: one, and one more for a warning or for triggers that only notify.
    pub fn lines(&self, policy: &Policy) -> Vec<String> {
        let text = |id: Option<&str>| id.unwrap_or("-").to_owned();
        let mut lines = vec![cells([
            self.customer.as_str(),
            &text(self.owner.map(RepId::as_str)),
            &self.verdict.to_string(),
            &table::local_or_dash(policy, self.due),
            &text(self.trigger.map(TriggerId::as_str)),
            &text(self.pool.map(PoolId::as_str)),
            &table::local_or_dash(policy, self.next_change),
            &text(self.reasons.first().map(|code| code.as_str())),
        ])];
        if let Some(warning) = &self.warning {
            let audience: Vec<_> = warning.audience.iter().map(Label::as_str).collect();
            let sent = if warning.sent { "was sent" } else { "is to be sent" };
            lines.push(format!("  warning to {} {sent} under {}", audience.join(", "), warning.key));
        }
        if !self.notify.is_empty() {
            let ids: Vec<_> = self.notify.iter().map(|id| id.as_str()).collect();
            lines.push(format!("  notify: {}", ids.join(", ")));
        }
        lines
    }
}

fn cells([customer, owner, verdict, due, trigger, pool, next, reason]: [&str; 8]) -> String {
    table::line(&[
        (customer, 30),
        (owner, 14),
        (verdict, 22),
        (due, 16),
        (trigger, 14),
        (pool, 10),
        (next, 16),
        (reason, 0),
    ])
}
