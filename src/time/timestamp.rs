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
/// use customer_pool::time::Timestamp;
/// let t: Timestamp = "2026-03-02T15:00:00.1234567+08:00".parse()?;
/// assert_eq!(t.to_string(), "2026-03-02T07:00:00.123456Z");
/// # Ok::<(), customer_pool::time::InstantError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(NonZeroU64);

/// Maps microseconds to unsigned numbers in the same order. The least of them lies far before the year 1, so that zero
/// is free to say "no instant": an `Option<Timestamp>` is one word.
const BIAS: u64 = 1 << 63;

const MIN_MICROS: i64 = -62_135_596_800_000_000;
const MAX_MICROS: i64 = 253_402_300_799_999_999;

/// Why a text or number is no [`Timestamp`].
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

impl Timestamp {
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

    /// From when on something at this instant has been seen, under a clock skew of so many microseconds.
    pub(crate) fn seen_from(self, skew: i64) -> Self {
        self.checked_add_micros(skew.saturating_neg()).unwrap_or(Self::MIN)
    }
}

impl Timestamp {
    /// The instant of an RFC 3339 literal; what [`at!`](crate::at!) makes instants of.
    ///
    /// # Panics
    /// For any other text; in a constant that is an error of the compiler.
    #[must_use]
    #[expect(clippy::panic, reason = "for constants: it stops the compiler")]
    pub const fn literal(text: &'static str) -> Self {
        match literal::micros(text.as_bytes()) {
            Some(micros) => match Self::from_micros(micros) {
                Some(at) => at,
                None => panic!("the instant lies outside the years 1 to 9999"),
            },
            None => panic!("not an RFC 3339 instant such as 2026-03-02T07:00:00Z"),
        }
    }
}

/// An instant from an RFC 3339 literal, checked when it is compiled. Texts from outside are parsed (`FromStr`).
///
/// ```
/// use customer_pool::at;
/// use customer_pool::time::Timestamp;
/// assert_eq!(at!("2026-03-02T15:00:00+08:00"), "2026-03-02T07:00:00Z".parse::<Timestamp>()?);
/// # Ok::<(), customer_pool::time::InstantError>(())
/// ```
///
/// ```compile_fail
/// let at = customer_pool::at!("2026-02-30T15:00:00+08:00");
/// ```
#[macro_export]
macro_rules! at {
    ($text:literal) => {{
        const AT: $crate::time::Timestamp = $crate::time::Timestamp::literal($text);
        AT
    }};
}

/// Reads RFC 3339 when it is compiled.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a constant function: places are compared with the length first, and numbers have at most nine digits"
)]
mod literal {
    const fn digits(text: &[u8], from: usize, count: usize) -> Option<i64> {
        let (mut at, mut number) = (from, 0_i64);
        while at < from + count {
            if at >= text.len() || !text[at].is_ascii_digit() {
                return None;
            }
            number = number * 10 + (text[at] - b'0') as i64;
            at += 1;
        }
        Some(number)
    }

    const fn is(text: &[u8], at: usize, wanted: u8) -> bool {
        at < text.len() && text[at].to_ascii_uppercase() == wanted
    }

