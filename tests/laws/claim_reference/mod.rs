//! Claims as the specification reads, and nothing else: every rule is looked at from the beginning, every span is
//! walked day by day, and every instant that could matter is tried. It knows facts and policy drafts by their getters,
//! and nothing of what the crate makes of them.

mod capacity;
mod counting;
mod hand_out;
mod history;
mod qualification;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use customer_pool::ReasonCode;
use customer_pool::claim::{Acquisition, Bypass, Check, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::id::{Label, PoolId};
use customer_pool::model::{FreezeKind, Place, Rep};
use customer_pool::policy::draft::{ClaimRulesDraft, PolicyDraft, PoolDraft, Scope};
use customer_pool::time::{Span, Timestamp, Undatable};

use crate::condition;
use crate::naive::Naive;

/// The answer for one rep and one customer at one instant; denials sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) verdict: ClaimVerdict,
    pub(crate) denials: Vec<Denial>,
    pub(crate) warnings: Vec<Denial>,
    pub(crate) bypassed: Vec<Denial>,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) next_change: Option<Timestamp>,
}

impl Answer {
    fn bare(verdict: ClaimVerdict, denials: Vec<Denial>) -> Self {
        Self { verdict, denials, warnings: vec![], bypassed: vec![], retry_at: None, next_change: None }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.verdict == other.verdict && self.denials == other.denials && self.warnings == other.warnings
    }
}

/// What was found at one instant, and every instant found on the way.
struct Judged {
    answer: Answer,
    marks: BTreeSet<Timestamp>,
}

impl Judged {
    fn bare(verdict: ClaimVerdict, denials: Vec<Denial>) -> Self {
        Self { answer: Answer::bare(verdict, denials), marks: BTreeSet::new() }
    }
}

/// What the checks write down.
struct Sheet {
    now: Timestamp,
    denials: Vec<Denial>,
    unknown: Vec<(Option<Check>, Option<Label>, ReasonCode)>,
    warnings: Vec<Denial>,
    asked: bool,
    marks: BTreeSet<Timestamp>,
}

impl Sheet {
    fn unknown(&mut self, check: Check, rule: Option<&Label>, code: ReasonCode) {
        self.unknown.push((Some(check), rule.cloned(), code));
    }
}

type Walked = Rc<RefCell<HashMap<(Timestamp, Span), Result<Timestamp, ReasonCode>>>>;

/// One question under one policy.
pub(crate) struct Reference<'a> {
    policy: &'a PolicyDraft,
    rules: ClaimRulesDraft,
    case: ClaimCase<'a>,
    calendar: Naive<'a>,
    /// Whether the eleventh check is left out.
    is_for_draw: bool,
    walked: Walked,
}

impl<'a> Reference<'a> {
    pub(crate) fn new(policy: &'a PolicyDraft, case: ClaimCase<'a>) -> Self {
        Self {
            policy,
            rules: policy.claims().cloned().unwrap_or_default(),
            case,
            calendar: Naive::new(&policy.calendars()[policy.default_calendar().unwrap()]),
            is_for_draw: false,
            walked: Rc::default(),
        }
    }

