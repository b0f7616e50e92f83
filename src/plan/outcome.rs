//! What a command came to, as it is kept under the command's key.

use serde::{Deserialize, Serialize};

use super::version::Subject;
use crate::decision::{Class, ReasonCode};
use crate::digest::Digest;
use crate::id::{CustomerId, Label, RepId};
use crate::ledger::{EventKind, RepEventKind};
use crate::messages::{Language, Words};
use crate::moves::Refusal;
use crate::policy::Policy;
use crate::sweep::ExecutionCode;
use crate::time::Timestamp;

/// What one customer's part of a command came to, or a command about a rep, whose events have kinds of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemOutcome<K = EventKind> {
    /// These events were appended.
    Applied {
        /// The customer's version afterwards.
        version: u64,
        /// The kinds of the events, in their order.
        events: Vec<K>,
    },
    /// What it wanted was so already: no event.
    AlreadyDone,
    /// It was refused.
    Refused {
        /// Every refusal.
        refusals: Vec<Refusal>,
        /// The first instant at which it is neither refused nor undetermined, where time alone lifts what stands in its way.
        retry_at: Option<Timestamp>,
    },
    /// A reclaim was not executed.
    NotExecuted {
        /// Everything that it would have to wait for.
        codes: Vec<ExecutionCode>,
        /// The first instant at which it is executed, where it only waits for time; not looked for where exceptions are
        /// named.
        retry_at: Option<Timestamp>,
    },
    /// There is no such customer or rep.
    Unknown(Subject),
    /// It would have been done, but another item of the same command was not, and the command is all or nothing.
    HeldBack,
    /// Nobody can tell whether it may be.
    Undetermined {
        /// Why.
        code: ReasonCode,
        /// The rule that could not be told, where it has a name.
        rule: Option<Label>,
        /// The first instant at which it can be told and is done, where time alone settles it; not looked for where the
        /// customer's entry into its pool lies ahead, and by a wake-up.
        retry_at: Option<Timestamp>,
    },
}

impl<K> ItemOutcome<K> {
    /// Refused, whatever time it is.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self::Refused { refusals: vec![refusal], retry_at: None }
    }

    /// Undetermined, by no rule with a name and for as long as the facts are as they are.
    pub(crate) const fn undetermined(code: ReasonCode) -> Self {
        Self::Undetermined { code, rule: None, retry_at: None }
    }

    /// Whether the customer now is as the command wanted it.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Applied { .. } | Self::AlreadyDone)
    }

    /// What kind of "no" it is: of several the first. `None` where it is done.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Applied { .. } | Self::AlreadyDone => None,
            Self::Refused { refusals, .. } => refusals.iter().map(Refusal::class).min(),
            // What cannot be told yet, and can be then.
            Self::NotExecuted { codes, retry_at: Some(_) } if codes == &[ExecutionCode::Undetermined] => {
                Some(Class::Later)
            }
            Self::NotExecuted { codes, .. } => codes.iter().map(ExecutionCode::class).min(),
            Self::Unknown(_) => Some(Class::Unknown),
            Self::HeldBack => Some(Class::Conflict),
            Self::Undetermined { code, .. } => Some(code.class_of_undetermined()),
        }
    }

    /// The first instant at which the same command would be done, where time alone lifts what stands in its way and
    /// nothing else happens.
    #[must_use]
    pub const fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::Refused { retry_at, .. }
            | Self::NotExecuted { retry_at, .. }
            | Self::Undetermined { retry_at, .. } => *retry_at,
            Self::Applied { .. } | Self::AlreadyDone | Self::Unknown(_) | Self::HeldBack => None,
        }
    }

    /// Why it is not done, in sentences, with every rule and its numbers, and from when on it is possible; `None` where it
    /// is done. `policy` is the one in force when it was decided.
    ///
    /// ```
    /// use customer_pool::messages::Language;
    /// use customer_pool::plan::{ItemOutcome, Subject};
    /// # let policy = customer_pool::Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
    /// let outcome: ItemOutcome = ItemOutcome::Unknown(Subject::Customer("c9".parse()?));
    /// let sentence = outcome.sentence(&policy, Language::English);
    /// assert_eq!(sentence.as_deref(), Some("Unknown: there is no customer `c9`."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sentence(&self, policy: &Policy, language: Language) -> Option<String> {
        let words = Words::new(policy, language);
        let first = match self {
            Self::Applied { .. } | Self::AlreadyDone => return None,
            Self::Refused { refusals, .. } => words.say("move.refused", &[("why", &words.refusals(refusals))]),
            Self::NotExecuted { codes, .. } => {
                let clauses = codes.iter().map(|code| words.say(&format!("outcome.{}", code.code()), &[]));
                let why = clauses.collect::<Vec<_>>().join(language.semicolon());
                words.say("outcome.not_executed", &[("why", &why)])
            }
            Self::Unknown(Subject::Customer(id)) => words.say("outcome.unknown_customer", &[("id", id.as_str())]),
            Self::Unknown(Subject::Rep(id)) => words.say("outcome.unknown_rep", &[("id", id.as_str())]),
            Self::Unknown(Subject::Ledger(_)) => words.say("outcome.unknown_ledger", &[]),
            Self::HeldBack => words.say("outcome.held_back", &[]),
            Self::Undetermined { code, rule, .. } => {
                words.undetermined(["move.undetermined", "move.undetermined_by"], *code, rule.as_ref())
            }
        };
        let retry = self.retry_at().map(|at| words.say("move.retry", &[("at", &words.time(at))]));
        Some([first].into_iter().chain(retry).collect::<Vec<_>>().join(language.between_sentences()))
    }
}

/// What a command came to, per customer, or for the rep that it was about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<(CustomerId, ItemOutcome)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rep: Option<(RepId, ItemOutcome<RepEventKind>)>,
}

impl Outcome {
    /// These items, in the order of the command.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = (CustomerId, ItemOutcome)>) -> Self {
        Self { items: items.into_iter().collect(), rep: None }
    }

    /// What a command about this rep came to.
    #[must_use]
    pub fn of_rep(rep: RepId, outcome: ItemOutcome<RepEventKind>) -> Self {
        Self { items: Vec::new(), rep: Some((rep, outcome)) }
    }

    /// What it came to for the rep that it was about.
    #[must_use]
    pub fn rep(&self) -> Option<&(RepId, ItemOutcome<RepEventKind>)> {
        self.rep.as_ref()
    }

    /// The same, taken out.
    pub(crate) fn into_rep(self) -> Option<ItemOutcome<RepEventKind>> {
        self.rep.map(|(_, outcome)| outcome)
    }

    /// What one customer's part came to, taken out.
    pub(crate) fn into_item(self, customer: &CustomerId) -> Option<ItemOutcome> {
        self.items.into_iter().find(|(id, _)| id == customer).map(|(_, outcome)| outcome)
    }

    /// Per customer, in the order of the command.
    #[must_use]
    pub fn items(&self) -> &[(CustomerId, ItemOutcome)] {
        &self.items
    }

    /// What one customer's part came to.
    #[must_use]
    pub fn of(&self, customer: &CustomerId) -> Option<&ItemOutcome> {
        self.items.iter().find(|(id, _)| id == customer).map(|(_, outcome)| outcome)
    }
}

/// The first outcome of a command's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstOutcome {
    /// The digest of the command that it was: another command under the same key is a mistake of whoever sent it.
    pub content: Digest,
    /// What that came to.
    pub outcome: Outcome,
}
