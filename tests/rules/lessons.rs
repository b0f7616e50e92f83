//! The mistakes that other pool systems make, each with a test that this crate does not make it.
//!
//! A lesson is a check of the right behaviour, and one or more deliberately wrong evaluators: each is the engine with
//! the lesson's mistake made in one place. The matrix below shows that the checks can fail, and for the right reason:
//! a wrong evaluator passes the checks of all lessons but its own. `cargo test --test rules lessons:: -- --nocapture` prints what
//! each was caught at.

mod claims;
mod lesson_01_never_followed_up;
mod lesson_02_claim_restarts_the_clock;
mod lesson_03_every_way_in_has_a_clock;
mod lesson_04_typed_times;
mod lesson_05_one_answer;
mod lesson_06_reminders;
mod lesson_07_what_a_day_is;
mod lesson_08_holidays;
mod lesson_09_switching_a_rule;
mod lesson_10_nothing_is_not_everything;
mod lesson_11_one_pool;
mod lesson_12_scopes;
mod lesson_13_missing_facts;
mod lesson_14_check_then_write;
mod lesson_15_whose_pool;
mod lesson_16_quotas_count_events;
mod lesson_17_cooldowns;
mod lesson_18_one_cap;
mod lesson_19_batches;
mod lesson_20_deal_customers;
mod lesson_21_sweeps_read_one_by_one;
mod lesson_22_what_is_not_live_holds_nothing;
mod lesson_23_owners_who_left;
mod lesson_24_new_ones_only;
mod lesson_28_nothing_is_revealed;
mod lesson_29_what_the_log_keeps;
mod lesson_30_equal_values;
mod lesson_31_numbers_that_are_none;
mod support;

use support::{Engine, Lesson};

const LESSONS: &[Lesson] = &[
    lesson_01_never_followed_up::LESSON,
    lesson_02_claim_restarts_the_clock::LESSON,
    lesson_03_every_way_in_has_a_clock::LESSON,
    lesson_04_typed_times::LESSON,
    lesson_05_one_answer::LESSON,
    lesson_06_reminders::LESSON,
    lesson_07_what_a_day_is::LESSON,
    lesson_08_holidays::LESSON,
    lesson_09_switching_a_rule::LESSON,
    lesson_10_nothing_is_not_everything::LESSON,
    lesson_11_one_pool::LESSON,
    lesson_12_scopes::LESSON,
    lesson_13_missing_facts::LESSON,
    lesson_14_check_then_write::LESSON,
    lesson_15_whose_pool::LESSON,
    lesson_16_quotas_count_events::LESSON,
    lesson_17_cooldowns::LESSON,
    lesson_18_one_cap::LESSON,
    lesson_19_batches::LESSON,
    lesson_20_deal_customers::LESSON,
    lesson_21_sweeps_read_one_by_one::LESSON,
    lesson_22_what_is_not_live_holds_nothing::LESSON,
    lesson_23_owners_who_left::LESSON,
    lesson_24_new_ones_only::LESSON,
    lesson_28_nothing_is_revealed::LESSON,
    lesson_29_what_the_log_keeps::LESSON,
];

macro_rules! named {
    ($($number:literal $name:ident)*) => {$(
        #[test]
        fn $name() {
            let lesson = LESSONS.iter().find(|lesson| lesson.number == $number).expect("a lesson of this number");
            (lesson.check)(&Engine).unwrap_or_else(|failure| panic!("lesson {}: {failure}", $number));
        }
    )*};
}

// The engine passes the check of each lesson.
named! {
    1 never_followed_up_is_neither_expired_nor_without_a_clock
    2 a_claim_restarts_the_clock
    3 every_way_in_starts_a_clock
    4 a_typed_time_buys_nothing_and_costs_nothing
    5 countdown_list_and_job_are_one_answer
    6 a_missed_run_loses_no_reminder_and_a_second_round_is_reminded_again
    7 n_days_are_n_days_of_the_policys_zone
    8 customers_come_due_on_holidays_and_after_them
    9 switching_a_rule_off_and_on_again_loses_no_clock
    10 a_condition_of_nothing_is_refused
    11 adding_a_pool_routes_nobody_elsewhere_and_there_is_one_pool
    12 no_scope_shadows_another
    13 rows_with_missing_facts_are_selected
    14 an_answer_names_every_version_it_stands_on
    15 an_owned_customer_is_nobodys_and_its_own_pool_decides
    16 a_quota_counts_claims_and_never_what_is_held
    17 a_cooldown_looks_at_every_past_owner_and_counts_from_the_end
    18 a_cap_binds_on_every_path_and_shows_its_own_numbers
    19 a_batch_is_judged_item_by_item_and_reports_each
    20 a_deal_customer_in_a_pool_can_be_claimed
    21 a_sweep_keeps_items_only_goes_on_past_odd_rows_and_overwrites_nothing
    22 papers_that_are_not_live_hold_nothing
    23 customers_of_owners_who_left_or_belong_nowhere_are_swept
    24 a_change_for_new_ownerships_takes_nobody_tonight
    28 nobody_learns_what_he_may_not_see
    29 an_answer_names_rule_numbers_and_what_was_let_pass
}

/// Goal: no check is idle and no wrong evaluator is wrong by accident. Method: every check against every wrong
/// evaluator; exactly those of its own lesson fail it.
#[test]
fn every_wrong_evaluator_fails_its_own_lesson_and_passes_all_others() {
    let mut surprises = Vec::new();
    for made in LESSONS {
        for wrong in made.wrong {
            for checked in LESSONS {
                let outcome = (checked.check)(&*(wrong.make)());
                match (outcome, made.number == checked.number) {
                    (Ok(()), false) => {}
                    (Err(failure), true) => println!("lesson {}, `{}` fails: {failure}", made.number, wrong.name),
                    (Ok(()), true) => surprises.push(format!("lesson {} lets `{}` pass", made.number, wrong.name)),
                    (Err(failure), false) => surprises.push(format!(
                        "lesson {} fails `{}` of lesson {}: {failure}",
                        checked.number, wrong.name, made.number
                    )),
                }
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// Goal: the table above is in order. Method: each number once, each lesson with a mistake and its maker.
#[test]
fn every_lesson_has_a_wrong_evaluator() {
    assert!(LESSONS.windows(2).all(|pair| pair[0].number < pair[1].number));
    for lesson in LESSONS {
        assert!(!lesson.wrong.is_empty(), "lesson {}", lesson.number);
    }
}
