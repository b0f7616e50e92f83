//! The undo window: what is undone, what is an ordinary release, and what is left as it was.

use customer_pool::ReasonCode;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::id;
use customer_pool::id::RepId;
use customer_pool::ledger::EventKind;
use customer_pool::model::{Ask, Cause, Counters, Customer, FreezeKind, Ledger, LedgerEntry, Ownership, Place, WayIn};
use customer_pool::moves::{Intent, MoveCase, MoveVerdict, Refusal};

use super::support::{
    ask, at, carried_out, claimed, codes, frozen, held, id, just_before, laden, ledger, policy, refused, rep, stay,
    undetermined,
};

const UNDO: &str = r#""undo": {"within": {"hours": 1}, "per_day": 2},
    "cooldowns": [{"id": "again", "after": {"released": {"days": 7}}}],
    "quotas": [{"id": "daily", "limit": 1, "window": "day"}]"#;
const STRICT: &str = r#""release": {"reasons": ["no_need"], "needs_note": true, "approval": "always"}"#;

fn claim(when: &str, customer: &str) -> LedgerEntry {
    LedgerEntry::new(at(when), WayIn::Claim, id(customer)).with_pool(id!("east"))
}

/// Li's ledger with so many claims undone on 2 March.
fn undone(times: u32) -> [Ledger; 1] {
    let entry = |i| claim("2026-03-02T08:00:00", &format!("x{i}")).with_undone(at("2026-03-02T08:10:00"));
    [ledger("li").with_entries((0..times).map(entry))]
}

fn events(customer: &Customer, ledgers: &[Ledger], now: &str) -> Vec<EventKind> {
    let policy = policy(UNDO, "");
    let li: RepId = id!("li");
    let case = MoveCase::new(customer, Intent::Release { by: li.clone() }).with_ledgers(ledgers);
    carried_out(&policy, &case, now).0
}

/// Goal: the window is half-open. Method: a release at its last microsecond and at its end.
#[test]
fn a_release_inside_the_window_is_an_undo_and_at_its_end_a_release() {
    let (customer, ledgers) = (claimed(), undone(0));
    assert_eq!(events(&customer, &ledgers, "2026-03-02T09:00:00"), [EventKind::ClaimUndone]);
    assert_eq!(events(&customer, &ledgers, "2026-03-02T09:59:59.999999"), [EventKind::ClaimUndone]);
    assert_eq!(events(&customer, &ledgers, "2026-03-02T10:00:00"), [EventKind::Released]);
}

/// Goal: an undo asks neither reason nor note nor approval, and puts the customer back as it was. Method: strict rules,
/// and a stay with a history and asks.
#[test]
fn an_undone_customer_lies_where_it_lay_since_it_lay_there() {
    let policy = policy(UNDO, STRICT);
    let li: RepId = id!("li");
    let before = stay("east", "2026-02-01T00:00:00")
        .with_last_owner(id!("wang"), Cause::Reclaimed)
        .with_earlier_entries([at("2026-01-01T00:00:00")]);
    let asked = before.clone().with_asks([Ask::new(id!("li"), at("2026-02-02T00:00:00"))]);
    let customer = laden(claimed()).with_last_stay(asked).with_counters(Counters {
        claimed: 1,
        days_in_pools: 29,
        ..Counters::default()
    });
    let ledgers = undone(0);
    let case = MoveCase::new(&customer, Intent::Release { by: li.clone() }).with_ledgers(&ledgers);
    let decision = ask(&policy, &case, at("2026-03-02T09:30:00"));
    assert_eq!(decision.planned().expect("a move").undone(&customer), Some(at("2026-03-02T09:00:00")));
    assert_eq!(decision.preconditions().ledgers().len(), 1);
    let (_, after) = carried_out(&policy, &case, "2026-03-02T09:30:00");
    assert_eq!(after.stay(), Some(&before), "asks are not revived");
    assert_eq!(after.past()[0].cause(), Cause::Undone);
    assert_eq!(after.counters(), Counters { claimed: 1, ..Counters::default() }, "its days will be counted later");
    assert!(after.protection().is_some_and(|protection| protection.locks().is_empty()));
}

