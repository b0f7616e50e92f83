//! From pool to pool, and out of every place for good.

use customer_pool::ReasonCode;
use customer_pool::id;
use customer_pool::id::{CustomerId, PoolId};
use customer_pool::ledger::{ChangedFact, EventData, EventKind};
use customer_pool::model::{Cause, ClosedCause, Customer, FreezeKind, Lapse, Place, PoolEntry, Reservation};
use customer_pool::moves::{Exception, ExceptionKind, Intent, MoveCase, MoveVerdict, Refusal};
use customer_pool::plan::{ItemOutcome, Scenario};

use super::support::{
    already_done, ask, at, carried_out, claimed, codes, frozen, held, just_before, laden, ledger, policy, pooled,
    refused, rep, stay, undetermined,
};

const NOW: &str = "2026-03-04T10:00:00";

/// Goal: a move is an entry of the new pool, and entries of every pool are remembered. Method: east, country, east.
#[test]
fn a_move_is_an_entry_of_the_new_pool() {
    let policy = policy("", "");
    let (east, country): (PoolId, PoolId) = (id!("east"), id!("country"));
    let place = stay("east", "2026-02-01T00:00:00").with_last_owner(id!("li"), Cause::Reclaimed);
    let customer = pooled("east", "2026-02-01T00:00:00").with_place(Place::Pool(place));
    let (events, there) =
        carried_out(&policy, &MoveCase::new(&customer, Intent::MoveTo { pool: country.clone() }), NOW);
    assert_eq!(events, [EventKind::Moved]);
    let stay = there.stay().expect("it lies in a pool");
    assert_eq!((stay.since(), stay.cause(), stay.last_owner()), (at(NOW), Some(Cause::Reclaimed), Some(&id!("li"))));
    assert_eq!(there.former_entries(), [PoolEntry::new(id!("east"), at("2026-02-01T00:00:00"))]);
    assert_eq!(there.counters().days_in_pools, 31);
    let (_, back) =
        carried_out(&policy, &MoveCase::new(&there, Intent::MoveTo { pool: east.clone() }), "2026-03-05T10:00:00");
    assert_eq!(back.stay().expect("in the pool").earlier_entries(), [at("2026-02-01T00:00:00")]);
    assert_eq!(back.former_entries(), [PoolEntry::new(id!("country"), at(NOW))]);
    // Claimed and released into the first pool once more: both of its entries are known.
    let li = rep("li");
    let (_, mine) = carried_out(&policy, &MoveCase::new(&back, Intent::Claim { by: &li }), "2026-03-06T10:00:00");
    let (_, back) = carried_out(&policy, &MoveCase::new(&mine, Intent::TakeBack), "2026-03-07T10:00:00");
    assert_eq!(back.stay().expect("in the pool").pool(), &country);
    assert_eq!(back.stay().expect("in the pool").earlier_entries(), [at(NOW)]);
    let entries: Vec<_> = back.former_entries().iter().map(|entry| (entry.pool().as_str(), entry.at())).collect();
    assert_eq!(entries, [("east", at("2026-02-01T00:00:00")), ("east", at("2026-03-05T10:00:00"))]);
}

/// Goal: the same pool is success without an event; an unknown pool, a freeze, an owner refuse. Method: each.
#[test]
fn a_move_is_refused_for_what_cannot_move() {
    let policy = policy("", "");
    let (east, country, nowhere): (PoolId, PoolId, PoolId) = (id!("east"), id!("country"), id!("nowhere"));
    let customer = pooled("east", "2026-02-01T00:00:00");
    already_done(&policy, &customer, Intent::MoveTo { pool: east.clone() }, NOW);
    let case = MoveCase::new(&customer, Intent::MoveTo { pool: nowhere.clone() });
    assert_eq!(refused(&policy, &case, NOW), [Refusal::PoolUnknown { pool: nowhere.clone() }]);
    let disputed = frozen(customer, FreezeKind::Dispute, None);
    let case = MoveCase::new(&disputed, Intent::MoveTo { pool: country.clone() });
    assert_eq!(codes(&refused(&policy, &case, NOW)), ["move.frozen"]);
    let exceptions = [Exception::new(ExceptionKind::Freeze, id!("court"))];
    carried_out(&policy, &case.with_exceptions(&exceptions), NOW);
    let owned = claimed();
    assert_eq!(
        refused(&policy, &MoveCase::new(&owned, Intent::MoveTo { pool: country.clone() }), NOW),
        [Refusal::NotInPool]
    );
}

