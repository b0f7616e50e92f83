//! Policies about claims.

use chrono::NaiveDate;
use customer_pool::claim::{Acquisition, Check};
use customer_pool::condition::{Condition, Fact};
use customer_pool::id::{Label, PoolId};
use customer_pool::model::{Cause, WayIn};
use customer_pool::policy::draft::{
    CapacityCombination, CapacityDraft, CapacityMode, ChecksDraft, ClaimRulesDraft, CooldownDraft, Format, HandOut,
    LockCapDraft, Per, PolicyDraft, PoolDraft, QualificationDraft, QuietPeriodDraft, QuotaDraft, QuotaWindow,
    RepeatLimitDraft, Requirement, RoutingDraft, Scope, StepDraft, UndoDraft, WeekStart,
};
use customer_pool::time::Span;

use super::calendar::{Place, calendar, span as any_span};
use super::condition::{About, condition_about};
use super::tape::Tape;
use super::vocabulary::{ATTRIBUTES, CALENDARS, FIGURES, HOLDS, POOLS, REPS, ROLES, TIERS, TOP_UNITS, UNITS};

/// A valid policy for this season, with rules about claims.
pub(super) fn policy(tape: &mut Tape, season: NaiveDate) -> Option<PolicyDraft> {
    let main = CALENDARS.first()?;
    let routing = RoutingDraft::new(POOLS.first()?.parse().ok()?);
    let mut draft = PolicyDraft::new(Format::V1, "generated".parse().ok()?, 1)
        .with_default_calendar(main.parse().ok()?)
        .with_routing(routing)
        .with_calendar(main.parse().ok()?, calendar(tape, season)?)
        .with_holds(HOLDS.iter().cloned())
        .with_tiers(TIERS.iter().rev().filter_map(|tier| tier.parse().ok()))
        .with_figures(FIGURES.iter().filter_map(|figure| figure.parse().ok()));
    for (key, declared) in ATTRIBUTES {
        draft = draft.with_attribute(key.parse().ok()?, *declared);
    }
    if tape.percent(30) {
        draft = draft.with_clock_skew_s(tape.pick(&[0, 1, 3_600, 86_400])?);
    }
    for id in POOLS {
        draft = draft.with_pools([pool(tape, id)?]);
    }
    Some(draft.with_claims(rules(tape)?))
}

pub(super) fn span(tape: &mut Tape) -> Option<Span> {
    any_span(tape, Place::Anywhere)
}

fn id(kind: &str, i: u32) -> Option<Label> {
    format!("{kind}{i}").parse().ok()
}

fn pool(tape: &mut Tape, id: &str) -> Option<PoolDraft> {
    let mut pool = PoolDraft::new(id.parse().ok()?);
    pool = match tape.below(20) {
        0..13 => pool.with_members([Scope::Everybody]),
        13..19 => {
            let count = tape.between(1, 2);
            pool.with_members(tape.list(count, scope)?)
        }
        _ => pool,
    };
    match tape.below(20) {
        0..7 => {}
        7..13 => pool = pool.with_hand_out(HandOut::Reservation(span(tape)?)),
        13..19 => pool = pool.with_hand_out(HandOut::Lottery(span(tape)?)),
        _ => pool = pool.with_hand_out(HandOut::Blind),
    }
    Some(if tape.percent(4) { pool.with_disabled() } else { pool })
}

/// A scope that covers the first rep more often than not.
fn scope(tape: &mut Tape) -> Option<Scope> {
    Some(match tape.below(8) {
        0 | 1 => Scope::Rep(if tape.percent(30) { tape.word(REPS)? } else { REPS.first()?.parse().ok()? }),
        2 => Scope::Role(tape.word(ROLES)?),
        3 | 4 => Scope::Unit(tape.word(TOP_UNITS)?),
        5 => Scope::UnitAlone(tape.word(UNITS)?),
        _ => Scope::Everybody,
    })
}

/// Some pools, at least one.
fn some_pools(tape: &mut Tape) -> Option<Vec<PoolId>> {
    let pools: Vec<PoolId> = tape.words(POOLS, 55);
    Some(if pools.is_empty() { vec![tape.word(POOLS)?] } else { pools })
}

/// In so many of a hundred cases rules of a kind, with their names; each about all pools or about some.
fn listed<T>(
    tape: &mut Tape,
    percent: u32,
    kind: &str,
    make: fn(&mut Tape, Label) -> Option<T>,
    of_pools: fn(T, Vec<PoolId>) -> T,
) -> Option<Vec<T>> {
    let count = if tape.percent(percent) { tape.between(1, 2) } else { 0 };
    let mut rules = Vec::new();
    for i in 0..count {
        let rule = make(tape, id(kind, i)?)?;
        rules.push(if tape.percent(25) { of_pools(rule, some_pools(tape)?) } else { rule });
    }
    Some(rules)
}

