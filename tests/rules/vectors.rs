//! The worked examples of the specification about protection and reclaim; those about spans are in `tests/rules/time/`.
//!
//! Each example is a file of `tests/cases/`: a policy, a customer, and what is expected at which instants. Its test has
//! the name of the file.
#![cfg(feature = "chrono-tz")]

mod case;
mod hard_cap;
mod notify;

use std::collections::BTreeSet;

use case::{Case, folder};

macro_rules! cases {
    ($($name:ident)*) => {
        $(#[test] fn $name() { Case::read(stringify!($name)).check(); })*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

cases! {
    // Protection: base 10 days, renewal 3 days, maximum hold 20 days, claimed 2019-03-25.
    protection_at_the_claim
    protection_with_an_early_activity
    protection_renewed_near_its_end
    protection_renewed_on_its_last_day
    protection_ends_with_the_hard_cap

    // Reclaim.
    claimed_today_by_a_new_owner_with_an_old_follow_up_by_another
    never_followed_up_counts_from_the_clock_start
    a_note_dated_next_year_counts_as_today
    a_vip_has_sixty_days
    a_key_customer_has_thirty_days
    another_tier_falls_to_else
    a_customer_without_a_tier_falls_to_else
    without_an_else_a_customer_without_a_tier_is_kept
    locked_until_friday_and_due_on_wednesday
    locked_until_friday_with_two_days_of_grace
    a_draft_quote_holds_nothing
    a_sent_and_valid_quote_holds_and_is_named
    ten_working_days_without_leave
    the_owners_leave_of_five_working_days_moves_due_by_five
}

/// Goal: no case is forgotten. Method: the files in the folder against the tests above.
#[test]
fn every_case_has_a_test() {
    let files = std::fs::read_dir(folder()).expect("the folder of cases").map(|entry| entry.expect("an entry").path());
    let named = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let named: BTreeSet<String> = named.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    assert_eq!(named, NAMES.iter().map(ToString::to_string).collect());
}
