//! Pareto/NBD at the edges of what it accepts: every answer is a number, in its range, and none takes long.

use std::time::{Duration, Instant};

use customer_pool::score::clv::{ParetoNbd, Seeded, Summary};

use super::data::assert_close;

/// Goal: a customer without repeats who was seen for a moment is nearly certain to look like that. Method: known to 25 digits.
#[test]
fn the_likelihood_of_a_moment_without_a_purchase_has_all_its_digits() {
    for (parameters, age, known) in [
        ([0.6, 1e4, 0.6, 0.01], 0.001, -5.829_017_446_122_276e-8),
        ([0.6, 1e4, 0.6, 0.01], 1e-9, -5.999_999_819_999_71e-14),
        ([2.0, 3e8, 40.0, 1e-3], 5.0, -1.709_401_709_401_405_7e-13),
        ([1e-12, 10.0, 30.0, 12.0], 1e-3, -9.987_011_622_511_926e-17),
    ] {
        let [r, alpha, s, beta] = parameters;
        let model = ParetoNbd::new(r, alpha, s, beta).unwrap();
        let customer = Summary::new(0, 0.0, age).unwrap();
        assert_close(model.log_likelihood(&customer), known, 1e-14);
        let first = model.probabilities_new(age, 1)[0];
        assert!((first - known.exp()).abs() <= 1e-15, "{first:e}");
    }
}

/// Goal: where one time is beyond all others the likelihood stays a number. Method: known to 25 digits.
#[test]
fn the_likelihood_of_the_longest_silence_is_a_number() {
    let model = ParetoNbd::new(0.5, 1.77e-16, 1000.0, 1e9).unwrap();
    let customer = Summary::new(7, 2.2e-308, f64::MAX).unwrap();
    assert_close(model.log_likelihood(&customer), 208.896_978_206_882_13, 1e-13);
    let alive = model.ln_alive(&customer);
    assert!(alive.is_finite() && alive < -6e5, "{alive}");
}

/// Goal: numbers of purchases are as probable as the integral says, up to the smallest. Method: known to 25 digits.
#[test]
fn probabilities_of_few_and_of_many_purchases_are_known() {
    for ([r, alpha, s, beta], t, known) in [
        ([0.55, 10.6, 0.6, 11.7], 39.0, [0.593_986_822_694_171_2, 0.010_687_212_948_766_04, 1.337_642_630_089_772e-23]),
        ([30.0, 5.0, 2.0, 400.0], 50.0, [8.609_165_418_106_425e-4, 8.529_088_710_523_572e-4, 1.795_196_045_245_69e-3]),
        (
            [0.3, 5.0, 8.0, 40.0],
            500.0,
            [0.834_383_771_359_863_3, 1.803_637_884_968_120_8e-3, 9.212_741_299_497_407e-11],
        ),
        ([3.0, 100.0, 5.0, 2.0], 4.0, [0.985_529_343_169_929_6, 3.003_203_718_620_139e-11, 7.651_116_245_463_768e-282]),
    ] {
        let found = ParetoNbd::new(r, alpha, s, beta).unwrap().probabilities_new(t, 200);
        for (n, known) in [0, 7, 200].into_iter().zip(known) {
            assert_close(found[n], known, 1e-12);
        }
    }
}

/// Goal: a list of probabilities is there at once, whatever is asked. Method: the longest searches that were found, a thousand
/// numbers each; the fastest of several tries, as the machine may be busy.
#[test]
fn a_thousand_probabilities_take_less_than_fifty_milliseconds() {
    let customer = Summary::new(3, 5.0, 20.0).unwrap();
    for [r, alpha, s, beta] in [
        [0.55, 10.6, 0.6, 11.7],
        [1e3, 10.0, 1e3, 10.0],
        [1e6, 1.0, 0.01, 1e6],
        [1e-3, 1e-6, 1e-3, 1e6],
        [1e6, 1e6, 1e-9, 1e-9],
        [1e100, 1e100, 1e-100, 1.0],
        [1e100, 1e-100, 1e100, 1e-100],
    ] {
        let model = ParetoNbd::new(r, alpha, s, beta).unwrap();
        for t in [1.0, 1e3, 1e300] {
            let taken = (0..20).map(|_| {
                let clock = Instant::now();
                assert_eq!(model.probabilities(&customer, t, 1000).len(), 1001);
                clock.elapsed()
            });
            let soon = taken.into_iter().find(|taken| *taken < Duration::from_millis(50));
            assert!(soon.is_some(), "{model:?} over {t}");
        }
    }
}

