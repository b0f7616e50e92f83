//! W1 as one query over one table of SQLite: verdict, due instant, deciding group and next change of every row, without
//! reasons.

use rusqlite::Connection;

use crate::Verdicts;
use crate::workloads::columns::W1Row;

const QUERY: &str = "
WITH days AS (
    SELECT *, (start + 28800000000) / 86400000000 AS start_day,
        coalesce((call + 28800000000) / 86400000000, (start + 28800000000) / 86400000000) AS call_day,
        coalesce((orders + 28800000000) / 86400000000, (start + 28800000000) / 86400000000) AS order_day
    FROM customers
), clocks AS (
    SELECT *, min(start_day + 120, call_day + CASE tier WHEN 'vip' THEN 60 WHEN 'key' THEN 30 ELSE 14 END) AS silent,
        order_day + 90 AS no_deal
    FROM days
), dues AS (
    SELECT *, (min(silent, no_deal) + 1) * 86400000000 - 28800000000 AS due, silent <= no_deal AS is_silent,
        lock_since >= start AND ?1 < lock_until AS is_locked
    FROM clocks
)
SELECT CASE WHEN NOT owned THEN 0 WHEN is_locked THEN 1 WHEN open_order THEN 2 WHEN due <= ?1 THEN 3 ELSE 4 END,
    due, is_silent, CASE WHEN NOT owned THEN NULL WHEN is_locked THEN lock_until WHEN open_order THEN NULL
    WHEN due <= ?1 THEN NULL ELSE due END
FROM dues";

/// A table in memory with these rows.
pub fn table(rows: impl Iterator<Item = W1Row>) -> Connection {
    let mut connection = Connection::open_in_memory().expect("a database");
    connection
        .execute_batch(
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, owned INTEGER, tier TEXT, start INTEGER, call INTEGER,
            orders INTEGER, lock_since INTEGER, lock_until INTEGER, open_order INTEGER)",
        )
        .expect("a table");
    let transaction = connection.transaction().expect("a transaction");
    {
        let mut insert = transaction
            .prepare("INSERT INTO customers VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
            .expect("a statement");
        for row in rows {
            let (since, until) = row.lock.unzip();
            insert
                .execute((row.owned, row.tier, row.start, row.call, row.order, since, until, row.open_order))
                .expect("a row");
        }
    }
    transaction.commit().expect("committed");
    connection
}

/// Reads every row of the answer.
pub fn query(connection: &Connection, now: i64) -> Verdicts {
    let mut statement = connection.prepare(QUERY).expect("a query");
    let mut rows = statement.query([now]).expect("an answer");
    let mut verdicts = Verdicts::default();
    let mut next_changes = 0_i64;
    while let Some(row) = rows.next().expect("a row") {
        let verdict: i64 = row.get(0).expect("a verdict");
        let due: i64 = row.get(1).expect("a due instant");
        let is_silent: bool = row.get(2).expect("a group");
        let next: Option<i64> = row.get(3).expect("a next change");
        next_changes ^= next.unwrap_or_default();
        match verdict {
            0 => verdicts.not_owned += 1,
            1 => verdicts.locked += 1,
            2 => verdicts.open_order += 1,
            3 => {
                verdicts.due += 1;
                verdicts.due_by_silence += u64::from(is_silent);
            }
            _ => verdicts.keep += 1,
        }
        if verdict != 0 {
            verdicts.sum_of_dues_s += due / 1_000_000;
        }
    }
    std::hint::black_box(next_changes);
    verdicts
}
