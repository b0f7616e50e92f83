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
}
