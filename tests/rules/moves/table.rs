//! The table of legal moves, over every state and every event; and every command over every state.

use customer_pool::claim::{Bypass, Check};
use customer_pool::id;
use customer_pool::id::{CustomerId, DocumentId, PoolId, RepId};
use customer_pool::ledger::{EventKind, Misfit};
use customer_pool::model::{
    Ask, Cause, ClosedCause, Customer, FreezeKind, Ledger, Ownership, Place, Rep, Reservation, WayIn,
};
use customer_pool::moves::{
    Exception, ExceptionKind, Intent, Landing, MoveCase, MoveVerdict, PlaceKind, Refusal, State,
};

use super::support::{after, ask, at, claimed, frozen, held, laden, ledger, order, past, policy, pooled, rep, stay};

const NOW: &str = "2026-03-04T10:00:00";

/// Customers in every state that says which events fit, with a name.
fn states() -> Vec<(&'static str, Customer)> {
    let since = "2026-02-01T00:00:00";
    let on = |stay| Customer::new(id!("c1"), Place::Pool(stay));
    let reservation = |until: &str| Reservation::new(id!("li"), at(since), at(until));
    let ask = Ask::new(id!("li"), at("2026-02-01T01:00:00"));
    let reclaimed = past("li", "2026-01-01T00:00:00", "2026-02-01T00:00:00", Cause::Reclaimed);
    let released = past("li", "2026-01-01T00:00:00", "2026-02-01T00:00:00", Cause::Released);
    let transferred = Ownership::new(id!("li"), at("2026-03-02T09:00:00")).with_way_in(WayIn::Transfer);
    let requested = customer_pool::model::ReleaseRequest::new(at("2026-03-03T09:00:00"), None, None);
    vec![
        ("awaiting", Customer::new(id!("c1"), Place::Awaiting)),
        ("pool", pooled("east", since)),
        ("pool, released", pooled("east", since).with_past([released], None)),
        ("pool, reclaimed", pooled("east", since).with_past([reclaimed], None)),
        ("pool, held and frozen", held(frozen(pooled("east", since), FreezeKind::Dispute, None), None)),
        ("pool, reserved", on(stay("asked", since).with_reservation(reservation("2026-03-05T00:00:00")))),
        ("pool, lapsed", on(stay("asked", since).with_reservation(reservation("2026-03-04T00:00:00")))),
        ("pool, asked", on(stay("lucky", since).with_asks([ask.clone()]))),
        ("pool, drawn", on(stay("lucky", since).with_asks([ask]).with_drawn())),
        ("pool, entered", pooled("lucky", "2026-03-04T00:00:00")),
        ("owned", claimed()),
        ("owned, laden", laden(claimed())),
        ("owned, held and frozen", held(frozen(claimed(), FreezeKind::Dispute, None), None)),
        ("owned, requested", claimed().with_release_request(Some(requested))),
        ("owned, transferred", claimed().with_place(Place::Owned(transferred))),
        ("closed", claimed().with_place(Place::Closed(ClosedCause::Invalid))),
    ]
}

/// The table of the specification, written out again.
fn fits(state: &str, event: EventKind) -> bool {
    let (place, rest) = state.split_once(", ").unwrap_or((state, ""));
    let everywhere =
        [EventKind::Merged, EventKind::Closed, EventKind::HoldPlaced, EventKind::Frozen, EventKind::PauseSet];
    let held = rest == "held and frozen";
    match place {
        "nothing" => matches!(event, EventKind::Created | EventKind::Imported | EventKind::Admitted),
        "closed" => false,
        _ if everywhere.contains(&event) => true,
        _ if matches!(event, EventKind::HoldLifted | EventKind::Unfrozen) => {
            held || (rest == "laden" && event == EventKind::Unfrozen)
        }
        "awaiting" => event == EventKind::Admitted,
        "pool" => match event {
            EventKind::Claimed | EventKind::Assigned | EventKind::Moved | EventKind::Escalated | EventKind::Asked => {
                true
            }
            EventKind::Reserved => !matches!(rest, "reserved" | "lapsed"),
            EventKind::ReservationExpired | EventKind::ReservationWithdrawn => matches!(rest, "reserved" | "lapsed"),
            EventKind::Drawn => rest == "asked",
            EventKind::Restored => rest == "reclaimed",
            _ => false,
        },
        "owned" => match event {
            EventKind::Transferred
            | EventKind::Released
            | EventKind::Reclaimed
            | EventKind::TakenBack
            | EventKind::Departed
            | EventKind::Locked
            | EventKind::ExtensionGranted => true,
            EventKind::ClaimUndone => rest != "transferred",
            EventKind::Unlocked => rest == "laden",
            EventKind::ReleaseRequested => rest != "requested",
            EventKind::ReleaseApproved | EventKind::ReleaseRefused => rest == "requested",
            _ => false,
        },
        other => panic!("{other}"),
    }
}

