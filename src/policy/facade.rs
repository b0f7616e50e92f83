//! The validated policy: what answers.

use core::fmt;
use std::sync::Arc;

use super::assemble::assemble;
use super::slots::ActivitySlot;
use super::{PolicyDraft, PolicyError, parse};
use crate::claim;
use crate::decision::{Decision, Explanation, HoldRef, Notify, PoolRef, StageRef, TriggerRef, Verdict};
use crate::digest::{Digest, canonical_json};
use crate::id::{Label, PoolId, RepId, StageId, TriggerId};
use crate::model::{Customer, Cycle, HoldKind, OwnerFacts, Rep, WarningKey};
use crate::moves;
use crate::reclaim::{self, Rules, Trigger};
use crate::score;
use crate::time::{Calendar, Timestamp};
use crate::wire::getters;

/// A validated policy: opaque, immutable, cheap to clone and to share between threads.
///
/// ```
/// use customer_pool::model::Customer;
/// use customer_pool::{Policy, Verdict, at, id};
///
/// let policy = Policy::from_json(r#"{
///     "format": 1, "id": "sales", "revision": 1,
///     "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
///                          "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
///     "default_calendar": "cn",
///     "pools": [{"id": "pool"}], "routing": {"fallback": "pool"},
///     "groups": [{"id": "contact", "triggers": [
///         {"id": "silent", "when": "always", "base": {"days": 3}, "renewals": {"call": {"days": 3}}}
///     ]}]
/// }"#)?;
/// let customer = Customer::owned(id!("c1"), id!("r1"), at!("2026-03-02T15:00:00+08:00"));
///
/// let decision = policy.decide(&customer, None, at!("2026-03-05T23:59:59+08:00"));
/// assert_eq!(decision.verdict(), Verdict::Keep);
/// assert_eq!(decision.next_change(), Some(at!("2026-03-06T00:00:00+08:00")));
/// let decision = policy.decide(&customer, None, at!("2026-03-06T00:00:00+08:00"));
/// assert_eq!(decision.verdict(), Verdict::Due);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Policy(Arc<Inner>);

struct Inner {
    draft: PolicyDraft,
    rules: Rules,
    claims: claim::ClaimRules,
    moves: moves::MoveRules,
    scores: score::ScoreRules,
    /// The revision as ownerships note it.
    revision: Option<Label>,
    canonical: String,
    digest: [u8; 32],
    calendars: Digest,
}

/// Which revision of which policy decided: the host's number, and the digest of the document.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision {
    number: u64,
    digest: [u8; 32],
}

impl Revision {
    getters! {
        /// The host's number.
        number: u64,
        /// The SHA-256 of the canonical document.
        const digest: &[u8; 32],
    }
}

impl fmt::Display for Revision {
    /// The number, a hyphen, and the digest in hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number, Digest::from(self.digest))
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A warning that is in force: who is to be told, and under which key it is known to have been sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningNotice {
    /// The stage.
    pub stage: StageId,
    /// Who is to be told.
    pub audience: Vec<Label>,
    /// Names customer, ownership, trigger, due instant and stage: a renewal makes another.
    pub key: WarningKey,
    /// Whether the customer's facts say that it was sent.
    pub sent: bool,
}

impl Policy {
    /// Validates a draft.
    ///
    /// # Errors
    /// [`PolicyError::Problems`] with everything that is wrong.
    pub fn new(draft: PolicyDraft) -> Result<Self, PolicyError> {
        let (rules, claims, moves, scores) = assemble(&draft).map_err(PolicyError::Problems)?;
        // A draft has only text keys and no floats: nothing in it can fail to become a value.
        let canonical = canonical_json(&draft).unwrap_or_default();
        let digest = *Digest::of_bytes(canonical.as_bytes()).as_bytes();
        let calendars = match draft.zone() {
            Some(zone) => canonical_json(zone),
            None => canonical_json(&(draft.calendars(), draft.default_calendar())),
        };
        let calendars = calendars.unwrap_or_default();
        let calendars = Digest::of_bytes(calendars.as_bytes());
        let revision = Label::new(&Revision { number: *draft.revision(), digest }.to_string()).ok();
        Ok(Self(Arc::new(Inner { draft, rules, claims, moves, scores, revision, canonical, digest, calendars })))
    }

