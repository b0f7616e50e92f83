//! Check 11: blind pools, reservations, lotteries.

use customer_pool::Policy;
use customer_pool::ReasonCode;
use customer_pool::claim::{
    Acquisition, BatchItem, BatchMode, ClaimBatch, ClaimCase, ClaimStep, Draw, PullDecision, lottery_key,
};
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Denial};
use customer_pool::id::RepId;
use customer_pool::model::{
    Ask, Customer, Lapse, Ledger, LedgerScope, OpenReservation, Ownership, Place, PoolStay, Rep, Reservation,
};
use customer_pool::time::{Span, Timestamp};

use super::support::{ask, at, claimed, codes, just_before, ledger, li, policy_with, rep};

const QUOTA: &str = r#""lottery_seed": "2026", "quotas": [{"id": "daily", "limit": 1, "window": "day"}]"#;

fn handing_out(how: &str) -> Policy {
    let pools = format!(
        r#"{{"id": "east", "members": ["everybody"], "hand_out": {how}}}, {{"id": "west", "members": ["everybody"]}}"#
    );
    policy_with(&pools, QUOTA, "")
}

fn stay() -> PoolStay {
    PoolStay::new("east".parse().unwrap(), at("2026-03-01T09:00:00"))
}

fn customer(stay: PoolStay) -> Customer {
    Customer::new("c1".parse().unwrap(), Place::Pool(stay))
}

fn reserved(rep: &str, until: &str) -> Customer {
    customer(stay().with_reservation(Reservation::new(rep.parse().unwrap(), at("2026-03-02T09:00:00"), at(until))))
}

/// The answer to each step: question, claim, ask, confirm.
fn steps(policy: &Policy, customer: &Customer, ledgers: &[Ledger], now: &str) -> [ClaimDecision; 4] {
    let rep = li();
    [ClaimStep::Question, ClaimStep::Claim, ClaimStep::Ask, ClaimStep::Confirm]
        .map(|step| ask(policy, &ClaimCase::new(customer, &rep).with_ledgers(ledgers).with_step(step), at(now)))
}

fn found(decisions: &[ClaimDecision; 4]) -> [Vec<&'static str>; 4] {
    decisions.each_ref().map(|decision| match decision.verdict() {
        ClaimVerdict::AlreadyAsked => vec!["asked"],
        _ => codes(decision.denials()),
    })
}

