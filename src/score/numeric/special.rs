//! Gamma, beta and their derivatives, for positive arguments.
//!
//! Sources: Abramowitz & Stegun (1964), 6.1.41, 6.3.18, 6.4.12; for the beta function DiDonato & Morris (1992), "Algorithm 708".

use super::{ln, ln_1p};

const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

/// From here on the asymptotic series below are exact to the last digit.
const LARGE: f64 = 12.0;

/// `ln Γ(x)`.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// `ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π)` for `x ≥ LARGE`.
fn stirling(x: f64) -> f64 {
    const C: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    series(&C, 1.0 / (x * x)) / x
}

/// `Σ c_k y^k`.
fn series(coefficients: &[f64], y: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * y + c)
}

/// `ψ(x) = d ln Γ(x) / dx`.
pub(crate) fn digamma(x: f64) -> f64 {
    const C: [f64; 7] =
        [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32_760.0, 1.0 / 12.0];
    let (mut x, mut below) = (x, 0.0);
    while x < LARGE {
        below += 1.0 / x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    ln(x) - 0.5 / x - series(&C, y) * y - below
}

/// `ψ′(x)`.
pub(crate) fn trigamma(x: f64) -> f64 {
    const C: [f64; 7] = [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0];
    let (mut x, mut below) = (x, 0.0);
    while x < LARGE {
        below += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    1.0 / x + 0.5 * y + series(&C, y) * y / x + below
}

/// `ln[Γ(x + n) / Γ(x)]`, `n ≥ 0`: the logarithm of the rising factorial `(x)_n`, without the cancellation of two `ln Γ`.
pub(crate) fn ln_rising(x: f64, n: f64) -> f64 {
    if x >= LARGE {
        // (x + n − ½) ln(1 + n/x) + n ln x − n, and the two corrections.
        (x + n - 0.5) * ln_1p(n / x) + n * (ln(x) - 1.0) + (stirling(x + n) - stirling(x))
    } else if n >= LARGE {
        ln_gamma(x + n) - ln_gamma(x)
    } else {
        // Up to where the above is exact, by whole steps.
        let mut product = 1.0;
        let mut low = x;
        while low < LARGE {
            product *= (low + n) / low;
            low += 1.0;
        }
        ln_rising(low, n) - ln(product)
    }
}

/// `ln B(a, b)`.
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    if a >= LARGE {
        let correction = stirling(a) + stirling(b) - stirling(a + b);
        HALF_LN_TAU - 0.5 * ln(b) + correction - (a - 0.5) * ln_1p(b / a) - b * ln_1p(a / b)
    } else {
        ln_gamma(a) - ln_rising(b, a)
    }
}

#[cfg(test)]
mod tests {
    use super::{digamma, ln_beta, ln_gamma, ln_rising, trigamma};

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 2e-14 * expected.abs().max(1.0), "{found} instead of {expected}");
    }

    /// Goal: known values. Method: mpmath, 20 digits.
    #[test]
    fn known_values() {
        close(digamma(1.0), -0.577_215_664_901_532_9);
        close(digamma(0.25), -4.227_453_533_376_265_4);
        close(digamma(37.5), 3.610_948_344_596_338_4);
        close(trigamma(1.0), 1.644_934_066_848_226_4);
        close(trigamma(0.25), 17.197_329_154_507_11);
        close(trigamma(37.5), 0.027_025_382_266_785_01);
        close(ln_beta(0.25, 0.75), 1.491_303_476_129_372_8);
        close(ln_beta(7.5e-5, 1867.8), 9.497_414_239_215_685);
    }

    /// Goal: the ways of computing agree where they meet. Method: recurrences over many arguments.
    #[test]
    fn recurrences_hold() {
        for i in 1..400_u32 {
            let x = f64::from(i) * 0.173;
            close(digamma(x + 1.0), digamma(x) + 1.0 / x);
            close(trigamma(x), trigamma(x + 1.0) + 1.0 / (x * x));
            close(ln_gamma(x + 1.0), ln_gamma(x) + x.ln());
            for n in [1e-9, 0.3, 1.0, 7.25, 11.9, 12.1, 300.0, 1e6] {
                close(ln_rising(x, n + 1.0), ln_rising(x, n) + (x + n).ln());
                close(ln_beta(x, n + 1.0), ln_beta(x, n) + (n / (x + n)).ln());
            }
        }
    }
}
