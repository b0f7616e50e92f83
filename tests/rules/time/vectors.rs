//! The worked examples of the contract.

use customer_pool::time::{CalendarDraft, CivilWindow, LocalTime, Span, Timestamp, Undatable};

use super::support::{calendar, china, date, end, pause, plain, time, utc};

fn mainland(anchor: &str, span: Span) -> Timestamp {
    end(&CalendarDraft::china_mainland(), china(anchor), span, &[])
}

#[test]
fn three_days_that_would_end_in_the_spring_festival_roll_to_the_first_working_day_after_it() {
    // "Ends with Tuesday 24 February": that day is the last protected one.
    assert_eq!(mainland("2026-02-12 09:00:00", Span::days(3).roll()), china("2026-02-25 00:00:00"));
    assert_eq!(mainland("2026-02-12 09:00:00", Span::days(3).at(time("18:00")).roll()), china("2026-02-24 18:00:00"));
    assert_eq!(mainland("2026-02-12 09:00:00", Span::days(3)), china("2026-02-16 00:00:00"));
}

#[test]
fn three_days_from_monday_afternoon_end_as_friday_begins() {
    assert_eq!(mainland("2026-03-02 15:00:00", Span::days(3)), china("2026-03-06 00:00:00"));
}

#[test]
fn seventy_two_hours_end_to_the_microsecond() {
    let due = mainland("2026-03-02 15:00:00", Span::hours(72));
    assert_eq!(due, china("2026-03-05 15:00:00"));
    assert!(china("2026-03-05 14:59:59.999999") < due);
    assert_eq!(mainland("2026-03-02 15:00:00", Span::minutes(72 * 60)), due);
}

#[test]
fn ninety_days_end_on_the_same_day_whatever_the_time_of_day() {
    for anchor in ["2026-06-30 00:00:00", "2026-06-30 12:34:56", "2026-06-30 23:59:59.999999"] {
        assert_eq!(mainland(anchor, Span::days(90)), china("2026-09-29 00:00:00"), "{anchor}");
    }
    assert_eq!(mainland("2026-06-29 23:59:59.999999", Span::days(90)), china("2026-09-28 00:00:00"));
    assert_eq!(mainland("2026-07-01 00:00:00", Span::days(90)), china("2026-09-30 00:00:00"));
}

#[test]
fn three_working_days_of_a_plain_week() {
    let plain = plain("Asia/Shanghai");
    let three = Span::working_days(3);
    assert_eq!(end(&plain, china("2026-03-02 15:00:00"), three, &[]), china("2026-03-06 00:00:00"));
    assert_eq!(end(&plain, china("2026-03-07 10:00:00"), three, &[]), china("2026-03-12 00:00:00"));
    let at = three.at(time("18:00"));
    assert_eq!(end(&plain, china("2026-03-02 15:00:00"), at, &[]), china("2026-03-05 18:00:00"));
}

#[test]
fn two_working_days_over_the_spring_festival() {
    assert_eq!(mainland("2026-02-13 18:00:00", Span::working_days(2)), china("2026-02-25 00:00:00"));
    assert_eq!(mainland("2026-02-13 18:00:00", Span::working_days(1)), china("2026-02-15 00:00:00"));
}

#[test]
fn a_month_from_the_last_of_january_ends_with_february() {
    assert_eq!(mainland("2026-01-31 09:00:00", Span::months(1)), china("2026-03-01 00:00:00"));
    assert_eq!(mainland("2026-01-31 09:00:00", Span::months(1).at(time("18:00"))), china("2026-02-28 18:00:00"));
    assert_eq!(mainland("2024-01-31 09:00:00", Span::months(1)), china("2024-03-01 00:00:00"));
    assert_eq!(mainland("2026-01-31 09:00:00", Span::months(2)), china("2026-04-01 00:00:00"));
}

#[test]
fn a_day_in_new_york_takes_the_offset_of_its_end() {
    let due = end(&plain("America/New_York"), utc("2026-03-07T12:00:00-05:00"), Span::days(1), &[]);
    assert_eq!(due, utc("2026-03-09T04:00:00Z"));
}

#[test]
fn working_hours_stop_for_lunch_and_the_weekend() {
    assert_eq!(mainland("2026-03-02 11:00:00", Span::working_hours(4)), china("2026-03-02 16:30:00"));
    assert_eq!(mainland("2026-03-06 17:00:00", Span::working_hours(4)), china("2026-03-09 12:00:00"));
}

