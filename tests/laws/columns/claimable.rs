//! Goal: the filter before claims loses no row that may be claimed, and keeps none that its checks deny. Method: a policy
//! with nothing but these checks, random customers and reps, and `Policy::claim` as the other opinion; then the same
//! policy with what the filter does not ask.

use customer_pool::Policy;
use customer_pool::attribute::AttributeValue;
use customer_pool::claim::ClaimCase;
use customer_pool::columns::CustomerTable;
use customer_pool::decision::ClaimVerdict;
use customer_pool::model::{
    Cause, ClosedCause, Customer, Freeze, FreezeKind, Ownership, PastOwnership, Place, PoolStay, Profile, Protection,
    Rep, WayIn,
};
use customer_pool::time::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::support::check;

const POLICY: &str = r#"{
    "format": 1, "id": "p", "revision": 1, "default_calendar": "c",
    "calendars": {"c": {"zone": "America/New_York", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                        "valid": {"from": "2026-03-01", "to": "2026-03-20"}}},
    "tiers": ["c", "b", "a"], "figures": ["rate"], "attributes": {"grade": "integer"},
    "pools": [{"id": "all", "members": ["everybody"]}, {"id": "east", "members": [{"unit": "sales/east"}, {"role": "scout"}]},
              {"id": "shut", "members": ["everybody"], "disabled": true}, {"id": "none"}],
    "routing": {"fallback": "all"},
    "claims": {
        "quiet_periods": [{"id": "q1", "span": {"days": 2}}, {"id": "q2", "span": {"working_days": 3}, "pools": ["east"]},
                          {"id": "q3", "span": {"days": 5}, "first_entry_only": true, "pools": ["all"]}],
        "qualifications": [
            {"id": "tier", "requires": "tier", "pools": ["east"]},
            {"id": "region", "requires": "region", "pools": ["all"]},
            {"id": "skill", "requires": "skill"},
            {"id": "industry", "requires": "industry", "pools": ["none", "shut"]},
            {"id": "grade", "requires": {"condition": {"any": [
                {"at_most": {"fact": "attribute.grade", "value": "2"}}, {"missing": "attribute.grade"},
                {"at_least": {"fact": "rep.figure.rate", "value": "0.5"}}, {"in": {"fact": "rep.tag", "of": ["senior"]}},
                {"present": "way_in"}]}}}
        ]MORE
    }
}"#;

/// 2026-03-08: the night in which New York sets its clocks forward.
const SPRING: i64 = 1_772_946_000_000_000;
const DAY: i64 = 86_400_000_000;

fn word<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn near() -> impl Strategy<Value = Timestamp> {
    (-6_i64..6, prop_oneof![Just(0), 0..DAY], -1_i64..2)
        .prop_map(|(day, time, beside)| Timestamp::from_micros(SPRING + day * DAY + time + beside).unwrap())
}

fn words<T: std::str::FromStr<Err: std::fmt::Debug> + std::fmt::Debug>(
    of: &'static [&'static str],
) -> impl Strategy<Value = Vec<T>> {
    // All of them as often as some.
    prop_oneof![subsequence(of, 0..=of.len()), Just(of.to_vec())]
        .prop_map(|words| words.into_iter().map(word).collect())
}

fn maybe(of: &'static [&'static str]) -> impl Strategy<Value = Option<&'static str>> {
    prop::option::weighted(0.8, select(of))
}

fn place() -> impl Strategy<Value = Place> {
    let stay = (
        select(&["all", "all", "all", "east", "east", "east", "shut", "none", "unknown"][..]),
        near(),
        any::<bool>(),
        any::<bool>(),
    );
    let stay = stay.prop_map(|(pool, since, owned, entered)| {
        let stay = PoolStay::new(word(pool), since);
        let stay = if owned { stay.with_last_owner(word("r2"), Cause::Released) } else { stay };
        let earlier = since.checked_add_micros(-9 * DAY).unwrap();
        Place::Pool(if entered { stay.with_earlier_entries([earlier]) } else { stay })
    });
    let owned = (select(&["r1", "r2"][..]), near()).prop_map(|(rep, at)| Place::Owned(Ownership::new(word(rep), at)));
    prop_oneof![20 => stay, 1 => owned, 1 => Just(Place::Awaiting), 1 => Just(Place::Closed(ClosedCause::Merged))]
}

/// Who owned it before: one after the other, back from some day, listed in either order; and sometimes one that may overlap.
fn past() -> impl Strategy<Value = Vec<PastOwnership>> {
    let ended = |rep, from, to| PastOwnership::new(word(rep), from, to, WayIn::Claim, Cause::Released);
    let periods = prop::collection::vec((select(&["r1", "r2"][..]), 0..2 * DAY, 0..DAY), 0..4);
    let odd = prop::option::weighted(0.05, (near(), near()));
    (near(), periods, odd, any::<bool>()).prop_map(move |(mut next, periods, odd, oldest_first)| {
        let mut past = Vec::new();
        for (rep, length, gap) in periods {
            let to = next.checked_add_micros(-gap).unwrap();
            next = to.checked_add_micros(-length).unwrap();
            past.push(ended(rep, next, to));
        }
        past.extend(odd.map(|(from, to)| ended("r2", from, to)));
        if oldest_first {
            past.reverse();
        }
        past
    })
}

