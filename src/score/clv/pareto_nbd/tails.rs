//! The odds of being lost as the difference of two tails, where series for them are short.
//!
//! With `U(t) = s/(a+s) F`, the probability that a customer who is active at `t` and never buys again is lost before it would
//! have bought, `1 + I = 1 − U(T) + e^E U(t_x)`, `E` the exponent at the last purchase. Euler's transformation makes of `F` a
//! series of positive terms with its largest first: `₂F₁(1, a; a+s+1; (α−β)/(α+t))` where `α ≥ β`, and
//! `(α+t)/(β+t) ₂F₁(1, s+1; a+s+1; (β−α)/(β+t))` elsewhere. At `α = β` its argument is 0, and `s = 1` is like any other.

use super::silence::{Silence, ln_grown};
use crate::score::numeric::exp;

/// Beyond so many terms the quadrature is as fast.
const TERMS: u32 = 48;
/// What the ratio of terms may be half-way, so that there are no more.
const RATIO: f64 = 0.4;
/// An exponent up to which powers are numbers, with room to spare.
const EXPONENT: f64 = 600.0;
/// Parameters up to which nothing overflows, with room to spare.
const ORDINARY: f64 = 1e12;

impl Silence {
    /// `I`, to within some units of the last digit of `1 + I`; none where the series are long.
    #[inline]
    pub(super) fn odds(&self, last: f64, gap: f64) -> Option<f64> {
        let Self { shape, alpha, s, beta } = *self;
        let (alpha_x, beta_x) = (alpha + last, beta + last);
        let (alpha_t, beta_t) = (alpha_x + gap, beta_x + gap);
        let by_alpha = alpha < beta;
        let (apart, high_x, high_t, b) =
            if by_alpha { (beta - alpha, beta_x, beta_t, s + 1.0) } else { (alpha - beta, alpha_x, alpha_t, shape) };
        let c = shape + s + 1.0;
        let (z_x, z_t) = (apart / high_x, apart / high_t);
        if !is_short(b, c, z_x) || alpha_t > ORDINARY * alpha_x.min(beta_x) || c > ORDINARY {
            return None;
        }
        let exponent = shape * ln_grown(gap, alpha_x) + s * ln_grown(gap, beta_x);
        if exponent > EXPONENT {
            return None;
        }
        let (mut sum_x, mut sum_t, mut term_x, mut term_t) = (1.0, 1.0, 1.0, 1.0);
        let mut k = 0.0;
        for _ in 0..TERMS {
            let ratio = (b + k) / (c + k);
            term_x *= ratio * z_x;
            term_t *= ratio * z_t;
            sum_x += term_x;
            sum_t += term_t;
            k += 1.0;
            if term_x <= 1e-17 * sum_x {
                break;
            }
        }
        if by_alpha {
            sum_x *= alpha_x / beta_x;
            sum_t *= alpha_t / beta_t;
        }
        Some((s / (shape + s) * (exp(exponent) * sum_x - sum_t)).max(0.0))
    }
}

/// Whether [`TERMS`] terms of `₂F₁(1, b; c; z)` are enough.
#[inline]
fn is_short(b: f64, c: f64, z: f64) -> bool {
    let half_way = 0.5 * f64::from(TERMS);
    z * (b + half_way) <= RATIO * (c + half_way)
}
