//! Fits of the models with dropout: the search, and what it is held against, which is the same for all of them.

use super::fit::{
    AtBoundary, Boundary, Evidence, Fit, FitFailure, FitTerms, Fitted, Limit, TooLittleData, search_thinned,
    standard_errors, thinned, time_scale,
};
use super::likelihood::Likelihood;
use super::limits::{self, Towards};
use super::nbd::{Nbd, NbdLikelihood};
use super::summary::Summaries;
use crate::score::numeric::minimise::{Ended, Minimum, is_below, search};
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln, real};

/// The maximum of the likelihood, or the verdict that there is none.
pub(super) fn fit<L: Likelihood>(customers: &Summaries, terms: &FitTerms) -> Fit<L::Model> {
    if let Err(too_little) = TooLittleData::check(customers, terms) {
        return Fit::TooLittleData(too_little);
    }
    if let Err(unbounded) = FitFailure::check(customers) {
        return Fit::Failed(unbounded);
    }
    let Some(scale) = time_scale(customers) else { return Fit::Failed(FitFailure::NotFinite) };
    let nbd = NbdLikelihood::new(customers, scale);
    let limit = match Nbd::fit_likelihood(customers, terms, &nbd) {
        Fit::Converged(nbd) => {
            let [r, alpha] = [nbd.model().r(), nbd.model().alpha() / scale];
            Nested { r, alpha, log_likelihood: nbd.evidence().log_likelihood(), limit: Limit::Nbd(nbd) }
        }
        Fit::Boundary(AtBoundary { log_likelihood, limit: Some(limit @ Limit::Poisson(_)), .. }) => {
            let Limit::Poisson(poisson) = &limit else { return Fit::Failed(FitFailure::NotFinite) };
            // A shape of many, with the mean of the process.
            let alpha = 100.0 / (poisson.model().rate() * scale);
            Nested { r: 100.0, alpha, log_likelihood, limit }
        }
        Fit::TooLittleData(too_little) => return Fit::TooLittleData(too_little),
        Fit::Failed(failure) => return Fit::Failed(failure),
        Fit::Boundary(_) => return Fit::Failed(FitFailure::NotFinite),
    };
    Question { customers, terms, scale, limit, whole: L::new(customers, nbd) }.answer()
}

/// The best without dropout.
struct Nested {
    r: f64,
    /// In units of the scale.
    alpha: f64,
    log_likelihood: f64,
    limit: Limit,
}

struct Question<'c, L> {
    customers: &'c Summaries,
    terms: &'c FitTerms,
    scale: f64,
    limit: Nested,
    whole: L,
}

