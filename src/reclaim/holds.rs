//! What holds an owned customer at an instant, in the order of the specification.

use super::sink::Sink;
use super::situation::Situation;
use crate::decision::{HeldBy, HoldFinding, ReasonCode, Reasons, Step, earlier};
use crate::model::{Lock, Protection};
use crate::time::{Timestamp, Undatable};

/// What holds a customer at an instant.
#[derive(Clone, Copy, Default)]
pub(crate) struct Holds {
    /// The first in order that applies.
    pub(crate) first: Option<HeldBy>,
    /// The codes of all that apply.
    pub(crate) reasons: Reasons,
    /// When the last lock or counted business hold of this ownership ended, at or before now.
    pub(crate) last_end: Option<Timestamp>,
    /// Why a lock cannot be dated.
    pub(crate) undated: Option<ReasonCode>,
    /// The first instant after now at which something here begins or ends.
    pub(crate) next: Option<Timestamp>,
    pub(crate) assumed: bool,
}

impl Holds {
    fn apply(&mut self, held_by: HeldBy, code: ReasonCode) {
        self.first = earlier(self.first, Some(held_by));
        self.reasons.add(code);
    }

    fn mark(&mut self, at: Option<Timestamp>, now: Timestamp) {
        self.next = earlier(self.next, at.filter(|at| *at > now));
    }

    fn ended(&mut self, at: Option<Timestamp>, now: Timestamp) {
        if at.is_some_and(|at| at <= now) {
            self.last_end = self.last_end.max(at);
        }
    }
}

fn finding(held_by: HeldBy, code: ReasonCode, name: Option<String>) -> HoldFinding {
    HoldFinding { held_by: Some(held_by), code, kind: None, document: None, name, since: None, until: None, live: true }
}

