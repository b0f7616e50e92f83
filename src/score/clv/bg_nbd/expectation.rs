//! How much a customer will still buy under BG/NBD.

use super::BgNbd;
use crate::score::clv::counts::{in_proportion, time};
use crate::score::clv::summary::Summary;
use crate::score::numeric::quadrature::BetaNodes;
use crate::score::numeric::{exp, exp_m1, ln, ln_1p, ln_1p_exp, rise};

/// Beyond this share `z = t/(α+T+t)` the series takes more steps than the integral.
const SERIES: f64 = 0.97;
/// Up to this time, as long as a purchase takes, what is expected is in proportion to it, to the last digit.
const SHORT: f64 = 1e-17;
/// What cancellation may cost the series: three digits.
const LOSS: f64 = 1e3;

impl BgNbd {
    /// Purchases that this customer is expected to make in a time `t` from the end of its observation; a negative `t` counts
    /// as 0. At most the largest number.
    ///
    /// The probability of being alive times what an active customer with `x` repeats by `T` is expected to buy, equation (10)
    /// of the paper. That has poles in its formula, at `a = 1` and `a + b = 1`, where the expectation has none: here it is
    /// taken as the mean of `(1 − (1 + p τ)^−(r+x)) / p` over `p ~ Beta(a, b+x)` with `τ = t/(α+T)`, by a series without
    /// poles where it converges well and loses no digits, otherwise by quadrature.
    #[must_use]
    pub fn expected(&self, customer: &Summary, t: f64) -> f64 {
        self.weighed(customer, self.active(customer).purchases(t))
    }

    /// Repeat purchases that a new customer is expected to make in a time `t`, equation (9) of the paper.
    #[must_use]
    pub fn expected_new(&self, t: f64) -> f64 {
        self.newcomer().purchases(t)
    }

    /// This customer, if it is alive.
    pub(super) fn active(&self, customer: &Summary) -> Active {
        self.active_after(customer.repeats(), self.alpha + customer.age())
    }

    /// A customer that is alive after so many repeats, with this clock.
    pub(super) fn active_after(&self, repeats: u32, clock: f64) -> Active {
        let x = f64::from(repeats);
        Active { shape: self.r + x, clock, a: self.a, b: self.b + x, surplus: self.surplus() }
    }

    /// A customer at its first purchase.
    pub(super) fn newcomer(&self) -> Active {
        Active { shape: self.r, clock: self.alpha, a: self.a, b: self.b, surplus: self.surplus() }
    }

    /// `a + b − 1 − r`, which repeats leave as it is.
    pub(super) fn surplus(&self) -> f64 {
        (self.a + self.b - 1.0) - self.r
    }
}

/// What is known of an active customer: its rate is gamma-distributed with `shape` and `clock`, its probability to be lost
/// beta-distributed with `a` and `b`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Active {
    pub(super) shape: f64,
    pub(super) clock: f64,
    pub(super) a: f64,
    pub(super) b: f64,
    /// `a + b − 1 − shape`.
    pub(super) surplus: f64,
}

impl Active {
    /// Purchases expected in a time `t`, at most the largest number.
    pub(super) fn purchases(&self, t: f64) -> f64 {
        let t = time(t);
        let tau = t / self.clock;
        if (1.0 + self.shape) * tau < SHORT {
            return in_proportion(self.shape, t, self.clock);
        }
        let ln_tau = ln(t) - ln(self.clock);
        self.series(tau).unwrap_or_else(|| self.mean(&self.nodes(ln_tau), tau, ln_tau))
    }

    /// Nodes for means at a `τ` of this logarithm and below.
    pub(super) fn nodes(&self, ln_tau: f64) -> BetaNodes {
        BetaNodes::new(self.a, self.b, -(ln_1p(self.shape) + ln_tau).max(0.0))
    }

