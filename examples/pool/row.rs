//! A decision as a row of a table and as a JSON object.

use customer_pool::decision::ReviewPending;
use customer_pool::id::{CustomerId, Label, PoolId, RepId, TriggerId};
use customer_pool::messages::{DecisionReport, HeldReport, VerdictReport};
use customer_pool::model::Customer;
use customer_pool::{Decision, Policy};
use serde::Serialize;

use crate::table;

/// Every verdict, in the order in which they are counted.
pub const VERDICTS: [&str; 8] =
    ["due", "notice_pending", "review_pending", "warn", "keep", "held", "undetermined", "not_owned"];

/// A verdict for a table, with what belongs to it: the stage, what holds, why it is undetermined.
pub struct VerdictName {
    /// One of [`VERDICTS`].
    pub name: &'static str,
    detail: Option<String>,
}

impl VerdictName {
    pub fn new(verdict: &VerdictReport) -> Self {
        let (name, detail) = match verdict {
            VerdictReport::NotOwned => ("not_owned", None),
            VerdictReport::Undetermined(code) => ("undetermined", Some(code.to_string())),
            VerdictReport::Held(by) => ("held", held_by(by)),
            VerdictReport::Due => ("due", None),
            VerdictReport::NoticePending(earliest) => ("notice_pending", earliest.map(|_| "served".to_owned())),
            VerdictReport::ReviewPending(ReviewPending::Nominated) => ("review_pending", Some("nominated".to_owned())),
            VerdictReport::ReviewPending(ReviewPending::Deferred) => ("review_pending", Some("deferred".to_owned())),
            VerdictReport::Warn(stage) => ("warn", stage.as_ref().map(ToString::to_string)),
            VerdictReport::Keep => ("keep", None),
        };
        Self { name, detail }
    }
}

impl std::fmt::Display for VerdictName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.name.replace('_', " ");
        match &self.detail {
            Some(detail) => write!(f, "{words}: {detail}"),
            None => f.write_str(&words),
        }
    }
}

/// What holds a customer: the kind of freeze or document, `exemption`, `lock` or `freeze_window`.
fn held_by(by: &HeldReport) -> Option<String> {
    Some(match by {
        HeldReport::Freeze(kind) => kind.to_string(),
        HeldReport::Exemption => "exemption".to_owned(),
        HeldReport::Lock => "lock".to_owned(),
        HeldReport::Business(kind) => kind.as_ref()?.to_string(),
        HeldReport::FreezeWindow => "freeze_window".to_owned(),
        HeldReport::Deferral => "deferral".to_owned(),
    })
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
    pub report: DecisionReport,
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
            report: policy.report(decision),
            warning,
        }
    }

    /// The head of the table.
    pub fn head() -> String {
        cells(["customer", "owner", "verdict", "due", "trigger", "pool", "next change", "first reason"])
    }

    pub fn verdict(&self) -> VerdictName {
        VerdictName::new(&self.report.verdict)
    }

    /// The lines of the table: one, and those of [`Self::more`].
    pub fn lines(&self, policy: &Policy) -> Vec<String> {
        let text = |id: Option<&str>| id.unwrap_or("-").to_owned();
        let mut lines = vec![cells([
            self.customer.as_str(),
            &text(self.owner.map(RepId::as_str)),
            &self.verdict().to_string(),
            &table::local_or_dash(policy, self.report.due),
            &text(self.report.trigger.as_ref().map(TriggerId::as_str)),
            &text(self.report.pool.as_ref().map(PoolId::as_str)),
            &table::local_or_dash(policy, self.report.next_change),
            &text(self.report.reasons.first().map(|code| code.as_str())),
        ])];
        lines.extend(self.more());
        lines
    }

    /// A line for a warning and one for triggers that only notify.
    pub fn more(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(warning) = &self.warning {
            let audience: Vec<_> = warning.audience.iter().map(Label::as_str).collect();
            let sent = if warning.sent { "was sent" } else { "is to be sent" };
            lines.push(format!("  warning to {} {sent} under {}", audience.join(", "), warning.key));
        }
        if !self.report.notify.is_empty() {
            let ids: Vec<_> = self.report.notify.iter().map(|id| id.as_str()).collect();
            lines.push(format!("  notify: {}", ids.join(", ")));
        }
        lines
    }
}

fn cells([customer, owner, verdict, due, trigger, pool, next, reason]: [&str; 8]) -> String {
    table::line(&[
        (customer, 30),
        (owner, 14),
        (verdict, 25),
        (due, 16),
        (trigger, 14),
        (pool, 10),
        (next, 16),
        (reason, 0),
    ])
}
