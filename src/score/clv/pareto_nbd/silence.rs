//! The integral over the time at which a customer was lost, between its last purchase and the end of the observation.
//!
//! `I = s ∫ ((α+T)/(α+y))^a ((β+T)/(β+y))^s / (β+y) dy`, `a = r + x`. With `m` the lesser of `α` and `β` it is taken over
//! `u = ln((m+y)/(m+t_x))`: there the other singularity is a distance π away from the path, whatever the parameters are, so
//! that Gauss–Legendre panels of moderate length give all digits. All is positive, `s = 1` and `α = β` are ordinary points,
//! and derivatives are means over the same nodes. The integrand is log-concave in `u`, so that where it has fallen to
//! nothing it stays.

use crate::score::numeric::quadrature::{GAUSS8, GAUSS16};
use crate::score::numeric::{exp, exp_m1, ln, ln_1p, ln_1p_exp};

/// Exponents over a panel of 16 nodes, and of 8.
const BEND16: f64 = 12.0;
const BEND8: f64 = 1.5;
/// Lengths of a panel of 16 nodes, and of 8.
const LENGTH16: f64 = 4.0;
const LENGTH8: f64 = 0.75;
/// More panels than these are never needed: the longest path has length 950.
const PANELS: u32 = 4_096;

/// The parameters, for customers of one number of repeats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    /// `r + x`.
    pub(super) shape: f64,
    pub(super) alpha: f64,
    pub(super) s: f64,
    pub(super) beta: f64,
}

/// A node: a time `y` at which the customer may have been lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Its weight in the integral, up to the common factor.
    pub(super) weight: f64,
    /// `ln((α+T)/(α+y))`.
    pub(super) la: f64,
    /// `ln((β+T)/(β+y))`.
    pub(super) lb: f64,
    /// `α + y`.
    pub(super) alpha_y: f64,
    /// `β + y`.
    pub(super) beta_y: f64,
    /// `T − y`.
    pub(super) rest: f64,
}

/// `ln((from + gap)/from)`, also where the ratio is no number.
#[inline]
pub(super) fn ln_grown(gap: f64, from: f64) -> f64 {
    let ratio = gap / from;
    if ratio < 1e300 { ln_1p(ratio) } else { ln(gap) - ln(from) }
}

impl Silence {
    /// `ln I`; minus infinity where there was no silence.
    pub(super) fn ln_integral(&self, last: f64, gap: f64) -> f64 {
        let mut sum = 0.0;
        let at_last = self.visit(last, gap, |node| sum += node.weight);
        if sum > 0.0 { at_last + (ln(self.s) + ln(sum)) } else { f64::NEG_INFINITY }
    }

    /// The logarithm of the probability that a customer who was active at its last purchase buys nothing in the silence after
    /// it: as it is still active at the end or was lost before, `e^{−E} + s ∫ e^{−E(y)} / (β+y) dy` with `E(y)` what falls up
    /// to `y`. Where that is close to 1 it is what `a ∫ e^{−E(y)} / (α+y) dy` leaves, the probability of a purchase.
    pub(super) fn ln_quiet(&self, last: f64, gap: f64) -> f64 {
        let (mut lost, mut bought) = (0.0, 0.0);
        let at_last = self.visit(last, gap, |node| {
            lost += node.weight;
            bought += node.weight * (node.beta_y / node.alpha_y);
        });
        let bought = self.shape * bought;
        if bought < 0.5 {
            return ln_1p(-bought);
        }
        let (active, lost) = (-at_last, ln(self.s) + ln(lost));
        active.max(lost) + ln_1p_exp(-(active - lost).abs())
    }