    /// The mean of `(1 − (1 + p τ)^−shape) / p`.
    pub(super) fn mean(&self, nodes: &BetaNodes, tau: f64, ln_tau: f64) -> f64 {
        if (1.0 + self.shape) * tau < 1e280 {
            return nodes.mean(|p| -exp_m1(-self.shape * ln_1p(p * tau)) / p);
        }
        let ln_shape = ln(self.shape);
        nodes.mean_of_ln(|ln_p| {
            let ln_grown = ln_tau + ln_p;
            // Of what is small its own logarithm is that of `ln(1 + …)` and of `1 − e^−…`.
            let exponent = ln_shape + if ln_grown < -40.0 { ln_grown } else { ln(ln_1p_exp(ln_grown)) };
            let ln_lost = if exponent < -40.0 { exponent } else { ln(-exp_m1(-exp(exponent))) };
            ln_lost - ln_p
        })
    }

    /// `C φ − e^{−(a−1)L} S` with `L = ln(1+τ)`, `z = τ/(1+τ)`, `C = a + b − 1`, `φ = (1 − e^{−(a−1)L})/(a−1)` and
    /// `S = Σ_{k≥1} (C − shape)_k (a)_{k−1} z^k / ((C+1)_{k−1} k!)`, if it converges soon and loses few digits.
    pub(super) fn series(&self, tau: f64) -> Option<f64> {
        let z = 1.0 / (1.0 + 1.0 / tau);
        if z > SERIES {
            return None;
        }
        if (1.0 + self.shape) * tau < SHORT {
            return Some(self.shape * tau);
        }
        let c = self.a + self.b - 1.0;
        // `C + 1`, which is what is left where both are small.
        let above = self.a + self.b;
        let mut term = self.surplus * z;
        let (mut sum, mut size) = (term, term.abs());
        let mut k = 1.0;
        loop {
            let factor = z * ((self.surplus + k) * (self.a + (k - 1.0))) / ((above + (k - 1.0)) * (k + 1.0));
            term *= factor;
            sum += term;
            size += term.abs();
            k += 1.0;
            // From here on the terms fall at least as a geometric series does.
            let ratio = factor.abs().max(z);
            if ratio < 1.0 && term.abs() * ratio <= 1e-17 * size * (1.0 - ratio) {
                break;
            }
            if k > 4000.0 || !size.is_finite() {
                return None;
            }
        }
        let l = ln_1p(tau);
        let (phi, fall) = rise(self.a - 1.0, l);
        let expected = c * phi - fall * sum;
        let sizes = (self.a + self.b + 1.0) * phi + fall * (size + (self.a + self.b + 1.0 + self.shape) * z);
        // Of an exponential of many digits before the point as many are lost behind it.
        (sizes * (1.0 + (self.a - 1.0).abs() * l) <= LOSS * expected).then_some(expected)
    }
}

#[cfg(test)]
mod tests {
    use super::{Active, SERIES};
    use crate::score::numeric::Seeded;

    /// Goal: the series and the integral are one function, and the series knows when it is not. Method: 20,000 active customers
    /// over many magnitudes, poles among them.
    #[test]
    fn series_and_integral_agree() {
        let mut random = Seeded::new(9);
        let mut compared = 0;
        for case in 0..20_000 {
            let mut power = |low: f64, high: f64| 10_f64.powf(low + (high - low) * random.uniform());
            let (shape, tau) = (power(-4.0, 4.0), power(-9.0, 1.6));
            let (a, b) = match case % 4 {
                0 => (1.0, power(-3.0, 4.0)),
                1 => (0.3, 0.7),
                _ => (power(-3.0, 3.0), power(-3.0, 4.0)),
            };
            let active = Active { shape, clock: 1.0, a, b, surplus: (a + b - 1.0) - shape };
            let Some(series) = active.series(tau) else { continue };
            let mean = active.mean(&active.nodes(tau.ln()), tau, tau.ln());
            assert!((series - mean).abs() <= 2e-12 * mean, "{active:?} {tau}: {series} and {mean}");
            compared += 1;
        }
        assert!(compared > 5_000, "{compared}");
        assert!(tau_beyond(SERIES), "beyond it there is no series");
    }

    fn tau_beyond(share: f64) -> bool {
        let active = Active { shape: 1.0, clock: 1.0, a: 0.8, b: 2.4, surplus: 1.2 };
        active.series(1.01 * share / (1.0 - share)).is_none()
    }
}
