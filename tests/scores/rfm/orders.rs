//! Order logs: against the reference summaries, and against reading everything at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use customer_pool::id;
use customer_pool::id::CustomerId;
use customer_pool::score::orders::{
    Absence, BYTES_PER_CUSTOMER, LeftOut, Monetary, NonPositive, OrderError, OrderRules, Orders,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::data::{rows, scored, text};
use crate::support::id;

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
    let own = || log.iter().filter(|(whose, ..)| *whose == customer);
    let order = |cents: i64| cents > 0 || non_positive == NonPositive::Kept;
    for (_, on, cents) in own().filter(|(_, _, cents)| order(*cents)) {
        let amount = Decimal::new(*cents, 2);
        match (*on <= end, *on <= hold_out) {
            (true, _) => buys.push((*on, amount)),
            (false, true) => held.push((*on, amount)),
            _ => {}
        }
    }
    for (_, on, cents) in own().filter(|(_, _, cents)| !order(*cents) && non_positive == NonPositive::Netted) {
        let amount = Decimal::new(*cents, 2);
        // A refund is of what was bought by the end of its day.
        let by_then = |list: &[(u64, Decimal)]| list.first().is_some_and(|(first, _)| first <= on);
        match (*on <= end, *on <= hold_out) {
            (true, _) if by_then(&buys) => refunds += amount,
            (false, true) if by_then(&held) => refunds_held += amount,
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

/// What a log leaves out, from all of its orders at once.
fn naive_left_out(log: &[Order], (end, hold_out, _, non_positive): (u64, u64, bool, NonPositive)) -> LeftOut {
    let order = |cents: i64| cents > 0 || non_positive == NonPositive::Kept;
    let counts = |(customer, on, cents): &&Order| {
        let of = |whose: u8, day: u64, other: i64| {
            whose == *customer && (day <= end) == (*on <= end) && day <= *on && order(other)
        };
        order(*cents)
            || non_positive == NonPositive::Netted && log.iter().any(|(whose, day, other)| of(*whose, *day, *other))
    };
    let in_time = || log.iter().filter(|(_, on, _)| *on <= hold_out);
    let bought = |customer: &u8| log.iter().any(|(whose, on, cents)| whose == customer && *on <= end && order(*cents));
    let all: BTreeSet<u8> = log.iter().map(|(customer, ..)| *customer).collect();
    LeftOut {
        non_positive: in_time().filter(|one| !counts(one)).count() as u64,
        later: (log.len() - in_time().count()) as u64,
        customers: all.iter().filter(|customer| !bought(customer)).count() as u64,
    }
}

fn found(orders: &Orders, customer: u8) -> Option<Naive> {
    let history = orders.customer(&id(&format!("c{customer}")))?;
    let mean: Decimal = history.spending().unwrap().mean().to_string().parse().unwrap();
    let (held, held_total) = history.held_out();
    Some((history.orders(), history.first(), history.last(), history.total(), mean.round_dp(9), held, held_total))
}

/// The log in orders that may be read: by days, within a day by lot; and one customer after the other, by lot.
fn shuffles(log: &[Order], lots: &[u32]) -> [Vec<Order>; 2] {
    let mut drawn: Vec<(u32, Order)> = lots.iter().copied().zip(log.iter().copied()).collect();
    drawn.sort_by_key(|(lot, (_, on, _))| (*on, *lot));
    let by_day = drawn.iter().map(|(_, order)| *order).collect();
    drawn.sort_by_key(|(lot, (customer, on, _))| (lots[usize::from(*customer)], *customer, *on, *lot));
    [by_day, drawn.into_iter().map(|(_, order)| order).collect()]
}

/// Reads a log whose customers are left out where their amounts do not add up.
fn read_leaving_out(log: &[Order], amounts: &[Decimal], rules: OrderRules) -> Orders {
    let mut orders = Orders::new(rules);
    for (customer, on, amount) in log {
        let amount = amounts[usize::try_from(*amount).unwrap()];
        match orders.add(&id(&format!("c{customer}")), date(*on), amount) {
            Err(OrderError::OutOfRange(whose)) => orders.leave_out(&whose),
            other => other.unwrap(),
        }
    }
    orders
}

proptest! {
    /// Goal: amounts that do not add up exactly cost their customer and nobody else, in whatever order they come. Method: drawn
    /// logs of large and of fine amounts; sums in whole units of the finest digit; shuffles, shards.
    #[test]
    fn amounts_that_do_not_add_up_cost_only_their_customer(
        log in prop::collection::vec((0_u8..5, 0_u64..12, prop_oneof![6 => 0_i64..3, 1 => 0_i64..10]), 0..24),
        single in any::<bool>(), kind in 0_usize..3, split in 0_u64..14, by_customer in any::<bool>(),
        lots in prop::collection::vec(any::<u32>(), 24),
    ) {
        let texts = ["1", "-0.50", "20.25", "0", "-3", "0.0001", "-39614081257132168796771975168", "79228162514264337593543950335",
            "792281625142643375935439503.2", "1.0000000000000000000000000000"];
        let amounts: Vec<Decimal> = texts.iter().map(|text| text.parse().unwrap()).collect();
        let non_positive = [NonPositive::Dropped, NonPositive::Kept, NonPositive::Netted][kind];
        let mut rules = OrderRules::new(date(6)).with_hold_out_until(date(10)).with_non_positive(non_positive);
        if single {
            rules = rules.with_single_orders();
        }
        let mut sorted = log.clone();
        sorted.sort_by_key(|(_, on, _)| *on);
        let whole = read_leaving_out(&sorted, &amounts, rules);
        for order in shuffles(&log, &lots) {
            prop_assert_eq!(&read_leaving_out(&order, &amounts, rules), &whole);
        }
        for customer in 0..5 {
            let own: Vec<Decimal> = log.iter().filter(|(whose, on, _)| *whose == customer && *on <= 10)
                .map(|(_, _, amount)| amounts[usize::try_from(*amount).unwrap()])
                .filter(|amount| *amount > Decimal::ZERO || non_positive == NonPositive::Kept).collect();
            let scale = own.iter().map(|amount| amount.normalize().scale()).max().unwrap_or_default();
            let units = |amount: &Decimal| {
                let amount = amount.normalize();
                amount.mantissa() * 10_i128.pow(scale - amount.scale())
            };
            let fits = own.iter().map(|amount| units(amount).abs()).sum::<i128>() < 1 << 96;
            let name = id(&format!("c{customer}"));
            let out = whole.absent().any(|(whose, why)| *whose == name && why == Absence::OutOfRange);
            if non_positive == NonPositive::Netted {
                prop_assert!(fits || out);
                continue;
            }
            prop_assert_eq!(out, !fits);
            if fits {
                let total = whole.customer(&name).map_or(Decimal::ZERO, |one| one.total() + one.held_out().1);
                let held_out = whole.absent().any(|(whose, why)| *whose == name && why == Absence::HoldOut);
                prop_assert!(held_out || units(&total) == own.iter().map(units).sum::<i128>());
            }
        }
        let (one, two): (Vec<Order>, Vec<Order>) = log.iter().partition(|(customer, on, _)| {
            if by_customer { u64::from(*customer) * 3 < split } else { *on < split }
        });
        if by_customer || non_positive != NonPositive::Netted {
            let part = |mut log: Vec<Order>| {
                log.sort_by_key(|(_, on, _)| *on);
                read_leaving_out(&log, &amounts, rules)
            };
            let (one, two) = (part(one), part(two));
            prop_assert_eq!(&one.clone().merge(two.clone()).unwrap(), &whole);
            prop_assert_eq!(&two.merge(one).unwrap(), &whole);
        }
    }

    /// Goal: one pass says what reading everything at once says, and what it left out; neither the order of the rows of
    /// different customers or of one day nor the parts of a log matter, in any mode. Method: drawn logs, the naive reading,
    /// shuffled days, shuffled customers, two shards.
    #[test]
    fn one_pass_says_what_everything_at_once_says(
        log in prop::collection::vec((0_u8..4, 0_u64..12, prop_oneof![3 => 1_i64..500, 1 => -300_i64..=0]), 0..40),
        single in any::<bool>(), kind in 0_usize..3, split in 0_u64..14, by_customer in any::<bool>(), lots in prop::collection::vec(any::<u32>(), 40),
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
            let expected = expected.map(|(n, first, last, total, mean, held, held_total)| {
                (n, first, last, total, mean.round_dp(9), held, held_total)
            });
            prop_assert_eq!(found(&whole, customer), expected);
        }
        prop_assert_eq!(whole.left_out(), naive_left_out(&log, (6, 10, single, non_positive)));
        prop_assert_eq!(whole.absent().count() as u64, whole.left_out().customers);
        for order in shuffles(&log, &lots) {
            prop_assert_eq!(&read(&order, rules).unwrap(), &whole);
        }
        let (one, two): (Vec<Order>, Vec<Order>) = sorted.iter().partition(|(customer, on, _)| {
            if by_customer { u64::from(*customer) * 3 < split } else { *on < split }
        });
        let (one, two) = (read(&one, rules).unwrap(), read(&two, rules).unwrap());
        let there = one.clone().merge(two.clone());
        let in_both = |customer: u8| {
            let has = |days: std::ops::Range<u64>| log.iter().any(|(whose, on, _)| *whose == customer && days.contains(on));
            has(0..split.min(11)) && has(split..11)
        };
        if non_positive == NonPositive::Netted && !by_customer && (0..4).any(in_both) {
            prop_assert!(matches!(there, Err(OrderError::Interleaved(_))));
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
    let error = orders.add(&id!("c1"), date(8), Decimal::ONE).unwrap_err();
    assert_eq!(error, OrderError::OutOfOrder { customer: id!("c1"), day: date(8), last: date(9) });
    assert_eq!(orders.add(&id!("c1"), date(10), Decimal::MAX), Err(OrderError::OutOfRange(id!("c1"))));
    assert_eq!(orders, before);
    let between = read(&[(1, 7, 1), (1, 20, 1)], rules).unwrap();
    assert_eq!(orders.clone().merge(between), Err(OrderError::Interleaved(id!("c1"))));
    assert_eq!(orders.clone().merge(Orders::new(rules.with_single_orders())), Err(OrderError::Rules));
    orders.add(&id!("c1"), date(31), Decimal::ONE).unwrap();
    orders.add(&id!("c2"), date(1), Decimal::NEGATIVE_ONE).unwrap();
    assert_eq!((orders.left_out().later, orders.left_out().non_positive, orders.customers().count()), (1, 1, 1));
    assert!(orders.customer(&id!("c1")).unwrap().summary(0.0).is_err());
    // A hold-out that ends before the calibration does is none, and takes nothing away.
    let early = read(&[(1, 5, 100), (1, 29, 100)], rules.with_hold_out_until(date(3))).unwrap();
    let history = early.customer(&id!("c1")).unwrap();
    assert_eq!((history.orders(), history.held_out().0), (2, 0));
    // Two orders of the only day there was, kept apart: no history that a model can be fitted to.
    let only = read(&[(1, 30, 5), (1, 30, 6)], rules.with_single_orders()).unwrap();
    assert!(only.customer(&id!("c1")).unwrap().summary(7.0).is_err());
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
    // Rounded to so many places, means of many customers still add up exactly.
    assert_eq!(history.rfm(Monetary::Mean).monetary, Some("1.003333333333".parse().unwrap()));
}

/// Goal: a refund is of what was bought by the end of its day, wherever its row stands. Method: a purchase of 100 and a refund
/// of 30 on one day, both ways, by the end and in the hold-out; a refund of the day before.
#[test]
fn refunds_count_after_the_orders_of_their_day() {
    let rules = OrderRules::new(date(6)).with_hold_out_until(date(10)).with_non_positive(NonPositive::Netted);
    for order in [[(1, 5, 10_000), (1, 5, -3_000)], [(1, 5, -3_000), (1, 5, 10_000)]] {
        for rules in [rules, rules.with_single_orders()] {
            let orders = read(&order, rules).unwrap();
            let history = orders.customer(&id!("c1")).unwrap();
            assert_eq!((history.orders(), history.total()), (1, Decimal::from(70)), "{order:?}");
            assert_eq!(orders.left_out(), LeftOut::default(), "{order:?}");
        }
        let bought = [(1, 1, 100)].into_iter();
        let late: Vec<Order> = bought.chain(order.map(|(whose, on, cents)| (whose, on + 3, cents))).collect();
        let orders = read(&late, rules).unwrap();
        assert_eq!(orders.customer(&id!("c1")).unwrap().held_out(), (1, Decimal::from(70)), "{order:?}");
        assert_eq!(orders.left_out(), LeftOut::default(), "{order:?}");
    }
    // With nothing to be refunded it is left out, and counted: before the first order, and before the first of the hold-out.
    let early = read(&[(1, 4, -3_000), (1, 5, 10_000), (1, 8, -500), (1, 9, 1_000)], rules).unwrap();
    let history = early.customer(&id!("c1")).unwrap();
    assert_eq!((history.total(), history.held_out().1), (Decimal::from(100), Decimal::from(10)));
    assert_eq!(early.left_out(), LeftOut { non_positive: 2, later: 0, customers: 0 });
    // A day back is one after a refund as well.
    let mut orders = read(&[(1, 5, -100)], rules).unwrap();
    let error = orders.add(&id!("c1"), date(4), Decimal::ONE).unwrap_err();
    assert_eq!(error, OrderError::OutOfOrder { customer: id!("c1"), day: date(4), last: date(5) });
    // Parts that share a customer are refused, be it by its refunds alone.
    let refund = || read(&[(1, 5, -100)], rules).unwrap();
    let order = || read(&[(1, 2, 100)], rules).unwrap();
    assert_eq!(refund().merge(order()), Err(OrderError::Interleaved(id!("c1"))));
    assert_eq!(order().merge(refund()), Err(OrderError::Interleaved(id!("c1"))));
}

/// Goal: whoever is left out is named, with the reason, and counted as a customer. Method: one customer of each kind, and one
/// of whom only some orders are left out.
#[test]
fn customers_who_are_left_out_are_named() {
    let rules = OrderRules::new(date(6)).with_hold_out_until(date(10));
    let log =
        [(1, 1, 0), (1, 2, -5), (2, 3, 100), (2, 4, 0), (3, 8, 100), (4, 11, 100), (5, 5, 0), (5, 11, 100), (2, 11, 1)];
    let mut orders = read(&log, rules).unwrap();
    orders.leave_out(&id!("c9"));
    assert_eq!(orders.left_out(), LeftOut { non_positive: 4, later: 3, customers: 5 });
    let absent: Vec<(CustomerId, Absence)> = orders.absent().map(|(id, why)| (id.clone(), why)).collect();
    let expected = [
        (id!("c1"), Absence::NonPositive),
        (id!("c4"), Absence::Later),
        (id!("c5"), Absence::NonPositive),
        (id!("c9"), Absence::OutOfRange),
        (id!("c3"), Absence::HoldOut),
    ];
    assert_eq!(absent, expected);
    assert_eq!(orders.customers().map(|one| one.id().clone()).collect::<Vec<_>>(), [id::<CustomerId>("c2")]);
    // Whoever buys after all is no longer among them, but for one whose amounts do not add up.
    for customer in ["c1", "c9"] {
        orders.add(&id(customer), date(6), Decimal::ONE).unwrap();
    }
    assert_eq!((orders.left_out().customers, orders.customers().count()), (4, 2));
}

/// Goal: the CD shop's customers with nothing but orders of 0 are counted. Method: the log up to the end of calibration.
#[test]
fn the_cd_shops_customers_without_a_sale_are_counted() {
    let Some(log) = text("clv/cdnow_transactions.txt") else { return };
    let mut orders = Orders::new(OrderRules::new(day("1997-09-30")));
    let mut all = BTreeSet::<CustomerId>::new();
    for line in log.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let on = NaiveDate::parse_from_str(cells[2], "%Y%m%d").unwrap();
        orders.add(&id(cells[1]), on, cells[4].parse().unwrap()).unwrap();
        all.insert(id(cells[1]));
    }
    assert_eq!((all.len(), orders.customers().count(), orders.left_out().customers), (2357, 2349, 8));
    assert!(orders.absent().all(|(_, why)| why == Absence::NonPositive));
}

/// Goal: a sum is never rounded in silence. Method: a large amount and a cent, which the addition of decimals would drop; the
/// row is refused and nothing else changed.
#[test]
fn a_sum_that_would_round_is_refused_by_name() {
    let large: Decimal = "10000000000000000000000000000".parse().unwrap();
    for amounts in [[large, Decimal::new(1, 2)], [Decimal::new(1, 2), large]] {
        let mut orders = read(&[(2, 1, 100)], OrderRules::new(date(30))).unwrap();
        orders.add(&id!("c1"), date(1), amounts[0]).unwrap();
        let before = orders.clone();
        let refused = orders.add(&id!("c1"), date(2), amounts[1]);
        assert_eq!(refused, Err(OrderError::OutOfRange(id!("c1"))));
        assert_eq!(orders, before);
        assert!(refused.unwrap_err().to_string().contains("`c1`"));
    }
}
