//! What a fit does not depend on.

use customer_pool::score::clv::{BgNbd, Fit, FitTerms, Nbd, ParetoNbd, Seeded, Summaries, Summary};
use proptest::prelude::*;

use super::data::{summaries, terms};
use crate::support::check;

fn columns(rows: &[Summary]) -> (Vec<u32>, Vec<f64>, Vec<f64>) {
    let all = rows.iter().flat_map(|row| (0..row.customers()).map(|_| *row));
    let (x, times): (Vec<u32>, Vec<(f64, f64)>) = all.map(|row| (row.repeats(), (row.last(), row.age()))).unzip();
    let (last, age) = times.into_iter().unzip();
    (x, last, age)
}

/// The numbers of a fit of both models, whatever the verdict.
fn numbers(customers: &Summaries, terms: &FitTerms) -> Vec<f64> {
    let mut numbers = Vec::new();
    match BgNbd::fit(customers, terms) {
        Fit::Converged(fitted) => {
            let model = fitted.model();
            numbers.extend([model.r(), model.alpha(), model.a(), model.b(), fitted.evidence().log_likelihood()]);
            numbers.extend(fitted.evidence().standard_errors());
        }
        Fit::Boundary(at) => numbers.push(at.log_likelihood()),
        _ => numbers.push(0.0),
    }
    match ParetoNbd::fit(customers, terms) {
        Fit::Converged(fitted) => {
            let model = fitted.model();
            numbers.extend([model.r(), model.alpha(), model.s(), model.beta(), fitted.evidence().log_likelihood()]);
        }
        Fit::Boundary(at) => numbers.push(at.log_likelihood()),
        _ => numbers.push(0.0),
    }
    if let Fit::Converged(fitted) = Nbd::fit(customers, terms) {
        numbers.extend([fitted.model().r(), fitted.model().alpha()]);
    }
    numbers
}

fn simulated(seed: u64, customers: usize) -> Vec<Summary> {
    let mut random = Seeded::new(seed);
    let truth = BgNbd::new(0.3 + random.uniform(), 5.0, 0.5 + random.uniform(), 2.0).unwrap();
    let ages: Vec<f64> = (0..customers).map(|_| (190.0 + 80.0 * random.uniform()).floor() / 7.0).collect();
    let rows = truth.simulate(&ages, &mut random).unwrap();
    let day = |row: &Summary| Summary::new(row.repeats(), ((row.last() * 7.0).ceil() / 7.0).min(row.age()), row.age());
    rows.iter().map(|row| day(row).unwrap()).collect()
}

/// Goal: neither the order of the rows nor weights for repetition change a bit. Method: rows shuffled, and equal ones
/// joined, of simulated customers.
#[test]
fn order_and_weights_do_not_matter() {
    check(16, 0_u64..1_000_000, |seed| {
        let rows = simulated(seed, 800);
        let grouped: Summaries = rows.iter().copied().collect();
        let mut shuffled = rows.clone();
        let mut random = Seeded::new(seed + 1);
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
        }
        let (x, last, age) = columns(&shuffled);
        let repeated = Summaries::from_columns(&x, &last, &age).unwrap();
        prop_assert_eq!(&grouped, &repeated);
        prop_assert_eq!(numbers(&grouped, &terms()), numbers(&repeated, &terms()));
        // Weights on every row, thrice.
        let thrice: Summaries = rows.iter().map(|row| row.with_customers(3).unwrap()).collect();
        let by_hand: Summaries = rows.iter().chain(&rows).chain(&rows).copied().collect();
        prop_assert_eq!(numbers(&thrice, &terms()), numbers(&by_hand, &terms()));
        Ok(())
    });
}

