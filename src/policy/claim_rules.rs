//! Claims: from draft to rules.

use std::collections::{BTreeMap, BTreeSet};

use super::PolicyDraft;
use super::assembly::Assembly;
use super::limit;
use crate::claim::{
    Acquisition, Capacity, CapacityCombination, CapacityDraft, CapacityMode, CheckSet, ChecksDraft, ClaimRules,
    ClaimRulesDraft, Clause, Cooldown, CooldownDraft, Per, PoolRule, Pools, Qualification, QualificationDraft,
    QuietPeriod, QuietPeriodDraft, Quota, QuotaDraft, QuotaWindow, RepeatLimit, RepeatLimitDraft, Requirement,
    Requires, Step, StepDraft, WeekStart, Window,
};
use crate::condition::{Compiler, Condition};
use crate::decision::PoolRef;
use crate::id::{Label, PoolId};
use crate::model::{Cause, WayIn};
use crate::route::{HandOut, PoolDraft};
use crate::time::CivilWindow;

/// The causes that may have a cooldown.
const COOLDOWN_CAUSES: &[Cause] =
    &[Cause::Released, Cause::Undone, Cause::Reclaimed, Cause::TakenBack, Cause::Transferred];

struct Claims<'a, 'b> {
    draft: &'b PolicyDraft,
    all: &'b mut Assembly<'a>,
    ids: BTreeSet<Label>,
}

/// The rules about claims; `None` where there is no default calendar to count in.
pub(super) fn claim_rules(draft: &PolicyDraft, skew: i64, all: &mut Assembly<'_>) -> Option<ClaimRules> {
    let mut claims = Claims { draft, all, ids: BTreeSet::new() };
    claims.words(draft.tiers(), "tiers", "$.tiers");
    claims.words(draft.figures(), "figures", "$.figures");
    let nothing = ClaimRulesDraft::new();
    let rules = draft.claims().unwrap_or(&nothing);
    let mut pools = Vec::new();
    for (i, pool) in draft.pools().iter().enumerate() {
        pools.push(claims.pool(pool, rules, &format!("$.pools[{i}]")));
    }
    let mut by_id: Vec<(PoolId, PoolRef)> = claims.all.pools.iter().map(|(id, pool)| (id.clone(), *pool)).collect();
    by_id.sort_unstable();
    let quiet_periods = claims.list(rules.quiet_periods(), "quiet_periods", Claims::quiet_period);
    let cooldowns = claims.list(rules.cooldowns(), "cooldowns", Claims::cooldown);
    let repeat_limits = claims.list(rules.repeat_limits(), "repeat_limits", Claims::repeat_limit);
    let qualifications = claims.list(rules.qualifications(), "qualifications", Claims::qualification);
    let week = rules.week_starts().copied().unwrap_or_default();
    let quotas = claims.list(rules.quotas(), "quotas", |claims, quota, path| claims.quota(quota, week, path));
    let capacities = claims.list(rules.capacities(), "capacities", Claims::capacity);
    let combine_capacities = rules.combine_capacities().copied().unwrap_or_default();
    if combine_capacities == CapacityCombination::Sum {
        claims.summable(rules.capacities());
    }
    claims.list(rules.lock_caps(), "lock_caps", |claims, cap, path| {
        claims.id(cap.id(), path);
        claims.steps(cap.steps(), path);
    });
    if !rules.lock_caps().is_empty() && draft.longest_lock().is_none() {
        let message = "an open-ended lock fills a cap until its end; give `longest_lock`";
        claims.all.problems.add("$.claims.lock_caps", "policy.no_longest_lock", message);
    }
    if let Some(&span) = rules.minimum_interval() {
        claims.all.default_span(span, "$.claims.minimum_interval");
    }
    if let Some(undo) = rules.undo() {
        claims.all.default_span(*undo.within(), "$.claims.undo.within");
    }
    let checks = claims.checks(rules.checks());
    Some(ClaimRules {
        calendar: all.default_calendar.clone()?,
        skew,
        pools: pools.into(),
        by_id: by_id.into(),
        tiers: draft.tiers().into(),
        checks,
        names_owner: rules.names_owner(),
        quiet_periods,
        cooldowns,
        repeat_limits,
        qualifications,
        minimum_interval: rules.minimum_interval().copied(),
        quotas,
        capacities,
        combine_capacities,
        lottery_seed: rules.lottery_seed().cloned(),
    })
}

