//! Groups and triggers: from draft to rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::assembly::Assembly;
use super::limit;
use super::slots::Slots;
use crate::attribute::AttributeType;
use crate::id::{GroupId, Label, TriggerId};
use crate::model::ActivityKind;
use crate::reclaim::{
    Anchor, AnchorRule, CalendarChoice, CalendarRule, DayCap, FoldRule, Group, GroupDraft, HardCap, LatestActivity,
    Mode, Renewal, Stage, StageDraft, Trigger, TriggerDraft,
};
use crate::time::{Calendar, Span};

/// The triggers of a policy as they come.
#[derive(Default)]
pub(super) struct Triggers {
    pub(super) list: Vec<Trigger>,
    pub(super) slots: Slots,
    pub(super) owner_calendar: bool,
    notify_only: usize,
    group_ids: BTreeSet<GroupId>,
    trigger_ids: BTreeSet<TriggerId>,
}

impl Triggers {
    /// Adds the triggers of these groups to the list.
    pub(super) fn groups(&mut self, groups: &[GroupDraft], path: &str, all: &mut Assembly<'_>) -> Box<[Group]> {
        let mut compiled = Vec::new();
        for (i, group) in groups.iter().enumerate() {
            let path = format!("{path}[{i}]");
            all.unique(&mut self.group_ids, group.id().clone(), &format!("{path}.id"));
            if group.triggers().is_empty() {
                let message = "a group without triggers does nothing; add one, or remove the group";
                all.problems.add(format!("{path}.triggers"), "policy.empty", message);
            }
            let first = self.list.len();
            for (j, trigger) in group.triggers().iter().enumerate() {
                let path = format!("{path}.triggers[{j}]");
                if self.list.len() >= limit::TRIGGERS {
                    all.at_most(self.list.len().saturating_add(1), limit::TRIGGERS, "triggers", &path);
                    break;
                }
                self.trigger(trigger, group.all_of(), &path, all);
            }
            compiled.push(Group { all_of: group.all_of(), first, end: self.list.len() });
        }
        compiled.into()
    }

    fn trigger(&mut self, draft: &TriggerDraft, all_of: bool, path: &str, all: &mut Assembly<'_>) {
        all.unique(&mut self.trigger_ids, draft.id().clone(), &format!("{path}.id"));
        let test = all.condition(draft.when(), &format!("{path}.when"));
        let (calendar, counted_in) = self.calendar(draft, path, all);
        let anchor = self.anchor(draft, path, all);
        spans(draft, &counted_in, path, all);
        let (renewals, satisfied_by, slots) = self.kinds(draft, &calendar, path, all);
        let mode = draft.mode().copied().unwrap_or_default();
        let notify = (mode == Mode::NotifyOnly).then(|| self.notify(draft, all_of, path, all));
        let lead = match mode {
            Mode::Notice(lead) => Some(notice(lead, path, all)),
            Mode::Immediate | Mode::NotifyOnly => None,
        };
        let stages = stages(draft.warnings(), path, all);
        let Some(calendar) = calendar else { return };
        let mut trigger = Trigger {
            id: draft.id().clone(),
            test,
            anchor,
            even_before_ownership: draft.even_before_ownership(),
            if_anchor_missing: draft.if_anchor_missing().copied().unwrap_or_default(),
            base: *draft.base(),
            renewals,
            satisfied_by,
            slots,
            by_owner: draft.qualifying().and_then(|q| q.by().copied()).unwrap_or_default()
                != crate::reclaim::By::Anyone,
            hard_cap: draft.max_hold().map(|&span| HardCap {
                span,
                from: draft.max_hold_from().copied().unwrap_or_default(),
                pauses: draft.max_hold_pauses(),
            }),
            calendar,
            stages,
            notify,
            action: draft.action().copied().unwrap_or_default(),
            lead,
            pool: draft.pool().map(|pool| all.pool(pool, &format!("{path}.pool"))),
            plain: None,
        };
        trigger.plain = trigger.simplest();
        self.list.push(trigger);
    }

