//! The stage of a customer, and what it buys.

use std::sync::LazyLock;

use customer_pool::id::Label;
use customer_pool::model::Lifecycle;
use customer_pool::score::life_cycle::{LifeCycleRule, LifeFacts, PurchaseShares};
use customer_pool::time::{Calendar, CalendarDraft, Span, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;

const DAY: i64 = 86_400_000_000;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let draft = CalendarDraft::monday_to_friday("UTC", "2000-01-01".parse().unwrap(), "2100-12-31".parse().unwrap());
    Calendar::new(&draft).unwrap()
});

/// Noon of a day.
fn day(n: i64) -> Timestamp {
    Timestamp::from_micros(1_767_225_600_000_000 + n * DAY + DAY / 2).unwrap()
}

/// The first instant of a day.
fn dawn(n: i64) -> Timestamp {
    day(n).checked_add_micros(-DAY / 2).unwrap()
}

/// New for 30 days, dormant after 60, lost after 100, won back for 20.
fn rule() -> LifeCycleRule {
    LifeCycleRule::new(Span::days(30), Span::days(60), Span::days(100), Span::days(20)).unwrap()
}

fn stage(facts: &LifeFacts, now: Timestamp) -> (Lifecycle, Option<Timestamp>) {
    let stage = rule().judge(facts, &CALENDAR, now).unwrap();
    (stage.stage(), stage.next_change())
}

/// Goal: every stage, and when the next one comes. Method: a life by hand; a span of n days ends with the n-th day.
#[test]
fn a_life() {
    let once = LifeFacts::new([day(0)]);
    assert_eq!(stage(&LifeFacts::new([]), day(500)), (Lifecycle::Potential, None));
    assert_eq!(stage(&once, day(-1)), (Lifecycle::Potential, None), "what lies ahead is not known");
    assert_eq!(stage(&once, day(0)), (Lifecycle::New, Some(dawn(31))));
    assert_eq!(stage(&once, dawn(31)), (Lifecycle::Active, Some(dawn(61))));
    assert_eq!(stage(&once, dawn(61)), (Lifecycle::Dormant, Some(dawn(101))));
    assert_eq!(stage(&once, dawn(101)), (Lifecycle::Lost, None));
    let called = once.clone().with_last_contact(day(50));
    assert_eq!(stage(&called, day(90)), (Lifecycle::Active, Some(dawn(101))), "contact keeps awake, not for ever");
    let back = LifeFacts::new([day(101), day(0)]);
    assert_eq!(stage(&back, day(101)), (Lifecycle::WonBack, Some(dawn(122))));
    assert_eq!(stage(&back, dawn(122)), (Lifecycle::Active, Some(dawn(162))));
    let in_time = LifeFacts::new([day(0), day(100)]);
    assert_eq!(stage(&in_time, day(100)).0, Lifecycle::Active, "the day before it would have been lost");
}

/// Goal: an outcome loses at once, and a purchase wins back. Method: before, between, after; without any purchase.
#[test]
fn outcomes_lose() {
    let facts = LifeFacts::new([day(0), day(9)]).with_lost_at(day(5));
    assert_eq!(stage(&facts, day(4)).0, Lifecycle::New);
    assert_eq!(stage(&facts, day(6)), (Lifecycle::Lost, None));
    assert_eq!(stage(&facts, day(9)), (Lifecycle::WonBack, Some(dawn(30))));
    assert_eq!(stage(&LifeFacts::new([]).with_lost_at(day(5)), day(6)), (Lifecycle::Lost, None));
}

/// Goal: a change is a value with its evidence. Method: from nothing, the same, another.
#[test]
fn changes_carry_evidence() {
    let verdict = rule().judge(&LifeFacts::new([day(0), day(3)]), &CALENDAR, day(40)).unwrap();
    assert_eq!(verdict.change_from(Some(Lifecycle::Active), day(40)), None);
    let change = verdict.change_from(Some(Lifecycle::New), day(40)).unwrap();
    assert_eq!((change.from, change.to.stage(), change.at), (Some(Lifecycle::New), Lifecycle::Active, day(40)));
    assert_eq!((change.to.first_purchase(), change.to.last_purchase()), (Some(day(0)), Some(day(3))));
    assert!(verdict.change_from(None, day(40)).is_some());
}

/// Goal: shares by category, exact before they are rounded. Method: thirds, a refund, nothing at all.
#[test]
fn shares_of_value() {
    let word = |text: &str| text.parse::<Label>().unwrap();
    let value = |n: i64| Decimal::from(n);
    let shares = PurchaseShares::new([
        (word("b"), value(1)),
        (word("a"), value(1)),
        (word("b"), value(1)),
        (word("c"), value(-4)),
    ]);
    let shares = shares.unwrap();
    assert_eq!(shares.shares(), [(word("b"), Decimal::new(666_667, 6)), (word("a"), Decimal::new(333_333, 6))]);
    assert_eq!(shares.dominant(Decimal::new(5, 1)), Some(&word("b")));
    assert_eq!(shares.dominant(Decimal::new(7, 1)), None);
    assert_eq!(PurchaseShares::new([(word("c"), value(0))]), None);
    assert_eq!(PurchaseShares::new([(word("c"), Decimal::MAX), (word("c"), Decimal::MAX)]), None);
    // A cent beside so much would be rounded away: no share rather than a wrong one, in either order.
    let (large, cent) = ("10000000000000000000000000000".parse().unwrap(), Decimal::new(1, 2));
    assert_eq!(PurchaseShares::new([(word("c"), large), (word("d"), cent)]), None);
    assert_eq!(PurchaseShares::new([(word("d"), cent), (word("c"), large)]), None);
}

proptest! {
    /// Goal: `next_change` is the first instant of another stage. Method: ask at every half day.
    #[test]
    fn next_change_is_kept(
        bought in prop::collection::vec(-150_i64..=0, 0..4), contact in prop::option::of(-150_i64..=0),
        lost in prop::option::of(-150_i64..=0),
    ) {
        let mut facts = LifeFacts::new(bought.into_iter().map(day));
        if let Some(contact) = contact {
            facts = facts.with_last_contact(day(contact));
        }
        if let Some(lost) = lost {
            facts = facts.with_lost_at(day(lost));
        }
        let (first, next) = stage(&facts, day(0));
        let seen = (1..400).map(|n| dawn(0).checked_add_micros(DAY / 2 * (n + 1)).unwrap());
        let found = seen.into_iter().find(|at| stage(&facts, *at).0 != first);
        prop_assert_eq!(found, next);
    }
}
