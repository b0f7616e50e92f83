//! What the catalogues say about believable customers.

use std::collections::{BTreeMap, BTreeSet};

use customer_pool::messages::{DecisionReport, Language, VerdictReport, sentence};
use customer_pool::model::{Customer, Rep};
use customer_pool::policy::Revisions;
use customer_pool::sweep::Execution;
use customer_pool::time::Timestamp;
use customer_pool::{Explanation, Policy, ReasonCode};
use serde::Deserialize;

const POLICIES: &str = include_str!("policies.json");
const SAMPLES: &str = include_str!("samples.json");

/// One case to explain.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// In English and in Chinese.
    title: [String; 2],
    policy: String,
    /// The revision of the policy before, where the decision is made across the change.
    before: Option<String>,
    /// In the policy's zone, as a reader wants to see it.
    now: String,
    customer: serde_json::Value,
    owner: Option<serde_json::Value>,
}

impl Sample {
    fn explain(&self, policies: &BTreeMap<String, Policy>) -> Explanation {
        let fail = |error: serde_json::Error| -> ! { panic!("{}: {error}", self.title[0]) };
        let customer = Customer::deserialize(&self.customer).unwrap_or_else(|error| fail(error));
        let owner = self.owner.as_ref().map(|owner| Rep::deserialize(owner).unwrap_or_else(|error| fail(error)));
        let policy = &policies[&self.policy];
        let now: Timestamp = self.now.parse().unwrap();
        let Some(before) = &self.before else {
            let explanation = policy.explain(&customer, owner.as_ref(), now);
            assert_eq!(*explanation.decision(), policy.decide(&customer, owner.as_ref(), now));
            return explanation;
        };
        let revisions = Revisions::new([policies[before].clone(), policy.clone()]).unwrap();
        let (by, explanation) = revisions.explain(&customer, owner.as_ref(), now);
        assert_eq!(by, policy, "the later revision binds");
        assert_eq!(*explanation.decision(), revisions.decide(&customer, owner.as_ref(), now).decision);
        explanation
    }
}

/// What executing the reclaim of every sample comes to, under the policy of this name.
pub fn executed(policies: &BTreeMap<String, Policy>) -> Vec<(String, Execution)> {
    let execute = |sample: Sample| {
        let customer = Customer::deserialize(&sample.customer).unwrap();
        let owner = sample.owner.as_ref().map(|owner| Rep::deserialize(owner).unwrap());
        let execution = policies[&sample.policy].execute(&customer, owner.as_ref(), &[], sample.now.parse().unwrap());
        (sample.policy, execution)
    };
    samples().into_iter().map(execute).collect()
}

pub fn policies() -> BTreeMap<String, Policy> {
    let documents: BTreeMap<String, serde_json::Value> = serde_json::from_str(POLICIES).unwrap();
    let policy = |text: String| Policy::from_json(&text).unwrap_or_else(|error| panic!("{error}"));
    documents.into_iter().map(|(name, document)| (name, policy(document.to_string()))).collect()
}

fn samples() -> Vec<Sample> {
    serde_json::from_str(SAMPLES).unwrap()
}

fn rendered() -> String {
    let policies = policies();
    let mut text = String::from(
        "# Samples: what people read\n\n\
         Explanations of believable customers in both languages, rendered by `tests/texts/messages.rs` from the policies and\n\
         facts in `tests/texts/messages/`. Every reason code and every text of the catalogues occurs. The policies are those\n\
         of a software company: `team` for sales, `renewals` for trials and existing customers, `year_end` and `calls`\n\
         for leads; `reviews` shows notices, reviews and a changed policy. Answers to claims and commands come last,\n\
         and what outcomes and failures say.\n",
    );
    for (number, sample) in (1..).zip(samples()) {
        let explanation = sample.explain(&policies);
        let [english, chinese] = &sample.title;
        text.push_str(&format!(
            "\n## {number}. {english} / {chinese}\n\nPolicy `{}`, now {}.\n",
            sample.policy, sample.now
        ));
        for language in Language::ALL {
            text.push_str("\n```text\n");
            for line in explanation.lines(&policies[&sample.policy], *language) {
                text.push_str(&line);
                text.push('\n');
            }
            text.push_str("```\n");
        }
    }
    text.push_str(&super::claims::rendered(&policies));
    text.push_str(&super::moves::rendered(&policies));
    text.push_str(&super::outcomes::rendered(&policies));
    text
}

