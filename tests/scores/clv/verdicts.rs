//! No interior claim without an optimum: what is odd ends in a verdict, never in a number that is none.

use customer_pool::score::clv::{
    BgNbd, Boundary, Fit, FitFailure, FitTerms, Limit, Nbd, ParetoNbd, Seeded, Summaries, Summary, TooLittleData,
};

use proptest::prelude::*;

use super::data::terms;
use crate::support::check;

fn of(rows: &[(u32, f64, f64, u64)]) -> Summaries {
    rows.iter().map(|&(x, last, age, n)| Summary::new(x, last, age).unwrap().with_customers(n).unwrap()).collect()
}

/// The kind of verdict; every number in it must be one.
fn verdict<M: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug>(fit: &Fit<M>) -> String {
    // The reader refuses what is not finite.
    let wire = serde_json::to_string(fit).unwrap();
    let read: Fit<M> = serde_json::from_str(&wire).unwrap_or_else(|error| panic!("{error}: {wire}"));
    assert_eq!(&read, fit);
    match fit {
        Fit::Converged(fitted) => {
            let errors = fitted.evidence().standard_errors();
            assert!(errors.iter().all(|error| *error > 0.0), "{fit:?}");
            assert!(fitted.evidence().gradient() <= 1e-9, "{fit:?}");
            "converged".to_owned()
        }
        Fit::Boundary(at) => format!("{:?}", at.boundary()),
        Fit::TooLittleData(_) => "too little".to_owned(),
        Fit::Failed(FitFailure::NotFinite) => "not finite".to_owned(),
        Fit::Failed(failure) => format!("failed: {failure}"),
        _ => unreachable!(),
    }
}

fn both(customers: &Summaries) -> (String, String) {
    let all = FitTerms::new("week".parse().unwrap(), "2026-01-01".parse().unwrap()).with_least_repeat_customers(1);
    // Pareto/NBD has limits of its own; here every number in its verdict is one.
    verdict(&ParetoNbd::fit(customers, &all));
    (verdict(&Nbd::fit(customers, &all)), verdict(&BgNbd::fit(customers, &all)))
}

/// Goal: nobody who bought again, or too few, is too little data; the number that is needed is the terms'.
#[test]
fn too_little_data() {
    for customers in [of(&[]), of(&[(0, 0.0, 30.0, 1000)]), of(&[(0, 0.0, 0.0, 7), (2, 3.0, 5.0, 9)])] {
        let fit = BgNbd::fit(&customers, &terms());
        let Fit::TooLittleData(too_little) = fit else { panic!("{fit:?}") };
        assert_eq!((too_little.repeat_customers(), too_little.least()), (customers.repeat_customers(), 10));
        assert_eq!(Nbd::fit(&customers, &terms()), Fit::TooLittleData::<Nbd>(too_little));
        let _: TooLittleData = too_little;
    }
}

/// Goal: customers who are all alike tell nothing of how customers differ. Method: one history, once and many times.
#[test]
fn equal_customers_and_one_customer_are_at_a_boundary() {
    for n in [1, 1000] {
        let (nbd, bg) = both(&of(&[(3, 8.0, 10.0, n)]));
        assert_eq!(nbd, "HomogeneousPurchasing");
        assert!(["HomogeneousPurchasing", "NoDropoutAndHomogeneousPurchasing"].contains(&&*bg), "{bg}");
        // The last purchase at the end: silence that would speak for dropout there is none.
        assert_eq!(both(&of(&[(3, 10.0, 10.0, n)])).1, "NoDropoutAndHomogeneousPurchasing");
    }
}

/// Goal: everybody who is lost at the first repeat purchase. Method: one early repeat each, then long silence.
#[test]
fn certain_dropout() {
    let mut random = Seeded::new(2);
    let customers: Summaries =
        (0..500).map(|_| Summary::new(1, random.exponential().min(99.0), 100.0).unwrap()).collect();
    let (_, bg) = both(&customers);
    assert!(["CertainDropout", "HomogeneousPurchasing"].contains(&&*bg), "{bg}");
}