/// Goal: over the undos of the day a release is an ordinary one, and an undo is refused until the day ends. Method: one
/// and two undone; at midnight.
#[test]
fn over_the_undos_of_the_day_a_release_is_ordinary_and_an_undo_refused() {
    let (customer, li): (_, RepId) = (claimed(), id!("li"));
    assert_eq!(events(&customer, &undone(1), "2026-03-02T09:30:00"), [EventKind::ClaimUndone]);
    assert_eq!(events(&customer, &undone(2), "2026-03-02T09:30:00"), [EventKind::Released]);
    let policy = policy(UNDO, "");
    let ledgers = undone(2);
    let case = MoveCase::new(&customer, Intent::UndoClaim { by: li.clone() }).with_ledgers(&ledgers);
    let midnight = at("2026-03-03T00:00:00");
    let found = refused(&policy, &case, "2026-03-02T09:30:00");
    assert_eq!(found, [Refusal::UndosUsedUp { used: 2, limit: 2, resets_at: midnight }]);
    // A claim shortly before midnight is undone with the next day's.
    let late = claimed().with_place(Place::Owned(Ownership::new(id!("li"), at("2026-03-02T23:30:00"))));
    let case = MoveCase::new(&late, Intent::UndoClaim { by: li.clone() }).with_ledgers(&ledgers);
    assert_eq!(ask(&policy, &case, just_before(midnight)).verdict(), MoveVerdict::Refused);
    assert_eq!(ask(&policy, &case, just_before(midnight)).next_change(), Some(midnight));
    assert_eq!(ask(&policy, &case, midnight).verdict(), MoveVerdict::Moves);
}

/// Goal: only an ownership begun by a claim, by its owner, in its window, where the policy has one. Method: each in turn.
#[test]
fn what_cannot_be_undone() {
    let li: RepId = id!("li");
    let undo = Intent::UndoClaim { by: li.clone() };
    let (with, without, ledgers) = (policy(UNDO, ""), policy("", ""), undone(0));
    let now = "2026-03-02T09:30:00";
    let customer = claimed();
    assert_eq!(
        refused(&without, &MoveCase::new(&customer, undo.clone()).with_ledgers(&ledgers), now),
        [Refusal::NoUndo]
    );
    let until = at("2026-03-02T10:00:00");
    assert_eq!(
        refused(&with, &MoveCase::new(&customer, undo.clone()).with_ledgers(&ledgers), "2026-03-02T10:00:00"),
        [Refusal::UndoOver { until }]
    );
    for way_in in [WayIn::Transfer, WayIn::Assign] {
        let owned = Ownership::new(id!("li"), at("2026-03-02T09:00:00")).with_way_in(way_in);
        let customer = claimed().with_place(Place::Owned(owned));
        assert_eq!(
            refused(&with, &MoveCase::new(&customer, undo.clone()).with_ledgers(&ledgers), now),
            [Refusal::NotClaimed { way_in }]
        );
        assert_eq!(events(&customer, &ledgers, now), [EventKind::Released]);
    }
    let other = claimed().with_place(Place::Owned(Ownership::new(id!("wang"), at("2026-03-02T09:00:00"))));
    assert_eq!(refused(&with, &MoveCase::new(&other, undo.clone()).with_ledgers(&ledgers), now), [Refusal::NotOwner]);
    let held = frozen(held(claimed(), None), FreezeKind::Dispute, None);
    assert_eq!(
        codes(&refused(&with, &MoveCase::new(&held, undo).with_ledgers(&ledgers), now)),
        ["move.frozen", "move.held"]
    );
    let release = MoveCase::new(&held, Intent::Release { by: li.clone() }).with_ledgers(&ledgers);
    assert_eq!(codes(&refused(&with, &release, now)), ["move.frozen", "move.held"]);
}

