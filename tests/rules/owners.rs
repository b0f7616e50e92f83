//! What is known of an owner is one of three, wherever a decision is made: known, not given, unknown.

use crate::support::at;
use customer_pool::columns::{
    Coded, CustomerColumns, CustomerTable, DecisionColumns, Instants, Owner, RowPlace, Values,
};
use customer_pool::ledger::{Versioned, VersionedRep};
use customer_pool::model::{Actor, Customer, OwnerFacts, Ownership, Place, Protection, Rep};
use customer_pool::plan::{Command, Facts, Intent, ItemOutcome, Planner};
use customer_pool::policy::Revisions;
use customer_pool::sweep::{Ceilings, Execution, ExecutionRefusal, Recheck};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, ReasonCode, Verdict};
use serde_json::json;

const MISSING: Verdict = Verdict::Undetermined(ReasonCode::OwnerMissing);

/// Fourteen days, with these keys at the top level besides.
fn policy(keys: serde_json::Value) -> Policy {
    let mut document = json!({
        "format": 1, "id": "sales", "revision": 7, "default_calendar": "cn",
        "calendars": { "cn": { "zone": "Asia/Shanghai", "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "valid": { "from": "2024-01-01", "to": "2030-12-31" } } },
        "pools": [{ "id": "east" }], "routing": { "fallback": "east" },
        "groups": [{ "id": "contact", "triggers": [{ "id": "silent", "when": "always", "base": { "days": 14 } }] }]
    });
    document.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    Policy::from_json(&document.to_string()).unwrap()
}

/// Without the key, `optional`, `required`.
fn policies() -> [Policy; 3] {
    [json!({}), json!({ "owners": "optional" }), json!({ "owners": "required" })].map(policy)
}

/// Owned by `li` since 2 March: due on 17 March without leave.
fn c1() -> Customer {
    Customer::new("c1".parse().unwrap(), Place::Owned(Ownership::new("li".parse().unwrap(), at("2026-03-02 15:00"))))
}

fn rep(id: &str) -> Rep {
    Rep::new(id.parse().unwrap())
}

fn now() -> Timestamp {
    at("2026-04-01 10:00")
}

/// The row of the owner in this roster.
fn in_roster<'a>(roster: &'a [Rep], customer: &Customer) -> OwnerFacts<&'a Rep> {
    OwnerFacts::row(roster.iter().find(|rep| Some(rep.id()) == customer.ownership().map(Ownership::owner)))
}

fn verdict(policy: &Policy, owner: OwnerFacts<&Rep>) -> Verdict {
    policy.decide(&c1(), owner, now()).verdict()
}

#[test]
fn example_4_a_refused_row_makes_the_customers_undetermined_also_under_optional() {
    for policy in policies() {
        assert_eq!(verdict(&policy, OwnerFacts::Unknown), MISSING);
        assert_eq!(policy.decide(&c1(), OwnerFacts::Unknown, now()).due(), None);
    }
}

#[test]
fn example_4_a_leave_that_ends_before_it_begins_makes_them_undetermined_also_under_optional() {
    let li = rep("li").with_leave([(at("2026-03-16 00:00"), at("2026-03-09 00:00"))]);
    for policy in policies() {
        let facts = in_roster(core::slice::from_ref(&li), &c1());
        assert_eq!(verdict(&policy, facts), Verdict::Undetermined(ReasonCode::PauseReversed));
    }
}

#[test]
fn example_4_a_roster_of_wang_alone_leaves_the_customers_of_li_undetermined() {
    let roster = [rep("wang")];
    let [none, _, required] = policies();
    for policy in [none, required] {
        assert_eq!(verdict(&policy, in_roster(&roster, &c1())), MISSING);
    }
}

#[test]
fn example_4_under_optional_they_are_decided_without_leave() {
    let [_, optional, _] = policies();
    let decision = optional.decide(&c1(), in_roster(&[rep("wang")], &c1()), now());
    assert_eq!((decision.verdict(), decision.due()), (Verdict::Due, Some(at("2026-03-17 00:00"))));
}

