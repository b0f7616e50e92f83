//! Release with its approval, take-back: reasons, notes, pools, holds, exceptions.

use customer_pool::ReasonCode;
use customer_pool::id;
use customer_pool::id::{Label, PoolId, RepId};
use customer_pool::ledger::EventKind;
use customer_pool::model::{Cause, Counters, FreezeKind, Ownership, Place, Profile, WayIn};
use customer_pool::moves::{Exception, ExceptionKind, Intent, MoveCase, Refusal};

use super::support::{
    already_done, ask, at, carried_out, claimed, codes, frozen, held, id, laden, policy, refused, rep, undetermined,
};

const RULES: &str = r#""release": {"reasons": ["no_need", "wrong_region"], "needs_note": true, "pools": ["asked"]},
    "take_back": {"reasons": ["idle"], "pools": ["asked"]}"#;

/// Goal: a release asks for a listed reason and a note, and says all that is missing. Method: none, one of another list.
#[test]
fn a_release_needs_a_listed_reason_and_a_note() {
    let policy = policy("", RULES);
    let (customer, li): (_, RepId) = (claimed(), id!("li"));
    let case = MoveCase::new(&customer, Intent::Release { by: li.clone() });
    let now = "2026-03-04T10:00:00";
    assert_eq!(refused(&policy, &case, now), [Refusal::ReasonMissing, Refusal::NoteMissing]);
    let idle: Label = id!("idle");
    let found = refused(&policy, &case.clone().with_reason(&idle).with_note(), now);
    assert_eq!(found, [Refusal::ReasonUnknown { reason: idle.clone() }]);
    let reason = id!("no_need");
    let (events, after) = carried_out(&policy, &case.with_reason(&reason).with_note(), now);
    assert_eq!(events, [EventKind::Released]);
    let stay = after.stay().expect("it lies in a pool");
    assert_eq!((stay.pool().as_str(), stay.since()), ("country", at(now)));
    assert_eq!((stay.cause(), stay.last_owner()), (Some(Cause::Released), Some(&li)));
    assert_eq!(after.counters(), Counters { released: 1, ..Counters::default() });
    let [past] = after.past() else { panic!("one ownership has ended") };
    assert_eq!((past.from(), past.to(), past.way_in()), (at("2026-03-02T09:00:00"), at(now), WayIn::Claim));
    assert_eq!(past.units(), ["sales/east"]);
}

/// Goal: routing is that of a reclaim, and a command names only a pool that the policy allows. Method: a customer of the
/// region that a rule sends to `east`; then `asked`, and one that is not listed.
#[test]
fn a_release_goes_where_routing_says_or_where_the_policy_lets_it() {
    let policy = policy("", RULES);
    let li: RepId = id!("li");
    let customer = claimed().with_profile(Profile::new().with_region(id!("sh")));
    let reason = id!("no_need");
    let case = MoveCase::new(&customer, Intent::Release { by: li.clone() }).with_reason(&reason).with_note();
    let now = "2026-03-04T10:00:00";
    let pool = |case: &MoveCase<'_>| carried_out(&policy, case, now).1.last_pool().cloned();
    assert_eq!(pool(&case), Some(id!("east")));
    let (asked, lucky): (PoolId, PoolId) = (id!("asked"), id!("lucky"));
    assert_eq!(pool(&case.clone().with_pool(&asked)), Some(asked.clone()));
    assert_eq!(refused(&policy, &case.with_pool(&lucky), now), [Refusal::PoolNotAllowed { pool: lucky.clone() }]);
}

