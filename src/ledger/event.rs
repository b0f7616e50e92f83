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

    /// Which policy.
    #[must_use]
    pub fn policy(&self) -> &PolicyId {
        &self.policy
    }

    /// The host's number of the revision.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The digest of the document.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The digest of its calendars.
    #[must_use]
    pub fn calendars(&self) -> Digest {
        self.calendars
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

    /// Who.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The idempotency key of the command.
    #[must_use]
    pub fn key(&self) -> &CommandKey {
        &self.key
    }

    /// Under which rules.
    #[must_use]
    pub fn policy(&self) -> &PolicyStamp {
        &self.policy
    }

    /// By which trigger, where one decided.
    #[must_use]
    pub fn rule(&self) -> Option<&TriggerId> {
        self.rule.as_ref()
    }

    /// The reason that was given.
    #[must_use]
    pub fn reason(&self) -> Option<&Label> {
        self.reason.as_ref()
    }

    /// Denials of claims that a bypass removed.
    #[must_use]
    pub fn bypassed(&self) -> &[Denial] {
        &self.bypassed
    }

    /// The named exceptions that were needed.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// The digest of the record of the decision: facts, ledgers, rules and `now`, which the host may keep for replay.
    #[must_use]
    pub fn decision(&self) -> Option<Digest> {
        self.decision
    }

    /// The digest of the note that lies in a side record.
    #[must_use]
    pub fn note(&self) -> Option<Digest> {
        self.note
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

    /// The version of its wire form.
    #[must_use]
    pub fn schema(&self) -> u16 {
        self.schema
    }

    /// Whose event it is.
    #[must_use]
    pub fn customer(&self) -> &CustomerId {
        &self.customer
    }

    /// Its number within the customer's history, counted from 1: the customer's version after it.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What it says.
    #[must_use]
    pub fn data(&self) -> &EventData {
        &self.data
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        self.data.kind()
    }

    /// Why it ends an ownership, where it ends one.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// By whom, under which command and by which rules.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
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
