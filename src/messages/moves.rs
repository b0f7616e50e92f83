//! Answers to commands and to reclaims that were to be executed, in words and by name.

use serde::Serialize;

use super::Language;
use super::catalogue::template;
use super::words::Words;
use crate::decision::{Class, Denial, HeldBy, Preconditions, ReasonCode, ReviewPending};
use crate::events::EventKind;
use crate::id::Label;
use crate::model::{Customer, Place};
use crate::moves::{Move, MoveDecision, MoveVerdict, Refusal};
use crate::policy::Policy;
use crate::sweep::ExecutionRefusal;
use crate::time::{Span, Timestamp};

/// An answer to a command in sentences: the verdict, with the events and where the customer is then or with every
/// refusal and its numbers, what warns, what a bypass removed, and from when on the command is possible. `policy` is the one that answered, and `customer` the one it was asked about.
///
/// ```
/// use customer_pool::messages::{self, Language};
/// use customer_pool::model::Customer;
/// use customer_pool::moves::{Intent, MoveCase};
/// use customer_pool::{at, id};
/// # let policy = customer_pool::Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
/// let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T07:00:00Z"));
/// let now = at!("2026-03-04T07:00:00Z");
/// let decision = policy.decide_move(&MoveCase::new(&customer, Intent::Release { by: id!("wang") }), now);
/// assert_eq!(
///     messages::move_sentence(&policy, &customer, &decision, Language::English),
///     "Refused: only the owner may do this."
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn move_sentence(policy: &Policy, customer: &Customer, decision: &MoveDecision, language: Language) -> String {
    let hidden = decision.refusals().contains(&Refusal::Denied(Denial::NotMember));
    let words = Words::new(policy, language).of_pool(customer.last_pool().filter(|_| !hidden));
    let planned = decision.planned();
    let mut sentences = vec![match decision.verdict() {
        MoveVerdict::Moves => {
            let events = planned.map(Move::kinds).unwrap_or_default();
            let events = words.list(events.iter().map(|event| words.say(&format!("event.{event}"), &[])));
            words.say("move.moves", &[("events", &events)])
        }
        MoveVerdict::AlreadyDone => words.say("move.already_done", &[]),
        MoveVerdict::Refused => words.say("move.refused", &[("why", &words.refusals(decision.refusals()))]),
        MoveVerdict::Undetermined(code) => {
            words.undetermined(["move.undetermined", "move.undetermined_by"], code, decision.open_rule())
        }
    }];
    if let Some(place) = planned.and_then(|planned| planned.place(customer)) {
        sentences.push(words.say("move.place", &[("place", &words.place(&place))]));
    }
    let bypassed = planned.map(|planned| planned.bypassed()).unwrap_or_default();
    for (key, denials) in [("move.warning", decision.warnings()), ("move.bypassed", bypassed)] {
        if !denials.is_empty() {
            sentences.push(words.say(key, &[("why", &words.denials(denials))]));
        }
    }
    sentences.extend(decision.retry_at().map(|at| words.say("move.retry", &[("at", &words.time(at))])));
    sentences.join(language.between_sentences())
}

/// One refusal of a command as a clause with its numbers, without a full stop.
#[must_use]
pub fn refusal_message(policy: &Policy, refusal: &Refusal, language: Language) -> String {
    Words::new(policy, language).refusal(refusal)
}

/// Why a reclaim is not executed, as a clause with its numbers, without a full stop. `policy` is the one that was asked.
#[must_use]
pub fn execution_message(policy: &Policy, refusal: ExecutionRefusal, language: Language) -> String {
    let words = Words::new(policy, language);
    let known = |code| template(code, language).to_owned();
    match refusal {
        ExecutionRefusal::NotOwned => words.say("execution.not_owned", &[]),
        ExecutionRefusal::Undetermined(code) => {
            words.say("execution.undetermined", &[("why", template(code, language))])
        }
        ExecutionRefusal::NothingArmed => known(ReasonCode::NothingArmed),
        ExecutionRefusal::DueAhead(due) => words.say("execution.due_ahead", &[("due", &words.time(due))]),
        ExecutionRefusal::NoticePending(None) => words.say("execution.notice_pending", &[]),
        ExecutionRefusal::NoticePending(Some(until)) => {
            words.say("execution.notice_until", &[("until", &words.time(until))])
        }
        ExecutionRefusal::Frozen(by) | ExecutionRefusal::Held(by) => words.held(by),
        ExecutionRefusal::ReviewPending(state) => {
            let key = match state {
                None => "execution.review_needed",
                Some(ReviewPending::Nominated) => "execution.review_nominated",
                Some(ReviewPending::Deferred) => "execution.review_resumed",
            };
            words.say(key, &[])
        }
        ExecutionRefusal::ReviewDeferred => known(ReasonCode::ReviewDeferred),
        ExecutionRefusal::ReviewRejected => known(ReasonCode::ReviewRejected),
    }
}

