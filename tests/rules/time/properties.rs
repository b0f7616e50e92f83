//! The fast way equals the naive walk, near every edge there is.

use std::sync::OnceLock;

use chrono::{Days, Weekday};
use customer_pool::time::{Calendar, CalendarDraft, CivilWindow, Edge, LocalTime, Outside, Pause, Span, Timestamp};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::FileFailurePersistence;

use super::naive::{Micros, Naive};
use super::support::{calendar, date, plain, time};
use crate::support::cases;

const ZONES: [&str; 12] = [
    "Asia/Shanghai",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Africa/Cairo",
    "UTC",
    "+05:45",
];

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// Years whose offset changes are looked for, with both edges of the precomputed table among them.
const YEARS: [core::ops::Range<i32>; 8] =
    [1940..1946, 1986..1988, 1999..2003, 2010..2013, 2016..2019, 2025..2027, 2058..2062, 2099..2102];

/// Instants worth standing near: offset changes, edges of the table, and a few years far away.
fn landmarks(zone: usize) -> &'static [Micros] {
    static KNOWN: [OnceLock<Vec<Micros>>; ZONES.len()] = [const { OnceLock::new() }; ZONES.len()];
    KNOWN[zone].get_or_init(|| {
        let draft = plain(ZONES[zone]);
        let naive = Naive::new(&draft);
        let mut landmarks: Vec<Micros> = YEARS.into_iter().flat_map(|years| naive.changes(years)).collect();
        let days = ["1600-02-29", "2000-01-01", "2026-02-14", "2026-07-01", "2060-01-01", "2100-01-01", "2400-03-01"];
        landmarks.extend(days.map(|day| naive.start(date(day))));
        landmarks
    })
}

const BLOCKS: [&[(&str, &str)]; 6] = [
    &[("09:00", "12:00"), ("13:30", "18:00")],
    &[],
    &[("00:00", "24:00")],
    &[("00:00", "00:40"), ("01:10", "01:50"), ("01:50", "03:00"), ("23:20", "24:00")],
    &[("22:00", "23:30"), ("00:00", "02:30")],
    &[("00:15", "00:45"), ("23:00", "23:45")],
];

fn blocks(kind: usize) -> Vec<(LocalTime, LocalTime)> {
    BLOCKS[kind].iter().map(|(from, to)| (time(from), time(to))).collect()
}

/// A calendar around a landmark, and instants near the edges around it.
#[derive(Debug)]
struct World {
    draft: CalendarDraft,
    anchors: Vec<Timestamp>,
    pauses: Vec<Pause>,
}

#[derive(Debug, Clone)]
struct Near(Index, i64);

fn near() -> impl Strategy<Value = Near> {
    let delta = prop_oneof![
        3 => select(vec![-1, 0, 1]),
        1 => select(vec![-1_800_000_000, 1_800_000_000, 3_600_000_000]),
        1 => -200_000_000_000..200_000_000_000_i64,
    ];
    (any::<Index>(), delta).prop_map(|(edge, delta)| Near(edge, delta))
}

impl Near {
    fn of(&self, edges: &[Micros]) -> Micros {
        self.0.get(edges) + self.1
    }
}

