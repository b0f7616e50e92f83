//! Conditions.

use customer_pool::attribute::AttributeType;
use customer_pool::condition::{Comparison, Condition, Fact, FactType, Membership};
use customer_pool::id::Label;
use customer_pool::model::{Lifecycle, Need, WayIn};

use super::tape::Tape;
use super::vocabulary::{
    ATTRIBUTES, DATES, DURATIONS, INSTANTS, NUMBERS, OWNER_TAGS, REPS, TIERS, TOP_UNITS, WHOLE, WORDS,
};

/// A condition of at most this depth, nested more often than not.
pub(super) fn condition(tape: &mut Tape, depth: u32) -> Option<Condition> {
    if depth == 0 || tape.percent(35) {
        return leaf(tape);
    }
    let deeper = depth.saturating_sub(1);
    if tape.percent(20) {
        return Some(condition(tape, deeper)?.negated());
    }
    let all = tape.percent(45);
    let mut parts = Vec::new();
    for _ in 0..tape.between(1, 3) {
        parts.push(condition(tape, deeper)?);
    }
    Some(if all { Condition::All(parts) } else { Condition::Any(parts) })
}

fn leaf(tape: &mut Tape) -> Option<Condition> {
    let fact = match tape.below(4) {
        0 => Fact::Tier,
        1 => {
            let (key, _) = tape.pick(ATTRIBUTES)?;
            Fact::Attribute(key.parse().ok()?)
        }
        _ => tape.pick(Fact::NAMED)?,
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
        Fact::OwnerTag => OWNER_TAGS,
        Fact::OwnerUnit => TOP_UNITS,
        Fact::Referrer => REPS,
        _ => WORDS,
    }
}
