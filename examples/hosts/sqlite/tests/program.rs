//! The program: every command, and what it says to bad input.

#[path = "support/mod.rs"]
mod support;

use support::Desk;

#[test]
fn a_pool_from_files_to_its_next_wake_up() {
    let desk = Desk::new();
    desk.init();
    desk.write("reps.csv", "id,units,active,manager\nli,sales/east,true,wang\nwang,sales/east;sales,true,\n");
    desk.write(
        "customers.csv",
        "id,tier,tags,owner,pool,since\nc1,,,,east,2026-02-01T00:00:00Z\nc2,vip,old;new,li,,2026-03-01T00:00:00Z\nc3,,,,,\n",
    );
    desk.write(
        "history.csv",
        "customer,owner,from,to,way_in,cause\nc1,wang,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,claim,reclaimed\n",
    );
    let import = ["import", "--reps", "reps.csv", "--customers", "customers.csv", "--history", "history.csv"];
    desk.says("2026-03-02T08:00:00Z", &import, "3 imported, 0 were there, 0 refused");
    // Imported again it is the same answer: nothing is doubled.
    desk.says("2026-03-02T09:00:00Z", &import, "3 imported, 0 were there, 0 refused");
    desk.says("2026-03-02T09:00:00Z", &["claim", "c1", "li", "--key", "k1"], "c1: claimed (event 2)");
    desk.says("2026-03-02T10:00:00Z", &["claim", "c1", "li", "--key", "k1"], "c1: claimed (event 2)");
    desk.refuses("2026-03-02T10:00:00Z", &["claim", "c2", "wang"], "c2: ");
    desk.refuses("2026-03-02T10:00:00Z", &["claim", "c9", "wang"], "there is no customer `c9`");
    desk.says("2026-03-02T10:00:00Z", &["release", "c2", "li"], "c2: released (event 2)");
    desk.says("2026-03-02T10:00:00Z", &["explain", "c1"], "li has it");
    desk.says("2026-03-02T10:00:00Z", &["sweep"], "nothing was due");
    desk.says("2026-03-02T10:00:00Z", &["run", "--once"], "the next wake-up is at 2026-03-12T16:00:00Z");
    desk.says("2026-03-14T00:00:00Z", &["sweep"], "1 done");
    desk.says("2026-03-20T00:00:00Z", &["sweep"], "1 done");
    let told = desk.says("2026-03-20T00:00:00Z", &["ledger", "c1"], "reclaimed");
    assert_eq!(told.lines().count(), 4, "{told}");
    let json = desk.says("2026-03-20T00:00:00Z", &["ledger", "c1", "--json"], "imported");
    let all: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(all[3]["data"]["reclaimed"]["pool"], "east");
    desk.says("2026-03-20T00:00:00Z", &["verify"], "5 histories are whole, 0 are broken");
}

