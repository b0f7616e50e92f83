//! Where a customer goes: routing rules with a mandatory fallback, so that there is always exactly one pool.

use serde::{Deserialize, Serialize};

use crate::condition::{Condition, LeafSink, Test, View, is_within};
use crate::decision::PoolRef;
use crate::id::{Label, PoolId, RepId};
use crate::model::{Rep, UnitPath};
use crate::time::Span;
use crate::wire::document;

/// Some reps: one by one, by unit, by role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every rep.
    Everybody,
    /// The reps with this role.
    Role(Label),
    /// The reps in this unit and in the units below it.
    Unit(UnitPath),
    /// The reps in this unit, not those in units below it.
    UnitAlone(UnitPath),
    /// One rep.
    Rep(RepId),
}

impl Scope {
    /// Whether the rep is meant.
    #[must_use]
    pub fn covers(&self, rep: &Rep) -> bool {
        match self {
            Self::Everybody => true,
            Self::Role(role) => rep.roles().contains(role),
            Self::Unit(top) => rep.units().iter().any(|unit| is_within(unit, top)),
            Self::UnitAlone(unit) => rep.units().contains(unit),
            Self::Rep(id) => rep.id() == id,
        }
    }
}

/// How a pool hands out its customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HandOut {
    /// Members claim whichever they want.
    #[default]
    Open,
    /// Nobody names a customer: a pull takes the first in rank order that the rep may have.
    Blind,
    /// Asking reserves a customer for this span, confirming claims it.
    Reservation(Span),
    /// Members ask during this span after a customer's entry; then one of them is drawn.
    Lottery(Span),
}

document! {
    /// A pool (公海), its place in the tree of pools, who may claim from it and how.
    PoolDraft
    required {
        /// Its name, unique in the policy.
        id: PoolId,
    }
    optional {
        /// The pool above it.
        parent, with_parent: PoolId,
        /// How it hands out; open by default.
        hand_out, with_hand_out: HandOut,
        /// After how long a customer that nobody claimed escalates (升级到上级公海) to the pool above, counted from its
        /// entry into this one.
        escalate_after, with_escalate_after: Span,
    }
    lists {
        /// Who may claim from it. No scope is nobody.
        members, with_members: Scope,
        /// Who administers it, and is told what concerns its `pool_admins`.
        admins, with_admins: Scope,
    }
    maps {}
    flags {
        /// Whether claims from it are switched off.
        disabled, with_disabled,
    }
}

document! {
    /// Sends the customers for whom a condition holds to a pool.
    RouteDraft
    required {
        /// For which customers it is.
        when: Condition,
        /// Where they go.
        pool: PoolId,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// Routing: the first rule whose condition holds, else the fallback.
    RoutingDraft
    required {
        /// Where everybody else goes.
        fallback: PoolId,
    }
    optional {}
    lists {
        /// The rules, in order.
        rules, with_rules: RouteDraft,
    }
    maps {}
    flags {}
}

/// Routing ready to be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Routes {
    pub(crate) rules: Box<[(Test, PoolRef)]>,
    pub(crate) fallback: PoolRef,
}

impl Routes {
    /// The pool, and the rule that named it.
    #[inline]
    pub(crate) fn pool<S: LeafSink>(&self, view: &View<'_>, sink: &mut S) -> (PoolRef, Option<u16>) {
        for (i, (test, pool)) in (0_u16..).zip(&self.rules) {
            if test.holds(view, sink) {
                return (*pool, Some(i));
            }
        }
        (self.fallback, None)
    }
}
