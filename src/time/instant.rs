//! Instants: UTC, in microseconds.

use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, in whole microseconds, in the years 1 to 9999.
///
/// Anything finer is truncated toward the past when it enters, so a round trip through any
/// database changes no decision. On the wire an instant is an RFC 3339 text.
///
/// ```
/// use customer_pool::time::Instant;
/// let t: Instant = "2026-03-02T15:00:00.1234567+08:00".parse()?;
/// assert_eq!(t.to_string(), "2026-03-02T07:00:00.123456Z");
/// # Ok::<(), customer_pool::time::InstantError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroU64);

/// Maps microseconds to unsigned numbers in the same order. The least of them lies far before the year 1, so that zero
/// is free to say "no instant": an `Option<Instant>` is one word.
const BIAS: u64 = 1 << 63;

const MIN_MICROS: i64 = -62_135_596_800_000_000;
const MAX_MICROS: i64 = 253_402_300_799_999_999;

/// Why a text or number is no [`Instant`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InstantError {
    /// The text is not RFC 3339.
    #[error("`{0}` is not an RFC 3339 instant such as `2026-03-02T07:00:00Z`")]
    Syntax(String),
    /// The instant lies outside the years 1 to 9999 (UTC).
    #[error("instant lies outside the years 1 to 9999")]
    OutOfRange,
}

impl Instant {
    /// The first instant: 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self::biased(MIN_MICROS);
    /// The last instant: 9999-12-31T23:59:59.999999Z.
    pub const MAX: Self = Self::biased(MAX_MICROS);

    const fn biased(micros: i64) -> Self {
        match NonZeroU64::new((micros as u64) ^ BIAS) {
            Some(biased) => Self(biased),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// The instant `micros` microseconds after 1970-01-01T00:00:00Z, if it lies in the years 1 to 9999.
    #[must_use]
    #[inline]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < MIN_MICROS || micros > MAX_MICROS { None } else { Some(Self::biased(micros)) }
    }

    /// The instant `seconds` seconds after 1970-01-01T00:00:00Z, if it lies in the years 1 to 9999.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(1_000_000) {
            Some(micros) => Self::from_micros(micros),
            None => None,
        }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    #[inline]
    pub const fn as_micros(self) -> i64 {
        (self.0.get() ^ BIAS) as i64
    }

    /// Microseconds since another instant; `None` when it is later.
    #[inline]
    pub(crate) const fn micros_since(self, other: Self) -> Option<u64> {
        self.0.get().checked_sub(other.0.get())
    }

    /// The same moment for `chrono`.
    #[must_use]
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.as_micros()).unwrap_or_default()
    }

    /// This instant moved by `micros`, if the result lies in the years 1 to 9999.
    #[must_use]
    #[inline]
    pub const fn checked_add_micros(self, micros: i64) -> Option<Self> {
        match self.as_micros().checked_add(micros) {
            Some(sum) => Self::from_micros(sum),
            None => None,
        }
    }
}

impl<Tz: chrono::TimeZone> TryFrom<DateTime<Tz>> for Instant {
    type Error = InstantError;

    /// Truncates toward the past; a leap second counts as the last microsecond before the next second.
    fn try_from(value: DateTime<Tz>) -> Result<Self, InstantError> {
        let micros = i64::from(value.timestamp_subsec_micros().min(999_999));
        value
            .timestamp()
            .checked_mul(1_000_000)
            .and_then(|whole| whole.checked_add(micros))
            .and_then(Self::from_micros)
            .ok_or(InstantError::OutOfRange)
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        DateTime::parse_from_rfc3339(text).map_err(|_| InstantError::Syntax(text.to_owned())).and_then(Self::try_from)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_datetime().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_text(deserializer)
    }
}