fn rules(tape: &mut Tape) -> Option<ClaimRulesDraft> {
    let mut rules = ClaimRulesDraft::new()
        .with_lottery_seed("seed".parse().ok()?)
        .with_quiet_periods(listed(tape, 16, "quiet", quiet_period, QuietPeriodDraft::with_pools)?)
        .with_cooldowns(listed(tape, 30, "cooldown", cooldown, CooldownDraft::with_pools)?)
        .with_repeat_limits(listed(tape, 20, "repeat", repeat_limit, RepeatLimitDraft::with_pools)?)
        .with_qualifications(listed(tape, 20, "qualification", qualification, QualificationDraft::with_pools)?)
        .with_quotas(listed(tape, 45, "quota", quota, QuotaDraft::with_pools)?);
    if tape.percent(18) {
        rules = rules.with_minimum_interval(span(tape)?);
    }
    if tape.percent(40) {
        rules = capacities(tape, rules)?;
    }
    if tape.percent(20) {
        rules = rules.with_undo(UndoDraft::new(Span::minutes(tape.between(5, 120)), tape.between(1, 3)));
    }
    if tape.percent(10) {
        rules = rules.with_lock_caps([LockCapDraft::new("locks".parse().ok()?, scope(tape)?, tape.between(1, 3))]);
    }
    if tape.percent(40) {
        rules = rules.with_week_starts(tape.pick(&[WeekStart::Sun, WeekStart::Mon, WeekStart::Wed])?);
    }
    if tape.percent(15) {
        let acquisition = tape.pick(Acquisition::ALL)?;
        rules = rules.with_checks(acquisition, changes(tape, acquisition)?);
    }
    Some(if tape.percent(50) { rules.with_names_owner() } else { rules })
}

/// Checks added that do not run anyway, and some removed that do.
fn changes(tape: &mut Tape, acquisition: Acquisition) -> Option<ChecksDraft> {
    let usual: &[Check] = match acquisition {
        Acquisition::Claim => Check::ALL,
        Acquisition::Assign => {
            &[Check::QuietPeriod, Check::Cooldown, Check::Qualification, Check::Quota, Check::Capacity]
        }
        Acquisition::Restore => &[Check::Frozen, Check::Capacity],
        Acquisition::Departure => &[Check::Frozen, Check::Qualification],
        _ => &[Check::Frozen, Check::Qualification, Check::Quota, Check::Capacity],
    };
    let other: &[Check] = match acquisition {
        Acquisition::Claim => &[],
        Acquisition::Assign => &[Check::MinimumInterval],
        _ => &[Check::Membership, Check::QuietPeriod, Check::Cooldown, Check::RepeatLimit],
    };
    let mut changes = ChecksDraft::new();
    if tape.percent(60) {
        changes = changes.with_remove(tape.pick(usual));
    }
    if tape.percent(60) {
        changes = changes.with_add(tape.pick(other));
    }
    Some(changes)
}

fn quiet_period(tape: &mut Tape, id: Label) -> Option<QuietPeriodDraft> {
    let rule = QuietPeriodDraft::new(id, span(tape)?);
    Some(if tape.percent(40) { rule.with_first_entry_only() } else { rule })
}

fn cooldown(tape: &mut Tape, id: Label) -> Option<CooldownDraft> {
    const CAUSES: &[Cause] = &[Cause::Released, Cause::Reclaimed, Cause::Undone, Cause::TakenBack, Cause::Transferred];
    let mut rule = CooldownDraft::new(id);
    for cause in CAUSES.iter().filter(|_| tape.percent(50)).copied().collect::<Vec<_>>() {
        rule = rule.with_after(cause, span(tape)?);
    }
    if rule.after().is_empty() {
        rule = rule.with_after(Cause::Released, span(tape)?);
    }
    Some(if tape.percent(45) { rule.with_per(per(tape, false)?) } else { rule })
}

fn per(tape: &mut Tape, everybody: bool) -> Option<Per> {
    Some(match tape.below(if everybody { 4 } else { 3 }) {
        0 => Per::Unit,
        1 => Per::UnitAt(tape.between(1, 3)),
        2 => Per::Rep,
        _ => Per::Everybody,
    })
}

fn repeat_limit(tape: &mut Tape, id: Label) -> Option<RepeatLimitDraft> {
    Some(RepeatLimitDraft::new(id, tape.pick(&[1, 1, 2, 3])?, span(tape)?))
}