#[test]
fn example_4_without_a_roster_all_is_as_before() {
    for policy in policies() {
        let decision = policy.decide(&c1(), None, now());
        assert_eq!((decision.verdict(), decision.due()), (Verdict::Due, Some(at("2026-03-17 00:00"))));
        assert_eq!(policy.decide(&c1(), Some(&rep("li")), now()).verdict(), Verdict::Due);
        assert_eq!(policy.decide(&c1(), &rep("li"), now()).verdict(), Verdict::Due);
    }
    let reads = policy(json!({ "exempt": { "owner_tags": ["key"] } }));
    assert_eq!(reads.decide(&c1(), None, now()).verdict(), MISSING);
}

#[test]
fn an_owner_who_was_never_enrolled_is_not_given_unless_owners_are_required() {
    let [none, optional, required] = policies();
    assert_eq!(verdict(&none, OwnerFacts::NotEnrolled), Verdict::Due);
    assert_eq!(verdict(&optional, OwnerFacts::NotEnrolled), Verdict::Due);
    assert_eq!(verdict(&required, OwnerFacts::NotEnrolled), MISSING);
}

/// The contradictions before it in the specification are told first, and those behind it are not.
#[test]
fn an_unknown_owner_has_its_place_among_the_contradictions() {
    let policy = policy(json!({ "attributes": { "a": "bool" },
        "deal_customers": { "when": { "is_true": "attribute.a" }, "then": "exempt" } }));
    let of = |customer: &Customer, now| policy.decide(customer, OwnerFacts::Unknown, now);
    let ahead = of(&c1(), at("2026-03-02 14:00"));
    assert_eq!(ahead.verdict(), Verdict::Undetermined(ReasonCode::OwnershipStartInFuture));
    assert_eq!(ahead.next_change(), Some(at("2026-03-02 14:55")));
    let unstarted = Ownership::of_unknown_start("li".parse().unwrap());
    let unstarted = Customer::new("c1".parse().unwrap(), Place::Owned(unstarted));
    assert_eq!(of(&unstarted, now()).verdict(), Verdict::Undetermined(ReasonCode::OwnershipStartUnknown));
    let pause = (at("2026-03-09 00:00"), at("2026-03-05 00:00"));
    let paused = c1().with_protection(Protection::new().with_pauses([pause]));
    assert_eq!(of(&paused, now()).verdict(), Verdict::Undetermined(ReasonCode::PauseReversed));
    let mistyped = c1().with_attributes([("a".parse().unwrap(), customer_pool::attribute::AttributeValue::Integer(1))]);
    assert_eq!(policy.decide(&mistyped, None, now()).verdict(), Verdict::Undetermined(ReasonCode::AttributeType));
    assert_eq!(of(&mistyped, now()).verdict(), MISSING);
    let pooled = Customer::new("c1".parse().unwrap(), Place::Awaiting);
    assert_eq!(of(&pooled, now()).verdict(), Verdict::NotOwned);
}

#[test]
fn an_explanation_names_the_owner_of_whom_nothing_is_known() {
    let [policy, ..] = policies();
    let explanation = policy.explain(&c1(), OwnerFacts::Absent, now());
    assert_eq!(explanation.decision().verdict(), MISSING);
    let steps = format!("{:?}", explanation.steps());
    assert!(steps.contains("OwnerMissing") && steps.contains("\"li\""), "{steps}");
}

#[test]
fn slices_decide_alike() {
    let [none, optional, _] = policies();
    let (customers, mut all) = ([c1(), c1()], Vec::new());
    none.decide_all(&customers, |_| OwnerFacts::Absent, now(), &mut all);
    assert!(all.iter().all(|decision| decision.verdict() == MISSING));
    optional.decide_all(&customers, |_| OwnerFacts::Absent, now(), &mut all);
    assert!(all.iter().all(|decision| decision.verdict() == Verdict::Due));
    none.decide_all(&customers, |_| None, now(), &mut all);
    assert!(all.iter().all(|decision| decision.verdict() == Verdict::Due));
}

