//! Gauss–Legendre quadrature, and means over a beta distribution.

use super::{exp, exp_m1, ln, ln_1p, ln_1p_exp};

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
pub(crate) struct BetaNodes(Vec<Node>);

/// A place `p`.
#[derive(Clone, Copy, Debug)]
struct Node {
    ln_p: f64,
    p: f64,
    ln_weight: f64,
    weight: f64,
}

impl BetaNodes {
    /// For `p ~ Beta(a, b)` and functions that are constant, to the last digit, for `p` below `even`·10⁻¹⁸, and between
    /// `p^−1` and constant elsewhere. `even` is given by its logarithm.
    pub(crate) fn new(a: f64, b: f64, ln_even: f64) -> Self {
        let density = Density::new(a, b);
        let top = density.top;
        // Where p, or 1 − p, is so small that all is a power of it.
        let (left, right) = (ln(UNSEEN) + ln_even.min(-ln(b)).min(0.0), -ln(UNSEEN) + ln(a).max(0.0));
        // A function may grow like 1/p to the left.
        let low = edge(left - top, |d| density.ln(d) - d > LN_UNSEEN);
        let high = edge(right - top, |d| density.ln(d) > LN_UNSEEN);
        let deviation = (1.0 / a + 1.0 / b).sqrt();
        let panels = ((high - low) / (2.5 * deviation).min(2.0)).ceil().clamp(1.0, 4096.0);
        let half = 0.5 * (high - low) / panels;
        let mut nodes = Vec::new();
        let mut panel = 0.0;
        while panel < panels {
            let middle = low + (2.0 * panel + 1.0) * half;
            for (node, share) in GAUSS16 {
                for d in [middle - half * node, middle + half * node] {
                    nodes.push((-ln_1p_exp(-(top + d)), density.ln(d) + ln(half * share)));
                }
            }
            panel += 1.0;
        }
        // ∫ e^{a y} dy to the left of `low`, ∫ e^{−b y} dy to the right of `high`, where they do not vanish anyway.
        nodes.push((top + low, density.ln(low) - ln(a)));
        nodes.push((0.0, density.ln(high) - ln(b)));
        let most = nodes.iter().fold(f64::NEG_INFINITY, |most, (_, ln_weight)| most.max(*ln_weight));
        let whole: super::sum::Sum = nodes.iter().map(|(_, ln_weight)| exp(ln_weight - most)).collect();
        let ln_whole = most + ln(whole.total());
        let node = |(ln_p, ln_weight): (f64, f64)| {
            let weight = exp(ln_weight - most) / whole.total();
            Node { ln_p, p: exp(ln_p), ln_weight: ln_weight - ln_whole, weight }
        };
        Self(nodes.into_iter().map(node).collect())
    }

    /// The mean of `f(p)`.
    pub(crate) fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.0.iter().map(|node| node.weight * f(node.p)).collect::<super::sum::Sum>().total()
    }

    /// The mean of `f`, of which the logarithm is given by that of `p`: where either may be beyond the numbers. At most the
    /// largest number.
    pub(crate) fn mean_of_ln(&self, ln_f: impl Fn(f64) -> f64) -> f64 {
        let terms: Vec<f64> = self.0.iter().map(|node| node.ln_weight + ln_f(node.ln_p)).collect();
        let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: super::sum::Sum = terms.iter().map(|term| exp(term - most)).collect();
        exp(most + ln(sum.total())).min(f64::MAX)
    }
}

/// The density of a beta distribution over `y = ln(p/(1−p))`, in units of its largest value.
struct Density {
    a: f64,
    b: f64,
    /// Where it is largest.
    top: f64,
    /// `p` and `1 − p` there.
    p: f64,
    q: f64,
}

impl Density {
    fn new(a: f64, b: f64) -> Self {
        Self { a, b, top: ln(a / b), p: a / (a + b), q: b / (a + b) }
    }

    /// Its logarithm, so far from where it is largest. Near there, where it is the little that is left of large numbers, by
    /// what they differ.
    fn ln(&self, d: f64) -> f64 {
        if d.abs() < 1.0 {
            let up = exp_m1(d);
            let down = -up / (1.0 + up);
            let bent = self.a * self.q * (up * -down);
            -(self.a * bend(self.q * down) + self.b * bend(self.p * up) + bent)
        } else {
            let at = |y: f64| -self.a * ln_1p_exp(-y) - self.b * ln_1p_exp(y);
            at(self.top + d) - at(self.top)
        }
    }
}

/// `ln(1 + x) − x`.
fn bend(x: f64) -> f64 {
    if x.abs() > 0.1 {
        return ln_1p(x) - x;
    }
    // −x²/2 + x³/3 − …
    let mut k = 18.0;
    let mut sum = 0.0;
    while k >= 2.0 {
        sum = 1.0 / k - x * sum;
        k -= 1.0;
    }
    -x * x * sum
}

/// From the middle towards `far`, the last place that is seen; `far` itself if it is.
fn edge(far: f64, seen: impl Fn(f64) -> bool) -> f64 {
    if seen(far) {
        return far;
    }
    // The distance may be many orders of magnitude shorter.
    let mut out = far;
    for _ in 0..600 {
        if seen(0.25 * out) {
            break;
        }
        out *= 0.25;
    }
    let mut seen_at = 0.25 * out;
    for _ in 0..8 {
        let middle = 0.5 * (out + seen_at);
        if seen(middle) { seen_at = middle } else { out = middle }
    }
    out
}
