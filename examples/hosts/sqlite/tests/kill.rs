//! `kill -9` in the middle of imports, claims and sweeps; two processes on one file.
//!
//! What is wanted stands in files, with its keys, before it is sent; whoever was killed is sent again. Nothing may be lost
//! and nothing doubled. This tests the process and not the disk: what the system has been given, it keeps. `KILLS` says how
//! many rounds there are.

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;
use support::Desk;

const CUSTOMERS: usize = 1_000;
const REPS: usize = 20;
const NOW: &str = "2026-03-02T08:00:00Z";

/// Runs to the end, however often it is killed before; the pauses grow, so that each run comes further.
fn killed_until_done(desk: &Desk, arguments: &[&str], now: &str, seed: &mut u64, kills: &mut u32) {
    for attempt in 0_u64..6 {
        let mut child = desk.start(now, arguments);
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis((*seed >> 40) % 60 + attempt * 20));
        if child.try_wait().expect("a child").is_some() {
            return;
        }
        child.kill().expect("killed");
        child.wait().expect("it is gone");
        *kills += 1;
    }
    let output = desk.run(now, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn count(connection: &Connection, query: &str) -> usize {
    connection.query_row(query, [], |row| row.get(0)).expect(query)
}

fn write_intents(desk: &Desk) {
    let reps: String = (0..REPS).map(|n| format!("r{n},sales/east\n")).collect();
    desk.write("reps.csv", &format!("id,units\n{reps}"));
    let customers: String = (0..CUSTOMERS).map(|n| format!("c{n},east\n")).collect();
    desk.write("customers.csv", &format!("id,pool\n{customers}"));
    // Each of half the customers is wanted by two reps.
    let claim = |n: usize, m: usize| format!("k{n}-{m},c{n},r{}\n", (n + m * 7) % REPS);
    let claims: String = (0..CUSTOMERS / 2).flat_map(|n| [claim(n, 0), claim(n, 1)]).collect();
    desk.write("claims.csv", &format!("key,customer,rep\n{claims}"));
}

/// One round: everything is killed on its way, and comes to what it would have come to.
fn round(seed: u64) -> u32 {
    let (desk, mut seed, mut kills) = (Desk::new(), seed, 0);
    desk.init();
    write_intents(&desk);
    let import = ["import", "--reps", "reps.csv", "--customers", "customers.csv"];
    killed_until_done(&desk, &import, NOW, &mut seed, &mut kills);
    desk.says(NOW, &import, &format!("{CUSTOMERS} imported, 0 were there, 0 refused"));
    let claims = ["claim", "--from", "claims.csv"];
    killed_until_done(&desk, &claims, NOW, &mut seed, &mut kills);
    let (won, lost) = (CUSTOMERS / 2, CUSTOMERS / 2);
    desk.says(NOW, &claims, &format!("{won} claimed, {lost} refused"));
    killed_until_done(&desk, &["sweep"], "2026-03-15T00:00:00Z", &mut seed, &mut kills);
    desk.says("2026-03-15T00:00:00Z", &["sweep"], "nothing was due");
    killed_until_done(&desk, &["sweep"], "2026-03-20T00:00:00Z", &mut seed, &mut kills);
    desk.says("2026-03-20T00:00:00Z", &["sweep"], "nothing was due");

    desk.says("2026-03-20T00:00:00Z", &["verify"], &format!("{} histories are whole, 0 are broken", CUSTOMERS + REPS));
    let connection = Connection::open(desk.file()).expect("the file");
    let mut kinds = BTreeMap::new();
    for kind in ["imported", "claimed", "warned", "reclaimed"] {
        let query = format!("SELECT count(*) FROM event WHERE text LIKE '%\"data\":{{\"{kind}\":%'");
        kinds.insert(kind, count(&connection, &query));
    }
    let wanted = [("imported", CUSTOMERS), ("claimed", won), ("warned", won), ("reclaimed", won)];
    assert_eq!(kinds, BTreeMap::from(wanted), "each once");
    let doubled = "SELECT count(*) FROM (SELECT 1 FROM event WHERE text LIKE '%\"claimed\"%' \
                   GROUP BY json_extract(text, '$.origin.key') HAVING count(*) > 1)";
    assert_eq!(count(&connection, doubled), 0, "a key was carried out twice");
    assert_eq!(count(&connection, "SELECT count(*) FROM ledger_entry"), won, "the ledgers have each claim once");
    assert_eq!(count(&connection, "SELECT count(*) FROM customer WHERE owner IS NOT NULL"), 0);
    kills
}

#[test]
fn nothing_is_lost_and_nothing_doubled_when_the_process_is_killed() {
    let rounds: u64 = std::env::var("KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let kills: u32 = (0..rounds).map(|seed| round(seed.wrapping_mul(0x9E37_79B9))).sum();
    println!("{rounds} rounds, killed {kills} times");
}

/// Two processes claim from one file at once, each from its own end.
#[test]
fn two_processes_use_one_file_at_once() {
    let desk = Desk::new();
    desk.init();
    write_intents(&desk);
    desk.says(NOW, &["import", "--reps", "reps.csv", "--customers", "customers.csv"], "1000 imported");
    let claims = std::fs::read_to_string(desk.file().with_file_name("claims.csv")).expect("read");
    let mut lines: Vec<&str> = claims.lines().skip(1).take(400).collect();
    desk.write("one.csv", &format!("key,customer,rep\n{}\n", lines.join("\n")));
    lines.reverse();
    let other = lines.join("\n").replace('k', "other");
    desk.write("two.csv", &format!("key,customer,rep\n{other}\n"));
    let children = ["one.csv", "two.csv"].map(|from| desk.start(NOW, &["claim", "--from", from]));
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let connection = Connection::open(desk.file()).expect("the file");
    assert_eq!(count(&connection, "SELECT count(*) FROM event WHERE text LIKE '%\"data\":{\"claimed\":%'"), 200);
    desk.says(NOW, &["verify"], "1020 histories are whole, 0 are broken");
}
