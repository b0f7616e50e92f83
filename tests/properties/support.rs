//! The engine's answers in the words of the reference.

use customer_pool::decision::{HeldBy, ReviewPending};
use customer_pool::{Decision, Policy, Verdict};

pub(crate) use crate::draw::{cases, check};
use crate::reference::{Answer, Said};

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
