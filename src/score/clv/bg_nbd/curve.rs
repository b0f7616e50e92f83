//! What customers with as many repeats will still buy, as a curve that is made once and read many times.

use super::expectation::Active;
use crate::score::numeric::{cos, exp};

/// Coefficients of a panel.
const N: usize = 16;
/// The same as a number.
const NODES: f64 = 16.0;
/// Panels in a unit of `ln τ`.
const PANELS: f64 = 2.0;
/// From this `ln τ` on there are panels, and up to this one.
const LOW: f64 = -40.0;
const HIGH: f64 = 300.0;

/// The expectation by `ln τ`, divided by `τ`: on each panel a polynomial that meets it at Chebyshev nodes.
///
/// As a function of `ln τ` the expectation is analytic in a strip of half-width π, and in half of it bounded whatever the
/// parameters are; so the error of a polynomial is below that of the values it meets. It is checked for each panel by what the
/// last terms come to.
pub(super) struct Curve {
    /// The number of the first panel.
    first: u16,
    panels: Vec<Option<[f64; N]>>,
}

/// The panels that are asked for, a range, and how often.
///
/// Panels between those that customers ask for are few, since customers of one history differ little in age.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    first: u16,
    last: u16,
    asked: usize,
}

/// The panel of a `ln τ`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 680")]
#[inline]
fn panel(ln_tau: f64) -> Option<u16> {
    (LOW..HIGH).contains(&ln_tau).then_some(((ln_tau - LOW) * PANELS) as u16)
}

impl Wanted {
    /// So many places from this `ln τ` to that one.
    pub(super) fn new(from: f64, to: f64, asked: usize) -> Self {
        let within = |ln_tau: f64| panel(ln_tau.clamp(LOW, HIGH - 1.0)).unwrap_or_default();
        Self { first: within(from), last: within(to), asked }
    }

    /// These and those.
    pub(super) fn and(self, other: Self) -> Self {
        let asked = self.asked.saturating_add(other.asked);
        Self { first: self.first.min(other.first), last: self.last.max(other.last), asked }
    }

    /// Whether a curve costs less than what is asked for.
    pub(super) fn pays(&self) -> bool {
        let panels = usize::from(self.last.saturating_sub(self.first)).saturating_add(1);
        self.asked > N.saturating_mul(panels)
    }
}

impl Curve {
    /// Of active customers whose clock is 1.
    pub(super) fn new(active: &Active, wanted: Wanted) -> Self {
        let mut angle = 0.5;
        let angles = [(); N].map(|()| {
            angle += 1.0;
            core::f64::consts::PI * (angle - 1.0) / NODES
        });
        let panels = (wanted.first..=wanted.last).map(|at| {
            let low = LOW + f64::from(at) / PANELS;
            let mut nodes = None;
            let values = angles.map(|angle| {
                let ln_tau = low + (0.5 + 0.5 * cos(angle)) / PANELS;
                let tau = exp(ln_tau);
                let bought = active.series(tau).unwrap_or_else(|| {
                    let nodes = nodes.get_or_insert_with(|| active.nodes(low + 1.0 / PANELS));
                    active.mean(nodes, tau, ln_tau)
                });
                bought / tau
            });
            polynomial(&angles, &values)
        });
        Self { first: wanted.first, panels: panels.collect() }
    }

    /// Purchases expected at this `τ` and its logarithm; none where there is no panel.
    #[inline]
    pub(super) fn at(&self, tau: f64, ln_tau: f64) -> Option<f64> {
        let at = (ln_tau - LOW) * PANELS;
        let place = panel(ln_tau)?.checked_sub(self.first)?;
        let polynomial = self.panels.get(usize::from(place))?.as_ref()?;
        let y = 2.0 * (at - at.floor()) - 1.0;
        let square = y * y;
        let fourth = square * square;
        let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = *polynomial;
        let four = |one: f64, two: f64, three: f64, four: f64| (one + two * y) + (three + four * y) * square;
        let low = four(a0, a1, a2, a3) + four(b0, b1, b2, b3) * fourth;
        let high = four(c0, c1, c2, c3) + four(d0, d1, d2, d3) * fourth;
        Some(tau * (low + high * (fourth * fourth)))
    }
}

/// The coefficients of the polynomial through values at the cosines of these angles; none where it does not end soon.
fn polynomial(angles: &[f64; N], values: &[f64; N]) -> Option<[f64; N]> {
    let mut chebyshev = [0.0; N];
    let mut k = 0.0;
    for coefficient in &mut chebyshev {
        let sum: f64 = angles.iter().zip(values).map(|(angle, value)| value * cos(k * angle)).sum();
        *coefficient = sum * if k > 0.0 { 2.0 } else { 1.0 } / NODES;
        k += 1.0;
    }
    let [.., last_but_one, last] = chebyshev;
    let rest = last_but_one.abs() + last.abs();
    let least = values.iter().fold(f64::INFINITY, |least, value| least.min(*value));
    if rest.is_nan() || rest > 3e-14 * least {
        return None;
    }
    // By powers: T_{k+1} = 2 y T_k − T_{k−1}.
    let (mut powers, mut before, mut here) = ([0.0; N], [0.0; N], [0.0; N]);
    if let Some(one) = here.first_mut() {
        *one = 1.0;
    }
    let mut factor = 1.0;
    for coefficient in &chebyshev {
        powers.iter_mut().zip(&here).for_each(|(power, t)| *power += coefficient * t);
        let mut next = [0.0; N];
        let raised = core::iter::once(0.0).chain(here);
        next.iter_mut().zip(raised).zip(before).for_each(|((next, here), before)| *next = factor * here - before);
        (before, here, factor) = (here, next, 2.0);
    }
    Some(powers)
}