/// Goal: the unit of time changes `alpha` by its factor, and the rest not at all. Method: simulated customers in days,
/// years and odd units.
#[test]
fn the_unit_of_time_does_not_matter() {
    check(16, (0_u64..1_000_000, 1e-4..1e4_f64), |(seed, unit)| {
        let rows = simulated(seed, 800);
        let weeks: Summaries = rows.iter().copied().collect();
        let other: Summaries =
            rows.iter().map(|row| Summary::new(row.repeats(), row.last() * unit, row.age() * unit).unwrap()).collect();
        let (one, two) = (BgNbd::fit(&weeks, &terms()), BgNbd::fit(&other, &terms()));
        match (&one, &two) {
            (Fit::Converged(one), Fit::Converged(two)) => {
                let (p, q) = (one.model(), two.model());
                for (p, q) in [(p.r(), q.r()), (p.alpha() * unit, q.alpha()), (p.a(), q.a()), (p.b(), q.b())] {
                    prop_assert!((p / q - 1.0).abs() < 1e-9, "{} {}", p, q);
                }
                let shift = one.evidence().repeats() as f64 * unit.ln();
                let (one, two) = (one.evidence().log_likelihood(), two.evidence().log_likelihood());
                prop_assert!((one - shift - two).abs() <= 1e-12 * one.abs().max(two.abs()).max(shift.abs()));
            }
            (Fit::Boundary(one), Fit::Boundary(two)) => prop_assert_eq!(one.boundary(), two.boundary()),
            _ => prop_assert!(false, "{:?} and {:?}", one, two),
        }
        if let (Fit::Converged(one), Fit::Converged(two)) =
            (ParetoNbd::fit(&weeks, &terms()), ParetoNbd::fit(&other, &terms()))
        {
            let (p, q) = (one.model(), two.model());
            let pairs = [(p.r(), q.r()), (p.alpha() * unit, q.alpha()), (p.s(), q.s()), (p.beta() * unit, q.beta())];
            for (p, q) in pairs {
                prop_assert!((p / q - 1.0).abs() < 1e-8, "{} {}", p, q);
            }
        }
        let model = BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap();
        let scaled = BgNbd::new(0.243, 4.414 * unit, 0.793, 2.426).unwrap();
        for row in &rows[..20] {
            let other = Summary::new(row.repeats(), row.last() * unit, row.age() * unit).unwrap();
            let (one, two) = (model.expected(row, 52.0), scaled.expected(&other, 52.0 * unit));
            prop_assert!((one / two - 1.0).abs() < 1e-12);
        }
        Ok(())
    });
}

/// Parameters, a history and a time over many orders of magnitude, among them the places where formulas have poles.
fn anything() -> impl Strategy<Value = (BgNbd, Summary, f64)> {
    let power = |low, high| (low..high).prop_map(|e: f64| 10_f64.powf(e));
    let shapes = prop_oneof![
        3 => (power(-12.0, 12.0), power(-12.0, 12.0)),
        1 => (Just(1.0), power(-3.0, 3.0)),
        1 => (power(-3.0, 3.0), Just(1.0)),
        1 => (0.01..0.99_f64).prop_map(|a| (a, 1.0 - a)),
    ];
    let repeats = prop_oneof![Just(0_u32), 1_u32..5, 1_u32..2_000_000];
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0_f64];
    let time = prop_oneof![Just(0.0), Just(f64::INFINITY), power(-9.0, 9.0), power(-300.0, 300.0)];
    (power(-12.0, 12.0), power(-12.0, 12.0), shapes, repeats, share, power(-6.0, 6.0), time).prop_map(
        |(r, alpha, (a, b), x, share, age, t)| {
            let customer = Summary::new(x, if x > 0 { share * age } else { 0.0 }, age).unwrap();
            (BgNbd::new(r, alpha, a, b).unwrap(), customer, t)
        },
    )
}

/// Goal: no prediction is ever anything but a number in its range. Method: see [`anything`].
#[test]
fn predictions_are_numbers() {
    check(400, anything(), |(model, customer, t)| {
        prop_assert!(model.log_likelihood(&customer).is_finite());
        prop_assert!((0.0..=1.0).contains(&model.alive(&customer)));
        prop_assert!(model.ln_alive(&customer) <= 0.0 && model.ln_alive(&customer).is_finite());
        let expected = model.expected(&customer, t);
        prop_assert!(expected >= 0.0 && expected.is_finite(), "expected {}", expected);
        // It buys at most as if it could not be lost, and the more the longer.
        let most = (model.r() + f64::from(customer.repeats())) * (t / (model.alpha() + customer.age()));
        prop_assert!(expected <= most * (1.0 + 1e-9) + f64::MIN_POSITIVE, "{} above {}", expected, most);
        let half = model.expected(&customer, 0.5 * t);
        prop_assert!(half <= expected * (1.0 + 1e-11) + f64::MIN_POSITIVE, "{} above {}", half, expected);
        let probabilities = model.probabilities(&customer, t, 5);
        prop_assert!(probabilities.iter().all(|p| (0.0..=1.0 + 1e-9).contains(p)), "{:?}", probabilities);
        prop_assert!(probabilities.iter().sum::<f64>() <= 1.0 + 1e-9, "{:?}", probabilities);
        let residual = model.residual(&customer, 0.003).unwrap();
        prop_assert!(residual >= 0.0 && residual.is_finite());
        Ok(())
    });
}

