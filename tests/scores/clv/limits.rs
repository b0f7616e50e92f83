//! What a likelihood grows towards, where it has no maximum.

use customer_pool::score::clv::{
    AtBoundary, BgNbd, Boundary, Fit, FitTerms, GammaGamma, ParetoNbd, Spending, Summaries, Summary,
};

use super::data::terms;

fn of(rows: &[(u32, f64, f64, u64)]) -> Summaries {
    rows.iter().map(|&(x, last, age, n)| Summary::new(x, last, age).unwrap().with_customers(n).unwrap()).collect()
}

fn boundary<M: core::fmt::Debug, E: core::fmt::Debug>(fit: &Fit<M, E>) -> AtBoundary {
    fit.boundary().unwrap_or_else(|| panic!("{fit:?}")).clone()
}

fn assert_supremum(at: &AtBoundary, boundary: Boundary, supremum: f64) {
    assert_eq!((at.boundary(), at.is_bound()), (boundary, false), "{at:?}");
    assert!((at.log_likelihood() - supremum).abs() < 5e-9 * supremum.abs() / 1e2, "{at:?} instead of {supremum}");
    // The wire form grows only where there is something to say.
    assert!(!serde_json::to_string(at).unwrap().contains("at_least"));
}

/// Goal: the supremum of Pareto/NBD is reached. Method: likelihoods of the limits, which have formulas, maximised by another
/// program (Nelder–Mead of scipy): some never buy again and the others are alike; some never buy again and the others differ,
/// where a little dropout gains nothing; all alike in both ways.
#[test]
fn the_supremum_of_pareto_nbd_is_reached() {
    for (rows, limit, supremum) in [
        (
            &[(3, 38.0, 38.0, 50), (1, 38.0, 38.0, 30), (0, 0.0, 38.0, 30)][..],
            Boundary::PolarizedDropout,
            -742.718957310,
        ),
        (
            &[(3, 36.0, 38.0, 50), (1, 35.0, 38.0, 30), (9, 37.0, 38.0, 20), (20, 37.5, 38.0, 10), (0, 0.0, 38.0, 300)],
            Boundary::PolarizedDropout,
            -1780.751012250,
        ),
        (
            &[(1, 3.0, 100.0, 100), (1, 7.0, 100.0, 100), (1, 30.0, 100.0, 30)],
            Boundary::HomogeneousPurchasing,
            -1034.491204936,
        ),
        (
            &[(1, 0.5, 38.0, 60), (1, 3.0, 38.0, 20), (1, 10.0, 38.0, 10), (0, 0.0, 38.0, 60)],
            Boundary::HomogeneousPurchasing,
            -316.024460898,
        ),
    ] {
        assert_supremum(&boundary(&ParetoNbd::fit(&of(rows), &terms())), limit, supremum);
    }
}

/// Goal: the supremum of BG/NBD is reached. Method: the same; for certain dropout `Π r α^r / (α+t)^{r+1}` of all first repeats.
#[test]
fn the_supremum_of_bg_nbd_is_reached() {
    let some = [
        (1, 2.0, 38.0, 90),
        (1, 30.0, 38.0, 20),
        (4, 37.0, 38.0, 30),
        (9, 37.5, 38.0, 20),
        (6, 36.0, 38.0, 20),
        (0, 0.0, 38.0, 30),
    ];
    assert_supremum(&boundary(&BgNbd::fit(&of(&some), &terms())), Boundary::PolarizedDropout, -1734.481041430);
    let all = [(1, 3.0, 100.0, 100), (1, 7.0, 100.0, 100), (1, 30.0, 100.0, 30)];
    let at = boundary(&BgNbd::fit(&of(&all), &terms()));
    let likelihood = |r: f64, alpha: f64| -> f64 {
        all.iter().map(|&(_, t, _, n)| n as f64 * (r.ln() + r * alpha.ln() - (r + 1.0) * (alpha + t).ln())).sum()
    };
    let steps = || (-400..=400).map(|step| f64::from(step) / 200.0);
    let best = steps().flat_map(|i| steps().map(move |j| likelihood((3.13 + i).exp(), (5.19 + j).exp())));
    let best = best.fold(f64::NEG_INFINITY, f64::max);
    assert!(at.log_likelihood() >= best && at.log_likelihood() < best + 1e-3, "{at:?} beside {best}");
    assert_eq!((at.boundary(), at.is_bound()), (Boundary::CertainDropout, false));
}

/// Goal: a log-likelihood that is only what a search has reached says so, in its type and on the wire. Method: spending of
/// customers who each spend the same, to chance; an older wire form says nothing and is read.
#[test]
fn a_log_likelihood_that_is_only_a_bound_says_so() {
    let spending: Vec<Spending> = (1..60).map(|i| Spending::new(2, 10.0 + f64::from(i % 2) * 1e-3).unwrap()).collect();
    let money = FitTerms::new("dollar".parse().unwrap(), terms().on());
    let at = boundary(&GammaGamma::fit(&spending, &money));
    assert!(at.is_bound(), "{at:?}");
    let wire = serde_json::to_string(&at).unwrap();
    assert!(wire.contains(r#""at_least":true"#), "{wire}");
    assert_eq!(serde_json::from_str::<AtBoundary>(&wire).unwrap(), at);
    let older = wire.replace(r#","at_least":true"#, "");
    assert!(!serde_json::from_str::<AtBoundary>(&older).unwrap().is_bound());
}
