//! Tiers with hysteresis.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use customer_pool::attribute::{AttributeType, AttributeValue};
use customer_pool::condition::Condition;
use customer_pool::id::Label;
use customer_pool::model::{Customer, Place, PoolStay};
use customer_pool::score::tiers::{TierError, TierReason, TierState, TierTable, TierVerdict};
use customer_pool::time::{Calendar, CalendarDraft, CivilWindow, Timestamp};
use proptest::prelude::*;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let draft = CalendarDraft::monday_to_friday("UTC", "2000-01-01".parse().unwrap(), "2100-12-31".parse().unwrap());
    Calendar::new(&draft).unwrap()
});

fn word(text: &str) -> Label {
    text.parse().unwrap()
}

fn when(json: &str) -> Condition {
    serde_json::from_str(json).unwrap()
}

fn at_least(cut: i64) -> Condition {
    when(&format!(r#"{{"at_least":{{"fact":"attribute.value","value":"{cut}"}}}}"#))
}

/// Gold from 1000, silver from 500, bronze for all; down below 80 % for two months.
fn table(window: CivilWindow, periods: u32) -> Result<TierTable, TierError> {
    let rules = [(word("gold"), at_least(1_000)), (word("silver"), at_least(500)), (word("bronze"), Condition::Always)];
    TierTable::new(&rules, 800, periods, window, &BTreeMap::from([(word("value"), AttributeType::Integer)]))
}

fn customer(value: i64) -> Customer {
    let stay = PoolStay::new(word("p").as_str().parse().unwrap(), month(0));
    let attributes = [(word("value"), AttributeValue::Integer(value))];
    Customer::new("c".parse().unwrap(), Place::Pool(stay)).with_attributes(attributes)
}

/// The middle of a month, counted from January 2026.
fn month(n: u32) -> Timestamp {
    format!("{}-{:02}-15T00:00:00Z", 2026 + n / 12, n % 12 + 1).parse().unwrap()
}

fn ask(table: &TierTable, value: i64, held: Option<&TierState>, now: Timestamp) -> TierVerdict {
    table.judge(&customer(value), held, &CALENDAR, now).unwrap()
}

/// Goal: up at the cut, down after two months below 800, by one tier a month. Method: a life by hand.
#[test]
fn a_life() {
    let table = table(CivilWindow::Month, 2).unwrap();
    let mut held = None;
    let steps = [
        (0, 999, "silver", TierReason::First, 0),
        (1, 1_000, "gold", TierReason::Promoted, 0),
        (2, 800, "gold", TierReason::Kept, 0),
        (3, 799, "gold", TierReason::Below, 1),
        (3, 799, "gold", TierReason::Below, 1),
        (4, 800, "gold", TierReason::Kept, 0),
        (5, 10, "gold", TierReason::Below, 1),
        (7, 10, "gold", TierReason::Below, 1),
        (8, 10, "silver", TierReason::Demoted, 0),
        (8, 10, "silver", TierReason::Below, 0),
        (9, 10, "silver", TierReason::Below, 1),
        (10, 10, "bronze", TierReason::Demoted, 0),
        (11, 10, "bronze", TierReason::Earned, 0),
    ];
    for (n, value, tier, reason, below) in steps {
        let verdict = ask(&table, value, held.as_ref(), month(n));
        assert_eq!(
            (verdict.state.tier().as_str(), verdict.reason, verdict.state.below()),
            (tier, reason, below),
            "{n}"
        );
        let changes = held.as_ref().map(TierState::tier) != Some(verdict.state.tier());
        assert_eq!(verdict.change.is_some(), changes);
        held = Some(verdict.state);
    }
}

/// Goal: a change tells what was found. Method: the promotion to silver.
#[test]
fn changes_carry_evidence() {
    let table = table(CivilWindow::Month, 2).unwrap();
    let held = TierState::new(word("bronze"), month(0));
    let change = ask(&table, 600, Some(&held), month(1)).change.unwrap();
    assert_eq!((change.from, change.to, change.at), (Some(word("bronze")), word("silver"), month(1)));
    let found: Vec<_> = change.evidence.iter().map(|leaf| (leaf.value.as_deref(), leaf.holds)).collect();
    assert_eq!(found, [(Some("600"), false), (Some("600"), true)]);
}

/// Goal: a tier given by hand stands until it expires. Method: the instant before, and the instant.
#[test]
fn by_hand() {
    let table = table(CivilWindow::Quarter, 1).unwrap();
    let until = month(3);
    let held = TierState::new(word("gold"), month(0)).by_hand(Some(until));
    let before = ask(&table, 10, Some(&held), until.checked_add_micros(-1).unwrap());
    assert_eq!((before.reason, before.next_change), (TierReason::Manual, Some(until)));
    let after = ask(&table, 10, Some(&held), until);
    assert_eq!((after.reason, after.state.tier().as_str()), (TierReason::Demoted, "silver"));
    assert_eq!(after.next_change, Some("2026-07-01T00:00:00Z".parse().unwrap()), "the next quarter");
    let good = TierState::new(word("gold"), month(0)).by_hand(None);
    assert_eq!(ask(&table, 10, Some(&good), month(900)).reason, TierReason::Manual);
}

/// Goal: what is no table is refused. Method: one fault each.
#[test]
fn wrong_tables_are_refused() {
    assert!(matches!(table(CivilWindow::Day, 1), Err(TierError::Window)));
    assert!(matches!(table(CivilWindow::Month, 0), Err(TierError::Periods)));
    let none = BTreeMap::new();
    let new = |rules: &[(Label, Condition)], share| TierTable::new(rules, share, 1, CivilWindow::Month, &none);
    assert!(matches!(
        new(&[(word("a"), at_least(1)), (word("b"), Condition::Always)], 1),
        Err(TierError::Condition { .. })
    ));
    assert!(matches!(new(&[], 1), Err(TierError::NoFloor)));
    assert!(matches!(new(&[(word("a"), Condition::Always)], 1_001), Err(TierError::Share(1_001))));
    let twice = [(word("a"), Condition::Always), (word("a"), Condition::Always)];
    assert!(matches!(new(&twice, 1), Err(TierError::Twice(_))));
}

proptest! {
    /// Goal: the state machine. Method: a reference that counts on whole numbers, month by month without gaps.
    #[test]
    fn as_the_reference(
        values in prop::collection::vec(prop_oneof![Just(399), Just(400), Just(799), Just(800), 0_i64..1_200], 1..30),
        periods in 1_u32..4,
    ) {
        let table = table(CivilWindow::Month, periods).unwrap();
        let cuts = [1_000, 500, i64::MIN];
        let (mut held, mut tier, mut below) = (None, None, 0);
        for (n, value) in (0..).zip(values) {
            let earned = cuts.iter().position(|cut| value >= *cut).unwrap();
            match tier {
                Some(now) if earned > now && value < cuts[now] * 8 / 10 => {
                    below += 1;
                    if below == periods {
                        (tier, below) = (Some(now + 1), 0);
                    }
                }
                Some(now) => (tier, below) = (Some(now.min(earned)), 0),
                None => tier = Some(earned),
            }
            let verdict = ask(&table, value, held.as_ref(), month(n));
            let name = ["gold", "silver", "bronze"][tier.unwrap()];
            prop_assert_eq!((verdict.state.tier().as_str(), verdict.state.below()), (name, below));
            held = Some(verdict.state);
        }
    }
}
