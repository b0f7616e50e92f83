//! NBD against the reference answers and against itself.

use customer_pool::score::clv::{Boundary, Fit, Limit, Nbd, Summaries, Summary};

use super::data::{assert_close, json, summaries, terms};

/// Goal: the fits of both shops, as the reference has them. Method: all figures of the reference files.
#[test]
fn real_fits_are_the_reference() {
    for shop in ["cdnow", "retail"] {
        let (Some(customers), Some(known)) =
            (summaries(&format!("{shop}_summary.csv")), json(&format!("{shop}_mle.json")))
        else {
            return;
        };
        let fit = Nbd::fit(&customers, &terms());
        let Fit::Converged(fitted) = fit else { panic!("{shop}: {fit:?}") };
        let number = |at: &str| known.pointer(&format!("/nbd/{at}")).and_then(serde_json::Value::as_f64).unwrap();
        assert_close(fitted.model().r(), number("params/r"), 1e-10);
        assert_close(fitted.model().alpha(), number("params/alpha"), 1e-10);
        assert_close(fitted.evidence().log_likelihood(), number("ll"), 1e-13);
        assert_close(fitted.evidence().standard_errors()[0], number("se/r"), 1e-8);
        assert_close(fitted.evidence().standard_errors()[1], number("se/alpha"), 1e-8);
        let by_row: f64 = customers
            .groups()
            .iter()
            .map(|group| group.customers() as f64 * fitted.model().log_likelihood(group))
            .sum();
        assert_close(by_row, number("ll"), 1e-12);
    }
}

/// Goal: customers who are all alike are a Poisson process. Method: 100 of one history.
#[test]
fn equal_customers_are_a_poisson_process() {
    let customers: Summaries = [Summary::new(3, 8.0, 10.0).unwrap().with_customers(100).unwrap()].into_iter().collect();
    let fit = Nbd::fit(&customers, &terms());
    let at = fit.boundary().unwrap_or_else(|| panic!("{fit:?}"));
    assert_eq!(at.boundary(), Boundary::HomogeneousPurchasing);
    let Some(Limit::Poisson(poisson)) = at.limit() else { panic!("{at:?}") };
    assert_close(poisson.model().rate(), 0.3, 1e-15);
    assert_close(at.log_likelihood(), 300.0 * (0.3_f64.ln() - 1.0), 1e-14);
}

/// Goal: probabilities add up to one, and their mean is the expectation. Method: a long list of them.
#[test]
fn probabilities_and_expectation_agree() {
    let model = Nbd::new(0.385, 12.07).unwrap();
    let customer = Summary::new(2, 30.43, 38.86).unwrap();
    for (list, expected) in [
        (model.probabilities(&customer, 39.0, 400), model.expected(&customer, 39.0)),
        (model.probabilities_new(39.0, 400), model.expected_new(39.0)),
    ] {
        assert_close(list.iter().sum(), 1.0, 1e-13);
        assert_close(list.iter().zip(0..).map(|(p, n)| p * f64::from(n)).sum(), expected, 1e-12);
    }
    assert_eq!(model.probabilities_new(0.0, 2), [1.0, 0.0, 0.0]);
}
