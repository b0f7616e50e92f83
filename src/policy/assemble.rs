//! From a draft to rules, or to every problem it has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Timelike as _;

use super::assembly::{Assembly, Calendars};
use super::claim_rules::claim_rules;
use super::limit;
use super::move_rules::move_rules;
use super::score_rules::score_rules;
use super::slots::Slots;
use super::triggers::Triggers;
use super::{DealTreatment, PolicyDraft, Problems, Transition};
use crate::claim;
use crate::condition::{Compiler, Fact};
use crate::decision::PoolRef;
use crate::id::{Label, PoolId};
use crate::moves::{self, Reads};
use crate::reclaim::{DealRules, Deals, FreezeWindow, Group, GroupDraft, Program, Rules};
use crate::route::Routes;
use crate::score;
use crate::time::{Calendar, Edge, LocalTime, Timestamp};

/// The rules of a draft, or everything that is wrong with it.
pub(super) fn assemble(
    draft: &PolicyDraft,
) -> Result<(Rules, claim::ClaimRules, moves::MoveRules, score::ScoreRules), Problems> {
    let mut assembly = Assembly {
        problems: Problems::default(),
        compiler: Compiler::new(draft.attributes()),
        calendars: Calendars::new(),
        default_calendar: None,
        pools: BTreeMap::new(),
        zone_only: draft.zone().is_some(),
    };
    let all = &mut assembly;
    calendars(draft, all);
    all.at_most(draft.attributes().len(), limit::ATTRIBUTES, "attributes", "$.attributes");
    all.default_calendar = default_calendar(draft, all);
    if *draft.revision() > limit::REVISION {
        let message =
            format!("revision {} is too large for many readers; use at most {}", draft.revision(), limit::REVISION);
        all.problems.add("$.revision", "policy.revision", message);
    }
    let skew_s = draft.clock_skew_s().copied().unwrap_or(limit::DEFAULT_CLOCK_SKEW_S);
    if skew_s > limit::CLOCK_SKEW_S {
        let message = format!("a clock skew of {skew_s} s is no skew; allow at most {} s", limit::CLOCK_SKEW_S);
        all.problems.add("$.clock_skew_s", "policy.clock_skew", message);
    }
    if let Some(Transition::RetimeWithNotice(span)) = draft.transition() {
        all.default_span(*span, "$.transition.retime_with_notice");
    }
    pools(draft, all);
    let routes = routes(draft, all);
    let routing =
        Reads { owner: all.compiler.read().iter().any(Fact::is_of_owner), attributes: all.compiler.attributes_read() };
    let mut triggers = Triggers::default();
    let groups = triggers.groups(draft.groups(), "$.groups", all);
    let mut deals = deals(draft, &mut triggers, all);
    all.at_most(triggers.slots.len(), limit::SLOTS, "kinds of activity over all rules", "$.groups");
    holds(draft, all);
    let freeze_windows = freeze_windows(draft, all);
    let skew = i64::from(skew_s).saturating_mul(1_000_000);
    let claims = claim_rules(draft, skew, all);
    let moves = move_rules(draft, routing, all);
    let scores = score_rules(draft, all);
    let exempt = draft.exempt().cloned().unwrap_or_default();

    let read = assembly.compiler.read();
    let attributes_read = assembly.compiler.attributes_read();
    let reads_owner = read.iter().any(Fact::is_of_owner) || !exempt.owner_tags().is_empty() || triggers.owner_calendar;
    let default_calendar = assembly.default_calendar;
    let (Some(default_calendar), Some(claims), true) = (default_calendar, claims, assembly.problems.is_empty()) else {
        return Err(assembly.problems);
    };
    let (list, slots): (_, Slots) = (triggers.list, triggers.slots);
    let exempts = !exempt.owner_tags().is_empty() || !exempt.customer_tags().is_empty();
    let warns = list.iter().any(|trigger| !trigger.stages.is_empty());
    let asks = reads_owner || triggers.owner_calendar || deals.is_some() || !routes.rules.is_empty();
    let bare = !exempts && !warns && !asks && freeze_windows.is_empty();
    let program = |groups: &[Group]| Program::new(groups, &list, slots.len(), &attributes_read, &default_calendar);
    if let Some(Deals { then: DealRules::Groups(groups, own), .. }) = &mut deals {
        *own = program(groups);
    }
    let rules = Rules {
        program: program(&groups),
        bare,
        pools: list.iter().map(|trigger| trigger.pool.unwrap_or(routes.fallback)).collect(),
        skew,
        attributes_read,
        owners: draft.owners().copied(),
        reads_owner,
        owner_calendar: triggers.owner_calendar,
        notifies: list.iter().any(|trigger| trigger.notify.is_some()),
        triggers: list.into(),
        groups,
        deals,
        exempt_owner_tags: exempt.owner_tags().into(),
        exempt_customer_tags: exempt.customer_tags().into(),
        hold_kinds: draft.holds().into(),
        longest_lock: draft.longest_lock().copied(),
        grace: draft.grace().copied(),
        freeze_windows,
        routes,
        fold: slots.finish(&default_calendar),
        calendars: assembly.calendars.into_iter().collect(),
        default_calendar,
    };
    Ok((rules, claims, moves, scores))
}

