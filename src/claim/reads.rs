//! What a host must give: which ledgers, how far back, and what they say about holdings.

use super::capacity::excused_until;
use super::findings::Whose;
use super::quota::counts_from;
use super::rules::{ClaimRules, Quota, Window};
use super::{Acquisition, Check, Per};
use crate::condition::View;
use crate::model::{Customer, Excused, Holding, LedgerScope, Rep, unit_at};
use crate::route::HandOut;
use crate::time::Timestamp;

/// Adds a need to the list: since when, or only the present state.
fn need(list: &mut Vec<(LedgerScope, Option<Timestamp>)>, scope: LedgerScope, since: Option<Timestamp>) {
    match list.iter_mut().find(|(known, _)| *known == scope) {
        Some((_, known)) => *known = known.map_or(since, |known| Some(since.map_or(known, |since| known.min(since)))),
        None => list.push((scope, since)),
    }
}

/// The ledgers that a quota counts in for this rep.
fn scopes(quota: &Quota, rep: &Rep) -> Vec<LedgerScope> {
    let unit = |path: &str| Whose::Unit(path).scope();
    let units: Vec<LedgerScope> = match quota.per {
        Per::Everybody => return vec![LedgerScope::Everybody],
        Per::Rep => Vec::new(),
        Per::Unit => rep.units().iter().map(|path| unit(path.as_str())).collect(),
        Per::UnitAt(depth) => rep.units().iter().map(|path| unit(unit_at(path, depth))).collect(),
    };
    if units.is_empty() { vec![LedgerScope::Rep(rep.id().clone())] } else { units }
}

pub(crate) fn ledgers_read(
    rules: &ClaimRules,
    acquisition: Acquisition,
    rep: &Rep,
    now: Timestamp,
) -> Vec<(LedgerScope, Option<Timestamp>)> {
    let checks = rules.checks_of(acquisition);
    let own = || LedgerScope::Rep(rep.id().clone());
    let mut list = Vec::new();
    if let Some(span) = rules.minimum_interval.filter(|_| checks.has(Check::MinimumInterval)) {
        need(&mut list, own(), Some(counts_from(&rules.calendar, span, now)));
    }
    let quotas = rules.quotas.iter().filter(|quota| quota.counts(acquisition.way_in()));
    for quota in quotas.filter(|_| checks.has(Check::Quota)) {
        let since = match quota.window {
            Window::Civil(window) => rules.calendar.window(window, now).map_or(Timestamp::MIN, |(from, _)| from),
            Window::Sliding(span) => counts_from(&rules.calendar, span, now),
        };
        for scope in scopes(quota, rep) {
            need(&mut list, scope, Some(since));
        }
    }
    let capacity = checks.has(Check::Capacity) && rules.capacities.iter().any(|rule| rule.scope.covers(rep));
    let reserves = rules.pools.iter().any(|pool| matches!(pool.hand_out, HandOut::Reservation(_)));
    let reservation = checks.has(Check::HandOut) && acquisition == Acquisition::Claim && reserves;
    if capacity || reservation {
        need(&mut list, own(), None);
    }
    list.sort_unstable();
    list
}

/// Every ledger over which a quota counts for this rep.
pub(crate) fn ledgers_counted(rules: &ClaimRules, rep: &Rep) -> Vec<LedgerScope> {
    rules.quotas.iter().flat_map(|quota| scopes(quota, rep)).collect()
}

/// What is held under each capacity rule. A rule whose condition reads an attribute of another type than declared is
/// left out, so that nothing is decided by it.
pub(crate) fn holdings<'c>(rules: &ClaimRules, customers: impl IntoIterator<Item = &'c Customer>) -> Vec<Holding> {
    let mut known: Vec<Option<(u64, Vec<Excused>)>> = rules.capacities.iter().map(|_| Some((0, Vec::new()))).collect();
    for customer in customers {
        for (rule, place) in rules.capacities.iter().zip(&mut known) {
            let Some((used, excused)) = place else { continue };
            let view = View { customer, owner: None };
            let weight = match rule.when.as_ref().map_or(Ok(true), |when| when.holds(&view, &mut ())) {
                Ok(true) => rule.weight(customer),
                Ok(false) => 0,
                Err(_) => {
                    *place = None;
                    continue;
                }
            };
            match excused_until(customer, &rule.excused_by, None) {
                _ if weight == 0 => {}
                None => *used = used.saturating_add(u64::from(weight)),
                Some(Some(until)) => excused.push(Excused::new(until, weight)),
                Some(None) => {}
            }
        }
    }
    let named = rules.capacities.iter().zip(known);
    named
        .filter_map(|(rule, known)| {
            let (used, mut excused) = known?;
            excused.sort_unstable();
            Some(Holding::new(rule.id.clone(), used).with_excused(excused))
        })
        .collect()
}
