//! Facts around a policy.

use customer_pool::attribute::{AttributeType, AttributeValue};
use customer_pool::id::{Label, RepId};
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, Cause, ClosedCause, Counters, Customer, Extension, FULL, Freeze,
    FreezeKind, Lifecycle, Lock, Need, Occurred, Ownership, PastOwnership, Place, PoolStay, Profile, Protection, Rep,
    Score, Scores, WayIn,
};
use customer_pool::time::Timestamp;

use super::moments::Moments;
use super::tape::Tape;
use super::vocabulary::{
    ATTRIBUTES, CALENDARS, DATES, DURATIONS, HOLDS, INSTANTS, KINDS, NUMBERS, OWNER_TAGS, POOLS, REPS, TIERS, UNITS,
    UNKNOWN_CALENDAR, WHOLE, WORDS,
};

const DAY: i64 = 86_400_000_000;

/// Where a customer is: owned, nearly always.
pub(super) fn place(tape: &mut Tape, moments: &Moments) -> Option<Place> {
    if tape.percent(4) {
        return Some(match tape.below(3) {
            0 => Place::Closed(tape.pick(ClosedCause::ALL)?),
            1 => Place::Awaiting,
            _ => {
                let stay = PoolStay::new(tape.word(POOLS)?, moments.near(tape, 50)?);
                let last = tape.percent(50).then(|| tape.word::<RepId>(REPS)).flatten();
                Place::Pool(match last {
                    Some(last) => stay.with_last_owner(last, tape.pick(Cause::ALL)?),
                    None => stay,
                })
            }
        });
    }
    let owner: RepId = REPS.first()?.parse().ok()?;
    if tape.permille(12) {
        return Some(Place::Owned(Ownership::of_unknown_start(owner)));
    }
    let clock_start = begin(tape, moments)?;
    let kept = tape.percent(36);
    let start = if kept {
        clock_start.checked_add_micros(DAY.saturating_mul(tape.between(1, 6).into())).unwrap_or(clock_start)
    } else {
        clock_start
    };
    let mut ownership = Ownership::new(owner, start).with_clock_start(clock_start);
    if kept || tape.percent(15) {
        let chain = clock_start.checked_add_micros(DAY.saturating_mul(tape.below(4).into()).saturating_neg());
        ownership = ownership.with_way_in(WayIn::Transfer).with_chain_start(chain.unwrap_or(clock_start));
    } else {
        ownership = ownership.with_way_in(tape.pick(&[WayIn::Claim, WayIn::Create, WayIn::Assign])?);
    }
    if tape.percent(20) {
        ownership = ownership.with_units(tape.words(UNITS, 40)).with_revision(tape.word(WORDS)?);
    }
    Some(Place::Owned(ownership.with_number(tape.between(1, 4))))
}

/// A beginning early in the season.
pub(super) fn begin(tape: &mut Tape, moments: &Moments) -> Option<Timestamp> {
    let early = moments.boundaries().get(1..9)?;
    let day = tape.pick(early)?;
    let into = if tape.percent(60) {
        tape.pick(&[0, 1, -1])?
    } else {
        i64::from(tape.below(86_400)).saturating_mul(1_000_000)
    };
    day.checked_add_micros(into)
}

/// What a customer is.
pub(super) fn describe(tape: &mut Tape, moments: &Moments, mut customer: Customer) -> Option<Customer> {
    if tape.percent(75) {
        customer = customer.with_tier(tape.word(TIERS)?);
    }
    customer = customer.with_tags(tape.words(WORDS, 30));
    let mut attributes: Vec<(Label, AttributeValue)> = Vec::new();
    for (key, declared) in ATTRIBUTES {
        if tape.percent(60) {
            let given = if tape.permille(14) { tape.pick(AttributeType::ALL)? } else { *declared };
            attributes.push((key.parse().ok()?, attribute(tape, moments, given)?));
        }
    }
    customer = customer.with_attributes(attributes);
    if tape.percent(70) {
        customer = customer.with_profile(profile(tape)?);
    }
    if tape.percent(50) {
        customer = customer.with_scores(scores(tape, moments)?);
    }
    let instant = |tape: &mut Tape| if tape.percent(60) { moments.near(tape, 60) } else { None };
    if let Some(at) = instant(tape) {
        customer = customer.with_created(at);
    }
    if let Some(at) = instant(tape) {
        customer = customer.with_last_contract_end(at);
    }
    if let Some(at) = instant(tape) {
        customer = customer.with_last_deal(at);
    }
    if tape.percent(50) {
        customer = customer.with_counters(Counters {
            claimed: tape.below(6),
            reclaimed: tape.below(3),
            released: tape.below(6),
            days_in_pools: tape.below(9),
        });
    }
    if tape.percent(10) {
        customer = customer.with_warned([tape.word(WORDS)?]);
    }
    Some(customer.with_collaborators(tape.words::<RepId>(REPS.get(1..)?, 35)))
}

