//! Pool priority: who should be claimed first, as a sum that can be taken apart and an order that time leaves alone.
//!
//! `S = Σ w_k · u_k`, all in `i64`. Waiting counts whole hours of the epoch, `u = pace · (hour(now) − hour(entered))`, so
//! that `S(now) = key + w · pace · hour(now)` with the same last term for everybody: the key orders as `S` does, at any
//! time. Waiting is not capped at 1,000,000, which would bend the line; the starvation limit comes first instead.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::id::{CustomerId, Label};
use crate::model::Customer;
pub use crate::model::{FULL, Unit};
use crate::score::rfm::MidRanks;
use crate::time::{Calendar, Span, SpanError, Timestamp, Undatable};
use crate::wire::getters;

/// Fewer customers with a value than this, and a segment is ranked among all.
pub const LEAST_SEGMENT: u64 = 30;
/// The fastest pace of waiting, in unit scores an hour.
pub const MAX_PACE: u32 = 1_000_000;

const HOUR_MICROS: i64 = 3_600_000_000;
/// More than two rank keys of one kind can differ by: 10^9 of scores, and 9·10^7 hours at 10^9 points an hour.
const KEY_ACCOUNT: i64 = 1 << 60;

/// What a priority is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The mid-rank percentile of the value.
    Value,
    /// The probability of winning.
    WinProbability,
    /// Decayed activity.
    Engagement,
    /// The urgency of churn.
    ChurnUrgency,
    /// The time in the pool.
    Waiting,
}

impl Part {
    /// Every part, in the order of weights and contributions.
    pub const ALL: [Self; 5] = [Self::Value, Self::WinProbability, Self::Engagement, Self::ChurnUrgency, Self::Waiting];
}

/// Why a rule of priority may not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriorityError {
    /// The weights do not make 1,000.
    #[error("weights are per mille and make 1000 together, not `{0}`")]
    Weights(u32),
    /// The pace is too fast.
    #[error("a pace of `{0}` an hour is above 1000000")]
    Pace(u32),
    /// The starvation limit is no span.
    #[error("the starvation limit is wrong: {0}")]
    Limit(#[from] SpanError),
}

/// The rule of priority: weights, the pace of waiting, the starvation limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityRule {
    weights: [u16; 5],
    pace: u32,
    limit: Span,
}

/// One customer that waits: its unit scores and when it entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    units: [Option<Unit>; 4],
    entered: Timestamp,
    key_account: bool,
    valid_until: Option<Timestamp>,
}

impl Waiting {
    /// A customer that entered its pool then and of whom nothing else is known.
    #[must_use]
    pub const fn new(entered: Timestamp) -> Self {
        Self { units: [None; 4], entered, key_account: false, valid_until: None }
    }

    /// What the facts of a customer in a pool say: its scores, and since when it lies there.
    pub(crate) fn of(customer: &Customer) -> Option<Self> {
        let waiting = Self::new(customer.stay()?.since());
        let Some(scores) = customer.scores() else { return Some(waiting) };
        let units = [scores.value(), scores.win_probability(), scores.engagement(), scores.churn_urgency()];
        let key_account = scores.key_account().unwrap_or_default();
        Some(Self { units, key_account, valid_until: scores.valid_until(), ..waiting })
    }

    /// With this unit score. Waiting follows from the time of entry and is not taken.
    #[must_use]
    pub fn with(mut self, part: Part, unit: Unit) -> Self {
        let place = Part::ALL.iter().position(|known| *known == part).and_then(|at| self.units.get_mut(at));
        if let Some(place) = place {
            *place = Some(unit);
        }
        self
    }

    /// A key account.
    #[must_use]
    pub const fn with_key_account(mut self) -> Self {
        self.key_account = true;
        self
    }

    /// With scores of a dated run that are good until then.
    #[must_use]
    pub const fn with_valid_until(mut self, until: Timestamp) -> Self {
        self.valid_until = Some(until);
        self
    }
}

/// What one part adds to a priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The part.
    pub part: Part,
    /// Its weight, per mille.
    pub weight: u16,
    /// Its unit score; `None` where it is missing, which adds nothing.
    pub unit: Option<i64>,
    /// Weight times unit score.
    pub points: i64,
}

/// A priority with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    score: i64,
    contributions: [Contribution; 5],
    key_account: bool,
    entered: Timestamp,
    rank_key: i64,
    starves_at: Result<Timestamp, Undatable>,
    valid_until: Option<Timestamp>,
    starved: bool,
}

/// The order of a pool at one instant: the least comes first.
pub type Order<'a> = (Reverse<bool>, Reverse<bool>, Reverse<i64>, Timestamp, &'a CustomerId);

impl Priority {
    getters! {
        /// The sum of the contributions.
        score: i64,
        /// What each part adds, in the order of [`Part::ALL`].
        const contributions: &[Contribution; 5],
        /// The static rank key, for [`PoolStay::with_rank`](crate::model::PoolStay::with_rank): key accounts first, then as
        /// the score orders at any instant.
        rank_key: i64,
    }