/// Goal: what is lost at once still buys a little before. Method: known to 25 digits, where dropout outruns every discount.
#[test]
fn residual_transactions_of_customers_who_are_soon_lost_are_known() {
    for ([r, alpha, s, beta], known) in [
        ([2.0, 10.0, 1e3, 10.0], 2.001_801_420_717_478e-3),
        ([2.0, 10.0, 1e5, 1e-3], 2.000_019_999_999_996e-9),
        ([0.5, 1e3, 1e50, 1e-60], 4.999_999_999_999_999e-114),
    ] {
        let model = ParetoNbd::new(r, alpha, s, beta).unwrap();
        assert_close(model.residual_new(0.01).unwrap(), known, 1e-13);
    }
}

/// A number on a logarithmic scale, now and then one of the ends.
fn drawn(random: &mut Seeded, low: f64, high: f64) -> f64 {
    match random.uniform() {
        end if end < 0.04 => low,
        end if end > 0.96 => high,
        _ => (low.ln() + (high.ln() - low.ln()) * random.uniform()).exp().clamp(low, high),
    }
}

fn time(random: &mut Seeded, longest: f64) -> f64 {
    match random.uniform() {
        none if none < 0.03 => 0.0,
        _ => drawn(random, f64::from_bits(1), f64::MAX).min(longest),
    }
}

fn history(random: &mut Seeded) -> Summary {
    let age = time(random, f64::MAX);
    if age <= 0.0 || random.uniform() < 0.2 {
        return Summary::new(0, 0.0, age).unwrap();
    }
    let last = match random.uniform() {
        whole if whole < 0.1 => age,
        share if share < 0.5 => age * share,
        _ => time(random, age),
    };
    Summary::new(drawn(random, 1.0, f64::from(u32::MAX)).round() as u32, last, age).unwrap()
}

fn draws() -> u64 {
    std::env::var("SCORE_DRAWS").map_or(20_000, |draws| draws.parse().expect("a number of draws"))
}

/// Goal: no parameter, history or time that is accepted leads out of the numbers. Method: all of them drawn over their whole
/// ranges, `SCORE_DRAWS` of them.
#[test]
fn everything_that_is_accepted_has_an_answer_in_its_range() {
    let mut random = Seeded::new(15);
    for draw in 0..draws() {
        let [r, alpha, s, beta] = [0; 4].map(|_| drawn(&mut random, 1e-100, 1e100));
        let model = ParetoNbd::new(r, alpha, s, beta).unwrap();
        let customer = history(&mut random);
        let t = time(&mut random, f64::MAX);
        let rate = drawn(&mut random, 1e-100, 1e100);
        let what = || format!("draw {draw}: {model:?} {customer:?} {t:e} {rate:e}");
        let likelihood = model.log_likelihood(&customer);
        assert!(likelihood.is_finite(), "{likelihood} is no likelihood, {}", what());
        assert!(customer.repeats() > 0 || likelihood <= 0.0, "{likelihood} is above 0, {}", what());
        let ln_alive = model.ln_alive(&customer);
        assert!(ln_alive.is_finite() && ln_alive <= 0.0, "{ln_alive} is no logarithm of a probability, {}", what());
        let alive = model.alive(&customer);
        assert!((alive - ln_alive.exp()).abs() <= 1e-9, "{alive} and {ln_alive}, {}", what());
        for p in [alive, model.alive_after(&customer, t)] {
            assert!((0.0..=1.0).contains(&p), "{p} is no probability, {}", what());
        }
        let numbers = [
            model.expected(&customer, t),
            model.expected_new(t),
            model.residual(&customer, rate).unwrap(),
            model.residual_new(rate).unwrap(),
        ];
        for number in numbers {
            assert!(number >= 0.0 && number.is_finite(), "{numbers:?} are no numbers of purchases, {}", what());
        }
        if draw % 8 == 0 {
            let most = drawn(&mut random, 1.0, 60.0).round() as u32;
            for all in [model.probabilities(&customer, t, most), model.probabilities_new(t, most)] {
                assert!(all.iter().all(|p| (0.0..=1.0).contains(p)), "{all:?} are no probabilities, {}", what());
                let sum: f64 = all.iter().sum();
                assert!(sum <= 1.0 + 1e-6, "{all:?} add up to {sum}, {}", what());
            }
        }
    }
}