impl Claims<'_, '_> {
    fn words(&mut self, words: &[Label], what: &str, path: &str) {
        self.all.at_most(words.len(), limit::WORDS, what, path);
        self.all.distinct(words, path);
    }

    fn pool(&mut self, pool: &PoolDraft, rules: &ClaimRulesDraft, path: &str) -> PoolRule {
        self.all.at_most(pool.members().len(), limit::SCOPES, "members", &format!("{path}.members"));
        self.all.at_most(pool.admins().len(), limit::SCOPES, "admins", &format!("{path}.admins"));
        if let Some(&span) = pool.escalate_after() {
            let path = format!("{path}.escalate_after");
            self.all.default_span(span, &path);
            if pool.parent().is_none() {
                let message = "there is no pool above to escalate to; give a `parent`, or leave it out";
                self.all.problems.add(path, "policy.no_parent", message);
            }
        }
        let hand_out = pool.hand_out().copied().unwrap_or_default();
        match hand_out {
            HandOut::Open | HandOut::Blind => {}
            HandOut::Reservation(span) => self.all.default_span(span, &format!("{path}.hand_out.reservation")),
            HandOut::Lottery(span) => {
                let path = format!("{path}.hand_out.lottery");
                self.all.default_span(span, &path);
                if rules.lottery_seed().is_none() {
                    let message = "a lottery is drawn with a seed; give `lottery_seed` in `claims`";
                    self.all.problems.add(path, "policy.no_lottery_seed", message);
                }
            }
        }
        PoolRule { members: pool.members().into(), disabled: pool.disabled(), hand_out }
    }

    /// The rules of one list, each with its path.
    fn list<D, R>(&mut self, drafts: &[D], name: &str, compile: impl Fn(&mut Self, &D, &str) -> R) -> Box<[R]> {
        let path = format!("$.claims.{name}");
        self.all.at_most(drafts.len(), limit::CLAIM_RULES, &name.replace('_', " "), &path);
        let within = drafts.iter().take(limit::CLAIM_RULES).enumerate();
        within.map(|(i, draft)| compile(self, draft, &format!("{path}[{i}]"))).collect()
    }

    fn id(&mut self, id: &Label, path: &str) {
        self.all.unique(&mut self.ids, id.clone(), &format!("{path}.id"));
    }

    fn pools(&mut self, pools: Option<&Vec<PoolId>>, path: &str) -> Pools {
        let path = format!("{path}.pools");
        if pools.is_some_and(Vec::is_empty) {
            let message = "a list of no pools would bind nobody; list pools, or leave it out to mean all";
            self.all.problems.add(path.as_str(), "policy.empty", message);
        }
        Pools(pools.map(|pools| {
            let one = |(i, pool): (usize, &PoolId)| (self.all.pool(pool, &format!("{path}[{i}]")), pool.clone());
            pools.iter().enumerate().map(one).collect()
        }))
    }

    fn not_zero(&mut self, n: u32, what: &str, path: String) {
        if n == 0 {
            self.all.problems.add(path, "policy.zero", format!("{what} of 0 says nothing; write 1 or more"));
        }
    }

    fn per(&mut self, per: Option<&Per>, path: &str) -> Per {
        let per = per.copied().unwrap_or_default();
        if let Per::UnitAt(depth) = per {
            self.not_zero(depth, "a depth", format!("{path}.per.unit_at"));
        }
        per
    }

    /// A condition about the rep and the customer, or about the customer alone.
    fn clause(&mut self, condition: &Condition, customer_alone: bool, path: &str) -> Clause {
        let (attributes, figures) = (self.draft.attributes(), self.draft.figures());
        let mut compiler =
            if customer_alone { Compiler::of_customers(attributes) } else { Compiler::of_claims(attributes, figures) };
        let test = self.all.problems.test(&mut compiler, condition, path);
        Clause { test, attributes: compiler.attributes_read() }
    }

