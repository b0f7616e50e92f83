//! Conditions.

use customer_pool::attribute::AttributeType;
use customer_pool::condition::{Comparison, Condition, Fact, FactType, Membership};
use customer_pool::id::Label;
use customer_pool::model::{Lifecycle, Need, Score, WayIn};

use super::tape::Tape;
use super::vocabulary::{
    ATTRIBUTES, DATES, DURATIONS, FIGURES, INSTANTS, NUMBERS, OWNER_TAGS, REPS, ROLES, TIERS, TOP_UNITS, WHOLE, WORDS,
};

/// About whom a condition is, beside the customer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Its owner.
    Owner,
    /// The rep who wants it.
    Rep,
    /// Nobody.
    Nobody,
}

/// A condition of at most this depth, nested more often than not.
pub(super) fn condition(tape: &mut Tape, depth: u32) -> Option<Condition> {
    condition_about(tape, depth, About::Owner)
}

/// The same about somebody else.
pub(super) fn condition_about(tape: &mut Tape, depth: u32, about: About) -> Option<Condition> {
    if depth == 0 || tape.percent(35) {
        return leaf(tape, about);
    }
    let deeper = depth.saturating_sub(1);
    if tape.percent(20) {
        return Some(condition_about(tape, deeper, about)?.negated());
    }
    let all = tape.percent(45);
    let count = tape.between(1, 3);
    let parts = tape.list(count, |tape| condition_about(tape, deeper, about))?;
    Some(if all { Condition::All(parts) } else { Condition::Any(parts) })
}

fn leaf(tape: &mut Tape, about: About) -> Option<Condition> {
    let fits = |fact: &&Fact| match about {
        About::Owner => !fact.is_of_rep(),
        About::Rep => !fact.is_of_owner(),
        About::Nobody => !fact.is_of_rep() && !fact.is_of_owner(),
    };
    let named: Vec<Fact> = Fact::NAMED.iter().filter(fits).cloned().collect();
    let fact = match tape.below(4) {
        0 => Fact::Tier,
        1 => {
            let (key, _) = tape.pick(ATTRIBUTES)?;
            Fact::Attribute(key.parse().ok()?)
        }
        2 if about == About::Rep && tape.percent(20) => Fact::RepFigure(tape.word(FIGURES)?),
        3 if tape.percent(25) => Fact::Score(tape.pick(Score::ALL)?),
        _ => tape.pick(&named)?,
    };
    match tape.below(10) {
        0 => return Some(Condition::Present(fact)),
        1 => return Some(Condition::Missing(fact)),
        _ => {}
    }
    let value = |tape: &mut Tape, list: &[&str]| tape.pick(list).map(str::to_owned);
    let constant = match type_of(&fact)? {
        FactType::Word | FactType::Words => {
            let mut of: Vec<Label> = tape.words(words_of(&fact), 50);
            if of.is_empty() {
                of.push(tape.word(words_of(&fact))?);
            }
            return Some(Condition::In(Membership { fact, of }));
        }
        FactType::Bool => return Some(Condition::IsTrue(fact)),
        FactType::Integer => value(tape, WHOLE)?,
        FactType::Decimal => value(tape, NUMBERS)?,
        FactType::Date => value(tape, DATES)?,
        FactType::Instant => value(tape, INSTANTS)?,
        _ => value(tape, DURATIONS)?,
    };
    let compared = Comparison { fact, value: constant };
    Some(match tape.below(5) {
        0 => Condition::AtLeast(compared),
        1 => Condition::LessThan(compared),
        2 => Condition::AtMost(compared),
        3 => Condition::GreaterThan(compared),
        _ => Condition::Equals(compared),
    })
}

fn type_of(fact: &Fact) -> Option<FactType> {
    match fact {
        Fact::Attribute(key) => {
            let declared: Option<AttributeType> =
                ATTRIBUTES.iter().find(|(name, _)| key == name).map(|(_, declared)| *declared);
            declared.map(FactType::from)
        }
        named => named.fixed_type(),
    }
}

fn words_of(fact: &Fact) -> &'static [&'static str] {
    const LIFECYCLES: &[&str] = &[Lifecycle::Potential.as_str(), Lifecycle::Active.as_str(), Lifecycle::Lost.as_str()];
    const NEEDS: &[&str] = &[Need::Price.as_str(), Need::Quality.as_str(), Need::Service.as_str()];
    const WAYS: &[&str] = &[WayIn::Claim.as_str(), WayIn::Transfer.as_str(), WayIn::Create.as_str()];
    match fact {
        Fact::Tier => TIERS,
        Fact::Lifecycle => LIFECYCLES,
        Fact::Need => NEEDS,
        Fact::WayIn => WAYS,
        Fact::RepHighestTier => TIERS,
        Fact::OwnerTag | Fact::RepTag => OWNER_TAGS,
        Fact::OwnerUnit | Fact::RepUnit => TOP_UNITS,
        Fact::RepRole => ROLES,
        Fact::Referrer => REPS,
        _ => WORDS,
    }
}
