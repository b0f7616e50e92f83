//! What the statistical models compute with: the same digits on every platform.
//!
//! Logarithms and exponentials are those of `libm`, since the standard library's differ between platforms; sums are
//! compensated and taken in a fixed order; random numbers come from a seed.

pub(crate) mod fast;
pub(crate) mod linear;
pub(crate) mod minimise;
pub(crate) mod quadrature;
pub(crate) mod random;
pub(crate) mod special;
pub(crate) mod sum;

pub use random::Seeded;

/// The natural logarithm.
#[inline]
pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `ln(1 + x)`.
#[inline]
pub(crate) fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// `ln(1 + x/y)` for `x ≥ 0` and `y > 0`, even where the ratio is beyond the largest number.
#[inline]
pub(crate) fn ln_1p_ratio(x: f64, y: f64) -> f64 {
    let ratio = x / y;
    if ratio.is_finite() { ln_1p(ratio) } else { ln(x) - ln(y) }
}

/// `e^x`.
#[inline]
pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `e^x − 1`.
#[inline]
pub(crate) fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// `ln(1 + e^x)`, which neither overflows nor loses a small `e^x`.
#[inline]
pub(crate) fn ln_1p_exp(x: f64) -> f64 {
    if x > 0.0 { x + ln_1p(exp(-x)) } else { ln_1p(exp(x)) }
}

/// `1 / (1 + e^−x)`.
#[inline]
pub(crate) fn logistic(x: f64) -> f64 {
    // Both sides at once, since which it is cannot be foreseen.
    let e = exp(-x.abs());
    (if x > 0.0 { 1.0 } else { e }) / (1.0 + e)
}

/// `(1 − e^{−sL})/s`, which is `L` at `s = 0`, and `e^{−sL}`.
pub(crate) fn rise(s: f64, l: f64) -> (f64, f64) {
    let fallen = exp_m1(-s * l);
    let phi = if (s * l).abs() < 1e-300 { l } else { -fallen / s };
    // What is left of 1 is exact unless little is.
    (phi, if fallen > -0.5 { 1.0 + fallen } else { exp(-s * l) })
}

/// The cosine.
#[inline]
pub(crate) fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// A count as a number: exact to 2⁵³.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "counts of customers and purchases are far below 2^53")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}