/// Goal: a reservation that has lapsed is noted when the customer leaves the pool; an open one is no lapse. Method: both.
#[test]
fn leaving_a_pool_is_no_lapse() {
    let policy = policy("", "");
    let country: PoolId = id!("country");
    for (until, lapses) in [("2026-03-04T10:00:01", vec![]), (NOW, vec![Lapse::new(id!("li"), at(NOW))])] {
        let reservation = Reservation::new(id!("li"), at("2026-03-03T10:00:00"), at(until));
        let place = Place::Pool(stay("asked", "2026-02-01T00:00:00").with_reservation(reservation));
        let customer = Customer::new(id!("c1"), place);
        let (_, after) = carried_out(&policy, &MoveCase::new(&customer, Intent::MoveTo { pool: country.clone() }), NOW);
        assert_eq!(after.lapses(), lapses, "until {until}");
    }
}

/// Goal: a customer nobody claims escalates when its span from its entry has ended, half-open; the root never does.
/// Method: `east` with 30 days, at the boundary; `country`; an unknown pool.
#[test]
fn a_customer_escalates_to_the_pool_above() {
    let policy = policy("", "");
    let customer = pooled("east", "2026-02-01T12:00:00");
    let due = at("2026-03-04T00:00:00");
    assert_eq!(policy.escalates_at(&customer), Ok(Some((due, id!("country")))));
    let case = MoveCase::new(&customer, Intent::Escalate);
    let decision = ask(&policy, &case, just_before(due));
    assert_eq!((decision.refusals(), decision.next_change()), (&[Refusal::EscalationAhead { at: due }][..], Some(due)));
    let (events, after) = carried_out(&policy, &case, "2026-03-04T00:00:00");
    assert_eq!((&events[..], after.last_pool()), (&[EventKind::Escalated][..], Some(&id!("country"))));
    assert_eq!(policy.escalates_at(&after), Ok(None));
    assert_eq!(refused(&policy, &MoveCase::new(&after, Intent::Escalate), NOW), [Refusal::NoEscalation]);
    let lost = pooled("gone", "2026-02-01T12:00:00");
    assert_eq!(policy.escalates_at(&lost), Err(ReasonCode::UnknownPool));
    assert_eq!(undetermined(&policy, &MoveCase::new(&lost, Intent::Escalate), NOW), ReasonCode::UnknownPool);
    assert_eq!(policy.escalates_at(&claimed()), Ok(None));
}

/// Goal: merging and closing are legal while owned and in a pool, end the ownership with their cause, and are final.
/// Method: both of a laden customer, of one in a pool; again, and otherwise.
#[test]
fn merge_and_close_are_final() {
    let policy = policy("", "");
    let into: CustomerId = id!("c2");
    for (command, cause, why, event) in [
        (Intent::Merge { into: into.clone() }, ClosedCause::Merged, Cause::Merged, EventKind::Merged),
        (Intent::Close { cause: ClosedCause::Invalid }, ClosedCause::Invalid, Cause::Closed, EventKind::Closed),
    ] {
        for customer in [laden(held(claimed(), None)), pooled("east", "2026-02-01T00:00:00")] {
            let (events, closed) = carried_out(&policy, &MoveCase::new(&customer, command.clone()), NOW);
            assert_eq!((&events[..], closed.place()), (&[event][..], &Place::Closed(cause)));
            assert_eq!(closed.past().first().map(|past| past.cause()), customer.ownership().map(|_| why));
            assert_eq!(closed.last_pool(), Some(&id!("east")));
            already_done(&policy, &closed, command.clone(), NOW);
            let other = MoveCase::new(&closed, Intent::Close { cause: ClosedCause::Blacklisted });
            assert_eq!(refused(&policy, &other, NOW), [Refusal::Closed { cause }]);
        }
    }
    let customer = claimed();
    let own: CustomerId = id!("c1");
    assert_eq!(
        refused(&policy, &MoveCase::new(&customer, Intent::Merge { into: own.clone() }), NOW),
        [Refusal::Itself]
    );
}

/// Goal: a merge freeze waits for a merge; other freezes refuse closing and merging. Method: both freezes, both commands.
#[test]
fn a_merge_freeze_lets_a_merge_pass_and_nothing_else() {
    let policy = policy("", "");
    let into: CustomerId = id!("c2");
    let (merge, close) = (Intent::Merge { into: into.clone() }, Intent::Close { cause: ClosedCause::Invalid });
    let merging = frozen(claimed(), FreezeKind::Merge, None);
    carried_out(&policy, &MoveCase::new(&merging, merge.clone()), NOW);
    assert_eq!(codes(&refused(&policy, &MoveCase::new(&merging, close.clone()), NOW)), ["move.frozen"]);
    let disputed = frozen(merging, FreezeKind::LegalHold, None);
    for command in [merge, close] {
        assert_eq!(codes(&refused(&policy, &MoveCase::new(&disputed, command), NOW)), ["move.frozen"]);
    }
}

