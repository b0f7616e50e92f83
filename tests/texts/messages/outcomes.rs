//! Classes, what outcomes and failures say, and the form in which outcomes are kept.

use std::collections::{BTreeMap, BTreeSet};

use customer_pool::decision::{Class, Denial};
use customer_pool::messages::Language;
use customer_pool::model::LedgerScope;
use customer_pool::moves::Refusal;
use customer_pool::plan::{ItemOutcome, MissingFact, Outcome, PlanError, Subject, Version};
use customer_pool::service::{Attempt, Contended, DriverError, Failure};
use customer_pool::sweep::ExecutionCode;
use customer_pool::time::Timestamp;
use customer_pool::{Policy, ReasonCode};

/// Outcomes as they were kept before any said when it is over, and which rule was open.
const KEPT: &str = r#"{"items":[["c1",{"applied":{"version":2,"events":["claimed"]}}],["c2","already_done"],["c3",{"refused":["move.not_owner",{"denied":{"claim.quiet_period":{"rule":"fresh","until":"2026-03-11T00:00:00Z"}}}]}],["c4",{"not_executed":["execution.due_ahead","execution.held"]}],["c5",{"unknown":{"rep":"li"}}],["c6","held_back"],["c7",{"undetermined":"ledger.missing"}]]}"#;

fn later() -> Timestamp {
    "2026-03-20T00:00:00+08:00".parse().unwrap()
}

fn codes() -> Vec<ExecutionCode> {
    serde_json::from_value(ExecutionCode::CODES.into()).unwrap()
}

/// Every outcome that is not done, in every form that has a text of its own.
fn outcomes() -> Vec<ItemOutcome> {
    let undetermined = |rule: Option<&str>, retry_at| ItemOutcome::Undetermined {
        code: ReasonCode::HistoryIncomplete,
        rule: rule.map(|rule| rule.parse().unwrap()),
        retry_at,
    };
    let mut all = vec![
        ItemOutcome::Refused { refusals: vec![Refusal::NotOwner], retry_at: None },
        ItemOutcome::Refused { refusals: vec![Refusal::ReservationOpen { until: later() }], retry_at: Some(later()) },
        ItemOutcome::NotExecuted { codes: vec![ExecutionCode::DueAhead], retry_at: Some(later()) },
        ItemOutcome::Unknown(Subject::Customer("c9".parse().unwrap())),
        ItemOutcome::Unknown(Subject::Rep("li".parse().unwrap())),
        ItemOutcome::Unknown(Subject::Ledger(LedgerScope::Everybody)),
        ItemOutcome::HeldBack,
        undetermined(None, None),
        undetermined(Some("before"), Some(later())),
    ];
    all.extend(codes().into_iter().map(|code| ItemOutcome::NotExecuted { codes: vec![code], retry_at: None }));
    all
}

/// Every failure, with what a host sees of it.
fn failures() -> Vec<DriverError> {
    let failures = [
        Failure::Plan(PlanError::Missing(vec![MissingFact::Customer("c1".parse().unwrap())])),
        Failure::Plan(PlanError::Broken),
        Failure::KeyReused { key: "k1".parse().unwrap() },
        Failure::NotPreviewed,
        Failure::PreviewOver { until: later() },
        Failure::Stalled,
    ];
    let store = DriverError::Store(std::io::Error::other("disk full").into());
    failures.into_iter().map(DriverError::Failed).chain([store]).collect()
}

fn contended() -> Contended {
    Contended { attempts: 3, stale: Version::new(Subject::Customer("c1".parse().unwrap()), 7) }
}

/// The part of `docs/samples.md` about outcomes and failures.
pub fn rendered(policies: &BTreeMap<String, Policy>) -> String {
    let policy = &policies["book"];
    let mut text = String::from("\n# Outcomes that are not done, and failures of drivers\n");
    let mut block = |title: String, lines: [String; 2]| {
        text.push_str(&format!("\n{title}\n\n```text\n{}\n{}\n```\n", lines[0], lines[1]));
    };
    let both = [Language::English, Language::Chinese];
    for outcome in outcomes() {
        let text = serde_json::to_string(&outcome).unwrap();
        let title = format!("`{}`, {}", text.replace(['{', '}'], ""), outcome.class().unwrap());
        block(title, both.map(|language| outcome.sentence(policy, language).unwrap()));
    }
    for failure in failures() {
        block(format!("{failure}, {}", failure.class()), both.map(|language| failure.sentence(policy, language)));
    }
    let contended = contended();
    block(format!("{contended}, {}", contended.class()), both.map(|language| contended.sentence(policy, language)));
    let stale = Attempt::<Outcome>::Stale(contended.stale);
    let class = stale.class().unwrap();
    block(format!("stale, {class}"), both.map(|language| stale.sentence(policy, language).unwrap()));
    text
}

