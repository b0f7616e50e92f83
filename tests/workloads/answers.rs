//! The workloads of the specification give exactly its answers.
#![cfg(feature = "chrono-tz")]

use crate::workloads::{self, Counts};
use customer_pool::{Decision, Policy};

const DAY_S: i64 = 86_400;

fn decide(policy: &Policy, rows: &[customer_pool::model::Customer]) -> Vec<Decision> {
    rows.iter().map(|row| policy.decide(row, None, workloads::now())).collect()
}

/// W1 by hand: Shanghai has kept UTC+8 all the time, so a civil day is a division.
fn w1_by_hand(rows: u64) -> Counts {
    fn h(row: u64, k: u64) -> u64 {
        let z = (16 * row + k).wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    let now = 1_787_184_000_i64;
    let end = |anchor: i64, days: i64| ((anchor + 8 * 3_600).div_euclid(DAY_S) + days + 1) * DAY_S - 8 * 3_600;
    let ago = |draw: u64, days: u64| now - 1 - (draw % (days * 86_400)) as i64;
    let mut counts = Counts::default();
    for row in 0..rows {
        if h(row, 1) % 10 >= 8 {
            counts.not_owned += 1;
            continue;
        }
        let t0 = ago(h(row, 2), 150);
        let call = (h(row, 3) % 10 != 0).then(|| ago(h(row, 4), 20)).filter(|at| *at >= t0);
        let order = (h(row, 5) % 2 == 0).then(|| ago(h(row, 6), 120)).filter(|at| *at >= t0);
        let span = [60, 30, 14, 14][(h(row, 0) % 4) as usize];
        let silent = end(call.unwrap_or(t0), span).min(end(t0, 120));
        let no_deal = end(order.unwrap_or(t0), 90);
        let due = silent.min(no_deal);
        counts.sum_of_dues_s += due;
        let until = now - 20 * DAY_S + (h(row, 8) % (60 * 86_400)) as i64;
        // A lock that ends before the ownership began is since its own end, before the ownership, and so void.
        if h(row, 7) % 20 == 0 && now < until {
            counts.locked += 1;
        } else if h(row, 9) % 15 == 0 {
            counts.open_order += 1;
        } else if now < due {
            counts.keep += 1;
        } else {
            let group = if silent <= no_deal { "no_follow_up" } else { "no_deal" };
            *counts.due.entry(group.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Goal: W1's million rows, with listed and with folded facts. Method: the specification's answers, and a loop by hand.
#[test]
fn w1_is_exact() {
    const ROWS: u64 = 1_000_000;
    let policy = Policy::from_json(workloads::W1_POLICY).unwrap();
    assert_eq!(w1_by_hand(ROWS), workloads::w1_answers());
    let decisions = decide(&policy, &workloads::customers(ROWS, false));
    assert_eq!(Counts::of(&policy, &decisions).by_group_of_w1(), workloads::w1_answers());
    assert!(decide(&policy, &workloads::folded(&policy, ROWS, false)) == decisions, "folded facts decide alike");
}

/// Goal: W1b's 20,000 rows, with listed and with folded facts. Method: the specification's answers.
#[test]
fn w1b_is_exact() {
    const ROWS: u64 = 20_000;
    let policy = Policy::from_json(workloads::W1B_POLICY).unwrap();
    let decisions = decide(&policy, &workloads::customers(ROWS, true));
    assert_eq!(Counts::of(&policy, &decisions), workloads::w1b_answers());
    assert!(decide(&policy, &workloads::folded(&policy, ROWS, true)) == decisions, "folded facts decide alike");
}
