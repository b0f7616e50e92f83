//! Sums over customers of `ln (r)_x`, which depend on the repeats alone.

use super::summary::Summary;
use crate::score::numeric::special::{digamma, ln_rising, trigamma};
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{ln, ln_1p, real};

/// Up to here a rising factorial is taken factor by factor.
pub(super) const STEPS: u32 = 1024;

/// `ln (r)_x` and its first two derivatives by `r`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rising {
    pub(super) value: f64,
    pub(super) first: f64,
    pub(super) second: f64,
}

/// `Σ ln[B(a,b+x)/B(a,b)]` and its derivatives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stayed {
    pub(super) value: f64,
    pub(super) by_a: f64,
    pub(super) by_b: f64,
    /// By `a` twice, and by `a` and `b`, which is the same.
    pub(super) by_aa: f64,
    pub(super) by_bb: f64,
}

/// The customers by their repeats: `Σ ln (r)_x = Σ_j c_j ln(r + j)`, where `c_j` customers have more than `j` repeats.
#[derive(Clone, Debug)]
pub(super) struct RepeatCounts {
    /// `c_j`, up to [`STEPS`].
    above: Vec<f64>,
    /// The factors beyond: their number, and how many customers have as many.
    beyond: Vec<(f64, f64)>,
}

impl RepeatCounts {
    /// Of groups in the order of repeats.
    pub(super) fn new<'s>(groups: impl Iterator<Item = &'s Summary>) -> Self {
        let mut by_repeats: Vec<(u32, u64)> = Vec::new();
        for group in groups {
            match by_repeats.last_mut() {
                Some((x, customers)) if *x == group.repeats() => {
                    *customers = customers.saturating_add(group.customers());
                }
                _ => by_repeats.push((group.repeats(), group.customers())),
            }
        }
        let most = by_repeats.last().map_or(0, |(x, _)| *x).min(STEPS);
        let mut above = Vec::new();
        let mut rest: u64 = by_repeats.iter().fold(0, |sum, (_, customers)| sum.saturating_add(*customers));
        let mut smaller = by_repeats.iter().peekable();
        for j in 0..most {
            while let Some((_, customers)) = smaller.next_if(|(x, _)| *x <= j) {
                rest = rest.saturating_sub(*customers);
            }
            above.push(real(rest));
        }
        let beyond = by_repeats
            .iter()
            .filter(|(x, _)| *x > STEPS)
            .map(|(x, customers)| (f64::from(x.saturating_sub(STEPS)), real(*customers)))
            .collect();
        Self { above, beyond }
    }

    /// `Σ x² = Σ_j (2j + 1) c_j`.
    pub(super) fn squares(&self) -> f64 {
        let (mut squares, mut odd) = (Sum::default(), 1.0);
        for customers in &self.above {
            squares.add(odd * customers);
            odd += 2.0;
        }
        for (n, customers) in &self.beyond {
            squares.add(n * (n + 2.0 * f64::from(STEPS)) * customers);
        }
        squares.total()
    }

    /// The sums over all customers.
    pub(super) fn rising(&self, r: f64) -> Rising {
        let (mut value, mut first, mut second) = (Sum::default(), Sum::default(), Sum::default());
        let mut j = 0.0;
        for customers in &self.above {
            let factor = r + j;
            j += 1.0;
            value.add(customers * ln(factor));
            let inverse = 1.0 / factor;
            first.add(customers * inverse);
            second.add(-customers * inverse * inverse);
        }
        let low = r + f64::from(STEPS);
        for (n, customers) in &self.beyond {
            value.add(customers * ln_rising(low, *n));
            first.add(customers * (digamma(low + n) - digamma(low)));
            second.add(customers * (trigamma(low + n) - trigamma(low)));
        }
        Rising { value: value.total(), first: first.total(), second: second.total() }
    }

    /// The logarithms of the probabilities to have stayed after each purchase, of all customers: `−Σ_j c_j ln(1 + a/(b+j))`,
    /// which knows no cancellation where `b` is large.
    pub(super) fn stayed(&self, a: f64, b: f64) -> Stayed {
        let (mut value, mut by_a, mut by_b) = (Sum::default(), Sum::default(), Sum::default());
        let (mut by_aa, mut by_bb) = (Sum::default(), Sum::default());
        let mut j = 0.0;
        for customers in &self.above {
            let (low, high) = (1.0 / (b + j), 1.0 / (a + (b + j)));
            j += 1.0;
            value.add(-customers * ln_1p(a * low));
            by_a.add(-customers * high);
            by_b.add(customers * a * low * high);
            by_aa.add(customers * high * high);
            by_bb.add(-customers * a * low * high * (low + high));
        }
        let low = b + f64::from(STEPS);
        let high = a + low;
        for (n, customers) in &self.beyond {
            let rise = |f: fn(f64) -> f64, x: f64| f(x + n) - f(x);
            value.add(customers * (ln_rising(low, *n) - ln_rising(high, *n)));
            by_a.add(-customers * rise(digamma, high));
            by_b.add(customers * (rise(digamma, low) - rise(digamma, high)));
            by_aa.add(-customers * rise(trigamma, high));
            by_bb.add(customers * (rise(trigamma, low) - rise(trigamma, high)));
        }
        Stayed {
            value: value.total(),
            by_a: by_a.total(),
            by_b: by_b.total(),
            by_aa: by_aa.total(),
            by_bb: by_bb.total(),
        }
    }
}
