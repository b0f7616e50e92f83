//! What holds a customer.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, Timelike as _};
use customer_pool::model::Lock;
use customer_pool::time::{LocalTime, Timestamp};

use super::{Code, Moment, Reference, code};

/// What holds a customer at an instant.
pub(super) struct Holds {
    pub(super) first: Option<String>,
    pub(super) reasons: BTreeSet<Code>,
    pub(super) last_end: Option<Timestamp>,
    pub(super) undated: Option<Code>,
    pub(super) is_assumed: bool,
}

impl<'a> Reference<'a> {
    pub(super) fn held(&self, moment: Moment<'a>, exempt_deal: bool, marks: &mut BTreeSet<Timestamp>) -> Holds {
        let now = moment.now;
        // In the order of the specification.
        let mut live: Vec<(String, Code)> = self.freezes(now, marks);
        live.extend(self.exemptions(exempt_deal).into_iter().map(|code| ("exemption".to_owned(), code)));
        let mut ended = Vec::new();
        let (mut undated, mut is_assumed) = (None, false);
        let protection = self.customer.protection();
        for lock in protection.map_or(&[][..], |protection| protection.locks()) {
            let since = lock.since().unwrap_or(moment.start);
            if since < moment.start {
                continue;
            }
            match self.lock_end(lock, since) {
                Err(code) => undated = undated.or(Some(code)),
                Ok((until, assumed)) => {
                    is_assumed |= assumed;
                    marks.extend([Some(since), until].into_iter().flatten());
                    if since <= now && until.is_none_or(|until| now < until) {
                        live.push(("lock".to_owned(), "hold.locked"));
                    }
                    ended.extend(until.filter(|until| *until <= now));
                }
            }
        }
        for kind in self.policy.holds() {
            for document in protection.map_or(&[][..], |protection| protection.holds()) {
                if document.kind() != kind {
                    continue;
                }
                marks.extend(document.until());
                if document.is_live() && document.until().is_none_or(|until| now < until) {
                    live.push((kind.to_string(), "hold.business"));
                }
                ended.extend(document.until().filter(|until| *until <= now && *until >= moment.start));
            }
        }
        for window in self.policy.freeze_windows() {
            let (from, to) = (self.local(window.from(), false), self.local(window.to(), true));
            marks.extend([from, to]);
            if from <= now && now < to {
                live.push(("freeze_window".to_owned(), "hold.freeze_window"));
            }
        }
        let first = live.first().map(|(kind, _)| kind.clone());
        let reasons = live.into_iter().map(|(_, code)| code).collect();
        Holds { first, reasons, last_end: ended.into_iter().max(), undated, is_assumed }
    }

    fn freezes(&self, now: Timestamp, marks: &mut BTreeSet<Timestamp>) -> Vec<(String, Code)> {
        let freezes = self.customer.protection().map_or(&[][..], |protection| protection.freezes());
        let mut found = Vec::new();
        for kind in ["dispute", "merge", "legal_hold"] {
            for freeze in freezes.iter().filter(|freeze| freeze.kind().as_str() == kind) {
                marks.extend(freeze.until());
                if freeze.until().is_none_or(|until| now < until) {
                    found.push((kind.to_owned(), "hold.frozen"));
                }
            }
        }
        found
    }

    fn exemptions(&self, exempt_deal: bool) -> Vec<Code> {
        let mut found = Vec::new();
        if let Some(exempt) = self.policy.exempt() {
            let owner_tags = self.owner.map_or(&[][..], |owner| owner.tags());
            found.extend(owner_tags.iter().any(|tag| exempt.owner_tags().contains(tag)).then_some("hold.exempt_owner"));
            let tags = self.customer.tags();
            found.extend(tags.iter().any(|tag| exempt.customer_tags().contains(tag)).then_some("hold.exempt_customer"));
        }
        found.extend(exempt_deal.then_some("hold.exempt_deal"));
        found
    }

    fn lock_end(&self, lock: &Lock, since: Timestamp) -> Result<(Option<Timestamp>, bool), Code> {
        let Some(longest) = self.policy.longest_lock() else { return Ok((lock.until(), false)) };
        let (end, assumed) = self.end(self.policy.default_calendar().unwrap(), since, *longest, false).map_err(code)?;
        Ok((Some(lock.until().unwrap_or(end).min(end)), assumed))
    }

    fn local(&self, at: &NaiveDateTime, ends: bool) -> Timestamp {
        let time = LocalTime::from_seconds(at.time().num_seconds_from_midnight()).unwrap();
        Timestamp::from_micros(self.default_calendar().local(at.date(), time, ends)).unwrap()
    }
}
