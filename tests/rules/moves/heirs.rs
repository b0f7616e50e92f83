//! From owner to owner: transfer, departure, restore.

use customer_pool::claim::{Bypass, Check};
use customer_pool::decision::Denial;
use customer_pool::ledger::EventKind;
use customer_pool::model::{Cause, Customer, FreezeKind, Ownership, Place, Rep, WayIn};
use customer_pool::moves::{Exception, ExceptionKind, Intent, Move, MoveCase, MoveVerdict, Refusal};
use customer_pool::record::Recorder;
use customer_pool::{Policy, ReasonCode, id};

use super::support::{
    already_done, ask, at, carried_out, claimed, codes, frozen, held, laden, ledger, past, policy, pooled, refused,
    rep, undetermined,
};

const NOW: &str = "2026-03-04T10:00:00";
const KEEP: &str = r#""transfer_clock": "keep""#;

fn transferred(policy: &Policy, customer: &Customer, to: &str, now: &str) -> Customer {
    let to = rep(to);
    let (events, after) = carried_out(policy, &MoveCase::new(customer, Intent::Transfer { to: &to }), now);
    assert_eq!(events, [EventKind::Transferred]);
    after
}

/// Goal: a transfer restarts the clock or keeps it as the policy says, and the chain goes on either way. Method: a chain
/// of two transfers under both policies.
#[test]
fn a_transfer_restarts_or_keeps_the_clock_and_the_chain_goes_on() {
    let first = Some(at("2026-03-02T09:00:00"));
    for (rules, keeps) in [("", false), (KEEP, true)] {
        let policy = policy("", rules);
        let one = transferred(&policy, &claimed(), "wang", NOW);
        let two = transferred(&policy, &one, "zhao", "2026-03-06T10:00:00");
        let begun = two.ownership().expect("it is owned");
        let start = Some(at("2026-03-06T10:00:00"));
        assert_eq!((begun.start(), begun.chain_start(), begun.number()), (start, first, 3));
        assert_eq!(begun.clock_start(), if keeps { first } else { start });
        assert_eq!((begun.way_in(), begun.owner().as_str()), (WayIn::Transfer, "zhao"));
        let owners: Vec<_> = two.past().iter().map(|past| (past.owner().as_str(), past.cause())).collect();
        assert_eq!(owners, [("wang", Cause::Transferred), ("li", Cause::Transferred)]);
        let due = |days: &str| Some(at(days));
        let expected = if keeps { due("2026-03-17T00:00:00") } else { due("2026-03-21T00:00:00") };
        assert_eq!(policy.decide(&two, None, at("2026-03-06T10:00:00")).due(), expected);
    }
}

/// Goal: folded activities follow the clock. Method: a call folded for Li, then a transfer that keeps the clock, and one
/// that restarts it.
#[test]
fn folded_activities_stay_with_a_clock_that_goes_on_and_not_with_a_new_one() {
    use customer_pool::model::{Activity, ActivityKind, Actor, Occurred};
    for (rules, due) in [(KEEP, "2026-03-18T00:00:00"), ("", "2026-03-19T00:00:00")] {
        let policy = policy("", rules);
        let called = Some(Occurred::At(at("2026-03-03T10:00:00")));
        let call = Activity::new(ActivityKind::Call, Actor::Rep(id!("li")), called, None).expect("it has a time");
        let customer = claimed();
        let mut recorder = Recorder::new(&policy, &customer, None).expect("it is owned");
        assert!(recorder.record(&call));
        let after = transferred(&policy, &customer.clone().with_folded(recorder.finish()), "wang", NOW);
        assert_eq!(policy.decide(&after, None, at(NOW)).due(), Some(at(due)), "{rules}");
    }
}

/// Goal: a transfer runs 1, 3, 7, 9 and 10 and no other check; holds refuse it not. Method: an inactive heir, a freeze with
/// and without bypass, a live hold, the owner himself, a customer in a pool.
#[test]
fn a_transfer_is_refused_for_its_checks_alone() {
    let policy = policy(r#""cooldowns": [{"id": "again", "after": {"transferred": {"days": 9}}}]"#, "");
    let (wang, li) = (rep("wang"), rep("li"));
    let customer = laden(held(claimed(), None));
    let case = MoveCase::new(&customer, Intent::Transfer { to: &wang });
    carried_out(&policy, &case, NOW);
    let gone = rep("gone").deactivated();
    let found = refused(&policy, &MoveCase::new(&customer, Intent::Transfer { to: &gone }), NOW);
    assert_eq!(found, [Refusal::Denied(Denial::RepInactive)]);
    let until = Some(at("2026-03-05T00:00:00"));
    let disputed = frozen(claimed(), FreezeKind::Dispute, until);
    let case = MoveCase::new(&disputed, Intent::Transfer { to: &wang });
    let kind = FreezeKind::Dispute;
    assert_eq!(refused(&policy, &case, NOW), [Refusal::Denied(Denial::Frozen { kind, until })]);
    let bypasses = [Bypass::Check(Check::Frozen)];
    carried_out(&policy, &case.with_bypasses(&bypasses), NOW);
    already_done(&policy, &customer, Intent::Transfer { to: &li }, NOW);
    let free = pooled("east", "2026-02-01T00:00:00");
    assert_eq!(refused(&policy, &MoveCase::new(&free, Intent::Transfer { to: &wang }), NOW), [Refusal::NotOwned]);
    // Back to Li: a cooldown is none of a transfer's checks.
    transferred(&policy, &transferred(&policy, &claimed(), "wang", NOW), "li", "2026-03-04T11:00:00");
}

/// Goal: collaborators stay from owner to owner. Method: a laden customer.
#[test]
fn an_heir_keeps_collaborators_and_holds_and_nothing_of_the_owners_own() {
    let policy = policy("", "");
    let after = transferred(&policy, &laden(claimed()), "wang", NOW);
    let left = after.protection().expect("holds stay");
    assert!(left.locks().is_empty() && left.extensions().is_empty() && after.warned().is_empty());
    assert_eq!((left.holds().len(), left.freezes().len(), after.collaborators()), (1, 1, &[id!("zhao")][..]));
}

const DEPARTURES: &str = r#""transfer_clock": "keep", "departures": [
    {"when": {"in": {"fact": "tier", "of": ["vip"]}}, "to": "successor"},
    {"when": "always", "to": "manager"},
    {"when": "always", "to": {"pool": "asked"}},
    {"when": "always", "to": "successor"}]"#;

