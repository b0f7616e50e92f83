//! Which rows a rep might be allowed to claim: what certainly denies them, 64 rows at a time.

use core::ops::Range;

use super::block::each;
use super::customers::{CustomerColumns, RowPlace};
use super::error::{ColumnError, ColumnProblem};
use super::kinds::Coded;
use super::layout::{WORD, first};
use super::mask::{Mask, Truth};
use super::tail::by_code;
use crate::claim::{Acquisition, Check, ClaimRules, Pools, Requires};
use crate::id::{Label, PoolId};
use crate::model::Rep;
use crate::policy::Policy;
use crate::time::{Span, Timestamp};

impl Policy {
    /// Which rows this rep might be allowed to claim at `now`: a filter before [`claim`](Self::claim), which alone knows.
    ///
    /// Where a bit of `out` is zero, `claim` does not say *eligible* for the row's customer, whatever the ledgers. A bit
    /// is one where none of these denies: where the customer is, membership of its pool, whether the rep is active and
    /// the pool enabled, freezes, whether the customer may be contacted, quiet periods but those of first entries, and
    /// qualifications. Where they cannot tell, it is one. Cooldowns, repeat limits, quotas, capacities and hand-out are
    /// not asked.
    ///
    /// `out` gets a bit for each row, the least significant of a byte first, as Arrow's booleans are, from its first bit
    /// on; the rest of its last byte is zeros. Gives the number of ones.
    ///
    /// ```
    /// use customer_pool::columns::{Coded, CustomerColumns, RowPlace, Values};
    /// use customer_pool::{Label, Policy, Rep, at, id};
    ///
    /// let policy = Policy::from_json(r#"{
    ///     "format": 1, "id": "sales", "revision": 1,
    ///     "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
    ///                          "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
    ///     "default_calendar": "cn",
    ///     "pools": [{"id": "east", "members": [{"unit": "east"}]}], "routing": {"fallback": "east"},
    ///     "claims": {"qualifications": [{"id": "region", "requires": "region"}]}
    /// }"#)?;
    /// let rep = Rep::new(id!("li")).with_units([id!("east")]).with_regions([id!("shanghai")]);
    /// let regions: [Label; 2] = [id!("shanghai"), id!("hangzhou")];
    /// let pools = [id!("east")];
    /// let columns = CustomerColumns::new(Coded::new(Values::new(&[1, 1, 0]), RowPlace::ALL))?
    ///     .with_pool(Coded::new(Values::new(&[0, 0, 0]), &pools))?
    ///     .with_region(Coded::new(Values::new(&[0, 1, 0]), &regions))?;
    /// let mut bits = [0];
    /// let count = policy.may_claim_rows(&columns, 0..3, &rep, at!("2026-03-02T15:00:00+08:00"), &mut bits)?;
    /// assert_eq!((count, bits), (1, [0b001])); // the second is of another region, the third is owned
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A [`ColumnError`] where there are no such rows, or `out` has another number of bytes than they need.
    pub fn may_claim_rows(
        &self,
        columns: &CustomerColumns<'_>,
        rows: Range<usize>,
        rep: &Rep,
        now: Timestamp,
        out: &mut [u8],
    ) -> Result<usize, ColumnError> {
        let count = rows.len();
        columns.check_rows(&rows, count)?;
        let (expected, found) = (count.div_ceil(8), out.len());
        if expected != found {
            return Err(ColumnError::new("out", None, ColumnProblem::Length { expected, found }));
        }
        let filter = Filter::new(self.claim_rules(), columns, rep, now);
        let mut ones = 0_usize;
        for (from, bytes) in (0..count).step_by(WORD).zip(out.chunks_mut(WORD / 8)) {
            let word = filter.word(rows.start.wrapping_add(from), first(count.saturating_sub(from)));
            ones = ones.saturating_add(word.count_ones() as usize);
            for (byte, bits) in bytes.iter_mut().zip(word.to_le_bytes()) {
                *byte = bits;
            }
        }
        Ok(ones)
    }
}

