//! The odds of being lost as the difference of two tails, where series for them are short.
//!
//! With `U(t) = s/(a+s) F`, the probability that a customer who is active at `t` is lost before it buys again, it is
//! `1 + I = 1 − U(T) + e^E U(t_x)`, `E` the exponent at the last purchase. Euler's transformation makes of
//! `F` a series that begins with 1 and falls: `₂F₁(1, a; a+s+1; (α−β)/(α+t))`, or, which is the same,
//! `(α+t)/(β+t) ₂F₁(1, s+1; a+s+1; (β−α)/(β+t))`. One of the two has positive terms; the other alternates, so that what is left
//! out is less than its next term, even where it does not converge. At `α = β` both arguments are 0; `s = 1` is like any other.

use super::silence::Silence;
use crate::score::numeric::{exp, ln_1p};

/// Beyond so many terms the quadrature is as fast.
pub(super) const TERMS: u32 = 48;
/// What the ratio of terms may be half-way, so that there are no more.
const RATIO: f64 = 0.44;
/// An exponent up to which powers are numbers, with room to spare.
const EXPONENT: f64 = 600.0;
/// Parameters and ratios of times up to which nothing overflows, with room to spare.
const ORDINARY: f64 = 1e12;

/// `I` with its derivatives by `r`, `α`, `s` and `β`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slopes {
    pub(super) odds: f64,
    pub(super) first: [f64; 4],
}

/// What the series of both tails have in common, and their arguments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series {
    /// Which of the two forms.
    pub(super) by_beta: bool,
    pub(super) b: f64,
    pub(super) c: f64,
    pub(super) z_x: f64,
    pub(super) z_t: f64,
    /// `ln((α+T)/(α+t_x))` and `ln((β+T)/(β+t_x))`.
    pub(super) la: f64,
    pub(super) lb: f64,
    pub(super) exponent: f64,
}

/// A sum with its derivatives by `b`, `c` and `z`.
#[derive(Clone, Copy, Debug)]
struct Bent {
    term: f64,
    value: f64,
    by_b: f64,
    by_c: f64,
    by_z: f64,
}

impl Silence {
    /// None where the series are long, or the odds may be no number.
    #[inline]
    pub(super) fn series(&self, last: f64, gap: f64) -> Option<Series> {
        let Self { shape, alpha, s, beta } = *self;
        let (alpha_x, beta_x) = (alpha + last, beta + last);
        let (alpha_t, beta_t) = (alpha_x + gap, beta_x + gap);
        let c = shape + s + 1.0;
        let apart = beta - alpha;
        let half_way = 0.5 * f64::from(TERMS);
        let by_beta = (s + 1.0 + half_way) * alpha_x <= (shape + half_way) * beta_x;
        let (b, z_x, z_t) = if by_beta {
            (s + 1.0, apart / beta_x, apart / beta_t)
        } else {
            (shape, -apart / alpha_x, -apart / alpha_t)
        };
        let is_short = z_x.abs() * (b + half_way) <= RATIO * (c + half_way);
        if !is_short || gap > ORDINARY * alpha_x.min(beta_x) || c > ORDINARY * ORDINARY {
            return None;
        }
        let (la, lb) = (ln_1p(gap / alpha_x), ln_1p(gap / beta_x));
        let exponent = shape * la + s * lb;
        (exponent <= EXPONENT).then_some(Series { by_beta, b, c, z_x, z_t, la, lb, exponent })
    }

    /// `I`, to within some units of the last digit of `1 + I`; none where the series are long.
    #[inline]
    pub(super) fn odds(&self, last: f64, gap: f64) -> Option<f64> {
        let Series { by_beta, b, c, z_x, z_t, exponent, .. } = self.series(last, gap)?;
        let (mut sum_x, mut sum_t, mut term_x, mut term_t, mut k) = (1.0, 1.0, 1.0, 1.0, 0.0);
        for _ in 0..TERMS {
            let ratio = (b + k) / (c + k);
            term_x *= ratio * z_x;
            term_t *= ratio * z_t;
            sum_x += term_x;
            sum_t += term_t;
            k += 1.0;
            if term_x.abs() <= 1e-17 * sum_x {
                break;
            }
        }
        if by_beta {
            let (alpha_x, beta_x) = (self.alpha + last, self.beta + last);
            sum_x *= alpha_x / beta_x;
            sum_t *= (alpha_x + gap) / (beta_x + gap);
        }
        Some((self.s / (self.shape + self.s) * (exp(exponent) * sum_x - sum_t)).max(0.0))
    }

    /// The same with its derivatives.
    #[inline]
    pub(super) fn slopes(&self, last: f64, gap: f64) -> Option<Slopes> {
        let Self { shape, alpha, s, beta } = *self;
        let Series { by_beta, b, c, z_x, z_t, la, lb, exponent } = self.series(last, gap)?;
        let start = Bent { term: 1.0, value: 1.0, by_b: 0.0, by_c: 0.0, by_z: 0.0 };
        let (mut at_x, mut at_t) = (start, start);
        // The derivatives of the logarithm of the coefficients.
        let (mut in_b, mut in_c, mut k) = (0.0, 0.0, 0.0);
        for _ in 0..TERMS {
            let (per_b, per_c) = (1.0 / (b + k), 1.0 / (c + k));
            let ratio = (b + k) * per_c;
            in_b += per_b;
            in_c -= per_c;
            k += 1.0;
            at_x.add(ratio, z_x, k, in_b, in_c);
            at_t.add(ratio, z_t, k, in_b, in_c);
            if at_x.term.abs() * k <= 1e-17 * at_x.value {
                break;
            }
        }
        let (alpha_x, beta_x) = (alpha + last, beta + last);
        let (alpha_t, beta_t) = (alpha_x + gap, beta_x + gap);
        let tail = |of: &Bent, alpha_y: f64, beta_y: f64| -> [f64; 5] {
            let per = 1.0 / (shape + s);
            let (factor, turned) = if by_beta { (alpha_y / beta_y, of.by_b) } else { (1.0, 0.0) };
            let whole = s * per * factor;
            let value = whole * of.value;
            let by_r = whole * (of.by_c + of.by_b - turned) - value * per;
            let by_s = whole * (of.by_c + turned) + value * (shape * per / s);
            let (in_alpha, in_beta) = if by_beta {
                let by = s * per / beta_y * (of.value - factor * of.by_z);
                (by, -factor * by)
            } else {
                let by = s * per * of.by_z / alpha_y;
                (by * (beta_y / alpha_y), -by)
            };
            [value, by_r, in_alpha, by_s, in_beta]
        };
        let [before, first_x @ ..] = tail(&at_x, alpha_x, beta_x);
        let [after, first_t @ ..] = tail(&at_t, alpha_t, beta_t);
        let power = exp(exponent);
        let by = [la, -shape * gap / (alpha_x * alpha_t), lb, -s * gap / (beta_x * beta_t)];
        let mut first = [0.0; 4];
        for (((first, by), x), t) in first.iter_mut().zip(by).zip(first_x).zip(first_t) {
            *first = power * (by * before + x) - t;
        }
        Some(Slopes { odds: (power * before - after).max(0.0), first })
    }
}

impl Bent {
    #[inline]
    fn add(&mut self, ratio: f64, z: f64, k: f64, in_b: f64, in_c: f64) {
        let without = self.term * ratio;
        self.term = without * z;
        self.value += self.term;
        self.by_b += self.term * in_b;
        self.by_c += self.term * in_c;
        self.by_z += without * k;
    }
}
