//! The instants at which an answer to a claim could change, by the facts and the spans of the rules.

use chrono::Weekday;
use customer_pool::Policy;
use customer_pool::claim::Acquisition;
use customer_pool::id::PoolId;
use customer_pool::model::{Cause, Customer, Ledger, LedgerEntry, LedgerScope, PoolStay, Rep, Reservation, WayIn};
use customer_pool::policy::draft::{ClaimRulesDraft, HandOut, Per, QuotaDraft, QuotaWindow};
use customer_pool::time::{CivilWindow, Span, Timestamp};

use super::moments::Moments;

/// Finds what the rules look at.
pub(super) struct Explorer<'a> {
    pub(super) moments: &'a mut Moments,
    pub(super) policy: &'a Policy,
    pub(super) customer: &'a Customer,
    pub(super) rep: &'a Rep,
    pub(super) acquisition: Acquisition,
}

impl Explorer<'_> {
    /// Adds it.
    pub(super) fn explore(&mut self, rules: &ClaimRulesDraft, ledgers: &[Ledger]) {
        let out_of_a_pool = matches!(self.acquisition, Acquisition::Claim | Acquisition::Assign);
        if out_of_a_pool {
            self.stays(rules);
            self.past(rules);
        }
        if let Some(protection) = self.customer.protection() {
            self.moments.add(protection.freezes().iter().filter_map(|freeze| freeze.until()));
            let excuses = |kind| rules.capacities().iter().any(|rule| rule.excused_by().contains(kind));
            let holds = protection.holds().iter().filter(|hold| hold.is_live() && excuses(hold.kind()));
            self.moments.add(holds.filter_map(|hold| hold.until()));
        }
        for ledger in ledgers {
            let is_own = matches!(ledger.scope(), LedgerScope::Rep(_));
            if is_own {
                self.own(rules, ledger);
            }
            for quota in rules.quotas() {
                let fits = match quota.per().copied().unwrap_or_default() {
                    Per::Rep => is_own,
                    Per::Everybody => *ledger.scope() == LedgerScope::Everybody,
                    Per::Unit | Per::UnitAt(_) => matches!(ledger.scope(), LedgerScope::Unit(_)),
                };
                let way_in = self.acquisition.way_in();
                let limits = quota.ways().map_or(way_in == WayIn::Claim, |ways| ways.contains(&way_in));
                if fits && limits && self.is_about(quota.pools()) {
                    self.quota(quota, ledger);
                }
            }
        }
    }

    /// What is looked at in the rep's own ledger beside quotas.
    fn own(&mut self, rules: &ClaimRulesDraft, ledger: &Ledger) {
        let excused = ledger.holdings().iter().flat_map(|holding| holding.excused());
        self.moments.add(excused.map(|excused| excused.until()));
        if self.acquisition != Acquisition::Claim {
            return;
        }
        let pool = self.customer.stay().map(|stay| stay.pool());
        let reservations = ledger.reservations().iter().filter(|reservation| Some(reservation.pool()) == pool);
        self.moments.add(reservations.map(|reservation| reservation.until()));
        let claims = ledger.entries().iter().filter(|entry| entry.way_in() == WayIn::Claim);
        let last = claims.map(LedgerEntry::at).max();
        let interval: Vec<Span> = rules.minimum_interval().copied().into_iter().collect();
        self.ends(last, &interval);
        self.ends(ledger.known_from(), &interval);
    }

    /// The ends of these spans.
    fn ends(&mut self, from: Option<Timestamp>, spans: &[Span]) {
        let Some(from) = from else { return };
        let calendar = self.policy.default_calendar();
        self.moments.add(spans.iter().filter_map(|span| Some(calendar.end(from, *span, &[]).ok()?.at())));
    }

    fn is_about(&self, pools: Option<&Vec<PoolId>>) -> bool {
        pools.is_none_or(|pools| self.customer.last_pool().is_some_and(|pool| pools.contains(pool)))
    }

    fn stays(&mut self, rules: &ClaimRulesDraft) {
        let Some(stay) = self.customer.stay().or(self.customer.last_stay()) else { return };
        let quiet = rules.quiet_periods().iter().filter(|rule| self.is_about(rule.pools()));
        let quiet: Vec<Span> = quiet.map(|rule| *rule.span()).collect();
        self.ends(Some(stay.since()), &quiet);
        let reserved = stay.reservation().map(|reservation| reservation.until());
        self.moments.add(reserved);
        let draft = self.policy.draft().pools().iter().find(|pool| pool.id() == stay.pool());
        match draft.and_then(|pool| pool.hand_out()) {
            Some(HandOut::Lottery(span)) => {
                self.ends(Some(stay.since()), &[*span]);
                self.lapses(stay, None);
            }
            Some(HandOut::Reservation(span)) => self.lapses(stay, Some(*span)),
            _ => {}
        }
    }

    /// The ends of reservations, and of the spans for which they bar whoever let them lapse.
    fn lapses(&mut self, stay: &PoolStay, of_pool: Option<Span>) {
        let own = stay.reservation().map(Reservation::lapse);
        let lapses: Vec<_> = self.customer.lapses().iter().cloned().chain(own).collect();
        for lapse in lapses.iter().filter(|lapse| lapse.rep() == self.rep.id()) {
            self.moments.add([lapse.at()]);
            self.ends(Some(lapse.at()), &lapse.span().or(of_pool).into_iter().collect::<Vec<_>>());
        }
    }

    fn past(&mut self, rules: &ClaimRulesDraft) {
        let (customer, me) = (self.customer, self.rep.id());
        for rule in rules.cooldowns().iter().filter(|rule| self.is_about(rule.pools())).cloned().collect::<Vec<_>>() {
            for past in customer.past().iter().filter(|past| past.owner() == me || rule.per().is_some()) {
                let of_undone = rule.after().get(&Cause::Released).filter(|_| past.cause() == Cause::Undone);
                let spans: Vec<Span> = rule.after().get(&past.cause()).or(of_undone).copied().into_iter().collect();
                self.ends(Some(past.to()), &spans);
            }
            self.ends(customer.past_known_from(), &rule.after().values().copied().collect::<Vec<_>>());
        }
        let limits = rules.repeat_limits().iter().filter(|rule| self.is_about(rule.pools()));
        let limits: Vec<Span> = limits.map(|rule| *rule.within()).collect();
        for past in customer.past().iter().filter(|past| past.owner() == me) {
            self.ends(Some(past.from()), &limits);
        }
        self.ends(customer.past_known_from(), &limits);
    }

    fn quota(&mut self, quota: &QuotaDraft, ledger: &Ledger) {
        let window = match quota.window() {
            QuotaWindow::Day => CivilWindow::Day,
            QuotaWindow::Week => CivilWindow::Week { starts: Weekday::Mon },
            QuotaWindow::Month => CivilWindow::Month,
            QuotaWindow::Sliding(span) => {
                for entry in ledger.entries().iter().filter(|entry| is_counted(quota, entry)) {
                    self.ends(Some(entry.at()), &[*span]);
                }
                return self.ends(ledger.known_from(), &[*span]);
            }
        };
        let counted = ledger.entries().iter().filter(|entry| is_counted(quota, entry));
        for at in counted.map(LedgerEntry::at).chain(ledger.known_from()) {
            self.moments.add(self.policy.default_calendar().window(window, at).map(|(_, to)| to));
        }
    }
}

/// Whether a quota counts an entry, its condition aside.
fn is_counted(quota: &QuotaDraft, entry: &LedgerEntry) -> bool {
    let way = quota.ways().map_or(entry.way_in() == WayIn::Claim, |ways| ways.contains(&entry.way_in()));
    let pool = quota.pools().is_none_or(|pools| entry.pool().is_some_and(|pool| pools.contains(pool)));
    way && pool && entry.undone().is_none()
}