fn depart<'a>(customer: &'a Customer, successor: Option<&'a Rep>, manager: Option<&'a Rep>) -> MoveCase<'a> {
    let of = customer.ownership().expect("it is owned").owner();
    MoveCase::new(customer, Intent::Depart { of: of.clone(), successor, manager })
}

fn goes_to(policy: &Policy, case: &MoveCase<'_>) -> String {
    let (events, after) = carried_out(policy, case, NOW);
    assert_eq!((&events[..], after.past()[0].cause()), (&[EventKind::Departed][..], Cause::Departed));
    match after.place() {
        Place::Owned(owned) => {
            assert_eq!((owned.way_in(), owned.clock_start()), (WayIn::Transfer, owned.chain_start()));
            owned.owner().to_string()
        }
        Place::Pool(stay) => stay.pool().to_string(),
        other => panic!("{other:?}"),
    }
}

/// Goal: the first entry whose condition holds and whose heir may have the customer decides; at last the pool. Method:
/// vip and other, with heirs who are there, inactive, missing, or the owner himself.
#[test]
fn a_departure_finds_the_first_heir_who_may_have_the_customer() {
    let policy = policy("", DEPARTURES);
    let (next, boss) = (rep("next"), rep("boss"));
    let (gone, li) = (rep("gone").deactivated(), rep("li"));
    let (vip, other) = (claimed().with_tier(id!("vip")), claimed());
    assert_eq!(goes_to(&policy, &depart(&vip, Some(&next), Some(&boss))), "next");
    assert_eq!(goes_to(&policy, &depart(&other, Some(&next), Some(&boss))), "boss");
    assert_eq!(goes_to(&policy, &depart(&vip, Some(&gone), Some(&boss))), "boss");
    assert_eq!(goes_to(&policy, &depart(&vip, None, Some(&boss))), "boss");
    assert_eq!(goes_to(&policy, &depart(&vip, Some(&li), None)), "asked");
    assert_eq!(goes_to(&policy, &depart(&other, Some(&next), None)), "asked");
    let leaver: customer_pool::id::RepId = id!("zhao");
    let command = Intent::Depart { of: leaver.clone(), successor: Some(&next), manager: Some(&boss) };
    assert_eq!(refused(&policy, &MoveCase::new(&vip, command), NOW), [Refusal::NotOwner], "another left");
    let bare = super::support::policy("", "");
    assert_eq!(goes_to(&bare, &depart(&vip, Some(&next), Some(&boss))), "country", "no entry: the pool");
}

/// Goal: qualification makes an heir ineligible; capacity never refuses a departure. Method: rules for both.
#[test]
fn an_heir_is_asked_to_qualify_and_never_for_capacity() {
    let claims = r#""qualifications": [{"id": "skill", "requires": "skill"}],
        "capacities": [{"id": "cap", "scope": "everybody", "cap": 0}]"#;
    let policy = policy(claims, DEPARTURES);
    let profile = customer_pool::model::Profile::new().with_skills([id!("english")]);
    let vip = claimed().with_tier(id!("vip")).with_profile(profile);
    let (next, boss) = (rep("next"), rep("boss").with_skills([id!("english")]));
    let holding = customer_pool::model::Holding::new(id!("cap"), 7);
    let ledgers = ["next", "boss"].map(|name| ledger(name).with_holdings([holding.clone()]));
    assert_eq!(goes_to(&policy, &depart(&vip, Some(&next), Some(&boss)).with_ledgers(&ledgers)), "boss");
}

