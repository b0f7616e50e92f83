//! Conditions over columns: each gives a bit for each of 64 rows. A condition on a word of a dictionary is asked once
//! per word, whatever the number of rows.

use rust_decimal::Decimal;

use super::customers::CustomerColumns;
use super::layout::{Bitmap, Coded, Decimals, Flags, Lists, Values, date};
use super::parts::{AttributeColumn, Owner};
use crate::condition::{Constant, Fact, Leaf, Question, Relation, Test, View, is_within};
use crate::id::Label;
use crate::model::{Customer, Place, Rep, WayIn};

/// For which codes of a dictionary something holds.
pub(super) enum Truth {
    /// At most 64 codes, a bit for each, and how many they are.
    Few(u64, usize),
    Many(Box<[bool]>),
}

impl Truth {
    pub(super) fn new<T>(dictionary: &[T], holds: impl Fn(&T) -> bool) -> Self {
        if dictionary.len() > 64 {
            return Self::Many(dictionary.iter().map(holds).collect());
        }
        let bits = (0_u32..).zip(dictionary).fold(0, |bits, (i, word)| bits | u64::from(holds(word)).wrapping_shl(i));
        Self::Few(bits, dictionary.len())
    }

    fn words(&self) -> usize {
        match self {
            Self::Few(_, words) => *words,
            Self::Many(table) => table.len(),
        }
    }

    #[inline]
    fn of(&self, code: u32) -> bool {
        match self {
            Self::Few(bits, _) => bits.wrapping_shr(code) & 1 != 0,
            Self::Many(table) => table.get(code as usize).copied().unwrap_or_default(),
        }
    }

    /// A bit for each of these codes.
    #[inline]
    pub(super) fn word(&self, codes: &[u32]) -> u64 {
        match self {
            Self::Few(set, _) => bits(codes, |code| set.wrapping_shr(code) & 1),
            Self::Many(_) => bits(codes, |code| u64::from(self.of(code))),
        }
    }
}

/// A bit for each value.
#[inline(always)]
fn bits<T: Copy>(values: &[T], bit: impl Fn(T) -> u64) -> u64 {
    let mut bits = 0;
    let mut place = 0_u32;
    for value in values {
        bits |= bit(*value).wrapping_shl(place);
        place = place.wrapping_add(1);
    }
    bits
}

