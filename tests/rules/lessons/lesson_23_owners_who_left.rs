//! Owner disabled: keeps customers, nobody is told. Owner in no pool's scope: never scanned.

use std::rc::Rc;

use customer_pool::model::{Customer, Rep};
use customer_pool::sweep::{Ceilings, SweepAction, SweepPlan};
use customer_pool::time::Timestamp;
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

fn owned_by(owner: &str, id: &str, called: &str) -> Rc<Customer> {
    let mut call = call(called);
    call["actor"] = json!({ "rep": owner });
    let place = json!({ "owned": { "owner": owner, "start": utc("2026-03-02 09:00") } });
    Rc::new(customer(json!({ "id": id, "place": place, "activities": [call] })))
}

/// Goal: whoever owns a customer, active or not, member of a pool or of none, known or not, it comes due, it is planned,
/// and its warning names those who are told. Method: two customers of each owner, one due and one to be warned about.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let mut keys = silence(14);
    keys["pools"] = json!([{ "id": "pool", "members": [{ "unit": "sales" }] }]);
    keys["groups"][0]["triggers"][0]["warnings"] =
        json!([{ "id": "soon", "before": { "days": 3 }, "audience": ["owner", "manager"] }]);
    let policy = evaluator.load(&document(keys))?;
    let now = utc("2026-03-19 09:00");
    let rep =
        |id: &str, unit: &str| Ok::<_, Box<dyn std::error::Error>>(Rep::new(id.parse()?).with_units([unit.parse()?]));
    let owners = [
        ("active", Some(rep("active", "sales")?)),
        ("left", Some(rep("left", "sales")?.deactivated())),
        ("elsewhere", Some(rep("elsewhere", "finance")?)),
        ("nowhere", Some(Rep::new("nowhere".parse()?).deactivated())),
        ("unknown", None),
    ];
    let mut rows = Vec::new();
    let (mut due, mut warned) = (Vec::new(), Vec::new());
    for (name, owner) in &owners {
        let (silent, spoken) = (format!("{name}.silent"), format!("{name}.spoken"));
        rows.push((owned_by(name, &silent, "2026-03-02 10:00"), owner.clone()));
        rows.push((owned_by(name, &spoken, "2026-03-06 10:00"), owner.clone()));
        due.push((silent, (*name).to_owned()));
        warned.push((spoken, (*name).to_owned(), vec!["owner".to_owned(), "manager".to_owned()]));
    }
    for (customer, owner) in &rows {
        let decision = evaluator.decide(&policy, Asked { customer, owner: owner.as_ref(), now });
        let is_due = customer.id().as_str().ends_with("silent");
        same(&format!("whether {} is due", customer.id()), decision.verdict() == Verdict::Due, is_due)?;
    }
    let plan = evaluator.plan_sweep(&policy, &mut rows.into_iter(), now);
    let (mut taken, mut told) = (Vec::new(), Vec::new());
    for item in plan.items() {
        let (customer, owner) = (item.customer().to_string(), item.owner().to_string());
        match item.action() {
            SweepAction::Reclaim => taken.push((customer, owner)),
            SweepAction::Warn { audience, .. } => {
                told.push((customer, owner, audience.iter().map(ToString::to_string).collect()));
            }
            other => return Err(format!("{customer}: {other:?}").into()),
        }
    }
    for list in [&mut due, &mut taken] {
        list.sort();
    }
    warned.sort();
    told.sort();
    same("who is to lose what", taken, due)?;
    same("who is told of what", told, warned)
}

fn is_inactive(owner: Option<&Rep>) -> bool {
    owner.is_some_and(|owner| !owner.is_active())
}

/// The job walks the list of active users.
struct InactiveOwnersAreSkipped;

impl Evaluator for InactiveOwnersAreSkipped {
    fn plan_sweep(&self, policy: &Policy, rows: &mut dyn Iterator<Item = SweptRow>, now: Timestamp) -> SweepPlan {
        policy.plan_sweep(rows.filter(|(_, owner)| !is_inactive(owner.as_ref())), now, Ceilings::new())
    }
}

/// Who is disabled has no rules.
struct InactiveOwnersKeep;

impl Evaluator for InactiveOwnersKeep {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let no_rules = without_clock(policy);
        if is_inactive(owner) { &no_rules } else { policy }.decide(customer, owner, now)
    }
}

/// The job walks the pools, and of each its members.
struct OnlyMembersAreScanned;

impl Evaluator for OnlyMembersAreScanned {
    fn plan_sweep(&self, policy: &Policy, rows: &mut dyn Iterator<Item = SweptRow>, now: Timestamp) -> SweepPlan {
        let document = serde_json::to_value(policy.draft()).expect("a policy has a wire form");
        let scope = |pool: &Value| -> Option<Vec<String>> {
            let members = pool.get("members")?.as_array()?.iter();
            Some(members.filter_map(|member| member["unit"].as_str().map(str::to_owned)).collect())
        };
        let scopes: Vec<_> = document["pools"].as_array().into_iter().flatten().map(scope).collect();
        let is_member = |owner: Option<&Rep>, scope: &Option<Vec<String>>| match scope {
            None => true,
            Some(units) => owner.is_some_and(|owner| {
                owner.units().iter().any(|unit| units.iter().any(|member| unit.as_str().starts_with(member)))
            }),
        };
        let scanned = |(_, owner): &SweptRow| scopes.iter().any(|scope| is_member(owner.as_ref(), scope));
        policy.plan_sweep(rows.filter(scanned), now, Ceilings::new())
    }
}

/// The job joins the users; of a user who is gone there is no row.
struct UnknownOwnersAreSkipped;

impl Evaluator for UnknownOwnersAreSkipped {
    fn plan_sweep(&self, policy: &Policy, rows: &mut dyn Iterator<Item = SweptRow>, now: Timestamp) -> SweepPlan {
        policy.plan_sweep(rows.filter(|(_, owner)| owner.is_some()), now, Ceilings::new())
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 23,
    check,
    wrong: &[
        Wrong { name: "customers of inactive owners are not scanned", make: || Box::new(InactiveOwnersAreSkipped) },
        Wrong { name: "inactive owners keep their customers", make: || Box::new(InactiveOwnersKeep) },
        Wrong { name: "only members of pools are scanned", make: || Box::new(OnlyMembersAreScanned) },
        Wrong { name: "owners who are gone are not scanned", make: || Box::new(UnknownOwnersAreSkipped) },
    ],
};
