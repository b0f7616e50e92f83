//! Facts around a policy about claims: a customer, who wants it, and the ledgers.

use customer_pool::Policy;
use customer_pool::attribute::AttributeValue;
use customer_pool::claim::{Acquisition, Bypass, Check, ClaimStep};
use customer_pool::id::{CustomerId, Label, PoolId, RepId};
use customer_pool::model::{
    Ask, Cause, ClosedCause, Customer, Excused, Freeze, FreezeKind, Holding, Lapse, Ledger, LedgerEntry, LedgerScope,
    LockedCustomer, OpenReservation, Ownership, PastOwnership, Place, PoolStay, Profile, Protection, Rep, Reservation,
    UnitPath, WayIn, unit_at,
};
use customer_pool::policy::draft::{ClaimRulesDraft, HandOut, Per};
use customer_pool::time::Timestamp;

use super::claims::span;
use super::facts::{begin, business_hold, describe};
use super::moments::Moments;
use super::tape::Tape;
use super::vocabulary::{ATTRIBUTES, DURATIONS, FIGURES, NUMBERS, OWNER_TAGS, POOLS, REPS, ROLES, TIERS, UNITS, WORDS};

const DAY: i64 = 86_400_000_000;
const UNKNOWN_POOL: &str = "gone";
const UNKNOWN_TIER: &str = "platinum";

fn shifted(at: Timestamp, micros: i64) -> Timestamp {
    at.checked_add_micros(micros).unwrap_or(at)
}

/// The hand-out of the pool that the customer is in.
fn hand_out(policy: &Policy, pool: &PoolId) -> HandOut {
    let draft = policy.draft().pools().iter().find(|draft| draft.id() == pool);
    draft.and_then(|draft| draft.hand_out().copied()).unwrap_or_default()
}

pub(super) fn acquisition(tape: &mut Tape) -> Acquisition {
    match tape.below(100) {
        0..70 => Acquisition::Claim,
        70..79 => Acquisition::Assign,
        79..84 => Acquisition::Transfer,
        84..88 => Acquisition::Create,
        88..92 => Acquisition::Import,
        92..96 => Acquisition::Departure,
        _ => Acquisition::Restore,
    }
}

/// The command, mostly one that the pool knows.
pub(super) fn step(tape: &mut Tape, policy: &Policy, customer: &Customer) -> Option<ClaimStep> {
    const ALL: &[ClaimStep] = &[ClaimStep::Question, ClaimStep::Claim, ClaimStep::Ask, ClaimStep::Confirm];
    let known: &[ClaimStep] = match customer.stay().map(|stay| hand_out(policy, stay.pool())) {
        Some(HandOut::Reservation(_)) => {
            &[ClaimStep::Question, ClaimStep::Ask, ClaimStep::Ask, ClaimStep::Confirm, ClaimStep::Confirm]
        }
        Some(HandOut::Lottery(_)) => &[ClaimStep::Question, ClaimStep::Ask, ClaimStep::Claim],
        _ => &[ClaimStep::Question, ClaimStep::Claim],
    };
    let steps = if tape.percent(85) { known } else { ALL };
    tape.pick(steps)
}

pub(super) fn bypasses(tape: &mut Tape, rules: &ClaimRulesDraft) -> Option<Vec<Bypass>> {
    let named: Vec<&Label> = (rules.quotas().iter().map(|rule| rule.id()))
        .chain(rules.capacities().iter().map(|rule| rule.id()))
        .chain(rules.qualifications().iter().map(|rule| rule.id()))
        .chain(rules.cooldowns().iter().map(|rule| rule.id()))
        .collect();
    let count = if tape.percent(12) { tape.between(1, 2) } else { 0 };
    tape.list(count, |tape| {
        let rule = if tape.percent(60) { tape.pick(&named) } else { None };
        Some(match rule {
            Some(rule) => Bypass::Rule(rule.clone()),
            None => Bypass::Check(tape.pick(Check::ALL)?),
        })
    })
}

/// A rep of whom much is known.
pub(super) fn rep(tape: &mut Tape, id: &str) -> Option<Rep> {
    let mut rep = Rep::new(id.parse().ok()?)
        .with_units(tape.words(UNITS, 40))
        .with_roles(tape.words(ROLES, 50))
        .with_tags(tape.words(OWNER_TAGS, 25))
        .with_regions(tape.words(WORDS, 65))
        .with_industries(tape.words(WORDS, 65))
        .with_skills(tape.words(WORDS, 70));
    if tape.percent(90) {
        rep = rep.with_highest_tier(if tape.percent(6) { UNKNOWN_TIER.parse().ok()? } else { tape.word(TIERS)? });
    }
    if tape.percent(70) {
        rep = rep.with_tenure(tape.word(DURATIONS)?);
    }
    for figure in FIGURES {
        if tape.percent(70) {
            rep = rep.with_figure(figure.parse().ok()?, tape.word(NUMBERS)?);
        }
    }
    Some(if tape.permille(30) { rep.deactivated() } else { rep })
}

