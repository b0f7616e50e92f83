//! Columns decide as rows do.
#![cfg(feature = "chrono-tz")]

mod claimable;
mod layouts;
mod refused;
mod worlds;

use crate::workloads::columns::{ByHand, W1Columns, decisions};
use crate::workloads::{self, Counts};
use customer_pool::Policy;
use customer_pool::columns::{CustomerTable, DecisionColumns};

/// Goal: W1's million rows by columns, by the loop and by rows. Method: the specification's answers, and every column
/// of every row against the loop's.
#[test]
fn w1_by_columns_is_exact() {
    const ROWS: u64 = 1_000_000;
    let policy = Policy::from_json(workloads::W1_POLICY).unwrap();
    let rows = W1Columns::new(ROWS);
    let columns = rows.columns(&policy);
    let mut out = DecisionColumns::default();
    policy.decide_columns(&columns, workloads::now(), &mut out);
    let all = decisions(&out);
    assert_eq!(Counts::of(&policy, &all).by_group_of_w1(), workloads::w1_answers());
    let mut by_hand = ByHand::new(ROWS as usize);
    rows.by_hand(&mut by_hand);
    assert_eq!(by_hand.difference(&out), None, "the loop decides alike");
    for (row, customer) in workloads::folded(&policy, 20_000, false).iter().enumerate() {
        assert_eq!(policy.decide(customer, None, workloads::now()), all[row], "row {row}");
    }
}

/// Goal: W1b's 20,000 rows by columns. Method: the specification's answers, and rows.
#[test]
fn w1b_by_columns_is_exact() {
    let policy = Policy::from_json(workloads::W1B_POLICY).unwrap();
    let customers = workloads::customers(20_000, true);
    let table = CustomerTable::new(&policy, customers.iter().map(|customer| (customer, None))).unwrap();
    let columns = table.columns().unwrap();
    let mut out = DecisionColumns::default();
    policy.decide_columns(&columns, workloads::now(), &mut out);
    assert_eq!(Counts::of(&policy, &decisions(&out)), workloads::w1b_answers());
    for (row, customer) in customers.iter().enumerate() {
        assert_eq!(out.get(row), Some(policy.decide(customer, None, workloads::now())), "row {row}");
    }
}

/// Goal: threads change no byte. Method: both forms on a table of many chunks, and on a part of it.
#[cfg(feature = "rayon1")]
#[test]
fn threads_change_no_byte() {
    let policy = Policy::from_json(workloads::W1_POLICY).unwrap();
    let rows = W1Columns::new(100_003);
    let columns = rows.columns(&policy);
    let (mut alone, mut together) = (DecisionColumns::default(), DecisionColumns::default());
    policy.decide_columns(&columns, workloads::now(), &mut alone);
    policy.decide_columns_rayon(&columns, workloads::now(), &mut together);
    assert!(alone == together);
    let part = 17..90_000;
    let (mut alone, mut together) = (DecisionColumns::new(part.len()), DecisionColumns::new(part.len()));
    policy.decide_rows(&columns, part.clone(), workloads::now(), alone.as_slices()).unwrap();
    policy.decide_rows_rayon(&columns, part, workloads::now(), together.as_slices()).unwrap();
    assert!(alone == together);
}
