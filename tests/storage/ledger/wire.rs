//! Events on the wire, and one of every kind.

use crate::support::id;
use customer_pool::Policy;
use customer_pool::attribute::AttributeValue;
use customer_pool::digest::Digest;
use customer_pool::ledger::{
    Begun, ChangedFact, Event, EventData, EventKind, FoundHeir, Origin, PolicyStamp, ReadError, RepEvent, RepEventData,
    RepEventKind, Review, Versioned, VersionedRep, evolve, evolve_rep, fits_place, read_event, read_rep_event,
};
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, ClosedCause, Customer, Cycle, Extension, Freeze, FreezeKind, HoldKind,
    Lock, Nomination, Notice, Occurred, Ownership, Place, PoolStay, ReleaseRequest, Rep, WayIn,
};
use customer_pool::moves::PlaceKind;
use customer_pool::time::Span;
use customer_pool::{at, id};

pub fn origin() -> Origin {
    let policy = Policy::from_json(include_str!("../../../docs/first-policy.json")).expect("a policy");
    Origin::new(Actor::System, id!("key"), PolicyStamp::of(&policy))
}

fn owned(rep: &str) -> Begun {
    Begun::new(Ownership::new(id(rep), at!("2026-03-03T00:00:00Z")))
}

/// A customer in this place, with its history folded.
pub fn history(place: PlaceKind) -> Option<Versioned> {
    let stay = Place::Pool(PoolStay::new(id!("open"), at!("2026-03-02T00:00:00Z")));
    let created = |place| EventData::Created { customer: Customer::new(id!("c1"), place).into() };
    let events = match place {
        PlaceKind::Nothing => return None,
        PlaceKind::Awaiting => vec![created(Place::Awaiting)],
        PlaceKind::Pool => vec![created(stay)],
        PlaceKind::Owned => vec![created(stay), EventData::Claimed(owned("li"))],
        PlaceKind::Closed => vec![created(stay), EventData::Closed { cause: ClosedCause::Invalid }],
    };
    let fold = |state: Option<Versioned>, (data, number)| {
        let event = Event::new(id!("c1"), number, at!("2026-03-03T00:00:00Z"), data, origin())
            .ending(state.as_ref().map(Versioned::customer));
        Some(evolve(state.as_ref(), &event).expect("it fits"))
    };
    events.into_iter().zip(1..).fold(None, fold)
}

/// One event of every kind, next in this state.
pub fn of_every_kind(state: Option<&Versioned>) -> Vec<Event> {
    let now = at!("2026-03-04T00:00:00Z");
    let cycle = Cycle::new(id!("c1"), 1, id!("silent"), now);
    let customer = |place| Customer::new(id!("c1"), place).into();
    let pool = || id!("east");
    let call = Activity::new(ActivityKind::Call, Actor::Customer, Some(Occurred::At(now)), None).expect("a call");
    let all = vec![
        EventData::Created { customer: customer(Place::Awaiting) },
        EventData::Imported { customer: customer(Place::Awaiting), source: Some(id!("old")) },
        EventData::Admitted { place: Place::Pool(PoolStay::new(pool(), now)).into(), customer: None },
        EventData::Claimed(owned("wang")),
        EventData::Assigned(Begun::new(Ownership::new(id!("wang"), now).with_way_in(WayIn::Assign))),
        EventData::Transferred(owned("wang")),
        EventData::Released { pool: pool() },
        EventData::Reclaimed { pool: pool() },
        EventData::TakenBack { pool: pool() },
        EventData::Moved { pool: pool() },
        EventData::Escalated { pool: pool() },
        EventData::Merged { into: Some(id!("c2")) },
        EventData::Closed { cause: ClosedCause::Blacklisted },
        EventData::Restored(owned("li")),
        EventData::ClaimUndone,
        EventData::Departed { to: FoundHeir::Owner(owned("wang")) },
        EventData::Departed { to: FoundHeir::Pool(pool()) },
        EventData::Asked { rep: id!("li") },
        EventData::Reserved { rep: id!("li"), until: now, span: None },
        EventData::Reserved { rep: id!("li"), until: now, span: Some(Span::hours(24)) },
        EventData::ReservationExpired,
        EventData::ReservationWithdrawn,
        EventData::Drawn { winner: None },
        EventData::ReleaseRequested(ReleaseRequest::new(now, Some(id!("no_need")), None)),
        EventData::ReleaseApproved,
        EventData::ReleaseRefused,
        EventData::HoldPlaced(BusinessHold::live(HoldKind::OpenOrder, id!("o1"), None)),
        EventData::HoldLifted { document: id!("o1") },
        EventData::Locked(Lock::new(Some(now), None)),
        EventData::Unlocked,
        EventData::Frozen(Freeze::new(FreezeKind::Dispute, Some(now))),
        EventData::Unfrozen { kind: FreezeKind::Dispute },
        EventData::ExtensionGranted(Extension::new(Some(now), at!("2026-03-09T00:00:00Z"))),
        EventData::PauseSet { from: now, to: at!("2026-03-05T00:00:00Z") },
        EventData::Warned { key: id!("w1") },
        EventData::NoticeServed(Notice::new(cycle.clone(), now)),
        EventData::Nominated(Nomination::new(cycle, now)),
        EventData::ReviewDecided(Review::Deferred(now)),
        EventData::ActivityRecorded { activity: Some(call.into()), folded: None },
        EventData::AttributeChanged(ChangedFact::Attribute {
            key: id!("rank"),
            value: Some(AttributeValue::Integer(7)),
        }),
        EventData::AttributeChanged(ChangedFact::Personal {
            key: id!("phone"),
            digest: Some(Digest::salted(b"s", "1")),
        }),
        EventData::AttributeChanged(ChangedFact::Tags(vec![id!("a")])),
        EventData::AttributeChanged(ChangedFact::LastDeal(now)),
        EventData::AttributeChanged(ChangedFact::LastContractEnd(now)),
        EventData::AttributeChanged(ChangedFact::Profile(Box::default())),
        EventData::TierChanged { tier: Some(id!("vip")), state: None, evidence: None },
        EventData::CollaboratorAdded { rep: id!("wang") },
        EventData::CollaboratorRemoved { rep: id!("wang") },
    ];
    let number = state.map_or(0, Versioned::version) + 1;
    let event = |data| Event::new(id!("c1"), number, now, data, origin()).ending(state.map(Versioned::customer));
    let all: Vec<Event> = all.into_iter().map(event).collect();
    assert!(EventKind::ALL.iter().all(|kind| all.iter().any(|event| event.kind() == *kind)), "one of each");
    all
}

