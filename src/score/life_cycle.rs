//! Life cycle: the stage of a customer from dated rules, and what kinds of things it buys.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::Label;
use crate::model::Lifecycle;
use crate::score::money::Sum;
use crate::time::{Calendar, Span, SpanError, Timestamp, Undatable};
use crate::wire::getters;

/// The thresholds of the stages, all of them spans in a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifeCycleRule {
    new: Span,
    dormant: Span,
    lost: Span,
    won_back: Span,
}

/// What stages are derived from. What lies after the instant of a question is not known yet and does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "LifeFactsWire")]
pub struct LifeFacts {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    purchases: Vec<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_contact: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LifeFactsWire {
    #[serde(default)]
    purchases: Vec<Timestamp>,
    #[serde(default)]
    last_contact: Option<Timestamp>,
    #[serde(default)]
    lost_at: Option<Timestamp>,
}

impl From<LifeFactsWire> for LifeFacts {
    fn from(LifeFactsWire { purchases, last_contact, lost_at }: LifeFactsWire) -> Self {
        Self { last_contact, lost_at, ..Self::new(purchases) }
    }
}

/// The stage at an instant, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stage {
    stage: Lifecycle,
    first_purchase: Option<Timestamp>,
    last_purchase: Option<Timestamp>,
    next_change: Option<Timestamp>,
}

/// A change of stage, ready to become an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageChange {
    /// The stage so far; `None` where there was none.
    pub from: Option<Lifecycle>,
    /// The stage now, with its evidence.
    pub to: Stage,
    /// The instant of the answer.
    pub at: Timestamp,
}

impl LifeFacts {
    /// A customer that bought at these instants, in whatever order. The first, the last and the gaps that end with a
    /// purchase matter; a store may leave out any other.
    #[must_use]
    pub fn new(purchases: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut purchases: Vec<Timestamp> = purchases.into_iter().collect();
        purchases.sort_unstable();
        purchases.dedup();
        Self { purchases, last_contact: None, lost_at: None }
    }

    /// Last in contact then.
    #[must_use]
    pub const fn with_last_contact(mut self, at: Timestamp) -> Self {
        self.last_contact = Some(at);
        self
    }

    /// Lost then, by the outcome of its business. A later purchase wins it back.
    #[must_use]
    pub const fn with_lost_at(mut self, at: Timestamp) -> Self {
        self.lost_at = Some(at);
        self
    }
}

impl Stage {
    getters! {
        /// The stage.
        stage: Lifecycle,
        /// The first purchase.
        first_purchase: Option<Timestamp>,
        /// The last purchase.
        last_purchase: Option<Timestamp>,
        /// The first instant at which the stage is another one if nothing happens.
        next_change: Option<Timestamp>,
    }

    /// The change from this stage, if it is one.
    #[must_use]
    pub fn change_from(&self, from: Option<Lifecycle>, at: Timestamp) -> Option<StageChange> {
        (from != Some(self.stage)).then(|| StageChange { from, to: self.clone(), at })
    }
}

impl LifeCycleRule {
    /// New for the first span after the first purchase, dormant from the end of the second after the last purchase or
    /// contact on, lost from the end of the third after the last purchase on, won back for the fourth after a purchase
    /// that followed being lost.
    ///
    /// # Errors
    /// The first span that is none.
    pub fn new(new: Span, dormant: Span, lost: Span, won_back: Span) -> Result<Self, SpanError> {
        [new, dormant, lost, won_back].iter().try_for_each(Span::check)?;
        Ok(Self { new, dormant, lost, won_back })
    }

    /// The stage at `now`. The first that holds: potential without a purchase and not lost by outcome; lost; dormant;
    /// won back; new; active.
    ///
    /// # Errors
    /// Where a span has no end in the calendar.
    pub fn judge(&self, facts: &LifeFacts, calendar: &Calendar, now: Timestamp) -> Result<Stage, Undatable> {
        let known = self.dated(facts, calendar, now)?;
        let stage = known.stage(now);
        let mut ends: Vec<Timestamp> = [known.new, known.dormant, known.lost, known.won_back]
            .into_iter()
            .flatten()
            .filter(|end| *end > now)
            .collect();
        ends.sort_unstable();
        let next_change = ends.into_iter().find(|end| known.stage(*end) != stage);
        Ok(Stage { stage, first_purchase: known.first, last_purchase: known.last, next_change })
    }

