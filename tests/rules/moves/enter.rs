//! How a customer first gets a place: creation, import, admission.

use customer_pool::ReasonCode;
use customer_pool::id;
use customer_pool::id::PoolId;
use customer_pool::ledger::EventKind;
use customer_pool::model::{Cause, ClosedCause, Customer, Place, Profile, Rep, WayIn};
use customer_pool::moves::{Intent, Landing, MoveCase, Refusal};

use super::support::{already_done, at, carried_out, claimed, codes, ledger, past, policy, refused, rep, undetermined};

const NOW: &str = "2026-03-04T10:00:00";

fn fresh() -> Customer {
    Customer::new(id!("c1"), Place::Awaiting).with_profile(Profile::new().with_region(id!("sh")))
}

fn creation<'a>(customer: &'a Customer, into: Landing<&'a Rep>) -> MoveCase<'a> {
    MoveCase::new(customer, Intent::Create { customer: customer.clone().into(), into })
}

fn importing<'a>(customer: &'a Customer, into: Landing<&'a Rep>, since: Option<&str>) -> MoveCase<'a> {
    let facts = customer.clone().into();
    MoveCase::new(customer, Intent::Import { customer: facts, into, since: since.map(at), source: None })
}

/// Goal: a new customer goes to an owner, a pool, where routing says, or waits. Method: each.
#[test]
fn a_customer_is_created_somewhere() {
    let policy = policy("", "");
    let (li, country): (_, PoolId) = (rep("li"), id!("country"));
    let customer = fresh();
    let create = |into| carried_out(&policy, &creation(&customer, into), NOW);
    let (events, mine) = create(Landing::Owner(&li));
    assert_eq!((&events[..], mine.created()), (&[EventKind::Created][..], Some(at(NOW))));
    let begun = mine.ownership().expect("it is owned");
    assert_eq!((begun.way_in(), begun.start(), begun.number()), (WayIn::Create, Some(at(NOW)), 1));
    assert_eq!(create(Landing::Pool(country.clone())).1.last_pool(), Some(&country));
    assert_eq!(create(Landing::Routing).1.last_pool(), Some(&id!("east")));
    assert_eq!(create(Landing::Awaiting).1.place(), &Place::Awaiting);
    let nowhere: PoolId = id!("nowhere");
    let case = creation(&customer, Landing::Pool(nowhere.clone()));
    assert_eq!(refused(&policy, &case, NOW), [Refusal::PoolUnknown { pool: nowhere.clone() }]);
}

/// Goal: a creation runs the checks of its way in: quotas that name it, capacity, the rep. Method: each, and a quota that
/// counts claims alone.
#[test]
fn a_creation_is_checked() {
    let claims = r#""quotas": [{"id": "new", "limit": 0, "window": "day", "ways": ["create"]}]"#;
    let (li, customer) = (rep("li"), fresh());
    let ledgers = [ledger("li")];
    let case = creation(&customer, Landing::Owner(&li)).with_ledgers(&ledgers);
    assert_eq!(codes(&refused(&policy(claims, ""), &case, NOW)), ["claim.quota"]);
    carried_out(&policy(&claims.replace("create", "claim"), ""), &case, NOW);
    let gone = rep("li").deactivated();
    let case = creation(&customer, Landing::Owner(&gone));
    assert_eq!(codes(&refused(&policy("", ""), &case, NOW)), ["rep.inactive"]);
}

/// Goal: what is there is not created again. Method: an owned, a closed customer, one with a past.
#[test]
fn a_customer_is_created_once() {
    let policy = policy("", "");
    let owned = claimed();
    let old = fresh().with_past([past("li", "2026-01-01T00:00:00", "2026-02-01T00:00:00", Cause::Released)], None);
    for customer in [&owned, &old] {
        assert_eq!(refused(&policy, &creation(customer, Landing::Routing), NOW), [Refusal::Exists]);
    }
    let cause = ClosedCause::Invalid;
    let closed = fresh().with_place(Place::Closed(cause));
    let admission = MoveCase::new(&closed, Intent::Admit { into: Landing::Routing });
    for case in [creation(&closed, Landing::Routing), importing(&closed, Landing::Routing, None), admission] {
        assert_eq!(refused(&policy, &case, NOW), [Refusal::Closed { cause }]);
    }
}

/// Goal: an import brings a past and says since when the customer is where it is. Method: since last year, since before
/// its past ended, since tomorrow.
#[test]
fn an_import_brings_its_past() {
    let policy = policy("", "");
    let li = rep("li");
    let history = past("wang", "2025-01-01T00:00:00", "2025-06-01T00:00:00", Cause::Released);
    let customer = fresh().with_past([history], Some(at("2025-01-01T00:00:00")));
    let import = |since: &str| importing(&customer, Landing::Owner(&li), Some(since));
    let (events, mine) = carried_out(&policy, &import("2025-07-01T00:00:00"), NOW);
    let begun = mine.ownership().expect("it is owned");
    assert_eq!((&events[..], begun.way_in(), begun.number()), (&[EventKind::Imported][..], WayIn::Import, 2));
    assert_eq!((begun.start(), mine.created()), (Some(at("2025-07-01T00:00:00")), None));
    assert_eq!(undetermined(&policy, &import("2025-05-01T00:00:00"), NOW), ReasonCode::OwnershipsOverlap);
    let ahead = "2026-03-05T10:00:00";
    assert_eq!(refused(&policy, &import(ahead), NOW), [Refusal::TooEarly { at: at(ahead) }]);
    let pool = importing(&customer, Landing::Routing, Some("2025-07-01T00:00:00"));
    let (_, pooled) = carried_out(&policy, &pool, NOW);
    assert_eq!(pooled.stay().map(|stay| stay.since()), Some(at("2025-07-01T00:00:00")));
}

/// Goal: an admission ends the waiting. Method: to a pool and to an owner; of a customer that waits no longer.
#[test]
fn an_admission_ends_the_waiting() {
    let policy = policy("", "");
    let (li, waiting) = (rep("li"), fresh());
    let (events, pooled) =
        carried_out(&policy, &MoveCase::new(&waiting, Intent::Admit { into: Landing::Routing }), NOW);
    assert_eq!((&events[..], pooled.last_pool()), (&[EventKind::Admitted][..], Some(&id!("east"))));
    let (_, mine) = carried_out(&policy, &MoveCase::new(&waiting, Intent::Admit { into: Landing::Owner(&li) }), NOW);
    assert_eq!(mine.ownership().map(|owned| owned.way_in()), Some(WayIn::Create));
    already_done(&policy, &waiting, Intent::Admit { into: Landing::Awaiting }, NOW);
    let again = MoveCase::new(&pooled, Intent::Admit { into: Landing::Routing });
    assert_eq!(refused(&policy, &again, NOW), [Refusal::NotAwaiting]);
}
