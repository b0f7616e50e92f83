//! One decision in one sentence: the verdict, and every reason as a clause.

use super::Language;
use super::catalogue::message;
use super::words::Words;
use crate::decision::{Decision, HeldBy, ReasonCode, Verdict};
use crate::policy::Policy;

/// The parameters of a decision's reasons, for [`message`]: `due`, `trigger`, `pool`, `earliest`, `stage` and `triggers` (those
/// that only notify), as far as the decision has them.
#[must_use]
pub fn parameters(policy: &Policy, decision: &Decision, language: Language) -> Vec<(&'static str, String)> {
    let words = Words::new(policy, language);
    let mut given = Vec::new();
    given.extend(decision.due().map(|due| ("due", words.time(due))));
    let trigger = decision.trigger();
    given.extend(trigger.and_then(|it| policy.trigger_id(it)).map(|id| ("trigger", id.to_string())));
    given.extend(decision.pool().and_then(|it| policy.pool_id(it)).map(|id| ("pool", id.to_string())));
    if let Verdict::NoticePending(Some(earliest)) = decision.verdict() {
        given.push(("earliest", words.time(earliest)));
    }
    if let (Verdict::Warn(stage), Some(trigger)) = (decision.verdict(), trigger) {
        given.extend(policy.stage_id(trigger, stage).map(|id| ("stage", id.to_string())));
    }
    if !decision.notify().is_empty() {
        let triggers = policy.notify_ids(decision.notify()).map(|id| words.quoted(id.as_str()));
        given.push(("triggers", words.list(triggers)));
    }
    given
}

/// A decision in one sentence: the verdict, the reason that gives it, and the other reasons in their order of
/// precedence. `policy` is the one that decided.
#[must_use]
pub fn sentence(policy: &Policy, decision: &Decision, language: Language) -> String {
    let words = Words::new(policy, language);
    let given = parameters(policy, decision, language);
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reasons = decision.reasons();
    let (key, main): (_, &[ReasonCode]) = match decision.verdict() {
        Verdict::NotOwned => ("verdict.not_owned", &[]),
        Verdict::Undetermined(code) => ("verdict.undetermined", &[code]),
        Verdict::Held(by) => ("verdict.held", codes(by)),
        Verdict::Due if reasons.contains(ReasonCode::ReviewDue) => ("verdict.review_due", &[ReasonCode::ReviewDue]),
        Verdict::Due => ("verdict.due", &[ReasonCode::Due]),
        Verdict::NoticePending(_) => ("verdict.notice_pending", &[ReasonCode::NoticeDue, ReasonCode::NoticeRunning]),
        Verdict::ReviewPending(_) => ("verdict.review_pending", &[ReasonCode::ReviewPending]),
        Verdict::Warn(_) => ("verdict.warn", &[ReasonCode::Warning, ReasonCode::NotDue]),
        Verdict::Keep => ("verdict.keep", &[ReasonCode::ReviewRejected, ReasonCode::NotDue, ReasonCode::NothingArmed]),
    };
    let first = main.iter().copied().filter(|code| reasons.contains(*code));
    let others = reasons.iter().filter(|code| !main.contains(code));
    let clauses = first.chain(others).map(|code| match (decision.verdict(), code) {
        (Verdict::Held(HeldBy::Freeze(kind)), ReasonCode::Frozen) => {
            words.say("held.freeze", &[("kind", &words.freeze(kind))])
        }
        (Verdict::Held(HeldBy::Business(hold)), ReasonCode::BusinessHold) => {
            let kind = policy.hold_kind(hold).map(|kind| words.document(kind)).unwrap_or_default();
            words.say("held.document", &[("kind", &kind)])
        }
        (Verdict::NoticePending(Some(_)), ReasonCode::NoticeRunning) => words.say("notice.until", &given),
        _ => message(code, &given, language),
    });
    let why = clauses.collect::<Vec<_>>().join(language.semicolon());
    words.say(key, &[("why", &why)])
}

/// The codes of what holds.
const fn codes(by: HeldBy) -> &'static [ReasonCode] {
    match by {
        HeldBy::Freeze(_) => &[ReasonCode::Frozen],
        HeldBy::Exemption => &[ReasonCode::ExemptOwner, ReasonCode::ExemptCustomer, ReasonCode::ExemptDeal],
        HeldBy::Lock => &[ReasonCode::Locked],
        HeldBy::Business(_) => &[ReasonCode::BusinessHold],
        HeldBy::FreezeWindow => &[ReasonCode::FreezeWindow],
        HeldBy::Deferral => &[ReasonCode::ReviewDeferred],
    }
}
