//! An explanation in lines: the verdict, then everything that was looked at, with its numbers.

use super::catalogue::template;
use super::words::Words;
use super::{Language, sentence};
use crate::decision::{
    About, Chosen, ClockFinding, ClockState, Explanation, HoldFinding, NoticeFinding, ReasonCode, ReviewFinding,
    StageFinding, Step, TriggerRef, Verdict,
};
use crate::id::GroupId;
use crate::model::{ActivityKind, FreezeKind, HoldKind, ReviewState};
use crate::policy::Policy;
use crate::policy::draft::{DealDraft, DealTreatment};
use crate::reclaim::{AnchorRule, GroupDraft, Trigger};
use crate::time::Timestamp;

impl Explanation {
    /// The explanation for a person: first the verdict in one sentence, then what the facts and every trigger's
    /// condition and clock gave, holds, where the customer goes, warnings, and when the decision changes. Lines that
    /// belong to the one above are indented by two spaces. `policy` is the one that decided.
    #[must_use]
    pub fn lines(&self, policy: &Policy, language: Language) -> Vec<String> {
        let words = Words::new(policy, language);
        let mut lines = vec![sentence(policy, self.decision(), language)];
        for part in [Part::Facts, Part::Triggers, Part::Holds, Part::Outcome] {
            for step in self.steps().iter().filter(|step| Part::of(step) == part) {
                self.step(step, words, &mut lines);
            }
        }
        lines.push(match self.decision().next_change() {
            Some(at) => words.say("next.at", &[("at", &words.time(at))]),
            None => words.say("next.never", &[]),
        });
        lines
    }

    fn step(&self, step: &Step, words: Words<'_>, lines: &mut Vec<String>) {
        match step {
            Step::Contradiction { about, .. } => {
                lines.extend(about.as_ref().map(|about| words.about(about)));
            }
            Step::Paused(pause) => {
                let period = words.period(Some(pause.from()), Some(pause.to()));
                lines.push(words.say("paused", &[("period", &period)]));
            }
            Step::InFuture { kind, at } => {
                lines.push(words.say("ignored", &[("activity", &words.activity(kind)), ("at", &words.time(*at))]));
            }
            Step::Unjudged(at) => lines.push(words.say("unjudged", &[("at", &words.time(*at))])),
            Step::DealCustomer { holds, leaves } => {
                lines.push(words.say(if *holds { "deal.yes" } else { "deal.no" }, &[]));
                words.leaves(leaves, lines);
            }
            Step::Selection { trigger, chosen, leaves } => {
                let key = match chosen {
                    Chosen::Selected => "selection.selected",
                    Chosen::ConditionFails => "selection.fails",
                    Chosen::Shadowed => "selection.shadowed",
                };
                let id = words.trigger_id(*trigger);
                if let Some(group) = words.all_of_group_from(&id) {
                    lines.push(words.say("selection.all_of", &[("group", group.as_str())]));
                }
                lines.push(words.say(key, &[("trigger", &id)]));
                words.leaves(leaves, lines);
            }
            Step::Clock(clock) => words.clock(clock, lines),
            // A freeze window that is over tells nothing about any customer.
            Step::Hold(hold) if hold.code == ReasonCode::FreezeWindow && hold.until <= Some(self.now()) => {}
            Step::Hold(hold) => lines.push(words.hold(hold, self.now())),
            Step::Grace { hold_end, until } => lines.push(words.grace(*hold_end, *until)),
            Step::Route { pool, rule, by_trigger, leaves } => {
                let pool = words.policy.pool_id(*pool).map(ToString::to_string).unwrap_or_default();
                let rule = rule.map(|rule| u32::from(rule).saturating_add(1).to_string());
                let key = match (by_trigger, &rule) {
                    (true, _) => "route.trigger",
                    (false, Some(_)) => "route.rule",
                    (false, None) => "route.fallback",
                };
                lines.push(words.say(key, &[("pool", &pool), ("rule", rule.as_deref().unwrap_or_default())]));
                words.leaves(leaves, lines);
            }
            Step::Stage(stage) => lines.extend(self.stage(stage, words)),
            Step::ChangeNotice { changed, old_due, until } => {
                let key = if old_due.is_some() { "change_notice.earlier" } else { "change_notice" };
                let old = old_due.map(|at| words.time(at)).unwrap_or_default();
                let given = [("changed", &*words.time(*changed)), ("old", &*old), ("until", &*words.time(*until))];
                lines.push(words.say(key, &given));
            }
            Step::Notice(notice) => lines.push(words.notice(notice)),
            Step::Review(review) => lines.push(words.review(review)),
        }
    }