/// A condition over columns.
pub(super) enum Mask<'a> {
    Constant(bool),
    All(Box<[Mask<'a>]>),
    Any(Box<[Mask<'a>]>),
    Not(Box<Mask<'a>>),
    /// Of a word; and whether it holds where there is none.
    Word(Values<'a, u32>, Truth, bool),
    /// Whether one of several words is in a set.
    Words(Lists<'a, Values<'a, u32>>, Truth),
    /// Whether there are words, or none.
    Listed(Lists<'a, ()>, bool),
    /// Of a number, and whether it holds where there is none.
    Number(Values<'a, i64>, Relation, i64, bool),
    Count(Values<'a, u32>, Relation, i64, bool),
    Day(Values<'a, i32>, Relation, i64),
    /// Of a decimal, in its units.
    Units(Values<'a, i128>, Relation, i128),
    Flag(Flags<'a>),
    /// Whether there is a value, or none.
    Given(Option<Bitmap<'a>>, bool),
}

impl<'a> Mask<'a> {
    /// The condition over these columns, for owned rows.
    pub(super) fn new(test: &Test, columns: &CustomerColumns<'a>) -> Self {
        Self::of(test, &|leaf| Self::leaf(leaf, columns))
    }

    /// The condition over these columns, for rows in pools and the rep who wants them.
    pub(super) fn of_claims(test: &Test, columns: &CustomerColumns<'a>, rep: &Rep) -> Self {
        Self::of(test, &|leaf| match &leaf.fact {
            // What is asked of the rep is the same for every row.
            fact if fact.is_of_rep() => {
                let nobody = Customer::new(0_u64.into(), Place::Awaiting);
                let view = View { customer: &nobody, owner: Some(rep) };
                Self::Constant(Test::Leaf(leaf.clone()).holds(&view, &mut ()))
            }
            Fact::WayIn => missing(&leaf.question),
            _ => Self::leaf(leaf, columns),
        })
    }

    fn of(test: &Test, leaf: &dyn Fn(&Leaf) -> Self) -> Self {
        let all = |parts: &[Test]| parts.iter().map(|part| Self::of(part, leaf)).collect();
        match test {
            Test::Always => Self::Constant(true),
            Test::All(parts) => Self::All(all(parts)),
            Test::Any(parts) => Self::Any(all(parts)),
            Test::Not(part) => Self::Not(Box::new(Self::of(part, leaf))),
            Test::Leaf(one) => leaf(one),
        }
    }

    /// The rows among `within`, of the 64 from `row` on, for which the condition holds.
    pub(super) fn word(&self, row: usize, within: u64) -> u64 {
        if within == 0 {
            return 0;
        }
        let or_missing = |bits: u64, valid: u64, missing: bool| (bits & valid) | if missing { !valid } else { 0 };
        within
            & match self {
                Self::Constant(holds) => {
                    if *holds {
                        u64::MAX
                    } else {
                        0
                    }
                }
                Self::All(parts) => parts.iter().fold(within, |left, part| part.word(row, left)),
                Self::Any(parts) => parts.iter().fold(0, |found, part| found | part.word(row, within & !found)),
                Self::Not(part) => !part.word(row, within),
                Self::Word(codes, truth, missing) => {
                    or_missing(truth.word(codes.word(row)), codes.valid(row), *missing)
                }
                Self::Words(lists, truth) => {
                    let mut found = within & lists.filled(row);
                    let mut left = found;
                    while left != 0 {
                        let i = left.trailing_zeros();
                        left &= left.wrapping_sub(1);
                        let codes = lists.children();
                        let mut range = lists.range(row.wrapping_add(i as usize));
                        if !range.any(|child| codes.get(child).is_some_and(|code| truth.of(code))) {
                            found &= !1_u64.wrapping_shl(i);
                        }
                    }
                    found
                }
                Self::Listed(lists, present) => {
                    if *present {
                        lists.filled(row)
                    } else {
                        !lists.filled(row)
                    }
                }
                Self::Number(values, relation, constant, missing) => or_missing(
                    bits(values.word(row), |value| relation.bit(&value, constant)),
                    values.valid(row),
                    *missing,
                ),
                Self::Count(values, relation, constant, missing) => {
                    let bits = bits(values.word(row), |value| relation.bit(&i64::from(value), constant));
                    or_missing(bits, values.valid(row), *missing)
                }
                Self::Day(values, relation, constant) => {
                    bits(values.word(row), |value| relation.bit(&i64::from(value), constant)) & values.valid(row)
                }
                Self::Units(values, relation, constant) => {
                    bits(values.word(row), |value| relation.bit(&value, constant)) & values.valid(row)
                }
                Self::Flag(flags) => {
                    let (bits, valid) = flags.word(row);
                    bits & valid
                }
                Self::Given(validity, present) => {
                    let valid = validity.as_ref().map_or(u64::MAX, |validity| validity.word(row));
                    if *present { valid } else { !valid }
                }
            }
    }

    /// Whether the condition holds for a code of these, or where there is none; `None` if it asks for more than that.
    pub(super) fn of_code(&self, of: Values<'a, u32>, code: Option<u32>) -> Option<bool> {
        match self {
            Self::Constant(holds) => Some(*holds),
            Self::All(parts) => parts.iter().try_fold(true, |all, part| Some(part.of_code(of, code)? & all)),
            Self::Any(parts) => parts.iter().try_fold(false, |any, part| Some(part.of_code(of, code)? | any)),
            Self::Not(part) => part.of_code(of, code).map(|holds| !holds),
            Self::Word(codes, truth, missing) if codes.is_same(of) => {
                Some(code.map_or(*missing, |code| truth.of(code)))
            }
            _ => None,
        }
    }

    /// The codes that the condition reads first, if it reads any, and how many words they may stand for.
    pub(super) fn codes(&self) -> Option<(Values<'a, u32>, usize)> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(Self::codes),
            Self::Not(part) => part.codes(),
            Self::Word(codes, truth, _) => Some((*codes, truth.words())),
            _ => None,
        }
    }

    fn leaf(leaf: &Leaf, columns: &CustomerColumns<'a>) -> Self {
        let question = &leaf.question;
        match &leaf.fact {
            Fact::Tier => labels(columns.tier, question),
            Fact::SalesStage => labels(columns.sales_stage, question),
            Fact::Intent => labels(columns.intent, question),
            Fact::Region => labels(columns.region, question),
            Fact::Industry => labels(columns.industry, question),
            Fact::Source => labels(columns.source, question),
            Fact::Lifecycle => words(columns.lifecycle, question, |stage, set| is_one(stage.as_str(), set)),
            Fact::Referrer => words(columns.referrer, question, |id, set| is_one(id.as_str(), set)),
            Fact::Need => lists(columns.needs, question, |need, set| is_one(need.as_str(), set)),
            Fact::Skill => lists(columns.skills, question, |skill, set| set.contains(skill)),
            Fact::Tag => lists(columns.tags, question, |tag, set| set.contains(tag)),
            Fact::WayIn => way_in(columns.way_in, question),
            Fact::Value => decimals(columns.value, question),
            Fact::Strength => decimals(columns.strength, question),
            Fact::Satisfaction => decimals(columns.satisfaction, question),
            Fact::ContactCompleteness => decimals(columns.contact_completeness, question),
            Fact::DoNotContact => flags(columns.do_not_contact, question),
            Fact::Created => numbers(columns.created.map(|instants| instants.0), question),
            Fact::LastContractEnd => numbers(columns.last_contract_end.map(|instants| instants.0), question),
            Fact::LastDeal => numbers(columns.last_deal.map(|instants| instants.0), question),
            Fact::TimesClaimed => counts(columns.times_claimed, question),
            Fact::TimesReclaimed => counts(columns.times_reclaimed, question),
            Fact::TimesReleased => counts(columns.times_released, question),
            Fact::DaysInPools => counts(columns.days_in_pools, question),
            Fact::OwnerUnit => {
                owners(columns.owner, question, Rep::units, |unit, set| set.iter().any(|top| is_within(unit, top)))
            }
            Fact::OwnerTag => owners(columns.owner, question, Rep::tags, |tag, set| set.contains(tag)),
            // Asked in claims alone, of a rep and not of a row.
            Fact::RepUnit
            | Fact::RepRole
            | Fact::RepTag
            | Fact::RepRegion
            | Fact::RepIndustry
            | Fact::RepSkill
            | Fact::RepHighestTier
            | Fact::RepTenure
            | Fact::RepFigure(_) => missing(question),
            Fact::Attribute(key) => values(columns.attribute(key), question),
            Fact::Score(score) => values(columns.score(*score), question),
        }
    }
}

/// The mask of a question about values of any type.
fn values<'a>(column: Option<&AttributeColumn<'a>>, question: &Question) -> Mask<'a> {
    match column.copied() {
        None => missing(question),
        Some(AttributeColumn::Bool(column)) => flags(Some(column), question),
        Some(AttributeColumn::Integer(column) | AttributeColumn::Duration(column)) => numbers(Some(column), question),
        Some(AttributeColumn::Decimal(column)) => decimals(Some(column), question),
        Some(AttributeColumn::Text(column)) => labels(Some(column), question),
        Some(AttributeColumn::Date(column)) => dates(column, question),
        Some(AttributeColumn::Instant(column)) => numbers(Some(column.0), question),
    }
}

impl Relation {
    #[inline(always)]
    fn bit<T: Ord>(self, value: &T, constant: &T) -> u64 {
        u64::from(
            (self.less & (value < constant)) | (self.equal & (value == constant)) | (self.greater & (value > constant)),
        )
    }
}

/// What holds of every row where the fact is missing.
fn missing<'a>(question: &Question) -> Mask<'a> {
    Mask::Constant(matches!(question, Question::Missing))
}

/// The mask of a question about whether there is a value.
fn given<'a>(validity: Option<Bitmap<'a>>, question: &Question) -> Mask<'a> {
    match question {
        Question::Present => Mask::Given(validity, true),
        Question::Missing => Mask::Given(validity, false),
        // Nothing else can be asked of this fact: the policy's checks see to that.
        _ => Mask::Constant(false),
    }
}

fn is_one(name: &str, set: &[Label]) -> bool {
    set.iter().any(|member| *member == name)
}

fn labels<'a>(column: Option<Coded<'a, Label>>, question: &Question) -> Mask<'a> {
    words(column, question, |label, set| set.contains(label))
}

fn words<'a, T>(column: Option<Coded<'a, T>>, question: &Question, is_in: impl Fn(&T, &[Label]) -> bool) -> Mask<'a> {
    let Some(column) = column else { return missing(question) };
    match question {
        Question::In(set) => {
            Mask::Word(column.codes(), Truth::new(column.dictionary(), |word| is_in(word, set)), false)
        }
        Question::Present => Mask::Word(column.codes(), Truth::new(column.dictionary(), |_| true), false),
        Question::Missing => Mask::Word(column.codes(), Truth::new(column.dictionary(), |_| false), true),
        _ => Mask::Constant(false),
    }
}

/// An ownership always began in some way: by claim where nothing else is said.
fn way_in<'a>(column: Option<Coded<'a, WayIn>>, question: &Question) -> Mask<'a> {
    match (column, question) {
        (_, Question::Present) => Mask::Constant(true),
        (Some(column), Question::In(set)) => {
            let truth = Truth::new(column.dictionary(), |way_in| is_one(way_in.as_str(), set));
            Mask::Word(column.codes(), truth, is_one(WayIn::Claim.as_str(), set))
        }
        (None, Question::In(set)) => Mask::Constant(is_one(WayIn::Claim.as_str(), set)),
        _ => Mask::Constant(false),
    }
}

fn lists<'a, T>(
    column: Option<Lists<'a, Coded<'a, T>>>,
    question: &Question,
    is_in: impl Fn(&T, &[Label]) -> bool,
) -> Mask<'a> {
    let Some(lists) = column else { return missing(question) };
    let children = lists.children();
    match question {
        Question::In(set) => {
            let truth = Truth::new(children.dictionary(), |word| is_in(word, set));
            Mask::Words(lists.with_children(children.codes()), truth)
        }
        Question::Present => Mask::Listed(lists.with_children(()), true),
        Question::Missing => Mask::Listed(lists.with_children(()), false),
        _ => Mask::Constant(false),
    }
}

