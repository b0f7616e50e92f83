//! Engagement: decayed activity, `Σ a · 2^(−(t − t_i)/H)`, by whole numbers alone.
//!
//! It is kept in forward-decayed form (Cormode, Shkapenyuk, Srivastava & Xu 2009, "Forward Decay"): each activity adds
//! `a · 2^((t_i − L)/H)` once, for a landmark `L` that all customers of a score share, and only what is read is divided by
//! `2^((t − L)/H)`. So the order between customers does not change as time passes and nobody is rescored for it; and since every
//! activity is rounded by itself and sums are whole numbers, neither the order of the activities nor the machine matters.
//!
//! Sums count 2⁻³² points at the landmark. Landmarks are whole half-lives since 1970; a score whose activities have come
//! [`AHEAD`] half-lives from its landmark is moved to a later one ([`EngagementRule::rebase`]), which rounds down to a 2⁻³² point
//! at the new landmark.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{ActivityKind, FULL, Unit};
use crate::time::Timestamp;
use crate::wire::getters;

/// So many half-lives after the landmark an activity may be at most.
pub const AHEAD: i64 = 40;
/// The most points of an activity.
pub const MOST_POINTS: u32 = 1_000_000;
/// Places of the sum and of the fraction of a half-life. With 20 bits of points, one of the fraction's power and 40 half-lives
/// ahead, 2³⁴ activities fit.
const BITS: u32 = 32;
/// Places of the roots of 2.
const ROOT_BITS: u32 = 62;
/// One half of a half-life, a quarter, …: so many bits of its fraction count.
const ROOTS: usize = 32;

/// `2^(1/2)`, `2^(1/4)`, …, as whole numbers of 2⁻⁶², each the root of the one before, rounded down.
const ROOT: [u128; ROOTS] = {
    let mut roots = [0; ROOTS];
    let mut root: u128 = 2 << ROOT_BITS;
    let mut i = 0;
    while i < ROOTS {
        root = (root << ROOT_BITS).isqrt();
        #[expect(clippy::indexing_slicing, reason = "i runs over the array")]
        {
            roots[i] = root;
        }
        i = i.saturating_add(1);
    }
    roots
};

/// `2^(fraction/2³²)` in units of 2⁻⁶², rounded down at each step.
fn power(fraction: u32) -> u128 {
    let mut power: u128 = 1 << ROOT_BITS;
    for (bit, root) in (0..BITS).rev().zip(ROOT) {
        if (fraction >> bit) & 1 == 1 {
            power = power.wrapping_mul(root) >> ROOT_BITS;
        }
    }
    power
}

/// Why there is no engagement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngagementError {
    /// The half-life is not from a second to 100 years.
    #[error("a half-life of {0} µs is not from a second to a hundred years")]
    HalfLife(i64),
    /// An activity has more points than [`MOST_POINTS`].
    #[error("{0} points of an activity are more than {MOST_POINTS}")]
    Points(u32),
    /// The half of a unit is at 0 points.
    #[error("the points at which the unit score is one half must be above 0")]
    Half,
    /// An activity lies too far after the landmark.
    #[error(
        "the activity lies more than {AHEAD} half-lives after the landmark {landmark}; move the score to a later one"
    )]
    Ahead {
        /// The landmark, in half-lives since 1970.
        landmark: i64,
    },
    /// The landmark to move to is before the present one.
    #[error("a score cannot be moved back, from the landmark {from} to {to}")]
    Back {
        /// The present one.
        from: i64,
        /// The other.
        to: i64,
    },
    /// Scores of two landmarks cannot be added up or compared.
    #[error("scores of the landmarks {0} and {1} are not of one scale; move one")]
    Landmarks(i64, i64),
    /// There are more activities than a score holds.
    #[error("there are more activities than a score holds")]
    Full,
}