    fn stage(&self, found: &StageFinding, words: Words<'_>) -> Option<String> {
        let trigger = words.trigger(self.decision().trigger()?)?;
        let stage = trigger.stages.get(found.stage.index())?;
        let (audience, span) = (words.audience(&stage.audience), words.span(stage.before));
        let given = [("stage", stage.id.as_str()), ("audience", &audience), ("span", &span)];
        let Some(at) = found.at else { return Some(words.say("stage.undated", &given)) };
        let state = match self.decision().verdict() {
            Verdict::Held(_) if found.in_force => "state.hidden",
            _ if found.in_force => "state.live",
            _ if at > self.now() => "state.ahead",
            _ => "state.over",
        };
        let (at, state) = (words.time(at), words.say(state, &[]));
        let [stage, audience, span] = given;
        Some(words.say("stage.at", &[stage, audience, span, ("at", &at), ("state", &state)]))
    }
}

/// The order in which a reader wants the steps: that of the questions, not that of the evaluator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Facts,
    Triggers,
    Holds,
    Outcome,
}

impl Part {
    fn of(step: &Step) -> Self {
        match step {
            Step::Contradiction { .. }
            | Step::Unjudged(_)
            | Step::Paused(_)
            | Step::InFuture { .. }
            | Step::DealCustomer { .. } => Self::Facts,
            Step::Selection { .. } | Step::Clock(_) => Self::Triggers,
            Step::Hold(_) | Step::Grace { .. } => Self::Holds,
            Step::Route { .. } | Step::Stage(_) | Step::Notice(_) | Step::Review(_) | Step::ChangeNotice { .. } => {
                Self::Outcome
            }
        }
    }
}

