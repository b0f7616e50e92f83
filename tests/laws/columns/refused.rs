//! Goal: columns that are none are refused, and the error names column, row and problem. Method: each way to be wrong,
//! once, beside a right one.

use customer_pool::columns::{
    AttributeColumn, Bitmap, Coded, ColumnError, ColumnProblem, CustomerColumns, CustomerTable, Decimals,
    DecisionColumns, DecisionSlices, Flags, FoldedColumns, Freezes, Instants, Lists, Locks, Pauses, RowPlace,
    RowReview, Unjudged, Values,
};
use customer_pool::model::{Customer, FreezeKind, Place};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, attribute::AttributeType, attribute::AttributeValue};

use crate::workloads;

const OWNED: &[u32] = &[0, 0, 0];

fn three() -> CustomerColumns<'static> {
    CustomerColumns::new(Coded::new(Values::new(OWNED), RowPlace::ALL)).unwrap()
}

#[track_caller]
fn refused<T>(result: Result<T, ColumnError>, column: &str, row: Option<usize>, problem: &ColumnProblem) {
    let Err(error) = result else { panic!("column `{column}` was not refused") };
    assert_eq!((error.column(), error.row(), error.problem()), (column, row, problem), "{error}");
}

#[test]
fn lengths_bitmaps_and_codes() {
    let micros = [0_i64, 1, 2];
    let length = ColumnProblem::Length { expected: 3, found: 2 };
    refused(three().with_start(Instants::new(&micros[..2])), "start", None, &length);
    let short = Instants::new(&micros).with_validity(Bitmap::new(&[0b111]).with_offset(6));
    refused(three().with_start(short), "start", None, &ColumnProblem::Bitmap { expected: 3, found: 2 });
    assert!(three().with_start(Instants::new(&micros).with_validity(Bitmap::new(&[0]).with_offset(5))).is_ok());

    let tiers = ["vip".parse().unwrap()];
    let code = ColumnProblem::Code { code: 7, words: 1 };
    let codes = [0, 0, 7];
    refused(three().with_tier(Coded::new(Values::new(&codes), &tiers)), "tier", Some(2), &code);
    // Under a zero of the bitmap anything may stand.
    let codes = Values::new(&codes).with_validity(Bitmap::new(&[0b011]));
    assert!(three().with_tier(Coded::new(codes, &tiers)).is_ok());

    let codes = Values::new(OWNED).with_validity(Bitmap::new(&[0b101]));
    refused(CustomerColumns::new(Coded::new(codes, RowPlace::ALL)), "place", Some(1), &ColumnProblem::Null);
    refused(three().with_ids(&[]), "ids", None, &ColumnProblem::Length { expected: 3, found: 0 });
}

#[test]
fn values_out_of_range() {
    let late = Timestamp::MAX.as_micros() + 1;
    let micros = [0, late, i64::MIN];
    refused(three().with_created(Instants::new(&micros)), "created", Some(1), &ColumnProblem::Instant(late));
    let all_but_the_last = Instants::new(&micros).with_validity(Bitmap::new(&[0b001]));
    assert!(three().with_created(all_but_the_last).is_ok());

    let key = || "a".parse().unwrap();
    let days = [0, i32::MAX, 0];
    let column = AttributeColumn::Date(Values::new(&days));
    refused(three().with_attribute(key(), column), "attribute.a", Some(1), &ColumnProblem::Date(i32::MAX));
    let units = [0, 1, i128::MAX];
    let column = AttributeColumn::Decimal(Decimals::new(Values::new(&units), 2));
    refused(three().with_attribute(key(), column), "attribute.a", Some(2), &ColumnProblem::Decimal(i128::MAX));
    // More places than a decimal keeps, but zeros.
    let units = [0, 10_i128.pow(30), -(10_i128.pow(30))];
    let column = AttributeColumn::Decimal(Decimals::new(Values::new(&units), 30));
    let columns = three().with_attribute(key(), column).unwrap();
    let customer = columns.customer(1).unwrap();
    assert_eq!(customer.attributes().get(&key()), Some(&AttributeValue::Decimal(1.into())));
    let flags = AttributeColumn::Bool(Flags::new(Bitmap::new(&[0]), 3));
    refused(columns.with_attribute(key(), flags), "attribute.a", None, &ColumnProblem::Twice);
}