/// Goal: a live hold or freeze refuses, half-open, unless as a named exception, which is recorded. Method: an order and a
/// dispute that end; both exceptions, and one.
#[test]
fn a_hold_or_freeze_refuses_a_release_and_a_take_back_unless_as_a_named_exception() {
    let policy = policy("", "");
    let li: RepId = id!("li");
    let until = at("2026-03-05T00:00:00");
    let customer = frozen(held(claimed(), Some(until)), FreezeKind::Dispute, Some(until));
    for command in [Intent::Release { by: li.clone() }, Intent::TakeBack] {
        let case = MoveCase::new(&customer, command.clone());
        let found = refused(&policy, &case, "2026-03-04T10:00:00");
        assert_eq!(codes(&found), ["move.frozen", "move.held"]);
        let decision = ask(&policy, &case, at("2026-03-04T10:00:00"));
        assert_eq!(decision.next_change(), Some(until));
        carried_out(&policy, &case, "2026-03-05T00:00:00");
        let exceptions =
            [ExceptionKind::Freeze, ExceptionKind::Hold].map(|despite| Exception::new(despite, id!("court")));
        let found = refused(&policy, &case.clone().with_exceptions(&exceptions[..1]), "2026-03-04T10:00:00");
        assert_eq!(codes(&found), ["move.held"]);
        let decision = ask(&policy, &case.with_exceptions(&exceptions), at("2026-03-04T10:00:00"));
        assert_eq!(decision.planned().expect("a move").exceptions(), exceptions);
        // Where nothing has to be excepted, nothing is recorded.
        let free = claimed();
        let decision = ask(&policy, &MoveCase::new(&free, command).with_exceptions(&exceptions), until);
        assert_eq!(decision.planned().expect("a move").exceptions(), []);
    }
}

/// Goal: what the policy does not count holds nothing, and a lock refuses reclaim only. Method: a contract, and a lock.
#[test]
fn a_lock_and_a_document_that_does_not_count_refuse_no_release() {
    let policy = policy("", "");
    let customer = laden(claimed());
    let protection = customer.protection().cloned().expect("it is laden");
    let contract = customer_pool::model::BusinessHold::live(id("active_contract"), id!("k1"), None);
    let customer = customer.with_protection(protection.with_hold(contract));
    let li: RepId = id!("li");
    carried_out(&policy, &MoveCase::new(&customer, Intent::Release { by: li.clone() }), "2026-03-04T10:00:00");
}

/// Goal: nobody but the owner releases. Method: another rep, a customer in a pool, a closed one.
#[test]
fn only_the_owner_releases() {
    let policy = policy("", "");
    let (customer, wang): (_, RepId) = (claimed(), id!("wang"));
    let command = Intent::Release { by: wang.clone() };
    let now = "2026-03-04T10:00:00";
    assert_eq!(refused(&policy, &MoveCase::new(&customer, command.clone()), now), [Refusal::NotOwner]);
    let pooled = super::support::pooled("east", "2026-03-01T00:00:00");
    assert_eq!(refused(&policy, &MoveCase::new(&pooled, command.clone()), now), [Refusal::NotOwned]);
    let cause = customer_pool::model::ClosedCause::Invalid;
    let closed = customer.with_place(Place::Closed(cause));
    assert_eq!(refused(&policy, &MoveCase::new(&closed, command), now), [Refusal::Closed { cause }]);
}

const APPROVAL: &str = r#""release": {"approval": {"in": {"fact": "tier", "of": ["vip"]}}}"#;

