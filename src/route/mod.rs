//! Where a customer goes: routing rules with a mandatory fallback, so that there is always exactly one pool.

use crate::condition::{Condition, LeafSink, Test, View};
use crate::decision::PoolRef;
use crate::id::PoolId;
use crate::wire::document;

document! {
    /// A pool (公海) and its place in the tree of pools.
    PoolDraft
    required {
        /// Its name, unique in the policy.
        id: PoolId,
    }
    optional {
        /// The pool above it.
        parent, with_parent: PoolId,
    }
    lists {}
    maps {}
    flags {}
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
