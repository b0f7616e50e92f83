//! Goal: no decision allocates. Method: an allocator that counts, around decisions about the workloads' rows.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use crate::workloads;
use customer_pool::Policy;
use customer_pool::columns::{self, DecisionColumns};
use customer_pool::model::{Cause, Customer, PastOwnership, WayIn};

struct Counting;

thread_local! {
    /// Those of this thread: other tests run beside this one.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn allocations() -> u64 {
    ALLOCATIONS.with(Cell::get)
}

#[expect(unsafe_code, reason = "an allocator cannot be written without; it only counts and hands on")]
// SAFETY: every call is handed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends allocates no more that is counted.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations_of(policy: &Policy, customers: &[Customer]) -> u64 {
    let before = allocations();
    let due =
        customers.iter().filter(|customer| policy.decide(customer, None, workloads::now()).due().is_some()).count();
    let after = allocations();
    assert!(due > 0, "something was decided");
    let mut all = Vec::with_capacity(customers.len());
    let between = allocations();
    policy.decide_all(customers, |_| None, workloads::now(), &mut all);
    (after - before) + (allocations() - between)
}

/// The customer after three owners, one after the other, listed oldest first; unchanged where nobody owns it.
fn owned_before(customer: Customer) -> Customer {
    let Some(start) = customer.ownership().and_then(|ownership| ownership.start()) else { return customer };
    let days = |days: i64| start.checked_add_micros(-days * 86_400_000_000).expect("an instant");
    let past = [30, 20, 10].map(|back| {
        PastOwnership::new("r0".parse().expect("an id"), days(back), days(back - 10), WayIn::Claim, Cause::Released)
    });
    customer.with_past(past, None)
}

/// Columns allocate for a policy and its table, never for a row: as much for many rows as for few.
fn columns() {
    let policy = Policy::from_json(workloads::W1_POLICY).unwrap();
    let of = |rows: u64| {
        let rows = workloads::columns::W1Columns::new(rows);
        let columns = rows.columns(&policy);
        let mut out = DecisionColumns::new(columns.rows());
        let before = allocations();
        policy.decide_columns(&columns, workloads::now(), &mut out);
        let after = allocations();
        assert!(out.verdict().contains(&columns::verdict::DUE), "something was decided");
        after - before
    };
    let few = of(200);
    assert_eq!(of(20_000), few, "columns");
    assert!(few < 40, "{few} allocations to make ready");
}

#[test]
fn no_decision_about_the_workloads_allocates() {
    for (name, text, hard) in [("w1", workloads::W1_POLICY, false), ("w1b", workloads::W1B_POLICY, true)] {
        let policy = Policy::from_json(text).unwrap();
        let listed = workloads::customers(20_000, hard);
        assert_eq!(allocations_of(&policy, &listed), 0, "{name}, listed");
        let folded = workloads::folded(&policy, 20_000, hard);
        assert_eq!(allocations_of(&policy, &folded), 0, "{name}, folded");
        let owned_before: Vec<_> = folded.into_iter().map(owned_before).collect();
        assert_eq!(allocations_of(&policy, &owned_before), 0, "{name}, with past ownerships");
    }
    columns();
    // The counter counts.
    let before = allocations();
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(allocations() - before, 1);
}
