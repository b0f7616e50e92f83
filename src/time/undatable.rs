//! Why the end of a span has no date.

/// Why an end has no date. Where both apply, the first is given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error)]
pub enum Undatable {
    /// A day to be counted lies outside the calendar's validity range.
    #[error("a day to be counted lies outside the calendar's validity range")]
    CalendarOutOfRange,
    /// The result lies outside the years 1 to 9999.
    #[error("the result lies outside the years 1 to 9999")]
    TimeOutOfRange,
}

impl Undatable {
    /// The reason code: `calendar.out_of_range` or `time.out_of_range`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CalendarOutOfRange => "calendar.out_of_range",
            Self::TimeOutOfRange => "time.out_of_range",
        }
    }
}
