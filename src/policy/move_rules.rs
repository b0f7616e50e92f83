//! Moves: from draft to rules.

use std::collections::BTreeSet;

use super::PolicyDraft;
use super::assembly::Assembly;
use super::limit;
use crate::claim::{Clause, LockCapDraft, Step};
use crate::condition::{Compiler, Condition, Fact};
use crate::id::{Label, PoolId};
use crate::moves::{Heir, HeirRule, LockCap, MoveRules, MoveRulesDraft, Reads, Returns, TransferClock, When};

struct Moves<'a, 'b> {
    draft: &'b PolicyDraft,
    all: &'b mut Assembly<'a>,
}

/// The rules about moves. `routing` says what the routing rules read.
pub(super) fn move_rules(draft: &PolicyDraft, routing: Reads, all: &mut Assembly<'_>) -> MoveRules {
    let mut moves = Moves { draft, all };
    let nothing = MoveRulesDraft::new();
    let rules = draft.moves().unwrap_or(&nothing);
    let (release, take_back) =
        (rules.release().cloned().unwrap_or_default(), rules.take_back().cloned().unwrap_or_default());
    let extension = rules.extension().cloned().unwrap_or_default();
    let path = "$.moves.release";
    let returns = moves.returns(release.reasons(), release.needs_note(), release.pools(), path);
    let approval = release.approval().map(|when| moves.when(when, &format!("{path}.approval")));
    let path = "$.moves.take_back";
    let take_back = moves.returns(take_back.reasons(), take_back.needs_note(), take_back.pools(), path);
    if let Some(&longest) = extension.longest() {
        moves.all.default_span(longest, "$.moves.extension.longest");
    }
    moves.all.at_most(rules.departures().len(), limit::ROUTES, "departures", "$.moves.departures");
    let mut departures = Vec::new();
    for (i, entry) in rules.departures().iter().enumerate().take(limit::ROUTES) {
        let path = format!("$.moves.departures[{i}]");
        let when = moves.when(entry.when(), &format!("{path}.when"));
        departures.push((when, moves.heir(entry.to(), &format!("{path}.to.pool"))));
    }
    let claims = draft.claims().cloned().unwrap_or_default();
    let lock_caps = claims.lock_caps().iter().map(|cap| moves.lock_cap(cap)).collect();
    let escalations = draft.pools().iter().map(|pool| Some((*pool.escalate_after()?, pool.parent()?.clone())));
    MoveRules {
        release: returns,
        approval,
        take_back,
        keeps_clock: rules.transfer_clock().copied().unwrap_or_default() == TransferClock::Keep,
        departures: departures.into(),
        longest_extension: extension.longest().copied(),
        extensions_per_ownership: extension.per_ownership().copied(),
        undo: claims.undo().map(|undo| (*undo.within(), *undo.per_day())),
        lock_caps,
        escalations: escalations.collect(),
        routing,
    }
}

impl Moves<'_, '_> {
    fn returns(&mut self, reasons: &[Label], needs_note: bool, pools: &[PoolId], path: &str) -> Returns {
        self.all.at_most(reasons.len(), limit::WORDS, "reasons", &format!("{path}.reasons"));
        self.all.distinct(reasons, &format!("{path}.reasons"));
        let mut seen = BTreeSet::new();
        for (i, pool) in pools.iter().enumerate() {
            let path = format!("{path}.pools[{i}]");
            self.all.unique(&mut seen, pool.clone(), &path);
            self.all.pool(pool, &path);
        }
        Returns { reasons: reasons.into(), needs_note, pools: pools.into() }
    }

    /// A condition about a customer and its owner. It is compiled apart: what only moves read, reclaim need not know.
    fn when(&mut self, condition: &Condition, path: &str) -> When {
        let mut compiler = Compiler::new(self.draft.attributes());
        let test = self.all.problems.test(&mut compiler, condition, path);
        let reads_owner = compiler.read().iter().any(Fact::is_of_owner);
        When { clause: Clause { test, attributes: compiler.attributes_read() }, reads_owner }
    }

    fn heir(&mut self, heir: &Heir, path: &str) -> HeirRule {
        match heir {
            Heir::Successor => HeirRule::Successor,
            Heir::Manager => HeirRule::Manager,
            Heir::Routing => HeirRule::Routing,
            Heir::Pool(pool) => {
                self.all.pool(pool, path);
                HeirRule::Pool(pool.clone())
            }
        }
    }

    /// What is wrong with it is said where the rules about claims are compiled.
    fn lock_cap(&mut self, draft: &LockCapDraft) -> LockCap {
        let steps = draft.steps().iter().take(limit::STEPS);
        let steps = steps.map(|step| {
            let mut compiler = Compiler::of_claims(self.draft.attributes(), self.draft.figures());
            let test = compiler.compile(step.when(), &mut Vec::new());
            Step { when: Clause { test, attributes: compiler.attributes_read() }, add: *step.add() }
        });
        LockCap { id: draft.id().clone(), scope: draft.scope().clone(), cap: *draft.cap(), steps: steps.collect() }
    }
}