fn attribute(tape: &mut Tape, moments: &Moments, kind: AttributeType) -> Option<AttributeValue> {
    Some(match kind {
        AttributeType::Bool => AttributeValue::Bool(tape.percent(50)),
        AttributeType::Integer => AttributeValue::Integer(tape.word(WHOLE)?),
        AttributeType::Decimal => AttributeValue::Decimal(tape.word(NUMBERS)?),
        AttributeType::Text => AttributeValue::Text(tape.word(WORDS)?),
        AttributeType::Date if tape.percent(80) => {
            AttributeValue::Date(moments.near(tape, 50)?.to_datetime().date_naive())
        }
        AttributeType::Date => AttributeValue::Date(tape.word(DATES)?),
        AttributeType::Instant => AttributeValue::Instant(tape.word(INSTANTS)?),
        AttributeType::Duration => AttributeValue::Duration(tape.word(DURATIONS)?),
    })
}

/// What a run of scoring found: classes around the constants that conditions ask, unit scores at and inside their ends.
fn scores(tape: &mut Tape, moments: &Moments) -> Option<Scores> {
    let mut scores = Scores::new();
    for score in Score::ALL {
        if !tape.percent(50) {
            continue;
        }
        let value = match attribute(tape, moments, score.kind())? {
            AttributeValue::Integer(number) => {
                let known = scores.clone().with(*score, AttributeValue::Integer(number)).is_ok();
                AttributeValue::Integer(if known { number } else { i64::from(tape.pick(&[1, 5, FULL])?) })
            }
            other => other,
        };
        scores = scores.with(*score, value).ok()?;
    }
    Some(scores)
}

fn profile(tape: &mut Tape) -> Option<Profile> {
    let mut profile = Profile::new();
    if tape.percent(60) {
        profile = profile.with_lifecycle(tape.pick(&[Lifecycle::Potential, Lifecycle::Active, Lifecycle::Lost])?);
    }
    let with: [fn(Profile, Label) -> Profile; 5] = [
        Profile::with_sales_stage,
        Profile::with_intent,
        Profile::with_region,
        Profile::with_industry,
        Profile::with_source,
    ];
    for with in with {
        if tape.percent(50) {
            profile = with(profile, tape.word(WORDS)?);
        }
    }
    if tape.percent(30) {
        profile = profile.with_referrer(tape.word(REPS)?);
    }
    let with =
        [Profile::with_value, Profile::with_strength, Profile::with_satisfaction, Profile::with_contact_completeness];
    for with in with {
        if tape.percent(50) {
            profile = with(profile, tape.word(NUMBERS)?);
        }
    }
    if tape.percent(40) {
        profile = profile.with_do_not_contact(tape.percent(50));
    }
    let needs: Vec<Need> = Need::ALL.iter().copied().filter(|_| tape.percent(30)).collect();
    Some(profile.with_needs(needs).with_skills(tape.words(WORDS, 30)))
}

/// What happened.
pub(super) fn activities(tape: &mut Tape, moments: &Moments) -> Option<Vec<Activity>> {
    let mut activities = Vec::new();
    let count = if tape.percent(75) { tape.between(1, 6) } else { 0 };
    for _ in 0..count {
        activities.push(activity(tape, moments)?);
    }
    if tape.percent(6) {
        activities.extend(activities.first().cloned());
    }
    Some(activities)
}

fn activity(tape: &mut Tape, moments: &Moments) -> Option<Activity> {
    let kind = if tape.percent(10) { ActivityKind::Custom(tape.word(WORDS)?) } else { tape.pick(KINDS)? };
    let actor = match tape.below(12) {
        0..7 => Actor::Rep(REPS.first()?.parse().ok()?),
        7..10 => Actor::Rep(tape.word(REPS)?),
        10 => Actor::Customer,
        _ => Actor::System,
    };
    let at = moments.near(tape, 70)?;
    let other = moments.near(tape, 70)?;
    let (occurred, recorded) = match tape.below(6) {
        0..3 => (Some(Occurred::At(at)), None),
        3 => (None, Some(at)),
        4 => (Some(Occurred::At(at)), Some(other)),
        _ => (Some(Occurred::On(at.to_datetime().date_naive())), Some(other)),
    };
    let mut activity = Activity::new(kind, actor, occurred, recorded).ok()?;
    if tape.percent(40) {
        activity = activity.with_duration_s(tape.pick(&[60, 59, 600])?);
    }
    if tape.percent(40) {
        activity = activity.with_text_chars(tape.pick(&[10, 9, 200])?);
    }
    Some(if tape.percent(50) { activity.with_next_step() } else { activity })
}

