//! `kill -9` in the middle of imports, claims and sweeps; two processes on one file.
//!
//! What is wanted stands in files, with its keys, before it is sent; whoever was killed is sent again. Nothing may be lost
//! and nothing doubled. This tests the process and not the disk: what the system has been given, it keeps. `KILLS` says how
//! many rounds there are. When to kill is told by what the file holds by then, not by a clock.

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;
use support::Desk;

const CUSTOMERS: usize = 1_000;
const REPS: usize = 20;
const NOW: &str = "2026-03-02T08:00:00Z";

/// Kills that came in the middle, by what they interrupted.
type Kills = BTreeMap<&'static str, u32>;

fn random(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 40).expect("24 bits") % below.max(1)
}

/// What is done, with how many events in the file when all of it is.
struct Work<'a> {
    name: &'static str,
    arguments: &'a [&'a str],
    now: &'a str,
    whole: usize,
}

/// Runs to the end, and is killed up to three times before, each time when it has written a random part of what was left.
fn killed_until_done(desk: &Desk, work: &Work<'_>, seed: &mut u64, kills: &mut Kills) {
    let watch = Connection::open(desk.file()).expect("the file");
    watch.busy_timeout(Duration::from_secs(10)).expect("a setting");
    let written = || count(&watch, "SELECT count(*) FROM event");
    for _ in 0..3 {
        let before = written();
        let wanted = before + 1 + random(seed, (work.whole - before) / 3);
        let mut child = desk.start(work.now, work.arguments);
        while written() < wanted {
            if child.try_wait().expect("a child").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().expect("killed, or gone before");
        child.wait().expect("it is gone");
        let after = written();
        *kills.entry(work.name).or_default() += u32::from(before < after && after < work.whole);
        if after == work.whole {
            break;
        }
    }
    let output = desk.run(work.now, work.arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(written(), work.whole, "{}", work.name);
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
fn round(seed: u64, kills: &mut Kills) {
    let (desk, mut seed) = (Desk::new(), seed);
    desk.init();
    write_intents(&desk);
    let import = ["import", "--reps", "reps.csv", "--customers", "customers.csv"];
    let claims = ["claim", "--from", "claims.csv"];
    let (won, lost) = (CUSTOMERS / 2, CUSTOMERS / 2);
    let (imported, claimed) =
        (format!("{CUSTOMERS} imported, 0 were there, 0 refused"), format!("{won} claimed, {lost} refused"));
    let (warned, reclaimed) = ("2026-03-15T00:00:00Z", "2026-03-20T00:00:00Z");
    let steps: [(&'static str, &[&str], &str, usize, &str); 4] = [
        ("import", &import, NOW, CUSTOMERS, &imported),
        ("claims", &claims, NOW, CUSTOMERS + won, &claimed),
        ("sweep that warns", &["sweep"], warned, CUSTOMERS + 2 * won, "nothing was due"),
        ("sweep that reclaims", &["sweep"], reclaimed, CUSTOMERS + 3 * won, "nothing was due"),
    ];
    for (name, arguments, now, whole, answer) in steps {
        killed_until_done(&desk, &Work { name, arguments, now, whole }, &mut seed, kills);
        // Whoever lost the answer asks again, and has the first one.
        desk.says(now, arguments, answer);
    }

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
}

#[test]
fn nothing_is_lost_and_nothing_doubled_when_the_process_is_killed() {
    let rounds: u64 = std::env::var("KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut kills = Kills::new();
    (0..rounds).for_each(|seed| round(seed.wrapping_mul(0x9E37_79B9), &mut kills));
    println!("{rounds} rounds, killed in the middle: {kills:?}");
    let missed: Vec<_> = kills.iter().filter(|(_, count)| **count == 0).collect();
    assert!(missed.is_empty() && kills.len() == 4, "never killed in the middle: {missed:?}");
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