impl Words<'_> {
    fn place(&self, place: &Place) -> String {
        match place {
            Place::Owned(owned) => self.say("place.owned", &[("owner", owned.owner().as_str())]),
            Place::Pool(stay) => self.say("place.pool", &[("pool", stay.pool().as_str())]),
            Place::Awaiting => self.say("place.awaiting", &[]),
            Place::Closed(cause) => self.say("place.closed", &[("cause", &self.say(&format!("closed.{cause}"), &[]))]),
        }
    }

    fn held(&self, by: HeldBy) -> String {
        let known = |code| template(code, self.language).to_owned();
        match by {
            HeldBy::Freeze(kind) => self.say("held.freeze", &[("kind", &self.freeze(kind))]),
            HeldBy::Exemption => self.say("execution.exempt", &[]),
            HeldBy::Lock => known(ReasonCode::Locked),
            HeldBy::Business(hold) => match self.policy.hold_kind(hold) {
                Some(kind) => self.say("held.document", &[("kind", &self.document(kind))]),
                None => known(ReasonCode::BusinessHold),
            },
            HeldBy::FreezeWindow => known(ReasonCode::FreezeWindow),
            HeldBy::Deferral => known(ReasonCode::ReviewDeferred),
        }
    }

    pub(crate) fn refusals(&self, refusals: &[Refusal]) -> String {
        let clauses: Vec<_> = refusals.iter().map(|refusal| self.refusal(refusal)).collect();
        clauses.join(self.language.semicolon())
    }

    fn refusal(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Denied(denial) => self.denial(denial),
            Refusal::Closed { cause } => {
                self.refused(refusal, &[("cause", &self.say(&format!("closed.{cause}"), &[]))])
            }
            Refusal::Frozen { kind, until: None } => self.refused(refusal, &[("kind", &self.freeze(*kind))]),
            Refusal::Frozen { kind, until: Some(until) } => {
                let given = [("kind", &*self.freeze(*kind)), ("until", &self.time(*until))];
                self.say("refusal.move.frozen_until", &given)
            }
            Refusal::Held { kind, document, until } => {
                let (kind, until) = (self.document(kind), until.map(|at| self.time(at)));
                let key = if until.is_some() { "refusal.move.held_until" } else { "refusal.move.held" };
                let until = until.unwrap_or_default();
                self.say(key, &[("kind", &kind), ("document", document.as_str()), ("until", &until)])
            }
            Refusal::ReasonUnknown { reason } => self.refused(refusal, &[("reason", reason.as_str())]),
            Refusal::PoolNotAllowed { pool } | Refusal::PoolUnknown { pool } => {
                self.refused(refusal, &[("pool", pool.as_str())])
            }
            Refusal::NotClaimed { way_in } => {
                self.refused(refusal, &[("way_in", &self.say(&format!("way_in.{way_in}"), &[]))])
            }
            Refusal::NotReclaimed { cause: Some(cause) } => {
                self.refused(refusal, &[("cause", &self.say(&format!("cause.{cause}"), &[]))])
            }
            Refusal::NotReclaimed { cause: None } => self.say("refusal.restore.never_owned", &[]),
            Refusal::TooEarly { at } | Refusal::EscalationAhead { at } => {
                self.refused(refusal, &[("at", &self.time(*at))])
            }
            Refusal::UndoOver { until } | Refusal::ReservationOpen { until } => {
                self.refused(refusal, &[("until", &self.time(*until))])
            }
            Refusal::LockTooLong { until } => self.too_long(refusal, *until, self.policy.rules().longest_lock),
            Refusal::ExtensionTooLong { until } => {
                self.too_long(refusal, *until, self.policy.move_engine().moves.longest_extension)
            }
            Refusal::UndosUsedUp { used, limit, resets_at } => {
                let (used, limit, until) = (used.to_string(), limit.to_string(), self.time(*resets_at));
                self.refused(refusal, &[("used", &used), ("limit", &limit), ("until", &until)])
            }
            Refusal::LockCap { rule, used, cap } => {
                let (used, cap) = (used.to_string(), cap.to_string());
                self.refused(refusal, &[("rule", rule.as_str()), ("used", &used), ("cap", &cap)])
            }
            Refusal::ExtensionLimit { used, limit } => {
                self.refused(refusal, &[("used", &used.to_string()), ("limit", &limit.to_string())])
            }
            without_numbers => self.refused(without_numbers, &[]),
        }
    }

    fn too_long(&self, refusal: &Refusal, until: Timestamp, most: Option<Span>) -> String {
        let most = most.map_or_else(|| "-".to_owned(), |most| self.span(most));
        self.refused(refusal, &[("until", &self.time(until)), ("most", &most)])
    }

    /// The text of the refusal's own code.
    fn refused(&self, refusal: &Refusal, given: &[(&str, &str)]) -> String {
        self.say(&format!("refusal.{}", refusal.code()), given)
    }
}