/// The calendar in which everything counts that names no other: one of the list, or every day in the policy's zone.
fn default_calendar(draft: &PolicyDraft, all: &mut Assembly<'_>) -> Option<Arc<Calendar>> {
    match (draft.zone(), draft.default_calendar()) {
        (None, Some(id)) => {
            if !draft.calendars().contains_key(id) {
                let message = format!("calendar `{id}` is not in `calendars`; add it there");
                all.problems.add("$.default_calendar", "policy.unknown_calendar", message);
            }
            all.calendars.get(id).cloned()
        }
        (None, None) => {
            let message = "a policy needs to know what a day is; give `zone`, or `calendars` and `default_calendar`";
            all.problems.add("$", "policy.no_calendar", message);
            None
        }
        (Some(zone), None) if draft.calendars().is_empty() => match Calendar::of_zone(zone.as_str()) {
            Ok(calendar) => Some(Arc::new(calendar)),
            Err(found) => {
                for problem in found {
                    all.problems.add("$.zone", problem.code(), problem.message());
                }
                None
            }
        },
        (Some(_), _) => {
            let message = "`zone` stands in place of calendars; remove it, or `calendars` and `default_calendar`";
            all.problems.add("$.zone", "policy.no_calendar", message);
            None
        }
    }
}

fn calendars(draft: &PolicyDraft, all: &mut Assembly<'_>) {
    all.at_most(draft.calendars().len(), limit::CALENDARS, "calendars", "$.calendars");
    if draft.calendars().len() > limit::CALENDARS {
        return;
    }
    for (id, calendar) in draft.calendars() {
        match Calendar::new(calendar) {
            Ok(calendar) => {
                all.calendars.insert(id.clone(), Arc::new(calendar));
            }
            Err(found) => {
                for problem in found {
                    let path = format!("$.calendars.{id}.{}", problem.path());
                    all.problems.add(path, problem.code(), problem.message());
                }
            }
        }
    }
}

fn pools(draft: &PolicyDraft, all: &mut Assembly<'_>) {
    all.at_most(draft.pools().len(), limit::POOLS, "pools", "$.pools");
    let mut seen = BTreeSet::new();
    for (i, pool) in draft.pools().iter().enumerate() {
        all.unique(&mut seen, pool.id().clone(), &format!("$.pools[{i}].id"));
        all.pools.entry(pool.id().clone()).or_insert(PoolRef(u16::try_from(i).unwrap_or(u16::MAX)));
    }
    let parents: BTreeMap<&PoolId, &PoolId> =
        draft.pools().iter().filter_map(|pool| Some((pool.id(), pool.parent()?))).collect();
    // Whether going up from a pool comes to an end, for those of which it is known.
    let mut ends: BTreeMap<&PoolId, bool> = BTreeMap::new();
    for (i, pool) in draft.pools().iter().enumerate() {
        let path = format!("$.pools[{i}].parent");
        let Some(parent) = pool.parent() else { continue };
        all.pool(parent, &path);
        let (mut here, mut passed) = (parent, BTreeSet::new());
        let ended = loop {
            match (ends.get(here), parents.get(here)) {
                (Some(known), _) => break *known,
                (None, None) => break true,
                (None, Some(_)) if !passed.insert(here) => break false,
                (None, Some(above)) => here = above,
            }
        };
        ends.extend(passed.into_iter().map(|pool| (pool, ended)));
        if !ended {
            let message = format!("the parents of pool `{}` go round in a circle; leave one of them out", pool.id());
            all.problems.add(path, "policy.pool_cycle", message);
        }
    }
}