/// A customer where this way in finds it, nearly always.
pub(super) fn customer(
    tape: &mut Tape,
    moments: &mut Moments,
    policy: &Policy,
    acquisition: Acquisition,
) -> Option<Customer> {
    let since = begin(tape, moments)?;
    // Listed several times, so that much happens beside it.
    moments.add([since; 4]);
    let id = CustomerId::from(u64::from(tape.below(1_000)));
    let pool = if tape.permille(16) { UNKNOWN_POOL.parse().ok()? } else { tape.word(POOLS)? };
    let stay = stay(tape, moments, policy, pool, since)?;
    let rarely = tape.below(100);
    let place = match acquisition {
        Acquisition::Claim | Acquisition::Assign => match rarely {
            0..88 => None,
            88..95 => Some(owned(tape, since)?),
            95..98 => Some(Place::Closed(tape.pick(ClosedCause::ALL)?)),
            _ => Some(Place::Awaiting),
        },
        Acquisition::Create | Acquisition::Import if rarely < 50 => Some(Place::Awaiting),
        Acquisition::Restore if rarely < 80 => None,
        _ => match rarely {
            0..85 => Some(owned(tape, since)?),
            85..93 => Some(Place::Closed(tape.pick(ClosedCause::ALL)?)),
            _ => None,
        },
    };
    let keeps_stay = tape.percent(75);
    let customer = match place {
        None => Customer::new(id, Place::Pool(stay)),
        Some(place) if keeps_stay => Customer::new(id, place).with_last_stay(stay),
        Some(place) => Customer::new(id, place),
    };
    let mut customer = describe(tape, moments, customer)?.with_collaborators([]);
    // Whoever must not be contacted is denied whatever else there is: seldom.
    let profile = customer.profile().filter(|profile| profile.do_not_contact() == Some(true)).cloned();
    if let (Some(profile), false) = (profile, tape.percent(25)) {
        customer = customer.with_profile(profile.with_do_not_contact(false));
    }
    if tape.percent(17) {
        customer = customer.with_attributes(mistyped(tape)?);
    }
    let customer = customer.with_protection(protection(tape, moments)?);
    past(tape, moments, customer, since)
}

/// Attributes that are all bools, whatever the policy declares.
fn mistyped(tape: &mut Tape) -> Option<Vec<(Label, AttributeValue)>> {
    ATTRIBUTES.iter().map(|(key, _)| Some((key.parse().ok()?, AttributeValue::Bool(tape.percent(50))))).collect()
}

fn owned(tape: &mut Tape, since: Timestamp) -> Option<Place> {
    let owner = if tape.percent(20) { REPS.first()?.parse().ok()? } else { tape.word(REPS.get(1..)?)? };
    let way_in = tape.pick(&[WayIn::Claim, WayIn::Assign, WayIn::Restore])?;
    Some(Place::Owned(Ownership::new(owner, since).with_way_in(way_in)))
}

fn stay(tape: &mut Tape, moments: &Moments, policy: &Policy, pool: PoolId, since: Timestamp) -> Option<PoolStay> {
    let hand_out = hand_out(policy, &pool);
    let mut stay = PoolStay::new(pool, since);
    if tape.percent(40) {
        stay = stay.with_earlier_entries([shifted(since, DAY.saturating_mul(-3))]);
    }
    if tape.percent(if matches!(hand_out, HandOut::Reservation(_)) { 60 } else { 3 }) {
        let rep: RepId = if tape.percent(60) { REPS.first()?.parse().ok()? } else { tape.word(REPS)? };
        let (from, until) = moments.period(tape)?;
        let reservation = Reservation::new(rep, from, until);
        stay = stay.with_reservation(if tape.percent(70) { reservation.with_span(span(tape)?) } else { reservation });
    }
    if matches!(hand_out, HandOut::Lottery(_)) {
        let asked: Vec<RepId> = tape.words(REPS, 75);
        let at = shifted(since, 1);
        stay = stay.with_asks(asked.into_iter().map(|rep| Ask::new(rep, at)));
        if tape.percent(8) {
            stay = stay.with_drawn();
        }
    }
    Some(stay)
}

