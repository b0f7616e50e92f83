//! Drafts on the wire, and all that is wrong with them at once.

use super::{Calendar, CalendarDraft, LocalTime, Outside};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn block(from: &str, to: &str) -> (LocalTime, LocalTime) {
    (from.parse().unwrap(), to.parse().unwrap())
}

fn problems(draft: &CalendarDraft) -> Vec<(String, &'static str)> {
    let problems = Calendar::new(draft).err().unwrap_or_default();
    problems.iter().map(|problem| (problem.path().to_owned(), problem.code())).collect()
}

#[test]
fn drafts_are_read_as_they_were_written() {
    let all = CalendarDraft::china_mainland()
        .with_on_blocks(day("2026-08-01"), &[block("10:00", "16:00")])
        .with_on_blocks(day("2026-08-02"), &[])
        .with_outside(Outside::AssumeWeeklyPattern);
    for draft in [CalendarDraft::new("nowhere"), CalendarDraft::china_mainland(), all] {
        let text = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<CalendarDraft>(&text).unwrap(), draft, "{text}");
        let value = serde_json::to_value(&draft).unwrap();
        assert_eq!(serde_json::from_value::<CalendarDraft>(value).unwrap(), draft, "{text}");
    }
}

#[test]
fn stray_double_and_malformed_keys_are_refused_at_every_depth() {
    for (text, message) in [
        (r#""working_days":["mon"],"working_days":["mon"]"#, "duplicate field `working_days`"),
        (r#""holidays":[]"#, "unknown field `holidays`"),
        (r#""working_days":["monday"]"#, "`monday`"),
        (r#""blocks":{"mon":[],"mon":[]}"#, "duplicate field `mon`"),
        (r#""blocks":{"mo":[]}"#, "`mo`"),
        (r#""blocks":{"mon":[["09:00"]]}"#, "invalid length 1"),
        (r#""blocks":{"mon":[["09:00","10:00","11:00"]]}"#, "trailing characters"),
        (r#""blocks":{"mon":[["09:00","9 pm"]]}"#, "`9 pm`"),
        (r#""off":["2026-2-15"]"#, "`2026-2-15`"),
        (r#""off":["2026-02-30"]"#, "`2026-02-30`"),
        (r#""off":["+2026-02-3"]"#, "`+2026-02-3`"),
        (r#""off":["0000-01-01"]"#, "`0000-01-01`"),
        (r#""on":[20260214]"#, "a date, or"),
        (r#""on":[{"date":"2026-02-14"}]"#, "missing field `blocks`"),
        (r#""on":[{"date":"2026-02-14","blocks":[],"date":"2026-02-14"}]"#, "duplicate field `date`"),
        (r#""on":[{"date":"2026-02-14","blocks":[],"why":"festival"}]"#, "unknown field `why`"),
        (r#""valid":{"from":"2026-01-01"}"#, "missing field `to`"),
        (r#""valid":{"from":"2026-01-01","to":"2026-12-31","until":1}"#, "unknown field `until`"),
        (r#""valid":null"#, "null"),
        (r#""outside":"guess""#, "`guess`"),
    ] {
        let error = serde_json::from_str::<CalendarDraft>(&format!(r#"{{"zone":"UTC",{text}}}"#));
        let error = error.map(|draft| format!("{draft:?}")).unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
    assert!(serde_json::from_str::<CalendarDraft>("{}").unwrap_err().to_string().contains("`zone`"));
}

#[test]
fn all_problems_come_together_in_the_order_of_the_keys() {
    let draft: CalendarDraft = serde_json::from_str(
        r#"{
            "zone": "Mars/Olympus",
            "working_days": ["mon", "tue", "mon"],
            "blocks": {
                "mon": [["09:00", "12:00"], ["11:59", "13:00"], ["14:00", "14:00"]],
                "sun": [["22:00", "02:00"]]
            },
            "off": ["2026-02-16", "2026-02-17", "2026-02-16"],
            "on": ["2026-02-14", {"date": "2026-02-14", "blocks": [["10:00", "09:00"]]}],
            "valid": {"from": "2026-12-31", "to": "2026-01-01"}
        }"#,
    )
    .unwrap();
    let expected = [
        ("zone", "calendar.zone_unknown"),
        ("working_days[2]", "calendar.weekday_twice"),
        ("blocks.mon[1]", "calendar.block_overlap"),
        ("blocks.mon[2]", "calendar.block_empty"),
        ("blocks.sun[0]", "calendar.block_reversed"),
        ("off[2]", "calendar.date_twice"),
        ("on[1]", "calendar.date_twice"),
        ("on[1].blocks[0]", "calendar.block_reversed"),
        ("valid", "calendar.valid_reversed"),
    ];
    assert_eq!(problems(&draft), expected.map(|(path, code)| (path.to_owned(), code)));
    assert_eq!(
        problems(&CalendarDraft::new("UTC")),
        [("working_days".to_owned(), "calendar.no_working_days"), ("valid".to_owned(), "calendar.valid_missing"),]
    );
}

#[test]
fn limits_hold_to_the_last() {
    let plain = CalendarDraft::monday_to_friday("UTC", day("2000-01-01"), day("2050-12-31"));
    let dates: Vec<_> = day("2000-01-01").iter_days().take(4_097).collect();
    let blocks: Vec<_> = (0..17).map(|hour| (LocalTime::new(hour, 0), LocalTime::new(hour + 1, 0))).collect();
    let blocks: Vec<_> = blocks.into_iter().map(|(from, to)| (from.unwrap(), to.unwrap())).collect();
    let most = plain.clone().with_off(&dates[..4_096]).with_on(&dates[..4_096]);
    assert_eq!(problems(&most.with_blocks(chrono::Weekday::Mon, &blocks[..16])), []);
    let more = plain.with_off(&dates).with_on(&dates).with_blocks(chrono::Weekday::Mon, &blocks);
    assert_eq!(
        problems(&more),
        [
            ("blocks.mon".to_owned(), "calendar.too_many_blocks"),
            ("off".to_owned(), "calendar.too_many_dates"),
            ("on".to_owned(), "calendar.too_many_dates"),
        ]
    );
}

#[test]
fn blocks_of_days_that_do_not_work_serve_make_up_days_only() {
    let saturday = [block("10:00", "11:00")];
    let draft = CalendarDraft::monday_to_friday("UTC", day("2026-01-01"), day("2026-12-31"))
        .with_blocks(chrono::Weekday::Sat, &saturday)
        .with_on(&[day("2026-02-14")]);
    let calendar = Calendar::new(&draft).unwrap();
    assert!(!calendar.has_blocks());
    assert!(Calendar::new(&draft.with_blocks(chrono::Weekday::Fri, &saturday)).unwrap().has_blocks());
    assert_eq!(calendar.is_working_day(day("2026-02-14")), Ok(true));
    assert_eq!(calendar.is_working_day(day("2026-02-21")), Ok(false));
    assert_eq!(calendar.is_working_day(day("2027-01-01")), Err(super::Undatable::CalendarOutOfRange));
}