impl<L: Likelihood> Question<'_, L> {
    fn answer(self) -> Fit<L::Model> {
        let starts = self.starts();
        let thinned = thinned(self.customers).map(|part| L::new(&part, NbdLikelihood::new(&part, self.scale)));
        let found = search_thinned(&self.whole, thinned.as_ref(), &starts);
        let lower = found.lower;
        if let (Some(minimum), None) = (found.minimum, &lower) {
            if self.beats_the_limit(minimum.value) {
                return self.converged(&minimum);
            }
        }
        // From the limit on, wherever it is worth while to leave it.
        let beside = self.worth_while();
        let again = search(&self.whole, &beside);
        let lowest = [lower, again.lower].into_iter().flatten().min_by(|one, two| value(one).total_cmp(&value(two)));
        match (again.minimum, lowest) {
            (Some(minimum), lowest)
                if self.beats_the_limit(minimum.value)
                    && !lowest.as_ref().is_some_and(|low| is_below(value(low), minimum.value)) =>
            {
                self.converged(&minimum)
            }
            (_, Some(Ended::Escaped { at, value })) if self.beats_the_limit(value) => self.elsewhere(&at, value),
            (_, Some(ended @ (Ended::Stalled { .. } | Ended::NotFinite))) if self.beats_the_limit(value(&ended)) => {
                Fit::Failed(FitFailure::of(Some(&ended)))
            }
            _ if beside.is_empty() => self.no_dropout(),
            (_, ended) => Fit::Failed(FitFailure::of(ended.as_ref())),
        }
    }

    /// As without dropout, with some or a little more of it; and as if all were lost after their last purchase, so that the
    /// rate is that of the time up to there.
    fn starts(&self) -> [[f64; 4]; 3] {
        let Nested { r, alpha, .. } = self.limit;
        let active: Sum =
            self.customers.groups().iter().map(|group| group.last() / self.scale * real(group.customers())).collect();
        let repeats = real(self.customers.repeats());
        let between = (active.total() / repeats).max(1e-7);
        let each = repeats / real(self.customers.repeat_customers());
        let nbd = [[r, alpha], [0.6 * r, 0.6 * alpha], [0.5, 0.5 * between]];
        let [mut one, mut two, mut three] = [[0.0; 4]; 3];
        let starts = [&mut one, &mut two, &mut three];
        for ((start, [r, alpha]), [first, second]) in starts.into_iter().zip(nbd).zip(L::dropouts(each)) {
            *start = [r, alpha, first, second].map(ln);
        }
        [one, two, three]
    }

    fn log_likelihood(&self, value: f64) -> f64 {
        let nbd = self.whole.nbd();
        -value * nbd.customers - nbd.repeats * ln(self.scale)
    }

    /// Whether this is more likely than anything without dropout, by more than rounding.
    fn beats_the_limit(&self, value: f64) -> bool {
        let limit = self.limit.log_likelihood;
        self.log_likelihood(value) > limit + 1e-12 * limit.abs()
    }

    /// Starts beside the limit, where a little dropout makes the customers more likely; none where it never does.
    fn worth_while(&self) -> Vec<[f64; 4]> {
        let shapes: Vec<f64> = (-16..=40_i32).map(|step| exp(0.5 * f64::from(step))).collect();
        let gains = self.whole.gain([self.limit.r, self.limit.alpha], &shapes);
        let best =
            shapes.iter().zip(gains).filter(|(_, gain)| *gain > 0.0).max_by(|(_, one), (_, two)| one.total_cmp(two));
        best.map(|(b, _)| [ln(self.limit.r), ln(self.limit.alpha), ln(0.01 * b.min(1.0)), ln(*b)]).into_iter().collect()
    }

    fn converged(&self, minimum: &Minimum<4>) -> Fit<L::Model> {
        let parameters = L::parameters(minimum.at.map(exp), self.scale);
        let Ok(model) = L::model(parameters) else { return Fit::Failed(FitFailure::NotFinite) };
        let errors = standard_errors(minimum, &parameters, self.customers.customers());
        let evidence = Evidence::new(self.customers, self.terms, self.log_likelihood(minimum.value));
        Fit::Converged(Fitted::new(model, evidence.with_errors(errors, minimum.gradient)))
    }

    fn no_dropout(self) -> Fit<L::Model> {
        let polarized = limits::polarized(&self.whole, self.limit.r, self.limit.alpha);
        if let Some(towards) = polarized.filter(|towards| self.beats_the_limit(towards.value)) {
            return self.towards(towards);
        }
        let boundary = match &self.limit.limit {
            Limit::Nbd(_) => Boundary::NoDropout,
            Limit::Poisson(_) => Boundary::NoDropoutAndHomogeneousPurchasing,
        };
        Fit::Boundary(AtBoundary::new(boundary, self.limit.log_likelihood, Some(self.limit.limit)))
    }

    /// A limit with dropout, from where parameters ran away.
    fn elsewhere(&self, at: &[f64; 4], value: f64) -> Fit<L::Model> {
        self.towards(limits::towards(&self.whole, *at, value))
    }

    fn towards(&self, Towards { value, reached, boundary }: Towards) -> Fit<L::Model> {
        let at = AtBoundary::new(boundary, self.log_likelihood(value), None);
        Fit::Boundary(if reached { at } else { at.at_least() })
    }
}

fn value(ended: &Ended<4>) -> f64 {
    match ended {
        Ended::Minimum(Minimum { value, .. }) | Ended::Escaped { value, .. } | Ended::Stalled { value, .. } => *value,
        Ended::NotFinite => f64::INFINITY,
    }
}