fn protection(tape: &mut Tape, moments: &Moments) -> Option<Protection> {
    let mut protection = Protection::new();
    let until = |tape: &mut Tape, percent| if tape.percent(percent) { moments.near(tape, 70) } else { None };
    for _ in 0..2 {
        if tape.percent(5) {
            protection = protection.with_freeze(Freeze::new(tape.pick(FreezeKind::ALL)?, until(tape, 75)));
        }
        if tape.percent(25) {
            let until = until(tape, 75);
            protection = protection.with_hold(business_hold(tape, 85, until)?);
        }
    }
    Some(protection)
}

/// Who owned it before: one period after another, back from the present place.
fn past(tape: &mut Tape, moments: &Moments, customer: Customer, since: Timestamp) -> Option<Customer> {
    let (mut to, mut past) = (since, Vec::new());
    let count = if tape.percent(75) { tape.between(1, 4) } else { 0 };
    for _ in 0..count {
        let cause = if tape.percent(85) { tape.pick(Cause::ALL.get(..5)?)? } else { tape.pick(Cause::ALL)? };
        let owner: RepId = if tape.percent(55) { REPS.first()?.parse().ok()? } else { tape.word(REPS)? };
        let from = shifted(to, DAY.saturating_mul(tape.between(1, 4).into()).saturating_neg());
        let way_in = if tape.percent(30) { WayIn::Restore } else { tape.pick(WayIn::ALL)? };
        past.push(PastOwnership::new(owner, from, to, way_in, cause).with_units(tape.words(UNITS, 30)));
        to = shifted(from, tape.pick(&[0, -1, DAY.saturating_neg()])?);
    }
    if tape.permille(50) {
        let (from, to) = (moments.near(tape, 70)?, moments.near(tape, 70)?);
        past.push(PastOwnership::new(tape.word(REPS)?, from, to, WayIn::Assign, Cause::Released));
    }
    if tape.percent(7) {
        past.push(PastOwnership::new(tape.word(REPS)?, since, moments.near(tape, 70)?, WayIn::Claim, Cause::Released));
    }
    let known_from = if tape.percent(16) { Some(moments.near(tape, 70)?) } else { None };
    let lapses = if tape.percent(30) {
        let lapse = Lapse::new(tape.pick(REPS.get(..2)?)?.parse().ok()?, moments.near(tape, 70)?);
        vec![if tape.percent(70) { lapse.with_span(span(tape)?) } else { lapse }]
    } else {
        Vec::new()
    };
    Some(customer.with_past(past, known_from).with_lapses(lapses))
}

/// The reps who asked in a lottery, nearly always, with their ledgers.
pub(super) fn askers(
    tape: &mut Tape,
    moments: &Moments,
    policy: &Policy,
    customer: &Customer,
) -> Option<Vec<(Rep, Vec<Ledger>)>> {
    let mut askers = Vec::new();
    let asks = customer.stay().map_or(&[][..], |stay| stay.asks());
    for ask in asks.iter().filter(|ask| Some(ask.rep().as_str()) != REPS.first().copied()) {
        if tape.percent(75) {
            let asker = rep(tape, ask.rep().as_str())?;
            let ledgers = ledgers(tape, moments, policy, &asker, customer)?;
            askers.push((asker, ledgers));
        }
    }
    Some(askers)
}

/// Every ledger that a rule may read for this rep, nearly always.
pub(super) fn ledgers(
    tape: &mut Tape,
    moments: &Moments,
    policy: &Policy,
    rep: &Rep,
    customer: &Customer,
) -> Option<Vec<Ledger>> {
    let mut ledgers = Vec::new();
    let given = policy.draft().claims();
    for scope in scopes(policy, rep)? {
        if tape.permille(50) {
            continue;
        }
        let is_own = matches!(scope, LedgerScope::Rep(_));
        let mut ledger = Ledger::new(scope).with_version(tape.below(50).into());
        let with_facts = if tape.percent(75) { 0 } else { 90 };
        for _ in 0..tape.below(if is_own { 6 } else { 4 }) {
            let taken = entry(tape, moments, rep, ledger.scope(), with_facts)?;
            ledger = ledger.with_entries([taken]);
        }
        if tape.percent(22) {
            ledger = ledger.with_known_from(moments.near(tape, 70)?);
        }
        if let (true, Some(rules)) = (is_own, given) {
            ledger = ledger.with_holdings(holdings(tape, moments, rules)?);
            if tape.percent(60) {
                let other = CustomerId::from(u64::from(tape.between(2_000, 2_001)));
                let of = if tape.percent(85) { other } else { customer.id().clone() };
                let same = customer.last_pool().filter(|_| tape.percent(75)).cloned();
                let pool = same.or_else(|| tape.word(POOLS))?;
                ledger = ledger.with_reservations([OpenReservation::new(of, pool, moments.near(tape, 70)?)]);
            }
            if tape.percent(10) {
                let at = moments.near(tape, 70)?;
                ledger = ledger.with_locks([LockedCustomer::new(CustomerId::from(7_u64), at, None)]);
            }
        }
        if tape.permille(12) {
            ledgers.push(ledger.clone().with_version(77));
        }
        ledgers.push(ledger);
    }
    if tape.percent(20) {
        ledgers.reverse();
    }
    Some(ledgers)
}