/// What activities are worth, and how soon half of it is gone.
///
/// ```
/// use customer_pool::model::ActivityKind;
/// use customer_pool::score::engagement::EngagementRule;
/// let rule = EngagementRule::new(14 * 86_400_000_000, [(ActivityKind::Call, 3), (ActivityKind::Visit, 10)], 20)?;
/// let at = |text: &str| text.parse().expect("an instant");
/// let mut score = rule.start(at("2026-03-01T00:00:00Z"));
/// rule.add(&mut score, &ActivityKind::Visit, at("2026-03-02T09:00:00Z"))?;
/// assert_eq!(rule.value(&score, at("2026-03-02T09:00:00Z")).round_dp(4).to_string(), "10.0000");
/// assert_eq!(rule.value(&score, at("2026-03-16T09:00:00Z")).round_dp(4).to_string(), "5.0000");
/// # Ok::<(), customer_pool::score::engagement::EngagementError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EngagementRule {
    half_life_micros: i64,
    points: BTreeMap<ActivityKind, u32>,
    half: u32,
}

/// A score: a landmark and a sum. Scores of one rule and one landmark are ordered by their sums, at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engagement {
    landmark: i64,
    #[serde(serialize_with = "write_sum", deserialize_with = "read_sum")]
    sum: u128,
}

fn write_sum<S: Serializer>(sum: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(sum)
}

fn read_sum<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

impl Engagement {
    getters! {
        /// The landmark, in half-lives since 1970.
        landmark: i64,
        /// The sum, in 2⁻³² points at the landmark: what scores of one landmark are compared by.
        sum: u128,
    }

    /// Both together: a customer's activities may be added up in parts.
    ///
    /// # Errors
    /// Another landmark; more than a score holds.
    pub fn merged(&self, other: &Self) -> Result<Self, EngagementError> {
        if self.landmark != other.landmark {
            return Err(EngagementError::Landmarks(self.landmark, other.landmark));
        }
        let sum = self.sum.checked_add(other.sum).ok_or(EngagementError::Full)?;
        Ok(Self { landmark: self.landmark, sum })
    }
}

impl EngagementRule {
    /// With this half-life in microseconds, the points of activities, and the points at which the unit score is one half.
    ///
    /// # Errors
    /// A half-life, points or a half that are none.
    pub fn new(
        half_life_micros: i64,
        points: impl IntoIterator<Item = (ActivityKind, u32)>,
        half: u32,
    ) -> Result<Self, EngagementError> {
        if !(1_000_000..=3_155_760_000_000_000).contains(&half_life_micros) {
            return Err(EngagementError::HalfLife(half_life_micros));
        }
        let points: BTreeMap<ActivityKind, u32> = points.into_iter().collect();
        if let Some(points) = points.values().find(|points| **points > MOST_POINTS) {
            return Err(EngagementError::Points(*points));
        }
        if half == 0 {
            return Err(EngagementError::Half);
        }
        Ok(Self { half_life_micros, points, half })
    }

    /// Whole half-lives since 1970, and the rest in 2⁻³² of one.
    fn place(&self, at: Timestamp) -> (i64, u32) {
        let whole = at.as_micros().div_euclid(self.half_life_micros);
        let rest = i128::from(at.as_micros().rem_euclid(self.half_life_micros));
        let fraction = rest.wrapping_shl(BITS).checked_div(i128::from(self.half_life_micros));
        (whole, fraction.and_then(|fraction| u32::try_from(fraction).ok()).unwrap_or(u32::MAX))
    }

    /// A score of nothing, with the landmark at or before this instant. Give all customers the same.
    #[must_use]
    pub fn start(&self, landmark: Timestamp) -> Engagement {
        Engagement { landmark: self.place(landmark).0, sum: 0 }
    }

