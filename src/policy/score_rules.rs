//! Scores: from draft to rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::PolicyDraft;
use super::assemble::{Assembly, limit};
use crate::condition::{Compiler, Condition};
use crate::id::Label;
use crate::score::life_cycle::LifeCycleRule;
use crate::score::priority::{MAX_PACE, PriorityError, PriorityRule};
use crate::score::tiers::{TierError, TierTable};
use crate::score::{LifeCycleDraft, PriorityDraft, Rules, TierTableDraft};
use crate::time::{Calendar, Span};

struct Scores<'a, 'b> {
    draft: &'b PolicyDraft,
    all: &'b mut Assembly<'a>,
    calendar: Option<&'b Arc<Calendar>>,
}

/// The rules about scores.
pub(super) fn score_rules(draft: &PolicyDraft, calendar: Option<&Arc<Calendar>>, all: &mut Assembly<'_>) -> Rules {
    let Some(rules) = draft.scoring() else { return Rules::default() };
    let mut scores = Scores { draft, all, calendar };
    Rules {
        tiers: rules.tiers().and_then(|table| scores.tiers(table)),
        life_cycle: rules.life_cycle().and_then(|stages| scores.life_cycle(stages)),
        purchase_type_share: rules.purchase_type_share().copied().inspect(|share| scores.share(*share)),
        priority: rules.priority().and_then(|priority| scores.priority(priority)),
    }
}

impl Scores<'_, '_> {
    fn span(&mut self, span: Span, path: &str) {
        let calendars: Vec<_> = self.calendar.into_iter().collect();
        self.all.span(span, &calendars, path);
    }

    fn add(&mut self, path: &str, code: &'static str, message: impl ToString) {
        self.all.problems.add(path, code, message.to_string());
    }

    fn share(&mut self, share: u16) {
        if share > 1_000 {
            let message = format!("a share of {share} is above 1000 per mille");
            self.add("$.scoring.purchase_type_share", "scoring.share", message);
        }
    }

    /// Every problem of every condition is told, then the first of the table as a whole.
    fn tiers(&mut self, table: &TierTableDraft) -> Option<TierTable> {
        const PATH: &str = "$.scoring.tiers";
        self.all.at_most(table.ladder().len(), limit::WORDS, "tiers", &format!("{PATH}.ladder"));
        let before = self.all.problems.len();
        let mut seen: BTreeSet<Label> = BTreeSet::new();
        for (i, rule) in table.ladder().iter().enumerate().take(limit::WORDS) {
            let path = format!("{PATH}.ladder[{i}]");
            self.all.unique(&mut seen, rule.tier().clone(), &format!("{path}.tier"));
            let mut compiler = Compiler::of_customers(self.draft.attributes());
            let mut found = Vec::new();
            compiler.compile(rule.when(), &mut found);
            for problem in found {
                self.add(&format!("{path}.when{}", problem.path), problem.code, problem.message);
            }
        }
        if *table.band() > 1_000 {
            self.add(&format!("{PATH}.band"), "scoring.share", TierError::Share(*table.band()));
        }
        if *table.periods() == 0 {
            self.add(&format!("{PATH}.periods"), "scoring.periods", TierError::Periods);
        }
        if table.ladder().last().is_none_or(|last| *last.when() != Condition::Always) {
            self.add(&format!("{PATH}.ladder"), "scoring.no_floor", TierError::NoFloor);
        }
        self.ordered(table);
        if self.all.problems.len() > before {
            return None;
        }
        let rules: Vec<_> = table.ladder().iter().map(|rule| (rule.tier().clone(), rule.when().clone())).collect();
        let made =
            TierTable::new(&rules, *table.band(), *table.periods(), (*table.period()).into(), self.draft.attributes());
        made.map_err(|error| match error {
            TierError::Cut(rule) => self.add(&format!("{PATH}.ladder[{rule}].when"), "scoring.cut", error),
            _ => self.add(PATH, "scoring.tiers", error),
        })
        .ok()
    }

    /// Where the policy says which tier is higher, the table must know all of its tiers and say the same.
    fn ordered(&mut self, table: &TierTableDraft) {
        let tiers = self.draft.tiers();
        if tiers.is_empty() {
            return;
        }
        let mut above: Option<usize> = None;
        for (i, rule) in table.ladder().iter().enumerate() {
            let path = format!("$.scoring.tiers.ladder[{i}].tier");
            let place = tiers.iter().position(|tier| tier == rule.tier());
            match (place, above) {
                (None, _) => {
                    let message = format!("tier `{}` is not in `tiers`; add it there, or correct it", rule.tier());
                    self.add(&path, "policy.unknown_tier", message);
                }
                (Some(place), Some(above)) if place >= above => {
                    let message = "`tiers` has it above the one before; list the best tier first";
                    self.add(&path, "scoring.tier_order", message);
                }
                _ => {}
            }
            above = place.or(above);
        }
    }

    fn life_cycle(&mut self, stages: &LifeCycleDraft) -> Option<LifeCycleRule> {
        let spans = [
            ("new_for", *stages.new_for()),
            ("dormant_after", *stages.dormant_after()),
            ("lost_after", *stages.lost_after()),
            ("won_back_for", *stages.won_back_for()),
        ];
        for (key, span) in spans {
            self.span(span, &format!("$.scoring.life_cycle.{key}"));
        }
        let [new, dormant, lost, won_back] = spans.map(|(_, span)| span);
        LifeCycleRule::new(new, dormant, lost, won_back).ok()
    }

    fn priority(&mut self, draft: &PriorityDraft) -> Option<PriorityRule> {
        const PATH: &str = "$.scoring.priority";
        self.span(*draft.starves_after(), &format!("{PATH}.starves_after"));
        let weights =
            [draft.value(), draft.win_probability(), draft.engagement(), draft.churn_urgency(), draft.waiting()];
        let weights = weights.map(|weight| weight.copied().unwrap_or_default());
        if *draft.pace() > MAX_PACE {
            self.add(&format!("{PATH}.pace"), "scoring.pace", PriorityError::Pace(*draft.pace()));
        }
        match PriorityRule::new(weights, (*draft.pace()).min(MAX_PACE), *draft.starves_after()) {
            Ok(rule) => Some(rule),
            Err(error @ PriorityError::Weights(_)) => {
                self.add(PATH, "scoring.weights", error);
                None
            }
            // The pace and the span were told of above.
            Err(PriorityError::Pace(_) | PriorityError::Limit(_)) => None,
        }
    }
}
