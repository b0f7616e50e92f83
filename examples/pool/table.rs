//! What people read: local times and padded columns.

use customer_pool::Policy;
use customer_pool::time::{Timestamp, Zone};

/// An instant as a local time of the policy's zone.
pub fn local(policy: &Policy, at: Timestamp) -> String {
    let utc = at.to_datetime();
    let (text, suffix) = match policy.default_calendar().zone() {
        Zone::Fixed(offset) => (utc.with_timezone(&offset).naive_local(), ""),
        #[cfg(feature = "chrono-tz")]
        Zone::Iana(zone) => (utc.with_timezone(&zone).naive_local(), ""),
        Zone::Utc => (utc.naive_utc(), ""),
        _ => (utc.naive_utc(), "Z"),
    };
    let whole_minute = at.as_micros().rem_euclid(60_000_000) == 0;
    format!("{}{suffix}", text.format(if whole_minute { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S%.f" }))
}

/// The same for an instant that may be missing.
pub fn local_or_dash(policy: &Policy, at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| local(policy, at))
}

/// One line of columns, each at least as wide as said.
pub fn line(cells: &[(&str, usize)]) -> String {
    let mut line = String::new();
    for (text, width) in cells {
        line.push_str(text);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(columns(text)) + 2));
    }
    line.truncate(line.trim_end().len());
    line
}

/// How many columns of a terminal a text takes: Chinese characters and their punctuation take two.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}') { 2 } else { 1 }
        })
        .sum()
}
