//! Claims as moves: open pools, reservations, lotteries; and assignment.

use customer_pool::claim::{Bypass, Check};
use customer_pool::decision::Denial;
use customer_pool::id;
use customer_pool::id::{PoolId, RepId};
use customer_pool::ledger::EventKind;
use customer_pool::model::{Ask, Cause, Counters, Customer, Lapse, Ledger, Place, Rep, Reservation, WayIn};
use customer_pool::moves::{Intent, MoveCase, Refusal};
use customer_pool::time::Span;

use super::support::{
    already_done, ask, at, carried_out, claimed, codes, id, ledger, past, policy, pooled, refused, rep, stay,
};

/// Goal: a claim begins an ownership with everything an event records. Method: a customer with a past, out of `east`.
#[test]
fn a_claim_begins_an_ownership() {
    let policy = policy("", "");
    let li = rep("li");
    let customer = pooled("east", "2026-02-01T00:00:00")
        .with_past([past("wang", "2026-01-01T00:00:00", "2026-02-01T00:00:00", Cause::Reclaimed)], None);
    let case = MoveCase::new(&customer, Intent::Claim { by: &li });
    let (events, after) = carried_out(&policy, &case, "2026-03-02T09:00:00");
    assert_eq!(events, [EventKind::Claimed]);
    let begun = after.ownership().expect("it is owned");
    let start = Some(at("2026-03-02T09:00:00"));
    assert_eq!((begun.start(), begun.clock_start(), begun.chain_start()), (start, start, start));
    assert_eq!((begun.number(), begun.way_in(), begun.units()), (2, WayIn::Claim, &[id!("sales/east")][..]));
    assert_eq!(begun.revision().map(|revision| revision.as_str().to_owned()), Some(policy.revision().to_string()));
    assert_eq!(after.last_stay().map(|stay| stay.since()), Some(at("2026-02-01T00:00:00")));
    assert_eq!(after.counters(), Counters { claimed: 1, days_in_pools: 29, ..Counters::default() });
    already_done(&policy, &after, Intent::Claim { by: &li }, "2026-03-02T10:00:00");
}