    /// Reads and validates a document.
    ///
    /// # Errors
    /// [`PolicyError::TooLarge`]; [`PolicyError::Shape`] with line, column and path of the first place that is not of
    /// the document's shape, an unknown or duplicate key among them; or [`PolicyError::Problems`].
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        Self::new(parse::parse(text)?)
    }

    /// The document.
    #[must_use]
    pub fn draft(&self) -> &PolicyDraft {
        &self.0.draft
    }

    /// The digest of its calendars: which revision of them decides.
    #[must_use]
    pub fn calendar_revision(&self) -> Digest {
        self.0.calendars
    }

    /// The document in canonical form (RFC 8785).
    #[must_use]
    pub fn canonical_json(&self) -> &str {
        &self.0.canonical
    }

    /// Which revision this is.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision { number: *self.0.draft.revision(), digest: self.0.digest }
    }

    /// Whether the owner keeps the customer at `now`.
    ///
    /// `owner` is what the host knows of the owner: the rep; `None`, which says that it has neither leave nor a calendar
    /// of its own; or what a collection of reps has of it ([`OwnerFacts::row`]). A policy that reads facts about owners is
    /// *undetermined* without them, and any policy where the owner is unknown.
    #[must_use]
    #[inline]
    pub fn decide<'r>(&self, customer: &Customer, owner: impl Into<OwnerFacts<&'r Rep>>, now: Timestamp) -> Decision {
        reclaim::decide(&self.0.rules, customer, owner.into(), now)
    }

    /// Decides about every customer in turn, as [`decide`](Self::decide) would, in less time.
    ///
    /// `owner` is asked for what the host knows of the owner of each customer that is owned. `decisions` is emptied, and
    /// then holds the answers in the order of `customers`: kept for the next sweep, it costs no allocation.
    ///
    /// ```
    /// # use customer_pool::model::Customer;
    /// # use customer_pool::time::Timestamp;
    /// # use customer_pool::{Decision, Policy, Verdict};
    /// fn due<'a>(policy: &Policy, all: &'a [Customer], now: Timestamp) -> impl Iterator<Item = &'a Customer> {
    ///     let mut decisions = Vec::new();
    ///     policy.decide_all(all, |_| None, now, &mut decisions);
    ///     all.iter().zip(decisions).filter(|(_, decision)| decision.verdict() == Verdict::Due).map(|(customer, _)| customer)
    /// }
    /// ```
    pub fn decide_all<'r, O: Into<OwnerFacts<&'r Rep>>>(
        &self,
        customers: &[Customer],
        mut owner: impl FnMut(&RepId) -> O,
        now: Timestamp,
        decisions: &mut Vec<Decision>,
    ) {
        let rules = &self.0.rules;
        decisions.clear();
        decisions.extend(customers.iter().map(|customer| {
            let owner = customer.ownership().map(|ownership| owner(ownership.owner()).into());
            reclaim::decide(rules, customer, owner.unwrap_or_default(), now)
        }));
    }

    /// The same decision by the same evaluator, with every step it took.
    #[must_use]
    pub fn explain<'r>(
        &self,
        customer: &Customer,
        owner: impl Into<OwnerFacts<&'r Rep>>,
        now: Timestamp,
    ) -> Explanation {
        let mut steps = Vec::new();
        let decision = reclaim::decide_telling(&self.0.rules, customer, owner.into(), now, None, &mut steps);
        Explanation { decision, now, steps }
    }

    /// The warning in force, if the decision is to warn.
    #[must_use]
    pub fn warning(&self, customer: &Customer, decision: &Decision) -> Option<WarningNotice> {
        let (Verdict::Warn(stage), Some(trigger), Some(due)) = (decision.verdict, decision.trigger, decision.due)
        else {
            return None;
        };
        let trigger = self.trigger(trigger)?;
        let stage = trigger.stages.get(stage.index())?;
        let number = customer.ownership().map_or(0, |ownership| ownership.number());
        // A JSON array keeps ids apart whatever they hold.
        let key = serde_json::to_string(&(customer.id(), number, &trigger.id, due, &stage.id)).ok()?;
        let key = WarningKey::new(&key).ok()?;
        let sent = customer.warned().contains(&key);
        Some(WarningNotice { stage: stage.id.clone(), audience: stage.audience.to_vec(), key, sent })
    }

    /// The cycle of a decision about the customer: what a notice or a nomination is recorded for.
    #[must_use]
    pub fn cycle(&self, customer: &Customer, decision: &Decision) -> Option<Cycle> {
        let trigger = self.trigger_id(decision.trigger?)?.clone();
        Some(Cycle::new(customer.id().clone(), customer.ownership()?.number(), trigger, decision.due?))
    }

    /// The calendar whose zone is the policy's.
    #[must_use]
    pub fn default_calendar(&self) -> &Calendar {
        &self.0.rules.default_calendar
    }

    /// The id of a trigger that decided.
    #[must_use]
    pub fn trigger_id(&self, trigger: TriggerRef) -> Option<&TriggerId> {
        self.trigger(trigger).map(|trigger| &trigger.id)
    }

    /// The ids of all triggers, in the order in which a [`TriggerRef`] counts them.
    pub fn trigger_ids(&self) -> impl Iterator<Item = &TriggerId> {
        self.0.rules.triggers.iter().map(|trigger| &trigger.id)
    }

    /// The id of a pool that decided.
    #[must_use]
    pub fn pool_id(&self, pool: PoolRef) -> Option<&PoolId> {
        self.0.draft.pools().get(pool.index()).map(|pool| pool.id())
    }

    /// The kind of business hold that decided.
    #[must_use]
    pub fn hold_kind(&self, hold: HoldRef) -> Option<&HoldKind> {
        self.0.draft.holds().get(hold.index())
    }

    /// The id of a warning stage of a trigger.
    #[must_use]
    pub fn stage_id(&self, trigger: TriggerRef, stage: StageRef) -> Option<&StageId> {
        self.trigger(trigger).and_then(|trigger| trigger.stages.get(stage.index())).map(|stage| &stage.id)
    }

    /// The triggers that only notify and have come due.
    pub fn notify_ids(&self, notify: Notify) -> impl Iterator<Item = &TriggerId> {
        self.0
            .rules
            .triggers
            .iter()
            .filter(move |trigger| trigger.notify.is_some_and(|bit| notify.contains(bit)))
            .map(|trigger| &trigger.id)
    }

    /// What the policy wants to know of a customer's activities, in the order in which columns of folded activities
    /// are given.
    pub fn activity_slots(&self) -> impl Iterator<Item = ActivitySlot<'_>> {
        ActivitySlot::all(&self.0.rules.fold)
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.0.rules
    }

    pub(crate) fn claim_rules(&self) -> &claim::ClaimRules {
        &self.0.claims
    }

    /// See [`claim::ClaimRules::entry_ahead`].
    pub(crate) fn entry_ahead(&self, customer: &Customer, at: Timestamp) -> Option<Timestamp> {
        self.0.claims.entry_ahead(customer, at)
    }

    pub(crate) fn score_rules(&self) -> &score::ScoreRules {
        &self.0.scores
    }

    pub(crate) fn move_engine(&self) -> moves::Engine<'_> {
        let Inner { rules, claims, moves, revision, .. } = &*self.0;
        moves::Engine { reclaim: rules, claims, moves, revision: revision.as_ref() }
    }

    fn trigger(&self, trigger: TriggerRef) -> Option<&Trigger> {
        self.0.rules.triggers.get(trigger.index())
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("id", self.0.draft.id()).field("revision", &self.revision()).finish()
    }
}

impl PartialEq for Policy {
    /// Two policies are equal when their documents are.
    fn eq(&self, other: &Self) -> bool {
        self.0.draft == other.0.draft
    }
}

impl Eq for Policy {}
