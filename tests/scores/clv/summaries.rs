//! Histories and their groups.

use customer_pool::score::clv::{Seeded, Summaries, Summary, SummaryProblem};

/// Goal: every column that is no history is refused with its row and reason. Method: one of each.
#[test]
fn what_is_no_history_is_refused_by_row() {
    for (x, last, age, problem) in [
        (1, f64::NAN, 2.0, None),
        (1, 1.0, f64::INFINITY, Some(SummaryProblem::NoTime(f64::INFINITY))),
        (1, -1.0, 2.0, Some(SummaryProblem::NoTime(-1.0))),
        (1, 3.0, 2.0, Some(SummaryProblem::LastAfterAge { last: 3.0, age: 2.0 })),
        (0, 1.0, 2.0, Some(SummaryProblem::LastWithoutRepeat(1.0))),
        (4, 0.0, 0.0, Some(SummaryProblem::RepeatsInNoTime(4))),
    ] {
        let error = Summaries::from_columns(&[0, 2, x], &[0.0, 1.0, last], &[0.0, 2.0, age]).unwrap_err();
        assert_eq!(error.row(), 2);
        match problem {
            Some(problem) => assert_eq!(error.problem(), problem),
            None => assert!(matches!(error.problem(), SummaryProblem::NoTime(time) if time.is_nan())),
        }
    }
    let lengths = Summaries::from_columns(&[0, 2], &[0.0], &[1.0]).unwrap_err();
    assert_eq!(lengths.problem(), SummaryProblem::Columns(2, 1, 1));
    assert_eq!(Summary::new(0, 0.0, 1.0).unwrap().with_customers(0), Err(SummaryProblem::NoCustomers));
}

/// Goal: what is no error is a history. Method: an age of zero, repeats on the first day, a negative zero.
#[test]
fn odd_histories_are_histories() {
    assert!(Summary::new(0, 0.0, 0.0).is_ok());
    assert!(Summary::new(3, 0.0, 1.0).is_ok());
    let groups: Summaries = [Summary::new(0, -0.0, 1.0), Summary::new(0, 0.0, 1.0)].into_iter().flatten().collect();
    assert_eq!(groups.groups().len(), 1);
}

/// Goal: groups are those of a sorted list, whatever the order and the parts. Method: 200,000 random rows on a grid that
/// repeats, against sorting and counting.
#[test]
fn groups_are_those_of_sorting() {
    let mut random = Seeded::new(11);
    let mut below = |n: u64| random.next_u64() % n;
    let rows: Vec<(u32, f64, f64)> = (0..200_000)
        .map(|_| {
            let age = 100 + below(60);
            let x = below(5) as u32;
            (x, if x == 0 { 0.0 } else { below(age) as f64 / 7.0 }, age as f64 / 7.0)
        })
        .collect();
    let mut sorted = rows.clone();
    sorted.sort_by(|a, b| (a.0, a.2, a.1).partial_cmp(&(b.0, b.2, b.1)).unwrap());
    let mut naive: Vec<Summary> = Vec::new();
    for chunk in sorted.chunk_by(|a, b| a == b) {
        let (x, last, age) = chunk[0];
        naive.push(Summary::new(x, last, age).unwrap().with_customers(chunk.len() as u64).unwrap());
    }
    let of = |rows: &[(u32, f64, f64)]| {
        let (x, rest): (Vec<_>, Vec<_>) = rows.iter().map(|row| (row.0, (row.1, row.2))).unzip();
        let (last, age): (Vec<_>, Vec<_>) = rest.into_iter().unzip();
        Summaries::from_columns(&x, &last, &age).unwrap()
    };
    let all = of(&rows);
    assert_eq!(all.groups(), naive);
    assert_eq!(all.customers(), 200_000);
    let mut backwards = rows.clone();
    backwards.reverse();
    assert_eq!(of(&backwards), all);
    let (one, two) = rows.split_at(70_000);
    assert_eq!(of(one).merged(of(two)), all);
    assert_eq!(naive.into_iter().collect::<Summaries>(), all);
}