/// The verdict of a command by name: `"moves"`, `{"undetermined": "ledger.missing"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveVerdictReport {
    /// It makes the planned move.
    Moves,
    /// What it wants is so already.
    AlreadyDone,
    /// It is refused.
    Refused,
    /// The facts do not tell, for this reason.
    Undetermined(ReasonCode),
}

/// A [`MoveDecision`] for programs that read JSON, see [`Policy::report_move`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MoveReport {
    /// The answer.
    pub verdict: MoveVerdictReport,
    /// The kinds of the events, in their order.
    pub events: Vec<EventKind>,
    /// Where the customer is afterwards; nothing where its place does not change.
    pub place: Option<Place>,
    /// Every refusal with its numbers, in order.
    pub refusals: Vec<Refusal>,
    /// Capacities that are full and only warn.
    pub warnings: Vec<Denial>,
    /// Denials that a bypass removed.
    pub bypassed: Vec<Denial>,
    /// What kind of "no" it is; nothing where it is none.
    pub class: Option<Class>,
    /// The rule that could not be told, where the answer is undetermined for a rule with a name.
    pub open_rule: Option<Label>,
    /// The first instant at which the command is neither refused nor undetermined, where time alone lifts what stands in
    /// its way.
    pub retry_at: Option<Timestamp>,
    /// The first instant at which the answer is another.
    pub next_change: Option<Timestamp>,
    /// The versions under which the answer holds.
    pub preconditions: Preconditions,
}

impl Policy {
    /// An answer to a command about this customer, for programs that read JSON. A refusal is its code with its numbers:
    /// `{"undo.over": {"until": "2026-03-04T00:00:00Z"}}`, or the code alone; a denial stands in `{"denied": …}`.
    #[must_use]
    pub fn report_move(&self, customer: &Customer, decision: &MoveDecision) -> MoveReport {
        let planned = decision.planned();
        MoveReport {
            verdict: match decision.verdict() {
                MoveVerdict::Moves => MoveVerdictReport::Moves,
                MoveVerdict::AlreadyDone => MoveVerdictReport::AlreadyDone,
                MoveVerdict::Refused => MoveVerdictReport::Refused,
                MoveVerdict::Undetermined(code) => MoveVerdictReport::Undetermined(code),
            },
            events: planned.map(Move::kinds).unwrap_or_default(),
            place: planned.and_then(|planned| planned.place(customer)),
            refusals: decision.refusals().to_vec(),
            warnings: decision.warnings().to_vec(),
            bypassed: planned.map(|planned| planned.bypassed().to_vec()).unwrap_or_default(),
            class: decision.class(),
            open_rule: decision.open_rule().cloned(),
            retry_at: decision.retry_at(),
            next_change: decision.next_change(),
            preconditions: decision.preconditions().clone(),
        }
    }
}