    /// Adds an activity; one of a kind without points adds nothing.
    ///
    /// # Errors
    /// [`EngagementError::Ahead`] where the landmark is too far back, [`EngagementError::Full`] after 2³⁴ activities or so. The
    /// score is as it was.
    pub fn add(&self, score: &mut Engagement, kind: &ActivityKind, at: Timestamp) -> Result<(), EngagementError> {
        let points = self.points.get(kind).copied().unwrap_or_default();
        let (whole, fraction) = self.place(at);
        let ahead = whole.saturating_sub(score.landmark);
        if ahead >= AHEAD {
            return Err(EngagementError::Ahead { landmark: score.landmark });
        }
        // 2⁻³² points: 20 bits of points, one of the fraction, 40 of half-lives, so that 2³² of them fit.
        let now = power(fraction).wrapping_mul(u128::from(points)) >> ROOT_BITS.wrapping_sub(BITS);
        let grown = match u32::try_from(ahead) {
            Ok(ahead) => now.wrapping_shl(ahead),
            Err(_) => u32::try_from(ahead.unsigned_abs()).ok().and_then(|back| now.checked_shr(back)).unwrap_or(0),
        };
        score.sum = score.sum.checked_add(grown).filter(|sum| *sum <= u128::MAX >> 1).ok_or(EngagementError::Full)?;
        Ok(())
    }

    /// The same score with the landmark at or before this instant: rounded down to 2⁻³² points there.
    ///
    /// # Errors
    /// A landmark before the present one.
    pub fn rebase(&self, score: &Engagement, landmark: Timestamp) -> Result<Engagement, EngagementError> {
        let (landmark, _) = self.place(landmark);
        let moved = landmark.checked_sub(score.landmark).and_then(|moved| u32::try_from(moved).ok());
        let later = landmark >= score.landmark;
        match moved {
            Some(moved) => Ok(Engagement { landmark, sum: score.sum.checked_shr(moved).unwrap_or(0) }),
            None if later => Ok(Engagement { landmark, sum: 0 }),
            None => Err(EngagementError::Back { from: score.landmark, to: landmark }),
        }
    }

    /// The points that are left at an instant, rounded down to a millionth.
    #[must_use]
    pub fn value(&self, score: &Engagement, at: Timestamp) -> Decimal {
        Decimal::from_i128_with_scale(i128::try_from(self.micros(score, at)).unwrap_or(i128::MAX >> 31), 6)
    }

    /// Millionths of a point; what is beyond 2⁶² of them is as much.
    fn micros(&self, score: &Engagement, at: Timestamp) -> u128 {
        const MOST: u128 = 1 << 62;
        let (whole, fraction) = self.place(at);
        // 2^(−f) is half of 2^(1−f).
        let (divisor, more) = if fraction == 0 { (1 << ROOT_BITS, 0) } else { (power(fraction.wrapping_neg()), 1) };
        let spare = u128::BITS.wrapping_sub(score.sum.leading_zeros()).saturating_sub(60);
        let left = (score.sum >> spare).wrapping_mul(divisor) >> ROOT_BITS;
        let down = i64::from(BITS).saturating_add(more).saturating_sub(i64::from(spare));
        let down = down.saturating_add(whole.saturating_sub(score.landmark));
        let micros = left.wrapping_mul(1_000_000);
        match u32::try_from(down) {
            Ok(down) => micros.checked_shr(down).unwrap_or(0).min(MOST),
            Err(_) if left == 0 => 0,
            Err(_) => {
                let up = u32::try_from(down.unsigned_abs()).unwrap_or(u32::MAX);
                if up < micros.leading_zeros() { micros.wrapping_shl(up).min(MOST) } else { MOST }
            }
        }
    }

    /// The unit score at an instant, `v / (v + half)`: the order between customers is that of their sums.
    #[must_use]
    pub fn unit(&self, score: &Engagement, at: Timestamp) -> Unit {
        let value = self.micros(score, at);
        let half = u128::from(self.half).saturating_mul(1_000_000);
        let unit = value.saturating_mul(u128::from(FULL)).checked_div(value.saturating_add(half));
        unit.and_then(|unit| u32::try_from(unit).ok()).and_then(Unit::new).unwrap_or_default()
    }
}
