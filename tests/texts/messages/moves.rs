//! What the catalogues say about commands and about reclaims that are not executed.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::at;
use customer_pool::decision::{HeldBy, ReviewPending};
use customer_pool::id::{PoolId, RepId};
use customer_pool::messages::{Language, denial_message, execution_message, move_sentence, refusal_message};
use customer_pool::model::{ClosedCause, Customer, FreezeKind, Ownership, Place, Rep};
use customer_pool::moves::{Intent, Landing, MoveCase, MoveDecision, Refusal};
use customer_pool::sweep::{Execution, ExecutionRefusal};
use customer_pool::{Policy, ReasonCode};

/// Every refusal, in every form that has a text of its own.
const REFUSALS: &str = include_str!("refusals.json");
const NOW: &str = "2026-03-10T09:00:00+08:00";

pub fn refusals() -> Vec<Refusal> {
    serde_json::from_str(REFUSALS).unwrap_or_else(|error| panic!("refusals.json: {error}"))
}

/// Every refusal of an execution, in every form that can be built without a policy.
pub fn executions() -> Vec<ExecutionRefusal> {
    let later = at("2026-03-20T00:00:00+08:00");
    vec![
        ExecutionRefusal::NotOwned,
        ExecutionRefusal::Undetermined(ReasonCode::OwnershipStartUnknown),
        ExecutionRefusal::NothingArmed,
        ExecutionRefusal::DueAhead(later),
        ExecutionRefusal::NoticePending(None),
        ExecutionRefusal::NoticePending(Some(later)),
        ExecutionRefusal::Frozen(HeldBy::Freeze(FreezeKind::Dispute)),
        ExecutionRefusal::Held(HeldBy::Exemption),
        ExecutionRefusal::Held(HeldBy::Lock),
        ExecutionRefusal::Held(HeldBy::FreezeWindow),
        ExecutionRefusal::ReviewPending(None),
        ExecutionRefusal::ReviewPending(Some(ReviewPending::Nominated)),
        ExecutionRefusal::ReviewPending(Some(ReviewPending::Deferred)),
        ExecutionRefusal::ReviewDeferred,
        ExecutionRefusal::ReviewRejected,
    ]
}

/// Commands under the policy `book`: title, customer and answer.
fn answers(policies: &BTreeMap<String, Policy>) -> Vec<(&'static str, Customer, MoveDecision)> {
    let policy = &policies["book"];
    let (li, wang): (RepId, RepId) = ("li".parse().unwrap(), "wang".parse().unwrap());
    let (east, west): (PoolId, PoolId) = ("east".parse().unwrap(), "west".parse().unwrap());
    let owned = Ownership::new("li".parse().unwrap(), at("2026-03-05T09:00:00+08:00"));
    let owned = Customer::new("k50".parse().unwrap(), Place::Owned(owned));
    let new = Customer::new("k51".parse().unwrap(), Place::Awaiting);
    let heir = Rep::new("wang".parse().unwrap()).deactivated();
    let commands = [
        ("A manager takes it back / 主管收回", MoveCase::new(&owned, Intent::TakeBack)),
        (
            "The owner leaves, and the successor has left too / 负责人离职，接手人也已离职",
            MoveCase::new(&owned, Intent::Depart { of: li.clone(), successor: Some(&heir), manager: None }),
        ),
        (
            "Created, to be admitted / 新建，待审核",
            MoveCase::new(&new, Intent::Create { customer: new.clone().into(), into: Landing::Awaiting }),
        ),
        ("Closed as invalid / 判为无效客户", MoveCase::new(&owned, Intent::Close { cause: ClosedCause::Invalid })),
        (
            "Frozen by law / 司法冻结",
            MoveCase::new(&owned, Intent::Freeze { kind: FreezeKind::LegalHold, until: None }),
        ),
        ("Unlocked twice / 重复解除锁定", MoveCase::new(&owned, Intent::Unlock)),
        (
            "A colleague releases it / 同事退回",
            MoveCase::new(&owned, Intent::Release { by: wang.clone() }).with_pool(&east),
        ),
        (
            "Moved to another pool while it is owned / 有负责人的客户移至另一公海",
            MoveCase::new(&owned, Intent::MoveTo { pool: west.clone() }),
        ),
    ];
    let own = commands.map(|(title, case)| (title, case.customer().clone(), policy.decide_move(&case, at(NOW))));
    let claims = super::claims::samples();
    let asked = [
        ("k01", "Claimed / 领取"),
        ("k03", "Claimed already / 已在自己名下"),
        ("k09", "Frozen by law and claimed / 领取被司法冻结的客户"),
        ("k16", "Over the cap, and the manager lets it pass / 超额领取，主管特批"),
        ("k17", "Assigned over the cap / 超额分配"),
        ("k12", "A fourth claim on one day / 一天内第四次领取"),
        ("k31", "Claimed without a ledger / 未提供台账就领取"),
    ]
    .map(|(customer, title)| {
        let sample = claims.iter().find(|sample| sample.customer() == customer).unwrap();
        let (customer, answer) = sample.commanded(policies);
        (title, customer, answer)
    });
    own.into_iter().chain(asked).collect()
}

