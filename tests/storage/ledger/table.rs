//! The table of legal moves: every kind of event in every place, as the specification has it, and as the page shows it.

use customer_pool::at;
use customer_pool::ledger::{EventKind, IllegalEvent, Misfit, evolve, fits_place, legal_moves_table};
use customer_pool::moves::PlaceKind;

use super::wire::{history, of_every_kind, origin};

/// The page is what the code says; with `ACCEPT=1` it is written.
#[test]
fn the_page_shows_the_table_that_the_code_makes() {
    crate::support::hold_to("docs/legal-moves.md", &legal_moves_table());
}

/// The specification's table, retyped.
fn of_the_specification(place: PlaceKind) -> Vec<&'static str> {
    let open = ["merged", "closed", "activity_recorded", "attribute_changed", "tier_changed", "hold_placed"];
    let open = open.into_iter().chain(["hold_lifted", "frozen", "unfrozen", "pause_set"]);
    match place {
        PlaceKind::Nothing => vec!["created", "imported", "admitted"],
        PlaceKind::Awaiting => open.chain(["admitted"]).collect(),
        PlaceKind::Pool => open
            .chain(["claimed", "assigned", "moved", "escalated", "asked", "reserved", "reservation_expired"])
            .chain(["reservation_withdrawn", "drawn", "restored"])
            .collect(),
        PlaceKind::Owned => open
            .chain(["transferred", "released", "reclaimed", "taken_back", "departed", "locked", "extension_granted"])
            .chain(["warned", "notice_served", "collaborator_added", "collaborator_removed", "claim_undone"])
            .chain(["unlocked", "nominated", "review_decided", "release_requested", "release_approved"])
            .chain(["release_refused"])
            .collect(),
        PlaceKind::Closed => Vec::new(),
    }
}

#[test]
fn the_table_is_that_of_the_specification() {
    for &place in PlaceKind::ALL {
        let mut wanted = of_the_specification(place);
        wanted.sort_unstable();
        let fits = EventKind::ALL.iter().filter(|kind| fits_place(**kind, place));
        let mut fits: Vec<_> = fits.map(|kind| kind.as_str()).collect();
        fits.sort_unstable();
        assert_eq!(fits, wanted, "{place:?}");
    }
}

/// Goal: an event that does not fit is a typed error that names state and event, and what fits by place may still miss what
/// it needs. Method: every kind of event on a customer in every place.
#[test]
fn every_event_in_every_place_fits_or_says_why_not() {
    let (mut fitted, mut misfits, mut lacking) = (0, 0, 0);
    for &place in PlaceKind::ALL {
        let state = history(place);
        for event in of_every_kind(state.as_ref()) {
            let known = fits_place(event.kind(), place);
            match evolve(state.as_ref(), &event) {
                Ok(_) => {
                    assert!(known, "{event:?} in {place:?}");
                    fitted += 1;
                }
                Err(illegal) => {
                    assert_eq!((illegal.state(), illegal.event()), (place, event.kind()));
                    let text = illegal.to_string();
                    assert!(text.contains(event.kind().as_str()) && text.contains(place.as_str()), "{text}");
                    match illegal.misfit() {
                        Misfit::Place => assert!(!known, "{event:?} in {place:?}"),
                        Misfit::Condition => assert!(known, "{event:?} in {place:?}"),
                        other => panic!("{other:?}: {event:?} in {place:?}"),
                    }
                    misfits += usize::from(illegal.misfit() == Misfit::Place);
                    lacking += usize::from(illegal.misfit() == Misfit::Condition);
                }
            }
        }
    }
    assert!(fitted > 50 && misfits > 100 && lacking > 10, "{fitted} fitted, {misfits} {lacking} did not");
}

#[test]
fn gaps_other_customers_and_foreign_causes_are_refused() {
    let owned = history(PlaceKind::Owned).expect("it is owned");
    let misfit =
        |event: &customer_pool::ledger::Event| evolve(Some(&owned), event).map_err(|why: IllegalEvent| why.misfit());
    let released = || customer_pool::ledger::EventData::Released { pool: "open".parse().expect("a pool") };
    let event = |customer: &str, number| {
        let id = customer.parse().expect("an id");
        customer_pool::ledger::Event::new(id, number, at!("2026-03-05T00:00:00Z"), released(), origin())
    };
    let next = owned.version() + 1;
    let right = event("c1", next).ending(Some(owned.customer()));
    assert!(misfit(&right).is_ok());
    let found = next + 1;
    let gap = event("c1", found).ending(Some(owned.customer()));
    assert_eq!(misfit(&gap), Err(Misfit::Gap { expected: next, found }));
    assert_eq!(misfit(&event("c2", next).ending(Some(owned.customer()))), Err(Misfit::OtherCustomer));
    assert_eq!(misfit(&event("c1", next)), Err(Misfit::Cause));
}
