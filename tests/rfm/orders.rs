//! Order logs: against the reference summaries, and against reading everything at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use customer_pool::id::CustomerId;
use customer_pool::score::orders::{BYTES_PER_CUSTOMER, Monetary, NonPositive, OrderError, OrderRules, Orders};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::data::{rows, scored, text};

fn id(text: &str) -> CustomerId {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn close(found: f64, expected: &str) {
    let expected: f64 = expected.parse().unwrap();
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} and {expected}");
}

/// Goal: the CD shop's summaries. Method: every purchase of the log, every figure of the summary.
#[test]
fn the_cd_shops_log_is_its_summary() {
    let (Some(log), Some(summary)) = (text("clv/cdnow_transactions.txt"), text("clv/cdnow_summary.csv")) else {
        return;
    };
    let rules =
        OrderRules::new(day("1997-09-30")).with_hold_out_until(day("1998-06-30")).with_non_positive(NonPositive::Kept);
    let mut orders = Orders::new(rules);
    for line in log.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let on = NaiveDate::parse_from_str(cells[2], "%Y%m%d").unwrap();
        orders.add(&id(cells[1].trim_start_matches('0')), on, cells[4].parse().unwrap()).unwrap();
    }
    assert_eq!(orders.customers().count(), 2357);
    for row in rows(&summary) {
        let history = orders.customer(&id(row[0])).unwrap();
        let weeks = history.summary(7.0).unwrap();
        assert_eq!(weeks.repeats().to_string(), row[1]);
        close(weeks.last(), row[2]);
        close(weeks.age(), row[3]);
        close(history.spending().unwrap().mean(), row[4]);
        assert_eq!(history.held_out().0.to_string(), row[5]);
    }
}

/// Goal: the wholesaler's summaries. Method: every invoice, every figure; those who first bought later are none.
#[test]
fn the_wholesalers_log_is_its_summary() {
    let (Some(log), Some(summary)) = (text("clv/retail_invoices.csv"), text("clv/retail_summary.csv")) else { return };
    let mut invoices: Vec<Vec<&str>> = rows(&log).collect();
    invoices.sort_by(|one, other| (one[0], one[2]).cmp(&(other[0], other[2])));
    let mut orders = Orders::new(OrderRules::new(day("2011-09-09")).with_hold_out_until(day("2011-12-09")));
    for row in &invoices {
        orders.add(&id(row[0]), day(row[2]), row[3].parse().unwrap()).unwrap();
    }
    let summary: Vec<Vec<&str>> = rows(&summary).collect();
    assert_eq!(orders.customers().count(), summary.len());
    for row in summary {
        let history = orders.customer(&id(row[0])).unwrap();
        let weeks = history.summary(7.0).unwrap();
        assert_eq!(weeks.repeats().to_string(), row[1]);
        close(weeks.last(), row[2]);
        close(weeks.age(), row[3]);
        close(history.spending().unwrap().mean(), row[4]);
        assert_eq!(history.held_out().0.to_string(), row[5]);
    }
}

/// Goal: the inputs of RFM. Method: every order of the synthetic log, every figure of its scores.
#[test]
fn the_synthetic_log_has_its_inputs() {
    let (Some(log), Some(scores)) = (text("rfm/orders.csv"), text("rfm/orders_scores.csv")) else { return };
    let mut lines: Vec<Vec<&str>> = rows(&log).collect();
    lines.sort_by_key(|row| row[1].to_owned());
    let mut orders = Orders::new(OrderRules::new(day("2006-12-31")).with_single_orders());
    for row in &lines {
        orders.add(&id(row[0]), day(row[1]), row[2].parse().unwrap()).unwrap();
    }
    assert_eq!((lines.len(), orders.left_out().later), (4906, 0));
    for row in rows(&scores) {
        assert_eq!(orders.customer(&id(row[0])).unwrap().rfm(Monetary::Total), scored(&row).0);
    }
}

/// An order: of whom, on which day, for how much.
type Order = (u8, u64, i64);

fn date(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(n)
}

