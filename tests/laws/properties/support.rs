//! The engine's answers in the words of the reference.

use customer_pool::decision::{HeldBy, ReviewPending};
use customer_pool::model::{OwnerFacts, Rep};
use customer_pool::policy::draft::Owners;
use customer_pool::{Decision, Policy, Verdict};

use crate::reference::{Answer, Said};
pub(crate) use crate::support::{cases, check};

/// A decision in the words of the reference.
pub(crate) fn said(policy: &Policy, decision: &Decision) -> Answer {
    let trigger = decision.trigger();
    let verdict = match decision.verdict() {
        Verdict::NotOwned => Said::NotOwned,
        Verdict::Undetermined(code) => Said::Undetermined(code.as_str()),
        Verdict::Held(HeldBy::Freeze(kind)) => Said::Held(kind.to_string()),
        Verdict::Held(HeldBy::Exemption) => Said::Held("exemption".to_owned()),
        Verdict::Held(HeldBy::Lock) => Said::Held("lock".to_owned()),
        Verdict::Held(HeldBy::Business(kind)) => Said::Held(policy.hold_kind(kind).unwrap().to_string()),
        Verdict::Held(HeldBy::FreezeWindow) => Said::Held("freeze_window".to_owned()),
        Verdict::Held(HeldBy::Deferral) => Said::Held("deferral".to_owned()),
        Verdict::NoticePending(earliest) => Said::NoticePending(earliest),
        Verdict::ReviewPending(ReviewPending::Nominated) => Said::ReviewPending("nominated"),
        Verdict::ReviewPending(ReviewPending::Deferred) => Said::ReviewPending("deferred"),
        Verdict::Due => Said::Due,
        Verdict::Warn(stage) => Said::Warn(policy.stage_id(trigger.unwrap(), stage).unwrap().to_string()),
        Verdict::Keep => Said::Keep,
    };
    Answer {
        verdict,
        due: decision.due(),
        trigger: trigger.map(|trigger| policy.trigger_id(trigger).unwrap().to_string()),
        action: decision.action(),
        pool: decision.pool().map(|pool| policy.pool_id(pool).unwrap().to_string()),
        notify: policy.notify_ids(decision.notify()).map(ToString::to_string).collect(),
        reasons: decision.reasons().iter().map(|code| code.as_str()).collect(),
        next_change: decision.next_change(),
    }
}

/// Everything that a policy can say about owners of whom there is no row.
pub(crate) const WORDS: [Option<Owners>; 3] = [None, Some(Owners::Optional), Some(Owners::Required)];

/// Everything that can be known of an owner.
pub(crate) fn states(owner: Option<&Rep>) -> [OwnerFacts<&Rep>; 5] {
    [owner.into(), OwnerFacts::NotGiven, OwnerFacts::NotEnrolled, OwnerFacts::Absent, OwnerFacts::Unknown]
}

/// The policy with another word about owners.
pub(crate) fn with_owners(policy: &Policy, owners: Option<Owners>) -> Policy {
    let mut document = serde_json::to_value(policy.draft()).unwrap();
    let keys = document.as_object_mut().unwrap();
    match owners {
        Some(owners) => keys.insert("owners".to_owned(), serde_json::to_value(owners).unwrap()),
        None => keys.remove("owners"),
    };
    Policy::from_json(&document.to_string()).unwrap()
}