#[test]
fn rows_that_are_wrong_are_all_named_and_nothing_is_imported() {
    let desk = Desk::new();
    desk.init();
    desk.write(
        "customers.csv",
        "id,tier,tags,owner,pool,since\nc1,,,,east,\nc2,,,li,east,\nc3,,,,,yesterday\n,,,,,\nc1,,,,,\n",
    );
    desk.write("history.csv", "customer,owner,from,to,way_in,cause\nc7,li,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,claim,released\nc8,li,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,stolen,released\nc9,li,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,claim,released\n");
    let import = ["import", "--customers", "customers.csv", "--history", "history.csv"];
    let said = desk.fails("2026-03-02T08:00:00Z", &import, "nothing was imported");
    for line in [
        "customers.csv:3:",
        "customers.csv:4:",
        "customers.csv:5:",
        "customers.csv:6: `c1` stands in line 2",
        "history.csv:2:",
        "history.csv:3:",
        "the history of `c9` has no customer",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    desk.says("2026-03-02T08:00:00Z", &["verify"], "0 histories are whole");
}

#[test]
fn what_is_missing_or_broken_is_said() {
    let desk = Desk::new();
    desk.fails("2026-03-02T08:00:00Z", &["sweep"], "make it with `init`");
    desk.write("bad.json", "{}");
    desk.fails("2026-03-02T08:00:00Z", &["init", "--policy", "bad.json"], "is no policy");
    desk.init();
    desk.fails("2026-03-02T08:00:00Z", &["init", "--policy", "policy.json"], "has a policy already");
    desk.fails("2026-03-02T08:00:00Z", &["import", "--customers", "none.csv"], "cannot be read");
    desk.fails("2026-03-02T08:00:00Z", &["explain", "c1"], "there is no customer `c1`");
    desk.write("more.csv", "key,customer\nk,c\n");
    desk.fails("2026-03-02T08:00:00Z", &["claim", "--from", "more.csv"], "a row is no claim");
}

#[test]
fn a_later_revision_puts_the_indexes_right() {
    let desk = Desk::new();
    desk.init();
    desk.write("reps.csv", "id,units\nli,sales/east\n");
    desk.write("customers.csv", "id,owner\nc1,li\n");
    let import = ["import", "--reps", "reps.csv", "--customers", "customers.csv"];
    desk.says("2026-03-02T08:00:00Z", &import, "1 imported");
    desk.says("2026-03-02T08:00:00Z", &["run"], "2026-03-12T16:00:00Z");
    let text = desk.policy().replace(
        r#""revision": 1,"#,
        r#""revision": 2, "effective_from": "2026-03-03T00:00:00Z", "transition": "retime","#,
    );
    desk.write("later.json", &text.replace(r#""days": 14"#, r#""days": 10"#));
    desk.says("2026-03-03T08:00:00Z", &["policy", "later.json"], "revision 2 is known; 1 rows were computed again");
    desk.says("2026-03-03T08:00:00Z", &["run"], "2026-03-08T16:00:00Z");
    desk.says("2026-03-03T09:00:00Z", &["policy", "later.json"], "revision 2 is known; 0 rows were computed again");
    desk.write("other.json", &text.replace(r#""days": 14"#, r#""days": 11"#));
    desk.fails("2026-03-03T09:00:00Z", &["policy", "other.json"], "revision 2 must have a higher number");
}

/// The revision was added, and the program killed before it computed a row again.
#[test]
fn an_interrupted_change_of_policy_is_finished_by_the_next_run() {
    let desk = Desk::new();
    desk.init();
    desk.write("reps.csv", "id,units\nli,sales/east\n");
    desk.write("customers.csv", "id,owner\nc1,li\n");
    let import = ["import", "--reps", "reps.csv", "--customers", "customers.csv"];
    desk.says("2026-03-02T08:00:00Z", &import, "1 imported");
    let later = desk
        .policy()
        .replace(
            r#""revision": 1,"#,
            r#""revision": 2, "effective_from": "2026-03-03T00:00:00Z", "transition": "retime","#,
        )
        .replace(r#""days": 14"#, r#""days": 10"#);
    let connection = rusqlite::Connection::open(desk.file()).expect("the file");
    connection.execute("INSERT INTO policy (revision, text) VALUES (2, ?1)", [later]).expect("a row");
    desk.says("2026-03-03T08:00:00Z", &["run", "--once"], "2026-03-08T16:00:00Z");
}

/// Imported again, a rep is what the file says now, also where that is what it said before.
#[test]
fn a_rep_who_is_imported_again_is_renewed() {
    let desk = Desk::new();
    desk.init();
    let connection = rusqlite::Connection::open(desk.file()).expect("the file");
    let now = "2026-03-02T08:00:00Z";
    for (unit, said) in [("east", 1), ("west", 1), ("west", 0), ("east", 1)] {
        desk.write("reps.csv", &format!("id,units\nli,sales/{unit}\n"));
        desk.says(now, &["import", "--reps", "reps.csv"], &format!("{said} reps are new or have changed"));
        let facts: String = connection.query_row("SELECT facts FROM rep", [], |row| row.get(0)).expect("a rep");
        assert!(facts.contains(&format!("sales/{unit}")), "{facts}");
    }
    desk.says(now, &["verify"], "1 histories are whole, 0 are broken");
}

#[test]
fn customers_of_unknown_reps_and_pools_are_named_and_nothing_is_imported() {
    let desk = Desk::new();
    desk.init();
    desk.write("reps.csv", "id,units\nli,sales/east\nli,sales\n");
    desk.write("customers.csv", "id,owner,pool\nc1,li,\nc2,ghost,\nc3,,nowhere\n");
    let import = ["import", "--reps", "reps.csv", "--customers", "customers.csv"];
    let said = desk.fails("2026-03-02T08:00:00Z", &import, "nothing was imported: 3 rows are wrong");
    for line in [
        "reps.csv:3: `li` stands in line 2",
        "customers.csv:3: there is no rep `ghost`",
        "customers.csv:4: there is no pool `nowhere`",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    desk.says("2026-03-02T08:00:00Z", &["verify"], "0 histories are whole");
}

#[test]
fn a_changed_event_is_named_by_verify() {
    let desk = Desk::new();
    desk.init();
    desk.write("customers.csv", "id,pool\nc1,east\nc2,east\n");
    desk.says("2026-03-02T08:00:00Z", &["import", "--customers", "customers.csv"], "2 imported");
    desk.write("reps.csv", "id,units\nli,sales/east\n");
    desk.says("2026-03-02T08:00:00Z", &["import", "--reps", "reps.csv"], "0 imported");
    desk.says("2026-03-02T08:00:00Z", &["claim", "c1", "li"], "claimed");
    let connection = rusqlite::Connection::open(desk.file()).expect("the file");
    let changed = connection.execute(
        "UPDATE event SET text = replace(text, '2026-03-02T08', '2026-03-02T07') WHERE customer = 'c1' AND number = 1",
        [],
    );
    assert_eq!(changed, Ok(1));
    desk.refuses("2026-03-02T08:00:00Z", &["verify"], "c1: event 2 is not linked");
}

/// What nothing follows is held by the link beside the state: the newest event changed or taken away, and a rep's.
#[test]
fn the_newest_event_and_a_reps_are_verified_too() {
    let desk = Desk::new();
    desk.init();
    let now = "2026-03-02T08:00:00Z";
    desk.write("reps.csv", "id,units\nli,sales/east\n");
    desk.write("customers.csv", "id,pool\nc1,east\n");
    desk.says(now, &["import", "--reps", "reps.csv", "--customers", "customers.csv"], "1 imported");
    desk.says(now, &["claim", "c1", "li"], "claimed");
    let connection = rusqlite::Connection::open(desk.file()).expect("the file");
    for (spoil, who) in [
        ("UPDATE event SET text = replace(text, '02T08', '02T07') WHERE customer = 'c1' AND number = 2", "c1: "),
        ("UPDATE event SET text = replace(text, 'claim li c1', 'claim li c2') WHERE number = 2", "c1: "),
        ("DELETE FROM event WHERE customer = 'c1' AND number = 2", "c1: "),
        ("UPDATE rep_event SET text = replace(text, 'sales/east', 'sales/west') WHERE rep = 'li'", "li: "),
    ] {
        desk.says(now, &["verify"], "2 histories are whole, 0 are broken");
        let copy =
            "CREATE TEMP TABLE kept AS SELECT * FROM event; CREATE TEMP TABLE kept_rep AS SELECT * FROM rep_event;";
        connection.execute_batch(copy).expect("a copy");
        assert_eq!(connection.execute(spoil, []), Ok(1), "{spoil}");
        let said = desk.refuses(now, &["verify"], "1 histories are whole, 1 are broken");
        assert!(said.contains(who), "{spoil}: {said}");
        println!("{spoil}: {said}");
        let back = "DELETE FROM event; INSERT INTO event SELECT * FROM kept; DROP TABLE kept;
                    DELETE FROM rep_event; INSERT INTO rep_event SELECT * FROM kept_rep; DROP TABLE kept_rep;";
        connection.execute_batch(back).expect("as it was");
    }
    assert_eq!(connection.execute("DELETE FROM customer", []), Ok(1));
    assert_eq!(connection.execute("DELETE FROM rep", []), Ok(1));
    desk.refuses(now, &["verify"], "0 histories are whole, 2 are broken");
}
