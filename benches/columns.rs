//! Column form of reclaim on W1 beside the loop written by hand and the row form.
//!
//! `cargo bench --bench columns` prints elements per second; `-- --test` only runs everything once. The bar: columns
//! take at most twice the time of the loop.
#![expect(missing_docs, reason = "criterion's macros make undocumented functions")]

#[path = "../tests/workloads/mod.rs"]
mod workloads;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use customer_pool::columns::DecisionColumns;
use customer_pool::{Decision, Policy};
use workloads::columns::{ByHand, W1Columns};

/// Rows of a sweep that stays in the cache, and of one that does not.
const SIZES: [u64; 2] = [20_000, 1_000_000];

fn columns(criterion: &mut Criterion) {
    let test_mode = std::env::args().any(|argument| argument == "--test");
    let policy = Policy::from_json(workloads::W1_POLICY).expect("the workload's policy");
    let now = workloads::now();
    for size in SIZES {
        let size = if test_mode { size.min(2_000) } else { size };
        let rows = W1Columns::new(size);
        let columns = rows.columns(&policy);
        let mut out = DecisionColumns::new(columns.rows());
        let mut by_hand = ByHand::new(columns.rows());
        let mut group = criterion.benchmark_group(format!("columns/w1/{size}"));
        group.sample_size(15).throughput(Throughput::Elements(size));
        group.bench_function("columns", |bencher| bencher.iter(|| policy.decide_columns(&columns, now, &mut out)));
        group.bench_function("by_hand", |bencher| bencher.iter(|| rows.by_hand(&mut by_hand)));
        assert_eq!(by_hand.difference(&out), None, "the loop decides alike");
        group.bench_function("checks", |bencher| bencher.iter(|| rows.columns(&policy).rows()));
        let customers = workloads::folded(&policy, size, false);
        let mut rows: Vec<Decision> = workloads::columns::decisions(&out);
        group.bench_function("rows", |bencher| {
            bencher.iter(|| {
                for (customer, out) in customers.iter().zip(&mut rows) {
                    *out = policy.decide(customer, None, now);
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, columns);
criterion_main!(benches);
