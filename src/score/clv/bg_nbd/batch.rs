//! What many customers will still buy under BG/NBD.

use super::BgNbd;
use super::curve::{Curve, Wanted};
use crate::score::clv::chunks::of_each;
use crate::score::clv::counts::time;
use crate::score::clv::summary::Summary;
use crate::score::numeric::ln;
use crate::score::numeric::sum::Sum;

/// Repeats up to which what depends on them alone is kept.
const KEPT: usize = 4096;
/// Customers from whom on a curve serves all with as many repeats. With fewer it is each customer's own times that decide, so
/// that what one comes to does not depend on the others, to the last bit.
const FEW: usize = 256;

impl BgNbd {
    /// [`expected`](Self::expected) of each customer: the same within the last digits, several times as fast where there are
    /// many. Equal customers need to be asked for only once: [`Summaries::groups`](crate::score::clv::Summaries::groups).
    ///
    /// What an active customer will buy depends on its repeats and on `t/(α+T)`: for each number of repeats that many customers
    /// have it is made into a curve.
    #[must_use]
    pub fn expected_each(&self, customers: &[Summary], t: f64) -> Vec<f64> {
        self.expected_over(customers, &[(t, 1.0)])
    }

    /// `Σ weight · expected(customer, time)` over these times, ascending, with their weights: of each customer. The probability
    /// of being alive is computed once for all times.
    pub(in crate::score::clv) fn expected_over(&self, customers: &[Summary], times: &[(f64, f64)]) -> Vec<f64> {
        let moments: Vec<Moment> = times.iter().map(|&(t, weight)| Moment::new(t, weight)).collect();
        let kept = self.kept(customers, &moments);
        let few = customers.len() < FEW;
        let one = |customer: &Summary| {
            let kept = place(customer).filter(|_| !few || self.pays(customer, &moments)).and_then(|x| kept.get(x));
            self.over(customer, &moments, kept)
        };
        of_each(customers, one)
    }

    /// Whether a curve pays for this customer alone.
    fn pays(&self, customer: &Summary, moments: &[Moment]) -> bool {
        let ln_clock = ln(self.alpha + customer.age());
        let (from, to) = ends(moments);
        moments.len() > 1 && Wanted::new(from - ln_clock, to - ln_clock, moments.len()).pays()
    }

    fn over(&self, customer: &Summary, moments: &[Moment], kept: Option<&Kept>) -> f64 {
        let active = self.active(customer);
        let curve = kept.and_then(|kept| kept.curve.as_ref());
        let ln_clock = if curve.is_some() { ln(active.clock) } else { 0.0 };
        let bought = |moment: &Moment| {
            let read = curve.and_then(|curve| curve.at(moment.t / active.clock, moment.ln_t - ln_clock));
            moment.weight * read.unwrap_or_else(|| active.purchases(moment.t))
        };
        let bought: f64 = match moments {
            [moment] => bought(moment),
            _ => moments.iter().map(bought).collect::<Sum>().total(),
        };
        let start = kept.map_or_else(|| self.ln_odds_of_repeats(customer.repeats()), |kept| kept.ln_odds);
        self.weighed_by(start.map(|start| self.log_odds_from(start, customer)), bought.min(f64::MAX))
    }

    /// What is kept for each number of repeats.
    fn kept(&self, customers: &[Summary], moments: &[Moment]) -> Vec<Kept> {
        let mut wanted: Vec<Option<Wanted>> = Vec::new();
        let (few, (from, to)) = (customers.len() < FEW, ends(moments));
        for customer in customers {
            let Some(x) = place(customer).filter(|_| !few || self.pays(customer, moments)) else { continue };
            if x >= wanted.len() {
                wanted.resize_with(x.saturating_add(1), || None);
            }
            let Some(wanted) = wanted.get_mut(x) else { continue };
            let ln_clock = ln(self.alpha + customer.age());
            let more = Wanted::new(from - ln_clock, to - ln_clock, moments.len());
            *wanted = Some(wanted.map_or(more, |wanted| wanted.and(more)));
        }
        let mut x = 0_u32;
        let mut kept = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let pays = wanted.filter(|wanted| few || wanted.pays());
            let curve = pays.map(|wanted| Curve::new(&self.active_after(x, 1.0), wanted));
            kept.push(Kept { ln_odds: self.ln_odds_of_repeats(x), curve });
            x = x.saturating_add(1);
        }
        kept
    }

    /// [`alive`](Self::alive) of each customer.
    #[must_use]
    pub fn alive_each(&self, customers: &[Summary]) -> Vec<f64> {
        let most = customers.iter().map(Summary::repeats).max().unwrap_or_default();
        let kept: Vec<Option<f64>> = if customers.len() > KEPT && usize::try_from(most).is_ok_and(|most| most < KEPT) {
            (0..=most).map(|x| self.ln_odds_of_repeats(x)).collect()
        } else {
            Vec::new()
        };
        let one = |customer: &Summary| match place(customer).and_then(|x| kept.get(x)) {
            Some(start) => start.map_or(1.0, |start| self.alive_from(start, customer)),
            None => self.alive(customer),
        };
        of_each(customers, one)
    }
}

/// The place of what is kept for a customer, if there is one.
fn place(customer: &Summary) -> Option<usize> {
    usize::try_from(customer.repeats()).ok().filter(|x| *x < KEPT)
}

/// A time with its logarithm, and what weight is on it.
struct Moment {
    t: f64,
    ln_t: f64,
    weight: f64,
}

impl Moment {
    fn new(t: f64, weight: f64) -> Self {
        let t = time(t);
        Self { t, ln_t: ln(t), weight }
    }
}

/// The logarithms of the first and the last of ascending times.
fn ends(moments: &[Moment]) -> (f64, f64) {
    moments.first().zip(moments.last()).map_or((0.0, 0.0), |(first, last)| (first.ln_t, last.ln_t))
}

/// What is the same for all customers with as many repeats.
struct Kept {
    /// `ln a − ln(b + x − 1)`; none without repeats.
    ln_odds: Option<f64>,
    curve: Option<Curve>,
}
