//! Rules about moves ready to be evaluated.

use crate::attribute::AttributeType;
use crate::claim::{self, Clause, Step};
use crate::condition::View;
use crate::decision::ReasonCode;
use crate::id::{Label, PoolId};
use crate::model::{Customer, Rep};
use crate::reclaim;
use crate::route::Scope;
use crate::time::Span;

/// Everything about moves that is evaluated of a policy, beside what reclaim and claims evaluate.
#[derive(Clone, Debug)]
pub(crate) struct MoveRules {
    pub(crate) release: Returns,
    pub(crate) approval: Option<When>,
    pub(crate) take_back: Returns,
    pub(crate) keeps_clock: bool,
    pub(crate) departures: Box<[(When, HeirRule)]>,
    pub(crate) longest_extension: Option<Span>,
    pub(crate) extensions_per_ownership: Option<u32>,
    /// The window, and how many undos a rep has on a civil day.
    pub(crate) undo: Option<(Span, u32)>,
    pub(crate) lock_caps: Box<[LockCap]>,
    /// Per pool, in the order of the document.
    pub(crate) escalations: Box<[Option<(Span, PoolId)>]>,
    /// What the routing rules read.
    pub(crate) routing: Reads,
}

/// What the owner, or a manager, may say when a customer goes back to a pool.
#[derive(Clone, Debug)]
pub(crate) struct Returns {
    pub(crate) reasons: Box<[Label]>,
    pub(crate) needs_note: bool,
    pub(crate) pools: Box<[PoolId]>,
}

/// What conditions read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    pub(crate) owner: bool,
    pub(crate) attributes: Box<[(Label, AttributeType)]>,
}

impl Reads {
    /// Whether the facts tell what the conditions ask.
    pub(crate) fn check(&self, customer: &Customer, owner: Option<&Rep>) -> Result<(), ReasonCode> {
        let of_another = |(key, kind): &(_, _)| customer.attributes().get(key).is_some_and(|v| v.kind() != *kind);
        match owner {
            None if self.owner => Err(ReasonCode::OwnerMissing),
            _ if self.attributes.iter().any(of_another) => Err(ReasonCode::AttributeType),
            _ => Ok(()),
        }
    }
}

/// A condition about a customer and its owner.
#[derive(Clone, Debug)]
pub(crate) struct When {
    pub(crate) clause: Clause,
    pub(crate) reads_owner: bool,
}

impl When {
    pub(crate) fn holds(&self, view: &View<'_>) -> Result<bool, ReasonCode> {
        if self.reads_owner && view.owner.is_none() {
            return Err(ReasonCode::OwnerMissing);
        }
        self.clause.holds(view, &mut ())
    }
}

#[derive(Clone, Debug)]
pub(crate) enum HeirRule {
    Successor,
    Manager,
    Routing,
    Pool(PoolId),
}

/// How many customers some reps may keep locked.
#[derive(Clone, Debug)]
pub(crate) struct LockCap {
    pub(crate) id: Label,
    pub(crate) scope: Scope,
    pub(crate) cap: u32,
    pub(crate) steps: Box<[Step]>,
}

/// All rules that moves are decided by.
#[derive(Clone, Copy)]
pub(crate) struct Engine<'a> {
    pub(crate) reclaim: &'a reclaim::Rules,
    pub(crate) claims: &'a claim::ClaimRules,
    pub(crate) moves: &'a MoveRules,
    /// The revision of the policy under which ownerships begin.
    pub(crate) revision: Option<&'a Label>,
}
