//! What customers with as many repeats will still buy, as a curve that is made once and read many times.
#![cfg_attr(not(test), expect(clippy::indexing_slicing, reason = "all indices run over the N of the arrays"))]

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
/// How many there can be.
const MOST: usize = 680;

/// The expectation by `ln τ`, divided by `τ`: on each panel a polynomial that meets it at Chebyshev nodes.
///
/// As a function of `ln τ` the expectation is analytic in a strip of half-width π, and in half of it bounded whatever the
/// parameters are; so the error of a polynomial is below that of the values it meets. It is checked for each panel by what the
/// last terms come to.
pub(super) struct Curve {
    /// One above the number of each panel; 0 where there is none.
    places: Vec<u16>,
    panels: Vec<[f64; N]>,
}

/// The panels that are asked for, and how often.
pub(super) struct Wanted {
    panels: Vec<bool>,
    first: usize,
    last: usize,
    asked: usize,
}

/// The panel of a `ln τ`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 680")]
#[inline]
fn panel(ln_tau: f64) -> Option<usize> {
    (LOW..HIGH).contains(&ln_tau).then(|| ((ln_tau - LOW) * PANELS) as usize)
}

impl Wanted {
    pub(super) fn new() -> Self {
        Self { panels: vec![false; MOST], first: MOST, last: 0, asked: 0 }
    }

    /// So many places from this `ln τ` to that one are asked for.
    pub(super) fn ask(&mut self, from: f64, to: f64, times: usize) {
        let (Some(from), Some(to)) = (panel(from.clamp(LOW, HIGH - 1.0)), panel(to.clamp(LOW, HIGH - 1.0))) else {
            return;
        };
        self.asked = self.asked.saturating_add(times);
        (self.first, self.last) = (self.first.min(from), self.last.max(to));
        if let Some(panels) = self.panels.get_mut(from..=to) {
            panels.fill(true);
        }
    }

    /// The curve, where it costs less than what is asked for.
    pub(super) fn curve(&self, active: Active) -> Option<Curve> {
        let wanted = self.panels.iter().filter(|wanted| **wanted).count();
        (self.asked > 2 * N * wanted).then(|| Curve::new(&active, &self.panels))
    }
}

impl Curve {
    #[expect(clippy::cast_precision_loss, reason = "up to 680")]
    fn new(active: &Active, wanted: &[bool]) -> Self {
        let mut curve = Self { places: vec![0; wanted.len()], panels: Vec::new() };
        let last = wanted.iter().rposition(|wanted| *wanted).unwrap_or_default();
        let end = LOW + (last as f64 + 1.0) / PANELS;
        let angles: [f64; N] = core::array::from_fn(|i| core::f64::consts::PI * (i as f64 + 0.5) / NODES);
        let mut nodes = None;
        for (at, place) in curve.places.iter_mut().enumerate().filter(|(at, _)| wanted.get(*at) == Some(&true)) {
            let middle = LOW + (at as f64 + 0.5) / PANELS;
            let values = angles.map(|angle| {
                let ln_tau = middle + 0.5 / PANELS * cos(angle);
                let tau = exp(ln_tau);
                let bought = active.series(tau).unwrap_or_else(|| {
                    let nodes = nodes.get_or_insert_with(|| active.nodes(end));
                    active.mean(nodes, tau, ln_tau)
                });
                bought / tau
            });
            let Some(polynomial) = polynomial(&angles, &values) else { continue };
            curve.panels.push(polynomial);
            *place = u16::try_from(curve.panels.len()).unwrap_or_default();
        }
        curve
    }

    /// Purchases expected at this `τ` and its logarithm; none where there is no panel.
    #[inline]
    pub(super) fn at(&self, tau: f64, ln_tau: f64) -> Option<f64> {
        let at = (ln_tau - LOW) * PANELS;
        let place = usize::from(*self.places.get(panel(ln_tau)?)?);
        let polynomial = self.panels.get(place.checked_sub(1)?)?;
        let y = 2.0 * (at - at.floor()) - 1.0;
        let square = y * y;
        let fourth = square * square;
        let four = |i: usize| {
            (polynomial[i] + polynomial[i + 1] * y) + (polynomial[i + 2] + polynomial[i + 3] * y) * square
        };
        let eighth = fourth * fourth;
        Some(tau * ((four(0) + four(4) * fourth) + (four(8) + four(12) * fourth) * eighth))
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
    let rest = chebyshev[N - 1].abs() + chebyshev[N - 2].abs();
    let least = values.iter().fold(f64::INFINITY, |least, value| least.min(*value));
    if !(rest <= 3e-14 * least) {
        return None;
    }
    // By powers: T_{k+1} = 2 y T_k − T_{k−1}.
    let (mut powers, mut before, mut here) = ([0.0; N], [0.0; N], [0.0; N]);
    here[0] = 1.0;
    for (k, coefficient) in chebyshev.iter().enumerate() {
        powers.iter_mut().zip(&here).for_each(|(power, t)| *power += coefficient * t);
        let factor = if k == 0 { 1.0 } else { 2.0 };
        let mut next = [0.0; N];
        for i in 0..N {
            next[i] = if i > 0 { factor * here[i - 1] } else { 0.0 } - before[i];
        }
        (before, here) = (here, next);
    }
    Some(powers)
}