fn routes(draft: &PolicyDraft, all: &mut Assembly<'_>) -> Routes {
    let Some(routing) = draft.routing() else {
        if draft.pools().len() != 1 {
            let message = "with several pools a policy must say where customers go; give `routing` with a `fallback`";
            all.problems.add("$", "policy.no_routing", message);
        }
        return Routes { rules: Box::default(), fallback: PoolRef(0) };
    };
    all.at_most(routing.rules().len(), limit::ROUTES, "routing rules", "$.routing.rules");
    let mut rules = Vec::new();
    for (i, rule) in routing.rules().iter().enumerate() {
        let path = format!("$.routing.rules[{i}]");
        rules.push((
            all.condition(rule.when(), &format!("{path}.when")),
            all.pool(rule.pool(), &format!("{path}.pool")),
        ));
    }
    Routes { rules: rules.into(), fallback: all.pool(routing.fallback(), "$.routing.fallback") }
}

fn deals(draft: &PolicyDraft, triggers: &mut Triggers, all: &mut Assembly<'_>) -> Option<Deals> {
    let deals = draft.deal_customers()?;
    let test = all.condition(deals.when(), "$.deal_customers.when");
    let then = match deals.then() {
        DealTreatment::Exempt => DealRules::Exempt,
        DealTreatment::SameTriggers => DealRules::Same,
        DealTreatment::Groups(groups) => {
            let path = "$.deal_customers.then.groups";
            if groups.is_empty() {
                let message = "a list of no groups would exempt every deal customer; write `exempt` if that is meant";
                all.problems.add(path, "policy.empty", message);
            }
            DealRules::Groups(triggers.groups(groups as &[GroupDraft], path, all) as Box<[Group]>, None)
        }
    };
    Some(Deals { test, then })
}

fn holds(draft: &PolicyDraft, all: &mut Assembly<'_>) {
    all.at_most(draft.holds().len(), limit::HOLDS, "kinds of hold", "$.holds");
    all.distinct(draft.holds(), "$.holds");
    if let Some(&span) = draft.longest_lock() {
        all.default_span(span, "$.longest_lock");
    }
    if let Some(&span) = draft.grace() {
        all.default_span(span, "$.grace");
        all.no_months(span, "a grace", "$.grace");
    }
}

fn freeze_windows(draft: &PolicyDraft, all: &mut Assembly<'_>) -> Box<[FreezeWindow]> {
    all.at_most(draft.freeze_windows().len(), limit::FREEZE_WINDOWS, "freeze windows", "$.freeze_windows");
    let mut seen: BTreeSet<Label> = BTreeSet::new();
    let mut windows = Vec::new();
    for (i, window) in draft.freeze_windows().iter().enumerate() {
        let path = format!("$.freeze_windows[{i}]");
        all.unique(&mut seen, window.id().clone(), &format!("{path}.id"));
        let Some(calendar) = &all.default_calendar else { continue };
        let instant = |at: &chrono::NaiveDateTime, edge| local(calendar, at, edge);
        match (instant(window.from(), Edge::Start), instant(window.to(), Edge::End)) {
            (Some(from), Some(to)) if from < to => windows.push(FreezeWindow { id: window.id().clone(), from, to }),
            (Some(_), Some(_)) => {
                let message = "the window ends before it begins; exchange `from` and `to`";
                all.problems.add(path, "policy.freeze_window", message);
            }
            _ => {
                let message = "`from` and `to` must be whole seconds in the years 1 to 9999";
                all.problems.add(path, "policy.freeze_window", message);
            }
        }
    }
    windows.into()
}

fn local(calendar: &Calendar, at: &chrono::NaiveDateTime, edge: Edge) -> Option<Timestamp> {
    let time =
        LocalTime::from_seconds(at.time().num_seconds_from_midnight()).filter(|_| at.time().nanosecond() == 0)?;
    calendar.local(at.date(), time, edge)
}