#[test]
fn lists() {
    let micros = [0_i64, 1];
    let locks = |offsets| Lists::new(offsets, Locks::new(Instants::new(&micros), Instants::new(&micros)));
    assert!(three().with_locks(locks(&[0, 1, 1, 2])).is_ok());
    for (offsets, row) in [(&[0, 2, 1, 2], 1), (&[-1, 0, 0, 0], 0), (&[0, 0, 0, 3], 2)] {
        refused(three().with_locks(locks(offsets)), "locks", Some(row), &ColumnProblem::Offsets);
    }
    refused(three().with_locks(locks(&[0, 1])), "locks", None, &ColumnProblem::Length { expected: 3, found: 1 });
    refused(three().with_locks(locks(&[])), "locks", None, &ColumnProblem::Length { expected: 3, found: 0 });
    let until = Instants::new(&micros[..1]);
    let uneven = Lists::new(&[0, 0, 0, 1], Locks::new(Instants::new(&micros), until));
    refused(three().with_locks(uneven), "locks.until", None, &ColumnProblem::Length { expected: 2, found: 1 });

    // A child's problem is its row's.
    let late = [0, i64::MAX];
    let pauses = Pauses::new(Instants::new(&micros), Instants::new(&late));
    let lists = Lists::new(&[0, 0, 1, 2], pauses);
    refused(three().with_pauses(lists), "pauses.to", Some(2), &ColumnProblem::Instant(i64::MAX));
    let kinds = Values::new(&[0, 0]).with_validity(Bitmap::new(&[0b01]));
    let freezes = Freezes::new(Coded::new(kinds, FreezeKind::ALL), Instants::new(&micros));
    refused(three().with_freezes(Lists::new(&[0, 1, 1, 2], freezes)), "freezes.kind", Some(2), &ColumnProblem::Null);
}

#[test]
fn folded_activities() {
    let policy = Policy::from_json(workloads::W1_POLICY).unwrap();
    let slots: Vec<_> = policy.activity_slots().map(|slot| slot.to_string()).collect();
    assert_eq!(slots.len(), 2, "{slots:?}");
    assert!(slots[0].starts_with("call: clock") && slots[1].starts_with("order: clock"), "{slots:?}");
    let micros = [0_i64, 1, 2];
    let one = FoldedColumns::new(&policy, [Instants::new(&micros)]);
    refused(three().with_folded(one), "folded", None, &ColumnProblem::Length { expected: 2, found: 1 });
    let two = || FoldedColumns::new(&policy, [Instants::new(&micros), Instants::new(&micros)]);
    let unjudged = Unjudged::new(Values::new(&[2]), Instants::new(&micros[..1]));
    let folded = two().with_unjudged(Lists::new(&[0, 0, 1, 1], unjudged));
    refused(three().with_folded(folded), "folded.unjudged", Some(1), &ColumnProblem::Slot(2));
    let second = [0, 1, i64::MAX];
    let late = FoldedColumns::new(&policy, [Instants::new(&micros), Instants::new(&second)]);
    refused(three().with_folded(late), "folded.1", Some(2), &ColumnProblem::Instant(i64::MAX));
}

#[test]
fn rows_room_and_types() {
    let policy = Policy::from_json(workloads::W1_POLICY).unwrap();
    let columns = three();
    let mut out = DecisionColumns::new(2);
    let now = workloads::now();
    let room = ColumnProblem::Length { expected: 3, found: 2 };
    refused(policy.decide_rows(&columns, 0..3, now, out.as_slices()), "decisions", None, &room);
    refused(policy.decide_rows(&columns, 2..4, now, out.as_slices()), "place", Some(4), &ColumnProblem::Rows(3));
    let (mut verdict, mut shorter) = ([0_u8; 2], [0_u16; 1]);
    let (mut due, mut pool, mut bits) = ([0_i64; 2], [0_u16; 2], [0_u64; 2]);
    let (mut action, mut earliest) = ([0_u8; 2], [0_i64; 2]);
    let (mut trigger, mut reasons, mut more, mut next) = ([0_u16; 2], [0_u64; 2], [0_u64; 2], [0_i64; 2]);
    let slices = DecisionSlices::new(
        &mut verdict,
        &mut shorter,
        &mut due,
        &mut trigger,
        &mut action,
        &mut pool,
        &mut bits,
        &mut reasons,
        &mut more,
        &mut earliest,
        &mut next,
    );
    refused(slices, "argument", None, &ColumnProblem::Length { expected: 2, found: 1 });

    let customer =
        |value| Customer::new(1_u64.into(), Place::Awaiting).with_attributes([("x".parse().unwrap(), value)]);
    let (a, b) = (customer(AttributeValue::Bool(true)), customer(AttributeValue::Integer(1)));
    let problem = ColumnProblem::Type { expected: AttributeType::Bool, found: AttributeType::Integer };
    refused(CustomerTable::new(&policy, [(&a, None), (&b, None)]), "attribute.x", Some(1), &problem);
}

#[test]
fn reviews_are_in_order_and_of_rows_there_are() {
    let review = |row| RowReview::new(row, None, None);
    let (twice, behind) = ([review(1), review(1)], [review(3)]);
    refused(three().with_reviews(&twice), "reviews", Some(1), &ColumnProblem::Descending);
    refused(three().with_reviews(&behind), "reviews", Some(3), &ColumnProblem::Rows(3));
}
