//! A logistic function of a logarithm, without a call and with two divisions: several times a second for every customer of a
//! large table.
//!
//! Sources: the polynomials of FreeBSD's `e_log.c` and `e_exp.c` (Sun Microsystems 1993), as in `libm`; the errors are a few
//! units in the last place.

use core::f64::consts::{LOG2_E, SQRT_2};

const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// `ln((y + x) / y)` for `x ≥ 0` and `y > 0`; none where the ratio is very large.
#[inline]
#[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "of exponents")]
fn ln_grown(x: f64, y: f64) -> Option<f64> {
    const C: [f64; 7] = [
        0.666_666_666_666_673_5,
        0.399_999_999_994_094_2,
        0.285_714_287_436_623_9,
        0.222_221_984_321_497_84,
        0.181_835_721_616_180_5,
        0.153_138_376_992_093_73,
        0.147_981_986_051_165_86,
    ];
    let whole = y + x;
    // The nearest power of two to the ratio, or nearly so.
    let power = (whole.to_bits() as i64).wrapping_sub(y.to_bits() as i64).wrapping_add(1 << 51) >> 52;
    if power > 900 {
        return None;
    }
    let scaled = y * f64::from_bits((power.wrapping_add(1023) as u64) << 52);
    // Between 1/√2 and √2, where the polynomial holds.
    let (over, under) = (whole > SQRT_2 * scaled, SQRT_2 * whole < scaled);
    let power = power.wrapping_add(i64::from(over)).wrapping_sub(i64::from(under));
    let scaled = scaled * if over { 2.0 } else { 1.0 } * if under { 0.5 } else { 1.0 };
    let s = if power == 0 { x } else { whole - scaled } / (whole + scaled);
    let square = s * s;
    let fourth = square * square;
    let [c1, c2, c3, c4, c5, c6, c7] = C;
    let odd = fourth * (c2 + fourth * (c4 + fourth * c6));
    let even = square * (c1 + fourth * (c3 + fourth * (c5 + fourth * c7)));
    let power = power as f64;
    Some(power * LN_2_HIGH + (2.0 * s + (s * (odd + even) + power * LN_2_LOW)))
}

/// `1 / (1 + e^{start + shape·ln((y + x)/y)})`; none where the exponent is very large.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "of exponents")]
pub(crate) fn logistic_below(start: f64, shape: f64, x: f64, y: f64) -> Option<f64> {
    const C: [f64; 5] = [
        0.166_666_666_666_666_02,
        -2.777_777_777_701_559_3e-3,
        6.613_756_321_437_934e-5,
        -1.653_390_220_546_525_2e-6,
        4.138_136_797_057_238_5e-8,
    ];
    /// Added and taken away it leaves the nearest whole number.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let exponent = start + shape * ln_grown(x, y)?;
    if !(-700.0..700.0).contains(&exponent) {
        return None;
    }
    let power = (exponent * LOG2_E + ROUND) - ROUND;
    let rest = (exponent - power * LN_2_HIGH) - power * LN_2_LOW;
    let square = rest * rest;
    let [c1, c2, c3, c4, c5] = C;
    let c = rest - square * (c1 + square * (c2 + square * (c3 + square * (c4 + square * c5))));
    // e^rest = 1 + 2 rest/(2 − c).
    let below = 2.0 - c;
    let scale = f64::from_bits(((power as i64).wrapping_add(1023) as u64) << 52);
    Some(below / (below + scale * (below + 2.0 * rest)))
}

#[cfg(test)]
mod tests {
    use super::{ln_grown, logistic_below};
    use crate::score::numeric::{Seeded, ln_1p_ratio, logistic};

    /// Goal: the same as by the functions of `libm`. Method: many magnitudes.
    #[test]
    fn the_same_as_by_logarithm_and_exponential() {
        let mut random = Seeded::new(8);
        for _ in 0..200_000 {
            let mut power = |low: f64, high: f64| 10_f64.powf(low + (high - low) * random.uniform());
            let (x, y, shape) = (power(-20.0, 20.0), power(-20.0, 20.0), power(-3.0, 3.0));
            let start = -power(-2.0, 1.0);
            let (found, known) = (ln_grown(x, y).unwrap(), ln_1p_ratio(x, y));
            assert!((found - known).abs() <= 4e-15 * known, "{x:e} {y:e}: {found:e} instead of {known:e}");
            let exponent = start + shape * known;
            let known = logistic(-exponent);
            match logistic_below(start, shape, x, y) {
                Some(found) => assert!(
                    (found - known).abs() <= 5e-15 * (1.0 + exponent.abs() - start) * known,
                    "{exponent}: {found:e} instead of {known:e}"
                ),
                None => assert!(exponent > 600.0),
            }
        }
        assert_eq!(ln_grown(0.0, 3.0), Some(0.0));
    }
}
