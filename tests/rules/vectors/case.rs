//! A case as it is written down, and what is checked of it.

use std::path::PathBuf;

use customer_pool::decision::{Explanation, HeldBy, Step};
use customer_pool::model::{Customer, Rep};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Decision, Policy, Verdict};
use serde::Deserialize;

/// A policy, a customer, perhaps its owner, and what is expected when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    says: String,
    /// The name of a file in `policies/`.
    policy: String,
    customer: Customer,
    owner: Option<Rep>,
    expected: Vec<Moment>,
}

/// The whole decision at an instant. What is left out is expected to be missing.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moment {
    at: Timestamp,
    verdict: String,
    due: Option<Timestamp>,
    trigger: Option<String>,
    pool: Option<String>,
    next_change: Option<Timestamp>,
    /// The documents that hold the customer, as the explanation names them.
    #[serde(default)]
    held_by: Vec<String>,
    /// In the order of precedence.
    reasons: Vec<String>,
}

/// Where the cases lie.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn text(name: &str) -> String {
    let path = folder().join(name).with_extension("json");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Case {
    /// The case of this name.
    pub fn read(name: &str) -> Self {
        serde_json::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Goal: the engine decides as written. Method: at every instant the whole decision; beside it, that `explain` and
    /// folded activities give the same decision, and that it stands until its next change and no longer.
    pub fn check(&self) {
        let policy = Policy::from_json(&text(&format!("policies/{}", self.policy)));
        let policy = policy.unwrap_or_else(|error| panic!("{}: {error}", self.policy));
        let owner = self.owner.as_ref();
        let recorder = Recorder::new(&policy, &self.customer, owner).expect("an owned customer");
        let folded = self.customer.clone().with_folded(recorder.finish());

        assert!(!self.expected.is_empty(), "{}", self.says);
        for expected in &self.expected {
            let decide = |at| policy.decide(&self.customer, owner, at);
            let decision = decide(expected.at);
            let explanation = policy.explain(&self.customer, owner, expected.at);
            assert_eq!(&moment(&policy, &decision, &explanation), expected, "{}", self.says);
            assert_eq!(*explanation.decision(), decision, "explained: {}", self.says);
            assert_eq!(policy.decide(&folded, owner, expected.at), decision, "folded: {}", self.says);
            let last = match decision.next_change() {
                Some(change) => {
                    assert!(!decide(change).is_same(&decision), "nothing changes on {change}: {}", self.says);
                    change.checked_add_micros(-1).expect("an instant of our age")
                }
                None => Timestamp::MAX,
            };
            assert!(decide(last).is_same(&decision), "changed before {last}: {}", self.says);
        }
    }
}

fn moment(policy: &Policy, decision: &Decision, explanation: &Explanation) -> Moment {
    let documents = explanation.steps().iter().filter_map(|step| match step {
        Step::Hold(hold) if hold.live => hold.document.as_ref(),
        _ => None,
    });
    Moment {
        at: explanation.now(),
        verdict: verdict(policy, decision),
        due: decision.due(),
        trigger: decision.trigger().and_then(|trigger| policy.trigger_id(trigger)).map(ToString::to_string),
        pool: decision.pool().and_then(|pool| policy.pool_id(pool)).map(ToString::to_string),
        next_change: decision.next_change(),
        held_by: documents.map(ToString::to_string).collect(),
        reasons: decision.reasons().iter().map(|code| code.to_string()).collect(),
    }
}

fn verdict(policy: &Policy, decision: &Decision) -> String {
    match decision.verdict() {
        Verdict::NotOwned => "not_owned".to_owned(),
        Verdict::Undetermined(code) => format!("undetermined {code}"),
        Verdict::Held(HeldBy::Freeze(kind)) => format!("held freeze {kind}"),
        Verdict::Held(HeldBy::Exemption) => "held exemption".to_owned(),
        Verdict::Held(HeldBy::Lock) => "held lock".to_owned(),
        Verdict::Held(HeldBy::Business(kind)) => {
            format!("held business {}", policy.hold_kind(kind).expect("a kind of the policy"))
        }
        Verdict::Held(HeldBy::FreezeWindow) => "held freeze_window".to_owned(),
        Verdict::Held(HeldBy::Deferral) => "held deferral".to_owned(),
        Verdict::Due => "due".to_owned(),
        Verdict::NoticePending(earliest) => format!("notice_pending {earliest:?}"),
        Verdict::ReviewPending(state) => format!("review_pending {state:?}"),
        Verdict::Warn(stage) => {
            let stage = decision.trigger().and_then(|trigger| policy.stage_id(trigger, stage));
            format!("warn {}", stage.expect("a stage of the deciding trigger"))
        }
        Verdict::Keep => "keep".to_owned(),
    }
}
