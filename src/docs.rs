//! The pages of `docs/`: the specification, the policy document, claims for hosts, reviews and sweeps, scoring and other libraries beside it, storage and operations, the architecture, the design.

/// A page of `docs/`. Of two definitions of a link the first counts, so that these turn its links to other pages into
/// links to their modules.
macro_rules! page {
    ($name:ident, $file:literal $(, $($inside:item)*)?) => {
        #[doc = "[README.md]: crate::docs::spec"]
        #[doc = "[spec/README.md]: crate::docs::spec"]
        #[doc = "[time.md]: crate::docs::spec::time"]
        #[doc = "[spec/time.md]: crate::docs::spec::time"]
        #[doc = "[facts.md]: crate::docs::spec::facts"]
        #[doc = "[spec/facts.md]: crate::docs::spec::facts"]
        #[doc = "[reclaim.md]: crate::docs::spec::reclaim"]
        #[doc = "[spec/reclaim.md]: crate::docs::spec::reclaim"]
        #[doc = "[claim.md]: crate::docs::spec::claim"]
        #[doc = "[spec/claim.md]: crate::docs::spec::claim"]
        #[doc = "[moves.md]: crate::docs::spec::moves"]
        #[doc = "[spec/moves.md]: crate::docs::spec::moves"]
        #[doc = "[vectors.md]: crate::docs::spec::vectors"]
        #[doc = "[spec/vectors.md]: crate::docs::spec::vectors"]
        #[doc = "[policy.md]: crate::docs::policy"]
        #[doc = "[claims.md]: crate::docs::claims"]
        #[doc = "[../claims.md]: crate::docs::claims"]
        #[doc = "[reviews.md]: crate::docs::reviews"]
        #[doc = "[../reviews.md]: crate::docs::reviews"]
        #[doc = "[storage.md]: crate::docs::storage"]
        #[doc = "[operations.md]: crate::docs::operations"]
        #[doc = "[scoring.md]: crate::docs::scoring"]
        #[doc = "[comparison.md]: crate::docs::comparison"]
        #[doc = "[../scoring.md]: crate::docs::scoring"]
        #[doc = "[design.md]: crate::docs::design"]
        #[doc = "[columns.md]: crate::docs::columns"]
        #[doc = "[architecture.md]: crate::docs::architecture"]
        #[doc = ""]
        #[doc = include_str!($file)]
        pub mod $name {
            $($($inside)*)?
        }
    };
}

page!(spec, "../docs/spec/README.md",
    page!(time, "../docs/spec/time.md");
    page!(facts, "../docs/spec/facts.md");
    page!(reclaim, "../docs/spec/reclaim.md");
    page!(claim, "../docs/spec/claim.md");
    page!(moves, "../docs/spec/moves.md");
    page!(vectors, "../docs/spec/vectors.md");
);
page!(policy, "../docs/policy.md");
page!(columns, "../docs/columns.md");
page!(claims, "../docs/claims.md");
page!(reviews, "../docs/reviews.md");
page!(scoring, "../docs/scoring.md");
page!(comparison, "../docs/comparison.md");
page!(storage, "../docs/storage.md");
page!(operations, "../docs/operations.md");
page!(architecture, "../docs/architecture.md");
page!(design, "../docs/design.md");