/// Goal: an event fits where the specification's table says, and nowhere else. Method: every state, every event.
#[test]
fn every_event_fits_where_the_table_says() {
    let mut places = std::collections::BTreeSet::new();
    let mut counted = 0;
    for (name, customer) in states() {
        let state = State::of(&customer, at(NOW));
        places.insert(state.place());
        for &event in EventKind::MOVES {
            assert_eq!(state.fits(event), fits(name, event), "{event} where {name}");
            counted += usize::from(state.fits(event));
        }
    }
    for &event in EventKind::MOVES {
        assert_eq!(State::NOTHING.fits(event), fits("nothing", event), "{event} of nothing");
    }
    let all = [PlaceKind::Awaiting, PlaceKind::Pool, PlaceKind::Owned, PlaceKind::Closed];
    assert_eq!(places.into_iter().collect::<Vec<_>>(), all);
    assert!(counted > 100, "{counted}");
}

/// Everything that commands are made of.
struct Cast {
    li: Rep,
    wang: Rep,
    gone: Rep,
    ids: [RepId; 2],
    pools: [PoolId; 2],
    other: CustomerId,
    hold: customer_pool::model::BusinessHold,
    document: DocumentId,
    ledgers: Vec<Ledger>,
    askers: Vec<(Rep, Vec<Ledger>)>,
    bypasses: Vec<Bypass>,
    exceptions: Vec<Exception>,
}

impl Cast {
    fn new() -> Self {
        Self {
            li: rep("li"),
            wang: rep("wang"),
            gone: rep("gone").deactivated(),
            ids: [id!("li"), id!("wang")],
            pools: [id!("east"), id!("country")],
            other: id!("c2"),
            hold: order(None),
            document: id!("o1"),
            ledgers: ["li", "wang", "gone"].map(ledger).to_vec(),
            askers: vec![(rep("li"), vec![ledger("li")])],
            bypasses: vec![Bypass::Check(Check::Frozen), Bypass::Check(Check::HandOut)],
            exceptions: [ExceptionKind::Freeze, ExceptionKind::Hold]
                .map(|despite| Exception::new(despite, id!("why")))
                .to_vec(),
        }
    }

    fn commands(&self, customer: &Customer) -> Vec<Intent<&Rep>> {
        let until = at("2026-03-08T00:00:00");
        let mut commands = vec![
            Intent::Expire,
            Intent::Draw,
            Intent::TakeBack,
            Intent::Escalate,
            Intent::Depart { of: self.ids[0].clone(), successor: Some(&self.wang), manager: None },
            Intent::Depart { of: self.ids[0].clone(), successor: None, manager: Some(&self.gone) },
            Intent::Merge { into: self.other.clone() },
            Intent::Close { cause: ClosedCause::Invalid },
            Intent::Lock { until: None },
            Intent::Lock { until: Some(until) },
            Intent::Unlock,
            Intent::Extend { until },
            Intent::Freeze { kind: FreezeKind::LegalHold, until: None },
            Intent::Unfreeze { kind: FreezeKind::Dispute },
            Intent::PlaceHold(self.hold.clone()),
            Intent::LiftHold { document: self.document.clone() },
            Intent::Pause { from: at(NOW), to: until },
        ];
        for by in [&self.li, &self.wang, &self.gone] {
            commands.extend([
                Intent::Claim { by },
                Intent::Ask { by },
                Intent::Confirm { by },
                Intent::Assign { to: by },
                Intent::Transfer { to: by },
                Intent::Restore { to: by },
            ]);
        }
        for by in &self.ids {
            commands.extend([
                Intent::Withdraw { by: by.clone() },
                Intent::Release { by: by.clone() },
                Intent::ApproveRelease { by: by.clone() },
                Intent::RefuseRelease { by: by.clone() },
                Intent::UndoClaim { by: by.clone() },
            ]);
        }
        commands.extend(self.pools.iter().map(|pool| Intent::MoveTo { pool: pool.clone() }));
        for into in
            [Landing::Owner(&self.li), Landing::Pool(self.pools[0].clone()), Landing::Routing, Landing::Awaiting]
        {
            commands.extend([
                Intent::Create { customer: customer.clone().into(), into: into.clone() },
                Intent::Import { customer: customer.clone().into(), into: into.clone(), since: None, source: None },
                Intent::Admit { into },
            ]);
        }
        commands
    }
}

const CLAIMS: &str = r#""undo": {"within": {"days": 3}, "per_day": 1}"#;
const MOVES: &str = r#""departures": [{"when": "always", "to": "successor"}, {"when": "always", "to": "manager"}]"#;

