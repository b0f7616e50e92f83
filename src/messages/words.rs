//! Instants, spans and kinds in words.

use chrono::{FixedOffset, Timelike as _};

use super::Language;
use super::catalogue::{say, text};
use crate::id::{Label, PoolId};
use crate::model::{ActivityKind, FreezeKind, HoldKind};
use crate::policy::Policy;
use crate::time::{Span, Timestamp};

/// Speaks one language about one policy.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(super) policy: &'a Policy,
    pub(crate) language: Language,
    /// The pool that is spoken of, where it may be named.
    pool: Option<&'a PoolId>,
}

impl<'a> Words<'a> {
    pub(crate) const fn new(policy: &'a Policy, language: Language) -> Self {
        Self { policy, language, pool: None }
    }

    /// The same about this pool.
    pub(super) const fn of_pool(mut self, pool: Option<&'a PoolId>) -> Self {
        self.pool = pool;
        self
    }

    pub(super) fn pool(&self) -> String {
        match self.pool {
            Some(pool) => self.say("pool.named", &[("pool", pool.as_str())]),
            None => self.say("pool.unnamed", &[]),
        }
    }

    pub(crate) fn say(&self, key: &str, parameters: &[(&str, &str)]) -> String {
        say(self.language, key, parameters)
    }

    /// A word of the host's vocabulary.
    pub(super) fn quoted(&self, word: &str) -> String {
        self.say("quoted", &[("word", word)])
    }

    /// The text of a key that the crate may not know, such as a role of the host's.
    pub(super) fn known_or(&self, key: &str, other: &str) -> String {
        text(self.language, key).unwrap_or(other).to_owned()
    }

    /// Local time in the policy's zone, as exact as it must be: `2026-03-06 00:00 +08:00`.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let zone = self.policy.rules().default_calendar.zone();
        let seconds = zone.offset_at(at.as_micros().div_euclid(1_000_000));
        let offset = i32::try_from(seconds).ok().and_then(FixedOffset::east_opt);
        let Some(local) = offset.map(|offset| at.to_datetime().with_timezone(&offset)) else { return at.to_string() };
        let time = if local.second() == 0 && local.nanosecond() == 0 { "%H:%M" } else { "%H:%M:%S%.f" };
        let zone = if seconds % 60 == 0 { "%:z" } else { "%::z" };
        local.format(&format!("%Y-%m-%d {time} {zone}")).to_string()
    }

    pub(super) fn span(&self, span: Span) -> String {
        let number = if span.n() == 1 { "one" } else { "many" };
        let key = format!("span.{}.{number}", span.unit().key());
        let mut words = self.say(&key, &[("n", &span.n().to_string())]);
        if let Some(time) = span.local_time() {
            words = self.say("span.at", &[("span", &words), ("time", &time.to_string())]);
        }
        if span.rolls() { self.say("span.roll", &[("span", &words)]) } else { words }
    }

    pub(super) fn activity(&self, kind: &ActivityKind) -> String {
        match kind {
            ActivityKind::Custom(word) => self.quoted(word.as_str()),
            known => self.say(&format!("activity.{known}"), &[]),
        }
    }

    pub(super) fn document(&self, kind: &HoldKind) -> String {
        match kind {
            HoldKind::Custom(word) => self.quoted(word.as_str()),
            known => self.say(&format!("document.{known}"), &[]),
        }
    }

    pub(super) fn freeze(&self, kind: FreezeKind) -> String {
        self.say(&format!("freeze.{kind}"), &[])
    }

    pub(super) fn audience(&self, audience: &[Label]) -> String {
        self.list(audience.iter().map(|role| self.known_or(&format!("audience.{role}"), &self.quoted(role.as_str()))))
    }

    pub(super) fn list(&self, words: impl IntoIterator<Item = String>) -> String {
        words.into_iter().collect::<Vec<_>>().join(self.language.comma())
    }

    pub(super) fn period(&self, since: Option<Timestamp>, until: Option<Timestamp>) -> String {
        let (since, until) = (since.map(|at| self.time(at)), until.map(|at| self.time(at)));
        match (&since, &until) {
            (Some(since), Some(until)) => self.say("period.between", &[("since", since), ("until", until)]),
            (Some(since), None) => self.say("period.since", &[("since", since)]),
            (None, Some(until)) => self.say("period.until", &[("until", until)]),
            (None, None) => self.say("period.open", &[]),
        }
    }
}