fn read(log: &[Order], rules: OrderRules) -> Result<Orders, OrderError> {
    let mut orders = Orders::new(rules);
    for (customer, on, cents) in log {
        orders.add(&id(&format!("c{customer}")), date(*on), Decimal::new(*cents, 2))?;
    }
    Ok(orders)
}

/// What a log says of a customer, from all of its orders at once: count, first and last day, total, mean of the repeats, and
/// what was held out.
type Naive = (u32, NaiveDate, NaiveDate, Decimal, Decimal, u32, Decimal);

fn naive(log: &[Order], customer: u8, rules: (u64, u64, bool, NonPositive)) -> Option<Naive> {
    let (end, hold_out, single, non_positive) = rules;
    let mut buys: Vec<(u64, Decimal)> = Vec::new();
    let mut held: Vec<(u64, Decimal)> = Vec::new();
    let (mut refunds, mut refunds_held) = (Decimal::ZERO, Decimal::ZERO);
    for (_, on, cents) in log.iter().filter(|(whose, ..)| *whose == customer) {
        let amount = Decimal::new(*cents, 2);
        let order = *cents > 0 || non_positive == NonPositive::Kept;
        match (*on <= end, *on <= hold_out) {
            (true, _) if order => buys.push((*on, amount)),
            (true, _) if non_positive == NonPositive::Netted && !buys.is_empty() => refunds += amount,
            (false, true) if order => held.push((*on, amount)),
            (false, true) if non_positive == NonPositive::Netted && !held.is_empty() => refunds_held += amount,
            _ => {}
        }
    }
    let count = |list: &[(u64, Decimal)]| {
        let days: BTreeSet<u64> = list.iter().map(|(on, _)| *on).collect();
        u32::try_from(if single { list.len() } else { days.len() }).unwrap()
    };
    let (first, last) = (buys.first()?.0, buys.last()?.0);
    let total: Decimal = buys.iter().map(|(_, amount)| *amount).sum::<Decimal>() + refunds;
    let on_first = buys.iter().filter(|(on, _)| *on == first).map(|(_, amount)| *amount);
    let first_amount = if single { on_first.min().unwrap() } else { on_first.sum() };
    let repeats = count(&buys) - 1;
    let mean = if repeats == 0 { Decimal::ZERO } else { (total - first_amount) / Decimal::from(repeats) };
    let held_total: Decimal = held.iter().map(|(_, amount)| *amount).sum::<Decimal>() + refunds_held;
    Some((count(&buys), date(first), date(last), total, mean, count(&held), held_total))
}

fn found(orders: &Orders, customer: u8) -> Option<Naive> {
    let history = orders.customer(&id(&format!("c{customer}")))?;
    let mean: Decimal = history.spending().unwrap().mean().to_string().parse().unwrap();
    let (held, held_total) = history.held_out();
    Some((history.orders(), history.first(), history.last(), history.total(), mean.round_dp(9), held, held_total))
}

proptest! {
    /// Goal: one pass says what reading everything at once says; neither the order of the rows of different customers or of
    /// one day nor the parts of a log matter. Method: drawn logs, the naive reading, shuffled days, two shards.
    #[test]
    fn one_pass_says_what_everything_at_once_says(
        log in prop::collection::vec((0_u8..4, 0_u64..12, prop_oneof![3 => 1_i64..500, 1 => -300_i64..=0]), 0..40),
        single in any::<bool>(), kind in 0_usize..3, split in 0_u64..14, by_customer in any::<bool>(),
    ) {
        let non_positive = [NonPositive::Dropped, NonPositive::Kept, NonPositive::Netted][kind];
        let mut rules = OrderRules::new(date(6)).with_hold_out_until(date(10)).with_non_positive(non_positive);
        if single {
            rules = rules.with_single_orders();
        }
        let mut sorted = log.clone();
        sorted.sort_by_key(|(_, on, _)| *on);
        let whole = read(&sorted, rules).unwrap();
        for customer in 0..4 {
            let expected = naive(&sorted, customer, (6, 10, single, non_positive));
            // A refund in the hold-out before any order there has nothing to be refunded from.
            let expected = expected.map(|(n, first, last, total, mean, held, held_total)| {
                (n, first, last, total, mean.round_dp(9), held, held_total)
            });
            prop_assert_eq!(found(&whole, customer), expected);
        }
        let mut by_whom = sorted.clone();
        by_whom.sort_by_key(|(customer, on, _)| (*customer, *on));
        prop_assert_eq!(&read(&by_whom, rules).unwrap(), &whole);
        if non_positive != NonPositive::Netted {
            let mut other = sorted.clone();
            other.reverse();
            other.sort_by_key(|(_, on, _)| *on);
            prop_assert_eq!(&read(&other, rules).unwrap(), &whole);
        }
        let (one, two): (Vec<Order>, Vec<Order>) = sorted.iter().partition(|(customer, on, _)| {
            if by_customer { u64::from(*customer) * 3 < split } else { *on < split }
        });
        let (one, two) = (read(&one, rules).unwrap(), read(&two, rules).unwrap());
        let there = one.clone().merge(two.clone());
        if non_positive == NonPositive::Netted && !by_customer {
            prop_assert!(there.is_err() || there.unwrap().customers().count() <= whole.customers().count());
        } else {
            prop_assert_eq!(&there.unwrap(), &whole);
            prop_assert_eq!(&two.merge(one).unwrap(), &whole);
        }
    }
}

