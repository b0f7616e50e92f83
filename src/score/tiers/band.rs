//! What keeps a tier: its rule with every numeric cut lowered.

use rust_decimal::Decimal;

use crate::condition::{Constant, Leaf, Question, Relation, Test};

/// The test with every cut times `share` per mille; `None` where a product has no decimal.
pub(super) fn lowered(test: &Test, share: u16) -> Option<Test> {
    let all = |parts: &[Test]| parts.iter().map(|part| lowered(part, share)).collect::<Option<Box<[Test]>>>();
    Some(match test {
        Test::All(parts) => Test::All(all(parts)?),
        Test::Any(parts) => Test::Any(all(parts)?),
        Test::Leaf(leaf) => Test::Leaf(cut(leaf, share)?),
        // Under `not` a lower cut would ask for more.
        Test::Not(_) | Test::Always => test.clone(),
    })
}

fn cut(leaf: &Leaf, share: u16) -> Option<Leaf> {
    let mut lower = leaf.clone();
    if let Question::Compare(relation @ Relation { less: false, greater: true, .. }, constant) = &mut lower.question {
        match constant {
            Constant::Integer(n) if *n > 0 => {
                let product = i128::from(*n).checked_mul(i128::from(share))?;
                // A whole number is at least a product if it is at least the next whole number, and above it if it is
                // above the one before.
                let up = if relation.equal { 999 } else { 0 };
                *n = i64::try_from(product.checked_add(up)?.checked_div(1_000)?).ok()?;
            }
            Constant::Decimal(value) if *value > Decimal::ZERO => {
                *value = exact_product(*value, share)?;
            }
            _ => {}
        }
    }
    Some(lower)
}

/// The product, unless it was rounded.
fn exact_product(value: Decimal, share: u16) -> Option<Decimal> {
    let thousandth = Decimal::new(1, 3);
    let product = value.checked_mul(Decimal::from(share))?.normalize();
    let scaled = product.checked_mul(thousandth)?;
    (scaled.checked_mul(Decimal::ONE_THOUSAND)? == product).then_some(scaled)
}