#[test]
fn a_pause_of_all_wednesday_costs_a_day() {
    let wednesday = [pause(china("2026-03-04 00:00:00"), china("2026-03-05 00:00:00"))];
    let plain = plain("Asia/Shanghai");
    let due = |span, pauses: &[_]| end(&plain, china("2026-03-02 15:00:00"), span, pauses);
    assert_eq!(due(Span::days(3), &wednesday), china("2026-03-07 00:00:00"));
    let most = [pause(china("2026-03-04 00:00:00"), china("2026-03-04 23:59:59.999999"))];
    assert_eq!(due(Span::days(3), &most), china("2026-03-06 00:00:00"));
}

#[test]
fn leave_from_monday_nine_to_friday_six_costs_five_working_days() {
    let leave = [pause(china("2026-03-09 09:00:00"), china("2026-03-13 18:00:00"))];
    let draft = CalendarDraft::china_mainland();
    let due = |pauses: &[_]| end(&draft, china("2026-03-05 15:00:00"), Span::working_days(3), pauses);
    assert_eq!(due(&[]), china("2026-03-11 00:00:00"));
    assert_eq!(due(&leave), china("2026-03-18 00:00:00"));
    let short = [pause(china("2026-03-09 09:00:00.000001"), china("2026-03-13 18:00:00"))];
    assert_eq!(due(&short), china("2026-03-17 00:00:00"));
}

#[test]
fn an_exact_end_on_a_pauses_first_instant_stands() {
    let noon = pause(china("2026-03-04 12:00:00"), china("2026-03-04 13:00:00"));
    let draft = CalendarDraft::china_mainland();
    let due = |anchor, span| end(&draft, china(anchor), span, &[noon]);
    assert_eq!(due("2026-03-04 10:00:00", Span::hours(2)), china("2026-03-04 12:00:00"));
    assert_eq!(due("2026-03-04 10:00:00.000001", Span::hours(2)), china("2026-03-04 13:00:00.000001"));
    assert_eq!(due("2026-03-04 12:30:00", Span::minutes(1)), china("2026-03-04 13:01:00"));
    assert_eq!(due("2026-03-04 09:00:00", Span::working_hours(3)), china("2026-03-04 12:00:00"));
}

#[test]
fn a_month_moves_on_by_the_days_that_were_paused() {
    let plain = plain("Asia/Shanghai");
    let due = |pauses: &[_]| end(&plain, china("2026-01-31 09:00:00"), Span::months(1), pauses);
    let two = pause(china("2026-02-02 00:00:00"), china("2026-02-04 00:00:00"));
    assert_eq!(due(&[two]), china("2026-03-03 00:00:00"));
    let also_march = pause(china("2026-03-01 00:00:00"), china("2026-03-03 00:00:00"));
    assert_eq!(due(&[two, also_march]), china("2026-03-05 00:00:00"));
    assert_eq!(due(&[also_march]), china("2026-03-01 00:00:00"));
}

#[test]
fn three_days_before_a_due_instant() {
    let mainland = calendar(&CalendarDraft::china_mainland());
    let before = |due, span| mainland.before(china(due), span).unwrap().at();
    let due = "2026-09-29 00:00:00";
    assert_eq!(before(due, Span::days(3)), china("2026-09-25 00:00:00"));
    assert_eq!(before("2026-09-29 00:00:00.000001", Span::days(3)), china("2026-09-26 00:00:00"));
    // 25 to 27 September is the Mid-Autumn Festival, Sunday 20 a make-up working day.
    assert_eq!(before(due, Span::working_days(1)), china("2026-09-24 00:00:00"));
    assert_eq!(before(due, Span::working_days(5)), china("2026-09-20 00:00:00"));
    assert_eq!(before(due, Span::hours(3)), china("2026-09-28 21:00:00"));
}

#[test]
fn today_in_shanghai_began_at_sixteen_utc_yesterday() {
    let mainland = calendar(&CalendarDraft::china_mainland());
    let day = |t| mainland.window(CivilWindow::Day, utc(t)).unwrap();
    let today = (utc("2026-03-01T16:00:00Z"), utc("2026-03-02T16:00:00Z"));
    assert_eq!(day("2026-03-01T16:00:00Z"), today);
    assert_eq!(day("2026-03-02T15:59:59.999999Z"), today);
    assert_ne!(day("2026-03-01T15:59:59.999999Z"), today);
}

#[test]
fn windows_hold_their_first_instant_and_not_their_last() {
    let mainland = calendar(&CalendarDraft::china_mainland());
    let window = |window, t| mainland.window(window, china(t)).unwrap();
    let week = |starts| CivilWindow::Week { starts };
    assert_eq!(
        window(week(chrono::Weekday::Mon), "2026-03-08 23:59:59"),
        (china("2026-03-02 00:00:00"), china("2026-03-09 00:00:00"))
    );
    assert_eq!(
        window(week(chrono::Weekday::Sun), "2026-03-08 00:00:00"),
        (china("2026-03-08 00:00:00"), china("2026-03-15 00:00:00"))
    );
    assert_eq!(
        window(CivilWindow::Month, "2024-02-29 23:59:59"),
        (china("2024-02-01 00:00:00"), china("2024-03-01 00:00:00"))
    );
}