prop_compose! {
    fn customer()(place in place(), tier in maybe(&["a", "b", "c", "x"]), region in maybe(&["ne", "sw"]),
        industry in maybe(&["steel", "food"]), skills in words(&["en", "fr", "tax"]), skilled in prop::bool::weighted(0.15),
        grade in prop::option::of(0_i64..5), silent in prop::option::weighted(0.3, prop::bool::weighted(0.3)),
        frozen in prop::option::weighted(0.15, prop::option::of(near())), past in past()) -> Customer {
        let mut profile = Profile::new().with_skills(skills.into_iter().filter(|_| skilled));
        for (value, with) in [(region, Profile::with_region as fn(Profile, _) -> Profile), (industry, Profile::with_industry)] {
            profile = value.into_iter().fold(profile, |profile, value| with(profile, word(value)));
        }
        if let Some(silent) = silent {
            profile = profile.with_do_not_contact(silent);
        }
        let mut customer = Customer::new(1_u64.into(), place).with_profile(profile);
        if let Some(tier) = tier {
            customer = customer.with_tier(word(tier));
        }
        if let Some(until) = frozen {
            customer = customer.with_protection(Protection::new().with_freeze(Freeze::new(FreezeKind::Dispute, until)));
        }
        customer.with_attributes(grade.map(|grade| (word("grade"), AttributeValue::Integer(grade)))).with_past(past, None)
    }
}

prop_compose! {
    fn rep()(units in words(&["sales", "sales/east/sh", "sales/eastern"]), roles in words(&["scout"]), tags in words(&["senior"]),
        tier in maybe(&["a", "b", "c", "x"]), regions in words(&["ne", "sw"]), industries in words(&["steel"]),
        skills in words(&["en", "fr", "tax"]), rate in prop::option::of(0_i64..10), inactive in prop::bool::weighted(0.04)) -> Rep {
        let mut rep = Rep::new(word("r1")).with_units(units).with_roles(roles).with_tags(tags).with_regions(regions)
            .with_industries(industries).with_skills(skills);
        if let Some(tier) = tier {
            rep = rep.with_highest_tier(word(tier));
        }
        if let Some(rate) = rate {
            rep = rep.with_figure(word("rate"), rust_decimal::Decimal::new(rate, 1));
        }
        if inactive { rep.deactivated() } else { rep }
    }
}

#[test]
fn no_row_that_may_be_claimed_is_lost() {
    let only = Policy::from_json(&POLICY.replace("MORE", "")).unwrap();
    let more =
        r#", "cooldowns": [{"id": "cool", "after": {"released": {"days": 3}}}], "minimum_interval": {"days": 1}"#;
    let more = Policy::from_json(&POLICY.replace("MORE", more)).unwrap();
    let (mut kept, mut lost) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    check(500, (prop::collection::vec(customer(), 70), rep(), near(), 0..70_usize), |(customers, rep, now, from)| {
        let now = now.checked_add_micros(3 * DAY).unwrap();
        for (policy, exact) in [(&only, true), (&more, false)] {
            let table = CustomerTable::new(policy, customers.iter().map(|customer| (customer, None))).unwrap();
            let columns = table.columns().unwrap();
            let rows = from..customers.len();
            let mut bits = vec![0xFF; rows.len().div_ceil(8)];
            let count = policy.may_claim_rows(&columns, rows.clone(), &rep, now, &mut bits).unwrap();
            prop_assert_eq!(count, bits.iter().map(|byte| byte.count_ones() as usize).sum::<usize>());
            for (i, customer) in customers[rows].iter().enumerate() {
                let may = bits[i / 8] >> (i % 8) & 1 != 0;
                let verdict = policy.claim(&ClaimCase::new(customer, &rep), now).verdict();
                let eligible = verdict == ClaimVerdict::Eligible;
                prop_assert!(may || !eligible, "lost {:?}\nof {:?}\nat {}", customer, rep, now);
                let first_entries_alone = matches!(customer.place(), Place::Pool(stay) if stay.pool() == "all");
                if exact && !first_entries_alone {
                    prop_assert!(
                        !may || verdict != ClaimVerdict::Denied,
                        "kept {:?}\nfor {:?}\nat {}",
                        customer,
                        rep,
                        now
                    );
                }
                let seen = if eligible { &kept } else { &lost };
                seen.set(seen.get() + 1);
            }
        }
        Ok(())
    });
    assert!(*kept.get_mut() > 1_000 && *lost.get_mut() > 1_000, "{kept:?} eligible, {lost:?} not");
}