    /// From when on it comes before all scores.
    ///
    /// # Errors
    /// Where the limit has no end in the calendar; it then never starves.
    pub const fn starves_at(&self) -> Result<Timestamp, Undatable> {
        self.starves_at
    }

    /// Until when the scores behind the rank key are good; `None` where nothing dated is in it.
    #[must_use]
    pub const fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// Whether it has waited past the limit.
    #[must_use]
    pub const fn is_starved(&self) -> bool {
        self.starved
    }

    /// Its place among others judged at the same instant: starved, key account, score, entry, id.
    #[must_use]
    pub const fn order<'a>(&self, id: &'a CustomerId) -> Order<'a> {
        (Reverse(self.starved), Reverse(self.key_account), Reverse(self.score), self.entered, id)
    }
}

impl PriorityRule {
    /// A rule with weights per mille in the order of [`Part::ALL`], a pace of waiting in unit scores an hour, and the
    /// limit past which nobody waits behind others.
    ///
    /// # Errors
    /// [`PriorityError::Weights`] unless they make 1,000; [`PriorityError::Pace`] above [`MAX_PACE`];
    /// [`PriorityError::Limit`] where the span is none.
    pub fn new(weights: [u16; 5], pace: u32, limit: Span) -> Result<Self, PriorityError> {
        let sum = weights.iter().fold(0_u32, |sum, weight| sum.saturating_add(u32::from(*weight)));
        if sum != 1_000 {
            return Err(PriorityError::Weights(sum));
        }
        if pace > MAX_PACE {
            return Err(PriorityError::Pace(pace));
        }
        limit.check()?;
        Ok(Self { weights, pace, limit })
    }

    /// The priority of a customer at `now`. One that enters later waits a negative time.
    #[must_use]
    pub fn judge(&self, waiting: &Waiting, calendar: &Calendar, now: Timestamp) -> Priority {
        let hour = |at: Timestamp| at.as_micros().div_euclid(HOUR_MICROS);
        let pace = i64::from(self.pace);
        let waited = hour(now).saturating_sub(hour(waiting.entered)).saturating_mul(pace);
        let [value, win, engagement, churn] = waiting.units.map(|unit| unit.map(|unit| i64::from(unit.get())));
        let units = [value, win, engagement, churn, Some(waited)];
        let mut contributions = [(); 5].map(|()| Contribution { part: Part::Value, weight: 0, unit: None, points: 0 });
        let parts = Part::ALL.into_iter().zip(self.weights).zip(units);
        for (place, ((part, weight), unit)) in contributions.iter_mut().zip(parts) {
            let points = unit.unwrap_or(0).saturating_mul(i64::from(weight));
            *place = Contribution { part, weight, unit, points };
        }
        let [.., wait] = contributions;
        let score = contributions.iter().fold(0_i64, |sum, one| sum.saturating_add(one.points));
        let line = hour(waiting.entered).saturating_mul(pace).saturating_mul(i64::from(wait.weight));
        let bonus = if waiting.key_account { KEY_ACCOUNT } else { 0 };
        let starves_at = calendar.end(waiting.entered, self.limit, &[]).map(|end| end.at());
        Priority {
            score,
            contributions,
            key_account: waiting.key_account,
            entered: waiting.entered,
            rank_key: bonus.saturating_add(score.saturating_sub(wait.points)).saturating_sub(line),
            starves_at,
            valid_until: waiting.valid_until,
            starved: starves_at.is_ok_and(|at| at <= now),
        }
    }
}

/// The value of a customer as a mid-rank percentile: `⌊10^6 · (2·below + equal) / 2n⌋` among the customers of its segment
/// that have a value, or among all where the segment has under [`LEAST_SEGMENT`] of them. Missing stays missing.
#[must_use]
pub fn value_units(customers: &[(Option<&Label>, Option<Decimal>)]) -> Vec<Option<Unit>> {
    let mut segments: BTreeMap<&Label, Vec<Decimal>> = BTreeMap::new();
    let mut all = Vec::new();
    for (segment, value) in customers {
        if let Some(value) = value {
            all.push(*value);
            if let Some(segment) = segment {
                segments.entry(segment).or_default().push(*value);
            }
        }
    }
    let all = MidRanks::new(all);
    let segments: BTreeMap<&Label, MidRanks<Decimal>> =
        segments.into_iter().map(|(segment, values)| (segment, MidRanks::new(values))).collect();
    let ranked = |(segment, value): &(Option<&Label>, Option<Decimal>)| {
        let own = segment.and_then(|segment| segments.get(segment));
        let among = own.filter(|values| values.len() as u64 >= LEAST_SEGMENT).unwrap_or(&all);
        among.share(value.as_ref()?, FULL).and_then(Unit::new)
    };
    customers.iter().map(ranked).collect()
}
