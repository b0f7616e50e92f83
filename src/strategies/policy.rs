//! Policies.

use chrono::{Days, NaiveDate, NaiveTime};
use customer_pool::condition::Condition;
use customer_pool::decision::Action;
use customer_pool::id::Label;
use customer_pool::model::ActivityKind;
use customer_pool::policy::draft::{
    Anchor, By, CalendarChoice, DealDraft, DealTreatment, ExemptDraft, Format, FreezeWindowDraft, GroupDraft,
    HardCapFrom, IfAnchorMissing, LatestActivity, Mode, Owners, PolicyDraft, PoolDraft, Qualifying, RouteDraft,
    RoutingDraft, StageDraft, TriggerDraft,
};

use super::calendar::{Place, calendar, span};
use super::condition::condition;
use super::tape::Tape;
use super::vocabulary::{ATTRIBUTES, CALENDARS, HOLDS, KINDS, OWNER_TAGS, POOLS, WORDS};

/// Numbers the triggers of a policy, and says what they may use.
struct Naming {
    triggers: u32,
    calendars: Vec<&'static str>,
}

/// A valid policy for this season.
pub(super) fn policy(tape: &mut Tape, season: NaiveDate) -> Option<PolicyDraft> {
    let calendars = if tape.percent(35) { CALENDARS } else { CALENDARS.get(..1)? };
    let mut draft = PolicyDraft::new(Format::V1, "generated".parse().ok()?, tape.between(1, 3).into())
        .with_default_calendar(CALENDARS.first()?.parse().ok()?)
        .with_routing(routing(tape)?);
    for id in calendars {
        draft = draft.with_calendar(id.parse().ok()?, calendar(tape, season)?);
    }
    for (key, declared) in ATTRIBUTES {
        draft = draft.with_attribute(key.parse().ok()?, *declared);
    }
    let mut naming = Naming { triggers: 0, calendars: calendars.to_vec() };
    draft = draft.with_groups(groups(tape, &mut naming, "group", tape_groups)?);
    draft = draft.with_pools(pools(tape)?);
    if tape.percent(35) {
        draft = draft.with_deal_customers(deals(tape, &mut naming)?);
    }
    if tape.percent(25) {
        draft = draft.with_exempt(
            ExemptDraft::new().with_owner_tags(tape.words(OWNER_TAGS, 15)).with_customer_tags(tape.words(WORDS, 30)),
        );
    }
    if tape.percent(40) {
        draft = draft.with_longest_lock(span(tape, Place::Anywhere)?);
    }
    if tape.percent(40) {
        draft = draft.with_grace(span(tape, Place::NoMonths)?);
    }
    if tape.percent(40) {
        draft = draft.with_clock_skew_s(tape.pick(&[0, 1, 60, 3_600, 86_400])?);
    }
    for kind in HOLDS {
        if tape.percent(60) {
            draft = draft.with_holds([kind.clone()]);
        }
    }
    for i in 0..tape.below(3) {
        if tape.percent(40) {
            draft = draft.with_freeze_windows([freeze_window(tape, season, i)?]);
        }
    }
    Some(match tape.below(8) {
        6 => draft.with_owners(Owners::Optional),
        7 => draft.with_owners(Owners::Required),
        _ => draft,
    })
}

fn routing(tape: &mut Tape) -> Option<RoutingDraft> {
    let mut routing = RoutingDraft::new(tape.word(POOLS)?);
    for _ in 0..tape.below(3) {
        routing = routing.with_rules([RouteDraft::new(condition(tape, 1)?, tape.word(POOLS)?)]);
    }
    Some(routing)
}

fn pools(tape: &mut Tape) -> Option<Vec<PoolDraft>> {
    let mut pools = Vec::new();
    for (i, id) in POOLS.iter().enumerate() {
        let pool = PoolDraft::new(id.parse().ok()?);
        let above = POOLS.get(..i)?;
        let parent = if above.is_empty() { None } else { tape.percent(60).then(|| tape.word(above)).flatten() };
        pools.push(match parent {
            Some(parent) => pool.with_parent(parent),
            None => pool,
        });
    }
    Some(pools)
}

fn deals(tape: &mut Tape, naming: &mut Naming) -> Option<DealDraft> {
    let when = condition(tape, 1)?;
    let then = match tape.below(3) {
        0 => DealTreatment::Exempt,
        1 => DealTreatment::SameTriggers,
        _ => DealTreatment::Groups(groups(tape, naming, "deal", |_| 1)?),
    };
    Some(DealDraft::new(when, then))
}

fn freeze_window(tape: &mut Tape, season: NaiveDate, i: u32) -> Option<FreezeWindowDraft> {
    let time = |tape: &mut Tape| NaiveTime::from_hms_opt(tape.pick(&[0, 2, 18])?, tape.pick(&[0, 30])?, 0);
    let from = season.checked_add_days(Days::new(tape.below(14).into()))?.and_time(time(tape)?);
    let to = from.checked_add_signed(chrono::TimeDelta::try_hours(tape.between(3, 60).into())?)?;
    Some(FreezeWindowDraft::new(format!("window{i}").parse().ok()?, from, to))
}

