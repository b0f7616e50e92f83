//! Random numbers from a seed.

use super::{exp, ln, real};

/// Random numbers that follow from their seed, on every platform the same: SplitMix64 (Steele, Lea & Flood 2014).
///
/// ```
/// use customer_pool::score::clv::Seeded;
/// let (mut one, mut two) = (Seeded::new(7), Seeded::new(7));
/// assert_eq!(one.next_u64(), two.next_u64());
/// ```
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// Those of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Evenly in the open interval from 0 to 1.
    pub fn uniform(&mut self) -> f64 {
        (real(self.next_u64() >> 12) + 0.5) / 4_503_599_627_370_496.0
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -ln(self.uniform())
    }

    /// Normal with mean 0 and deviation 1 (Marsaglia's polar method, one of its two numbers).
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                return x * (-2.0 * ln(square) / square).sqrt();
            }
        }
    }

    /// The logarithm of a gamma variate with this shape and scale 1 (Marsaglia & Tsang 2000): of a small shape the
    /// variate itself may underflow.
    pub(crate) fn ln_gamma_variate(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let above = self.ln_gamma_variate(shape + 1.0);
            return above - self.exponential() / shape;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                let ln_v = 3.0 * ln(v);
                if ln(self.uniform()) < 0.5 * x * x + d * (1.0 - exp(ln_v) + ln_v) {
                    return ln(d) + ln_v;
                }
            }
        }
    }

    /// A gamma variate with this shape and scale 1.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        exp(self.ln_gamma_variate(shape))
    }

    /// A beta variate.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        super::logistic(self.ln_gamma_variate(a) - self.ln_gamma_variate(b))
    }
}

#[cfg(test)]
mod tests {
    use super::Seeded;

    /// Goal: the stream is SplitMix64's. Method: the first numbers of seed 1234567, as published with the reference code.
    #[test]
    fn the_stream_is_that_of_split_mix() {
        let mut random = Seeded::new(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
    }

    /// Goal: means and variances are those of the distributions. Method: 40,000 of each, bounds of five deviations.
    #[test]
    fn means_and_variances() {
        let n = 40_000_u32;
        let mut random = Seeded::new(5);
        let mut check = |mean: f64, variance: f64, kurtosis: f64, draw: &mut dyn FnMut(&mut Seeded) -> f64| {
            let draws: Vec<f64> = (0..n).map(|_| draw(&mut random)).collect();
            let found = draws.iter().sum::<f64>() / f64::from(n);
            let spread = draws.iter().map(|x| (x - found).powi(2)).sum::<f64>() / f64::from(n);
            assert!((found - mean).abs() < 5.0 * (variance / f64::from(n)).sqrt(), "mean {found}, not {mean}");
            let error = variance * ((kurtosis - 1.0) / f64::from(n)).sqrt();
            assert!((spread - variance).abs() < 5.0 * error, "variance {spread}, not {variance}");
        };
        check(0.5, 1.0 / 12.0, 1.8, &mut |r| r.uniform());
        check(1.0, 1.0, 9.0, &mut |r| r.exponential());
        check(0.0, 1.0, 3.0, &mut |r| r.normal());
        for shape in [0.25, 1.0, 4.5] {
            check(shape, shape, 3.0 + 6.0 / shape, &mut |r| r.gamma(shape));
        }
        check(0.8 / 3.2, 0.8 * 2.4 / (3.2 * 3.2 * 4.2), 4.0, &mut |r| r.beta(0.8, 2.4));
    }
}
