//! The engine equals the reference, on worlds that are worth it.

use proptest::prelude::*;

use crate::reference::Reference;
use crate::strategies::{self, World};
use crate::support::{check, said};

/// Goal: the engine decides what the specification says. Method: both decide about ten thousand random worlds.
#[test]
fn the_engine_equals_the_reference() {
    check(10_000, strategies::world(), |world| {
        let World { policy, customer, owner, now, .. } = &world;
        let reference = Reference::new(policy.draft(), customer, owner.as_ref());
        let decided = said(policy, &policy.decide(customer, owner.as_ref(), *now));
        prop_assert_eq!(decided, reference.decide(*now));
        Ok(())
    });
}
