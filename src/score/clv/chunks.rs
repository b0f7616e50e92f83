//! Work over many rows, in parts that do not depend on the number of threads.

/// Rows whose sums are taken by one thread; the sums of all are then added in order.
const CHUNK: usize = 4096;

/// What each part comes to, in order.
#[cfg(not(feature = "rayon1"))]
pub(super) fn in_chunks<T, S>(rows: &[T], sums: impl Fn(&[T]) -> S) -> Vec<S> {
    rows.chunks(CHUNK).map(sums).collect()
}

/// What each part comes to, in order.
#[cfg(feature = "rayon1")]
pub(super) fn in_chunks<T: Sync, S: Send>(rows: &[T], sums: impl Fn(&[T]) -> S + Send + Sync) -> Vec<S> {
    use rayon::prelude::*;
    if rows.len() <= CHUNK {
        return rows.chunks(CHUNK).map(sums).collect();
    }
    rows.par_chunks(CHUNK).map(sums).collect()
}

/// What each row comes to by itself.
#[cfg(not(feature = "rayon1"))]
pub(super) fn of_each<T, S>(rows: &[T], one: impl Fn(&T) -> S) -> Vec<S> {
    rows.iter().map(one).collect()
}

/// What each row comes to by itself.
#[cfg(feature = "rayon1")]
pub(super) fn of_each<T: Sync, S: Send>(rows: &[T], one: impl Fn(&T) -> S + Send + Sync) -> Vec<S> {
    use rayon::prelude::*;
    if rows.len() <= CHUNK {
        return rows.iter().map(one).collect();
    }
    rows.par_iter().with_min_len(CHUNK).map(one).collect()
}
