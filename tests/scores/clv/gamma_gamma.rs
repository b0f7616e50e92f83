//! Gamma-Gamma against the reference answers, a naive formula, and data drawn from it.

use customer_pool::score::clv::{
    Boundary, Fit, FitFailure, GammaGamma, InfiniteSpending, Seeded, Spending, SpendingEvidence,
};
use proptest::prelude::*;

use super::data::{Table, assert_close, json, terms};

fn spending(x: u32, m: f64) -> Spending {
    Spending::new(x, m).unwrap()
}

fn simulated(model: &GammaGamma, customers: u32, seed: u64) -> Vec<Spending> {
    let mut random = Seeded::new(seed);
    (0..customers).filter_map(|i| model.simulate(1 + i % 7, &mut random)).collect()
}

fn fitted(customers: &[Spending]) -> (GammaGamma, SpendingEvidence) {
    let fit = GammaGamma::fit(customers, &terms());
    let Fit::Converged(fitted) = fit else { panic!("{fit:?}") };
    (*fitted.model(), fitted.evidence().clone())
}

/// Goal: the fit of the CD shop, as the reference has it. Method: all figures of the reference file.
#[test]
fn the_cd_shops_fit_is_the_reference() {
    let (Some(table), Some(known)) = (Table::read("cdnow_summary.csv"), json("cdnow_mle.json")) else { return };
    let customers: Vec<Spending> = table.rows().map(|row| spending(row.repeats(), row.number("m_x"))).collect();
    let (model, evidence) = fitted(&customers);
    let number = |at: &str| known.pointer(&format!("/gg/{at}")).and_then(serde_json::Value::as_f64).unwrap();
    let named = [("p", model.p()), ("q", model.q()), ("v", model.v())];
    for ((name, found), error) in named.into_iter().zip(evidence.standard_errors()) {
        assert_close(found, number(&format!("params/{name}")), 1e-10);
        assert_close(*error, number(&format!("se/{name}")), 1e-8);
    }
    assert_close(evidence.log_likelihood(), number("ll"), 1e-13);
    assert!(evidence.gradient() <= 1e-9);
    let described = number("n") as u64;
    assert_eq!((evidence.customers(), evidence.left_out()), (described, customers.len() as u64 - described));
    assert!(evidence.correlation().abs() < 0.2, "{}", evidence.correlation());
}

/// Goal: expected spending of real customers. Method: every figure of the reference file.
#[test]
fn expected_spending_of_the_cd_shop_is_the_reference() {
    let (Some(table), Some(known)) = (Table::read("cdnow_predictions.csv"), json("cdnow_mle.json")) else { return };
    let number = |at: &str| known.pointer(&format!("/gg/params/{at}")).and_then(serde_json::Value::as_f64).unwrap();
    let model = GammaGamma::new(number("p"), number("q"), number("v")).unwrap();
    for row in table.rows() {
        let customer = spending(row.repeats(), row.number("m_x"));
        assert_close(model.expected(&customer).unwrap(), row.number("gg_spend"), 1e-12);
    }
}

/// `ln Γ` for `x > 0`, by Stirling's series far up.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut below) = (x, 0.0);
    while x < 40.0 {
        below += x.ln();
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * core::f64::consts::PI).ln() + series - below
}

