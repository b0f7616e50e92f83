//! Time zones.

use core::fmt;
use core::str::FromStr;

use chrono::FixedOffset;
#[cfg(feature = "chrono-tz")]
use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone};
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
            Self::Iana(tz) => DateTime::from_timestamp(like_in_the_database(at), 0)
                .map_or(0, |t| i64::from(tz.offset_from_utc_datetime(&t.naive_utc()).fix().local_minus_utc())),
        }
    }
}

/// `1800-01-01` and `2100-01-01` in UTC seconds: the zone database knows no change before the one and from the other on.
#[cfg(feature = "chrono-tz")]
const KNOWN: (i64, i64) = (-5_364_662_400, 4_102_444_800);

/// The last years of the database, in which every zone follows the rule that it is to follow for good.
#[cfg(feature = "chrono-tz")]
const LAST_YEARS: std::ops::RangeInclusive<i32> = 2088..=2099;

/// From 2100 on, the UTC second of a year that the database knows at which the clocks show what they show at `at`: of the
/// same month, in the latest year in which that month begins on the same weekday. All rules for daylight saving name a
/// weekday of a month ("the second Sunday in March"), so this continues them.
#[cfg(feature = "chrono-tz")]
fn like_in_the_database(at: i64) -> i64 {
    if at < KNOWN.1 {
        return at;
    }
    let first_of = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1);
    let like = || {
        let date = DateTime::from_timestamp(at, 0)?.date_naive();
        let first = first_of(date.year(), date.month())?;
        let mut years = LAST_YEARS.rev().filter_map(|year| first_of(year, date.month()));
        let alike = years.find(|of_year| of_year.weekday() == first.weekday())?;
        Some(at.saturating_sub(first.signed_duration_since(alike).num_seconds()))
    };
    like().unwrap_or(at)
}

impl Zone {
    /// UTC seconds before and from which the offset never changes.
    pub(super) fn changes(self) -> (i64, i64) {
        match self {
            Self::Utc | Self::Fixed(_) => (i64::MAX, i64::MIN),
            #[cfg(feature = "chrono-tz")]
            Self::Iana(_) => {
                let (first, last) = KNOWN;
                // A zone with daylight saving shows another time at midsummer than at midwinter.
                let half_a_year = 182 * 86_400;
                let goes_on = self.offset_at(last) != self.offset_at(last.saturating_add(half_a_year));
                (first, if goes_on { i64::MAX } else { last })
            }
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

    #[cfg(feature = "chrono-tz")]
    fn utc(at: &str) -> i64 {
        chrono::DateTime::parse_from_rfc3339(at).unwrap().timestamp()
    }

    /// Asks every zone for its offset each week of the century around the bounds, and each decade further off.
    #[cfg(feature = "chrono-tz")]
    #[test]
    fn no_zone_changes_its_offset_outside_the_bounds_it_names() {
        let (week, decade) = (7 * 86_400, 3_652 * 86_400);
        let (first, last) = (-62_135_596_800, 253_402_300_799);
        assert_eq!(KNOWN, (utc("1800-01-01T00:00:00Z"), utc("2100-01-01T00:00:00Z")));
        let mut steady = 0;
        for zone in chrono_tz::TZ_VARIANTS.map(Zone::Iana) {
            let (begins, ends) = zone.changes();
            let (early, late) = (zone.offset_at(KNOWN.0), zone.offset_at(KNOWN.1));
            assert_eq!(begins, KNOWN.0);
            assert!((0..5_300).all(|weeks| zone.offset_at(begins - weeks * week) == early), "{zone}");
            assert!((first..begins).step_by(decade).all(|at| zone.offset_at(at) == early), "{zone}");
            if ends == KNOWN.1 {
                steady += 1;
                assert!((0..5_300).all(|weeks| zone.offset_at(ends + weeks * week) == late), "{zone}");
                assert!((ends..last).step_by(decade).all(|at| zone.offset_at(at) == late), "{zone}");
            }
        }
        assert!((300..chrono_tz::TZ_VARIANTS.len()).contains(&steady), "{steady}");
    }

    /// Goal: the rule of a zone's last years goes on. Method: in every zone, the years 2088 to 2099 as they would be if the
    /// database ended before them, hour by hour near each change; then well-known rules far ahead.
    #[cfg(feature = "chrono-tz")]
    #[test]
    fn the_rule_of_the_last_years_goes_on_for_ever() {
        let day = 86_400;
        for zone in chrono_tz::TZ_VARIANTS.map(Zone::Iana).into_iter().filter(|zone| zone.changes().1 == i64::MAX) {
            // In twelve years every month begins on every weekday, so each month of 2100 to 2111 is one of those years'.
            for month in 1..=12 {
                let begins = |year: i32| NaiveDate::from_ymd_opt(year, month, 1).unwrap();
                for (one, other) in LAST_YEARS.flat_map(|one| LAST_YEARS.map(move |other| (one, other))) {
                    let apart = (begins(other) - begins(one)).num_days();
                    if apart % 7 != 0 || apart <= 0 {
                        continue;
                    }
                    let from = begins(one).and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
                    let days = if month == 2 { 28 } else { 30 };
                    let same = |at: i64| zone.offset_at(at) == zone.offset_at(at + apart * day);
                    assert!((0..days * 24).all(|hour| same(from + hour * 3_600)), "{zone}: {one}-{month} and {other}");
                }
            }
        }
        let offset = |zone: &str, at: &str| zone.parse::<Zone>().unwrap().offset_at(utc(at)) / 3_600;
        // The second Sunday in March and the first in November, 02:00 local time.
        for (before, at, hours) in [
            ("2100-03-14T06:59:59Z", "2100-03-14T07:00:00Z", (-5, -4)),
            ("2100-11-07T05:59:59Z", "2100-11-07T06:00:00Z", (-4, -5)),
            ("2400-03-12T06:59:59Z", "2400-03-12T07:00:00Z", (-5, -4)),
        ] {
            assert_eq!((offset("America/New_York", before), offset("America/New_York", at)), hours, "{at}");
        }
        // The last Sundays of March and October, 01:00 UTC; the first Sundays of April and October, 16:00 UTC before.
        assert_eq!(offset("Europe/Berlin", "2104-03-30T00:59:59Z"), 1);
        assert_eq!(offset("Europe/Berlin", "2104-03-30T01:00:00Z"), 2);
        assert_eq!(offset("Europe/Berlin", "2104-10-26T01:00:00Z"), 1);
        assert_eq!(offset("Australia/Sydney", "2101-04-02T15:59:59Z"), 11);
        assert_eq!(offset("Australia/Sydney", "2101-04-02T16:00:00Z"), 10);
        assert_eq!(offset("Australia/Sydney", "2101-10-01T16:00:00Z"), 11);
        assert_eq!(offset("Asia/Shanghai", "9999-07-01T00:00:00Z"), 8);
        assert_eq!(offset("Africa/Casablanca", "2150-07-01T00:00:00Z"), 1, "after the last Ramadan that is listed");
    }
}