#[test]
fn every_event_survives_the_wire_and_is_named_as_its_kind() {
    for event in of_every_kind(None) {
        let text = serde_json::to_string(&event).expect("JSON");
        assert_eq!(read_event(&text).expect(&text), event);
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let data = &value["data"];
        let name = data.as_str().or_else(|| data.as_object()?.keys().next().map(String::as_str));
        assert_eq!(name, Some(event.kind().as_str()));
        let kind = serde_json::to_value(event.kind()).expect("JSON");
        assert_eq!(kind.as_str(), name, "a kind is written as it is named");
    }
}

/// Goal: events from before spans were kept read as ever. Method: their text, byte for byte.
#[test]
fn a_reservation_without_a_span_has_the_text_it_always_had() {
    let data = EventData::Reserved { rep: id!("li"), until: at!("2026-03-04T00:00:00Z"), span: None };
    let text = r#"{"reserved":{"rep":"li","until":"2026-03-04T00:00:00Z"}}"#;
    assert_eq!(serde_json::to_string(&data).expect("JSON"), text);
    assert_eq!(serde_json::from_str::<EventData>(text).expect("an old event"), data);
    let kept = EventData::Reserved { rep: id!("li"), until: at!("2026-03-04T00:00:00Z"), span: Some(Span::hours(24)) };
    let text = r#"{"reserved":{"rep":"li","until":"2026-03-04T00:00:00Z","span":{"hours":24}}}"#;
    assert_eq!(serde_json::to_string(&kept).expect("JSON"), text);
}

