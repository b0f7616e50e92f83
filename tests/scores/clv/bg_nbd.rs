//! BG/NBD against the reference answers.

use customer_pool::score::clv::{BgNbd, Boundary, Fit, Limit, Summary};

use super::data::{Table, assert_close, assert_reference, json, ln_of, relative, summaries, terms};

/// Goal: the fit of the CD shop, as the reference has it. Method: all figures of the reference file.
#[test]
fn the_cd_shops_fit_is_the_reference() {
    let (Some(customers), Some(known)) = (summaries("cdnow_summary.csv"), json("cdnow_mle.json")) else { return };
    let fit = BgNbd::fit(&customers, &terms());
    let Fit::Converged(fitted) = fit else { panic!("{fit:?}") };
    let number = |at: &str| known.pointer(&format!("/bgnbd/{at}")).and_then(serde_json::Value::as_f64).unwrap();
    let (model, evidence) = (fitted.model(), fitted.evidence());
    let named = [("r", model.r()), ("alpha", model.alpha()), ("a", model.a()), ("b", model.b())];
    for ((name, found), error) in named.into_iter().zip(evidence.standard_errors()) {
        assert_close(found, number(&format!("params/{name}")), 1e-10);
        assert_close(*error, number(&format!("se/{name}")), 1e-8);
    }
    assert_close(evidence.log_likelihood(), number("ll"), 1e-13);
    assert!(evidence.gradient() <= 1e-9);
    assert_eq!((evidence.customers(), evidence.repeat_customers(), evidence.repeats()), (2357, 946, 2457));
    assert_eq!(customers.groups().len() as u64, known["n_unique"].as_u64().unwrap());
}

/// Goal: the wholesaler's customers are at the limit without dropout. Method: the verdict and its NBD fit.
#[test]
fn the_wholesaler_has_no_dropout() {
    let (Some(customers), Some(known)) = (summaries("retail_summary.csv"), json("retail_mle.json")) else { return };
    let fit = BgNbd::fit(&customers, &terms());
    let at = fit.boundary().unwrap_or_else(|| panic!("{fit:?}"));
    assert_eq!(at.boundary(), Boundary::NoDropout);
    let supremum = known.pointer("/bgnbd/ll_supremum").and_then(serde_json::Value::as_f64).unwrap();
    assert!(relative(at.log_likelihood(), supremum) < 1e-12);
    let Some(Limit::Nbd(nbd)) = at.limit() else { panic!("{at:?}") };
    assert_close(nbd.model().r(), known.pointer("/nbd/params/r").and_then(serde_json::Value::as_f64).unwrap(), 1e-9);
}

/// Goal: what the usual formulas get wrong. Method: every figure of the hard cases, in 25 digits.
#[test]
fn the_hard_cases_are_the_reference() {
    let Some(table) = Table::read("extremes.csv") else { return };
    let mut worst = (0.0_f64, String::new());
    let mut cases = 0;
    for row in table.rows().filter(|row| row.text("model") == "bgnbd") {
        cases += 1;
        let model = BgNbd::new(row.number("p1"), row.number("p2"), row.number("p3"), row.number("p4")).unwrap();
        let customer = row.summary();
        let ll = row.number("ll");
        let what = |what: &str| format!("{what} of {model:?} {customer:?}");
        assert!((model.log_likelihood(&customer) - ll).abs() <= 1e-10 * ll.abs().max(1.0), "{}", what("ll"));
        assert_reference(model.alive(&customer), row.text("palive"), &what("P"));
        let ln_alive = ln_of(row.text("palive"));
        assert!((model.ln_alive(&customer) - ln_alive).abs() <= 1e-10 * ln_alive.abs().max(1.0), "{}", what("ln P"));
        for column in table.columns().iter().filter(|column| column.starts_with("ey_")) {
            let t: f64 = column.trim_start_matches("ey_").parse().unwrap();
            let error = assert_reference(model.expected(&customer, t), row.text(column), &what(column));
            if error > worst.0 {
                worst = (error, what(column));
            }
        }
    }
    assert_eq!(cases, 126);
    println!("largest relative error of an expectation: {:e}, {}", worst.0, worst.1);
}