/// A plan lists the customer, and what was planned before is done no more.
#[test]
fn sweeps_take_nothing_from_an_unknown_owner() {
    let [policy, optional, _] = policies();
    let plan = |policy: &Policy, owner| policy.plan_sweep([(c1(), owner)], now(), Ceilings::new());
    let unknown = plan(&policy, OwnerFacts::<&Rep>::Absent);
    assert!(unknown.items().is_empty());
    assert_eq!(unknown.undetermined()[0].reason(), ReasonCode::OwnerMissing);
    let taken = plan(&optional, OwnerFacts::Absent);
    assert_eq!(taken.items().len(), 1);
    let owned = policy.plan_sweep([(c1(), Some(rep("li")))], now(), Ceilings::new());
    assert_eq!(owned.items(), taken.items());

    let recheck = |policy: &Policy, owner: OwnerFacts<&Rep>| policy.recheck(&owned.items()[0], &c1(), owner, now());
    assert_eq!(recheck(&policy, OwnerFacts::Unknown), Recheck::Void);
    assert_eq!(recheck(&optional, OwnerFacts::Absent), Recheck::Stands);
    let refused = Execution::Refused(vec![ExecutionRefusal::Undetermined(ReasonCode::OwnerMissing)]);
    assert_eq!(policy.execute(&c1(), OwnerFacts::Absent, &[], now()), refused);
    assert!(matches!(optional.execute(&c1(), OwnerFacts::Absent, &[], now()), Execution::Reclaims(_)));
}

/// The word of the revision that binds the customer counts.
#[test]
fn revisions_take_the_word_of_the_one_that_binds() {
    let old = policy(json!({ "revision": 1, "owners": "optional" }));
    let newer = |transition: &str| {
        policy(json!({ "revision": 2, "effective_from": "2026-03-10T00:00:00+08:00", "transition": transition }))
    };
    let decide = |transition: &str| {
        let revisions = Revisions::new([old.clone(), newer(transition)]).unwrap();
        let decision = revisions.decide(&c1(), OwnerFacts::Absent, now()).decision;
        assert_eq!(revisions.explain(&c1(), OwnerFacts::Absent, now()).1.decision(), &decision);
        decision.verdict()
    };
    assert_eq!(decide("grandfather"), Verdict::Due);
    assert_eq!(decide("retime"), MISSING);
}

/// Before a change that retimes with notice the owner was unknown: that is no old due instant, and the notice is whole.
#[test]
fn a_notice_is_whole_where_the_owner_was_unknown_before() {
    let old = policy(json!({ "revision": 1 }));
    let new = policy(json!({ "revision": 2, "owners": "optional", "effective_from": "2026-04-01T00:00:00+08:00",
        "transition": { "retime_with_notice": { "days": 3 } } }));
    let revisions = Revisions::new([old, new]).unwrap();
    let due = |owner| revisions.decide(&c1(), owner, now()).decision.due();
    assert_eq!(due(OwnerFacts::Absent), Some(at("2026-04-05 00:00")));
    assert_eq!(due(OwnerFacts::NotGiven), Some(at("2026-03-17 00:00")));
}