    /// The question whether a rep who asked in a lottery may still have the customer.
    fn of_asker<'b>(&'b self, rep: &'b Rep, ledgers: &'b [customer_pool::model::Ledger]) -> Reference<'b> {
        let case = ClaimCase::new(self.case.customer(), rep).with_ledgers(ledgers).with_step(ClaimStep::Claim);
        Reference { is_for_draw: true, walked: self.walked.clone(), ..Reference::new(self.policy, case) }
    }

    /// The whole answer.
    pub(crate) fn claim(&self, now: Timestamp) -> Answer {
        let first = self.judge(now);
        let answer = first.answer.clone();
        let next_change = self.first_after(&first, now, |later| !later.is_same(&answer));
        let waits = match answer.verdict {
            ClaimVerdict::Denied => answer.denials.iter().all(is_lifted_by_time),
            ClaimVerdict::Undetermined(_) => true,
            _ => false,
        };
        let is_eligible = |later: &Answer| later.verdict == ClaimVerdict::Eligible;
        let retry_at = if waits { self.first_after(&first, now, is_eligible) } else { None };
        Answer { retry_at, next_change, ..answer }
    }

    /// Every instant that could matter to somebody who asks at `now`, earlier ones among them.
    pub(crate) fn boundaries(&self, now: Timestamp) -> BTreeSet<Timestamp> {
        self.judge(now).marks
    }

    fn first_after(&self, first: &Judged, now: Timestamp, fits: impl Fn(&Answer) -> bool) -> Option<Timestamp> {
        let mut open = first.marks.clone();
        while let Some(at) = open.pop_first() {
            if at <= now {
                continue;
            }
            let later = self.judge(at);
            if fits(&later.answer) {
                return Some(at);
            }
            open.extend(later.marks.into_iter().filter(|mark| *mark > at));
        }
        None
    }

    fn end(&self, from: Timestamp, span: Span) -> Result<Timestamp, ReasonCode> {
        let walk = || match self.calendar.end(from, span, &[]) {
            Ok((at, _)) => Ok(at),
            Err(Undatable::CalendarOutOfRange) => Err(ReasonCode::CalendarOutOfRange),
            Err(Undatable::TimeOutOfRange) => Err(ReasonCode::TimeOutOfRange),
        };
        *self.walked.borrow_mut().entry((from, span)).or_insert_with(walk)
    }

    fn takes_from_pool(&self) -> bool {
        matches!(self.case.acquisition(), Acquisition::Claim | Acquisition::Assign)
    }

    /// Whether this way in runs the check: what the specification lists, and what the policy changes.
    fn runs(&self, check: Check) -> bool {
        use Check::{Capacity, Frozen, MinimumInterval, Qualification, Quota};
        let usual = match self.case.acquisition() {
            Acquisition::Claim => true,
            Acquisition::Assign => check != MinimumInterval,
            Acquisition::Transfer | Acquisition::Create | Acquisition::Import => {
                matches!(check, Frozen | Qualification | Quota | Capacity)
            }
            Acquisition::Departure => matches!(check, Frozen | Qualification),
            Acquisition::Restore => matches!(check, Frozen | Capacity),
        };
        match self.rules.checks().get(&self.case.acquisition()) {
            Some(changes) if changes.remove().contains(&check) => false,
            Some(changes) if changes.add().contains(&check) => true,
            _ => usual,
        }
    }

    fn is_bypassed(&self, check: Option<Check>, rule: Option<&Label>) -> bool {
        self.case.bypasses().iter().any(|bypass| match bypass {
            Bypass::Check(named) => Some(*named) == check,
            Bypass::Rule(named) => Some(named) == rule,
        })
    }

    fn pool_draft(&self, id: &PoolId) -> Option<&'a PoolDraft> {
        self.policy.pools().iter().find(|pool| pool.id() == id)
    }

    /// Whether a rule about these pools is about this customer.
    fn concerns(&self, sheet: &mut Sheet, check: Check, rule: &Label, pools: Option<&Vec<PoolId>>) -> bool {
        let Some(pools) = pools else { return true };
        let Some(pool) = self.case.customer().last_pool() else { return false };
        if self.pool_draft(pool).is_none() {
            sheet.unknown(check, Some(rule), ReasonCode::UnknownPool);
        }
        pools.contains(pool)
    }

    fn judge(&self, now: Timestamp) -> Judged {
        let (customer, rep) = (self.case.customer(), self.case.rep());
        if customer.ownership().is_some_and(|ownership| ownership.owner() == rep.id()) {
            return Judged::bare(ClaimVerdict::AlreadyMine, vec![]);
        }
        if self.takes_from_pool() && customer.stay().is_none() {
            return self.in_no_pool();
        }
        let mut sheet =
            Sheet { now, denials: vec![], unknown: vec![], warnings: vec![], asked: false, marks: BTreeSet::new() };
        let pool = customer.last_pool().map(|id| self.pool_draft(id));
        if let (Some(None), true) = (pool, self.takes_from_pool() || self.runs(Check::Membership)) {
            return Judged::bare(ClaimVerdict::Undetermined(ReasonCode::UnknownPool), vec![]);
        }
        if let (Some(Some(pool)), true) = (pool, self.runs(Check::Membership)) {
            if !is_member(pool, rep) {
                if !self.is_bypassed(Some(Check::Membership), None) {
                    return Judged::bare(ClaimVerdict::Denied, vec![Denial::NotMember]);
                }
                sheet.denials.push(Denial::NotMember);
            }
            if pool.disabled() {
                sheet.denials.push(Denial::PoolDisabled);
            }
        }
        if !rep.is_active() {
            sheet.denials.push(Denial::RepInactive);
        }
        if self.takes_from_pool() && self.case.pool().is_some_and(|named| Some(named) != customer.last_pool()) {
            sheet.denials.push(Denial::NotInNamedPool);
        }
        self.entry(&mut sheet);
        self.protection(&mut sheet);
        self.history(&mut sheet);
        self.qualifications(&mut sheet);
        self.counting(&mut sheet);
        self.capacities(&mut sheet);
        if self.runs(Check::HandOut) && !self.is_for_draw {
            self.hand_out(&mut sheet);
        }
        self.sum_up(sheet)
    }

    /// A customer to be taken from a pool that lies in none: whoever may know is told one thing.
    fn in_no_pool(&self) -> Judged {
        let (customer, rep) = (self.case.customer(), self.case.rep());
        let stranger = || Judged::bare(ClaimVerdict::Denied, vec![Denial::NotMember]);
        let Some(id) = customer.last_pool() else { return stranger() };
        let told = match customer.place() {
            Place::Owned(ownership) => {
                Denial::Owned { owner: self.rules.names_owner().then(|| ownership.owner().clone()) }
            }
            Place::Closed(cause) => Denial::Closed { cause: *cause },
            Place::Awaiting | Place::Pool(_) => return stranger(),
        };
        let Some(pool) = self.pool_draft(id) else {
            return Judged::bare(ClaimVerdict::Undetermined(ReasonCode::UnknownPool), vec![]);
        };
        let mut judged = Judged::bare(ClaimVerdict::Denied, vec![told]);
        if self.runs(Check::Membership) && !is_member(pool, rep) {
            if !self.is_bypassed(Some(Check::Membership), None) {
                return stranger();
            }
            judged.answer.bypassed.push(Denial::NotMember);
        }
        judged
    }

    /// An entry into the pool that nobody can have made yet.
    fn entry(&self, sheet: &mut Sheet) {
        let Some(stay) = self.case.customer().stay() else { return };
        let skew = i64::from(self.policy.clock_skew_s().copied().unwrap_or(300)) * 1_000_000;
        if stay.since().as_micros() > sheet.now.as_micros() + skew {
            sheet.unknown.push((None, None, ReasonCode::PoolEntryInFuture));
        }
        sheet.marks.extend(stay.since().checked_add_micros(-skew));
    }

    /// The third check.
    fn protection(&self, sheet: &mut Sheet) {
        let customer = self.case.customer();
        let freezes = customer.protection().map_or(&[][..], |protection| protection.freezes());
        sheet.marks.extend(freezes.iter().filter_map(|freeze| freeze.until()));
        let now = sheet.now;
        let live = |kind: FreezeKind| -> Vec<Option<Timestamp>> {
            let of_kind = freezes.iter().filter(|freeze| freeze.kind() == kind).map(|freeze| freeze.until());
            of_kind.filter(|until| until.is_none_or(|until| now < until)).collect()
        };
        let frozen = FreezeKind::ALL.iter().map(|kind| (*kind, live(*kind))).find(|(_, untils)| !untils.is_empty());
        let frozen = frozen.map(|(kind, untils)| Denial::Frozen {
            kind,
            until: if untils.contains(&None) { None } else { untils.into_iter().flatten().max() },
        });
        if self.runs(Check::Frozen) {
            sheet.denials.extend(frozen);
        }
        if let Place::Closed(cause) = customer.place() {
            sheet.denials.push(Denial::Closed { cause: *cause });
        }
        let unwilling = customer.profile().and_then(|profile| profile.do_not_contact()) == Some(true);
        if unwilling && self.takes_from_pool() {
            sheet.denials.push(Denial::DoNotContact);
        }
    }

    fn sum_up(&self, sheet: Sheet) -> Judged {
        let (bypassed, mut denials): (Vec<_>, Vec<_>) =
            sheet.denials.into_iter().partition(|denial| self.is_bypassed(check_of(denial), rule_of(denial)));
        let unknown = sheet.unknown.iter().filter(|(check, rule, _)| !self.is_bypassed(*check, rule.as_ref()));
        let verdict = match unknown.map(|(.., code)| *code).min() {
            _ if !denials.is_empty() => ClaimVerdict::Denied,
            Some(code) => ClaimVerdict::Undetermined(code),
            None if sheet.asked => ClaimVerdict::AlreadyAsked,
            None => ClaimVerdict::Eligible,
        };
        let (mut bypassed, mut warnings) = (bypassed, sheet.warnings);
        denials.sort();
        bypassed.sort();
        warnings.sort();
        let answer = Answer { denials, warnings, bypassed, ..Answer::bare(verdict, vec![]) };
        Judged { answer, marks: sheet.marks }
    }
}