/// Goal: predictions for real customers. Method: every figure of the reference file for this model.
#[test]
fn predictions_for_the_cd_shop_are_the_reference() {
    let (Some(table), Some(known)) = (Table::read("cdnow_predictions.csv"), json("cdnow_new_customer.json")) else {
        return;
    };
    let p: Vec<f64> = known["params_bg"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
    let model = BgNbd::new(p[0], p[1], p[2], p[3]).unwrap();
    let mut worst = 0.0_f64;
    for row in table.rows() {
        let customer = row.summary();
        assert_close(model.log_likelihood(&customer), row.number("bg_ll"), 1e-12);
        assert_close(model.alive(&customer), row.number("bg_palive"), 1e-12);
        for column in table.columns().iter().filter(|column| column.starts_with("bg_ey_")) {
            let t: f64 = column.trim_start_matches("bg_ey_").parse().unwrap();
            worst = worst.max(assert_reference(model.expected(&customer, t), row.text(column), column));
        }
    }
    for (t, expected) in known["horizons"].as_array().unwrap().iter().zip(known["bg_ex_new"].as_array().unwrap()) {
        let found = model.expected_new(t.as_f64().unwrap());
        worst = worst.max(assert_reference(found, expected.as_str().unwrap(), "new"));
    }
    println!("largest relative error of an expectation: {worst:e}");
}

/// The cases of `tests` that every way of computing must agree on: ordinary parameters, and the hard ones.
fn models() -> Vec<BgNbd> {
    let ordinary = [(0.243, 4.414, 0.793, 2.426), (1.7, 20.0, 0.4, 0.6), (0.6, 3.0, 2.5, 9.0), (3.0, 8.0, 0.5, 1.0)];
    let hard = [(0.72, 9.37, 7.5e-5, 1867.8), (0.24, 4.4, 1.0, 2.4), (5.0, 2.0, 40.0, 0.01), (1e-3, 1e3, 1e3, 1e3)];
    ordinary.iter().chain(&hard).map(|&(r, alpha, a, b)| BgNbd::new(r, alpha, a, b).unwrap()).collect()
}

fn histories() -> Vec<Summary> {
    let rows =
        [(0, 0.0, 38.86), (1, 0.5, 38.86), (2, 30.43, 38.86), (7, 29.43, 31.0), (29, 38.0, 38.0), (300, 280.0, 300.0)];
    rows.iter().map(|&(x, last, age)| Summary::new(x, last, age).unwrap()).collect()
}

/// Goal: a batch gives what one customer gives. Method: every model, history and time, in a batch that uses tables.
#[test]
fn a_batch_is_its_customers() {
    let many: Vec<Summary> = histories().iter().cycle().take(700).copied().collect();
    for model in models() {
        let alive = model.alive_each(&many);
        assert!(many.iter().zip(&alive).all(|(customer, alive)| model.alive(customer).to_bits() == alive.to_bits()));
        assert_eq!(alive.len(), many.len());
        for t in [1e-6, 1.0, 52.0, 900.0, 1e6] {
            let each = model.expected_each(&many, t);
            assert_eq!(each.len(), many.len());
            for (customer, found) in many.iter().zip(each) {
                let one = model.expected(customer, t);
                assert!((found - one).abs() <= 1e-12 * one, "{model:?} {customer:?} {t}: {found} and {one}");
            }
        }
    }
}

/// Goal: answers at the ends of the range. Method: likelihoods and expectations in 60 digits and more (mpmath), where the
/// usual formulas leave the numbers.
#[test]
fn the_ends_of_the_range_have_answers() {
    for ([r, alpha, a, b], (x, last, age), known) in [
        ([0.5, 1.77e-16, 1000.0, 1e9], (7, 2.2e-308, 1.7e308), 247.03915531910623),
        ([1e100, 1e-100, 1e-100, 1e100], (5, 1.0, 2.0), -2.302_585_092_994_046e102),
        ([1e-100, 1e100, 1e100, 1e-100], (1, 0.5, 1e308), -460.51701859880914),
        ([3.0, 1e-100, 2.0, 5.0], (u32::MAX, 1e-300, 1e300), 1079923222609.6714),
    ] {
        let model = BgNbd::new(r, alpha, a, b).unwrap();
        assert_close(model.log_likelihood(&Summary::new(x, last, age).unwrap()), known, 1e-12);
    }
    for ([r, alpha, a, b], (x, last, age), t, known) in [
        ([6.6e-10, 4.2e12, 1e30, 1e30], (3, 0.35, 8366.0), 1.5e16, 0.9999999968369466),
        ([0.5, 1e-3, 1e30, 1e30], (3, 1.0, 2.0), 1e6, 0.16268175491603188),
        ([2.5, 1e-50, 1e12, 1e9], (2, 1.0, 1.0), 1e60, 0.001000000001001),
        ([0.3, 1e-100, 0.5, 2.0], (0, 0.0, 0.0), 1e308, 1.0346795183015864e204),
        ([0.3, 1e-100, 0.003, 2e40], (1, 1e-100, 1e-100), 1e200, 1.084_535_212_399_799e299),
        ([1e20, 1e10, 2.0, 3.0], (5, 7.0, 9.0), 1e12, 0.0),
        // Beyond the largest number.
        ([1e100, 1e-100, 1e-100, 1e100], (0, 0.0, 0.0), f64::MAX, f64::MAX),
    ] {
        let model = BgNbd::new(r, alpha, a, b).unwrap();
        let found = model.expected(&Summary::new(x, last, age).unwrap(), t);
        assert!((found - known).abs() <= 1e-10 * known, "{model:?} {t:e}: {found:e} instead of {known:e}");
    }
}