    fn steps(&mut self, steps: &[StepDraft], path: &str) -> Box<[Step]> {
        let path = format!("{path}.steps");
        self.all.at_most(steps.len(), limit::STEPS, "steps", &path);
        let mut compiled = Vec::new();
        for (i, step) in steps.iter().enumerate().take(limit::STEPS) {
            let when = self.clause(step.when(), false, &format!("{path}[{i}].when"));
            compiled.push(Step { when, add: *step.add() });
        }
        compiled.into()
    }

    fn quiet_period(&mut self, draft: &QuietPeriodDraft, path: &str) -> QuietPeriod {
        self.id(draft.id(), path);
        self.all.default_span(*draft.span(), &format!("{path}.span"));
        QuietPeriod {
            id: draft.id().clone(),
            span: *draft.span(),
            pools: self.pools(draft.pools(), path),
            first_entry_only: draft.first_entry_only(),
        }
    }

    fn cooldown(&mut self, draft: &CooldownDraft, path: &str) -> Cooldown {
        self.id(draft.id(), path);
        let pools = self.pools(draft.pools(), path);
        let per = self.per(draft.per(), path);
        if per == Per::Everybody {
            let message = "a cooldown for everybody is a quiet period; write that, or name the unit";
            self.all.problems.add(format!("{path}.per"), "policy.cooldown_per", message);
        }
        if draft.after().is_empty() {
            let message = "a cooldown after nothing binds nobody; name a cause and its span";
            self.all.problems.add(format!("{path}.after"), "policy.empty", message);
        }
        let mut after = Vec::new();
        for (&cause, &span) in draft.after() {
            let path = format!("{path}.after.{cause}");
            self.all.default_span(span, &path);
            if !COOLDOWN_CAUSES.contains(&cause) {
                let known = COOLDOWN_CAUSES.iter().map(|cause| cause.as_str()).collect::<Vec<_>>().join(", ");
                let message = format!("`{cause}` starts no cooldown; causes that do are {known}");
                self.all.problems.add(path, "policy.cooldown_cause", message);
            }
            after.push((cause, span));
        }
        if let (None, Some(&span)) = (draft.after().get(&Cause::Undone), draft.after().get(&Cause::Released)) {
            after.push((Cause::Undone, span));
        }
        Cooldown { id: draft.id().clone(), pools, per, after: after.into() }
    }

    fn repeat_limit(&mut self, draft: &RepeatLimitDraft, path: &str) -> RepeatLimit {
        self.id(draft.id(), path);
        self.not_zero(*draft.limit(), "a repeat limit", format!("{path}.limit"));
        self.all.default_span(*draft.within(), &format!("{path}.within"));
        RepeatLimit {
            id: draft.id().clone(),
            limit: *draft.limit(),
            within: *draft.within(),
            pools: self.pools(draft.pools(), path),
        }
    }

    fn qualification(&mut self, draft: &QualificationDraft, path: &str) -> Qualification {
        self.id(draft.id(), path);
        let requires = match draft.requires() {
            Requirement::Condition(condition) => {
                Requires::Condition(self.clause(condition, false, &format!("{path}.requires.condition")))
            }
            Requirement::Tier => {
                if self.draft.tiers().is_empty() {
                    let message = "which tier is higher is not said; list `tiers`, the lowest first";
                    self.all.problems.add(format!("{path}.requires"), "policy.no_tiers", message);
                }
                Requires::Tier
            }
            Requirement::Region => Requires::Region,
            Requirement::Industry => Requires::Industry,
            Requirement::Skill => Requires::Skill,
        };
        Qualification { id: draft.id().clone(), requires, pools: self.pools(draft.pools(), path) }
    }

    fn quota(&mut self, draft: &QuotaDraft, week: WeekStart, path: &str) -> Quota {
        self.id(draft.id(), path);
        let window = match *draft.window() {
            QuotaWindow::Day => Window::Civil(CivilWindow::Day),
            QuotaWindow::Week => Window::Civil(CivilWindow::Week { starts: weekday(week) }),
            QuotaWindow::Month => Window::Civil(CivilWindow::Month),
            QuotaWindow::Sliding(span) => {
                self.all.default_span(span, &format!("{path}.window.sliding"));
                Window::Sliding(span)
            }
        };
        let pools = self.pools(draft.pools(), path);
        let per = self.per(draft.per(), path);
        let claims = vec![WayIn::Claim];
        let ways = draft.ways().unwrap_or(&claims);
        if ways.is_empty() {
            let message = "a quota that counts no way in limits none; list ways, or leave it out to mean claims";
            self.all.problems.add(format!("{path}.ways"), "policy.empty", message);
        }
        for (i, way) in ways.iter().enumerate().filter(|(_, way)| **way == WayIn::Restore) {
            let message = format!("`{way}` uses no quota; leave it out");
            self.all.problems.add(format!("{path}.ways[{i}]"), "policy.quota_way", message);
        }
        let mut quota = Quota::new(draft.id().clone(), *draft.limit(), window, pools, per, ways);
        quota.when = draft.when().map(|when| self.clause(when, true, &format!("{path}.when")));
        quota.steps = self.steps(draft.steps(), path);
        quota
    }