/// Who owned it before: one period after another, back from the present ownership.
pub(super) fn history(tape: &mut Tape, moments: &Moments, customer: Customer) -> Option<Customer> {
    let Some(start) = customer.ownership().and_then(|ownership| ownership.start()) else { return Some(customer) };
    let kept = customer.ownership().and_then(|ownership| ownership.clock_start()) < Some(start);
    let (mut to, mut past) = (start, Vec::new());
    let count = if kept || tape.percent(25) { tape.below(if kept { 3 } else { 4 }) } else { 0 };
    for _ in 0..count {
        let from = to.checked_add_micros(DAY.saturating_mul(tape.below(4).into()).saturating_neg()).unwrap_or(to);
        past.push(PastOwnership::new(tape.word(REPS)?, from, to, WayIn::Claim, tape.pick(Cause::ALL)?));
        let gap = tape.pick(&[0, 1, DAY])?;
        to = from.checked_add_micros(gap.saturating_neg()).unwrap_or(from);
    }
    if tape.permille(12) {
        let (from, to) = (moments.near(tape, 70)?, moments.near(tape, 70)?);
        past.push(PastOwnership::new(tape.word(REPS)?, from, to, WayIn::Assign, Cause::Released));
    }
    let known_from = if kept && tape.percent(95) { Some(start) } else { None };
    let known_from = if tape.percent(10) { Some(moments.near(tape, 70)?) } else { known_from };
    Some(if past.is_empty() && known_from.is_none() { customer } else { customer.with_past(past, known_from) })
}

/// What protects it.
pub(super) fn protection(tape: &mut Tape, moments: &Moments) -> Option<Protection> {
    let mut protection = Protection::new();
    let maybe = |tape: &mut Tape, percent| if tape.percent(percent) { moments.near(tape, 75) } else { None };
    for percent in [16, 6] {
        if tape.percent(percent) {
            let (since, until) = (maybe(tape, 70), maybe(tape, 80));
            // One that ends before it begins contradicts: seldom.
            let reversed = since.zip(until).is_some_and(|(since, until)| until < since) && !tape.percent(25);
            let lock = if reversed { Lock::new(until, since) } else { Lock::new(since, until) };
            protection = protection.with_lock(lock);
        }
    }
    for percent in [45, 25, 10] {
        if tape.percent(percent) {
            let until = maybe(tape, 70);
            protection = protection.with_hold(business_hold(tape, 60, until)?);
        }
    }
    for percent in [8, 3] {
        if tape.percent(percent) {
            protection = protection.with_freeze(Freeze::new(tape.pick(FreezeKind::ALL)?, maybe(tape, 70)));
        }
    }
    for percent in [20, 8] {
        if tape.percent(percent) {
            let granted = maybe(tape, 60);
            protection = protection.with_extension(Extension::new(granted, moments.near(tape, 75)?));
        }
    }
    if tape.percent(5) {
        protection = crowd(tape, moments, protection)?;
    }
    let pauses = pauses(tape, moments, 25)?;
    Some(if pauses.is_empty() { protection } else { protection.with_pauses(pauses) })
}

/// A business hold, live in so many of a hundred cases.
pub(super) fn business_hold(tape: &mut Tape, live: u32, until: Option<Timestamp>) -> Option<BusinessHold> {
    let (kind, document) = (tape.pick(HOLDS)?, u64::from(tape.below(100)).into());
    let hold = if tape.percent(live) { BusinessHold::live } else { BusinessHold::not_live };
    Some(hold(kind, document, until))
}

/// Many holds, most of them behind others, so that many instants are tried before the decision changes.
fn crowd(tape: &mut Tape, moments: &Moments, mut protection: Protection) -> Option<Protection> {
    for _ in 0..tape.between(6, 10) {
        let (from, to) = moments.period(tape)?;
        protection = match tape.below(3) {
            0 => protection.with_lock(Lock::new(Some(from), Some(to))),
            1 => protection.with_hold(business_hold(tape, 100, Some(to))?),
            _ => protection.with_freeze(Freeze::new(tape.pick(FreezeKind::ALL)?, Some(to))),
        };
    }
    Some(protection)
}

fn pauses(tape: &mut Tape, moments: &Moments, percent: u32) -> Option<Vec<(Timestamp, Timestamp)>> {
    let count = if tape.percent(percent) { tape.between(1, 3) } else { 0 };
    tape.list(count, |tape| {
        let (from, to) = moments.period(tape)?;
        Some(if tape.permille(15) { (to, from) } else { (from, to) })
    })
}

/// The owner, nearly always, and nearly always the right one.
pub(super) fn owner(tape: &mut Tape, moments: &Moments) -> Option<Option<Rep>> {
    if tape.percent(5) {
        return Some(None);
    }
    let (right, wrong) = (REPS.first()?, REPS.get(1)?);
    let id = if tape.permille(12) { wrong } else { right };
    let mut rep = Rep::new(id.parse().ok()?).with_units(tape.words(UNITS, 35)).with_tags(tape.words(OWNER_TAGS, 25));
    if tape.percent(30) {
        rep = rep.with_calendar(if tape.percent(15) { UNKNOWN_CALENDAR.parse().ok()? } else { tape.word(CALENDARS)? });
    }
    let leave = pauses(tape, moments, 20)?;
    Some(Some(if leave.is_empty() { rep } else { rep.with_leave(leave) }))
}
