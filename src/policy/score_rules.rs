//! Scores: from draft to rules.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::PolicyDraft;
use super::assembly::Assembly;
use super::limit;
use crate::attribute::AttributeType;
use crate::condition::{Compiler, Condition};
use crate::id::Label;
use crate::score::engagement::EngagementRule;
use crate::score::key_accounts::{Criterion, Scorecard, ScorecardError, Shares};
use crate::score::life_cycle::LifeCycleRule;
use crate::score::priority::{MAX_PACE, PriorityError, PriorityRule};
use crate::score::tiers::{TierError, TierTable};
use crate::score::{
    CriterionDraft, EngagementDraft, KeyAccountRules, KeyAccountsDraft, LifeCycleDraft, PointsDraft, PriorityDraft,
    ScoreRules, ScorecardDraft, TierTableDraft,
};

struct Scores<'a, 'b> {
    draft: &'b PolicyDraft,
    all: &'b mut Assembly<'a>,
}

/// The rules about scores.
pub(super) fn score_rules(draft: &PolicyDraft, all: &mut Assembly<'_>) -> ScoreRules {
    let Some(rules) = draft.scoring() else { return ScoreRules::default() };
    let mut scores = Scores { draft, all };
    ScoreRules {
        tiers: rules.tiers().and_then(|table| scores.tiers(table)),
        life_cycle: rules.life_cycle().and_then(|stages| scores.life_cycle(stages)),
        purchase_type_share: rules.purchase_type_share().copied().inspect(|share| scores.share(*share)),
        engagement: rules.engagement().and_then(|engagement| scores.engagement(engagement)),
        key_accounts: rules.key_accounts().map(|accounts| scores.key_accounts(accounts)),
        priority: rules.priority().and_then(|priority| scores.priority(priority)),
    }
}

impl Scores<'_, '_> {
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
            self.all.problems.test(&mut compiler, rule.when(), &format!("{path}.when"));
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
            self.all.default_span(span, &format!("$.scoring.life_cycle.{key}"));
        }
        let [new, dormant, lost, won_back] = spans.map(|(_, span)| span);
        LifeCycleRule::new(new, dormant, lost, won_back).ok()
    }

    fn engagement(&mut self, draft: &EngagementDraft) -> Option<EngagementRule> {
        let points = draft.worth().iter().map(|(kind, points)| (kind.clone(), *points));
        let half_life = i64::from(*draft.half_life_hours()).saturating_mul(3_600_000_000);
        EngagementRule::new(half_life, points, *draft.half())
            .map_err(|error| self.add("$.scoring.engagement", "scoring.engagement", error))
            .ok()
    }

    fn key_accounts(&mut self, draft: &KeyAccountsDraft) -> KeyAccountRules {
        const PATH: &str = "$.scoring.key_accounts";
        let default = Shares::default();
        let (a, b) = (draft.a_share().copied(), draft.b_share().copied());
        let shares = Shares::new(a.unwrap_or(default.a()), b.unwrap_or(default.b()));
        if let Err(error) = &shares {
            self.add(PATH, "scoring.shares", error);
        }
        let when = draft.when().map(|when| {
            let mut compiler = Compiler::of_customers(self.draft.attributes());
            self.all.problems.test(&mut compiler, when, &format!("{PATH}.when"))
        });
        let scorecard = draft.scorecard().and_then(|card| self.scorecard(card));
        KeyAccountRules { shares: shares.unwrap_or_default(), when, scorecard }
    }

    fn scorecard(&mut self, draft: &ScorecardDraft) -> Option<Scorecard> {
        const PATH: &str = "$.scoring.key_accounts.scorecard";
        self.all.at_most(draft.criteria().len(), limit::WORDS, "criteria", &format!("{PATH}.criteria"));
        let before = self.all.problems.len();
        let mut criteria = Vec::new();
        for (i, criterion) in draft.criteria().iter().enumerate().take(limit::WORDS) {
            let path = format!("{PATH}.criteria[{i}]");
            let declared = self.draft.attributes().get(criterion.attribute()).copied();
            let fits = match criterion.points() {
                PointsDraft::Bands(_) => matches!(declared, Some(AttributeType::Integer | AttributeType::Decimal)),
                PointsDraft::Words(_) => declared == Some(AttributeType::Text),
                PointsDraft::Flag(_) => declared == Some(AttributeType::Bool),
            };
            if !fits {
                let message = format!(
                    "`{}` is not declared in `attributes` with a type that has such points: bands need a number, words a text, a \
                     flag a bool",
                    criterion.attribute()
                );
                self.add(&format!("{path}.attribute"), "scoring.criterion", message);
            }
            match self.criterion(criterion, &path) {
                Some(Ok(criterion)) => criteria.push(criterion),
                Some(Err(error)) => self.add(&path, "scoring.criterion", error),
                None => {}
            }
        }
        if self.all.problems.len() > before {
            return None;
        }
        Scorecard::new(criteria, *draft.cut()).map_err(|error| self.add(PATH, "scoring.scorecard", error)).ok()
    }

    /// None where a cut is no decimal, which is told.
    fn criterion(&mut self, draft: &CriterionDraft, path: &str) -> Option<Result<Criterion, ScorecardError>> {
        let (attribute, weight) = (draft.attribute().clone(), *draft.weight());
        Some(match draft.points() {
            PointsDraft::Bands(bands) => {
                let mut cuts = Vec::new();
                for (i, cut) in bands.cuts().iter().enumerate() {
                    match cut.parse::<Decimal>() {
                        Ok(cut) => cuts.push(cut),
                        Err(error) => {
                            let path = format!("{path}.points.bands.cuts[{i}]");
                            self.add(&path, "scoring.criterion", format!("`{cut}` is no decimal: {error}"));
                        }
                    }
                }
                if cuts.len() < bands.cuts().len() {
                    return None;
                }
                Criterion::bands(attribute, weight, cuts, bands.points().iter().copied())
            }
            PointsDraft::Words(words) => {
                let words = words.of().iter().map(|(word, points)| (word.clone(), *points));
                Criterion::words(attribute, weight, words)
            }
            PointsDraft::Flag(points) => Criterion::flag(attribute, weight, *points),
        })
    }

    fn priority(&mut self, draft: &PriorityDraft) -> Option<PriorityRule> {
        const PATH: &str = "$.scoring.priority";
        self.all.default_span(*draft.starves_after(), &format!("{PATH}.starves_after"));
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