prop_compose! {
    fn worlds()(
        zone in 0..ZONES.len(),
        landmark in any::<Index>(),
        far in prop_oneof![3 => Just(0), 1 => -40..40_i64],
        mask in 1..128_u32,
        kinds in prop::array::uniform7(0..BLOCKS.len()),
        off in prop::collection::btree_set(0..24_u64, 0..6),
        on in prop::collection::btree_map(0..24_u64, prop::option::of(0..BLOCKS.len()), 0..5),
        valid in prop_oneof![2 => Just(None), 1 => (0..16_u64, 0..40_u64).prop_map(Some)],
        assume in any::<bool>(),
        anchors in prop::collection::vec(near(), 6),
        pauses in prop::collection::vec((near(), near()), 0..4),
    ) -> World {
        let centre = *landmark.get(landmarks(zone)) + far * 86_400_000_000;
        let working: Vec<Weekday> = WEEK.into_iter().filter(|day| mask >> day.num_days_from_monday() & 1 == 1).collect();
        let mut draft = plain(ZONES[zone]).with_working_days(&working);
        for (weekday, kind) in WEEK.into_iter().zip(kinds) {
            draft = draft.with_blocks(weekday, &blocks(kind));
        }
        if assume {
            draft = draft.with_outside(Outside::AssumeWeeklyPattern);
        }
        let first = Naive::new(&draft).day_of(centre) - Days::new(10);
        for day in off {
            draft = draft.with_off(&[first + Days::new(day)]);
        }
        for (day, kind) in on {
            let day = first + Days::new(day);
            draft = match kind {
                None => draft.with_on(&[day]),
                Some(kind) => draft.with_on_blocks(day, &blocks(kind)),
            };
        }
        if let Some((from, length)) = valid {
            let from = first + Days::new(from);
            draft = draft.with_validity(from, from + Days::new(length));
        }
        let edges = Naive::new(&draft).edges(centre);
        let instant = |near: &Near| Timestamp::from_micros(near.of(&edges)).unwrap();
        let anchors = anchors.iter().map(instant).collect();
        let pauses = Pause::unite(pauses.iter().map(|(one, other)| {
            let (one, other) = (instant(one), instant(other));
            Pause::new(one.min(other), one.max(other)).unwrap()
        }));
        World { draft, anchors, pauses }
    }
}

fn times() -> impl Strategy<Value = Option<LocalTime>> {
    let texts = vec!["00:00", "24:00", "00:30", "01:30", "02:15", "18:00", "23:30"];
    prop::option::of(select(texts).prop_map(|text| text.parse().unwrap()))
}

fn with(span: Span, time: Option<LocalTime>, roll: bool) -> Span {
    let span = time.map_or(span, |time| span.at(time));
    if roll { span.roll() } else { span }
}

fn spans() -> impl Strategy<Value = Span> {
    prop_oneof![
        prop_oneof![1..200_u32, Just(36_500)].prop_map(Span::minutes),
        prop_oneof![1..200_u32, Just(36_500)].prop_map(Span::hours),
        (prop_oneof![4 => 1..12_u32, 1 => 300..900_u32], times(), any::<bool>()).prop_map(|(n, time, roll)| with(
            Span::days(n),
            time,
            roll
        )),
        (prop_oneof![4 => 1..12_u32, 1 => 100..400_u32], times()).prop_map(|(n, time)| with(
            Span::working_days(n),
            time,
            false
        )),
        prop_oneof![4 => 1..40_u32, 1 => 200..500_u32].prop_map(Span::working_hours),
        (prop_oneof![4 => 1..3_u32, 1 => 10..30_u32], times(), any::<bool>()).prop_map(|(n, time, roll)| with(
            Span::months(n),
            time,
            roll
        )),
    ]
}

/// Working hours without blocks on a working weekday are refused in a policy, and have no end to compare.
fn comparable(calendar: &Calendar, span: Span) -> bool {
    calendar.has_blocks() || span.unit() != customer_pool::time::SpanUnit::WorkingHours
}