/// Goal: where the policy asks for an approval, a release is a request, somebody else decides, and the reason of the
/// request stays. Method: request, again, approve by the owner, approve; then refuse.
#[test]
fn a_release_that_needs_approval_is_requested_and_then_approved_or_refused() {
    let policy = policy("", APPROVAL);
    let (li, boss): (RepId, RepId) = (id!("li"), id!("boss"));
    let customer = claimed().with_tier(id!("vip"));
    let reason = id!("no_need");
    let case = MoveCase::new(&customer, Intent::Release { by: li.clone() }).with_reason(&reason);
    let (events, requested) = carried_out(&policy, &case, "2026-03-04T10:00:00");
    assert_eq!(events, [EventKind::ReleaseRequested]);
    assert_eq!(requested.place(), customer.place(), "it is still Li's");
    assert_eq!(requested.release_request().and_then(|request| request.reason()), Some(&reason));
    already_done(&policy, &requested, Intent::Release { by: li.clone() }, "2026-03-04T11:00:00");

    let own = MoveCase::new(&requested, Intent::ApproveRelease { by: li.clone() });
    assert_eq!(refused(&policy, &own, "2026-03-04T12:00:00"), [Refusal::OwnRequest]);
    let none = MoveCase::new(&customer, Intent::RefuseRelease { by: boss.clone() });
    assert_eq!(refused(&policy, &none, "2026-03-04T12:00:00"), [Refusal::NoRequest]);

    let approve = MoveCase::new(&requested, Intent::ApproveRelease { by: boss.clone() });
    let decision = ask(&policy, &approve, at("2026-03-04T12:00:00"));
    let planned = decision.planned().expect("a move");
    assert_eq!(planned.kinds(), [EventKind::ReleaseApproved, EventKind::Released]);
    assert_eq!(planned.reason(), Some(&reason));
    let (_, released) = carried_out(&policy, &approve, "2026-03-04T12:00:00");
    assert_eq!((released.release_request(), released.past()[0].cause()), (None, Cause::Released));

    let refuse = MoveCase::new(&requested, Intent::RefuseRelease { by: boss.clone() });
    let (events, kept) = carried_out(&policy, &refuse, "2026-03-04T12:00:00");
    assert_eq!((&events[..], &kept), (&[EventKind::ReleaseRefused][..], &customer));
}

/// Goal: what came between refuses an approval too. Method: an order placed after the request.
#[test]
fn an_approval_is_refused_under_a_live_hold() {
    let policy = policy("", APPROVAL);
    let (li, boss): (RepId, RepId) = (id!("li"), id!("boss"));
    let customer = claimed().with_tier(id!("vip"));
    let (_, requested) =
        carried_out(&policy, &MoveCase::new(&customer, Intent::Release { by: li.clone() }), "2026-03-04T10:00:00");
    let requested = held(requested, None);
    let approve = MoveCase::new(&requested, Intent::ApproveRelease { by: boss.clone() });
    assert_eq!(codes(&refused(&policy, &approve, "2026-03-04T12:00:00")), ["move.held"]);
}

/// Goal: a take-back has its own reasons and pools and no approval. Method: the reasons of either list.
#[test]
fn a_take_back_has_its_own_list_and_needs_no_approval() {
    let rules = RULES.replace("\"needs_note\": true", "\"approval\": \"always\"");
    let policy = policy("", &rules);
    let customer = claimed();
    let case = MoveCase::new(&customer, Intent::TakeBack);
    let now = "2026-03-04T10:00:00";
    assert_eq!(refused(&policy, &case, now), [Refusal::ReasonMissing]);
    let (idle, no_need) = (id!("idle"), id!("no_need"));
    assert_eq!(codes(&refused(&policy, &case.clone().with_reason(&no_need), now)), ["move.reason_unknown"]);
    let asked = id!("asked");
    let (events, after) = carried_out(&policy, &case.with_reason(&idle).with_pool(&asked), now);
    assert_eq!((&events[..], after.last_pool()), (&[EventKind::TakenBack][..], Some(&asked)));
    assert_eq!(after.past()[0].cause(), Cause::TakenBack);
}

/// Goal: an ownership of which nobody knows when it began ends by no command; one that begins a moment ahead ends there.
/// Method: no start; a start within and past the skew of five minutes.
#[test]
fn an_ownership_ends_only_where_its_start_is_known() {
    let policy = policy("", "");
    let unknown = claimed().with_place(Place::Owned(Ownership::of_unknown_start(id!("li"))));
    let code = undetermined(&policy, &MoveCase::new(&unknown, Intent::TakeBack), "2026-03-04T10:00:00");
    assert_eq!(code, ReasonCode::OwnershipStartUnknown);
    let start = at("2026-03-04T10:05:00");
    let ahead = claimed().with_place(Place::Owned(Ownership::new(id!("li"), start)));
    let case = MoveCase::new(&ahead, Intent::TakeBack);
    assert_eq!(undetermined(&policy, &case, "2026-03-04T09:59:59"), ReasonCode::OwnershipStartInFuture);
    let (_, after) = carried_out(&policy, &case, "2026-03-04T10:00:00");
    assert_eq!((after.past()[0].to(), after.stay().map(|stay| stay.since())), (start, Some(start)));
}