/// Of the owner's words, which lie in the dictionary of owners.
fn owners<'a>(
    column: Option<Coded<'a, Owner>>,
    question: &Question,
    of: impl Fn(&Rep) -> &[Label],
    is_in: impl Fn(&Label, &[Label]) -> bool,
) -> Mask<'a> {
    let Some(column) = column else { return missing(question) };
    let truth = Truth::new(column.dictionary(), |owner: &Owner| {
        let words = owner.rep().map(&of).unwrap_or_default();
        match question {
            Question::In(set) => words.iter().any(|word| is_in(word, set)),
            Question::Present => !words.is_empty(),
            Question::Missing => words.is_empty(),
            _ => false,
        }
    });
    Mask::Word(column.codes(), truth, matches!(question, Question::Missing))
}

fn flags<'a>(column: Option<Flags<'a>>, question: &Question) -> Mask<'a> {
    let Some(column) = column else { return missing(question) };
    match question {
        Question::IsTrue => Mask::Flag(column),
        other => given(column.validity(), other),
    }
}

/// Whole numbers, instants and lengths of time.
fn numbers<'a>(column: Option<Values<'a, i64>>, question: &Question) -> Mask<'a> {
    let Some(column) = column else { return missing(question) };
    match question {
        Question::Compare(relation, Constant::Integer(constant)) => Mask::Number(column, *relation, *constant, false),
        Question::Compare(relation, Constant::Instant(at)) => Mask::Number(column, *relation, at.as_micros(), false),
        Question::Compare(relation, Constant::Duration(length)) => {
            Mask::Number(column, *relation, length.as_micros(), false)
        }
        other => given(column.validity(), other),
    }
}