fn tape_groups(tape: &mut Tape) -> u32 {
    tape.between(1, 3)
}

fn groups(tape: &mut Tape, naming: &mut Naming, name: &str, count: fn(&mut Tape) -> u32) -> Option<Vec<GroupDraft>> {
    let mut groups = Vec::new();
    for i in 0..count(tape) {
        let mut group = GroupDraft::new(format!("{name}{i}").parse().ok()?);
        let all_of = tape.percent(20);
        let count = tape.between(1, 3);
        for j in 1..=count {
            let is_last = j == count;
            let when =
                if tape.percent(if is_last { 60 } else { 10 }) { Condition::Always } else { condition(tape, 2)? };
            group = group.with_triggers([trigger(tape, naming, when, all_of)?]);
        }
        groups.push(if all_of { group.with_all_of() } else { group });
    }
    Some(groups)
}

fn kinds(tape: &mut Tape, percent: u32) -> Vec<ActivityKind> {
    KINDS.iter().filter(|_| tape.percent(percent)).cloned().collect()
}

fn anchor(tape: &mut Tape) -> Option<Anchor> {
    Some(match tape.below(10) {
        0..5 => Anchor::OwnershipStart,
        5 => Anchor::Created,
        6 => Anchor::LastContractEnd,
        7 => Anchor::LastDeal,
        8 => {
            let mut kinds = kinds(tape, 30);
            if kinds.is_empty() {
                kinds.push(tape.pick(KINDS)?);
            }
            Anchor::LatestActivity(LatestActivity(kinds))
        }
        _ => Anchor::Attribute("day".parse().ok()?),
    })
}

fn trigger(tape: &mut Tape, naming: &mut Naming, when: Condition, all_of: bool) -> Option<TriggerDraft> {
    naming.triggers = naming.triggers.saturating_add(1);
    let anchor = anchor(tape)?;
    let may_be_months = matches!(anchor, Anchor::OwnershipStart | Anchor::Created);
    let base = span(tape, if may_be_months { Place::Anywhere } else { Place::NoMonths })?;
    let mut draft = TriggerDraft::new(format!("t{}", naming.triggers).parse().ok()?, when, base).with_anchor(anchor);
    if tape.percent(50) {
        draft = draft.with_if_anchor_missing(tape.pick(&[
            IfAnchorMissing::FromOwnership,
            IfAnchorMissing::Undetermined,
            IfAnchorMissing::Disarm,
        ])?);
    }
    if tape.percent(25) {
        draft = draft.with_even_before_ownership();
    }
    for kind in kinds(tape, 40) {
        draft = draft.with_renewal(kind, span(tape, Place::NoMonths)?);
    }
    draft = draft.with_satisfied_by(kinds(tape, 5));
    if tape.percent(40) {
        draft = draft.with_qualifying(qualifying(tape)?);
    }
    if tape.percent(30) {
        draft = draft.with_max_hold(span(tape, Place::Anywhere)?);
        if tape.percent(40) {
            draft = draft.with_max_hold_from(tape.pick(&[HardCapFrom::Clock, HardCapFrom::Chain])?);
        }
        if tape.percent(30) {
            draft = draft.with_max_hold_pauses();
        }
    }
    match tape.below(10) {
        0..6 => {}
        6..8 => draft = draft.with_calendar(CalendarChoice::Owner),
        _ => draft = draft.with_calendar(CalendarChoice::Named(tape.word(&naming.calendars)?)),
    }
    if !all_of && tape.percent(20) {
        return Some(draft.with_mode(Mode::NotifyOnly));
    }
    match tape.below(10) {
        0..7 => {}
        7 => draft = draft.with_mode(Mode::Immediate),
        _ => draft = draft.with_mode(Mode::Notice(span(tape, Place::NoMonths)?)),
    }
    if tape.percent(60) {
        draft = draft.with_action(tape.pick(&[Action::Reclaim, Action::Review, Action::Review, Action::Review])?);
    }
    if tape.percent(30) {
        draft = draft.with_pool(tape.word(POOLS)?);
    }
    for i in 0..tape.below(4) {
        draft = draft.with_warnings([stage(tape, i)?]);
    }
    Some(draft)
}

fn qualifying(tape: &mut Tape) -> Option<Qualifying> {
    let mut rule = Qualifying::new();
    if tape.percent(60) {
        rule = rule.with_by(tape.pick(&[By::OwnerAndCollaborators, By::Anyone, By::Owner])?);
    }
    if tape.percent(20) {
        rule = rule.with_min_duration_s(60);
    }
    if tape.percent(20) {
        rule = rule.with_min_text_chars(10);
    }
    if tape.percent(40) {
        rule = rule.with_per_day(tape.between(1, 2));
    }
    Some(if tape.percent(15) { rule.with_next_step() } else { rule })
}

fn stage(tape: &mut Tape, i: u32) -> Option<StageDraft> {
    let audience: Label = tape.word(&["owner", "manager", "pool_admins", "director"])?;
    Some(StageDraft::new(format!("stage{i}").parse().ok()?, span(tape, Place::Before)?).with_audience([audience]))
}