proptest! {
    /// Goal: the likelihood is the paper's. Method: equation (1a) as it is printed.
    #[test]
    fn the_likelihood_is_the_papers(p in 0.1..20.0, q in 0.2..20.0, v in 0.1..200.0, x in 1_u32..60, m in 0.01..900.0) {
        let model = GammaGamma::new(p, q, v).unwrap();
        let n = f64::from(x);
        let naive = ln_gamma(p * n + q) - ln_gamma(p * n) - ln_gamma(q) + q * f64::ln(v) + (p * n - 1.0) * f64::ln(m)
            + p * n * n.ln() - (p * n + q) * (v + m * n).ln();
        let found = model.log_likelihood(&spending(x, m)).unwrap();
        prop_assert!((found - naive).abs() <= 1e-10 * naive.abs().max(1.0), "{} and {}", found, naive);
    }

    /// Goal: what is expected lies between what was spent and what all spend, nearer the former the more was bought; and is
    /// never negative. Method: the weights of the two.
    #[test]
    fn expected_spending_lies_between(p in 0.1..20.0, q in 0.2..20.0, v in 0.1..200.0, x in 1_u32..60, m in 0.01..900.0) {
        let model = GammaGamma::new(p, q, v).unwrap();
        match (model.expected_new(), model.expected(&spending(x, m))) {
            (Ok(all), Ok(one)) => {
                prop_assert!(one >= all.min(m) * (1.0 - 1e-12) && one <= all.max(m) * (1.0 + 1e-12));
                let more = model.expected(&spending(x + 1, m)).unwrap();
                prop_assert!((more - m).abs() <= (one - m).abs() * (1.0 + 1e-12));
            }
            (Err(InfiniteSpending), _) if q <= 1.0 => {}
            (_, one) => prop_assert!(q <= 1.0 && (one.is_err() || one.unwrap() > 0.0)),
        }
        prop_assert_eq!(model.expected_new().is_err(), q <= 1.0);
    }
}

/// Goal: no tail that is too heavy becomes a number. Method: `p x + q` at and beside 1.
#[test]
fn an_infinite_mean_is_said() {
    let model = GammaGamma::new(0.25, 0.5, 10.0).unwrap();
    assert_eq!(model.expected_new(), Err(InfiniteSpending));
    assert_eq!(model.expected(&spending(2, 10.0)), Err(InfiniteSpending));
    assert!(model.expected(&spending(3, 10.0)).unwrap() > 0.0);
    assert_eq!(GammaGamma::new(1.0, 1.0, 1.0).unwrap().expected_new(), Err(InfiniteSpending));
}

/// Goal: neither the order of rows, nor a number of customers in place of repetition, nor the unit of money matters. Method:
/// the same customers otherwise.
#[test]
fn a_fit_is_the_same_however_it_is_asked_for() {
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let customers = simulated(&model, 3_000, 4);
    let (here, evidence) = fitted(&customers);
    let same = |(other, other_evidence): (GammaGamma, SpendingEvidence), unit: f64| {
        assert_close(other.p(), here.p(), 1e-12);
        assert_close(other.q(), here.q(), 1e-12);
        assert_close(other.v(), here.v() * unit, 1e-12);
        assert!((other_evidence.correlation() - evidence.correlation()).abs() < 1e-12);
    };
    let mut turned = customers.clone();
    turned.reverse();
    turned.rotate_left(1_234);
    same(fitted(&turned), 1.0);
    for unit in [1e-6, 100.0, 1e9] {
        let dear: Vec<_> = customers.iter().map(|one| spending(one.purchases(), one.mean() * unit)).collect();
        same(fitted(&dear), unit);
    }
    let thrice: Vec<_> = customers.iter().flat_map(|one| [*one; 3]).collect();
    let weighed: Vec<_> = customers.iter().map(|one| one.with_customers(3).unwrap()).collect();
    let (repeated, by_weight) = (fitted(&thrice), fitted(&weighed));
    assert_close(by_weight.0.q(), repeated.0.q(), 1e-12);
    assert_close(by_weight.1.log_likelihood(), repeated.1.log_likelihood(), 1e-12);
    assert_close(by_weight.1.standard_errors()[0], repeated.1.standard_errors()[0], 1e-9);
    same(by_weight, 1.0);
}