/// Goal: every denial of the kernel refuses, with its numbers. Method: a stranger, a quiet period, and a bypass of it.
#[test]
fn a_claim_is_refused_for_every_denial_and_a_bypass_is_recorded() {
    let policy = policy(r#""quiet_periods": [{"id": "quiet", "span": {"days": 3}}]"#, "");
    let (li, stranger) = (rep("li"), Rep::new(id!("zhao")));
    let customer = pooled("east", "2026-03-01T12:00:00");
    let now = "2026-03-02T09:00:00";
    let found = refused(&policy, &MoveCase::new(&customer, Intent::Claim { by: &stranger }), now);
    assert_eq!(found, [Refusal::Denied(Denial::NotMember)]);
    let case = MoveCase::new(&customer, Intent::Claim { by: &li });
    assert_eq!(codes(&refused(&policy, &case, now)), ["claim.quiet_period"]);
    let bypasses = [Bypass::Check(Check::QuietPeriod)];
    let decision = ask(&policy, &case.with_bypasses(&bypasses), at(now));
    assert!(matches!(decision.planned().expect("a move").bypassed(), [Denial::QuietPeriod { .. }]));
}

/// Goal: ask, confirm, withdraw and lapse over recorded state. Method: the whole life of two reservations.
#[test]
fn a_reservation_is_asked_for_confirmed_given_up_or_lapses() {
    let policy = policy("", "");
    let (li, wang, id_li, id_wang): (_, _, RepId, RepId) = (rep("li"), rep("wang"), id!("li"), id!("wang"));
    let (of_li, of_wang) = ([ledger("li")], [ledger("wang")]);
    let free = pooled("asked", "2026-02-01T00:00:00");
    let plain = MoveCase::new(&free, Intent::Claim { by: &li }).with_ledgers(&of_li);
    assert_eq!(codes(&refused(&policy, &plain, "2026-03-02T09:00:00")), ["pool.ask_first"]);

    let asks = MoveCase::new(&free, Intent::Ask { by: &li }).with_ledgers(&of_li);
    let (events, reserved) = carried_out(&policy, &asks, "2026-03-02T09:00:00");
    assert_eq!(events, [EventKind::Reserved]);
    let until = at("2026-03-03T09:00:00");
    let day = Span::hours(24);
    let reservation = Reservation::new(id!("li"), at("2026-03-02T09:00:00"), until).with_span(day);
    assert_eq!(reserved.stay().and_then(|stay| stay.reservation()), Some(&reservation));
    already_done(&policy, &reserved, Intent::Ask { by: &li }, "2026-03-02T10:00:00");
    let other = MoveCase::new(&reserved, Intent::Ask { by: &wang }).with_ledgers(&of_wang);
    let found = refused(&policy, &other, "2026-03-02T10:00:00");
    assert_eq!(found, [Refusal::Denied(Denial::Reserved { until })]);

    let confirm = MoveCase::new(&reserved, Intent::Confirm { by: &li }).with_ledgers(&of_li);
    let (events, mine) = carried_out(&policy, &confirm, "2026-03-03T08:59:59.999999");
    assert_eq!((&events[..], mine.ownership().map(|o| o.way_in())), (&[EventKind::Claimed][..], Some(WayIn::Claim)));
    assert_eq!((mine.last_stay().and_then(|stay| stay.reservation()), mine.lapses()), (None, &[][..]), "no lapse");

    let withdraw = Intent::Withdraw { by: id_li.clone() };
    let (events, free_again) = carried_out(&policy, &MoveCase::new(&reserved, withdraw.clone()), "2026-03-02T12:00:00");
    assert_eq!((&events[..], &free_again), (&[EventKind::ReservationWithdrawn][..], &free), "no lapse");
    let others = MoveCase::new(&reserved, Intent::Withdraw { by: id_wang.clone() });
    assert_eq!(refused(&policy, &others, "2026-03-02T12:00:00"), [Refusal::NoReservation]);
    assert_eq!(refused(&policy, &MoveCase::new(&reserved, withdraw), "2026-03-03T09:00:00"), [Refusal::NoReservation]);

    let expire = MoveCase::new(&reserved, Intent::Expire);
    assert_eq!(refused(&policy, &expire, "2026-03-03T08:59:59"), [Refusal::ReservationOpen { until }]);
    let (events, lapsed) = carried_out(&policy, &expire, "2026-03-03T09:00:00");
    assert_eq!(
        (&events[..], lapsed.lapses()),
        (&[EventKind::ReservationExpired][..], &[Lapse::new(id!("li"), until).with_span(day)][..])
    );
    already_done(&policy, &lapsed, Intent::Expire, "2026-03-03T09:00:00");
    let again = MoveCase::new(&lapsed, Intent::Ask { by: &li }).with_ledgers(&of_li);
    assert_eq!(codes(&refused(&policy, &again, "2026-03-03T10:00:00")), ["pool.lapsed"]);

    // The next rep's ask notes the lapse on its way.
    let (events, next) = carried_out(&policy, &other, "2026-03-03T10:00:00");
    assert_eq!(events, [EventKind::ReservationExpired, EventKind::Reserved]);
    assert_eq!(next.lapses(), [Lapse::new(id!("li"), until).with_span(day)]);
    assert_eq!(next.stay().and_then(|stay| stay.reservation()).map(|open| open.rep().clone()), Some(id!("wang")));
}

fn asked_in_lottery() -> (Customer, [(Rep, Vec<Ledger>); 2]) {
    let asks = ["li", "wang"].map(|rep| Ask::new(id(rep), at("2026-03-02T10:00:00")));
    let customer = pooled("lucky", "2026-03-02T09:00:00")
        .with_place(Place::Pool(stay("lucky", "2026-03-02T09:00:00").with_asks(asks)));
    (customer, ["li", "wang"].map(|name| (rep(name), vec![ledger(name)])))
}

/// Goal: asks are recorded once, and the draw gives the customer to one of those who asked, by claim. Method: asks, then
/// draws in the window, at its end, with a winner and with none.
#[test]
fn a_lottery_is_asked_in_and_drawn() {
    let policy = policy("", "");
    let li = rep("li");
    let fresh = pooled("lucky", "2026-03-02T09:00:00");
    let (events, asked) = carried_out(&policy, &MoveCase::new(&fresh, Intent::Ask { by: &li }), "2026-03-02T10:00:00");
    assert_eq!(events, [EventKind::Asked]);
    already_done(&policy, &asked, Intent::Ask { by: &li }, "2026-03-02T11:00:00");

    let (customer, askers) = asked_in_lottery();
    let draw = MoveCase::new(&customer, Intent::Draw).with_askers(&askers);
    let until = at("2026-03-03T09:00:00");
    let found = refused(&policy, &draw, "2026-03-03T08:59:59");
    assert_eq!(found, [Refusal::Denied(Denial::LotteryOpen { until })]);
    let decision = policy.decide_move(&draw, until);
    let planned = decision.planned().expect("somebody is drawn");
    assert_eq!(planned.kinds(), [EventKind::Drawn, EventKind::Claimed]);
    let after = policy.apply_move(planned, &customer).expect("it fits");
    let winner = after.ownership().expect("it is owned").clone();
    assert_eq!((winner.way_in(), winner.start()), (WayIn::Claim, Some(until)));
    assert!(after.last_stay().expect("a stay").asks().is_empty(), "asks end when the customer leaves the pool");

    // The winner's own claim draws as well, and comes to the same.
    let (winner, ledgers) = askers.iter().find(|(rep, _)| rep.id() == winner.owner()).expect("one of them");
    let claim = MoveCase::new(&customer, Intent::Claim { by: winner }).with_ledgers(ledgers).with_askers(&askers);
    let claimed = policy.decide_move(&claim, until);
    assert_eq!(claimed.planned().expect("a move").place(&customer), planned.place(&customer));
}

/// Goal: a lottery without a winner opens the pool. Method: askers who are not active any more; then a draw once more.
#[test]
fn a_lottery_without_a_winner_opens_the_pool() {
    let policy = policy("", "");
    let (customer, askers) = asked_in_lottery();
    let askers = askers.map(|(rep, ledgers)| (rep.deactivated(), ledgers));
    let draw = MoveCase::new(&customer, Intent::Draw).with_askers(&askers);
    let (events, opened) = carried_out(&policy, &draw, "2026-03-03T09:00:00");
    assert_eq!((&events[..], opened.stay().map(|stay| stay.is_drawn())), (&[EventKind::Drawn][..], Some(true)));
    already_done(&policy, &opened, Intent::Draw, "2026-03-03T10:00:00");
    let late = rep("late");
    carried_out(&policy, &MoveCase::new(&opened, Intent::Claim { by: &late }), "2026-03-03T10:00:00");
    let nobody = pooled("lucky", "2026-03-02T09:00:00");
    already_done(&policy, &nobody, Intent::Draw, "2026-03-03T10:00:00");
    let elsewhere = pooled("east", "2026-03-02T09:00:00");
    let case = MoveCase::new(&elsewhere, Intent::Draw);
    assert_eq!(refused(&policy, &case, "2026-03-03T10:00:00"), [Refusal::NoLottery]);
}

/// Goal: an assignment runs its checks and respects another's reservation only. Method: a reservation of the rep's own,
/// of another, a named pool, the owner himself.
#[test]
fn an_assignment_asks_what_its_way_in_asks() {
    let policy = policy(r#""minimum_interval": {"hours": 1}"#, "");
    let (li, wang) = (rep("li"), rep("wang"));
    let until = at("2026-03-03T09:00:00");
    let reservation = Reservation::new(id!("li"), at("2026-03-02T09:00:00"), until);
    let reserved = pooled("asked", "2026-02-01T00:00:00")
        .with_place(Place::Pool(stay("asked", "2026-02-01T00:00:00").with_reservation(reservation)));
    let now = "2026-03-02T10:00:00";
    let (events, mine) = carried_out(&policy, &MoveCase::new(&reserved, Intent::Assign { to: &li }), now);
    assert_eq!((&events[..], mine.ownership().map(|o| o.way_in())), (&[EventKind::Assigned][..], Some(WayIn::Assign)));
    assert_eq!(mine.counters().claimed, 0);
    let found = refused(&policy, &MoveCase::new(&reserved, Intent::Assign { to: &wang }), now);
    assert_eq!(found, [Refusal::Denied(Denial::Reserved { until })]);
    let east: PoolId = id!("east");
    let named = MoveCase::new(&reserved, Intent::Assign { to: &li }).with_pool(&east);
    assert_eq!(codes(&refused(&policy, &named, now)), ["pool.not_in_named"]);
    already_done(&policy, &claimed(), Intent::Assign { to: &li }, now);
    let owned = claimed();
    let conflict = MoveCase::new(&owned, Intent::Assign { to: &wang });
    assert_eq!(refused(&policy, &conflict, now), [Refusal::Denied(Denial::Owned { owner: None })]);
}
