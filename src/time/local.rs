//! Local times of day.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A local time of day in whole seconds, 00:00 to 24:00, written `HH:MM` or `HH:MM:SS`.
///
/// 00:00 is always a day's first instant and 24:00 always its end, whatever daylight saving does to them.
///
/// ```
/// use customer_pool::time::LocalTime;
/// let closing: LocalTime = "18:30".parse()?;
/// assert_eq!(closing, LocalTime::new(18, 30).ok_or("no time of day")?);
/// assert!(closing < LocalTime::END);
/// assert!("24:01".parse::<LocalTime>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(u32);

/// Why a text is no [`LocalTime`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocalTimeError {
    /// The text is not `HH:MM` or `HH:MM:SS` between 00:00 and 24:00.
    #[error("`{0}` is not a time of day such as `18:00`, between `00:00` and `24:00`")]
    Syntax(String),
}

impl LocalTime {
    /// 00:00, a day's first instant.
    pub const MIDNIGHT: Self = Self(0);
    /// 24:00, a day's end.
    pub const END: Self = Self(86_400);

    /// The time `hour`:`minute`, if it lies between 00:00 and 24:00.
    #[must_use]
    pub const fn new(hour: u32, minute: u32) -> Option<Self> {
        if hour > 24 || minute > 59 {
            return None;
        }
        Self::from_seconds(hour.saturating_mul(3_600).saturating_add(minute.saturating_mul(60)))
    }

    /// The time `seconds` seconds after 00:00 on a day of 24 hours, up to 86,400.
    #[must_use]
    pub const fn from_seconds(seconds: u32) -> Option<Self> {
        if seconds > Self::END.0 { None } else { Some(Self(seconds)) }
    }

    /// Seconds after 00:00 on a day of 24 hours, 0 to 86,400.
    #[must_use]
    pub const fn as_seconds(self) -> u32 {
        self.0
    }

    /// The same in a signed number, for arithmetic with instants.
    pub(super) fn seconds(self) -> i64 {
        i64::from(self.0)
    }
}

/// Two digits and nothing else: `str::parse` would take `+9`.
fn two_digits(text: &str) -> Option<u32> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn parse(text: &str) -> Option<LocalTime> {
    let mut parts = text.split(':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let second = parts.next().map_or(Some(0), two_digits)?;
    if parts.next().is_some() || second > 59 {
        return None;
    }
    LocalTime::from_seconds(LocalTime::new(hour, minute)?.0.saturating_add(second))
}

impl FromStr for LocalTime {
    type Err = LocalTimeError;

    fn from_str(text: &str) -> Result<Self, LocalTimeError> {
        parse(text).ok_or_else(|| LocalTimeError::Syntax(text.to_owned()))
    }
}

impl fmt::Display for LocalTime {
    /// Seconds are written only where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        write!(f, "{hour:02}:{minute:02}")?;
        if second == 0 { Ok(()) } else { write!(f, ":{second:02}") }
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_prints_what_it_parses() {
        for seconds in 0..=86_400 {
            let time = LocalTime::from_seconds(seconds).unwrap();
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        assert_eq!(LocalTime::from_seconds(86_401), None);
        assert_eq!(LocalTime::new(24, 0), Some(LocalTime::END));
        assert_eq!(LocalTime::new(24, 1), None);
        assert_eq!(LocalTime::new(0, 60), None);
    }

    #[test]
    fn loose_spellings_are_refused() {
        for text in
            ["", "9:00", "09", "09:0", "+9:00", "09:00:60", "24:00:01", "25:00", "09:60", "09:00:00:00", " 09:00"]
        {
            assert!(text.parse::<LocalTime>().is_err(), "{text}");
        }
    }
}
