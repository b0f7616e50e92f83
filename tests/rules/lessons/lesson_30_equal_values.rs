//! Equal values falling into different quintiles; bins that fail when edges coincide; the score of one customer depending on row
//! order.

use customer_pool::score::rfm::{Cuts, classify};

type Classifier = fn(&[i64]) -> Result<Vec<u8>, String>;

/// What is wrong with a classifier; nothing where all is right.
fn check(classify: Classifier) -> Result<(), String> {
    // Two thirds of the customers bought once: every tool that deals out equal fifths must tear them apart.
    let orders: Vec<i64> = (0..90).map(|n| if n < 60 { 1 } else { n - 58 }).collect();
    let classes = classify(&orders)?;
    for (one, class) in orders.iter().zip(&classes) {
        for (other, found) in orders.iter().zip(&classes) {
            if one == other && class != found {
                return Err(format!("equal values {one} are in classes {class} and {found}"));
            }
            if one < other && class > found {
                return Err(format!("{one} is above {other}"));
            }
        }
    }
    // One customer's class whatever the order of the rows is.
    let mut turned: Vec<(usize, i64)> = orders.iter().copied().enumerate().collect();
    turned.reverse();
    turned.rotate_left(17);
    let again = classify(&turned.iter().map(|(_, value)| *value).collect::<Vec<_>>())?;
    for ((row, _), class) in turned.iter().zip(again) {
        if classes[*row] != class {
            return Err(format!("row {row} is in {} and in {class}", classes[*row]));
        }
    }
    // Edges that coincide, a constant column, and fewer values than classes.
    for values in [vec![7; 40], vec![1, 1, 1, 1, 9], vec![3], vec![1, 2]] {
        let classes = classify(&values)?;
        if classes.len() != values.len() || classes[0] != 1 {
            return Err(format!("{values:?} are in {classes:?}"));
        }
    }
    Ok(())
}

fn by_cuts(values: &[i64]) -> Result<Vec<u8>, String> {
    let cuts = Cuts::quantile(values.iter().copied(), 5).map_err(|error| error.to_string())?.ok_or("no values")?;
    Ok(values.iter().map(|value| cuts.class(value)).collect())
}

fn by_columns(values: &[i64]) -> Result<Vec<u8>, String> {
    let same: Vec<u32> = vec![1; values.len()];
    let found = classify(&same, &same, values, 5).map_err(|error| error.to_string())?.ok_or("no rows")?;
    Ok(found.codes.iter().map(|code| (code % 10) as u8).collect())
}

/// As `NTILE(5)` deals customers out: by their place, equal or not.
fn by_tiles(values: &[i64]) -> Result<Vec<u8>, String> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|row| values[*row]);
    let mut classes = vec![0; values.len()];
    for (place, row) in order.into_iter().enumerate() {
        classes[row] = 1 + (place * 5 / values.len()) as u8;
    }
    Ok(classes)
}

/// As bins between edges are cut: none where two edges are the same.
fn by_edges(values: &[i64]) -> Result<Vec<u8>, String> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let edges: Vec<i64> = (0..=5).map(|j| sorted[(sorted.len() - 1) * j / 5]).collect();
    if edges.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("bin edges must be unique".to_owned());
    }
    Ok(values.iter().map(|value| edges[1..5].iter().filter(|edge| value > edge).count() as u8 + 1).collect())
}

/// Goal: equal values are in one class, whatever the rows are and however many are equal. Method: the engine's two ways pass, the
/// two usual ones fail.
#[test]
fn lesson_30_equal_values_are_in_one_class() {
    check(by_cuts).unwrap();
    check(by_columns).unwrap();
    for (name, wrong) in [("tiles", by_tiles as Classifier), ("edges", by_edges)] {
        let caught = check(wrong).expect_err(name);
        println!("lesson 30, {name}: {caught}");
    }
}