impl Situation<'_> {
    /// What holds the customer at `now`.
    #[inline]
    pub(crate) fn holds<S: Sink>(&self, now: Timestamp, sink: &mut S) -> Holds {
        let mut holds = Holds::default();
        let protection = self.view.customer.protection();
        if let Some(protection) = protection {
            self.freezes(protection, now, &mut holds, sink);
        }
        self.exemptions(&mut holds, sink);
        if let Some(protection) = protection {
            if let Err(why) = self.locks(protection, now, &mut holds, sink) {
                holds.undated = Some(why.into());
            }
            self.business(protection, now, &mut holds, sink);
        }
        if !self.rules.freeze_windows.is_empty() {
            self.freeze_windows(now, &mut holds, sink);
        }
        holds
    }

    fn freezes<S: Sink>(&self, protection: &Protection, now: Timestamp, holds: &mut Holds, sink: &mut S) {
        for freeze in protection.freezes() {
            let live = freeze.is_live(now);
            let held_by = HeldBy::Freeze(freeze.kind());
            if live {
                holds.apply(held_by, ReasonCode::Frozen);
            }
            holds.mark(freeze.until(), now);
            sink.step(|| {
                let name = Some(freeze.kind().to_string());
                Step::Hold(HoldFinding { until: freeze.until(), live, ..finding(held_by, ReasonCode::Frozen, name) })
            });
        }
    }

    #[inline]
    fn exemptions<S: Sink>(&self, holds: &mut Holds, sink: &mut S) {
        let mut apply = |code, name: Option<&str>, sink: &mut S| {
            holds.apply(HeldBy::Exemption, code);
            sink.step(|| Step::Hold(finding(HeldBy::Exemption, code, name.map(str::to_owned))));
        };
        if !self.rules.exempt_owner_tags.is_empty() {
            let tags = self.view.owner.map_or(&[][..], |owner| owner.tags());
            if let Some(tag) = tags.iter().find(|tag| self.rules.exempt_owner_tags.contains(tag)) {
                apply(ReasonCode::ExemptOwner, Some(tag.as_str()), sink);
            }
        }
        if !self.rules.exempt_customer_tags.is_empty() {
            let tags = self.view.customer.tags();
            if let Some(tag) = tags.iter().find(|tag| self.rules.exempt_customer_tags.contains(tag)) {
                apply(ReasonCode::ExemptCustomer, Some(tag.as_str()), sink);
            }
        }
        if self.exempt_deal {
            apply(ReasonCode::ExemptDeal, None, sink);
        }
    }

    fn locks<S: Sink>(
        &self,
        protection: &Protection,
        now: Timestamp,
        holds: &mut Holds,
        sink: &mut S,
    ) -> Result<(), Undatable> {
        let mut undated = Ok(());
        for lock in protection.locks() {
            let since = lock.since().unwrap_or(self.start);
            if since < self.start {
                continue;
            }
            let until = match self.lock_end(lock, since, holds) {
                Ok(until) => until,
                Err(why) => {
                    undated = undated.and(Err(why));
                    continue;
                }
            };
            let live = since <= now && until.is_none_or(|until| now < until);
            if live {
                holds.apply(HeldBy::Lock, ReasonCode::Locked);
            }
            holds.mark(Some(since), now);
            holds.mark(until, now);
            holds.ended(until, now);
            sink.step(|| {
                let since = Some(since);
                Step::Hold(HoldFinding { since, until, live, ..finding(HeldBy::Lock, ReasonCode::Locked, None) })
            });
        }
        undated
    }

    /// An open-ended lock lasts as long as the longest lock, and a given end counts up to there.
    fn lock_end(&self, lock: &Lock, since: Timestamp, holds: &mut Holds) -> Result<Option<Timestamp>, Undatable> {
        let Some(longest) = self.rules.longest_lock else { return Ok(lock.until()) };
        let end = self.rules.default_calendar.end(since, longest, &[])?;
        holds.assumed |= end.assumed();
        Ok(Some(lock.until().map_or(end.at(), |until| until.min(end.at()))))
    }

    fn business<S: Sink>(&self, protection: &Protection, now: Timestamp, holds: &mut Holds, sink: &mut S) {
        for document in protection.holds() {
            let live = document.is_live() && document.until().is_none_or(|until| now < until);
            let kind = self.rules.hold_ref(document.kind());
            if let Some(kind) = kind {
                if live {
                    holds.apply(HeldBy::Business(kind), ReasonCode::BusinessHold);
                }
                holds.mark(document.until(), now);
                if document.until().is_some_and(|until| until >= self.start) {
                    holds.ended(document.until(), now);
                }
            }
            sink.step(|| {
                Step::Hold(HoldFinding {
                    held_by: kind.map(HeldBy::Business),
                    code: ReasonCode::BusinessHold,
                    kind,
                    document: Some(document.document().clone()),
                    name: Some(document.kind().to_string()),
                    since: None,
                    until: document.until(),
                    live,
                })
            });
        }
    }

    fn freeze_windows<S: Sink>(&self, now: Timestamp, holds: &mut Holds, sink: &mut S) {
        for window in &self.rules.freeze_windows {
            let live = window.from <= now && now < window.to;
            if live {
                holds.apply(HeldBy::FreezeWindow, ReasonCode::FreezeWindow);
            }
            holds.mark(Some(window.from), now);
            holds.mark(Some(window.to), now);
            sink.step(|| {
                Step::Hold(HoldFinding {
                    since: Some(window.from),
                    until: Some(window.to),
                    live,
                    ..finding(HeldBy::FreezeWindow, ReasonCode::FreezeWindow, Some(window.id.to_string()))
                })
            });
        }
    }

    /// Everything that can begin or end to hold the customer, whenever that is.
    pub(crate) fn periods(&self) -> Periods {
        let mut periods = Periods::default();
        self.exemptions(&mut periods.always, &mut ());
        let mut add =
            |held_by, from, until, live, grace| periods.list.push(Period { held_by, from, until, live, grace });
        for window in &self.rules.freeze_windows {
            add(HeldBy::FreezeWindow, Some(window.from), Some(window.to), true, false);
        }
        let Some(protection) = self.view.customer.protection() else { return periods };
        for freeze in protection.freezes() {
            add(HeldBy::Freeze(freeze.kind()), None, freeze.until(), true, false);
        }
        for document in protection.holds() {
            if let Some(kind) = self.rules.hold_ref(document.kind()) {
                let of_this = document.until().is_some_and(|until| until >= self.start);
                add(HeldBy::Business(kind), None, document.until(), document.is_live(), of_this);
            }
        }
        for lock in protection.locks() {
            let since = lock.since().unwrap_or(self.start);
            if since >= self.start {
                match self.lock_end(lock, since, &mut periods.always) {
                    Ok(until) => add(HeldBy::Lock, Some(since), until, true, true),
                    Err(why) => periods.always.undated = periods.always.undated.or(Some(why.into())),
                }
            }
        }
        periods
    }
}

/// What holds a customer on `[from, until)`.
pub(crate) struct Period {
    pub(crate) held_by: HeldBy,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    /// Whether it holds at all.
    pub(crate) live: bool,
    /// Whether its end begins a grace.
    pub(crate) grace: bool,
}

/// All periods of a customer, and what applies at every instant.
#[derive(Default)]
pub(crate) struct Periods {
    pub(crate) list: Vec<Period>,
    pub(crate) always: Holds,
}