/// Goal: no command is judged before the customer came. Method: in the pool since a year ahead, within the skew and past it,
/// by moves and by commands that only tell.
#[test]
fn an_entry_into_the_pool_that_lies_ahead_makes_every_command_undetermined() {
    let policy = policy("", "");
    let since = at("2027-03-04T10:00:00");
    let customer = pooled("east", "2027-03-04T10:00:00");
    let li = rep("li");
    let of_li = [ledger("li")];
    let commands = [
        Intent::Claim { by: &li },
        Intent::Assign { to: &li },
        Intent::MoveTo { pool: id!("country") },
        Intent::Escalate,
        Intent::Restore { to: &li },
        Intent::Freeze { kind: FreezeKind::Dispute, until: None },
        Intent::Close { cause: ClosedCause::Invalid },
    ];
    for command in commands {
        let case = MoveCase::new(&customer, command.clone()).with_ledgers(&of_li);
        let decision = policy.decide_move(&case, at("2026-03-04T10:00:00"));
        let code = ReasonCode::PoolEntryInFuture;
        let refused = decision.verdict() == MoveVerdict::Refused;
        assert!(refused || decision.verdict() == MoveVerdict::Undetermined(code), "{command:?}: {decision:?}");
        assert_eq!(refused, matches!(command, Intent::Escalate | Intent::Restore { .. }), "{command:?}: {decision:?}");
        assert_eq!(decision.planned(), None, "{command:?}");
    }
    let claim = MoveCase::new(&customer, Intent::Claim { by: &li }).with_ledgers(&of_li);
    let seen = since.checked_add_micros(-300_000_000).unwrap();
    assert_eq!(policy.decide_move(&claim, at("2026-03-04T10:00:00")).next_change(), Some(seen));
    assert_eq!(policy.decide_move(&claim, seen).verdict(), MoveVerdict::Moves);

    // A plan says the same of commands that are no moves.
    let place = Place::Pool(stay("east", "2027-03-04T10:00:00"));
    let created = EventData::Created { customer: Customer::new(id!("c1"), place).into() };
    let given =
        Scenario::new(policy, id!("c1")).unwrap().given_rep(li).given(at("2026-03-01T10:00:00"), created).unwrap();
    for intent in [Intent::Claim { by: id!("li") }, Intent::Change(ChangedFact::Tags(vec![id!("a")])), Intent::Unlock] {
        let told = given.clone().when(at("2026-03-04T10:00:00"), intent.clone()).unwrap();
        let code = ReasonCode::PoolEntryInFuture;
        let wanted = ItemOutcome::Undetermined { code, rule: None, retry_at: None };
        assert_eq!(*told.outcome(), wanted, "{intent:?}");
        assert_eq!(told.kinds(), [], "{intent:?}");
    }
    let told = given.when(seen, Intent::Claim { by: id!("li") }).unwrap();
    assert_eq!(told.kinds(), [EventKind::Claimed]);
}

/// Goal: a scenario's ledgers note what a store's would. Method: a quota of one claim a day out of `east`, which counts only
/// entries that name their pool: a customer that is claimed, taken back and claimed again on one day.
#[test]
fn a_scenarios_ledgers_know_the_pools_of_their_entries() {
    let policy = policy(r#""quotas": [{"id": "daily", "limit": 1, "window": "day", "pools": ["east"]}]"#, "");
    let created = Customer::pooled(id!("c1"), id!("east"), at("2026-02-01T00:00:00"));
    let created = EventData::Created { customer: Box::new(created) };
    let given =
        Scenario::new(policy, id!("c1")).unwrap().given_rep(rep("li")).given(at("2026-03-01T10:00:00"), created);
    let claim = Intent::Claim { by: id!("li") };
    let mine = given.unwrap().when(at("2026-03-04T10:00:00"), claim.clone()).unwrap();
    assert_eq!(mine.kinds(), [EventKind::Claimed]);
    let pooled = mine.when(at("2026-03-04T11:00:00"), Intent::TakeBack).unwrap();
    let back = pooled.when(at("2026-03-04T11:30:00"), Intent::MoveTo { pool: id!("east") }).unwrap();
    let again = back.when(at("2026-03-04T12:00:00"), claim.clone()).unwrap();
    assert_eq!(codes(again.refusals()), ["claim.quota"]);
    assert_eq!(back.when(at("2026-03-05T12:00:00"), claim).unwrap().kinds(), [EventKind::Claimed]);
}
