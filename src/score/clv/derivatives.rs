//! Derivatives of likelihoods held against differences, for the tests of the models.

use super::summary::{Summaries, Summary};
use crate::score::numeric::minimise::{Objective, Slope};

/// Differences in the place of derivatives.
struct ByDifferences<'l, O>(&'l O);

impl<const N: usize, O: Objective<N>> Objective<N> for ByDifferences<'_, O> {
    fn slope(&self, at: &[f64; N]) -> Slope<N> {
        let value = |at: &[f64; N]| self.0.slope(at).value;
        let gradient = core::array::from_fn(|i| {
            let beside = |step: f64| {
                let mut place = *at;
                place[i] += step;
                value(&place)
            };
            (8.0 * (beside(1e-3) - beside(-1e-3)) - (beside(2e-3) - beside(-2e-3))) / 12e-3
        });
        Slope { value: value(at), gradient }
    }
}

/// Customers some of whom have more repeats than are taken step by step.
pub(super) fn customers() -> Summaries {
    let rows = [(0, 0.0, 30.0), (0, 0.0, 12.0), (1, 0.5, 38.0), (3, 20.0, 21.0), (9, 30.0, 38.0), (1500, 20.0, 38.0)];
    rows.iter()
        .zip(1..)
        .map(|(&(x, last, age), n)| Summary::new(x, last, age).unwrap().with_customers(n).unwrap())
        .collect()
}

/// First and second derivatives are those that differences give.
pub(super) fn check<const N: usize>(likelihood: &impl Objective<N>, at: &[f64; N]) {
    let slope = likelihood.slope(at);
    let close = |found: f64, expected: f64, size: f64| {
        assert!((found - expected).abs() <= 1e-8 * size, "{found} instead of {expected} at {at:?}");
    };
    for (found, expected) in slope.gradient.iter().zip(ByDifferences(likelihood).slope(at).gradient) {
        close(*found, expected, slope.value.abs().max(1.0));
    }
    struct Gradient<'l, O>(&'l O);
    impl<const N: usize, O: Objective<N>> Objective<N> for Gradient<'_, O> {
        fn slope(&self, at: &[f64; N]) -> Slope<N> {
            self.0.slope(at)
        }
    }
    let expected = Gradient(likelihood).hessian(at, &slope);
    for (found, expected) in likelihood.hessian(at, &slope).iter().flatten().zip(expected.iter().flatten()) {
        close(*found, *expected, slope.gradient.iter().fold(1.0, |most: f64, d| most.max(d.abs())));
    }
}