/// Goal: parameters are found again. Method: 40 sets of customers, of which two thirds lie within one standard error, and
/// nearly all within three.
#[test]
fn known_parameters_are_found_again() {
    let model = GammaGamma::new(4.0, 3.0, 20.0).unwrap();
    let (mut near, mut far, mut all) = (0, 0, 0);
    for seed in 0..40 {
        let (found, evidence) = fitted(&simulated(&model, 1_500, 100 + seed));
        let pairs = [(found.p(), 4.0), (found.q(), 3.0), (found.v(), 20.0)];
        for ((found, known), error) in pairs.into_iter().zip(evidence.standard_errors()) {
            all += 1;
            near += i32::from((found - known).abs() <= *error);
            far += i32::from((found - known).abs() > 3.0 * error);
        }
    }
    assert!(near * 100 >= all * 55 && near * 100 <= all * 82, "{near} of {all} within one error");
    assert!(far * 100 <= all * 3, "{far} of {all} beyond three");
}

/// Goal: each hard set of customers ends in a verdict. Method: limits, nobody, one, equal, absurd scales.
#[test]
fn every_set_of_customers_ends_in_a_verdict() {
    let fit = |customers: &[Spending]| GammaGamma::fit(customers, &terms());
    assert!(matches!(fit(&[]), Fit::TooLittleData(_)));
    assert!(matches!(fit(&[spending(3, 10.0)]), Fit::TooLittleData(_)));
    let nothing: Vec<_> = (0..100).map(|i| spending(i % 2, if i % 2 == 0 { 9.0 } else { 0.0 })).collect();
    assert!(matches!(fit(&nothing), Fit::TooLittleData(_)));
    let equal: Vec<_> = (0..100).map(|i| spending(1 + i % 5, 12.5)).collect();
    assert!(matches!(fit(&equal), Fit::Failed(FitFailure::EqualSpending)));
    // All alike but for chance: gamma-distributed purchases at one rate.
    let mut random = Seeded::new(8);
    let alike = GammaGamma::new(3.0, 1e9, 1e9).unwrap();
    let alike: Vec<_> = (0..4_000).filter_map(|i| alike.simulate(1 + i % 6, &mut random)).collect();
    match fit(&alike) {
        Fit::Boundary(at) => assert_eq!(at.boundary(), Boundary::HomogeneousSpending),
        // What chance alone makes of them can look like a little more.
        Fit::Converged(fitted) => assert!(fitted.model().q() > 50.0, "{fitted:?}"),
        other => panic!("{other:?}"),
    }
    // Everybody always spends the same: the mean does not come nearer to that of all the fewer purchases there are.
    let constant: Vec<_> = (0..4_000_u32).map(|i| spending(1 + i % 6, 100.0 / (1.0 + f64::from(i * 7 % 53)))).collect();
    match fit(&constant) {
        Fit::Boundary(at) => assert_eq!(at.boundary(), Boundary::ConstantSpending),
        other => panic!("{other:?}"),
    }
    for scale in [1e-300, 1e-12, 1e12, 1e300] {
        let far: Vec<_> = simulated(&GammaGamma::new(6.0, 4.0, 15.0).unwrap(), 500, 3)
            .iter()
            .map(|one| spending(one.purchases(), one.mean() * scale))
            .collect();
        match fit(&far) {
            Fit::Converged(fitted) => assert!(fitted.evidence().log_likelihood().is_finite()),
            Fit::Failed(_) => assert!(!(1e-100..1e100).contains(&scale)),
            other => panic!("{other:?}"),
        }
    }
    // One who bought a million times beside the others.
    let mut many = simulated(&GammaGamma::new(6.0, 4.0, 15.0).unwrap(), 500, 5);
    many.push(spending(1_000_000, 31.0));
    assert!(matches!(fit(&many), Fit::Converged(_)));
}

/// Goal: a fit is read as it was written. Method: JSON there and back.
#[test]
fn a_fit_is_read_as_it_was_written() {
    let fit = GammaGamma::fit(&simulated(&GammaGamma::new(6.0, 4.0, 15.0).unwrap(), 500, 3), &terms());
    let text = serde_json::to_string(&fit).unwrap();
    assert_eq!(serde_json::from_str::<Fit<GammaGamma, SpendingEvidence>>(&text).unwrap(), fit);
    assert!(serde_json::from_str::<GammaGamma>(r#"{"p":"1","q":"2","v":"0"}"#).is_err());
}