/// `docs/samples.md` is what the code says.
#[test]
fn the_samples_are_current() {
    assert!(samples().len() >= 30);
    crate::support::hold_to("docs/samples.md", &rendered());
}

/// The samples are worth reading: together they show every reason code, and every text of the catalogues that is not
/// merely one name of many.
#[test]
fn the_samples_show_every_reason_and_every_text() {
    let policies = policies();
    let mut reasons = BTreeSet::new();
    for sample in samples() {
        reasons.extend(sample.explain(&policies).decision().reasons().iter());
    }
    reasons.extend(super::claims::samples().iter().filter_map(|sample| sample.undetermined(&policies)));
    let missing: Vec<_> = ReasonCode::ALL.iter().filter(|code| !reasons.contains(code)).collect();
    assert!(missing.is_empty(), "no sample has {missing:?}");

    let text = rendered();
    assert!(!text.contains(['{', '}']), "a parameter was not filled in");
    let names =
        ["activity.", "document.", "freeze.", "fact.", "span.", "audience.", "cause.", "closed.", "event.", "way_in."];
    for catalogue in [include_str!("../../../src/messages/en.txt"), include_str!("../../../src/messages/zh_cn.txt")] {
        for line in catalogue.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')) {
            let Some((key, template)) = line.split_once(" = ") else { continue };
            if names.iter().any(|prefix| key.starts_with(prefix)) {
                continue;
            }
            let pieces = template.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after));
            for piece in pieces {
                assert!(text.contains(piece), "no sample shows `{piece}` of {key}");
            }
        }
    }
}

/// Another policy than the one that decided gives wrong names, but no panic.
#[test]
fn lines_for_another_policy_do_not_panic() {
    let policies = policies();
    for sample in samples() {
        let explanation = sample.explain(&policies);
        for policy in policies.values() {
            assert!(!explanation.lines(policy, Language::English).is_empty());
            let _ = policy.report(explanation.decision());
        }
    }
}

/// The first line of an explanation is the decision's own sentence; a report names what the decision refers to.
#[test]
fn sentence_and_report_tell_the_decision() {
    let policies = policies();
    let mut verdicts = BTreeSet::new();
    for sample in samples() {
        let explanation = sample.explain(&policies);
        let (policy, decision) = (&policies[&sample.policy], explanation.decision());
        for language in Language::ALL {
            assert_eq!(explanation.lines(policy, *language)[0], sentence(policy, decision, *language));
        }
        let report: DecisionReport = policy.report(decision);
        assert_eq!(report.trigger.as_ref(), decision.trigger().and_then(|trigger| policy.trigger_id(trigger)));
        assert_eq!(report.notify.len(), policy.notify_ids(decision.notify()).count());
        assert!(!matches!(report.verdict, VerdictReport::Warn(None)));
        let json = serde_json::to_value(&report).unwrap();
        let steps = serde_json::to_value(explanation.steps()).unwrap();
        assert_eq!(steps.as_array().unwrap().len(), explanation.steps().len());
        let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(BTreeSet::from_iter(keys).len(), 8);
        verdicts.insert(json["verdict"].to_string());
    }
    for verdict in [
        r#""not_owned""#,
        r#"{"undetermined":"facts.anchor_missing"}"#,
        r#"{"held":{"business":"open_order"}}"#,
        r#"{"held":{"freeze":"dispute"}}"#,
        r#"{"held":"exemption"}"#,
        r#"{"held":"lock"}"#,
        r#"{"held":"freeze_window"}"#,
        r#""due""#,
        r#"{"notice_pending":null}"#,
        r#"{"review_pending":"nominated"}"#,
        r#"{"held":"deferral"}"#,
        r#"{"warn":"soon"}"#,
        r#""keep""#,
    ] {
        assert!(verdicts.contains(verdict), "{verdict} of {verdicts:?}");
    }
}
