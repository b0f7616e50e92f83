//! Conditions as masks: what each question asks of the column of its fact.

use rust_decimal::Decimal;

use super::attributes::AttributeColumn;
use super::customers::CustomerColumns;
use super::facts::customer_facts;
use super::kinds::{Coded, Decimals, Flags, Instants};
use super::layout::{Bitmap, Values, days};
use super::lists::Lists;
use super::mask::Mask;
use super::owners::Owner;
use crate::condition::{Constant, Fact, Leaf, Question, Relation, Test, View, is_within};
use crate::id::{CustomerId, Label};
use crate::model::{Customer, Lifecycle, Need, Rep, WayIn};

impl<'a> Mask<'a> {
    /// The condition over these columns, for owned rows.
    pub(super) fn new(test: &Test, columns: &CustomerColumns<'a>) -> Self {
        Self::of(test, &|leaf| of_leaf(leaf, columns))
    }

    /// The condition over these columns, for rows in pools and the rep who wants them.
    pub(super) fn of_claims(test: &Test, columns: &CustomerColumns<'a>, rep: &Rep) -> Self {
        Self::of(test, &|leaf| match &leaf.fact {
            // What is asked of the rep is the same for every row.
            fact if fact.is_of_rep() => {
                let nobody = Customer::awaiting(0_u64.into());
                let view = View { customer: &nobody, owner: Some(rep) };
                Self::Constant(Test::Leaf(leaf.clone()).holds(&view, &mut ()))
            }
            Fact::WayIn => missing(&leaf.question),
            _ => of_leaf(leaf, columns),
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
}

macro_rules! fact_masks {
    ($($group:ident {
        $($(#[$doc:meta])* $name:ident, $with:ident: $type:ty = $value:expr $(, $fact:ident)?;)*
    })*) => {
        fn of_leaf<'a>(leaf: &Leaf, columns: &CustomerColumns<'a>) -> Mask<'a> {
            let question = &leaf.question;
            match &leaf.fact {
                $($($(Fact::$fact => asked(columns.$name, question),)?)*)*
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
                Fact::Attribute(key) => asked(columns.attribute(key).copied(), question),
                Fact::Score(score) => asked(columns.score(*score).copied(), question),
            }
        }
    };
}

customer_facts!(fact_masks);

/// A column that conditions may be about.
trait Asked<'a> {
    fn mask(self, question: &Question) -> Mask<'a>;

    /// What holds of every row where there is no column.
    fn without(question: &Question) -> Mask<'a> {
        missing(question)
    }
}

fn asked<'a, C: Asked<'a>>(column: Option<C>, question: &Question) -> Mask<'a> {
    column.map_or_else(|| C::without(question), |column| column.mask(question))
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

/// A word that conditions name.
trait Word: Sized {
    /// What a row without a word stands for, where that is not a missing fact.
    const DEFAULT: Option<Self> = None;

    fn name(&self) -> &str;

    fn is_in(&self, set: &[Label]) -> bool {
        set.iter().any(|member| *member == self.name())
    }
}

macro_rules! words {
    ($($type:ident $(= $default:expr)?;)*) => {$(
        impl Word for $type {
            $(const DEFAULT: Option<Self> = Some($default);)?

            fn name(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

words! {
    Label;
    CustomerId;
    Lifecycle;
    Need;
    WayIn = WayIn::Claim;
}

impl<'a, T: Word> Asked<'a> for Coded<'a, T> {
    fn mask(self, question: &Question) -> Mask<'a> {
        let default = T::DEFAULT;
        match question {
            Question::In(set) => {
                Mask::word_of(self, default.is_some_and(|word| word.is_in(set)), |word| word.is_in(set))
            }
            Question::Present => Mask::word_of(self, default.is_some(), |_| true),
            Question::Missing => Mask::word_of(self, default.is_none(), |_| false),
            _ => Mask::Constant(false),
        }
    }

    fn without(question: &Question) -> Mask<'a> {
        match (T::DEFAULT, question) {
            (Some(word), Question::In(set)) => Mask::Constant(word.is_in(set)),
            (Some(_), question) => Mask::Constant(matches!(question, Question::Present)),
            (None, question) => missing(question),
        }
    }
}

impl<'a, T: Word> Asked<'a> for Lists<'a, Coded<'a, T>> {
    fn mask(self, question: &Question) -> Mask<'a> {
        match question {
            Question::In(set) => Mask::words_of(self, |word| word.is_in(set)),
            Question::Present => Mask::Listed(self.with_children(()), true),
            Question::Missing => Mask::Listed(self.with_children(()), false),
            _ => Mask::Constant(false),
        }
    }
}

/// Of the owner's words, which are in the dictionary of owners.
fn owners<'a>(
    column: Option<Coded<'a, Owner>>,
    question: &Question,
    of: impl Fn(&Rep) -> &[Label],
    is_in: impl Fn(&Label, &[Label]) -> bool,
) -> Mask<'a> {
    let Some(column) = column else { return missing(question) };
    Mask::word_of(column, matches!(question, Question::Missing), |owner| {
        let words = owner.rep().map(&of).unwrap_or_default();
        match question {
            Question::In(set) => words.iter().any(|word| is_in(word, set)),
            Question::Present => !words.is_empty(),
            Question::Missing => words.is_empty(),
            _ => false,
        }
    })
}

