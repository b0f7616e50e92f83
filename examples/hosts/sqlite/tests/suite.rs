//! The conformance suite on a real file, and the plans of the queries.

use customer_pool::conformance::Database;
use customer_pool::digest::Digest;
use pool_sqlite::{LISTS, SqliteStore, migrate};
use rusqlite::Connection;
use tempfile::TempDir;

/// A file in a folder that goes with it.
struct File(TempDir);

impl File {
    fn new() -> Self {
        let file = Self(tempfile::tempdir().expect("a folder"));
        file.open();
        file
    }

    fn open(&self) -> Connection {
        let mut connection = Connection::open(self.0.path().join("pool.db")).expect("a file");
        migrate(&mut connection).expect("the schema");
        connection
    }
}

impl Database for File {
    type Session = SqliteStore<Connection>;

    fn session(&self) -> Self::Session {
        SqliteStore::new(self.open())
    }

    fn side_text(&self, digest: &Digest) -> Option<String> {
        self.session().side_text(digest).expect("a read")
    }
}

customer_pool::conformance!(sqlite, File::new);
customer_pool::conformance_of_listings!(sqlite_lists_open_items, File::new);

/// Goal: no list reads more than it gives. Method: SQLite's own plan of each is one search of an index that covers it,
/// without sorting.
#[test]
fn every_list_is_a_range_of_an_index_that_covers_it() {
    let file = File::new();
    let connection = file.open();
    for (name, query) in LISTS {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).expect(query);
        let mut rows = statement.raw_query();
        let mut plan = Vec::new();
        while let Some(row) = rows.next().expect("a row") {
            plan.push(row.get::<_, String>(3).expect("a line"));
        }
        println!("{name}: {plan:?}");
        let [line] = plan.as_slice() else { panic!("{name}: {plan:?}") };
        assert!(line.starts_with("SEARCH customer USING") && line.contains("INDEX"), "{name}: {line}");
        assert!(line.contains("COVERING"), "{name}: {line}");
    }
}

/// Migrations are made once, by however many sessions open the file at once.
#[test]
fn many_sessions_may_open_a_new_file_at_once() {
    let file = File(tempfile::tempdir().expect("a folder"));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| drop(file.open()));
        }
    });
    let version: i64 = file.open().pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version");
    assert_eq!(version, 1);
}

/// On the host's own transaction the pool's writes commit, and are undone, with the host's.
#[test]
fn the_hosts_own_writes_commit_with_ours() {
    use customer_pool::model::{Actor, Customer, Place};
    use customer_pool::plan::{Command, Intent, Landing};
    use customer_pool::policy::Revisions;
    use customer_pool::service::{Attempt, Driver};
    use customer_pool::store::PoolStore;

    let file = File::new();
    let mut connection = file.open();
    connection.execute_batch("CREATE TABLE invoice (customer TEXT)").expect("a table");
    let policy =
        customer_pool::Policy::from_json(include_str!("../../../../docs/first-policy.json")).expect("a policy");
    let rules = Revisions::new([policy]).expect("one revision");
    let driver = Driver::new(&rules);
    let customer = Customer::new("c1".parse().expect("an id"), Place::Awaiting).into();
    let intent = Intent::Create { customer, into: Landing::Pool("east".parse().expect("an id")) };
    let command = Command::new("k".parse().expect("a key"), "c1".parse().expect("an id"), Actor::System, intent);
    let now = "2026-03-02T08:00:00Z".parse().expect("an instant");
    for commits in [false, true] {
        let transaction = connection.transaction().expect("a transaction");
        let attempt = driver.run(&command, now).on(&mut SqliteStore::new(&*transaction)).expect("no failure");
        assert!(matches!(attempt, Attempt::Done(_)));
        transaction.execute("INSERT INTO invoice VALUES ('c1')", []).expect("a row");
        let seen = SqliteStore::new(&*transaction).customer(&"c1".parse().expect("an id")).expect("a read");
        assert!(seen.is_some(), "the transaction sees its own writes");
        if commits {
            transaction.commit().expect("a commit");
        }
        // Without a commit it was undone when it went.
    }
    let invoices: i64 = connection.query_row("SELECT count(*) FROM invoice", [], |row| row.get(0)).expect("a count");
    let kept = SqliteStore::new(&connection).customer(&"c1".parse().expect("an id")).expect("a read");
    assert_eq!((invoices, kept.is_some()), (1, true));
}

/// Who reads a file does not wait for who writes it, from its opening on.
#[test]
fn a_file_that_is_up_to_date_is_opened_while_another_writes() {
    let file = File::new();
    let writer = file.open();
    writer.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let mut reader = Connection::open(file.0.path().join("pool.db")).expect("a file");
    migrate(&mut reader).expect("nothing to write");
    assert_eq!(reader.query_row("SELECT count(*) FROM customer", [], |row| row.get::<_, i64>(0)), Ok(0));
}

/// A file of a later version is left alone.
#[test]
fn a_file_of_a_later_version_is_refused() {
    let file = File::new();
    file.open().pragma_update(None, "user_version", 99).expect("a number");
    let mut connection = Connection::open(file.0.path().join("pool.db")).expect("a file");
    assert!(matches!(migrate(&mut connection), Err(pool_sqlite::SqliteError::Newer(99))));
}

/// A commit that fails at its very end — here by a constraint of the host's that is looked at only then — leaves no
/// transaction open: the next commit of the session is one of its own, and others see it.
#[test]
fn a_commit_that_fails_at_its_end_takes_no_later_one_with_it() {
    use customer_pool::model::{Actor, Rep};
    use customer_pool::plan::{RepCommand, RepIntent};
    use customer_pool::policy::Revisions;
    use customer_pool::service::Driver;
    use customer_pool::store::PoolStore;

    let file = File::new();
    let connection = file.open();
    connection
        .execute_batch(
            "CREATE TABLE staff (rep TEXT NOT NULL PRIMARY KEY);
             CREATE TABLE desk (rep TEXT REFERENCES staff (rep) DEFERRABLE INITIALLY DEFERRED);
             CREATE TRIGGER seated AFTER INSERT ON rep BEGIN INSERT INTO desk VALUES (NEW.id); END;
             INSERT INTO staff VALUES ('wang');",
        )
        .expect("the host's tables");
    let policy =
        customer_pool::Policy::from_json(include_str!("../../../../docs/first-policy.json")).expect("a policy");
    let rules = Revisions::new([policy]).expect("one revision");
    let now = "2026-03-02T08:00:00Z".parse().expect("an instant");
    let mut store = SqliteStore::new(connection);
    let mut enrol = |name: &str| {
        let id: customer_pool::id::RepId = name.parse().expect("an id");
        let intent = RepIntent::Enroll { rep: Rep::new(id.clone()).into() };
        let command = RepCommand::new(name.parse().expect("a key"), id, Actor::System, intent);
        Driver::new(&rules).run_rep(&command, now).on(&mut store).map(drop)
    };
    assert!(enrol("li").is_err(), "nobody of that name is on the staff");
    enrol("wang").expect("no failure");
    let mut other = file.session();
    let known = ["li", "wang"].map(|name| other.rep(&name.parse().expect("an id")).expect("a read").is_some());
    assert_eq!(known, [false, true]);
}