#[test]
fn strange_events_are_refused() {
    let event = &of_every_kind(None)[0];
    let text = serde_json::to_string(event).expect("JSON");
    let stray = text.replacen('{', r#"{"stray": 1,"#, 1);
    assert!(matches!(read_event(&stray), Err(ReadError::Shape(_))));
    assert!(matches!(read_event(&text.replace(r#""schema":1"#, r#""schema":2"#)), Err(ReadError::Newer(2))));
    assert!(matches!(read_event("{}"), Err(ReadError::NoVersion)));
    assert!(matches!(read_event("nothing"), Err(ReadError::Shape(_))));
}

/// The fold of a rep's events, and everything that does not fit.
#[test]
fn a_reps_events_follow_each_other() {
    let rep = Rep::new(id!("li")).with_units([id!("sales/east")]);
    let leave = vec![(at!("2026-03-09T00:00:00Z"), at!("2026-03-11T00:00:00Z"))];
    let all = [
        RepEventData::Enrolled { rep: rep.clone().into() },
        RepEventData::LeaveSet { leave: leave.clone() },
        RepEventData::Deactivated,
        RepEventData::Changed { rep: rep.clone().with_units([id!("sales/west")]).into() },
        RepEventData::Reactivated,
    ];
    let kinds: Vec<_> = all.iter().map(RepEventData::kind).collect();
    assert!(RepEventKind::ALL.iter().all(|kind| kinds.contains(kind)));
    let mut state: Option<VersionedRep> = None;
    for (data, number) in all.into_iter().zip(1..) {
        let event = RepEvent::new(id!("li"), number, at!("2026-03-02T00:00:00Z"), data, origin());
        let text = serde_json::to_string(&event).expect("JSON");
        assert_eq!(read_rep_event(&text).expect(&text), event);
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let name = value["data"].as_str().or_else(|| value["data"].as_object()?.keys().next().map(String::as_str));
        assert_eq!(name, Some(event.data().kind().as_str()));
        let kind = serde_json::to_value(event.data().kind()).expect("JSON");
        assert_eq!(kind.as_str(), name, "a kind is written as it is named");
        let next = evolve_rep(state.as_ref(), &event).expect("it fits");
        assert!(evolve_rep(Some(&next), &event).is_err(), "it comes once");
        let other =
            RepEvent::new(id!("wang"), number + 1, at!("2026-03-02T00:00:00Z"), RepEventData::Deactivated, origin());
        assert!(evolve_rep(Some(&next), &other).is_err(), "it is another's");
        state = Some(next);
    }
    let wanted = rep.with_units([id!("sales/west")]).with_leave(leave);
    assert_eq!(state.as_ref().map(VersionedRep::rep), Some(&wanted));
    let twice = RepEvent::new(id!("li"), 6, at!("2026-03-02T00:00:00Z"), RepEventData::Reactivated, origin());
    assert!(evolve_rep(state.as_ref(), &twice).is_err(), "active already");
}

#[test]
fn kinds_are_unique_and_some_place_takes_each() {
    let names: std::collections::BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), EventKind::ALL.len());
    assert!(EventKind::ALL.iter().all(|kind| PlaceKind::ALL.iter().any(|place| fits_place(*kind, *place))));
}

/// Goal: an event carries what the specification lists, and says it after the wire as before.
#[test]
fn an_event_carries_who_why_and_by_which_rules() {
    use customer_pool::decision::Denial;
    use customer_pool::moves::{Exception, ExceptionKind};
    let exception = Exception::new(ExceptionKind::Hold, id!("ordered"));
    let decision = Digest::of_bytes(b"record");
    let origin = origin()
        .with_rule(Some(id!("silent")))
        .with_reason(Some(id!("no_need")))
        .with_bypassed([Denial::NotMember])
        .with_exceptions([exception.clone()])
        .with_decision(decision)
        .with_note(Some(Digest::salted(b"salt", "a note")));
    let state = history(PlaceKind::Owned).expect("it is owned");
    let data = EventData::Reclaimed { pool: id!("east") };
    let event = Event::new(id!("c1"), 3, at!("2026-03-05T00:00:00Z"), data.clone(), origin)
        .ending(Some(state.customer()))
        .linked(Digest::of_bytes(b"before"));
    let read = read_event(&serde_json::to_string(&event).expect("JSON")).expect("an event");
    assert_eq!((read.schema(), read.number(), read.data()), (customer_pool::ledger::SCHEMA, 3, &data));
    assert_eq!(read.customer().as_str(), "c1");
    assert_eq!((read.cause(), read.previous()), (Some(customer_pool::model::Cause::Reclaimed), event.previous()));
    let origin = read.origin();
    assert_eq!((origin.actor(), origin.key().as_str()), (&Actor::System, "key"));
    assert_eq!((origin.rule().map(|rule| rule.as_str()), origin.decision()), (Some("silent"), Some(decision)));
    assert_eq!(origin.reason().map(|reason| reason.as_str()), Some("no_need"));
    assert_eq!((origin.bypassed(), origin.exceptions()), (&[Denial::NotMember][..], &[exception][..]));
    assert_eq!(origin.note(), Some(Digest::salted(b"salt", "a note")));
    let stamp = origin.policy();
    assert_eq!((stamp.policy().as_str(), stamp.revision()), ("sales", 1));
    assert_ne!(stamp.digest(), stamp.calendars());
    let after = evolve(Some(&state), &read).expect("it fits");
    assert_eq!((after.version(), after.link().is_some()), (3, true));
    assert!(after.into_customer().stay().is_some());
}

#[test]
fn what_is_not_a_reps_event_says_so() {
    use customer_pool::ledger::IllegalRepEvent;
    let event = |rep: &str, number, data| RepEvent::new(id(rep), number, at!("2026-03-02T00:00:00Z"), data, origin());
    let enrolled = |rep: &str, of: &str| event(rep, 1, RepEventData::Enrolled { rep: Rep::new(id(of)).into() });
    assert_eq!(evolve_rep(None, &enrolled("li", "wang")), Err(IllegalRepEvent::OtherRep));
    let first = event("li", 1, RepEventData::Deactivated);
    let illegal = evolve_rep(None, &first).expect_err("nobody is enrolled");
    assert!(illegal.to_string().contains("deactivated"), "{illegal}");
    let li = evolve_rep(None, &enrolled("li", "li")).expect("it fits");
    let gap = evolve_rep(Some(&li), &event("li", 3, RepEventData::Deactivated)).expect_err("a gap");
    assert!(gap.to_string().contains("3 where 2"), "{gap}");
    let other = RepEventData::Changed { rep: Rep::new(id!("wang")).into() };
    assert_eq!(evolve_rep(Some(&li), &event("li", 2, other)), Err(IllegalRepEvent::OtherRep));
    assert!(IllegalRepEvent::OtherRep.to_string().contains("another rep"));
}