/// Goal: what cannot be read in one pass is refused, and nothing is lost by it. Method: a day back, days in between, other
/// rules, sums out of range.
#[test]
fn what_cannot_be_read_is_refused_and_changes_nothing() {
    let rules = OrderRules::new(date(30));
    let mut orders = read(&[(1, 5, 100), (1, 9, 100)], rules).unwrap();
    let before = orders.clone();
    let error = orders.add(&id("c1"), date(8), Decimal::ONE).unwrap_err();
    assert_eq!(error, OrderError::OutOfOrder { customer: id("c1"), day: date(8), last: date(9) });
    assert_eq!(orders.add(&id("c1"), date(10), Decimal::MAX), Err(OrderError::OutOfRange(id("c1"))));
    assert_eq!(orders, before);
    let between = read(&[(1, 7, 1), (1, 20, 1)], rules).unwrap();
    assert_eq!(orders.clone().merge(between), Err(OrderError::Interleaved(id("c1"))));
    assert_eq!(orders.clone().merge(Orders::new(rules.with_single_orders())), Err(OrderError::Rules));
    orders.add(&id("c1"), date(31), Decimal::ONE).unwrap();
    orders.add(&id("c2"), date(1), Decimal::NEGATIVE_ONE).unwrap();
    assert_eq!((orders.left_out().later, orders.left_out().non_positive, orders.customers().count()), (1, 1, 1));
    assert!(orders.customer(&id("c1")).unwrap().summary(0.0).is_err());
    // A hold-out that ends before the calibration does is none, and takes nothing away.
    let early = read(&[(1, 5, 100), (1, 29, 100)], rules.with_hold_out_until(date(3))).unwrap();
    let history = early.customer(&id("c1")).unwrap();
    assert_eq!((history.orders(), history.held_out().0), (2, 0));
    // Two orders of the only day there was, kept apart: no history that a model can be fitted to.
    let only = read(&[(1, 30, 5), (1, 30, 6)], rules.with_single_orders()).unwrap();
    assert!(only.customer(&id("c1")).unwrap().summary(7.0).is_err());
    println!("{BYTES_PER_CUSTOMER} bytes a customer, and the id");
    const { assert!(BYTES_PER_CUSTOMER <= 128) }
}

/// Goal: the mean is that of the orders. Method: thirds.
#[test]
fn money_is_the_total_or_the_mean() {
    let orders = read(&[(1, 1, 100), (1, 2, 100), (1, 3, 101)], OrderRules::new(date(30))).unwrap();
    let history = orders.customers().next().unwrap();
    assert_eq!(history.rfm(Monetary::Total).monetary, Some("3.01".parse().unwrap()));
    assert_eq!(history.rfm(Monetary::Mean).monetary.map(|mean| mean.round_dp(6)), Some("1.003333".parse().unwrap()));
    let names: BTreeMap<String, u32> = orders.customers().map(|one| (one.id().to_string(), one.orders())).collect();
    assert_eq!(names["c1"], 3);
}