/// Goal: as above, for Pareto/NBD. Method: the same parameters and histories.
#[test]
fn predictions_of_pareto_nbd_are_numbers() {
    check(400, anything(), |(model, customer, t)| {
        let model = ParetoNbd::new(model.r(), model.alpha(), model.a(), model.b()).unwrap();
        prop_assert!(model.log_likelihood(&customer).is_finite());
        prop_assert!((0.0..=1.0).contains(&model.alive(&customer)));
        prop_assert!(model.ln_alive(&customer) <= 0.0 && model.ln_alive(&customer).is_finite());
        let expected = model.expected(&customer, t);
        prop_assert!(expected >= 0.0 && expected.is_finite(), "expected {}", expected);
        let most = (model.r() + f64::from(customer.repeats())) * (t / (model.alpha() + customer.age()));
        prop_assert!(expected <= most * (1.0 + 1e-9) + f64::MIN_POSITIVE, "{} above {}", expected, most);
        let half = model.expected(&customer, 0.5 * t);
        prop_assert!(half <= expected * (1.0 + 1e-11) + f64::MIN_POSITIVE, "{} above {}", half, expected);
        let later = model.alive_after(&customer, t);
        prop_assert!(
            (0.0..=1.0).contains(&later) && later <= model.alive(&customer) * (1.0 + 1e-12) + f64::MIN_POSITIVE
        );
        if customer.repeats() < 1_000 && t < 1e3 {
            let probabilities = model.probabilities(&customer, t, 5);
            prop_assert!(probabilities.iter().all(|p| (0.0..=1.0 + 1e-9).contains(p)), "{:?}", probabilities);
            prop_assert!(probabilities.iter().sum::<f64>() <= 1.0 + 1e-9, "{:?}", probabilities);
        }
        let residual = model.residual(&customer, 0.003).unwrap();
        prop_assert!(residual >= 0.0 && residual.is_finite());
        Ok(())
    });
}

/// Goal: the real customers, backwards, in days and one by one. Method: the fits of both shops, to the bit where the
/// histories are the same.
#[test]
fn real_customers_in_any_order() {
    for shop in ["cdnow", "retail"] {
        let Some(customers) = summaries(&format!("{shop}_summary.csv")) else { return };
        let mut rows = customers.groups().to_vec();
        rows.reverse();
        let (x, last, age) = columns(&rows);
        let again = Summaries::from_columns(&x, &last, &age).unwrap();
        assert_eq!(numbers(&customers, &terms()), numbers(&again, &terms()));
    }
}

/// Goal: the number of threads changes no bit. Method: 150,000 customers on one thread and on three.
#[cfg(feature = "rayon1")]
#[test]
fn threads_do_not_matter() {
    let mut random = Seeded::new(6);
    let truth = BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap();
    let ages: Vec<f64> = (0..150_000).map(|_| 27.0 + 12.0 * random.uniform()).collect();
    let rows = truth.simulate(&ages, &mut random).unwrap();
    let (x, last, age) = columns(&rows);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let all = Summaries::from_columns(&x, &last, &age).unwrap();
            let fit = BgNbd::fit(&all, &terms());
            let expected: Vec<u64> = truth.expected_each(&rows, 52.0).into_iter().map(f64::to_bits).collect();
            (fit, all, expected)
        })
    };
    let one = on(1);
    assert!(one.0.converged().is_some());
    assert_eq!(one, on(3));
}
