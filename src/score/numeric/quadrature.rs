//! Gauss–Legendre quadrature, and means over a beta distribution.

use super::{exp, ln, ln_1p_exp};

/// The positive nodes and the weights of the 16-point Gauss–Legendre rule on −1 to 1.
#[expect(clippy::excessive_precision, reason = "as computed, to the last digit")]
pub(crate) const GAUSS16: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_91, 0.182_603_415_044_923_59),
    (0.458_016_777_657_227_39, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_75, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003_03, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_74, 0.095_158_511_682_492_785),
    (0.944_575_023_073_232_58, 0.062_253_523_938_647_893),
    (0.989_400_934_991_649_93, 0.027_152_459_411_754_095),
];

/// The same of the 8-point rule.
#[expect(clippy::excessive_precision, reason = "as computed, to the last digit")]
pub(crate) const GAUSS8: [(f64, f64); 4] = [
    (0.183_434_642_495_649_804_94, 0.362_683_783_378_361_982_97),
    (0.525_532_409_916_328_985_82, 0.313_706_645_877_887_287_34),
    (0.796_666_477_413_626_739_59, 0.222_381_034_453_374_470_54),
    (0.960_289_856_497_536_231_68, 0.101_228_536_290_376_259_15),
];

/// What is below this share of a whole is not seen.
const UNSEEN: f64 = 1e-18;
/// Its logarithm, with room to spare.
const LN_UNSEEN: f64 = -50.0;

/// Nodes and weights for means over a beta distribution.
///
/// Panels of Gauss–Legendre in `y = ln(p/(1−p))`, where the density is smooth whatever its shapes are; the tails, where a small
/// shape makes them long, in closed form. The weights are divided by their own sum, so that no beta function is needed.
#[derive(Clone, Debug)]
pub(crate) struct BetaNodes(Vec<(f64, f64)>);

impl BetaNodes {
    /// For `p ~ Beta(a, b)` and functions that are constant, to the last digit, for `p` below `even`·10⁻¹⁸, and between
    /// `p^−1` and constant elsewhere.
    pub(crate) fn new(a: f64, b: f64, even: f64) -> Self {
        let weight = |y: f64| -a * ln_1p_exp(-y) - b * ln_1p_exp(y);
        let top = ln(a / b);
        let most = weight(top);
        // Where p, or 1 − p, is so small that all is a power of it.
        let (left, right) = (ln(UNSEEN * even.min(1.0 / b).min(1.0)), -ln(UNSEEN * (1.0 / a).min(1.0)));
        // A function may grow like 1/p to the left.
        let low = edge(left, top, |y| weight(y) - most - (y - top) > LN_UNSEEN);
        let high = edge(right, top, |y| weight(y) - most > LN_UNSEEN);
        let deviation = (1.0 / a + 1.0 / b).sqrt();
        let panels = ((high - low) / (2.5 * deviation).min(2.0)).ceil().clamp(1.0, 4096.0);
        let half = 0.5 * (high - low) / panels;
        let mut nodes = Vec::new();
        let mut middle = low + half;
        while middle < high {
            for (node, share) in GAUSS16 {
                for y in [middle - half * node, middle + half * node] {
                    nodes.push((exp(-ln_1p_exp(-y)), half * share * exp(weight(y) - most)));
                }
            }
            middle += 2.0 * half;
        }
        // ∫ e^{a y} dy to the left of `low`, ∫ e^{−b y} dy to the right of `high`, where they do not vanish anyway.
        nodes.push((exp(low), exp(weight(low) - most) / a));
        nodes.push((1.0, exp(weight(high) - most) / b));
        let whole: super::sum::Sum = nodes.iter().map(|(_, weight)| *weight).collect();
        nodes.iter_mut().for_each(|(_, weight)| *weight /= whole.total());
        Self(nodes)
    }

    /// The mean of `f(p)`.
    pub(crate) fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.0.iter().map(|(p, weight)| weight * f(*p)).collect::<super::sum::Sum>().total()
    }
}

/// From `inside` towards `far`, the last place that is seen; `far` itself if it is.
fn edge(far: f64, inside: f64, seen: impl Fn(f64) -> bool) -> f64 {
    if seen(far) {
        return far;
    }
    let (mut out, mut seen_at) = (far, inside);
    for _ in 0..60 {
        let middle = 0.5 * (out + seen_at);
        if seen(middle) { seen_at = middle } else { out = middle }
    }
    out
}