fn block(text: &mut String, title: &str, line: impl Fn(Language) -> String) {
    text.push_str(&format!("\n{title}\n\n```text\n"));
    for language in Language::ALL {
        text.push_str(&line(*language));
        text.push('\n');
    }
    text.push_str("```\n");
}

/// The part of `docs/samples.md` about commands and executions.
pub fn rendered(policies: &BTreeMap<String, Policy>) -> String {
    let policy = &policies["book"];
    let mut text = format!("\n# Commands\n\nAnswers to commands under the policy `book`, now {NOW}.\n");
    for (number, (title, customer, answer)) in (1..).zip(answers(policies)) {
        block(&mut text, &format!("## M{number}. {title}"), |language| {
            move_sentence(policy, &customer, &answer, language)
        });
    }
    text.push_str("\n# Refusals of commands\n\nEvery refusal as a clause; `move.refused` makes a sentence of them.\n");
    for refusal in refusals() {
        block(&mut text, &format!("`{}`", refusal.code()), |language| refusal_message(policy, &refusal, language));
    }
    text.push_str("\n# Reclaims that are not executed\n\nEvery refusal of an execution as a clause.\n");
    for refusal in executions() {
        block(&mut text, &format!("`{refusal}`"), |language| execution_message(policy, refusal, language));
    }
    text
}

/// Every refusal has a text of its own in every language: all are rendered and compared.
#[test]
fn the_samples_show_every_refusal() {
    let policies = super::rendered::policies();
    let policy = &policies["book"];
    let codes: BTreeSet<_> = refusals().iter().map(Refusal::code).collect();
    let missing: Vec<_> = Refusal::CODES.iter().filter(|code| !codes.contains(*code)).collect();
    assert!(missing.is_empty(), "no sample has {missing:?}");
    for language in Language::ALL {
        let mut texts = BTreeSet::new();
        for refusal in refusals() {
            let text = refusal_message(policy, &refusal, *language);
            assert!(!text.contains(refusal.code()) && !text.contains(['{', '}']), "{text}");
            if let Refusal::LockCap { rule, .. } = &refusal {
                assert!(text.contains(rule.as_str()), "{text}");
            }
            let day = refusal.lifts_at().map(|at| at.to_datetime() + chrono::TimeDelta::hours(8));
            assert!(day.is_none_or(|day| text.contains(&day.format("%Y-%m-%d %H:%M").to_string())), "{text}");
            if let Refusal::Denied(denial) = &refusal {
                assert_eq!(text, denial_message(policy, denial, *language));
            }
            assert!(texts.insert(text.clone()), "{text} twice");
        }
        let mut texts = BTreeSet::new();
        for refusal in executions() {
            let text = execution_message(policy, refusal, *language);
            assert!(!text.contains("execution.") && !text.contains(['{', '}']), "{text}");
            assert!(texts.insert(text.clone()), "{text} twice");
        }
    }
}

/// A sentence holds every refusal, and a report every part of the answer by name; all verdicts are compared.
#[test]
fn sentence_and_report_tell_the_answer() {
    let policies = super::rendered::policies();
    let policy = &policies["book"];
    let mut verdicts = BTreeSet::new();
    for (title, customer, answer) in answers(&policies) {
        let report = policy.report_move(&customer, &answer);
        assert_eq!(report.refusals, answer.refusals(), "{title}");
        let planned = answer.planned();
        assert_eq!(report.events.len(), planned.map_or(0, |planned| planned.kinds().len()), "{title}");
        assert_eq!(report.place, planned.and_then(|planned| planned.place(&customer)), "{title}");
        for language in Language::ALL {
            let sentence = move_sentence(policy, &customer, &answer, *language);
            for refusal in answer.refusals() {
                assert!(sentence.contains(&refusal_message(policy, refusal, *language)), "{sentence}");
            }
            assert!(!sentence.contains("event."), "{sentence}");
        }
        let json = serde_json::to_value(report).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 11);
        verdicts.insert(json["verdict"].to_string());
    }
    let wanted = ["\"already_done\"", "\"moves\"", "\"refused\"", r#"{"undetermined":"ledger.missing"}"#];
    assert_eq!(verdicts, BTreeSet::from(wanted.map(str::to_owned)));
}

/// What a policy must be asked for is named too, as the kind of a business document: execute the reclaim of every sample.
#[test]
fn an_execution_names_what_it_waits_for() {
    let policies = super::rendered::policies();
    let mut texts = BTreeSet::new();
    for (policy, execution) in super::rendered::executed(&policies) {
        let Execution::Refused(refusals) = execution else { continue };
        for refusal in refusals {
            let text = execution_message(&policies[&policy], refusal, Language::English);
            assert!(!text.contains("execution.") && !text.contains(['{', '}']), "{text}");
            texts.insert(text);
        }
    }
    assert!(texts.contains("a live business document holds the customer (open order)"), "{texts:?}");
}
