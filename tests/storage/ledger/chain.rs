//! Tampering: whatever is done to a chained history, the verifier names the first broken link.

use customer_pool::at;
use customer_pool::digest::Digest;
use customer_pool::ledger::{BrokenLink, ChangedFact, Event, EventData, Verifier, verify};
use customer_pool::model::{Customer, Place};

use super::wire::origin;

fn history(length: u64) -> Vec<Event> {
    let id: customer_pool::id::CustomerId = "c1".parse().expect("an id");
    let mut verifier = Verifier::of_customer(&id);
    let data = |number: u64| match number {
        1 => EventData::Created { customer: Customer::new("c1".parse().expect("an id"), Place::Awaiting).into() },
        n => EventData::AttributeChanged(ChangedFact::Tags(vec![format!("tag{n}").parse().expect("a tag")])),
    };
    (1..=length)
        .map(|number| {
            let event = Event::new(id.clone(), number, at!("2026-03-02T00:00:00Z"), data(number), origin());
            let event = event.linked(verifier.head());
            verifier.next(&event).expect("the next");
            event
        })
        .collect()
}

fn check(events: &[Event], checkpoint: Option<(u64, Digest)>) -> Result<(u64, Digest), BrokenLink> {
    verify(&"c1".parse().expect("an id"), events, checkpoint)
}

#[test]
fn an_edited_event_breaks_the_link_after_it() {
    let events = history(6);
    let (number, head) = check(&events, None).expect("whole");
    assert_eq!(number, 6);
    for n in 0..events.len() {
        let mut text = serde_json::to_string(&events[n]).expect("JSON");
        text = text.replace("2026-03-02T00:00:00Z", "2026-03-02T00:00:01Z");
        let mut edited = events.clone();
        edited[n] = serde_json::from_str(&text).expect("an event");
        let found = check(&edited, Some((number, head)));
        let expected = match n {
            5 => BrokenLink::Checkpoint { number: 6 },
            _ => BrokenLink::Link { number: n as u64 + 2 },
        };
        assert_eq!(found, Err(expected), "event {} was edited", n + 1);
    }
}

#[test]
fn removed_inserted_swapped_and_cut_off_events_are_named() {
    let events = history(5);
    let (number, head) = check(&events, None).expect("whole");
    for n in 0..4 {
        let mut removed = events.clone();
        removed.remove(n);
        let (expected, found) = (n as u64 + 1, n as u64 + 2);
        assert_eq!(check(&removed, None), Err(BrokenLink::Gap { expected, found }));
        let mut swapped = events.clone();
        swapped.swap(n, n + 1);
        assert_eq!(check(&swapped, None), Err(BrokenLink::Gap { expected, found }));
        let mut doubled = events.clone();
        doubled.insert(n + 1, events[n].clone());
        assert_eq!(check(&doubled, None), Err(BrokenLink::Gap { expected: found, found: expected }));
    }
    let cut = &events[..3];
    assert!(check(cut, None).is_ok(), "without a checkpoint nobody can tell");
    assert_eq!(check(cut, Some((number, head))), Err(BrokenLink::Checkpoint { number: 5 }));
    let other = verify(&"c2".parse().expect("an id"), &events, None);
    assert_eq!(other, Err(BrokenLink::Link { number: 1 }), "another customer's history");
}

#[test]
fn stored_texts_are_verified_as_they_are() {
    let events = history(3);
    let mut verifier = Verifier::of_customer(&"c1".parse().expect("an id"));
    for event in &events {
        // Another order of keys and other spaces are the same event.
        let value = serde_json::to_value(event).expect("JSON");
        verifier.next_json(&serde_json::to_string_pretty(&value).expect("JSON")).expect("the next");
    }
    assert_eq!(Ok((verifier.number(), verifier.head())), check(&events, None));
    let mut verifier = Verifier::of_customer(&"c1".parse().expect("an id"));
    assert_eq!(verifier.next_json("gone"), Err(BrokenLink::Unreadable { expected: 1 }));
}

/// A rep's sequence is chained like a customer's, and a verifier goes on from a checkpoint.
#[test]
fn a_reps_sequence_is_followed_from_its_beginning_or_a_checkpoint() {
    use customer_pool::ledger::{RepEvent, RepEventData};
    use customer_pool::model::Rep;
    let id: customer_pool::id::RepId = "li".parse().expect("an id");
    let mut verifier = Verifier::of_rep(&id);
    let data = [
        RepEventData::Enrolled { rep: Rep::new(id.clone()).into() },
        RepEventData::Deactivated,
        RepEventData::Reactivated,
    ];
    let mut events = Vec::new();
    for (data, number) in data.into_iter().zip(1..) {
        let event = RepEvent::new(id.clone(), number, at!("2026-03-02T00:00:00Z"), data, origin());
        let event = event.linked(verifier.head());
        verifier.next_of_rep(&event).expect("the next");
        assert_eq!(verifier.head(), event.link());
        events.push(event);
    }
    assert_eq!((events[1].at(), events[1].origin()), (at!("2026-03-02T00:00:00Z"), &origin()));
    let mut after = Verifier::after(2, events[1].link());
    after.next_of_rep(&events[2]).expect("the next");
    assert_eq!((after.number(), after.head()), (verifier.number(), verifier.head()));
    let mut wrong = Verifier::after(2, events[0].link());
    assert_eq!(wrong.next_of_rep(&events[2]), Err(BrokenLink::Link { number: 3 }));
    let mut gone = Verifier::of_rep(&id);
    assert_eq!(gone.next_of_rep(&events[1]), Err(BrokenLink::Gap { expected: 1, found: 2 }));
}

#[test]
fn a_checkpoint_at_the_beginning_and_one_of_another_history() {
    let events = history(2);
    let beginning = Verifier::of_customer(&"c1".parse().expect("an id"));
    assert!(check(&events, Some((beginning.number(), beginning.head()))).is_ok());
    let other = Digest::of_bytes(b"another");
    assert_eq!(check(&events, Some((1, other))), Err(BrokenLink::Checkpoint { number: 1 }));
    let texts = [
        BrokenLink::Link { number: 1 }.to_string(),
        BrokenLink::Gap { expected: 1, found: 2 }.to_string(),
        BrokenLink::Unreadable { expected: 1 }.to_string(),
        BrokenLink::Checkpoint { number: 1 }.to_string(),
    ];
    assert!(texts.iter().all(|text| text.contains('1')), "{texts:?}");
}

#[test]
fn a_rep_and_a_customer_with_one_id_have_different_first_links() {
    let customer = Verifier::of_customer(&"li".parse().expect("an id")).head();
    let rep = Verifier::of_rep(&"li".parse().expect("an id")).head();
    assert_ne!(customer, rep);
    assert_eq!(customer, Digest::of_bytes(br#"{"customer":"li"}"#));
    assert_eq!(rep, Digest::of_bytes(br#"{"rep":"li"}"#));
}