/// Each state in a dictionary of owners, and rows of nobody: with the column and without.
#[test]
fn columns_know_the_states_of_owners() {
    let id = || "li".parse().unwrap();
    let owners = [
        Owner::from(rep("li")),
        Owner::not_given(id()),
        Owner::absent(id()),
        Owner::unknown(id()),
        Owner::new(id(), None),
    ];
    let codes = [0, 1, 2, 3, 4, 0];
    let valid = [0b0001_1111];
    let (place, start) = ([0; 6], [at("2026-03-02 15:00").as_micros(); 6]);
    let columns = CustomerColumns::new(Coded::new(Values::new(&place), RowPlace::ALL)).unwrap();
    let columns = columns.with_start(Instants::new(&start)).unwrap();
    let validity = customer_pool::columns::Bitmap::new(&valid);
    let named = columns.clone().with_owner(Coded::new(Values::new(&codes).with_validity(validity), &owners)).unwrap();
    let [none, optional, required] = policies();
    let due = Verdict::Due;
    for (policy, wanted) in [
        (&none, [due, due, MISSING, MISSING, due, MISSING]),
        (&optional, [due, due, due, MISSING, due, due]),
        (&required, [due, due, MISSING, MISSING, due, MISSING]),
    ] {
        let mut out = DecisionColumns::default();
        policy.decide_columns(&named, now(), &mut out);
        let verdicts: Vec<_> = (0..6).map(|row| out.get(row).unwrap().verdict()).collect();
        assert_eq!(verdicts, wanted);
        for row in 0..6 {
            let customer = named.customer(row).unwrap();
            assert_eq!(out.get(row).unwrap(), policy.decide(&customer, named.owner(row), now()));
        }
        policy.decide_columns(&columns, now(), &mut out);
        assert!((0..6).all(|row| out.get(row).unwrap().verdict() == due), "no column of owners");
    }
    assert_eq!(named.owner(5), OwnerFacts::Absent);
    assert_eq!(columns.owner(5), OwnerFacts::NotGiven);
}

/// A table keeps the state of each owner, also of one id in several.
#[test]
fn tables_keep_what_is_known_of_owners() {
    let [policy, ..] = policies();
    let (customer, li) = (c1(), rep("li"));
    let states = [
        OwnerFacts::Absent,
        OwnerFacts::Known(&li),
        OwnerFacts::NotGiven,
        OwnerFacts::Unknown,
        OwnerFacts::NotEnrolled,
        OwnerFacts::Absent,
    ];
    let table = CustomerTable::new(&policy, states.map(|state| (&customer, state))).unwrap();
    let columns = table.columns().unwrap();
    for (row, state) in states.into_iter().enumerate() {
        assert_eq!(columns.owner(row), state);
    }
}

/// What a store is asked for, of an owner whom it does not know.
fn planned(keys: serde_json::Value, intent: Intent, owner: Option<Rep>) -> ItemOutcome {
    let revisions = Revisions::new([policy(keys)]).unwrap();
    let known = owner.map(|rep| VersionedRep::new(rep, 1, None));
    let facts = Facts::new()
        .with_customer("c1".parse().unwrap(), Some(Versioned::new(c1(), 1, None)))
        .with_rep("li".parse().unwrap(), known);
    let command = Command::new("k".parse().unwrap(), "c1".parse().unwrap(), Actor::System, intent);
    Planner::new(&revisions).plan(&command, facts, now()).unwrap().outcome
}

#[test]
fn a_store_reclaims_from_an_owner_it_never_enrolled_unless_owners_are_required() {
    let missing = ItemOutcome::Undetermined { code: ReasonCode::OwnerMissing, rule: None, retry_at: None };
    for keys in [json!({}), json!({ "owners": "optional" })] {
        assert!(matches!(planned(keys, Intent::Wake, None), ItemOutcome::Applied { .. }));
    }
    assert_eq!(planned(json!({ "owners": "required" }), Intent::Wake, None), missing);
    let enrolled = planned(json!({ "owners": "required" }), Intent::Wake, Some(rep("li")));
    assert!(matches!(enrolled, ItemOutcome::Applied { .. }));
    let reclaimed = planned(json!({ "owners": "required" }), Intent::Reclaim, None);
    assert!(!matches!(reclaimed, ItemOutcome::Applied { .. }), "{reclaimed:?}");
}
