//! What a plan comes to, by owner, tier, pool and value.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::plan::{SweepAction, SweepItem, SweepPlan};
use crate::attribute::decimal_text;
use crate::score::money::Sum;

/// How many items of each kind, and the value at stake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Customers that go back to the pool.
    pub reclaims: u64,
    /// Customers that are nominated for a review.
    pub nominations: u64,
    /// Notices to be served.
    pub notices: u64,
    /// Warnings to be sent.
    pub warnings: u64,
    /// Reclaims and nominations that a ceiling holds back.
    pub throttled: u64,
    /// The value of the customers that go back or are nominated, as far as it is known. The sum is exact; `None` where it
    /// takes more digits than a decimal has.
    #[serde(skip_serializing_if = "Option::is_none", with = "decimal_text::option")]
    pub value: Option<Decimal>,
    /// How many of those have no known value.
    pub without_value: u64,
}

/// A tally in the making.
struct Count {
    tally: Tally,
    sum: Option<Sum>,
}

impl Default for Count {
    fn default() -> Self {
        let [reclaims, nominations, notices, warnings, throttled, without_value] = [0; 6];
        let tally = Tally { reclaims, nominations, notices, warnings, throttled, value: None, without_value };
        Self { tally, sum: Some(Sum::default()) }
    }
}

impl Count {
    fn add(&mut self, item: &SweepItem, throttled: bool) {
        let tally = &mut self.tally;
        let count = match item.action() {
            _ if throttled => &mut tally.throttled,
            SweepAction::Reclaim => &mut tally.reclaims,
            SweepAction::Nominate => &mut tally.nominations,
            SweepAction::Notice => &mut tally.notices,
            SweepAction::Warn { .. } => &mut tally.warnings,
        };
        *count = count.saturating_add(1);
        if !throttled && item.action().is_bounded() {
            match item.value() {
                Some(value) => self.sum = self.sum.and_then(|sum| sum.with(value)),
                None => tally.without_value = tally.without_value.saturating_add(1),
            }
        }
    }

    fn line(self, name: Option<String>) -> ReportLine {
        ReportLine { name, tally: self.tally() }
    }

    fn tally(self) -> Tally {
        Tally { value: self.sum.map(Sum::total), ..self.tally }
    }
}

/// The tally of one owner, tier, pool or band of value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportLine {
    /// Its name; `None` for customers without one.
    pub name: Option<String>,
    /// What happens to its customers.
    #[serde(flatten)]
    pub tally: Tally,
}

/// What a plan comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SweepReport {
    /// Everything.
    pub all: Tally,
    /// By owner, in order of id.
    pub by_owner: Vec<ReportLine>,
    /// By tier; customers without one first.
    pub by_tier: Vec<ReportLine>,
    /// By pool to which they go or would go.
    pub by_pool: Vec<ReportLine>,
    /// By band of value, `FROM..` and `FROM..TO` with `TO` excluded; customers without a value first.
    pub by_value: Vec<ReportLine>,
    /// About how many customers nobody can tell.
    pub undetermined: u64,
}

impl SweepPlan {
    /// What the plan comes to. `bands` are the bounds between bands of value, in any order.
    #[must_use]
    pub fn report(&self, bands: &[Decimal]) -> SweepReport {
        let mut bounds = bands.to_vec();
        bounds.sort_unstable();
        bounds.dedup();
        let band = |item: &SweepItem| item.value().map(|value| bounds.partition_point(|bound| *bound <= value));
        let band_name = |place: usize| {
            let from = place.checked_sub(1).and_then(|i| bounds.get(i)).map(ToString::to_string).unwrap_or_default();
            format!("{from}..{}", bounds.get(place).map(ToString::to_string).unwrap_or_default())
        };
        let mut all = Count::default();
        let (mut owners, mut tiers, mut pools) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut values: BTreeMap<Option<usize>, Count> = BTreeMap::new();
        let throttled = self.throttled.iter().map(|throttled| (throttled.item(), true));
        for (item, throttled) in self.items.iter().map(|item| (item, false)).chain(throttled) {
            all.add(item, throttled);
            let counts: [&mut Count; 4] = [
                owners.entry(Some(item.owner().to_string())).or_default(),
                tiers.entry(item.tier().map(ToString::to_string)).or_default(),
                pools.entry(Some(item.pool().to_string())).or_default(),
                values.entry(band(item)).or_default(),
            ];
            for count in counts {
                count.add(item, throttled);
            }
        }
        let values = values.into_iter().map(|(place, count)| count.line(place.map(band_name)));
        SweepReport {
            all: all.tally(),
            by_owner: lines(owners),
            by_tier: lines(tiers),
            by_pool: lines(pools),
            by_value: values.collect(),
            undetermined: u64::try_from(self.undetermined.len()).unwrap_or(u64::MAX),
        }
    }
}

fn lines(counts: BTreeMap<Option<String>, Count>) -> Vec<ReportLine> {
    counts.into_iter().map(|(name, count)| count.line(name)).collect()
}