/// Whose ledgers the rules of a policy count over.
fn scopes(policy: &Policy, rep: &Rep) -> Option<Vec<LedgerScope>> {
    let mut scopes = vec![LedgerScope::Rep(rep.id().clone())];
    for rule in policy.draft().claims().map_or(&[][..], ClaimRulesDraft::quotas) {
        match rule.per().copied().unwrap_or_default() {
            Per::Rep => {}
            Per::Everybody => scopes.push(LedgerScope::Everybody),
            Per::Unit => scopes.extend(rep.units().iter().cloned().map(LedgerScope::Unit)),
            Per::UnitAt(depth) => {
                for unit in rep.units() {
                    scopes.push(LedgerScope::Unit(unit_at(unit, depth).parse().ok()?));
                }
            }
        }
    }
    scopes.sort();
    scopes.dedup();
    Some(scopes)
}

fn entry(tape: &mut Tape, moments: &Moments, rep: &Rep, scope: &LedgerScope, with_facts: u32) -> Option<LedgerEntry> {
    let at = moments.near(tape, 70)?;
    let way_in = if tape.percent(65) { WayIn::Claim } else { tape.pick(WayIn::ALL)? };
    let id = CustomerId::from(u64::from(tape.below(50)));
    let mut entry = LedgerEntry::new(at, way_in, id.clone()).with_units(units_then(tape, rep, scope)?);
    if tape.percent(90) {
        entry = entry.with_pool(tape.word(POOLS)?);
    }
    if tape.percent(12) {
        let later = if tape.percent(8) { -1 } else { tape.pick(&[1, 0, DAY])? };
        entry = entry.with_undone(shifted(at, later));
    }
    if tape.percent(with_facts) {
        entry = entry.with_facts(then(tape, moments, id)?);
    }
    Some(entry)
}

/// The units of whoever took something that this ledger notes: the rep's, or in a unit's ledger another's, of the unit or
/// of one below it, as rules of several depths note them.
fn units_then(tape: &mut Tape, rep: &Rep, scope: &LedgerScope) -> Option<Vec<UnitPath>> {
    let LedgerScope::Unit(unit) = scope else { return Some(rep.units().to_vec()) };
    Some(match tape.below(20) {
        0..8 => rep.units().to_vec(),
        8..12 => vec![unit.clone()],
        12..17 => vec![format!("{unit}/below").parse().ok()?],
        17 => vec![format!("{unit}/below").parse().ok()?, unit.clone()],
        18 => vec![unit_at(unit, 1).parse().ok()?],
        _ => Vec::new(),
    })
}

/// What a customer was, in short.
fn then(tape: &mut Tape, moments: &Moments, id: CustomerId) -> Option<Customer> {
    let stay = PoolStay::new(tape.word(POOLS)?, *moments.boundaries().first()?);
    let mut customer = Customer::new(id, Place::Pool(stay)).with_tags(tape.words(WORDS, 30));
    if tape.percent(75) {
        customer = customer.with_tier(tape.word(TIERS)?);
    }
    if tape.percent(50) {
        customer = customer.with_profile(Profile::new().with_region(tape.word(WORDS)?).with_value(tape.word(NUMBERS)?));
    }
    Some(customer)
}

fn holdings(tape: &mut Tape, moments: &Moments, rules: &ClaimRulesDraft) -> Option<Vec<Holding>> {
    let mut holdings = Vec::new();
    for rule in rules.capacities() {
        if tape.permille(70) {
            continue;
        }
        let mut holding = Holding::new(rule.id().clone(), tape.below(rule.cap().saturating_add(3)).into());
        if tape.percent(35) {
            let count = tape.between(1, 3);
            let excused = |tape: &mut Tape| Some(Excused::new(moments.near(tape, 70)?, tape.pick(&[1, 2, 0])?));
            holding = holding.with_excused(tape.list(count, excused)?);
        }
        if tape.permille(20) {
            holdings.push(holding.clone());
        }
        holdings.push(holding);
    }
    Some(holdings)
}