/// Counts are never missing: zero where nothing else is said.
fn counts<'a>(column: Option<Values<'a, u32>>, question: &Question) -> Mask<'a> {
    match (column, question) {
        (_, Question::Present) => Mask::Constant(true),
        (column, Question::Compare(relation, Constant::Integer(constant))) => {
            let zero = relation.bit(&0, constant) != 0;
            column.map_or(Mask::Constant(zero), |column| Mask::Count(column, *relation, *constant, zero))
        }
        _ => Mask::Constant(false),
    }
}

fn dates<'a>(column: Values<'a, i32>, question: &Question) -> Mask<'a> {
    match question {
        Question::Compare(relation, Constant::Date(constant)) => {
            let epoch = date(0).unwrap_or_default();
            Mask::Day(column, *relation, constant.signed_duration_since(epoch).num_days())
        }
        other => given(column.validity(), other),
    }
}

fn decimals<'a>(column: Option<Decimals<'a>>, question: &Question) -> Mask<'a> {
    let Some(column) = column else { return missing(question) };
    match question {
        Question::Compare(relation, Constant::Decimal(constant)) => {
            let (relation, units) = in_units(*relation, *constant, column.scale());
            Mask::Units(column.units(), relation, units)
        }
        other => given(column.units().validity(), other),
    }
}

/// The comparison with a constant in units of the column. A constant between two units equals none of them: what is
/// less than it is at most the lower one.
fn in_units(relation: Relation, constant: Decimal, scale: u32) -> (Relation, i128) {
    let (mantissa, places) = (constant.mantissa(), constant.scale());
    if places <= scale {
        let factor = 10_i128.checked_pow(scale.saturating_sub(places));
        // Beyond all that a decimal keeps, where only the sign counts.
        let bound = if mantissa < 0 { i128::MIN } else { i128::MAX };
        return (
            relation,
            factor.and_then(|factor| mantissa.checked_mul(factor)).unwrap_or(if mantissa == 0 { 0 } else { bound }),
        );
    }
    let factor = 10_i128.saturating_pow(places.saturating_sub(scale));
    let (lower, rest) = (mantissa.div_euclid(factor), mantissa.rem_euclid(factor));
    let exact = rest == 0;
    (Relation { equal: if exact { relation.equal } else { relation.less }, ..relation }, lower)
}
