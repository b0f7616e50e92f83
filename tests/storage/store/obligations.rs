//! The obligations in the docs of the trait are the checks of the suite.

use std::collections::BTreeSet;

use customer_pool::conformance::NAMES;

#[test]
fn each_obligation_names_its_check_and_each_check_its_obligation() {
    let source = include_str!("../../../src/store/blocking.rs");
    let heading = source.find("# To be correct, an implementation must").expect("the heading");
    let end = source.find("pub trait PoolStore").expect("the trait");
    let named: BTreeSet<&str> =
        source[heading..end].split('`').skip(1).step_by(2).filter(|word| !word.contains("::")).collect();
    let named: BTreeSet<&str> = named.into_iter().filter(|word| word.contains('_')).collect();
    assert_eq!(named, NAMES.iter().copied().collect());
}