/// Goal: routing that reads the owner's facts asks for them. Method: without the owner, of another, with him.
#[test]
fn routing_by_the_owners_unit_asks_for_the_owner() {
    let text = super::support::document("", "").replace(
        r#"{"in": {"fact": "region", "of": ["sh"]}}"#,
        r#"{"in": {"fact": "owner.unit", "of": ["sales/east"]}}"#,
    );
    let policy = customer_pool::Policy::from_json(&text).expect("a policy");
    let customer = claimed();
    let now = at("2026-03-04T10:00:00");
    let case = MoveCase::new(&customer, Intent::TakeBack);
    let verdict = |case: &MoveCase<'_>| policy.decide_move(case, now).verdict();
    use customer_pool::moves::MoveVerdict::{Moves, Undetermined};
    assert_eq!(verdict(&case), Undetermined(ReasonCode::OwnerMissing));
    let (wang, li) = (rep("wang"), rep("li"));
    assert_eq!(verdict(&case.clone().with_owner(&wang)), Undetermined(ReasonCode::OwnerMismatch));
    assert_eq!(verdict(&case.clone().with_owner(&li)), Moves);
    let decision = policy.decide_move(&case.with_owner(&li), now);
    let place = decision.planned().and_then(|planned| planned.place(&customer));
    assert!(matches!(place, Some(Place::Pool(stay)) if stay.pool().as_str() == "east"));
}

/// Goal: what dies with an ownership dies, and nothing else. Method: a customer with everything, released.
#[test]
fn lock_extension_and_warnings_die_and_holds_freezes_and_pauses_do_not() {
    let policy = policy("", "");
    let customer = laden(claimed());
    let li: RepId = id!("li");
    let case = MoveCase::new(&customer, Intent::Release { by: li.clone() });
    let (_, after) = carried_out(&policy, &case, "2026-03-04T10:00:00");
    let (before, left) = (customer.protection().expect("it is laden"), after.protection().expect("holds stay"));
    assert_eq!((before.locks().len(), before.extensions().len(), customer.warned().len()), (1, 1, 1));
    assert!(left.locks().is_empty() && left.extensions().is_empty() && after.warned().is_empty());
    assert!(after.collaborators().is_empty());
    assert_eq!((left.holds(), left.freezes(), left.pauses()), (before.holds(), before.freezes(), before.pauses()));
}

/// Goal: a reclaim is the same kind of move. Method: into the pool that the decision names, and by the case's exception.
#[test]
fn a_reclaim_is_expressed_as_a_move() {
    let policy = policy("", "");
    let customer = laden(claimed());
    let exceptions = [Exception::new(ExceptionKind::DueAhead, id!("owner_left"))];
    let case = MoveCase::new(&customer, Intent::TakeBack).with_exceptions(&exceptions);
    let now = at("2026-03-20T00:00:00");
    let decision = policy.decide(&customer, None, now);
    let pool = decision.pool().and_then(|pool| policy.pool_id(pool)).expect("it has a pool");
    let moved = policy.reclaim_move(&case, pool, now).expect("its start is known");
    assert_eq!((&moved.kinds()[..], moved.exceptions()), (&[EventKind::Reclaimed][..], &exceptions[..]));
    let after = policy.apply_move(&moved, &customer).expect("it fits");
    assert_eq!((after.past()[0].cause(), after.counters().reclaimed), (Cause::Reclaimed, 1));
    let pooled = super::support::pooled("east", "2026-03-01T00:00:00");
    let case = MoveCase::new(&pooled, Intent::TakeBack);
    assert_eq!(policy.reclaim_move(&case, pool, now), Err(ReasonCode::InPool));
}