/// Goal: a named claim is denied, a pull finds the first in rank order. Method: the first customer of three is frozen.
#[test]
fn a_blind_pool_denies_a_named_claim_and_hands_out_by_rank() {
    let policy = handing_out(r#""blind""#);
    let ledgers = [ledger([])];
    let decisions = steps(&policy, &customer(stay()), &ledgers, "2026-03-02T12:00:00");
    assert!(decisions.iter().all(|decision| decision.denials() == [Denial::Blind] && decision.retry_at().is_none()));

    use customer_pool::model::{Freeze, FreezeKind, Protection};
    let of = |id: &str| Customer::new(id.parse().unwrap(), Place::Pool(stay()));
    let frozen = of("c1").with_protection(Protection::new().with_freeze(Freeze::new(FreezeKind::Merge, None)));
    let elsewhere = super::support::in_pool("c0", "west", "2026-01-01T00:00:00");
    let (rep, pool, customers) = (li(), "east".parse().unwrap(), [elsewhere, frozen, of("c2"), of("c3")]);
    let pull = |ledgers: &[Ledger], now| policy.pull(&rep, ledgers, &pool, &customers, at(now));
    let PullDecision::Takes { customer, decision } = pull(&ledgers, "2026-03-02T12:00:00") else { panic!("nothing") };
    assert_eq!((customer.id().as_str(), decision.verdict()), ("c2", ClaimVerdict::Eligible));
    assert_eq!(decision.preconditions().ledgers(), [(LedgerScope::Rep("li".parse().unwrap()), 7)]);
    let used = [ledger([claimed("2026-03-02T09:00:00", "c9")])];
    assert_eq!(pull(&used, "2026-03-02T12:00:00"), PullDecision::Nothing);
    assert_eq!(policy.pull(&rep, &ledgers, &pool, [], at("2026-03-02T12:00:00")), PullDecision::Nothing);
}

/// Goal: the rank key is a fact, and the order of hand-out is total. Method: every two of six customers, one of them in no
/// pool, in the order that is right.
#[test]
fn rank_goes_by_key_then_entry_then_id() {
    use customer_pool::model::PoolStay;
    let pooled = |id: &str, since: &str, rank: Option<i64>| {
        let stay = PoolStay::new("east".parse().unwrap(), at(since));
        let stay = rank.map_or(stay.clone(), |rank| stay.with_rank(rank));
        Customer::new(id.parse().unwrap(), Place::Pool(stay))
    };
    let (early, late) = ("2026-03-01T00:00:00", "2026-03-02T00:00:00");
    let ranked = [
        pooled("c5", late, Some(9)),
        pooled("c4", early, Some(-3)),
        pooled("c1", late, Some(-3)),
        pooled("c2", late, Some(-3)),
        pooled("c3", early, None),
        Customer::new("c0".parse().unwrap(), Place::Awaiting),
    ];
    for (i, one) in ranked.iter().enumerate() {
        for (j, other) in ranked.iter().enumerate() {
            assert_eq!(one.cmp_in_pool(other), i.cmp(&j), "{} and {}", one.id(), other.id());
        }
    }
    let printed = serde_json::to_string(&ranked[1]).unwrap();
    assert_eq!(serde_json::from_str::<Customer>(&printed).unwrap(), ranked[1]);
}

/// Goal: who may take which step. Method: free, reserved for the rep, reserved for another, each at both sides of its end.
#[test]
fn a_reservation_pool_is_asked_first_and_then_confirmed() {
    let policy = handing_out(r#"{"reservation": {"hours": 24}}"#);
    let ledgers = [ledger([])];
    let free = steps(&policy, &customer(stay()), &ledgers, "2026-03-02T12:00:00");
    assert_eq!(found(&free), [vec![], vec!["pool.ask_first"], vec![], vec!["pool.ask_first"]]);

    let own = reserved("li", "2026-03-03T09:00:00");
    let open = steps(&policy, &own, &ledgers, "2026-03-03T08:59:59");
    assert_eq!(found(&open), [vec![], vec!["pool.ask_first"], vec!["asked"], vec![]]);
    assert!(
        open.iter().all(|decision| decision.next_change().is_some() || codes(decision.denials()) == ["pool.ask_first"])
    );
    let lapsed = steps(&policy, &own, &ledgers, "2026-03-03T09:00:00");
    assert_eq!(
        found(&lapsed),
        [vec!["pool.lapsed"], vec!["pool.ask_first"], vec!["pool.lapsed"], vec!["pool.ask_first"]]
    );
    assert_eq!(lapsed[0].retry_at(), Some(at("2026-03-04T09:00:00")));

    let other = reserved("wang", "2026-03-03T09:00:00");
    let denied = steps(&policy, &other, &ledgers, "2026-03-03T08:59:59");
    let (held, first) = ("pool.reserved", "pool.ask_first");
    assert_eq!(found(&denied), [vec![held], vec![first, held], vec![held], vec![first, held]]);
    assert_eq!(denied[0].retry_at(), Some(at("2026-03-03T09:00:00")));
    let after = steps(&policy, &other, &ledgers, "2026-03-03T09:00:00");
    assert_eq!(found(&after)[0], [""; 0]);
}

/// Goal: one reservation per pool, and a bar in any pool. Method: another open reservation; a lapse noted elsewhere.
#[test]
fn another_reservation_and_a_lapse_are_in_the_way_of_an_ask_alone() {
    let policy = handing_out(r#"{"reservation": {"hours": 24}}"#);
    let other = |pool: &str| {
        let open = OpenReservation::new("c9".parse().unwrap(), pool.parse().unwrap(), at("2026-03-02T18:00:00"));
        [ledger([]).with_reservations([open])]
    };
    let denied = steps(&policy, &customer(stay()), &other("east"), "2026-03-02T12:00:00");
    assert_eq!(found(&denied)[0], ["pool.other_reservation"]);
    assert_eq!(denied[0].retry_at(), Some(at("2026-03-02T18:00:00")));
    assert_eq!(found(&steps(&policy, &customer(stay()), &other("west"), "2026-03-02T12:00:00"))[0], [""; 0]);
    let own = reserved("li", "2026-03-03T09:00:00");
    assert_eq!(found(&steps(&policy, &own, &other("east"), "2026-03-02T12:00:00"))[3], [""; 0], "a confirmation");

    let barred = customer(stay()).with_lapses([Lapse::new("li".parse().unwrap(), at("2026-03-02T10:00:00"))]);
    let denied = steps(&policy, &barred, &[ledger([])], "2026-03-02T12:00:00");
    assert_eq!(found(&denied)[2], ["pool.lapsed"]);
    assert_eq!(denied[2].retry_at(), Some(at("2026-03-03T10:00:00")));
    let of_another = customer(stay()).with_lapses([Lapse::new("wang".parse().unwrap(), at("2026-03-02T10:00:00"))]);
    assert_eq!(found(&steps(&policy, &of_another, &[ledger([])], "2026-03-02T12:00:00"))[2], [""; 0]);
}

/// Goal: the bar after a lapse lasts as long as the reservation that lapsed was to last. Method: lapsed at 02:00 in a pool
/// of two hours, asked for in one of 24, in a lottery, and where no span was kept.
#[test]
fn a_lapse_bars_for_the_span_of_the_reservation_that_lapsed_in_whatever_pool() {
    let day = handing_out(r#"{"reservation": {"hours": 24}}"#);
    let lapse = Lapse::new("li".parse().unwrap(), at("2026-03-02T02:00:00"));
    let kept = customer(stay()).with_lapses([lapse.clone().with_span(Span::hours(2))]);
    let asks = |policy: &Policy, customer: &Customer, now: &str| {
        let [_, _, ask, _] = steps(policy, customer, &[ledger([])], now);
        (codes(ask.denials()), ask.retry_at())
    };
    assert_eq!(asks(&day, &kept, "2026-03-02T03:59:59.999999"), (vec!["pool.lapsed"], Some(at("2026-03-02T04:00:00"))));
    assert_eq!(asks(&day, &kept, "2026-03-02T04:00:00"), (vec![], None));
    let old = customer(stay()).with_lapses([lapse]);
    let next_night = Some(at("2026-03-03T02:00:00"));
    assert_eq!(asks(&day, &old, "2026-03-02T04:00:00"), (vec!["pool.lapsed"], next_night), "as long as here");
    // A reservation that nobody noted to have lapsed bars in the same way.
    let unnoted = reserved("li", "2026-03-02T11:00:00");
    assert_eq!(asks(&day, &unnoted, "2026-03-02T12:00:00").1, Some(at("2026-03-03T11:00:00")));
    let stay_of_two_hours = stay().with_reservation(
        Reservation::new("li".parse().unwrap(), at("2026-03-02T09:00:00"), at("2026-03-02T11:00:00"))
            .with_span(Span::hours(2)),
    );
    assert_eq!(asks(&day, &customer(stay_of_two_hours), "2026-03-02T12:00:00").1, Some(at("2026-03-02T13:00:00")));
}

/// Goal: the bar holds for asking in a lottery, and the draw asks nobody again. Method: asks within the window by a rep
/// who is barred until 04:00; and a draw at which a bar still runs.
#[test]
fn a_lapse_bars_asking_in_a_lottery_and_no_draw() {
    let lapse = Lapse::new("li".parse().unwrap(), at("2026-03-02T02:00:00"));
    let kept = asked(&[]).with_lapses([lapse.clone().with_span(Span::hours(2))]);
    let barred = steps(&lottery(), &kept, &[ledger([])], "2026-03-02T03:00:00");
    assert_eq!(found(&barred)[2], ["pool.lapsed"]);
    assert_eq!(barred[2].retry_at(), Some(at("2026-03-02T04:00:00")));
    assert_eq!(found(&barred)[0], ["pool.lottery_open"], "a question about the claim after the window");
    assert_eq!(found(&steps(&lottery(), &kept, &[ledger([])], "2026-03-02T04:00:00"))[2], [""; 0]);
    // A lottery has no span of a reservation that an old lapse could take.
    let old = asked(&[]).with_lapses([lapse.clone()]);
    assert_eq!(found(&steps(&lottery(), &old, &[ledger([])], "2026-03-02T03:00:00"))[2], [""; 0]);

    let still = asked(&["li"]).with_lapses([lapse.with_span(Span::hours(24))]);
    let names = order(&["li"]);
    let drawn = lottery().draw(&still, &askers(&names, &[false]), at("2026-03-02T09:00:00"));
    assert_eq!(drawn, Draw::Drawn("li".parse().unwrap()));
    assert_eq!(steps(&lottery(), &still, &[ledger([])], "2026-03-02T09:00:00")[0].verdict(), ClaimVerdict::Eligible);
}

/// Goal: an assignment respects another rep's reservation and nothing else of the hand-out. Method: three pools.
#[test]
fn an_assignment_is_denied_only_against_the_reservation_of_another() {
    let rep = li();
    for how in [r#""blind""#, r#"{"reservation": {"hours": 24}}"#, r#"{"lottery": {"days": 3}}"#] {
        let policy = handing_out(how);
        let run = |customer: &Customer| {
            let case = ClaimCase::new(customer, &rep).with_acquisition(Acquisition::Assign);
            codes(ask(&policy, &case, at("2026-03-02T12:00:00")).denials())
        };
        assert_eq!(run(&customer(stay())), [""; 0], "{how}");
        assert_eq!(run(&reserved("li", "2026-03-03T09:00:00")), [""; 0], "{how}");
        assert_eq!(run(&reserved("wang", "2026-03-03T09:00:00")), ["pool.reserved"], "{how}");
    }
}

fn lottery() -> Policy {
    handing_out(r#"{"lottery": {"hours": 24}}"#)
}

/// Asked for by these reps, in a lottery that is over at 09:00 on 2 March.
fn asked(reps: &[&str]) -> Customer {
    customer(stay().with_asks(reps.iter().map(|rep| Ask::new(rep.parse().unwrap(), at("2026-03-01T12:00:00")))))
}

/// The reps in the order of the draw.
fn order(reps: &[&str]) -> Vec<RepId> {
    let mut reps: Vec<RepId> = reps.iter().map(|rep| rep.parse().unwrap()).collect();
    reps.sort_by_key(|rep| lottery_key(&"2026".parse().unwrap(), &"c1".parse().unwrap(), 1, rep));
    reps
}

fn own(rep: &RepId, used: bool) -> Vec<Ledger> {
    let scope = LedgerScope::Rep(rep.clone());
    vec![Ledger::new(scope).with_entries(used.then(|| claimed("2026-03-02T09:30:00", "c9")))]
}

fn askers(reps: &[RepId], used: &[bool]) -> Vec<(Rep, Vec<Ledger>)> {
    reps.iter().zip(used).map(|(id, used)| (rep(id.as_str(), "sales/east"), own(id, *used))).collect()
}

/// Goal: asks are for the window, claims for what comes after. Method: both sides of the window's end.
#[test]
fn a_lottery_takes_asks_in_its_window_and_nothing_else() {
    let ledgers = [ledger([])];
    let (open, over) = ("pool.lottery_open", "pool.lottery_over");
    let within = steps(&lottery(), &asked(&[]), &ledgers, "2026-03-02T08:59:59");
    assert_eq!(found(&within), [vec![open], vec![open], vec![], vec![open]]);
    assert_eq!(within[0].retry_at(), Some(at("2026-03-02T09:00:00")), "with no asker the pool is open then");
    let again = steps(&lottery(), &asked(&["li"]), &ledgers, "2026-03-02T08:59:59");
    assert_eq!(found(&again)[2], ["asked"]);
    let after = steps(&lottery(), &asked(&[]), &ledgers, "2026-03-02T09:00:00");
    assert_eq!(found(&after), [vec![], vec![], vec![over], vec![]]);
    let drawn = customer(stay().with_drawn());
    let open = steps(&lottery(), &drawn, &ledgers, "2026-03-02T09:00:00");
    assert_eq!(found(&open), [vec![], vec![], vec![], vec!["pool.ask_first"]]);
}

/// Goal: who is drawn. Method: three askers in the order of their keys, of whom the first has used up his quota.
#[test]
fn the_first_asker_who_is_still_eligible_is_drawn_and_the_others_are_told() {
    let (policy, names) = (lottery(), ["li", "wang", "zhao"]);
    let (customer, order) = (asked(&names), order(&names));
    let now: Timestamp = at("2026-03-02T12:00:00");
    let answer = |rep: &Rep, askers: &[(Rep, Vec<Ledger>)], ledgers: &[Ledger]| {
        ask(&policy, &ClaimCase::new(&customer, rep).with_ledgers(ledgers).with_askers(askers), now)
    };
    for (used, winner) in
        [([false, false, false], Some(0)), ([true, false, false], Some(1)), ([true, true, true], None)]
    {
        let askers = askers(&order, &used);
        let expected = winner.map_or(Draw::Nobody, |i: usize| Draw::Drawn(order[i].clone()));
        assert_eq!(policy.draw(&customer, &askers, now), expected);
        for (i, (rep, ledgers)) in askers.iter().enumerate() {
            let decision = answer(rep, &askers, ledgers);
            assert_eq!(decision.verdict() == ClaimVerdict::Eligible, winner == Some(i), "{decision:?}");
            let lost = decision.denials().contains(&Denial::DrawnToAnother);
            assert_eq!(lost, winner.is_some_and(|winner| winner != i), "{decision:?}");
        }
        // One who did not ask may have it where the pool is open for it.
        let stranger = rep("he", "sales/east");
        let ledgers = own(stranger.id(), false);
        let decision = answer(&stranger, &askers, &ledgers);
        assert_eq!(decision.verdict() == ClaimVerdict::Eligible, winner.is_none(), "{decision:?}");
    }
}

/// Goal: what is unknown about an asker matters only before the one who is drawn. Method: one of three is not told.
#[test]
fn an_unknown_asker_makes_undetermined_only_who_comes_after_him() {
    let (policy, names) = (lottery(), ["li", "wang", "zhao"]);
    let (customer, order) = (asked(&names), order(&names));
    let now = at("2026-03-02T12:00:00");
    let verdict = |known: &[usize], who: usize| {
        let all = askers(&order, &[false; 3]);
        let known: Vec<_> = known.iter().map(|i| all[*i].clone()).collect();
        let case = ClaimCase::new(&customer, &all[who].0).with_ledgers(&all[who].1).with_askers(&known);
        ask(&policy, &case, now).verdict()
    };
    assert_eq!(verdict(&[1, 2], 0), ClaimVerdict::Eligible, "the first knows himself");
    assert_eq!(verdict(&[0, 1], 1), ClaimVerdict::Denied, "the first is drawn, whoever the third is");
    assert_eq!(verdict(&[1, 2], 1), ClaimVerdict::Undetermined(ReasonCode::AskerMissing));
    assert_eq!(verdict(&[1, 2], 2), ClaimVerdict::Denied, "the first or the second, but not the third");
    assert_eq!(policy.draw(&customer, &[], now), Draw::Undetermined(ReasonCode::AskerMissing));
    assert_eq!(
        policy.draw(&customer, &[], just_before(at("2026-03-02T09:00:00"))),
        Draw::Open { until: at("2026-03-02T09:00:00") }
    );
}

/// Goal: the order of a draw never changes. Method: digests computed by `sha256sum` over the canonical JSON.
#[test]
fn lottery_keys_are_the_digest_of_canonical_json() {
    for (customer, number, rep, expected) in VECTORS {
        let key = lottery_key(&"2026".parse().unwrap(), &customer.parse().unwrap(), *number, &rep.parse().unwrap());
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, *expected, "{customer} {number} {rep}");
    }
}

/// Goal: a batch of asks keeps to one reservation per pool. Method: two customers of one pool.
#[test]
fn a_batch_of_asks_reserves_one_customer_in_a_pool() {
    let policy = handing_out(r#"{"reservation": {"hours": 24}}"#);
    let of = |id: &str| Customer::new(id.parse().unwrap(), Place::Pool(stay()));
    let (rep, ledgers, customers) = (li(), [ledger([])], [of("c1"), of("c1"), of("c2")]);
    let items: Vec<BatchItem<'_>> = customers.iter().map(BatchItem::from).collect();
    let batch = ClaimBatch::new(&rep, &items, BatchMode::ItemByItem).with_ledgers(&ledgers).with_step(ClaimStep::Ask);
    let results = policy.claim_batch(&batch, at("2026-03-02T12:00:00"));
    let verdicts: Vec<_> = results
        .results()
        .iter()
        .map(|result| match result {
            customer_pool::claim::BatchResult::Decided(decision) => (decision.verdict(), codes(decision.denials())),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            (ClaimVerdict::Eligible, vec![]),
            (ClaimVerdict::AlreadyAsked, vec![]),
            (ClaimVerdict::Denied, vec!["pool.other_reservation"])
        ]
    );
    let owned = Customer::new(
        "c1".parse().unwrap(),
        Place::Owned(Ownership::new("li".parse().unwrap(), at("2026-01-01T00:00:00"))),
    );
    assert_eq!(policy.draw(&owned, &[], at("2026-03-02T12:00:00")), Draw::NoLottery);
}

const VECTORS: &[(&str, u64, &str, &str)] = &[
    ("c1", 1, "li", "6602808982be1d24d883848336b708a6fc0cea6a17a5a7bdfedca30559ae8d08"),
    ("c1", 2, "li", "f5e8816fe7e6f31f9c4fc980c50c10d6d9fc55b76210f2f54608ec16da6cded0"),
    ("c1", 1, "wang", "0f8ae233390ee8ebbd3377cbb6ad512ee21bb78b4487e5aac9141212839db5a9"),
    ("a\"b", 7, "李", "40588e1560fae30470a2b1d6af6735b3d41f16a3458c209f5e783d8dfddc3d43"),
];