/// Goal: customers whom a Poisson process made show no dropout and no differences, or so little that both are honest.
/// Method: simulated with a shape that is as good as endless; the likelihood of the limit is never undercut.
#[test]
fn a_poisson_process_is_recognised() {
    let process = Nbd::new(1e7, 1e8).unwrap();
    let mut bounded = 0;
    for seed in 0..12 {
        let customers: Summaries =
            process.simulate(&[40.0; 400], &mut Seeded::new(seed)).unwrap().into_iter().collect();
        let fit = BgNbd::fit(&customers, &terms());
        verdict(&fit);
        let nbd = Nbd::fit(&customers, &terms());
        let limit = match (&nbd, nbd.boundary()) {
            (Fit::Converged(fitted), _) => fitted.evidence().log_likelihood(),
            (_, Some(at)) => at.log_likelihood(),
            _ => panic!("{nbd:?}"),
        };
        match &fit {
            Fit::Converged(fitted) => assert!(fitted.evidence().log_likelihood() > limit),
            Fit::Boundary(at) => {
                bounded += 1;
                assert!(at.log_likelihood() >= limit - 1e-12 * limit.abs());
                if let Some(Limit::Poisson(poisson)) = at.limit() {
                    assert!((poisson.model().rate() - 0.1).abs() < 0.01);
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(bounded >= 6, "{bounded} of 12 at a boundary");
}

/// Goal: scales that are absurd. Method: the same customers in units of 10^±300 and 10^±30: the verdict and the
/// parameters without unit stay; customers whose ages lie 600 orders of magnitude apart end in some verdict.
#[test]
fn absurd_scales() {
    let truth = BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap();
    let rows = truth.simulate(&[39.0; 3000], &mut Seeded::new(4)).unwrap();
    let scaled = |unit: f64| -> Summaries {
        rows.iter().map(|row| Summary::new(row.repeats(), row.last() * unit, row.age() * unit).unwrap()).collect()
    };
    let usual = BgNbd::fit(&scaled(1.0), &terms());
    let usual = usual.converged().unwrap();
    for unit in [1e-30, 1e30] {
        let fit = BgNbd::fit(&scaled(unit), &terms());
        let fitted = fit.converged().unwrap_or_else(|| panic!("{unit}: {fit:?}"));
        assert!((fitted.model().r() / usual.model().r() - 1.0).abs() < 1e-10);
        assert!((fitted.model().alpha() / usual.model().alpha() / unit - 1.0).abs() < 1e-10);
    }
    for unit in [1e-300, 1e-323, 1e300] {
        both(&scaled(unit));
    }
    both(&of(&[(3, 1e-300, 1e300, 50), (2, 1e-310, 1e-300, 50), (0, 0.0, 1e308, 50), (9, 1e308, 1e308, 3)]));
    both(&of(&[(1, 5e-324, 5e-324, 50), (0, 0.0, 0.0, 50)]));
}

/// Goal: ages of zero say nothing and change nothing; last purchases at zero and a million purchases end in a verdict.
#[test]
fn odd_customers_end_in_a_verdict() {
    let truth = BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap();
    let rows = truth.simulate(&[39.0; 3000], &mut Seeded::new(4)).unwrap();
    let with =
        |more: &[(u32, f64, f64, u64)]| -> Summaries { rows.iter().copied().collect::<Summaries>().merged(of(more)) };
    let usual = BgNbd::fit(&with(&[]), &terms());
    let unborn = BgNbd::fit(&with(&[(0, 0.0, 0.0, 3000)]), &terms());
    let [usual, unborn] = [&usual, &unborn].map(|fit| *fit.converged().unwrap().model());
    assert!((usual.r() / unborn.r() - 1.0).abs() < 1e-9 && (usual.b() / unborn.b() - 1.0).abs() < 1e-9);

    let (nbd, bg) = both(&with(&[(1, 0.0, 39.0, 20)]));
    assert_eq!(nbd, "converged");
    assert_eq!(
        BgNbd::fit(&with(&[(1, 0.0, 39.0, 20)]), &terms()),
        Fit::Failed(FitFailure::Unbounded { customers: 20 })
    );
    assert!(bg.contains("no maximum"), "{bg}");
    assert_eq!(both(&with(&[(1_000_000, 38.0, 39.0, 1)])).0, "converged");
    for rows in [
        &[(1, 0.0, 39.0, 20), (3, 0.0, 20.0, 20)][..],
        &[(1_000_000, 38.0, 39.0, 40)],
        &[(1_000_000, 38.0, 39.0, 20), (0, 0.0, 39.0, 20)],
        &[(1_000_000, 38.0, 39.0, 20), (999_000, 1.0, 39.0, 20), (1, 1.0, 39.0, 100)],
        &[(u32::MAX, 38.0, 39.0, 20), (1, 1.0, 39.0, 100)],
        &[(1, 1.0, 1.0, u64::MAX), (2, 1.0, 2.0, u64::MAX)],
        &[(1, 39.0, 39.0, 10), (0, 0.0, 39.0, 10)],
        &[(1, 1e-9, 39.0, 10), (2, 38.9, 39.0, 10), (0, 0.0, 1e-9, 10)],
    ] {
        both(&of(rows));
    }
    let (_, bg) = both(&with(&[(1_000_000, 38.0, 39.0, 1)]));
    assert!(!bg.is_empty());
}

/// Goal: a boundary that a fit ends at is a real one. Method: likelihoods of ordinary models near NBD, of data made
/// without dropout, never exceed the limit.
#[test]
fn nothing_near_a_boundary_is_more_likely() {
    let truth = Nbd::new(0.7, 9.4).unwrap();
    let mut bounded = 0;
    for seed in 0..6 {
        let customers: Summaries = truth.simulate(&[30.0; 1500], &mut Seeded::new(seed)).unwrap().into_iter().collect();
        let fit = BgNbd::fit(&customers, &terms());
        let Some(at) = fit.boundary() else {
            verdict(&fit);
            continue;
        };
        if [Boundary::HomogeneousDropout, Boundary::PolarizedDropout].contains(&at.boundary()) {
            continue;
        }
        assert_eq!(at.boundary(), Boundary::NoDropout);
        bounded += 1;
        let Some(Limit::Nbd(nbd)) = at.limit() else { panic!("{at:?}") };
        for a in [1e-6, 1e-4, 1e-2, 1.0] {
            for b in [1e-3, 0.1, 1.0, 10.0, 1e3, 1e5] {
                let model = BgNbd::new(nbd.model().r(), nbd.model().alpha(), a, b).unwrap();
                let all: f64 = customers.groups().iter().map(|g| g.customers() as f64 * model.log_likelihood(g)).sum();
                assert!(all <= at.log_likelihood() + 1e-9, "{seed}: {a} {b}: {all} above {}", at.log_likelihood());
            }
        }
    }
    assert!(bounded >= 2, "{bounded} of 6 at the boundary");
}

/// Few customers, ordinary and odd.
fn any_customers() -> impl Strategy<Value = Summaries> {
    let time = prop_oneof![3 => 0.1..50.0_f64, 1 => (-3.0..4.0_f64).prop_map(|e| 10_f64.powf(e))];
    let repeats = prop_oneof![3 => Just(0_u32), 4 => 1_u32..6, 2 => 1_u32..40, 1 => 1_u32..2_000];
    let share = prop_oneof![1 => Just(1e-3), 1 => Just(1.0), 4 => 0.0..1.0_f64];
    let row = (repeats, share, time, 1_u64..30).prop_map(|(x, share, age, n)| {
        Summary::new(x, if x > 0 { share * age } else { 0.0 }, age).unwrap().with_customers(n).unwrap()
    });
    proptest::collection::vec(row, 1..40).prop_map(|rows| rows.into_iter().collect())
}

/// Goal: whatever the customers are, a fit ends in a verdict, its parameters are an optimum, and its limit a limit.
/// Method: few random customers; no model beside a converged one, and none among ordinary ones, is more likely.
#[test]
fn whatever_the_customers_are() {
    let (failed, drawn) = (core::cell::Cell::new(0), core::cell::Cell::new(0));
    check(60, any_customers(), |customers| {
        drawn.set(drawn.get() + 1);
        let all = terms().with_least_repeat_customers(1);
        let fit = BgNbd::fit(&customers, &all);
        verdict(&fit);
        verdict(&Nbd::fit(&customers, &all));
        let likelihood = |r: f64, alpha: f64, a: f64, b: f64| -> f64 {
            let model = BgNbd::new(r, alpha, a, b).unwrap();
            customers.groups().iter().map(|group| group.customers() as f64 * model.log_likelihood(group)).sum()
        };
        let (reached, around) = match &fit {
            Fit::Converged(fitted) => {
                let model = fitted.model();
                (fitted.evidence().log_likelihood(), Some([model.r(), model.alpha(), model.a(), model.b()]))
            }
            Fit::Boundary(at) => (at.log_likelihood(), None),
            Fit::Failed(_) => {
                failed.set(failed.get() + 1);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let slack = 1e-7 * reached.abs().max(1.0);
        if let Some([r, alpha, a, b]) = around {
            for step in 0..81_i32 {
                let moved = |p: f64, place: i32| p * (0.2 * f64::from(step / place % 3 - 1)).exp();
                let beside = likelihood(moved(r, 1), moved(alpha, 3), moved(a, 9), moved(b, 27));
                prop_assert!(beside <= reached + slack, "{} beside {}: {:?}", beside, reached, fit);
            }
        }
        let mean: f64 = customers.groups().iter().map(|g| g.age() * g.customers() as f64).sum::<f64>()
            / customers.customers() as f64;
        for r in [0.1, 0.5, 2.0] {
            for alpha in [0.01, 0.1, 1.0] {
                for (a, b) in [(0.5, 1.0), (1e-3, 1.0), (1.0, 100.0), (10.0, 1.0)] {
                    let other = likelihood(r, alpha * mean, a, b);
                    prop_assert!(other <= reached + slack, "{} is above {}: {:?}", other, reached, fit);
                }
            }
        }
        Ok(())
    });
    // Some such data may be beyond the search, which it must say; they are rare.
    assert!(failed.get() * 20 <= drawn.get(), "{} of {} without an optimum", failed.get(), drawn.get());
}
