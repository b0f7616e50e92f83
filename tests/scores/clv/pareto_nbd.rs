//! Pareto/NBD against the reference answers, naive integrals, and data drawn from it.

use customer_pool::score::clv::{
    Boundary, Fit, Horizon, Limit, Month, ParetoNbd, Purchasing, Seeded, Summaries, Summary,
};
use proptest::prelude::*;

use super::data::{Table, assert_close, assert_reference, json, ln_of, relative, summaries, terms};

/// Goal: the fit of the CD shop, as the reference has it. Method: all figures of the reference file.
#[test]
fn the_cd_shops_fit_is_the_reference() {
    let (Some(customers), Some(known)) = (summaries("cdnow_summary.csv"), json("cdnow_mle.json")) else { return };
    let fit = ParetoNbd::fit(&customers, &terms());
    let Fit::Converged(fitted) = fit else { panic!("{fit:?}") };
    let number = |at: &str| known.pointer(&format!("/pnbd/{at}")).and_then(serde_json::Value::as_f64).unwrap();
    let (model, evidence) = (fitted.model(), fitted.evidence());
    let named = [("r", model.r()), ("alpha", model.alpha()), ("s", model.s()), ("beta", model.beta())];
    for ((name, found), error) in named.into_iter().zip(evidence.standard_errors()) {
        assert_close(found, number(&format!("params/{name}")), 1e-10);
        assert_close(*error, number(&format!("se/{name}")), 1e-8);
    }
    assert_close(evidence.log_likelihood(), number("ll"), 1e-13);
    assert!(evidence.gradient() <= 1e-9);
}

/// Goal: the wholesaler's customers are at the limit without dropout. Method: the verdict and its NBD fit.
#[test]
fn the_wholesaler_has_no_dropout() {
    let (Some(customers), Some(known)) = (summaries("retail_summary.csv"), json("retail_mle.json")) else { return };
    let fit = ParetoNbd::fit(&customers, &terms());
    let at = fit.boundary().unwrap_or_else(|| panic!("{fit:?}"));
    assert_eq!(at.boundary(), Boundary::NoDropout);
    let Some(Limit::Nbd(nbd)) = at.limit() else { panic!("{at:?}") };
    assert_close(nbd.model().r(), known.pointer("/nbd/params/r").and_then(serde_json::Value::as_f64).unwrap(), 1e-9);
    let ll = known.pointer("/nbd/ll").and_then(serde_json::Value::as_f64).unwrap();
    assert!(relative(at.log_likelihood(), ll) < 1e-9, "{} and {ll}", at.log_likelihood());
}

/// Goal: what the usual formulas get wrong. Method: every figure of the hard cases, in 25 digits.
#[test]
fn the_hard_cases_are_the_reference() {
    let Some(table) = Table::read("extremes.csv") else { return };
    let mut worst = (0.0_f64, String::new());
    let mut cases = 0;
    for row in table.rows().filter(|row| row.text("model") == "pnbd") {
        cases += 1;
        let model = ParetoNbd::new(row.number("p1"), row.number("p2"), row.number("p3"), row.number("p4")).unwrap();
        let customer = row.summary();
        let ll = row.number("ll");
        let what = |what: &str| format!("{what} of {model:?} {customer:?}");
        let found = model.log_likelihood(&customer);
        assert!((found - ll).abs() <= 1e-10 * ll.abs().max(1.0), "{}: {found} and {ll}", what("ll"));
        let error = assert_reference(model.alive(&customer), row.text("palive"), &what("P"));
        worst = if error > worst.0 { (error, what("P")) } else { worst };
        let ln_alive = ln_of(row.text("palive"));
        assert!((model.ln_alive(&customer) - ln_alive).abs() <= 1e-10 * ln_alive.abs().max(1.0), "{}", what("ln P"));
        for column in table.columns().iter().filter(|column| column.starts_with("ey_")) {
            let t: f64 = column.trim_start_matches("ey_").parse().unwrap();
            let error = assert_reference(model.expected(&customer, t), row.text(column), &what(column));
            worst = if error > worst.0 { (error, what(column)) } else { worst };
        }
    }
    assert_eq!(cases, 147);
    println!("largest relative error: {:e}, {}", worst.0, worst.1);
}

