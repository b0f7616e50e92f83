//! Fits on data that a model made find its parameters as often as they say.

use customer_pool::score::clv::{BgNbd, Nbd, Seeded, Summaries};

use super::data::terms;

const SETS: u32 = 40;
/// Of 40 intervals that hold with 95 % as few as these hold with a probability of 0.3 %, binomially.
const LEAST: u32 = 33;

fn ages(customers: usize, random: &mut Seeded) -> Vec<f64> {
    (0..customers).map(|_| 27.0 + 12.0 * random.uniform()).collect()
}

/// Goal: 95 % intervals hold in 95 % of the cases. Method: 40 simulated sets of 3,000 customers, fixed seeds.
#[test]
fn intervals_of_bg_nbd_hold() {
    let truth = BgNbd::new(0.5, 5.0, 0.8, 2.5).unwrap();
    let mut held = [0; 4];
    for seed in 0..SETS {
        let mut random = Seeded::new(1000 + u64::from(seed));
        let ages = ages(3000, &mut random);
        let customers: Summaries = truth.simulate(&ages, &mut random).unwrap().into_iter().collect();
        let fit = BgNbd::fit(&customers, &terms());
        let fitted = fit.converged().unwrap_or_else(|| panic!("seed {seed}: {fit:?}"));
        let (model, errors) = (fitted.model(), fitted.evidence().standard_errors());
        let pairs = [(model.r(), 0.5), (model.alpha(), 5.0), (model.a(), 0.8), (model.b(), 2.5)];
        for ((held, (found, true_value)), error) in held.iter_mut().zip(pairs).zip(errors) {
            *held += u32::from((found - true_value).abs() <= 1.96 * error);
        }
    }
    println!("held: {held:?} of {SETS}");
    assert!(held.iter().all(|held| *held >= LEAST), "{held:?} of {SETS}");
}

/// Goal: as above, for NBD. Method: as above.
#[test]
fn intervals_of_nbd_hold() {
    let truth = Nbd::new(0.4, 12.0).unwrap();
    let mut held = [0; 2];
    for seed in 0..SETS {
        let mut random = Seeded::new(2000 + u64::from(seed));
        let ages = ages(2000, &mut random);
        let customers: Summaries = truth.simulate(&ages, &mut random).unwrap().into_iter().collect();
        let fit = Nbd::fit(&customers, &terms());
        let fitted = fit.converged().unwrap_or_else(|| panic!("seed {seed}: {fit:?}"));
        let (model, errors) = (fitted.model(), fitted.evidence().standard_errors());
        for ((held, (found, true_value)), error) in
            held.iter_mut().zip([(model.r(), 0.4), (model.alpha(), 12.0)]).zip(errors)
        {
            *held += u32::from((found - true_value).abs() <= 1.96 * error);
        }
    }
    assert!(held.iter().all(|held| *held >= LEAST), "{held:?} of {SETS}");
}

/// Goal: simulated customers are those of the model: numbers of purchases, and purchases after a history. Method: 40,000
/// customers against probabilities and expectation, within five standard errors.
#[test]
fn simulated_customers_are_the_models() {
    let truth = BgNbd::new(0.5, 5.0, 0.8, 2.5).unwrap();
    let mut random = Seeded::new(77);
    let n = 40_000;
    let (mut counts, mut later, mut expected, mut squares) = ([0_u32; 6], 0.0, 0.0, 0.0);
    for _ in 0..n {
        let times: Vec<f64> = truth.purchases(60.0, &mut random).collect();
        let before: Vec<f64> = times.iter().copied().filter(|time| *time <= 30.0).collect();
        if let Some(count) = counts.get_mut(before.len()) {
            *count += 1;
        }
        let last = before.last().copied().unwrap_or_default();
        let summary = customer_pool::score::clv::Summary::new(before.len() as u32, last, 30.0).unwrap();
        let bought = (times.len() - before.len()) as f64;
        let will = truth.expected(&summary, 30.0);
        later += bought;
        expected += will;
        squares += (bought - will).powi(2);
    }
    for (count, p) in counts.into_iter().zip(truth.probabilities_new(30.0, 5)) {
        let n = f64::from(n);
        assert!((f64::from(count) - n * p).abs() <= 5.0 * (n * p * (1.0 - p)).sqrt(), "{count} instead of {}", n * p);
    }
    assert!((later - expected).abs() <= 5.0 * f64::sqrt(squares), "{later} instead of {expected}");
}