/// Goal: a freeze refuses a departure to whomever, a hold does not; the manager is the owner's. Method: each.
#[test]
fn a_departure_is_refused_under_a_freeze_alone() {
    let policy = policy("", DEPARTURES);
    let (next, boss) = (rep("next"), rep("boss"));
    let until = Some(at("2026-03-05T00:00:00"));
    let disputed = frozen(held(claimed(), None), FreezeKind::LegalHold, until);
    let case = depart(&disputed, Some(&next), Some(&boss));
    let kind = FreezeKind::LegalHold;
    assert_eq!(refused(&policy, &case, NOW), [Refusal::Denied(Denial::Frozen { kind, until })]);
    let bypasses = [Bypass::Check(Check::Frozen)];
    assert_eq!(goes_to(&policy, &case.clone().with_bypasses(&bypasses)), "boss");
    let exceptions = [Exception::new(ExceptionKind::Freeze, id!("court"))];
    assert_eq!(codes(&refused(&policy, &case.with_exceptions(&exceptions), NOW)), ["customer.frozen"]);
    let held = held(claimed(), None);
    let li = rep("li").with_manager(id!("another"));
    let case = depart(&held, Some(&next), Some(&boss));
    assert_eq!(undetermined(&policy, &case.clone().with_owner(&li), NOW), ReasonCode::OwnerMismatch);
    let li = rep("li").with_manager(id!("boss"));
    assert_eq!(goes_to(&policy, &case.with_owner(&li)), "boss");
}

/// Goal: a departure starts no cooldown, as the document cannot name it. Method: the parser, and the parser on
/// `allocation`.
#[test]
fn allocation_is_refused_by_the_parser() {
    let text = super::support::document("", r#""departures": [{"when": "always", "to": "allocation"}]"#);
    let error = Policy::from_json(&text).expect_err("nothing allocates").to_string();
    assert!(error.contains("unknown variant `allocation`"), "{error}");
}

/// Goal: a restore goes to the rep from whom it was reclaimed, while it lies in a pool, with a new clock. Method: that
/// rep, another, one who left; a customer released, one never owned, one claimed and undone since.
#[test]
fn a_restore_undoes_the_newest_reclaim() {
    let policy = policy("", "");
    let (li, wang) = (rep("li"), rep("wang"));
    let reclaimed = past("li", "2026-01-01T00:00:00", "2026-02-01T00:00:00", Cause::Reclaimed);
    let undone = past("wang", "2026-02-10T00:00:00", "2026-02-10T00:10:00", Cause::Undone);
    let customer = pooled("east", "2026-02-01T00:00:00").with_past([undone, reclaimed.clone()], None);
    let case = MoveCase::new(&customer, Intent::Restore { to: &li });
    let (events, after) = carried_out(&policy, &case, NOW);
    assert_eq!(events, [EventKind::Restored]);
    let begun = after.ownership().expect("it is owned");
    let start = Some(at(NOW));
    assert_eq!(
        (begun.way_in(), begun.start(), begun.clock_start(), begun.chain_start()),
        (WayIn::Restore, start, start, start)
    );
    already_done(&policy, &after, Intent::Restore { to: &li }, NOW);
    let other = MoveCase::new(&customer, Intent::Restore { to: &wang });
    assert_eq!(refused(&policy, &other, NOW), [Refusal::NotLastOwner]);
    let gone = rep("li").deactivated();
    assert_eq!(
        codes(&refused(&policy, &MoveCase::new(&customer, Intent::Restore { to: &gone }), NOW)),
        ["rep.inactive"]
    );

    let released = past("li", "2026-02-02T00:00:00", "2026-02-20T00:00:00", Cause::Released);
    let later = pooled("east", "2026-02-20T00:00:00").with_past([released, reclaimed], None);
    let case = MoveCase::new(&later, Intent::Restore { to: &li });
    assert_eq!(refused(&policy, &case, NOW), [Refusal::NotReclaimed { cause: Some(Cause::Released) }]);
    let fresh = pooled("east", "2026-02-20T00:00:00");
    let case = MoveCase::new(&fresh, Intent::Restore { to: &li });
    assert_eq!(refused(&policy, &case, NOW), [Refusal::NotReclaimed { cause: None }]);
    let forgotten = fresh.with_past([], Some(at("2026-02-25T00:00:00")));
    let case = MoveCase::new(&forgotten, Intent::Restore { to: &li });
    assert_eq!(undetermined(&policy, &case, NOW), ReasonCode::HistoryIncomplete);
    let owned = claimed();
    assert_eq!(refused(&policy, &MoveCase::new(&owned, Intent::Restore { to: &li }), NOW), [Refusal::NotInPool]);
}

/// Goal: ownerships never overlap, whatever another host's clock wrote. Method: a transfer of an ownership that begins a
/// moment ahead, by either.
#[test]
fn a_transfer_within_the_skew_is_dated_where_the_ownership_begins() {
    let policy = policy("", "");
    let start = at("2026-03-04T10:03:00");
    let ahead = claimed().with_place(Place::Owned(Ownership::new(id!("li"), start)));
    let wang = rep("wang");
    let decision = ask(&policy, &MoveCase::new(&ahead, Intent::Transfer { to: &wang }), at(NOW));
    assert_eq!(decision.verdict(), MoveVerdict::Moves);
    assert_eq!(decision.planned().and_then(Move::begun).and_then(Ownership::start), Some(start));
}
