//! Classes of numbers.

use core::cmp::Ordering;

use rust_decimal::Decimal;

use super::test::{Constant, Question, Relation};

/// Decimals with so many digits behind the point are compared as whole numbers.
const SCALES: u32 = 7;

/// Where the answers to comparisons change. A number that has taken n of these steps is in class 1 + n.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    /// In order. A step is taken at its constant, or beyond it if `true`.
    list: Box<[(Decimal, bool)]>,
    /// For each scale from 0 on the least whole numbers that have taken each step.
    whole: Box<[i64]>,
}

impl Steps {
    /// For the numbers that these questions compare with.
    pub(super) fn new<'q>(questions: impl Iterator<Item = &'q Question>) -> Option<Self> {
        let mut list = Vec::new();
        for question in questions {
            if let Question::Compare(relation, constant) = question {
                let constant = number(constant)?;
                list.extend((relation.less != relation.equal).then_some((constant, false)));
                list.extend((relation.equal != relation.greater).then_some((constant, true)));
            }
        }
        list.sort_unstable();
        list.dedup();
        let mut whole = Vec::new();
        for scale in 0..SCALES {
            match list.iter().map(|step| least(step, scale)).collect::<Option<Vec<i64>>>() {
                Some(row) => whole.extend(row),
                None => break,
            }
        }
        Some(Self { list: list.into(), whole: whole.into() })
    }

    /// How many classes there are.
    pub(super) fn classes(&self) -> usize {
        self.list.len().saturating_add(2)
    }

    /// The class of a decimal.
    #[inline(always)]
    pub(super) fn class_of(&self, value: Decimal) -> usize {
        match i64::try_from(value.mantissa()) {
            Ok(mantissa) => self.taken(mantissa, value.scale() as usize).unwrap_or_else(|| self.class_at_length(value)),
            Err(_) => self.class_at_length(value),
        }
    }

    /// The class of a whole number.
    #[inline(always)]
    pub(super) fn class_of_integer(&self, value: i64) -> usize {
        self.taken(value, 0).unwrap_or_else(|| self.class_at_length(value.into()))
    }

    #[inline(always)]
    fn taken(&self, mantissa: i64, scale: usize) -> Option<usize> {
        let from = scale.checked_mul(self.list.len())?;
        let row = self.whole.get(from..from.checked_add(self.list.len())?)?;
        Some(row.iter().fold(1, |class, least| usize::wrapping_add(class, usize::from(mantissa >= *least))))
    }

    #[cold]
    fn class_at_length(&self, value: Decimal) -> usize {
        let taken = |(at, beyond): &&(Decimal, bool)| if *beyond { value > *at } else { value >= *at };
        self.list.iter().filter(taken).count().saturating_add(1)
    }

    /// Whether numbers of this class compare so with the constant.
    pub(super) fn holds(&self, relation: Relation, constant: &Constant, class: usize) -> bool {
        let Some((constant, taken)) = number(constant).zip(class.checked_sub(1)) else { return false };
        let has = |beyond| self.list.iter().take(taken).any(|step| *step == (constant, beyond));
        relation.admits(match (has(true), has(false)) {
            (true, _) => Ordering::Greater,
            (false, true) => Ordering::Equal,
            (false, false) => Ordering::Less,
        })
    }
}

fn number(constant: &Constant) -> Option<Decimal> {
    match constant {
        Constant::Integer(value) => Some((*value).into()),
        Constant::Decimal(value) => Some(*value),
        _ => None,
    }
}

/// The least mantissa at this scale that has taken the step.
fn least((at, beyond): &(Decimal, bool), scale: u32) -> Option<i64> {
    let power = |n| 10_i128.checked_pow(n);
    let (floor, exact) = match scale.checked_sub(at.scale()) {
        Some(more) => (at.mantissa().checked_mul(power(more)?)?, true),
        None => {
            let part = power(at.scale().checked_sub(scale)?)?;
            (at.mantissa().checked_div_euclid(part)?, at.mantissa().checked_rem_euclid(part)? == 0)
        }
    };
    let least = if exact && !beyond { floor } else { floor.checked_add(1)? };
    i64::try_from(least).ok()
}
