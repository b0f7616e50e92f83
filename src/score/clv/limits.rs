//! The limits of models with dropout: where a search runs away, what the likelihood grows towards.
//!
//! Purchases have one limit, at which all customers buy at one rate; dropout has three, at which all are lost alike, or some at
//! once and the others never, or all at once. Each has fewer parameters than the model, and may itself have none that are best,
//! for it has limits that are among these.

use super::fit::Boundary;
use super::likelihood::{Likelihood, Polarized};
use super::nbd::NbdLikelihood;
use crate::score::numeric::minimise::{Ended, Objective, Slope, descend, is_below};
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln, ln_1p, ln_1p_exp, logistic};

/// The logarithm of a shape that is as good as endless: what is left to the limit is one in 10¹², and rounding.
const ENDLESS: f64 = 27.631;
/// Log-odds that are as good as certain.
const CERTAIN: f64 = 45.0;

/// With what is without dropout.
struct WithNbd<'l> {
    polarized: &'l Polarized,
    nbd: &'l NbdLikelihood,
}

/// By the logarithms of `r` and `α`, and the log-odds of `p`.
impl Objective<3> for WithNbd<'_> {
    fn slope(&self, &[ln_r, ln_alpha, odds]: &[f64; 3]) -> Slope<3> {
        let nbd = self.nbd.slope(&[ln_r, ln_alpha]);
        let (r, alpha, p) = (exp(ln_r), exp(ln_alpha), logistic(odds));
        let k = r + self.polarized.repeats;
        let never = -ln_1p_exp(odds);
        let stayed = self.polarized.stayed;
        let mut sums = [stayed * never, 0.0, 0.0, -stayed * p].map(|start| Sum::from_iter([start]));
        for &(from, silence, customers) in &self.polarized.silent {
            let l = ln_1p(silence / (alpha + from));
            let gain = odds + k * l;
            let lost = customers * logistic(gain);
            let by_alpha = -k * (silence / (alpha + from)) / (alpha + from + silence);
            let terms = [customers * (ln_1p_exp(gain) + never), lost * l, lost * by_alpha, lost - customers * p];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| sum.add(term));
        }
        let [value, by_r, by_alpha, by_odds] = sums.map(|sum| sum.total() / self.nbd.customers);
        let [in_r, in_alpha] = nbd.gradient;
        Slope { value: nbd.value - value, gradient: [in_r - r * by_r, in_alpha - alpha * by_alpha, -by_odds] }
    }
}

/// A function of fewer parameters than it has: each of them is `start + Σ free · direction`.
struct Within<'o, O, const N: usize, const M: usize> {
    whole: &'o O,
    start: [f64; N],
    directions: [[f64; N]; M],
}

impl<O: Objective<N>, const N: usize, const M: usize> Objective<M> for Within<'_, O, N, M> {
    fn slope(&self, at: &[f64; M]) -> Slope<M> {
        let mut place = self.start;
        for (free, direction) in at.iter().zip(&self.directions) {
            place.iter_mut().zip(direction).for_each(|(p, d)| *p += free * d);
        }
        let Slope { value, gradient } = self.whole.slope(&place);
        let along = |direction: &[f64; N]| direction.iter().zip(&gradient).map(|(d, g)| d * g).sum();
        Slope { value, gradient: self.directions.each_ref().map(along) }
    }
}

/// What the likelihood grows towards.
pub(super) struct Towards {
    /// The mean negative log-likelihood.
    pub(super) value: f64,
    /// Whether no less was found: otherwise it is only a bound.
    pub(super) reached: bool,
    pub(super) boundary: Boundary,
}

/// The least value of each limit that was searched.
#[derive(Default)]
struct Least {
    /// Where a limit has parameters that are best.
    minimum: Option<(f64, [Option<Boundary>; 2])>,
    /// Where a search ended otherwise.
    other: Option<f64>,
}

impl Least {
    fn search<O: Objective<M>, const M: usize>(
        &mut self,
        objective: &O,
        starts: &[[f64; M]],
        limits: [Option<Boundary>; 2],
    ) {
        for start in starts {
            match descend(objective, start) {
                Ended::Minimum(found) => {
                    if self.minimum.is_none_or(|(least, _)| is_below(found.value, least)) {
                        self.minimum = Some((found.value, limits));
                    }
                }
                Ended::Escaped { value, .. } | Ended::Stalled { value, .. } => {
                    self.other = Some(self.other.map_or(value, |least| least.min(value)));
                }
                Ended::NotFinite => {}
            }
        }
    }