/// Goal: predictions for real customers. Method: every figure of the reference file for this model, value over twelve months and
/// discounted residual transactions among them.
#[test]
fn predictions_for_the_cd_shop_are_the_reference() {
    let (Some(table), Some(known)) = (Table::read("cdnow_predictions.csv"), json("cdnow_new_customer.json")) else {
        return;
    };
    let p: Vec<f64> = known["params_pn"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
    let model = ParetoNbd::new(p[0], p[1], p[2], p[3]).unwrap();
    let year = Horizon::new(12).unwrap().with_month(Month::Weeks4345).with_days_per_unit(7.0).unwrap();
    let year = year.with_monthly_rate(0.01).unwrap();
    let mut worst = 0.0_f64;
    for row in table.rows() {
        let customer = row.summary();
        assert_close(model.log_likelihood(&customer), row.number("pn_ll"), 1e-12);
        worst = worst.max(assert_reference(model.alive(&customer), row.text("pn_palive"), "P"));
        for column in table.columns().iter().filter(|column| column.starts_with("pn_ey_")) {
            let t: f64 = column.trim_start_matches("pn_ey_").parse().unwrap();
            worst = worst.max(assert_reference(model.expected(&customer, t), row.text(column), column));
        }
        let rate = 1.01_f64.ln() / 4.345;
        let residual = model.residual(&customer, rate).unwrap();
        worst = worst.max(assert_reference(residual, row.text("pn_dert_1pct_month"), "DERT"));
        let clv = year.clv(&model, &customer, Ok(row.number("gg_spend"))).unwrap();
        worst = worst.max(assert_reference(clv.value(), row.text("pn_clv12"), "CLV"));
    }
    for (t, expected) in known["horizons"].as_array().unwrap().iter().zip(known["pn_ex_new"].as_array().unwrap()) {
        let found = model.expected_new(t.as_f64().unwrap());
        worst = worst.max(assert_reference(found, expected.as_str().unwrap(), "new"));
    }
    println!("largest relative error: {worst:e}");
}

/// `∫ f` over `[0, end]`, by the tanh-sinh rule.
fn integral(end: f64, f: impl Fn(f64) -> f64) -> f64 {
    let step = 1.0 / 32.0;
    let term = |i: i32| {
        let u = f64::from(i) * step;
        let q = (-core::f64::consts::PI * u.sinh()).exp();
        let place = 1.0 / (1.0 + q);
        let weight = core::f64::consts::PI * u.cosh() * q / ((1.0 + q) * (1.0 + q));
        if weight > 0.0 { step * weight * end * f(end * place) } else { 0.0 }
    };
    (-120..=120).map(term).sum()
}

proptest! {
    /// Goal: the likelihood, P(alive) and expectations are those of the process. Method: the integral over the time of loss, and over
    /// the two rates in closed form, for one customer as the definition has it; expectations as an integral over survival.
    #[test]
    fn all_of_it_follows_from_the_process(
        r in 0.1..4.0, alpha in 0.5..30.0, s in 0.1..4.0, beta in 0.5..30.0, x in 0_u32..30, share in 0.05..1.0, age in 1.0..60.0,
        t in 0.1..80.0,
    ) {
        let model = ParetoNbd::new(r, alpha, s, beta).unwrap();
        let last = if x == 0 { 0.0 } else { share * age };
        let customer = Summary::new(x, last, age).unwrap();
        let shape = r + f64::from(x);
        let survive = |y: f64| (beta / (beta + y)).powf(s);
        let bought = |y: f64| (-shape * f64::ln(alpha + y)).exp();
        let lost = integral(age - last, |u| {
            let y = last + u;
            bought(y) * s / (beta + y) * survive(y)
        });
        let kept = bought(age) * survive(age);
        let alive = kept / (kept + lost);
        prop_assert!((model.alive(&customer) - alive).abs() <= 1e-9 * alive, "{} and {}", model.alive(&customer), alive);
        let rising: f64 = (0..x).map(|j| (r + f64::from(j)).ln()).sum();
        let ll = rising + r * f64::ln(alpha) + (kept + lost).ln();
        prop_assert!((model.log_likelihood(&customer) - ll).abs() <= 1e-9 * ll.abs().max(1.0));
        let stays = |u: f64| ((beta + age) / (beta + age + u)).powf(s);
        let expected = alive * shape / (alpha + age) * integral(t, stays);
        prop_assert!((model.expected(&customer, t) - expected).abs() <= 1e-9 * expected);
        prop_assert!((model.alive_after(&customer, t) - alive * stays(t)).abs() <= 1e-9 * alive * stays(t));
        // Discounted, everything that is ever bought.
        let rate = 0.05;
        let far = alive * shape / (alpha + age) * integral(900.0, |u| (-rate * u).exp() * stays(u));
        prop_assert!((model.residual(&customer, rate).unwrap() - far).abs() <= 1e-7 * far);
        // Numbers of purchases add up to 1 and have the expectation as their mean.
        let numbers = model.probabilities(&customer, t, 3_000.min(200 + 40 * x));
        let sum: f64 = numbers.iter().sum();
        let mean: f64 = numbers.iter().zip(0_u32..).map(|(p, n)| p * f64::from(n)).sum();
        prop_assert!(sum <= 1.0 + 1e-9);
        if 1.0 - sum < 1e-9 {
            prop_assert!((mean - expected).abs() <= 1e-6 * expected.max(1e-3), "{} and {}", mean, expected);
        }
    }
}

/// Goal: `s = 1` and `α = β` are ordinary. Method: neighbours on both sides.
#[test]
fn poles_of_the_formulas_are_ordinary() {
    let customer = Summary::new(7, 29.43, 31.0).unwrap();
    let beside = |s: f64, beta: f64| ParetoNbd::new(0.6, 11.0, s, beta).unwrap();
    for (at, low, high) in [
        (beside(1.0, 9.0), beside(1.0 - 1e-7, 9.0), beside(1.0 + 1e-7, 9.0)),
        (beside(0.7, 11.0), beside(0.7, 11.0 - 1e-6), beside(0.7, 11.0 + 1e-6)),
    ] {
        for value in [
            |model: &ParetoNbd, customer: &Summary| model.alive(customer),
            |model: &ParetoNbd, customer: &Summary| model.expected(customer, 39.0),
            |model: &ParetoNbd, customer: &Summary| model.log_likelihood(customer),
        ] {
            let [at, low, high] = [&at, &low, &high].map(|model| value(model, &customer));
            assert!((at - 0.5 * (low + high)).abs() <= 1e-12 * at.abs(), "{low} {at} {high}");
        }
    }
}

/// Goal: 95 % intervals hold in 95 % of the cases. Method: 40 simulated sets of 3,000 customers, fixed seeds.
#[test]
fn intervals_hold() {
    let truth = ParetoNbd::new(0.6, 8.0, 0.7, 10.0).unwrap();
    let mut held = [0; 4];
    for seed in 0..40 {
        let mut random = Seeded::new(3000 + seed);
        let ages: Vec<f64> = (0..3000).map(|_| 27.0 + 12.0 * random.uniform()).collect();
        let customers: Summaries = truth.simulate(&ages, &mut random).unwrap().into_iter().collect();
        let fit = ParetoNbd::fit(&customers, &terms());
        let fitted = fit.converged().unwrap_or_else(|| panic!("seed {seed}: {fit:?}"));
        let (model, errors) = (fitted.model(), fitted.evidence().standard_errors());
        let pairs = [(model.r(), 0.6), (model.alpha(), 8.0), (model.s(), 0.7), (model.beta(), 10.0)];
        for ((held, (found, known)), error) in held.iter_mut().zip(pairs).zip(errors) {
            // By the logarithm, in which the likelihood is nearer to a parabola.
            *held += i32::from((found / known).ln().abs() <= 1.96 * error / found);
        }
    }
    println!("held: {held:?} of 40");
    assert!(held.iter().all(|held| *held >= 33), "{held:?} of 40");
}

/// Goal: simulated customers are those of the model. Method: 40,000 customers against the mean and the probabilities.
#[test]
fn simulated_customers_are_the_models() {
    let model = ParetoNbd::new(0.8, 6.0, 0.9, 12.0).unwrap();
    let mut random = Seeded::new(11);
    let customers = model.simulate(&[26.0; 40_000], &mut random).unwrap();
    let known = model.probabilities_new(26.0, 6);
    for (n, p) in (0_u32..).zip(&known) {
        let share = customers.iter().filter(|one| one.repeats() == n).count() as f64 / 40_000.0;
        assert!((share - p).abs() <= 5.0 * (p * (1.0 - p) / 40_000.0).sqrt(), "{n}: {share} and {p}");
    }
    let mean = customers.iter().map(|one| f64::from(one.repeats())).sum::<f64>() / 40_000.0;
    assert!((mean - Purchasing::expected_new(&model, 26.0)).abs() < 0.1, "{mean}");
}