impl<'a> Words<'a> {
    fn trigger(&self, trigger: TriggerRef) -> Option<&'a Trigger> {
        self.policy.rules().triggers.get(trigger.index())
    }

    fn trigger_id(&self, trigger: TriggerRef) -> String {
        self.policy.trigger_id(trigger).map(ToString::to_string).unwrap_or_default()
    }

    fn notice(&self, notice: &NoticeFinding) -> String {
        let at = self.time(notice.at);
        match (notice.valid, notice.until) {
            (false, _) => self.say("notice.void", &[("at", &at)]),
            (true, Some(until)) => self.say("notice.served", &[("at", &at), ("until", &self.time(until))]),
            (true, None) => self.say("notice.undated", &[("at", &at)]),
        }
    }

    fn review(&self, review: &ReviewFinding) -> String {
        let state = match review.state {
            ReviewState::Nominated => self.say("review.state.nominated", &[]),
            ReviewState::Approved => self.say("review.state.approved", &[]),
            ReviewState::Rejected => self.say("review.state.rejected", &[]),
            ReviewState::Deferred(until) => self.say("review.state.deferred", &[("until", &self.time(until))]),
        };
        let key = if review.valid { "nomination.valid" } else { "nomination.void" };
        self.say(key, &[("at", &self.time(review.at)), ("state", &state)])
    }

    /// The group of which this is the first trigger, if it requires all its triggers together.
    fn all_of_group_from(&self, trigger: &str) -> Option<&'a GroupId> {
        let draft = self.policy.draft();
        let of_deals = match draft.deal_customers().map(DealDraft::then) {
            Some(DealTreatment::Groups(groups)) => groups.as_slice(),
            _ => &[],
        };
        let starts = |group: &&GroupDraft| group.triggers().first().is_some_and(|first| *first.id() == trigger);
        draft.groups().iter().chain(of_deals).filter(|group| group.all_of()).find(starts).map(GroupDraft::id)
    }

    fn about(&self, about: &About) -> String {
        match about {
            About::Name(name) => self.say("about.name", &[("about", name)]),
            About::At(at) => self.say("about.time", &[("about", &self.time(*at))]),
            About::Period(from, to) => self.say("about.time", &[("about", &self.period(Some(*from), Some(*to)))]),
        }
    }

    fn clock(&self, clock: &ClockFinding, lines: &mut Vec<String>) {
        let Some(rule) = self.trigger(clock.trigger) else { return };
        let anchor = self.anchor(&rule.anchor);
        let id = ("trigger", rule.id.as_str());
        lines.push(match &clock.state {
            ClockState::Armed(due) => {
                let key = if clock.notify_only { "run.armed_notify" } else { "run.armed" };
                self.say(key, &[id, ("due", &self.time(*due))])
            }
            ClockState::NoAnchor => self.say("run.no_anchor", &[id, ("anchor", &anchor)]),
            ClockState::Satisfied(kind, at) => {
                self.say("run.satisfied", &[id, ("activity", &self.activity(kind)), ("at", &self.time(*at))])
            }
            ClockState::Undated(code) => self.say("run.undated", &[id, ("why", template(*code, self.language))]),
        });
        if let Some(start) = clock.start {
            lines.push(self.start(&anchor, clock.anchor, start));
        }
        if let Some(until) = clock.base_due {
            lines.push(self.until("run.base", &[("span", &self.span(rule.base))], until));
        }
        self.renewals(clock, rule, lines);
        if let (Some(cap), Some(start), Some(until)) = (rule.hard_cap, clock.cap_start, clock.hard_due) {
            let given = [("span", &*self.span(cap.span)), ("start", &self.time(start))];
            lines.push(self.until("run.maximum", &given, until));
        }
        if matches!(clock.state, ClockState::Armed(_)) {
            lines.extend(clock.extended_until.map(|until| self.until("run.extension", &[], until)));
            lines.extend(clock.grace_until.map(|until| self.until("run.grace", &[], until)));
        }
    }

    fn renewals(&self, clock: &ClockFinding, rule: &Trigger, lines: &mut Vec<String>) {
        for (kind, at, end) in &clock.renewals {
            let span = rule.renewals.iter().find(|renewal| self.kind(renewal.slot) == Some(kind));
            let span = span.map(|renewal| self.span(renewal.span)).unwrap_or_default();
            let given = [("span", &*span), ("activity", &self.activity(kind)), ("at", &self.time(*at))];
            lines.extend(end.map(|until| self.until("run.renewal", &given, until)));
        }
        if clock.renewals.is_empty() && !rule.renewals.is_empty() && matches!(clock.state, ClockState::Armed(_)) {
            lines.push(format!("  {}", self.say("run.no_renewal", &[])));
        }
    }

    /// An indented line of something that lasts until an instant.
    fn until(&self, key: &str, given: &[(&str, &str)], until: Timestamp) -> String {
        let until = self.time(until);
        let given: Vec<_> = given.iter().copied().chain([("until", until.as_str())]).collect();
        format!("  {}", self.say(key, &given))
    }

    fn start(&self, anchor: &str, found: Option<Timestamp>, start: Timestamp) -> String {
        let key = match found {
            Some(at) if at == start => "run.start",
            Some(_) => "run.start_raised",
            None => "run.start_fallback",
        };
        let at = found.map(|at| self.time(at)).unwrap_or_default();
        format!("  {}", self.say(key, &[("anchor", anchor), ("start", &self.time(start)), ("at", &at)]))
    }

    fn anchor(&self, anchor: &AnchorRule) -> String {
        let (key, activities, attribute) = match anchor {
            AnchorRule::OwnershipStart => ("anchor.ownership_start", String::new(), ""),
            AnchorRule::Created => ("anchor.created", String::new(), ""),
            AnchorRule::LastContractEnd => ("anchor.last_contract_end", String::new(), ""),
            AnchorRule::LastDeal => ("anchor.last_deal", String::new(), ""),
            AnchorRule::Latest(slots) => {
                let kinds = slots.iter().filter_map(|slot| self.kind(*slot)).map(|kind| self.activity(kind));
                ("anchor.latest_activity", self.list(kinds), "")
            }
            AnchorRule::Attribute(key) => ("anchor.attribute", String::new(), key.as_str()),
        };
        self.say(key, &[("activities", &activities), ("key", attribute)])
    }

    fn kind(&self, slot: u16) -> Option<&'a ActivityKind> {
        self.policy.rules().fold.slots.get(usize::from(slot)).map(|slot| &slot.kind)
    }

    fn hold(&self, hold: &HoldFinding, now: Timestamp) -> String {
        let name = hold.name.as_deref().unwrap_or_default();
        let state = if hold.live {
            "state.live"
        } else if hold.since.is_some_and(|since| since > now) {
            "state.ahead"
        } else if hold.until.is_some_and(|until| until <= now) {
            "state.over"
        } else {
            "state.not_live"
        };
        let document = hold.document.as_ref().map(ToString::to_string).unwrap_or_default();
        let (key, kind) = match hold.code {
            ReasonCode::Frozen => {
                ("holds.freeze", FreezeKind::from_name(name).map(|kind| self.freeze(kind)).unwrap_or_default())
            }
            ReasonCode::ExemptOwner => ("holds.exempt_owner", String::new()),
            ReasonCode::ExemptCustomer => ("holds.exempt_customer", String::new()),
            ReasonCode::ExemptDeal => ("holds.exempt_deal", String::new()),
            ReasonCode::Locked => ("holds.lock", String::new()),
            ReasonCode::FreezeWindow => ("holds.freeze_window", String::new()),
            _ => {
                let kind = name.parse::<HoldKind>().map(|kind| self.document(&kind)).unwrap_or_default();
                (if hold.kind.is_some() { "holds.document" } else { "holds.not_counted" }, kind)
            }
        };
        let state = match (hold.since, hold.until) {
            (None, Some(until)) if state == "state.over" => self.say("state.over_since", &[("at", &self.time(until))]),
            (since, until) if hold.live || until.is_some() => {
                let (state, period) = (self.say(state, &[]), self.period(since, until));
                self.say("holds.state", &[("state", &state), ("period", &period)])
            }
            _ => self.say(state, &[]),
        };
        self.say(key, &[("name", name), ("kind", &kind), ("document", &document), ("state", &state)])
    }

    fn grace(&self, hold_end: Timestamp, until: Option<Timestamp>) -> String {
        let span = self.policy.rules().grace.map(|span| self.span(span)).unwrap_or_default();
        let end = self.time(hold_end);
        match until {
            Some(until) => self.say("grace.until", &[("span", &span), ("end", &end), ("until", &self.time(until))]),
            None => self.say("grace.undated", &[("span", &span), ("end", &end)]),
        }
    }
}