/// Goal: what decides whether it is an undo must be known. Method: no ledger, a short one, no stay to go back to.
#[test]
fn an_undo_is_undetermined_where_the_facts_do_not_tell() {
    let policy = policy(UNDO, "");
    let li: RepId = id!("li");
    let customer = claimed();
    let now = "2026-03-02T09:30:00";
    let release = MoveCase::new(&customer, Intent::Release { by: li.clone() });
    assert_eq!(undetermined(&policy, &release, now), ReasonCode::LedgerMissing);
    let needs = policy.ledgers_read_by_move(&release, at(now));
    let [(_, Some(since))] = &needs[..] else { panic!("{needs:?}") };
    for (known_from, known) in [(*since, true), (since.checked_add_micros(1).unwrap(), false)] {
        let ledgers = [ledger("li").with_known_from(known_from)];
        let decision = ask(&policy, &release.clone().with_ledgers(&ledgers), at(now));
        let expected = if known { MoveVerdict::Moves } else { MoveVerdict::Undetermined(ReasonCode::LedgerIncomplete) };
        assert_eq!(decision.verdict(), expected, "known from {known_from}");
    }
    let ledgers = undone(0);
    let nowhere = Customer::new(id!("c1"), customer.place().clone());
    let case = MoveCase::new(&nowhere, Intent::Release { by: li.clone() }).with_ledgers(&ledgers);
    assert_eq!(undetermined(&policy, &case, now), ReasonCode::HistoryIncomplete);
}

/// Goal: the worked example: returned inside the undo window the quota is refunded, and the cooldown still blocks that
/// same customer; returned after it, the quota stays used. Method: the customer and the entry that the moves give.
#[test]
fn returned_inside_the_undo_window_or_after_it() {
    let policy = policy(UNDO, "");
    let (li, id_li): (_, RepId) = (rep("li"), id!("li"));
    let fresh = super::support::pooled("east", "2026-02-01T00:00:00");
    let empty = [ledger("li")];
    let claims = MoveCase::new(&fresh, Intent::Claim { by: &li }).with_ledgers(&empty);
    let decision = ask(&policy, &claims, at("2026-03-02T09:00:00"));
    let entry = decision.planned().and_then(|planned| planned.entry(&fresh)).expect("it begins an ownership");
    assert_eq!((entry.at(), entry.pool()), (at("2026-03-02T09:00:00"), Some(&id!("east"))));
    let (_, mine) = carried_out(&policy, &claims, "2026-03-02T09:00:00");
    for (returned, inside) in [("2026-03-02T09:30:00", true), ("2026-03-02T11:00:00", false)] {
        let ledgers = [ledger("li").with_entries([entry.clone()])];
        let case = MoveCase::new(&mine, Intent::Release { by: id_li.clone() }).with_ledgers(&ledgers);
        let decision = ask(&policy, &case, at(returned));
        assert_eq!(decision.planned().and_then(|planned| planned.undone(&mine)).is_some(), inside);
        let (_, back) = carried_out(&policy, &case, returned);
        let noted = if inside { entry.clone().with_undone(at(returned)) } else { entry.clone() };
        let ledgers = [ledger("li").with_entries([noted])];
        let other = super::support::pooled("east", "2026-02-01T00:00:00");
        let question =
            |customer| policy.claim(&ClaimCase::new(customer, &li).with_ledgers(&ledgers), at("2026-03-02T15:00:00"));
        let second = question(&other);
        if inside {
            assert_eq!(second.verdict(), ClaimVerdict::Eligible);
            let same = question(&back);
            let cooldown = |denial: &Denial| matches!(denial, Denial::Cooldown { cause: Cause::Undone, .. });
            assert!(same.denials().iter().any(cooldown), "{same:?}");
        } else {
            assert!(matches!(second.denials(), [Denial::Quota { .. }]), "{second:?}");
            assert_eq!(second.retry_at(), Some(at("2026-03-03T00:00:00")));
        }
    }
}
