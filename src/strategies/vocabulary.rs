//! The few words that generated policies and facts share: few, so that conditions hold about as often as not.

use customer_pool::attribute::AttributeType;
use customer_pool::model::{ActivityKind, HoldKind};

pub(super) const TIERS: &[&str] = &["vip", "key", "normal"];
pub(super) const WORDS: &[&str] = &["a", "b"];
pub(super) const OWNER_TAGS: &[&str] = &["senior", "trial", "a rep's tag of more than twenty-two bytes"];
pub(super) const ROLES: &[&str] = &["seller", "lead"];
pub(super) const FIGURES: &[&str] = &["conversion", "rating"];
pub(super) const UNITS: &[&str] = &["sales", "sales/east", "sales/east/sh", "sales/eastern"];
pub(super) const TOP_UNITS: &[&str] = &["sales/east", "sales"];
pub(super) const POOLS: &[&str] = &["pool", "east", "west"];
pub(super) const REPS: &[&str] = &["r1", "r2", "r3"];
pub(super) const NUMBERS: &[&str] = &["10", "12.50", "12.5", "-3", "0"];
pub(super) const WHOLE: &[&str] = &["2", "0", "5"];
pub(super) const DATES: &[&str] = &["2026-03-08", "2026-02-14", "2026-11-01"];
pub(super) const INSTANTS: &[&str] = &["2026-03-08T05:00:00Z", "2026-02-14T16:00:00Z", "2026-11-01T04:00:00.000001Z"];
pub(super) const DURATIONS: &[&str] = &["PT72H", "PT0.000001S", "-PT5M"];
pub(super) const CALENDARS: &[&str] = &["main", "other"];
pub(super) const UNKNOWN_CALENDAR: &str = "nowhere";

/// The declared attributes, one of each type.
pub(super) const ATTRIBUTES: &[(&str, AttributeType)] = &[
    ("flag", AttributeType::Bool),
    ("count", AttributeType::Integer),
    ("spend", AttributeType::Decimal),
    ("word", AttributeType::Text),
    ("day", AttributeType::Date),
    ("moment", AttributeType::Instant),
    ("length", AttributeType::Duration),
];

/// The kinds of activity, the usual ones first.
pub(super) const KINDS: &[ActivityKind] =
    &[ActivityKind::Call, ActivityKind::Visit, ActivityKind::Inbound, ActivityKind::Order, ActivityKind::Quote];

/// The kinds of business hold.
pub(super) const HOLDS: &[HoldKind] = HoldKind::KNOWN;