    /// Some lost at once and the others never, or all at once.
    fn search_polarized<L: Likelihood>(&mut self, whole: &L, shapes: [f64; 2], rates: [f64; 3]) {
        let (alike, polarized) = (Some(Boundary::HomogeneousPurchasing), Some(Boundary::PolarizedDropout));
        let certain = Some(Boundary::CertainDropout);
        let some = whole.polarized();
        let some = WithNbd { polarized: &some, nbd: whole.nbd() };
        let starts = shapes.map(|shape| [shape, shape - rates[0], -1.5]);
        self.search(&some, &starts, [polarized, None]);
        let of_one_rate =
            Within { whole: &some, start: [ENDLESS, ENDLESS, 0.0], directions: [[0.0, -1.0, 0.0], [0.0, 0.0, 1.0]] };
        self.search(&of_one_rate, &rates.map(|rate| [rate, -1.5]), [polarized, alike]);
        if some.polarized.stayed <= 0.0 {
            let all =
                Within { whole: &some, start: [0.0, 0.0, CERTAIN], directions: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]] };
            self.search(&all, &shapes.map(|shape| [shape, shape - rates[0]]), [certain, None]);
            let all = Within { whole: &some, start: [ENDLESS, ENDLESS, CERTAIN], directions: [[0.0, -1.0, 0.0]] };
            self.search(&all, &rates.map(|rate| [rate]), [certain, alike]);
        }
    }
}

/// The best with some customers lost at once and the others never, if that has parameters that are best: it lies far from
/// where dropout begins, so a search from there need not see it.
pub(super) fn polarized<L: Likelihood>(whole: &L, r: f64, alpha: f64) -> Option<Towards> {
    let mut least = Least::default();
    least.search_polarized(whole, [ln(r).clamp(-6.0, 6.0), -0.5], [ln(r / alpha), 0.0, 2.0]);
    let (value, limits) = least.minimum?;
    let boundary = limits.into_iter().flatten().next()?;
    Some(Towards { value, reached: least.other.is_none_or(|other| !is_below(other, value)), boundary })
}

/// What the likelihood grows towards from where a search ended.
pub(super) fn towards<L: Likelihood>(
    whole: &L,
    [ln_r, ln_alpha, ln_first, ln_second]: [f64; 4],
    value: f64,
) -> Towards {
    let escaped = L::limit([ln_r, ln_alpha, ln_first, ln_second].map(exp));
    let mut least = Least::default();
    let (alike, equal) = (Some(Boundary::HomogeneousPurchasing), Some(Boundary::HomogeneousDropout));
    let near = |x: f64| x.clamp(-6.0, 6.0);
    // A customer's mean rate, and rate or odds of being lost, at the end of the search and at ordinary places.
    let rates = [near(ln_r - ln_alpha), 0.0, 2.0];
    let shapes = [near(ln_r), -0.5];
    let losses = [near(ln_first - ln_second), -2.0, 1.0];

    let one_rate = Within {
        whole,
        start: [ENDLESS, ENDLESS, 0.0, 0.0],
        directions: [[0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]],
    };
    let starts = rates.map(|rate| [rate, near(ln_first), near(ln_second)]);
    least.search(&one_rate, &starts, [alike, None]);

    let one_loss = Within {
        whole,
        start: [0.0, 0.0, ENDLESS, ENDLESS],
        directions: [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
    };
    let starts = losses.map(|loss| [near(ln_r), near(ln_alpha), loss]);
    least.search(&one_loss, &starts, [equal, None]);

    let both = Within { whole, start: [ENDLESS; 4], directions: [[0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]] };
    let starts = [[rates[0], losses[0]], [rates[1], losses[1]], [rates[2], losses[2]]];
    least.search(&both, &starts, [equal, alike]);

    least.search_polarized(whole, shapes, rates);
    let lowest = least.other.map_or(value, |other| value.min(other));
    match least.minimum {
        Some((value, limits)) if !is_below(lowest, value) => {
            let named = limits.contains(&Some(escaped));
            let boundary = limits.into_iter().flatten().next().filter(|_| !named).unwrap_or(escaped);
            Towards { value, reached: true, boundary }
        }
        _ => Towards { value: lowest, reached: false, boundary: escaped },
    }
}