    /// The calendar a trigger counts in, and every calendar that this may turn out to be.
    fn calendar(
        &mut self,
        draft: &TriggerDraft,
        path: &str,
        all: &mut Assembly<'_>,
    ) -> (Option<CalendarRule>, Vec<Arc<Calendar>>) {
        match draft.calendar() {
            None => (Some(CalendarRule::Default), all.default_calendar.iter().cloned().collect()),
            Some(CalendarChoice::Owner) => {
                self.owner_calendar = true;
                (Some(CalendarRule::Owner), all.calendars.values().cloned().collect())
            }
            Some(CalendarChoice::Named(id)) => {
                let found = all.calendars.get(id).cloned();
                if found.is_none() {
                    let message = format!("calendar `{id}` is not in `calendars`, or is itself wrong");
                    all.problems.add(format!("{path}.calendar"), "policy.unknown_calendar", message);
                }
                (found.clone().map(CalendarRule::Fixed), found.into_iter().collect())
            }
        }
    }

    fn anchor(&mut self, draft: &TriggerDraft, path: &str, all: &mut Assembly<'_>) -> AnchorRule {
        let path = format!("{path}.anchor");
        match draft.anchor().cloned().unwrap_or_default() {
            Anchor::OwnershipStart => AnchorRule::OwnershipStart,
            Anchor::Created => AnchorRule::Created,
            Anchor::LastContractEnd => AnchorRule::LastContractEnd,
            Anchor::LastDeal => AnchorRule::LastDeal,
            Anchor::LatestActivity(LatestActivity(kinds)) => {
                if kinds.is_empty() {
                    let message = "the latest activity of no kind never comes; list the kinds";
                    all.problems.add(format!("{path}.latest_activity"), "policy.empty", message);
                }
                let even_before_ownership = draft.even_before_ownership();
                let rule = self.slots.rule(FoldRule::Anchor { even_before_ownership });
                AnchorRule::Latest(kinds.iter().map(|kind| self.slots.slot(rule, kind)).collect())
            }
            Anchor::Attribute(key) => {
                let declared = all.compiler.read_attribute(&key);
                if declared != Some(AttributeType::Date) {
                    let message =
                        format!("attribute `{key}` is not declared as a `date`; declare it so in `attributes`");
                    all.problems.add(format!("{path}.attribute"), "trigger.anchor_attribute", message);
                }
                AnchorRule::Attribute(key)
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "three lists that one caller takes apart at once")]
    fn kinds(
        &mut self,
        draft: &TriggerDraft,
        calendar: &Option<CalendarRule>,
        path: &str,
        all: &mut Assembly<'_>,
    ) -> (Box<[Renewal]>, Box<[u16]>, Box<[u16]>) {
        let kinds: BTreeSet<ActivityKind> = draft.renewals().keys().chain(draft.satisfied_by()).cloned().collect();
        all.distinct(draft.satisfied_by(), &format!("{path}.satisfied_by"));
        let qualifying = draft.qualifying().cloned().unwrap_or_default();
        if qualifying.per_day() == Some(&0) {
            let message = "0 a day would count nothing; remove `per_day` for no limit, or remove the renewals";
            all.problems.add(format!("{path}.qualifying.per_day"), "policy.zero", message);
        }
        let (Some(calendar), false) = (calendar, kinds.is_empty()) else { return Default::default() };
        let cap = qualifying.per_day().map(|&per_day| DayCap {
            per_day,
            calendar: calendar.clone(),
            calendar_name: match draft.calendar() {
                Some(CalendarChoice::Named(id)) => Some(id.clone()),
                _ => None,
            },
            kinds: kinds.clone(),
        });
        let rule = self.slots.rule(FoldRule::Clock {
            by: qualifying.by().copied().unwrap_or_default(),
            min_duration_s: qualifying.min_duration_s().copied(),
            min_text_chars: qualifying.min_text_chars().copied(),
            next_step: qualifying.next_step(),
            cap,
        });
        let mut slot = |kind: &ActivityKind| self.slots.slot(rule, kind);
        // First of all kinds: the order of slots is that of kinds, by which activities of one instant take their places.
        let slots = kinds.iter().map(&mut slot).collect();
        (
            draft.renewals().iter().map(|(kind, &span)| Renewal { slot: slot(kind), span }).collect(),
            draft.satisfied_by().iter().map(&mut slot).collect(),
            slots,
        )
    }

    fn notify(&mut self, draft: &TriggerDraft, all_of: bool, path: &str, all: &mut Assembly<'_>) -> u8 {
        if all_of {
            let message = "a trigger that only notifies has no part in `all_of`; move it to a group of its own";
            all.problems.add(format!("{path}.mode"), "trigger.notify_in_all_of", message);
        }
        if !draft.warnings().is_empty() {
            let message =
                "a trigger that only notifies never decides, and its warnings would never be sent; remove them";
            all.problems.add(format!("{path}.warnings"), "trigger.notify_with_warnings", message);
        }
        if draft.action().is_some() {
            let message = "a trigger that only notifies does nothing else; remove `action`";
            all.problems.add(format!("{path}.action"), "trigger.notify_with_action", message);
        }
        if draft.pool().is_some() {
            let message = "a trigger that only notifies sends nobody to a pool; remove `pool`";
            all.problems.add(format!("{path}.pool"), "trigger.notify_with_pool", message);
        }
        let bit = u8::try_from(self.notify_only).unwrap_or(u8::MAX);
        self.notify_only = self.notify_only.saturating_add(1);
        all.at_most(self.notify_only, limit::NOTIFY_ONLY, "triggers that only notify", path);
        bit
    }
}

/// How long a notice leads: it counts in the default calendar and runs under pauses, like a grace.
fn notice(lead: Span, path: &str, all: &mut Assembly<'_>) -> Span {
    let path = format!("{path}.mode.notice");
    all.default_span(lead, &path);
    all.no_months(lead, "the lead of a notice", &path);
    lead
}

fn spans(draft: &TriggerDraft, calendars: &[Arc<Calendar>], path: &str, all: &mut Assembly<'_>) {
    let base = format!("{path}.base");
    all.span(*draft.base(), calendars, &base);
    let anchor = draft.anchor().cloned().unwrap_or_default();
    if !matches!(anchor, Anchor::OwnershipStart | Anchor::Created) {
        all.no_months(*draft.base(), &format!("a base from {anchor}"), &base);
    }
    for (kind, &span) in draft.renewals() {
        let path = format!("{path}.renewals.{kind}");
        all.span(span, calendars, &path);
        all.no_months(span, "a renewal", &path);
    }
    if let Some(&span) = draft.max_hold() {
        all.span(span, calendars, &format!("{path}.max_hold"));
    } else if draft.max_hold_pauses() || draft.max_hold_from().is_some() {
        let message = "without `max_hold` this says nothing; add `max_hold`, or remove it";
        all.problems.add(format!("{path}.max_hold"), "trigger.no_max_hold", message);
    }
}

fn stages(drafts: &[StageDraft], path: &str, all: &mut Assembly<'_>) -> Box<[Stage]> {
    all.at_most(drafts.len(), limit::STAGES, "warning stages", &format!("{path}.warnings"));
    let mut seen = BTreeSet::new();
    let mut stages = Vec::new();
    for (i, stage) in drafts.iter().enumerate() {
        let path = format!("{path}.warnings[{i}]");
        all.unique(&mut seen, stage.id().clone(), &format!("{path}.id"));
        if let Err(error) = stage.before().check_before() {
            all.problems.add(format!("{path}.before"), "span.invalid", error.to_string());
        }
        all.working(*stage.before(), &format!("{path}.before"));
        if stage.audience().is_empty() {
            let message = "a warning to nobody warns nobody; name `owner`, `manager`, `pool_admins` or a role";
            all.problems.add(format!("{path}.audience"), "policy.empty", message);
        }
        let audience: Box<[Label]> = stage.audience().into();
        stages.push(Stage { id: stage.id().clone(), before: *stage.before(), audience });
    }
    stages.into()
}
