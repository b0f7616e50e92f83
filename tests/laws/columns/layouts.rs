//! Goal: layouts that other columns of these tests do not have are read alike. Method: bitmaps that begin within a byte,
//! dictionaries of more than 64 words with a word twice in them, lists whose children begin late; each row against the
//! decision about a customer that is made by hand.

use customer_pool::Policy;
use customer_pool::columns::{
    Bitmap, Coded, CustomerColumns, DecisionColumns, FoldedColumns, Instants, Lists, Locks, RowPlace, Values,
};
use customer_pool::id::Label;
use customer_pool::model::{Activity, ActivityKind, Actor, Customer, Lock, Occurred, Ownership, Place, Protection};

use crate::support::micros as at;
use crate::workloads::{self, NOW_S};

const ROWS: usize = 201;
const DAY: i64 = 86_400_000_000;

#[test]
fn slices_of_columns_are_read_from_where_they_begin() {
    let policy = Policy::from_json(workloads::W1_POLICY).unwrap();
    let mut words: Vec<Label> = (0..98).map(|i| format!("t{i}").parse().unwrap()).collect();
    words.extend(["vip", "key", "vip"].map(|tier| tier.parse().unwrap()));
    let now = NOW_S * 1_000_000;
    let has_call = |row: usize| row % 3 != 1;
    for offset in [0, 1, 5, 8, 13] {
        let mut bits = vec![0xFF_u8; (offset + ROWS).div_ceil(8)];
        for row in (0..ROWS).filter(|row| !has_call(*row)) {
            bits[(offset + row) / 8] &= !(1 << ((offset + row) % 8));
        }
        let place: Vec<u32> = (0..ROWS).map(|row| u32::from(row % 11 == 0)).collect();
        let tier: Vec<u32> = (0..ROWS).map(|row| 100 - (row % 7) as u32).collect();
        let start: Vec<i64> = (0..ROWS as i64).map(|row| now - row * DAY).collect();
        let call: Vec<i64> = (0..ROWS as i64).map(|row| now - row * DAY / 2).collect();
        let nothing = vec![i64::MAX; ROWS];
        // The first lock is nobody's: the lists are a slice of longer ones.
        let offsets: Vec<i32> = (0..=ROWS as i32).map(|row| 1 + row / 5).collect();
        let until: Vec<i64> = (0..ROWS as i64).map(|lock| now + (lock % 9 - 4) * DAY).collect();
        let since = vec![now - 300 * DAY; ROWS];
        let none = vec![0_u8; ROWS.div_ceil(8)];

        let locks = Locks::new(Instants::new(&since).with_validity(Bitmap::new(&none)), Instants::new(&until));
        let calls = Instants::new(&call).with_validity(Bitmap::new(&bits).with_offset(offset));
        let orders = Instants::new(&nothing).with_validity(Bitmap::new(&none));
        let columns = CustomerColumns::new(Coded::new(Values::new(&place), RowPlace::ALL))
            .and_then(|columns| columns.with_tier(Coded::new(Values::new(&tier), &words)))
            .and_then(|columns| columns.with_start(Instants::new(&start)))
            .and_then(|columns| columns.with_locks(Lists::new(&offsets, locks)))
            .and_then(|columns| columns.with_folded(FoldedColumns::new(&policy, [calls, orders])))
            .unwrap();
        let mut out = DecisionColumns::default();
        policy.decide_columns(&columns, at(now), &mut out);

        for row in 0..ROWS {
            let mut customer = Customer::new(1_u64.into(), Place::Awaiting);
            if place[row] == 0 {
                customer =
                    Customer::new(1_u64.into(), Place::Owned(Ownership::new("r".parse().unwrap(), at(start[row]))));
            }
            customer = customer.with_tier(words[tier[row] as usize].clone());
            if has_call(row) {
                let (actor, occurred) = (Actor::Rep("r".parse().unwrap()), Some(Occurred::At(at(call[row]))));
                customer =
                    customer.with_activities([Activity::new(ActivityKind::Call, actor, occurred, None).unwrap()]);
            }
            let locks = offsets[row] as usize..offsets[row + 1] as usize;
            let protection = locks.fold(Protection::new(), |protection, lock| {
                protection.with_lock(Lock::new(None, Some(at(until[lock]))))
            });
            let wanted = policy.decide(&customer.with_protection(protection), None, at(now));
            let decision = out.get(row).unwrap();
            if place[row] == 0 {
                assert_eq!(decision, wanted, "row {row}, offset {offset}");
            } else {
                assert_eq!(decision.verdict(), wanted.verdict(), "row {row}");
            }
        }
    }
}