impl<'a> Asked<'a> for Flags<'a> {
    fn mask(self, question: &Question) -> Mask<'a> {
        match question {
            Question::IsTrue => Mask::Flag(self),
            other => given(self.validity(), other),
        }
    }
}

/// Whole numbers, and instants and lengths of time in microseconds.
impl<'a> Asked<'a> for Values<'a, i64> {
    fn mask(self, question: &Question) -> Mask<'a> {
        let (relation, constant) = match question {
            Question::Compare(relation, Constant::Integer(constant)) => (relation, *constant),
            Question::Compare(relation, Constant::Instant(at)) => (relation, at.as_micros()),
            Question::Compare(relation, Constant::Duration(length)) => (relation, length.as_micros()),
            other => return given(self.validity(), other),
        };
        Mask::Number(self, *relation, constant)
    }
}

impl<'a> Asked<'a> for Instants<'a> {
    fn mask(self, question: &Question) -> Mask<'a> {
        self.0.mask(question)
    }
}

/// Counts are never missing: zero where nothing else is said.
impl<'a> Asked<'a> for Values<'a, u32> {
    fn mask(self, question: &Question) -> Mask<'a> {
        match question {
            Question::Compare(relation, Constant::Integer(constant)) => {
                Mask::Count(self, *relation, *constant, relation.bit(&0, constant) != 0)
            }
            other => Self::without(other),
        }
    }

    fn without(question: &Question) -> Mask<'a> {
        Mask::Constant(match question {
            Question::Compare(relation, Constant::Integer(constant)) => relation.bit(&0, constant) != 0,
            other => matches!(other, Question::Present),
        })
    }
}

/// Dates, in days since 1970-01-01.
impl<'a> Asked<'a> for Values<'a, i32> {
    fn mask(self, question: &Question) -> Mask<'a> {
        match question {
            Question::Compare(relation, Constant::Date(constant)) => {
                // Of more years than a number of days holds there is no date.
                Mask::Day(self, *relation, days(*constant).unwrap_or(i32::MAX))
            }
            other => given(self.validity(), other),
        }
    }
}

impl<'a> Asked<'a> for Decimals<'a> {
    fn mask(self, question: &Question) -> Mask<'a> {
        match question {
            Question::Compare(relation, Constant::Decimal(constant)) => {
                let (relation, units) = in_units(*relation, *constant, self.scale());
                Mask::Units(self.units(), relation, units)
            }
            other => given(self.units().validity(), other),
        }
    }
}

impl<'a> Asked<'a> for AttributeColumn<'a> {
    fn mask(self, question: &Question) -> Mask<'a> {
        match self {
            Self::Bool(column) => column.mask(question),
            Self::Integer(column) | Self::Duration(column) => column.mask(question),
            Self::Decimal(column) => column.mask(question),
            Self::Text(column) => column.mask(question),
            Self::Date(column) => column.mask(question),
            Self::Instant(column) => column.mask(question),
        }
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
