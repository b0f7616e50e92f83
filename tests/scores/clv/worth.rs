//! Values over a horizon, of contracts, and so far; model files.

use chrono::NaiveDate;
use customer_pool::score::clv::{
    BgNbd, Fit, FitTerms, GammaGamma, HistoricValue, Horizon, HorizonError, InfiniteSpending, ModelFile, Month, Nbd,
    NoModel, ParetoNbd, Payment, Purchasing, PurchasingModel, Retention, RetentionError, Spending, Summary, rounded,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::data::{Table, assert_close, json, summaries, terms};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Goal: 12 months of real customers. Method: every figure of the reference file: 12 steps of 4.345 weeks, 1 % a month.
#[test]
fn twelve_months_of_the_cd_shop_are_the_reference() {
    let (Some(table), Some(known)) = (Table::read("cdnow_predictions.csv"), json("cdnow_mle.json")) else { return };
    let number = |at: &str| known.pointer(at).and_then(serde_json::Value::as_f64).unwrap();
    let bg = |name: &str| number(&format!("/bgnbd/params/{name}"));
    let gg = |name: &str| number(&format!("/gg/params/{name}"));
    let buys = BgNbd::new(bg("r"), bg("alpha"), bg("a"), bg("b")).unwrap();
    let spends = GammaGamma::new(gg("p"), gg("q"), gg("v")).unwrap();
    let year = Horizon::new(12).unwrap().with_month(Month::Weeks4345).with_days_per_unit(7.0).unwrap();
    let year = year.with_monthly_rate(0.01).unwrap();
    let customers: Vec<Summary> = table.rows().map(|row| row.summary()).collect();
    let spending: Vec<_> =
        table.rows().map(|row| spends.expected(&Spending::new(row.repeats(), row.number("m_x")).unwrap())).collect();
    let each = year.clv_each(&buys, &customers, spending.iter().copied());
    assert_eq!(each.len(), customers.len());
    for (((row, found), customer), spending) in table.rows().zip(each).zip(&customers).zip(spending) {
        let found = found.unwrap();
        let expected = row.number("bg_clv12");
        if expected.is_normal() {
            assert_close(found.value(), expected, 1e-10);
        } else {
            assert!(found.value() >= 0.0 && found.value() <= f64::MIN_POSITIVE);
        }
        assert_eq!(found, year.clv(&buys, customer, spending).unwrap());
        assert_close(found.discounted_purchases() * found.spending() * 1.0, found.value(), 1e-15);
    }
}

/// Goal: expected purchases are not discounted. Method: the fit of the CD shop over 52 weeks, `vectors.md`; a horizon at a rate
/// expects as many as the model, and names what is discounted.
#[test]
fn expected_purchases_are_not_discounted() {
    let (Some(table), Some(all)) = (Table::read("cdnow_summary.csv"), summaries("cdnow_summary.csv")) else { return };
    let fit = BgNbd::fit(&all, &terms());
    let model = fit.converged().unwrap().model();
    let customers: Vec<Summary> = table.rows().map(|row| row.summary()).collect();
    let expected: f64 = model.expected_each(&customers, 52.0).iter().sum();
    assert!((expected - 2_089.398_706_7).abs() < 1e-7, "{expected}");
    let year = Horizon::new(12).unwrap().with_days_per_unit(7.0).unwrap().with_annual_rate(0.15).unwrap();
    for customer in customers.iter().step_by(100) {
        let clv = year.clv(model, customer, Ok(20.0)).unwrap();
        assert_close(clv.purchases(), model.expected(customer, year.length()), 1e-12);
        assert_close(clv.discounted_purchases(), by_hand(model, customer, 12, 7.0, year.monthly_rate()), 1e-9);
        assert!(clv.discounted_purchases() < clv.purchases());
        assert_close(clv.value(), clv.discounted_purchases() * 20.0, 1e-15);
        let wire = serde_json::to_value(clv).unwrap();
        let number = |key: &str| wire[key].as_str().unwrap().parse::<f64>().unwrap();
        assert_eq!(number("purchases").to_bits(), clv.purchases().to_bits());
        assert_eq!(number("discounted_purchases").to_bits(), clv.discounted_purchases().to_bits());
    }
}

/// Goal: the longest horizon is the sum of its months, for every model. Method: 1,200 months for 2,000 customers, no two
/// alike; some of them by hand. What took a quadrature for every month would not end (`benches/clv.rs` says the time).
#[test]
fn a_century_for_two_thousand_customers_is_the_sum_of_its_months() {
    let customers: Vec<Summary> = (0..2_000_u32)
        .map(|i| {
            let age = 27.0 + f64::from(i) * 0.006;
            Summary::new(i % 30, if i % 30 == 0 { 0.0 } else { age * f64::from(i % 97 + 1) / 98.0 }, age).unwrap()
        })
        .collect();
    let century = Horizon::new(1_200).unwrap().with_days_per_unit(7.0).unwrap().with_annual_rate(0.1).unwrap();
    let models: [PurchasingModel; 3] = [
        Nbd::new(0.385, 12.07).unwrap().into(),
        BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap().into(),
        ParetoNbd::new(0.553, 10.578, 0.606, 11.669).unwrap().into(),
    ];
    for model in models {
        let each = century.discounted_purchases_each(&model, &customers);
        for (customer, found) in customers.iter().zip(each).step_by(197) {
            assert_close(found, by_hand(&model, customer, 1_200, 7.0, century.monthly_rate()), 1e-9);
        }
    }
}

/// The value by hand: each month's purchases, discounted by a power.
fn by_hand(model: &impl Purchasing, customer: &Summary, months: u32, days: f64, rate: f64) -> f64 {
    let length = 365.25 / 12.0 / days;
    let bought = |i: u32| model.expected(customer, f64::from(i) * length);
    (1..=months).map(|i| (bought(i) - bought(i - 1)) / (1.0 + rate).powi(i as i32)).sum()
}

proptest! {
    /// Goal: a horizon is what is bought in its months, discounted; more months and a lower rate are worth more. Method: the
    /// sum by hand.
    #[test]
    fn a_horizon_is_the_sum_of_its_months(
        x in 0_u32..30, last in 0.01..1.0, age in 1.0..400.0, months in 1_u32..60, rate in 0.0..0.2,
    ) {
        let (nbd, bg) = (Nbd::new(0.385, 84.0).unwrap(), BgNbd::new(0.243, 30.9, 0.793, 2.426).unwrap());
        let customer = Summary::new(x, if x == 0 { 0.0 } else { last * age }, age).unwrap();
        let horizon = Horizon::new(months).unwrap().with_monthly_rate(rate).unwrap();
        for model in [ModelFile::new(nbd.into(), "day".parse().unwrap(), 1.0), ModelFile::new(bg.into(), "day".parse().unwrap(), 1.0)] {
            let found = horizon.discounted_purchases(model.purchasing(), &customer);
            let naive = by_hand(model.purchasing(), &customer, months, 1.0, rate);
            prop_assert!((found - naive).abs() <= 1e-9 * naive.abs().max(1e-12), "{} and {}", found, naive);
            let longer = Horizon::new(months + 1).unwrap().with_monthly_rate(rate).unwrap();
            prop_assert!(longer.discounted_purchases(model.purchasing(), &customer) >= found);
            let dearer = horizon.with_monthly_rate(rate + 0.01).unwrap();
            prop_assert!(dearer.discounted_purchases(model.purchasing(), &customer) <= found);
        }
    }

    /// Goal: the formula of retention is its own sum. Method: many periods against none; each period by hand.
    #[test]
    fn retention_is_its_own_sum(kept in 0_u32..=1000, discount in 1_u32..500, margin in 1_u32..100_000, start in any::<bool>()) {
        let payment = if start { Payment::AtStart } else { Payment::AtEnd };
        let (kept, discount) = (Decimal::new(i64::from(kept), 3), Decimal::new(i64::from(discount), 3));
        let contracts = Retention::new(kept, discount, payment).unwrap();
        let margin = Decimal::from(margin);
        let three = contracts.value(margin, Some(3)).unwrap();
        let step = kept / (Decimal::ONE + discount);
        let first = if start { Decimal::ONE } else { step };
        let naive = margin * first * (Decimal::ONE + step + step * step);
        prop_assert!((three - naive).abs() <= decimal("0.000000001"), "{} and {}", three, naive);
        let all = contracts.value(margin, None).unwrap();
        prop_assert!(all >= three);
        if step < decimal("0.95") {
            let many = contracts.value(margin, Some(2_000)).unwrap();
            prop_assert!((all - many).abs() <= decimal("0.000001"), "{} and {}", all, many);
        }
    }
}

/// Goal: nothing without a limit becomes a number. Method: retention at 1 + discount, wrong rates, too many periods.
#[test]
fn contracts_without_a_limit_have_no_value() {
    let kept = Retention::new(Decimal::ONE, Decimal::ZERO, Payment::AtStart).unwrap();
    assert_eq!(kept.value(decimal("10"), None), Err(RetentionError::Endless));
    assert_eq!(kept.value(decimal("10"), Some(12)), Ok(decimal("120")));
    assert_eq!(kept.value(decimal("10"), Some(10_001)), Err(RetentionError::Periods(10_001)));
    assert!(Retention::new(decimal("1.01"), Decimal::ZERO, Payment::AtEnd).is_err());
    assert!(Retention::new(decimal("-0.01"), Decimal::ZERO, Payment::AtEnd).is_err());
    assert!(Retention::new(Decimal::ONE, decimal("-0.01"), Payment::AtEnd).is_err());
    let most = Retention::new(decimal("0.9"), decimal("0.1"), Payment::AtEnd).unwrap();
    assert_eq!(most.value(Decimal::MAX, Some(100)), Err(RetentionError::OutOfRange));
}

/// Goal: wrong horizons are refused, and rates of a year are those of twelve months. Method: each.
#[test]
fn horizons_are_checked() {
    assert_eq!(Horizon::new(0), Err(HorizonError::Months(0)));
    assert!(Horizon::new(1_201).is_err());
    let year = Horizon::new(12).unwrap();
    assert!(year.with_days_per_unit(f64::NAN).is_err() && year.with_days_per_unit(0.0).is_err());
    assert!(year.with_monthly_rate(-0.1).is_err() && year.with_annual_rate(f64::NAN).is_err());
    assert!(year.with_margin(f64::INFINITY).is_err());
    let monthly = year.with_annual_rate(0.12682503013196977).unwrap().monthly_rate();
    assert!((monthly - 0.01).abs() < 1e-15);
    let text = serde_json::to_string(&year.with_annual_rate(0.3).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Horizon>(&text).unwrap(), year.with_annual_rate(0.3).unwrap());
    assert!(serde_json::from_str::<Horizon>(&text.replace("12", "0")).is_err());
}

/// Goal: no value for a customer whom the models cannot describe. Method: an infinite mean of spending.
#[test]
fn no_value_without_a_mean() {
    let year = Horizon::new(12).unwrap();
    let buys = Nbd::new(0.4, 12.0).unwrap();
    let customer = Summary::new(0, 0.0, 3.0).unwrap();
    let heavy = GammaGamma::new(2.0, 0.9, 10.0).unwrap();
    assert_eq!(year.clv(&buys, &customer, heavy.expected_new()), Err(InfiniteSpending));
}

/// Goal: money comes from models by one rounding. Method: halves, both signs, what has no decimal.
#[test]
fn models_become_money_half_to_even() {
    for (value, places, expected) in
        [(0.125, 2, "0.12"), (0.375, 2, "0.38"), (-2.5, 0, "-2"), (3.5, 0, "4"), (1e-30, 2, "0.00")]
    {
        assert_eq!(rounded(value, places), Some(decimal(expected)), "{value}");
    }
    for value in [f64::NAN, f64::INFINITY, 1e30] {
        assert_eq!(rounded(value, 2), None);
    }
}

/// Goal: a file says what the fit said. Method: a converged fit, one at the limit, and ones without a model.
#[test]
fn a_model_file_says_what_the_fit_said() {
    let terms = terms();
    if let Some(customers) = summaries("cdnow_summary.csv") {
        let fit = BgNbd::fit(&customers, &terms);
        let file = ModelFile::of_fit(&fit, 7.0).unwrap();
        assert_eq!(file.evidence(), fit.converged().map(|fitted| fitted.evidence()));
        assert_eq!((file.boundary(), file.unit().as_str()), (None, "week"));
        assert_eq!(ModelFile::from_json(&file.to_json().unwrap()).unwrap(), file);
    }
    if let Some(customers) = summaries("retail_summary.csv") {
        let file = ModelFile::of_fit(&BgNbd::fit(&customers, &terms), 7.0).unwrap();
        assert!(matches!(file.purchasing(), customer_pool::score::clv::PurchasingModel::Nbd(_)));
        assert_eq!(file.boundary(), Some(customer_pool::score::clv::Boundary::NoDropout));
    }
    let nobody = BgNbd::fit(&[].into_iter().collect(), &terms);
    assert!(matches!(ModelFile::of_fit(&nobody, 7.0), Err(NoModel::TooLittleData(_))));
    let file = ModelFile::new(Nbd::new(0.4, 12.0).unwrap().into(), "week".parse().unwrap(), 7.0);
    let equal: Vec<_> = (0..50).map(|_| Spending::new(2, 10.0).unwrap()).collect();
    let fit = GammaGamma::fit(&equal, &FitTerms::new("dollar".parse().unwrap(), terms.on()));
    assert!(matches!(fit, Fit::Failed(_)));
    assert!(matches!(file.clone().with_spending_fit(&fit), Err(NoModel::Failed(_))));
    for (from, to) in [("\"week\"", "3"), ("\"7\"", "\"0\""), ("\"format\": 1", "\"format\": 1, \"more\": 2")] {
        let text = file.to_json().unwrap();
        assert!(text.contains(from) && ModelFile::from_json(&text.replace(from, to)).is_err(), "{from}");
    }
}

/// Goal: what a customer was worth so far is exact or not said, in any order of its orders. Method: a cent beside an amount whose
/// digits leave no place for it, and amounts that fit together but not on the way.
#[test]
fn historic_value_is_exact_or_not_said() {
    let on = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let of = |amounts: &[&str]| {
        let orders = amounts.iter().map(|amount| (on, amount.parse().unwrap()));
        HistoricValue::new(orders, on).map(|value| value.total())
    };
    let large = "10000000000000000000000000000";
    assert_eq!((of(&[large, "0.01"]), of(&["0.01", large])), (None, None));
    let (most, least) = (Decimal::MAX.to_string(), Decimal::MIN.to_string());
    assert_eq!((of(&[&most, "1", &least]), of(&[&most, &least, "1"])), (None, None));
    assert_eq!(of(&[large, "1", "-0.0"]), Some(large.parse::<Decimal>().unwrap() + Decimal::ONE));
}