/// Goal: what stands under a key since before outcomes said more is read, and written byte for byte as it was; a retry and
/// a rule are keys of their own. Method: an old text there and back, and each new outcome.
#[test]
fn an_outcome_that_was_kept_before_is_read_and_written_as_it_was() {
    let kept: Outcome = serde_json::from_str(KEPT).unwrap();
    assert_eq!(serde_json::to_string(&kept).unwrap(), KEPT);
    assert_eq!(kept.items().len(), 7);
    let codes = vec![ExecutionCode::DueAhead, ExecutionCode::Held];
    assert_eq!(kept.items()[3].1, ItemOutcome::NotExecuted { codes, retry_at: None });
    let refused = ItemOutcome::Refused { refusals: vec![Refusal::NotOwner], retry_at: Some(later()) };
    let text = serde_json::to_string::<ItemOutcome>(&refused).unwrap();
    assert_eq!(text, r#"{"refused":["move.not_owner"],"retry_at":"2026-03-19T16:00:00Z"}"#);
    for outcome in outcomes() {
        let text = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<ItemOutcome>(&text).unwrap(), outcome, "{text}");
    }
    for wrong in [
        "{}",
        r#""refused""#,
        r#"{"refused":[],"unknown":{"rep":"li"}}"#,
        r#"{"refused":[],"rule":"before"}"#,
        r#"{"unknown":{"rep":"li"},"retry_at":"2026-03-19T16:00:00Z"}"#,
        r#"{"refused":[],"more":1}"#,
        r#"{"not_executed":["execution.odd"]}"#,
    ] {
        assert!(serde_json::from_str::<ItemOutcome>(wrong).is_err(), "{wrong}");
    }
}

/// Goal: a host can act on a class alone. Method: every code of every list, every outcome and failure; each class occurs,
/// and only a code that can leave an answer open has one among the reasons.
#[test]
fn every_no_has_a_class() {
    let lists = [Denial::CLASSES, Refusal::CLASSES, ExecutionCode::CLASSES];
    assert_eq!(lists.map(<[Class]>::len), [Denial::CODES.len(), Refusal::CODES.len(), ExecutionCode::CODES.len()]);
    let found: BTreeSet<Class> = lists.into_iter().flatten().copied().collect();
    assert_eq!(found, Class::ALL.iter().copied().collect());
    for refusal in super::moves::refusals() {
        let place = Refusal::CODES.iter().position(|code| *code == refusal.code());
        match (&refusal, place) {
            (Refusal::Denied(denial), _) => assert_eq!(refusal.class(), denial.class()),
            (_, Some(place)) => assert_eq!(refusal.class(), Refusal::CLASSES[place]),
            (_, None) => panic!("{} is not in the list", refusal.code()),
        }
    }
    for code in ReasonCode::ALL {
        let opens = ["facts.", "ledger.", "calendar.out", "time."].iter().any(|of| code.as_str().starts_with(of));
        assert_eq!(code.class().is_some(), opens, "{code}");
    }
    assert!(outcomes().iter().all(|outcome| outcome.class().is_some() && !outcome.is_done()));
    let done = [ItemOutcome::AlreadyDone, ItemOutcome::Applied { version: 1, events: vec![] }];
    assert!(done.iter().all(|outcome: &ItemOutcome| outcome.class().is_none() && outcome.retry_at().is_none()));
    let failures: Vec<Class> = failures().iter().map(DriverError::class).collect();
    let wanted = ["unknown", "invalid", "invalid", "conflict", "conflict", "invalid", "later"];
    assert_eq!(failures.iter().map(|class| class.as_str()).collect::<Vec<_>>(), wanted);
    assert_eq!(contended().class(), Class::Later);
    assert_eq!(Attempt::Stale::<Outcome>(contended().stale).class(), Some(Class::Later));
    let done = Attempt::Done(Outcome::default());
    assert_eq!((done.class(), done.sentence(&super::rendered::policies()["book"], Language::English)), (None, None));
}

/// Goal: of several refusals the class is that of the one that stands in the way longest. Method: one that time lifts
/// beside one that nothing lifts.
#[test]
fn the_class_of_several_is_the_first() {
    let refusals = vec![Refusal::ReservationOpen { until: later() }, Refusal::NotOwned];
    let outcome: ItemOutcome = ItemOutcome::Refused { refusals, retry_at: None };
    assert_eq!(outcome.class(), Some(Class::Conflict));
    assert_eq!(Class::ALL.first(), Some(&Class::Forbidden));
    assert_eq!(Class::ALL.last(), Some(&Class::Later));
}
