//! The negative binomial distribution: numbers of purchases at gamma-distributed rates.

use crate::score::numeric::special::ln_rising;
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln_1p_ratio};

/// `t` in units of a clock; a negative time, or what is no number, counts as 0, and an endless one as very long.
pub(super) fn ratio(t: f64, clock: f64) -> f64 {
    (t.max(0.0) / clock).min(1e250)
}

/// A time that a model is asked for: a negative one, or what is no number, counts as 0, and an endless one as the longest.
pub(super) fn time(t: f64) -> f64 {
    if t > 0.0 { t.min(f64::MAX) } else { 0.0 }
}

/// `many · t / clock`, at most the largest number.
pub(super) fn in_proportion(many: f64, t: f64, clock: f64) -> f64 {
    let ratio = t / clock;
    let much = if !ratio.is_finite() {
        many / clock * t
    } else if ratio < 1e-290 {
        many * t / clock
    } else {
        many * ratio
    };
    much.min(f64::MAX)
}

/// Of shape `r` and mean `r τ`.
#[derive(Clone, Copy, Debug)]
pub(super) struct NegativeBinomial {
    r: f64,
    /// `ln(1 + τ)`.
    grown: f64,
    /// `ln(1 + 1/τ)`.
    missed: f64,
    /// `τ/(1 + τ)`.
    z: f64,
}

impl NegativeBinomial {
    pub(super) fn new(r: f64, tau: f64) -> Self {
        Self::within(r, tau, 1.0)
    }

    /// With `τ = t/clock`, which may be beyond the largest number.
    pub(super) fn within(r: f64, t: f64, clock: f64) -> Self {
        let t = time(t);
        let z = if t > 0.0 { 1.0 / (1.0 + clock / t) } else { 0.0 };
        Self { r, grown: ln_1p_ratio(t, clock), missed: ln_1p_ratio(clock, t), z }
    }

    pub(super) fn probability(&self, n: f64) -> f64 {
        let none = -self.r * self.grown;
        if n <= 0.0 {
            exp(none)
        } else if self.missed.is_finite() {
            exp(none - n * self.missed + (ln_rising(self.r, n) - ln_rising(1.0, n))).min(1.0)
        } else {
            0.0
        }
    }

    /// Of 0, 1, …, `most`.
    pub(super) fn probabilities(&self, most: u32) -> Vec<f64> {
        (0..=most).map(|n| self.probability(f64::from(n))).collect()
    }

    /// Of at least 0, 1, …, as many as there are: sums from the far end, where they are smallest.
    pub(super) fn tails(&self, probabilities: &[f64]) -> Vec<f64> {
        let Some(last) = probabilities.len().checked_sub(1).and_then(|last| u32::try_from(last).ok()) else {
            return Vec::new();
        };
        let below: Sum = probabilities.iter().rev().skip(1).copied().collect();
        let mut tail = self.tail(f64::from(last), below.total());
        let mut tails = vec![tail];
        for p in probabilities.iter().rev().skip(1) {
            tail = (tail + p).min(1.0);
            tails.push(tail);
        }
        tails.reverse();
        tails
    }

    /// `P(N ≥ n) = I_z(n, r)`, the incomplete beta function, by its continued fraction (Abramowitz & Stegun 26.5.8) where it is
    /// the smaller part, otherwise what `below` leaves to 1.
    fn tail(&self, n: f64, below: f64) -> f64 {
        if n <= 0.0 {
            return 1.0;
        }
        let z = self.z;
        if z <= 0.0 {
            return 0.0;
        }
        if z * (n + self.r + 2.0) < n + 1.0 {
            (self.probability(n) * fraction(n, self.r, z)).min(1.0)
        } else {
            (1.0 - below).max(0.0)
        }
    }
}

/// `I_z(a, b) a B(a, b) / (z^a (1−z)^b)`, by Lentz's method.
fn fraction(a: f64, b: f64, z: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let apart = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / apart(1.0 - (a + b) * z / (a + 1.0));
    let mut value = d;
    let mut m = 1.0;
    while m < 1e6 {
        let even = m * (b - m) * z / ((a + (2.0 * m - 1.0)) * (a + 2.0 * m));
        d = 1.0 / apart(1.0 + even * d);
        c = apart(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * z / ((a + 2.0 * m) * (a + (2.0 * m + 1.0)));
        d = 1.0 / apart(1.0 + odd * d);
        c = apart(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
        m += 1.0;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::NegativeBinomial;

    /// Goal: tails are sums. Method: long lists, against adding up all of it.
    #[test]
    fn tails_are_sums() {
        for r in [0.01, 0.243, 1.0, 7.5, 250.0] {
            for tau in [1e-6, 0.1, 1.0, 30.0] {
                let numbers = NegativeBinomial::new(r, tau);
                let all = numbers.probabilities(20_000);
                for n in [1_usize, 2, 5, 40] {
                    let sum: f64 = all[n..].iter().rev().sum();
                    let found = numbers.tail(n as f64, all[..n].iter().sum());
                    assert!((found - sum).abs() <= 1e-11 * sum, "{r} {tau} {n}: {found} instead of {sum}");
                }
            }
        }
    }
}
