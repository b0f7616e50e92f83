//! Runs W1 and W1b.
#[path = "../tests/workloads/mod.rs"]
mod workloads;
use customer_pool::Policy;
use std::time::Instant;
fn main() {
    for (name, text, hard, n) in
        [("W1", workloads::W1_POLICY, false, 1_000_000), ("W1b", workloads::W1B_POLICY, true, 20_000)]
    {
        let policy = Policy::from_json(text).unwrap();
        for folded in [false, true] {
            let rows = if folded { workloads::folded(&policy, n, hard) } else { workloads::customers(n, hard) };
            let now = workloads::now();
            let mut out = Vec::with_capacity(rows.len());
            for _ in 0..4 {
                out.clear();
                let t = Instant::now();
                out.extend(rows.iter().map(|c| policy.decide(c, None, now)));
                let e = t.elapsed();
                println!("{name} folded={folded} {:?} {:.1} M/s", e, n as f64 / e.as_secs_f64() / 1e6);
            }
            let mut counts = workloads::Counts::default();
            for d in &out {
                counts.add(&policy, d);
            }
            println!("{counts:?}");
        }
    }
    println!(
        "{} {}",
        std::mem::size_of::<customer_pool::model::Customer>(),
        std::mem::size_of::<customer_pool::Decision>()
    );
}