    /// Visits the nodes, from the last purchase on; gives the logarithm of the common factor of their weights, the exponent at
    /// the last purchase.
    #[inline]
    pub(super) fn visit(&self, last: f64, gap: f64, mut each: impl FnMut(&Node)) -> f64 {
        let Self { shape, alpha, s, beta } = *self;
        let by_alpha = alpha < beta;
        let (alpha_x, beta_x) = (alpha + last, beta + last);
        let (la, lb) = (ln_grown(gap, alpha_x), ln_grown(gap, beta_x));
        let at_last = shape * la + s * lb;
        let (low, whole) = if by_alpha { (alpha_x, la) } else { (beta_x, lb) };
        if whole <= 0.0 {
            return at_last;
        }
        // How fast the exponent falls, per unit of `u`: at most as fast as at the end.
        let far = low + gap;
        let fastest = if by_alpha { shape + s * (far / (beta_x + gap)) } else { s + shape * (far / (alpha_x + gap)) };
        let (rule, length): (&[(f64, f64)], f64) = if fastest * whole <= BEND8 && whole <= LENGTH8 {
            (&GAUSS8, whole)
        } else if fastest * whole <= BEND16 && whole <= LENGTH16 {
            (&GAUSS16, whole)
        } else {
            (&GAUSS16, 0.0)
        };
        let path = Path { by_alpha, low, gap, alpha_x, beta_x };
        let (mut from, mut sum) = (0.0, 0.0);
        for _ in 0..PANELS {
            let (length, falls) = if length > 0.0 { (length, 0.0) } else { self.panel(&path, from, whole) };
            let (half, middle, before) = (0.5 * length, from + 0.5 * length, sum);
            for (node, share) in rule {
                for place in [-half * node, half * node] {
                    let u = middle + place;
                    let moved = path.moved(u);
                    let (alpha_y, beta_y) = (alpha_x + moved, beta_x + moved);
                    let (fallen_a, fallen_b, factor) = if by_alpha {
                        (u, ln_grown(moved, beta_x), alpha_y / beta_y)
                    } else {
                        (ln_grown(moved, alpha_x), u, 1.0)
                    };
                    let weight = share * half * factor * exp(-(shape * fallen_a + s * fallen_b));
                    sum += weight;
                    // Towards the end what is left of the time is exact in `u`.
                    each(&Node { weight, la: la - fallen_a, lb: lb - fallen_b, alpha_y, beta_y, rest: gap - moved });
                }
            }
            from += length;
            if from >= whole * (1.0 - 1e-15) || (falls > 3.0 && (sum - before) * path.favour(from) <= 1e-18 * sum) {
                break;
            }
        }
        at_last
    }

    /// How long the next panel may be, and how fast the exponent falls at its end, per unit of `u`.
    fn panel(&self, path: &Path, from: f64, whole: f64) -> (f64, f64) {
        let falls = |u: f64| self.falls(path, path.moved(u));
        let mut length = (whole - from).min(LENGTH16).min(BEND16 / falls(from));
        let mut fastest = falls(from + length);
        for _ in 0..60 {
            if fastest * length <= BEND16 {
                break;
            }
            length *= 0.5;
            fastest = falls(from + length);
        }
        (length, fastest)
    }

    fn falls(&self, path: &Path, moved: f64) -> f64 {
        let ratio = (path.low + moved) / (path.high() + moved);
        if path.by_alpha { self.shape + self.s * ratio } else { self.s + self.shape * ratio }
    }
}

/// Where the nodes lie.
struct Path {
    by_alpha: bool,
    /// `m + t_x`.
    low: f64,
    gap: f64,
    alpha_x: f64,
    beta_x: f64,
}

impl Path {
    fn high(&self) -> f64 {
        if self.by_alpha { self.beta_x } else { self.alpha_x }
    }

    /// `y − t_x`.
    #[inline]
    fn moved(&self, u: f64) -> f64 {
        let moved = if u < 700.0 { self.low * exp_m1(u) } else { exp(u + ln(self.low)) };
        moved.min(self.gap)
    }

    /// By how much more a purchase at this place counts, against being lost there, than at the last one.
    fn favour(&self, u: f64) -> f64 {
        if self.by_alpha {
            return 1.0;
        }
        let moved = self.moved(u);
        ((self.low + moved) / self.low) / ((self.alpha_x + moved) / self.alpha_x)
    }
}
