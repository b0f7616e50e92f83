//! The likelihood of a model with dropout: what a search of its parameters asks.

use super::fit::Boundary;
use super::nbd::NbdLikelihood;
use super::parameter::ParameterError;
use super::summary::Summaries;
use crate::score::numeric::minimise::Objective;

/// A shape, or odds, beyond which it is the limit that a search ran towards.
pub(super) const MUCH: f64 = 1e4;

/// The mean negative log-likelihood of a model with dropout, by the logarithms of its parameters: those of NBD, in units of a
/// scale, and two of dropout.
pub(super) trait Likelihood: Objective<4> + Sized {
    /// The model.
    type Model: Copy;

    /// Of these customers, of whom the likelihood without dropout is at hand.
    fn new(customers: &Summaries, nbd: NbdLikelihood) -> Self;

    /// The likelihood without dropout.
    fn nbd(&self) -> &NbdLikelihood;

    /// How the log-likelihood grows where dropout begins, from NBD on, by the first parameter of dropout at each of these
    /// values of the second. Where it is at most 0 for every one, nothing is gained by a little dropout.
    fn gain(&self, nbd: [f64; 2], seconds: &[f64]) -> Vec<f64>;

    /// Parameters in the unit of the customers.
    fn parameters(at: [f64; 4], scale: f64) -> [f64; 4];

    /// The model with these parameters.
    ///
    /// # Errors
    /// A parameter out of range.
    fn model(parameters: [f64; 4]) -> Result<Self::Model, ParameterError>;

    /// The parameters of dropout from which searches start: an ordinary one, one with little of it, and one as if all were lost
    /// after their last purchase, of which each customer made so many.
    fn dropouts(each: f64) -> [[f64; 2]; 3];

    /// The limit at which some customers are lost at once and the others never.
    fn polarized(&self) -> Polarized;

    /// The limit with dropout towards which parameters ran away.
    fn limit(at: [f64; 4]) -> Boundary;
}

/// Customers of whom some are lost at once and the others never: what dropout adds to the likelihood of NBD.
///
/// A customer that may have been lost is `e^G` times as likely if it was, `G = k ln(1 + silence/(α + from))`, `k = r` or `r + 1`;
/// with the probability `p` of being lost at once its likelihood is `(1 − p) + p e^G` times that of NBD. That of one who bought
/// later is `1 − p` times it.
#[derive(Debug)]
pub(super) struct Polarized {
    /// Those who may have been lost: from when, how long they have been silent, and how many.
    pub(super) silent: Vec<(f64, f64, f64)>,
    /// The repeats that they have.
    pub(super) repeats: f64,
    /// How many were not lost.
    pub(super) stayed: f64,
}