/// Goal: every command in every state moves by events that fit, or says why not; what it makes contradicts nothing, and
/// nothing survives that dies with an ownership. Method: all of them, plain and with bypasses and exceptions, twice: what
/// was done is done, or is refused.
#[test]
fn every_command_in_every_state_keeps_its_promises() {
    let cast = Cast::new();
    let mut seen = std::collections::BTreeMap::<&str, u32>::new();
    let mut refusals = std::collections::BTreeSet::new();
    let approval = r#""transfer_clock": "keep", "release": {"approval": "always"}"#;
    for (claims, moves) in [(CLAIMS, MOVES), ("", approval)] {
        let policy = policy(claims, moves);
        for (name, customer) in states() {
            for command in cast.commands(&customer) {
                let plain =
                    MoveCase::new(&customer, command.clone()).with_ledgers(&cast.ledgers).with_askers(&cast.askers);
                for case in [plain.clone(), plain.with_bypasses(&cast.bypasses).with_exceptions(&cast.exceptions)] {
                    let decision = ask(&policy, &case, at(NOW));
                    refusals.extend(decision.refusals().iter().map(Refusal::code));
                    match decision.verdict() {
                        MoveVerdict::AlreadyDone => *seen.entry("done").or_default() += 1,
                        MoveVerdict::Refused => *seen.entry("refused").or_default() += 1,
                        MoveVerdict::Undetermined(code) => panic!("{name}: {command:?}: {code}"),
                        MoveVerdict::Moves => {
                            let moved = after(&policy, &case, &decision);
                            kept(name, &customer, &moved, decision.planned().expect("a move"));
                            let opening =
                                matches!(command, Intent::Create { .. } | Intent::Import { .. } | Intent::Admit { .. });
                            let again = MoveCase::new(&moved, command.clone()).with_ledgers(&cast.ledgers);
                            let again = policy.decide_move(&again.with_askers(&cast.askers), at(NOW));
                            let repeats = matches!(command, Intent::Confirm { .. });
                            let done = matches!(again.verdict(), MoveVerdict::AlreadyDone | MoveVerdict::Refused);
                            assert!(done || opening || repeats, "{name}: {command:?} twice: {again:?}");
                            for event in decision.planned().expect("a move").kinds() {
                                *seen.entry(event.as_str()).or_default() += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    let missing: Vec<_> =
        EventKind::MOVES.iter().map(|event| event.as_str()).filter(|event| !seen.contains_key(event)).collect();
    assert_eq!(missing, ["reclaimed"], "of {seen:?}");
    assert!(seen["refused"] > 500 && seen["done"] > 50, "{seen:?}");
    assert!(refusals.len() > 20, "{refusals:?}");
}

/// What a move keeps and what it does not.
fn kept(name: &str, before: &Customer, after: &Customer, planned: &customer_pool::moves::Move) {
    let context = format!("{name}: {planned:?}");
    assert_eq!(
        before.ownership().is_some() && planned.place(before).is_some(),
        planned.ended(before).is_some(),
        "{context}"
    );
    assert_eq!(after.past().len(), before.past().len() + usize::from(planned.ended(before).is_some()), "{context}");
    if planned.ended(before).is_some() {
        let protection = after.protection();
        assert!(protection.is_none_or(|p| p.locks().is_empty() && p.extensions().is_empty()), "{context}");
        assert!(after.warned().is_empty() && after.release_request().is_none(), "{context}");
    }
    if let (Some(begun), Some(old)) = (planned.begun(), before.ownership()) {
        assert_eq!(begun.chain_start(), old.chain_start(), "{context}");
        assert_eq!(begun.number(), old.number() + 1, "{context}");
        assert!([begun.start(), old.clock_start()].contains(&begun.clock_start()), "{context}");
    } else if let Some(begun) = planned.begun() {
        assert_eq!((begun.chain_start(), begun.clock_start()), (begun.start(), begun.start()), "{context}");
    }
    let is = |customer: &Customer| {
        (customer.tier().cloned(), customer.tags().to_vec(), customer.profile().cloned().unwrap_or_default())
    };
    assert_eq!(is(after), is(before), "{context}");
}

/// Goal: a move is of the customer it was decided about, as that was. Method: applied to another, and twice.
#[test]
fn a_move_fits_only_the_customer_as_it_was() {
    let policy = policy("", "");
    let customer = claimed();
    let decision = ask(&policy, &MoveCase::new(&customer, Intent::TakeBack), at(NOW));
    let planned = decision.planned().expect("a move");
    let moved = policy.apply_move(planned, &customer).expect("it fits");
    let error = policy.apply_move(planned, &moved).expect_err("it has been taken back");
    assert_eq!(
        (error.event(), error.to_string()),
        (EventKind::TakenBack, "`taken_back` does not fit a customer that is `pool`".to_owned())
    );
    let other = Customer::new(id!("c2"), customer.place().clone());
    let other = policy.apply_move(planned, &other).map_err(|error| error.misfit());
    assert_eq!(other, Err(Misfit::OtherCustomer));
    let again = customer.clone().with_place(Place::Owned(Ownership::new(id!("wang"), at(NOW))));
    assert!(policy.apply_move(planned, &again).is_err(), "another's by now");
}