    fn dated(&self, facts: &LifeFacts, calendar: &Calendar, now: Timestamp) -> Result<Dated, Undatable> {
        let end = |anchor: Option<Timestamp>, span| -> Result<Option<Timestamp>, Undatable> {
            anchor.map(|anchor| calendar.end(anchor, span, &[]).map(|end| end.at())).transpose()
        };
        let past = |at: &Timestamp| *at <= now;
        let bought = facts.purchases.partition_point(past);
        let purchases = facts.purchases.get(..bought).unwrap_or_default();
        let (first, last) = (purchases.first().copied(), purchases.last().copied());
        let lost_at = facts.lost_at.filter(past);
        let mut back = lost_at.and_then(|lost| purchases.iter().find(|at| **at > lost).copied());
        for (before, after) in purchases.iter().zip(purchases.iter().skip(1)) {
            if end(Some(*before), self.lost)?.is_some_and(|end| end <= *after) {
                back = back.max(Some(*after));
            }
        }
        Ok(Dated {
            first,
            last,
            lost_by_outcome: lost_at.is_some() && lost_at >= last,
            new: end(first, self.new)?,
            dormant: end(last.max(facts.last_contact.filter(past)), self.dormant)?,
            lost: end(last, self.lost)?,
            won_back: end(back, self.won_back)?,
        })
    }
}

/// The ends of the spans.
struct Dated {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    lost_by_outcome: bool,
    new: Option<Timestamp>,
    dormant: Option<Timestamp>,
    lost: Option<Timestamp>,
    won_back: Option<Timestamp>,
}

impl Dated {
    fn stage(&self, now: Timestamp) -> Lifecycle {
        let over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
        let runs = |end: Option<Timestamp>| end.is_some_and(|end| now < end);
        if self.lost_by_outcome || over(self.lost) {
            Lifecycle::Lost
        } else if self.last.is_none() {
            Lifecycle::Potential
        } else if over(self.dormant) {
            Lifecycle::Dormant
        } else if runs(self.won_back) {
            Lifecycle::WonBack
        } else if runs(self.new) {
            Lifecycle::New
        } else {
            Lifecycle::Active
        }
    }
}

/// What a customer buys, by category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseShares {
    shares: Vec<(Label, Decimal)>,
}

impl PurchaseShares {
    /// The shares of these values in their total, rounded half to even to six places. Values of one category are added
    /// up; a category whose sum is 0 or less has no share. `None` where nothing is left, or where the values, signs left away,
    /// do not add up within the digits of a decimal: sums are never rounded.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (Label, Decimal)>) -> Option<Self> {
        let mut sums = std::collections::BTreeMap::<Label, Sum>::new();
        let mut all = Sum::default();
        for (category, value) in values {
            all = all.with(value)?;
            let sum = sums.entry(category).or_default();
            *sum = sum.with(value)?;
        }
        sums.retain(|_, sum| sum.total() > Decimal::ZERO);
        let total = Sum::of(sums.values().map(|sum| sum.total()))?.total();
        let share = |(category, sum): (Label, Sum)| Some((category, sum.total().checked_div(total)?.round_dp(6)));
        let mut shares = sums.into_iter().map(share).collect::<Option<Vec<_>>>()?;
        // The sort is stable, so equal shares stay in the order of their names.
        shares.sort_by_key(|(_, share)| core::cmp::Reverse(*share));
        (!shares.is_empty()).then_some(Self { shares })
    }

    /// Each category with its share, the greatest first, equal ones by name.
    #[must_use]
    pub fn shares(&self) -> &[(Label, Decimal)] {
        &self.shares
    }

    /// The category with the greatest share, if that is at least `least`.
    #[must_use]
    pub fn dominant(&self, least: Decimal) -> Option<&Label> {
        self.shares.first().filter(|(_, share)| *share >= least).map(|(category, _)| category)
    }
}