/// What denies a rep, made ready for the columns of one table and one instant.
struct Filter<'a> {
    columns: &'a CustomerColumns<'a>,
    rules: &'a ClaimRules,
    now: Timestamp,
    /// Whether anything is for this rep at all.
    open: bool,
    in_pool: Truth,
    /// Pools out of which the rep may have nothing.
    barred: Option<(Coded<'a, PoolId>, Truth)>,
    freezes: bool,
    quiet: Vec<(Span, Option<Truth>)>,
    /// What must be so, and of which pools.
    required: Vec<(Mask<'a>, Option<Truth>)>,
}

impl<'a> Filter<'a> {
    fn new(rules: &'a ClaimRules, columns: &'a CustomerColumns<'a>, rep: &Rep, now: Timestamp) -> Self {
        let checks = rules.checks_of(Acquisition::Claim);
        let barred = |id: &PoolId| {
            let pool = rules.pool(id).map(|(_, pool)| pool);
            pool.is_some_and(|pool| pool.disabled || !pool.members.iter().any(|scope| scope.covers(rep)))
        };
        let membership = columns.pool.filter(|_| checks.has(Check::Membership));
        let quiet = rules.quiet_periods.iter().filter(|rule| checks.has(Check::QuietPeriod) && !rule.first_entry_only);
        let qualifications = rules.qualifications.iter().filter(|_| checks.has(Check::Qualification));
        let required = qualifications.filter_map(|rule| {
            Some((required(rules, &rule.requires, columns, rep)?, bound(rules, &rule.pools, columns)))
        });
        Self {
            columns,
            rules,
            now,
            open: rep.is_active(),
            in_pool: Truth::new(columns.place.dictionary(), |kind| *kind == RowPlace::Pool),
            barred: membership.map(|pools| (pools, Truth::new(pools.dictionary(), barred))),
            freezes: checks.has(Check::Frozen),
            quiet: quiet.map(|rule| (rule.span, bound(rules, &rule.pools, columns))).collect(),
            required: required.collect(),
        }
    }

    /// The rows among `all` that nothing denies.
    fn word(&self, row: usize, all: u64) -> u64 {
        if !self.open {
            return 0;
        }
        let columns = self.columns;
        let mut left = all & self.in_pool.word(columns.place.codes().word(row));
        if let Some((pools, barred)) = &self.barred {
            left &= !by_code(&pools.codes(), barred, false, row);
        }
        if let Some(flags) = &columns.do_not_contact {
            left &= !flags.word(row);
        }
        for (mask, of) in &self.required {
            let bound = left & self.bound(of.as_ref(), row);
            left &= !bound | mask.word(row, bound);
        }
        if self.freezes {
            left &= !self.frozen(row, left);
        }
        for (span, of) in &self.quiet {
            left &= !self.quiet(*span, row, left & self.bound(of.as_ref(), row));
        }
        left
    }

    /// The rows in pools for which a rule binds.
    fn bound(&self, of: Option<&Truth>, row: usize) -> u64 {
        match (of, &self.columns.pool) {
            (None, _) => u64::MAX,
            (Some(truth), Some(pools)) => by_code(&pools.codes(), truth, false, row),
            (Some(_), None) => 0,
        }
    }

    fn frozen(&self, row: usize, within: u64) -> u64 {
        let Some(lists) = &self.columns.freezes else { return 0 };
        let until = &lists.children().until;
        let live = |child| until.get(child).is_none_or(|until| self.now < until);
        let frozen = |i: &usize| lists.range(row.wrapping_add(*i)).any(live);
        each(within & lists.filled(row)).filter(frozen).fold(0, |rows, i| rows | 1_u64.wrapping_shl(i as u32))
    }

    fn quiet(&self, span: Span, row: usize, within: u64) -> u64 {
        let Some(since) = &self.columns.pool_since else { return 0 };
        let quiet = |i: &usize| {
            let since = since.get(row.wrapping_add(*i));
            since.is_some_and(|since| self.rules.calendar.end(since, span, &[]).is_ok_and(|end| self.now < end.at()))
        };
        each(within).filter(quiet).fold(0, |rows, i| rows | 1_u64.wrapping_shl(i as u32))
    }
}

/// Of the dictionary of pools those for which a rule certainly binds; `None` where it binds everywhere.
fn bound(rules: &ClaimRules, pools: &Pools, columns: &CustomerColumns<'_>) -> Option<Truth> {
    pools.0.as_ref()?;
    let dictionary = columns.pool.map(|pools| pools.dictionary()).unwrap_or_default();
    Some(Truth::new(dictionary, |id| rules.pool(id).is_some_and(|(pool, _)| pools.bind(Some(pool)))))
}

/// Where a requirement is met; `None` where columns do not tell.
fn required<'a>(rules: &ClaimRules, requires: &Requires, columns: &CustomerColumns<'a>, rep: &Rep) -> Option<Mask<'a>> {
    let among = |column: Option<Coded<'a, Label>>, list: &[Label]| {
        column.map_or(Mask::Constant(false), |column| Mask::word_of(column, false, |word| list.contains(word)))
    };
    Some(match requires {
        Requires::Condition(clause) => {
            let other = |(key, kind): &(_, _)| columns.attribute(key).is_some_and(|column| column.kind() != *kind);
            if clause.attributes.iter().any(other) {
                return None;
            }
            Mask::of_claims(&clause.test, columns, rep)
        }
        Requires::Tier => {
            let place = |tier: &Label| rules.tiers.iter().position(|known| known == tier);
            // Without a highest tier no tier is met.
            let allowed = rep.highest_tier().and_then(place).and_then(|highest| rules.tiers.get(..=highest));
            among(columns.tier, allowed.unwrap_or_default())
        }
        Requires::Region => among(columns.region, rep.regions()),
        Requires::Industry => among(columns.industry, rep.industries()),
        Requires::Skill => {
            let lacking = Mask::words_of(columns.skills?, |skill| !rep.skills().contains(skill));
            Mask::Not(Box::new(lacking))
        }
    })
}