    const fn days_of(year: i64, month: i64) -> i64 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        match month {
            2 => 28 + leap as i64,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Days since 1970 of a date in the years 0 to 9999.
    const fn days(year: i64, month: i64, day: i64) -> i64 {
        let (mut total, mut m) = (day - 1, 1);
        while m < month {
            total += days_of(year, m);
            m += 1;
        }
        let before = year - 1;
        total + 365 * year + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_527
    }

    /// Microseconds since 1970, what is finer truncated toward the past.
    pub(super) const fn micros(text: &[u8]) -> Option<i64> {
        let (Some(year), Some(month), Some(day)) = (digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)) else {
            return None;
        };
        let (Some(hour), Some(minute), Some(second)) = (digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2))
        else {
            return None;
        };
        let marks =
            is(text, 4, b'-') && is(text, 7, b'-') && is(text, 10, b'T') && is(text, 13, b':') && is(text, 16, b':');
        if !marks || month < 1 || month > 12 || day < 1 || day > days_of(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (mut at, mut fraction) = (19, 0);
        if is(text, at, b'.') {
            at += 1;
            let mut scale = 100_000;
            let first = at;
            while at < text.len() && text[at].is_ascii_digit() {
                fraction += (text[at] - b'0') as i64 * scale;
                scale /= 10;
                at += 1;
            }
            if at == first {
                return None;
            }
        }
        let east = if is(text, at, b'Z') {
            at += 1;
            0
        } else {
            let sign = if is(text, at, b'+') {
                1
            } else if is(text, at, b'-') {
                -1
            } else {
                return None;
            };
            let (Some(hours), Some(minutes)) = (digits(text, at + 1, 2), digits(text, at + 4, 2)) else { return None };
            if !is(text, at + 3, b':') || hours > 23 || minutes > 59 {
                return None;
            }
            at += 6;
            sign * (hours * 3_600 + minutes * 60)
        };
        if at != text.len() {
            return None;
        }
        Some((days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - east) * 1_000_000 + fraction)
    }
}

impl<Tz: chrono::TimeZone> TryFrom<DateTime<Tz>> for Timestamp {
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

impl TryFrom<std::time::SystemTime> for Timestamp {
    type Error = InstantError;

    /// Truncates toward the past.
    fn try_from(value: std::time::SystemTime) -> Result<Self, InstantError> {
        let micros = match value.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).ok(),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_micros()).ok().and_then(i64::checked_neg);
                let rest = i64::from(before.subsec_nanos() % 1_000 != 0);
                whole.and_then(|whole| whole.checked_sub(rest))
            }
        };
        micros.and_then(Self::from_micros).ok_or(InstantError::OutOfRange)
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(at: Timestamp) -> Self {
        at.to_datetime()
    }
}

impl FromStr for Timestamp {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        DateTime::parse_from_rfc3339(text).map_err(|_| InstantError::Syntax(text.to_owned())).and_then(Self::try_from)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_datetime().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: literals are read as texts are. Method: both ways over dates and times of every shape, good and bad.
    #[test]
    fn a_literal_is_read_like_a_text() {
        let mut texts: Vec<String> = Vec::new();
        for date in [
            "0001-01-01",
            "0004-02-29",
            "1600-02-29",
            "1899-12-31",
            "1970-01-01",
            "2026-03-02",
            "2100-02-29",
            "2100-03-01",
            "9999-12-31",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-3-02",
            "0000-12-31",
        ] {
            for time in
                ["00:00:00", "07:08:09", "23:59:59.999999", "12:00:00.1234567", "12:00:00.", "24:00:00", "12:60:00"]
            {
                for zone in ["Z", "z", "+08:00", "-03:30", "+23:59", "", "+0800", "+08:00x"] {
                    texts.push(format!("{date}T{time}{zone}"));
                }
            }
        }
        texts.push("2026-03-02 07:00:00Z".to_owned());
        let (mut good, mut bad) = (0, 0);
        for text in texts.iter().filter(|text| !text.contains(' ')) {
            let read = literal::micros(text.as_bytes()).and_then(Timestamp::from_micros);
            assert_eq!(read, text.parse().ok(), "{text}");
            *(if read.is_some() { &mut good } else { &mut bad }) += 1;
        }
        assert!(good > 100 && bad > 100, "{good} good, {bad} bad");
    }

    #[test]
    fn system_times_are_truncated_toward_the_past() {
        use std::time::{Duration, UNIX_EPOCH};
        let at = |time: std::time::SystemTime| Timestamp::try_from(time).unwrap().as_micros();
        assert_eq!(at(UNIX_EPOCH + Duration::from_nanos(1_999)), 1);
        assert_eq!(at(UNIX_EPOCH - Duration::from_nanos(1)), -1);
        assert_eq!(at(UNIX_EPOCH - Duration::from_nanos(2_000)), -2);
        assert_eq!(DateTime::<Utc>::from(Timestamp::MIN).timestamp_micros(), MIN_MICROS);
    }
}
