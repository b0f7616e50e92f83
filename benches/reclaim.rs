//! Row form of reclaim on W1 and W1b: a slice of customers in, all six outputs of every decision out.
//!
//! `cargo bench --bench reclaim` prints elements per second; `-- --test` only runs everything once. A hand-written loop
//! over the same slice, which touches one fact of each row and decides nothing, is the floor that memory sets.
#![expect(missing_docs, reason = "criterion's macros make undocumented functions")]

#[path = "../tests/workloads/mod.rs"]
mod workloads;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use customer_pool::model::Customer;
use customer_pool::time::{Calendar, CalendarDraft, Pause, Span};
use customer_pool::{Decision, Policy};

/// Rows of a sweep that stays in the cache, and of one that does not.
const SIZES: [u64; 2] = [20_000, 1_000_000];

fn decide_each(policy: &Policy, customers: &[Customer], out: &mut [Decision]) {
    let now = workloads::now();
    for (customer, out) in customers.iter().zip(out) {
        *out = policy.decide(customer, None, now);
    }
}

fn rows(criterion: &mut Criterion) {
    let test_mode = std::env::args().any(|argument| argument == "--test");
    for (name, text, hard) in [("w1", workloads::W1_POLICY, false), ("w1b", workloads::W1B_POLICY, true)] {
        let policy = Policy::from_json(text).expect("the workload's policy");
        for size in SIZES {
            let size = if test_mode { size.min(2_000) } else { size };
            let customers = workloads::folded(&policy, size, hard);
            let mut out: Vec<Decision> =
                customers.iter().map(|customer| policy.decide(customer, None, workloads::now())).collect();
            let mut group = criterion.benchmark_group(format!("{name}/{size}"));
            group.sample_size(15).throughput(Throughput::Elements(size));
            group.bench_function("decide", |bencher| bencher.iter(|| decide_each(&policy, &customers, &mut out)));
            group.bench_function("decide_all", |bencher| {
                bencher.iter(|| policy.decide_all(&customers, |_| None, workloads::now(), &mut out));
            });
            group.bench_function("touch", |bencher| {
                bencher.iter(|| customers.iter().filter(|customer| customer.protection().is_some()).count());
            });
            group.finish();
        }
    }
}

fn listed(criterion: &mut Criterion) {
    let policy = Policy::from_json(workloads::W1_POLICY).expect("the workload's policy");
    let customers = workloads::customers(2_000, false);
    let now = workloads::now();
    let mut group = criterion.benchmark_group("w1/listed");
    group.sample_size(15).throughput(Throughput::Elements(2_000));
    group.bench_function("decide", |bencher| {
        bencher.iter(|| customers.iter().filter(|customer| policy.decide(customer, None, now).due().is_some()).count());
    });
    group.bench_function("explain", |bencher| {
        bencher
            .iter(|| customers.iter().map(|customer| policy.explain(customer, None, now).steps().len()).sum::<usize>());
    });
    group.finish();
}

fn spans(criterion: &mut Criterion) {
    let calendar = Calendar::new(&CalendarDraft::china_mainland()).expect("a ready calendar");
    let from = workloads::now();
    let pause = [Pause::new(from, from.checked_add_micros(86_400_000_000).expect("our age")).expect("forward")];
    let mut group = criterion.benchmark_group("span");
    for (name, span) in [
        ("days", Span::days(30)),
        ("working_days", Span::working_days(30)),
        ("working_hours", Span::working_hours(100)),
        ("months", Span::months(3)),
        ("hours", Span::hours(72)),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| calendar.end(std::hint::black_box(from), span, &[])));
        group.bench_function(format!("{name}/paused"), |bencher| {
            bencher.iter(|| calendar.end(std::hint::black_box(from), span, &pause));
        });
    }
    group.finish();
}

fn loading(criterion: &mut Criterion) {
    criterion.bench_function("policy/from_json", |bencher| {
        bencher.iter_batched(
            || workloads::W1B_POLICY,
            |text| Policy::from_json(text).expect("the workload's policy"),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, rows, listed, spans, loading);
criterion_main!(benches);