/// Which check a denial is of, where a bypass may name it.
fn check_of(denial: &Denial) -> Option<Check> {
    Some(match denial {
        Denial::NotMember | Denial::PoolDisabled => Check::Membership,
        Denial::Frozen { .. } => Check::Frozen,
        Denial::QuietPeriod { .. } => Check::QuietPeriod,
        Denial::Cooldown { .. } => Check::Cooldown,
        Denial::RepeatLimit { .. } => Check::RepeatLimit,
        Denial::Qualification { .. } => Check::Qualification,
        Denial::MinimumInterval { .. } => Check::MinimumInterval,
        Denial::Quota { .. } => Check::Quota,
        Denial::Capacity { .. } => Check::Capacity,
        Denial::Blind
        | Denial::AskFirst
        | Denial::Reserved { .. }
        | Denial::OtherReservation { .. }
        | Denial::Lapsed { .. }
        | Denial::LotteryOpen { .. }
        | Denial::LotteryOver
        | Denial::DrawnToAnother => Check::HandOut,
        _ => return None,
    })
}

fn rule_of(denial: &Denial) -> Option<&Label> {
    match denial {
        Denial::QuietPeriod { rule, .. }
        | Denial::Cooldown { rule, .. }
        | Denial::RepeatLimit { rule, .. }
        | Denial::Qualification { rule, .. }
        | Denial::Quota { rule, .. }
        | Denial::Capacity { rule, .. } => Some(rule),
        _ => None,
    }
}

fn is_lifted_by_time(denial: &Denial) -> bool {
    match denial {
        Denial::Quota { limit, .. } => *limit > 0,
        Denial::QuietPeriod { .. }
        | Denial::Cooldown { .. }
        | Denial::RepeatLimit { .. }
        | Denial::MinimumInterval { .. }
        | Denial::Reserved { .. }
        | Denial::OtherReservation { .. }
        | Denial::Lapsed { .. }
        | Denial::LotteryOpen { .. } => true,
        _ => false,
    }
}

fn is_member(pool: &PoolDraft, rep: &Rep) -> bool {
    pool.members().iter().any(|scope| covers(scope, rep))
}

fn covers(scope: &Scope, rep: &Rep) -> bool {
    match scope {
        Scope::Everybody => true,
        Scope::Role(role) => rep.roles().iter().any(|own| own == role),
        Scope::Unit(top) => rep.units().iter().any(|unit| condition::is_below(unit.as_str(), top.as_str())),
        Scope::UnitAlone(unit) => rep.units().iter().any(|own| own == unit),
        Scope::Rep(id) => rep.id() == id,
    }
}