#[test]
fn a_sliding_window_counts_an_event_while_its_span_runs() {
    let mainland = calendar(&CalendarDraft::china_mainland());
    let counts = |now| mainland.in_sliding_window(china("2026-03-02 15:00:00"), Span::hours(24), china(now)).unwrap();
    assert!(counts("2026-03-03 14:59:59.999999"));
    assert!(!counts("2026-03-03 15:00:00"));
}

#[test]
fn only_working_spans_ask_for_validity_and_only_for_the_days_they_count() {
    let mainland = calendar(&CalendarDraft::china_mainland());
    let end = |anchor, span| mainland.end(china(anchor), span, &[]).map(|end| end.at());
    let refused: Result<Timestamp, _> = Err(Undatable::CalendarOutOfRange);
    assert_eq!(end("2026-12-31 12:00:00", Span::days(1)), Ok(china("2027-01-02 00:00:00")));
    assert_eq!(end("2026-12-31 12:00:00", Span::working_days(1)), refused);
    assert_eq!(end("2026-12-30 12:00:00", Span::working_days(1)), Ok(china("2027-01-01 00:00:00")));
    assert_eq!(end("2023-12-31 12:00:00", Span::working_days(1)), Ok(china("2024-01-03 00:00:00")));
    assert_eq!(end("2023-12-30 12:00:00", Span::working_days(1)), refused);
    assert_eq!(end("2026-12-31 12:00:00", Span::working_hours(4)), Ok(china("2026-12-31 17:30:00")));
    assert_eq!(end("2026-12-31 12:00:00", Span::working_hours(5)), refused);
    assert_eq!(end("2023-12-31 12:00:00", Span::working_hours(1)), refused);
    assert_eq!(end("2026-12-31 12:00:00", Span::days(1).roll()), refused);
    let before = |due| mainland.before(china(due), Span::working_days(1)).map(|end| end.at());
    assert_eq!(before("2024-01-03 00:00:00"), refused);
    assert_eq!(before("2024-01-04 00:00:00"), Ok(china("2024-01-02 00:00:00")));
}

#[test]
fn assuming_the_weekly_pattern_is_told() {
    let draft = CalendarDraft::china_mainland().with_outside(customer_pool::time::Outside::AssumeWeeklyPattern);
    let calendar = calendar(&draft.with_off(&[date("2027-01-01")]));
    let end = |anchor, span| calendar.end(china(anchor), span, &[]).unwrap();
    let last = end("2026-12-30 12:00:00", Span::working_days(1));
    assert!(!last.assumed());
    let new_year = end("2026-12-31 12:00:00", Span::working_days(1));
    assert_eq!((new_year.at(), new_year.assumed()), (china("2027-01-02 00:00:00"), true));
}

#[test]
fn no_end_lies_outside_the_years_one_to_9999() {
    let utc_calendar = calendar(&plain("UTC"));
    let end = |span| utc_calendar.end(Timestamp::MAX, span, &[]).map(|end| end.at());
    assert_eq!(end(Span::minutes(1)), Err(Undatable::TimeOutOfRange));
    assert_eq!(end(Span::days(1)), Err(Undatable::TimeOutOfRange));
    assert_eq!(end(Span::months(1_200)), Err(Undatable::TimeOutOfRange));
    assert_eq!(end(Span::days(36_500).at(LocalTime::END)), Err(Undatable::TimeOutOfRange));
    // Both apply: the calendar comes first.
    assert_eq!(end(Span::working_days(1)), Err(Undatable::CalendarOutOfRange));
    assert_eq!(utc_calendar.before(Timestamp::MIN, Span::days(1)), Err(Undatable::TimeOutOfRange));
}

/// Goal: daylight saving goes on after the zone database ends. Method: a summer of 2100, and a winter.
#[test]
fn after_2099_new_york_goes_on_changing_its_clocks() {
    let york = plain("America/New_York");
    let summer = end(&york, utc("2100-07-01T12:00:00Z"), Span::days(3), &[]);
    assert_eq!(summer, utc("2100-07-05T04:00:00Z"));
    assert_eq!(end(&york, utc("2100-12-01T12:00:00Z"), Span::days(3), &[]), utc("2100-12-05T05:00:00Z"));
    // Far from today, as long spans reach it.
    assert_eq!(end(&york, utc("2026-07-01T12:00:00Z"), Span::days(27_028), &[]), utc("2100-07-02T04:00:00Z"));
}