/// Goal: the rarest edge, a clock set back from 00:01 to 23:01, in and before the table. Method: compare with the walk
/// every half hour around each change, with blocks and pauses that reach over midnight.
#[test]
fn clocks_set_back_over_midnight_are_counted_like_the_naive_walk() {
    for kind in [2, 3, 4, 5] {
        let mut draft = plain("America/St_Johns").with_working_days(&WEEK);
        for weekday in WEEK {
            draft = draft.with_blocks(weekday, &blocks(kind));
        }
        let (calendar, naive) = (calendar(&draft), Naive::new(&draft));
        for change in naive.changes(1988..1989).into_iter().chain(naive.changes(2008..2009)) {
            let instant = |minutes: i64| Timestamp::from_micros(change + minutes * 60_000_000).unwrap();
            let paused = [(-60, 60), (-90, 0), (0, 90), (-1_500, -1), (-2_880, 40), (-61, 15), (-20_000, 59)];
            for anchor in (-1_530..=120).step_by(30).map(instant) {
                assert_eq!(calendar.day_of(anchor), naive.day_of(anchor.as_micros()), "{anchor}");
                for span in [Span::days(1), Span::working_days(1), Span::working_hours(1), Span::working_hours(7)] {
                    for (from, to) in paused {
                        let pauses = [Pause::new(instant(from), instant(to)).unwrap()];
                        let end = calendar.end(anchor, span, &pauses).map(|end| (end.at(), end.assumed()));
                        assert_eq!(end, naive.end(anchor, span, &pauses), "{span} from {anchor}, {pauses:?}, {kind}");
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(400),
        ..ProptestConfig::with_failure_persistence(FileFailurePersistence::WithSource("proptest-regressions"))
    })]

    /// Goal: no table, sum or shortcut changes an answer. Method: compare with the walk near edges.
    #[test]
    fn every_end_is_that_of_the_naive_walk(world in worlds(), spans in prop::collection::vec(spans(), 5)) {
        let (calendar, naive) = (calendar(&world.draft), Naive::new(&world.draft));
        for span in spans.into_iter().filter(|span| comparable(&calendar, *span)) {
            for anchor in &world.anchors {
                for pauses in [&[], &*world.pauses] {
                    let end = calendar.end(*anchor, span, pauses).map(|end| (end.at(), end.assumed()));
                    prop_assert_eq!(end, naive.end(*anchor, span, pauses), "{} from {}, {:?}", span, anchor, pauses);
                }
            }
        }
    }

    /// Goal: warnings are dated like the walk backwards. Method: compare near edges.
    #[test]
    fn every_before_is_that_of_the_naive_walk(world in worlds(), n in 1..40_u32) {
        let (calendar, naive) = (calendar(&world.draft), Naive::new(&world.draft));
        for span in [Span::minutes(n), Span::hours(n), Span::days(n), Span::working_days(n)] {
            for due in &world.anchors {
                let before = calendar.before(*due, span).map(|end| (end.at(), end.assumed()));
                prop_assert_eq!(before, naive.before(*due, span), "{} before {}", span, due);
            }
        }
    }

    /// Goal: waiting to act never costs time. Method: ends of sorted anchors are sorted.
    #[test]
    fn a_later_anchor_never_gives_an_earlier_end(mut world in worlds(), spans in prop::collection::vec(spans(), 5)) {
        let calendar = calendar(&world.draft);
        world.anchors.sort_unstable();
        for span in spans {
            let months = span.unit() == customer_pool::time::SpanUnit::Months;
            for pauses in [&[], &*world.pauses] {
                if months && !pauses.is_empty() {
                    continue;
                }
                let ends: Vec<_> =
                    world.anchors.iter().filter_map(|at| calendar.end(*at, span, pauses).ok()).map(|end| end.at()).collect();
                prop_assert!(ends.is_sorted(), "{} from {:?} ends {:?}", span, world.anchors, ends);
            }
        }
    }

    /// Goal: days partition time and local times are found. Method: compare with the database near edges.
    #[test]
    fn days_and_local_times_are_those_of_the_database(world in worlds(), time in times()) {
        let (calendar, naive) = (calendar(&world.draft), Naive::new(&world.draft));
        for at in &world.anchors {
            let day = naive.day_of(at.as_micros());
            prop_assert_eq!(calendar.day_of(*at), day);
            let (from, to) = calendar.window(CivilWindow::Day, *at).unwrap();
            prop_assert!(from <= *at && *at < to);
            prop_assert_eq!((from.as_micros(), to.as_micros()), (naive.start(day), naive.start(day + Days::new(1))));
            for (edge, ends) in [(Edge::Start, false), (Edge::End, true)] {
                let time = time.unwrap_or(LocalTime::END);
                let local = calendar.local(day, time, edge).map(Timestamp::as_micros);
                prop_assert_eq!(local, Some(naive.local(day, time, ends)));
            }
        }
    }

    /// Goal: windows partition time. Method: the instants around each window's edges belong to the right one.
    #[test]
    fn windows_partition_time(world in worlds(), starts in select(WEEK.to_vec())) {
        let calendar = calendar(&world.draft);
        for window in [CivilWindow::Day, CivilWindow::Week { starts }, CivilWindow::Month] {
            for at in &world.anchors {
                let (from, to) = calendar.window(window, *at).unwrap();
                prop_assert!(from <= *at && *at < to);
                prop_assert_eq!(calendar.window(window, from), Some((from, to)));
                prop_assert_eq!(calendar.window(window, to.checked_add_micros(-1).unwrap()), Some((from, to)));
                prop_assert_eq!(calendar.window(window, to).unwrap().0, to);
            }
        }
    }
}
