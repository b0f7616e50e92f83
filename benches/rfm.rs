//! RFM of many rows: workload W2, beside sorting.

#![expect(missing_docs, reason = "criterion's macros make undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use customer_pool::score::rfm::{Classified, classify};

/// SplitMix64 of the workloads.
fn sm(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

struct Rows {
    recency: Vec<u32>,
    orders: Vec<u32>,
    cents: Vec<i64>,
    wide: Vec<i64>,
}

fn rows(n: u64) -> Rows {
    let h = |i: u64, k: u64| sm(16 * i + k);
    let orders = |i: u64| {
        let share = ((h(i, 1) % 1_000_000) as f64 + 1.0) / 1_000_001.0;
        1 + 60.min((-share.ln() * 3.0).floor() as u32)
    };
    Rows {
        recency: (0..n).map(|i| (h(i, 0) % 730) as u32).collect(),
        orders: (0..n).map(orders).collect(),
        cents: (0..n).map(|i| ((h(i, 2) % 1_000_000) + 100 * (h(i, 3) % 3_000)) as i64).collect(),
        wide: (0..n).map(|i| (h(i, 2) >> 1) as i64).collect(),
    }
}

fn classified(rows: &Rows, money: &[i64]) -> Classified<u32, u32, i64> {
    classify(&rows.recency, &rows.orders, money, 5).unwrap().unwrap()
}

/// The peer in the same run: the cuts from a sorted copy, everything else the same.
fn sorted(rows: &Rows, money: &[i64]) -> Vec<u16> {
    fn cuts<T: Copy + Ord>(values: &[T]) -> Vec<T> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        (1..5).map(|j| sorted[(sorted.len() - 1) * j / 5]).collect()
    }
    fn class<T: Ord>(cuts: &[T], value: &T) -> u16 {
        1 + cuts.iter().filter(|cut| value > cut).count() as u16
    }
    let (r, f, m) = (cuts(&rows.recency), cuts(&rows.orders), cuts(money));
    let all = rows.recency.iter().zip(&rows.orders).zip(money);
    all.map(|((a, b), c)| 100 * (6 - class(&r, a)) + 10 * class(&f, b) + class(&m, c)).collect()
}

fn rfm(c: &mut Criterion) {
    // A run that only tries the benches needs no ten million rows.
    let n = if std::env::args().any(|arg| arg == "--test") { 100_000 } else { 10_000_000 };
    let rows = rows(n);
    assert_eq!(classified(&rows, &rows.cents).codes, sorted(&rows, &rows.cents));
    assert_eq!(classified(&rows, &rows.wide).codes, sorted(&rows, &rows.wide));
    let mut group = c.benchmark_group("rfm");
    group.sample_size(10).throughput(Throughput::Elements(n));
    group.bench_function("quintiles", |b| b.iter(|| classified(&rows, &rows.cents)));
    group.bench_function("quintiles of 63-bit money", |b| b.iter(|| classified(&rows, &rows.wide)));
    group.bench_function("quintiles by sorting", |b| b.iter(|| sorted(&rows, &rows.cents)));
    group.finish();
}

criterion_group!(benches, rfm);
criterion_main!(benches);