fn qualification(tape: &mut Tape, id: Label) -> Option<QualificationDraft> {
    let requires = match tape.below(6) {
        0 => Requirement::Tier,
        1 => Requirement::Region,
        2 => Requirement::Industry,
        3 => Requirement::Skill,
        _ => Requirement::Condition(condition_about(tape, 2, About::Rep)?),
    };
    Some(QualificationDraft::new(id, requires))
}

fn steps(tape: &mut Tape) -> Option<Vec<StepDraft>> {
    let count = tape.between(1, 2);
    tape.list(count, |tape| Some(StepDraft::new(condition_about(tape, 1, About::Rep)?, tape.pick(&[1, 2, -1, -5])?)))
}

fn quota(tape: &mut Tape, id: Label) -> Option<QuotaDraft> {
    let window = match tape.below(5) {
        0 => QuotaWindow::Day,
        1 => QuotaWindow::Week,
        2 => QuotaWindow::Month,
        _ => QuotaWindow::Sliding(span(tape)?),
    };
    let mut rule = QuotaDraft::new(id, tape.pick(&[1, 2, 2, 3, 3, 0])?, window);
    if tape.percent(45) {
        rule = rule.with_per(per(tape, true)?);
    }
    if tape.percent(50) {
        // Half of them hold for everybody whose facts are told.
        let usual = Condition::at_least(Fact::TimesClaimed, "0");
        rule = rule.with_when(if tape.percent(60) { usual } else { condition_about(tape, 1, About::Nobody)? });
    }
    if tape.percent(40) {
        let mut ways: Vec<WayIn> = WayIn::ALL.iter().copied().filter(|_| tape.percent(60)).collect();
        if ways.is_empty() {
            ways.push(WayIn::Claim);
        }
        rule = rule.with_ways(ways);
    }
    Some(if tape.percent(20) { rule.with_steps(steps(tape)?) } else { rule })
}

fn capacities(tape: &mut Tape, mut rules: ClaimRulesDraft) -> Option<ClaimRulesDraft> {
    const COMBINATIONS: &[CapacityCombination] = &[
        CapacityCombination::MostSpecific,
        CapacityCombination::Min,
        CapacityCombination::Max,
        CapacityCombination::Sum,
    ];
    let combination = tape.percent(75).then(|| tape.pick(COMBINATIONS)).flatten();
    if let Some(combination) = combination {
        rules = rules.with_combine_capacities(combination);
    }
    let adds_up = combination == Some(CapacityCombination::Sum);
    let mut first: Option<CapacityDraft> = None;
    for i in 0..tape.between(1, 4) {
        let rule = match (&first, adds_up) {
            (Some(first), true) => alike(tape, first, id("capacity", i)?)?,
            _ => capacity(tape, id("capacity", i)?)?,
        };
        first.get_or_insert_with(|| rule.clone());
        rules = rules.with_capacities([rule]);
    }
    Some(rules)
}

fn capacity(tape: &mut Tape, id: Label) -> Option<CapacityDraft> {
    let mut rule = CapacityDraft::new(id, scope(tape)?, tape.between(0, 5));
    if tape.percent(25) {
        rule = rule.with_when(condition_about(tape, 1, About::Nobody)?);
    }
    rule = rule.with_excused_by(HOLDS.iter().filter(|_| tape.percent(25)).cloned().collect::<Vec<_>>());
    for tier in TIERS {
        if tape.percent(30) {
            rule = rule.with_weight(tier.parse().ok()?, tape.pick(&[2, 0, 1, 3])?);
        }
    }
    for acquisition in Acquisition::ALL.iter().filter(|acquisition| **acquisition != Acquisition::Departure) {
        if tape.percent(20) {
            let mode = tape.pick(&[CapacityMode::Warn, CapacityMode::Skip, CapacityMode::Enforce])?;
            rule = rule.with_mode(*acquisition, mode);
        }
    }
    Some(if tape.percent(20) { rule.with_steps(steps(tape)?) } else { rule })
}

/// A capacity that can be added to another: of the same conditions, weights and modes.
fn alike(tape: &mut Tape, first: &CapacityDraft, id: Label) -> Option<CapacityDraft> {
    let mut rule = CapacityDraft::new(id, scope(tape)?, tape.between(0, 5));
    if let Some(when) = first.when() {
        rule = rule.with_when(when.clone());
    }
    rule = rule.with_excused_by(first.excused_by().iter().cloned());
    for (tier, weight) in first.weights() {
        rule = rule.with_weight(tier.clone(), *weight);
    }
    for (acquisition, mode) in first.modes() {
        rule = rule.with_mode(*acquisition, *mode);
    }
    Some(if tape.percent(20) { rule.with_steps(steps(tape)?) } else { rule })
}