    fn capacity(&mut self, draft: &CapacityDraft, path: &str) -> Capacity {
        self.id(draft.id(), path);
        self.all.at_most(draft.weights().len(), limit::WORDS, "weights", &format!("{path}.weights"));
        for tier in draft.weights().keys() {
            if !self.draft.tiers().is_empty() && !self.draft.tiers().contains(tier) {
                let message = format!("tier `{tier}` is not in `tiers`; add it there, or correct it");
                self.all.problems.add(format!("{path}.weights.{tier}"), "policy.unknown_tier", message);
            }
        }
        let mode = |acquisition: Acquisition| draft.modes().get(&acquisition).copied().unwrap_or_default();
        let mut modes = [CapacityMode::default(); Acquisition::ALL.len()];
        for (place, &acquisition) in modes.iter_mut().zip(Acquisition::ALL) {
            *place = mode(acquisition);
        }
        Capacity {
            id: draft.id().clone(),
            scope: draft.scope().clone(),
            cap: *draft.cap(),
            steps: self.steps(draft.steps(), path),
            when: draft.when().map(|when| self.clause(when, true, &format!("{path}.when"))),
            excused_by: draft.excused_by().into(),
            weights: draft.weights().iter().map(|(tier, weight)| (tier.clone(), *weight)).collect(),
            modes,
        }
    }

    /// Caps can be added only where they count the same.
    fn summable(&mut self, capacities: &[CapacityDraft]) {
        let Some(first) = capacities.first() else { return };
        for (i, other) in capacities.iter().enumerate().skip(1) {
            let differs = [
                ("when", first.when() != other.when()),
                ("excused_by", first.excused_by() != other.excused_by()),
                ("weights", first.weights() != other.weights()),
                ("modes", first.modes() != other.modes()),
            ];
            for (key, _) in differs.iter().filter(|(_, differs)| *differs) {
                let message = format!(
                    "capacities that are added must count alike; give it the `{key}` of `{}`, or combine otherwise",
                    first.id()
                );
                self.all.problems.add(format!("$.claims.capacities[{i}].{key}"), "policy.capacity_sum", message);
            }
        }
    }

    fn checks(&mut self, changes: &BTreeMap<Acquisition, ChecksDraft>) -> [CheckSet; Acquisition::ALL.len()] {
        let mut sets = [CheckSet::default(); Acquisition::ALL.len()];
        for (set, &acquisition) in sets.iter_mut().zip(Acquisition::ALL) {
            *set = CheckSet::usual(acquisition);
            let Some(change) = changes.get(&acquisition) else { continue };
            for (i, &check) in change.remove().iter().enumerate() {
                if change.add().contains(&check) {
                    let message = format!("`{check}` is added and removed; decide for one");
                    let path = format!("$.claims.checks.{acquisition}.remove[{i}]");
                    self.all.problems.add(path, "policy.contradictory_checks", message);
                }
                *set = set.without(check);
            }
            *set = change.add().iter().fold(*set, |set, check| set.with(*check));
        }
        sets
    }
}

const fn weekday(start: WeekStart) -> chrono::Weekday {
    match start {
        WeekStart::Mon => chrono::Weekday::Mon,
        WeekStart::Tue => chrono::Weekday::Tue,
        WeekStart::Wed => chrono::Weekday::Wed,
        WeekStart::Thu => chrono::Weekday::Thu,
        WeekStart::Fri => chrono::Weekday::Fri,
        WeekStart::Sat => chrono::Weekday::Sat,
        WeekStart::Sun => chrono::Weekday::Sun,
    }
}
