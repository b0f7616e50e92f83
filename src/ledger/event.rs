//! The envelope of an event.

use serde::{Deserialize, Serialize};

use crate::decision::Denial;
use crate::digest::Digest;
use crate::events::{EventData, EventKind};
use crate::id::{CommandKey, CustomerId, Label, PolicyId, TriggerId};
use crate::model::{Actor, Cause, Customer, Place};
use crate::moves::Exception;
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::wire::getters;

/// The version of the events' wire form that this crate writes.
pub const SCHEMA: u16 = 1;

/// Which revision of which policy decided, and which of its calendars.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyStamp {
    policy: PolicyId,
    revision: u64,
    digest: Digest,
    calendars: Digest,
}

impl PolicyStamp {
    /// The stamp of a policy.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let revision = policy.revision();
        Self {
            policy: policy.draft().id().clone(),
            revision: revision.number(),
            digest: Digest::from(*revision.digest()),
            calendars: policy.calendar_revision(),
        }
    }

    getters! {
        /// Which policy.
        policy: &PolicyId,
        /// The host's number of the revision.
        revision: u64,
        /// The digest of the document.
        digest: Digest,
        /// The digest of its calendars.
        calendars: Digest,
    }
}

/// By whom, under which command and by which rules an event came to be: the same for all events of one plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    actor: Actor,
    key: CommandKey,
    policy: PolicyStamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<TriggerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Label>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bypassed: Vec<Denial>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<Exception>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Digest>,
}

impl Origin {
    /// By this actor, under this command and these rules.
    #[must_use]
    pub fn new(actor: Actor, key: CommandKey, policy: PolicyStamp) -> Self {
        let (bypassed, exceptions) = (Vec::new(), Vec::new());
        Self { actor, key, policy, rule: None, reason: None, bypassed, exceptions, decision: None, note: None }
    }

    /// By this trigger.
    #[must_use]
    pub fn with_rule(mut self, rule: Option<TriggerId>) -> Self {
        self.rule = rule;
        self
    }

    /// For this reason.
    #[must_use]
    pub fn with_reason(mut self, reason: Option<Label>) -> Self {
        self.reason = reason;
        self
    }

    /// Although claims were denied for these.
    #[must_use]
    pub fn with_bypassed(mut self, bypassed: impl IntoIterator<Item = Denial>) -> Self {
        self.bypassed = bypassed.into_iter().collect();
        self
    }

    /// By these named exceptions.
    #[must_use]
    pub fn with_exceptions(mut self, exceptions: impl IntoIterator<Item = Exception>) -> Self {
        self.exceptions = exceptions.into_iter().collect();
        self
    }

    /// With the digest of the record of the decision.
    #[must_use]
    pub fn with_decision(mut self, decision: Digest) -> Self {
        self.decision = Some(decision);
        self
    }

    /// With the salted digest of the note that lies in a side record.
    #[must_use]
    pub fn with_note(mut self, note: Option<Digest>) -> Self {
        self.note = note;
        self
    }

    getters! {
        /// Who.
        actor: &Actor,
        /// The idempotency key of the command.
        key: &CommandKey,
        /// Under which rules.
        policy: &PolicyStamp,
        /// By which trigger, where one decided.
        rule: Option<&TriggerId>,
        /// The reason that was given.
        reason: Option<&Label>,
        /// Denials of claims that a bypass removed.
        bypassed: &[Denial],
        /// The named exceptions that were needed.
        exceptions: &[Exception],
        /// The digest of the record of the decision: facts, ledgers, rules and `now`, which the host may keep for replay.
        decision: Option<Digest>,
        /// The digest of the note that lies in a side record.
        note: Option<Digest>,
    }
}

/// One event of one customer's history: appended, never edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    schema: u16,
    customer: CustomerId,
    number: u64,
    at: Timestamp,
    data: EventData,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    origin: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Digest>,
}

impl Event {
    /// The `number`-th event of a customer, counted from 1.
    #[must_use]
    pub fn new(customer: CustomerId, number: u64, at: Timestamp, data: EventData, origin: Origin) -> Self {
        Self { schema: SCHEMA, customer, number, at, data, cause: None, origin, previous: None }
    }

    /// With why it ends the ownership of this customer, if it does.
    #[must_use]
    pub fn ending(mut self, customer: Option<&Customer>) -> Self {
        let owned = customer.is_some_and(|customer| matches!(customer.place(), Place::Owned(_)));
        self.cause = self.data.ends().filter(|_| owned);
        self
    }

    /// With the link to the event before it: see [`chain`](super::chain).
    #[must_use]
    pub fn linked(mut self, previous: Digest) -> Self {
        self.previous = Some(previous);
        self
    }

    getters! {
        /// The version of its wire form.
        schema: u16,
        /// Whose event it is.
        customer: &CustomerId,
        /// Its number within the customer's history, counted from 1: the customer's version after it.
        number: u64,
        /// When it happened.
        at: Timestamp,
        /// What it says.
        data: &EventData,
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        self.data.kind()
    }

    getters! {
        /// Why it ends an ownership, where it ends one.
        cause: Option<Cause>,
        /// By whom, under which command and by which rules.
        origin: &Origin,
    }

    /// The link to this event: the digest of its canonical JSON, which the next event carries.
    #[must_use]
    pub fn link(&self) -> Digest {
        // An event has only text keys: it always has a JSON form.
        Digest::of(self).unwrap_or_else(|_| Digest::of_bytes(&[]))
    }

    /// The link to the event before it, where the history is chained.
    #[must_use]
    pub fn previous(&self) -> Option<Digest> {
        self.previous
    }
}
