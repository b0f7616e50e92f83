//! Money in floating point. NaN from a customer with very many purchases. A value model shown for customers it cannot describe.

use customer_pool::id;
use customer_pool::score::clv::{
    BgNbd, Fit, FitTerms, GammaGamma, Horizon, InfiniteSpending, ModelFile, ParetoNbd, Spending, Summaries, Summary,
};
use customer_pool::score::key_accounts::{Basis, Ranking, Shares};
use customer_pool::score::orders::{Monetary, OrderRules, Orders};
use rust_decimal::Decimal;

fn day(n: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 1, n).expect("a day")
}

/// Goal: money is exact. Method: thirty dimes, which floating point makes 3.0000000000000004 of, and a large sum with a cent.
#[test]
fn lesson_31_money_is_exact() {
    let sum: f64 = (0..30).map(|_| 0.1).sum();
    assert!(sum > 3.0, "floating point makes no mistake here: {sum}");
    let mut orders = Orders::new(OrderRules::new(day(31)).with_single_orders());
    for n in 0..30 {
        orders.add(&id!("dimes"), day(n + 1), "0.1".parse().expect("a decimal")).expect("an order");
    }
    let total = orders.customer(&id!("dimes")).expect("a customer").rfm(Monetary::Total).monetary;
    assert_eq!(total, Some(Decimal::from(3)));
    let large: Decimal = "900719925474099.39".parse().expect("a decimal");
    let cent: Decimal = "0.01".parse().expect("a decimal");
    let ranking = Ranking::new([(id!("a"), Some(large)), (id!("b"), Some(cent))], Basis::Margin, Shares::default());
    assert_eq!(ranking.expect("a ranking").total(), "900719925474099.40".parse().expect("a decimal"));
}

/// Goal: customers with very many purchases have numbers. Method: the textbook formula with factorials gives none at 200
/// purchases; the models give all of theirs at a million.
#[test]
fn lesson_31_very_many_purchases_have_numbers() {
    let textbook = |x: i32| (0..x).map(|j| 0.24 + f64::from(j)).product::<f64>() / 43.0_f64.powi(x);
    assert!(!(textbook(200) / textbook(200)).is_finite(), "the naive formula does not fail here");
    let (bg, pareto) = (BgNbd::new(0.243, 4.414, 0.793, 2.426), ParetoNbd::new(0.553, 10.578, 0.606, 11.669));
    let (bg, pareto) = (bg.expect("parameters"), pareto.expect("parameters"));
    for (x, last) in [(200, 38.0), (200, 1.0), (1_000_000, 38.5), (1_000_000, 0.5)] {
        let customer = Summary::new(x, last, 38.86).expect("a history");
        for number in [
            bg.log_likelihood(&customer),
            bg.alive(&customer),
            bg.ln_alive(&customer),
            bg.expected(&customer, 52.0),
            pareto.log_likelihood(&customer),
            pareto.alive(&customer),
            pareto.ln_alive(&customer),
            pareto.expected(&customer, 52.0),
        ] {
            assert!(number.is_finite(), "{x} purchases: {number}");
        }
    }
}

/// Goal: nothing is shown for customers whom a model cannot describe. Method: spending without a mean, customers who are not lost,
/// too few of them.
#[test]
fn lesson_31_no_value_is_shown_that_a_model_does_not_have() {
    let heavy = GammaGamma::new(6.25, 0.9, 15.44).expect("parameters");
    let formula = heavy.p() * heavy.v() / (heavy.q() - 1.0);
    assert!(formula < 0.0, "the formula gives no negative mean here: {formula}");
    assert_eq!(heavy.expected_new(), Err(InfiniteSpending));
    let year = Horizon::new(12).expect("a horizon");
    let (buys, newcomer) = (BgNbd::new(0.243, 4.414, 0.793, 2.426), Summary::new(0, 0.0, 3.0));
    let (buys, newcomer) = (buys.expect("parameters"), newcomer.expect("a history"));
    let spending = heavy.expected(&Spending::new(0, 0.0).expect("a history"));
    assert_eq!(year.clv(&buys, &newcomer, spending), Err(InfiniteSpending));
    // Regular customers who are never lost: there are no parameters of dropout to show.
    let regular: Summaries = (0..400)
        .map(|n| {
            let repeats = 4 + n % 5 * (1 + n % 3);
            Summary::new(repeats, 38.0, 38.5).expect("a history")
        })
        .collect();
    let terms = FitTerms::new("week".parse().expect("a label"), day(1));
    let fit = BgNbd::fit(&regular, &terms);
    assert!(matches!(fit, Fit::Boundary(_)), "{fit:?}");
    assert_eq!(fit.converged(), None);
    let few: Summaries = (0..9).map(|_| Summary::new(2, 20.0, 38.0).expect("a history")).collect();
    let fit = BgNbd::fit(&few, &terms);
    assert!(matches!(fit, Fit::TooLittleData(_)));
    assert!(ModelFile::of_fit(&fit, 7.0).is_err());
}
