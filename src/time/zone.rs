//! Time zones.

use core::fmt;
use core::str::FromStr;

use chrono::FixedOffset;
#[cfg(feature = "chrono-tz")]
use chrono::{DateTime, Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The zone whose local time makes civil days: `UTC`, a fixed offset such as `+08:00`, or an IANA name.
///
/// ```
/// use customer_pool::time::Zone;
/// assert_eq!("+08:00".parse::<Zone>()?.to_string(), "+08:00");
/// assert!("Mars/Olympus".parse::<Zone>().is_err());
/// # Ok::<(), customer_pool::time::ZoneError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Zone {
    /// Coordinated universal time.
    Utc,
    /// Always the same offset east of UTC.
    Fixed(FixedOffset),
    /// A zone of the IANA database, with its history of offsets.
    #[cfg(feature = "chrono-tz")]
    Iana(chrono_tz::Tz),
}

/// Why a text names no [`Zone`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneError {
    /// Neither `UTC` nor an offset nor a known name.
    #[error(
        "`{0}` is no known zone: expected `UTC`, an offset such as `+08:00` or an IANA name such as `Asia/Shanghai`"
    )]
    Unknown(String),
    /// A name, in a build without named zones.
    #[error("zone `{0}` is not compiled in (feature `chrono-tz`): only `UTC` and offsets such as `+08:00` are")]
    NotCompiledIn(String),
}

impl Zone {
    /// Seconds east of UTC at the UTC second `at`; an offset of the database is less than a day.
    pub(crate) fn offset_at(self, at: i64) -> i64 {
        match self {
            Self::Utc => 0,
            Self::Fixed(offset) => {
                let _ = at;
                i64::from(offset.local_minus_utc())
            }
            #[cfg(feature = "chrono-tz")]
            Self::Iana(tz) => DateTime::from_timestamp(at, 0)
                .map_or(0, |t| i64::from(tz.offset_from_utc_datetime(&t.naive_utc()).fix().local_minus_utc())),
        }
    }
}

/// `1800-01-01` and `2101-01-01` in UTC seconds: the zone database knows no change before the one and after the other.
#[cfg(feature = "chrono-tz")]
const KNOWN: (i64, i64) = (-5_364_662_400, 4_133_980_800);

impl Zone {
    /// UTC seconds before and from which the offset never changes.
    pub(super) fn changes(self) -> (i64, i64) {
        match self {
            Self::Utc | Self::Fixed(_) => (i64::MAX, i64::MIN),
            #[cfg(feature = "chrono-tz")]
            Self::Iana(_) => KNOWN,
        }
    }
}

fn two_digits(text: &str) -> Option<i32> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// `+HH:MM` or `+HH:MM:SS`, less than a day either way.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let (east, digits) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(digits), _) => (1_i32, digits),
        (_, Some(digits)) => (-1, digits),
        _ => return None,
    };
    let mut parts = digits.split(':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let second = parts.next().map_or(Some(0), two_digits)?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = hour.saturating_mul(3_600).saturating_add(minute.saturating_mul(60)).saturating_add(second);
    FixedOffset::east_opt(seconds.saturating_mul(east))
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        if text == "UTC" {
            return Ok(Self::Utc);
        }
        if text.starts_with(['+', '-']) {
            return parse_offset(text).map(Self::Fixed).ok_or_else(|| ZoneError::Unknown(text.to_owned()));
        }
        named(text)
    }
}

#[cfg(feature = "chrono-tz")]
fn named(text: &str) -> Result<Zone, ZoneError> {
    text.parse().map(Zone::Iana).map_err(|_| ZoneError::Unknown(text.to_owned()))
}

#[cfg(not(feature = "chrono-tz"))]
fn named(text: &str) -> Result<Zone, ZoneError> {
    Err(ZoneError::NotCompiledIn(text.to_owned()))
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => f.write_str("UTC"),
            Self::Fixed(offset) => fmt::Display::fmt(offset, f),
            #[cfg(feature = "chrono-tz")]
            Self::Iana(tz) => f.write_str(tz.name()),
        }
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_print_what_they_parse() {
        let mut texts = vec!["UTC", "+08:00", "-03:30", "+00:00", "+23:59", "-23:59", "+05:45", "+08:05:43"];
        if cfg!(feature = "chrono-tz") {
            texts.extend(["Asia/Shanghai", "America/Argentina/San_Luis", "Etc/UTC"]);
        }
        for text in texts {
            assert_eq!(text.parse::<Zone>().unwrap().to_string(), text);
        }
        assert_eq!("-03:30".parse::<Zone>().unwrap().offset_at(0), -12_600);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "utc", "Z", "+8", "+0800", "+24:00", "+08:60", "8:00", "+-1:00", "Mars/Olympus"] {
            let error = text.parse::<Zone>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
        #[cfg(not(feature = "chrono-tz"))]
        assert_eq!("Asia/Shanghai".parse::<Zone>(), Err(ZoneError::NotCompiledIn("Asia/Shanghai".to_owned())));
    }

    /// Asks every zone for its offset each week of the years around the bounds, and each decade further off.
    #[cfg(feature = "chrono-tz")]
    #[test]
    fn no_zone_changes_its_offset_before_1800_or_after_2100() {
        let (week, decade) = (7 * 86_400, 3_652 * 86_400);
        let (first, last) = (-62_135_596_800, 253_402_300_799);
        let at = |at: &str| chrono::DateTime::parse_from_rfc3339(at).unwrap().timestamp();
        assert_eq!(KNOWN, (at("1800-01-01T00:00:00Z"), at("2101-01-01T00:00:00Z")));
        for zone in chrono_tz::TZ_VARIANTS.map(Zone::Iana) {
            let (early, late) = (zone.offset_at(KNOWN.0), zone.offset_at(KNOWN.1));
            for weeks in 0..5_300 {
                assert_eq!(zone.offset_at(KNOWN.0 - weeks * week), early, "{zone}");
                assert_eq!(zone.offset_at(KNOWN.1 + weeks * week), late, "{zone}");
            }
            assert!((first..KNOWN.0).step_by(decade).all(|at| zone.offset_at(at) == early), "{zone}");
            assert!((KNOWN.1..last).step_by(decade).all(|at| zone.offset_at(at) == late), "{zone}");
        }
    }
}
