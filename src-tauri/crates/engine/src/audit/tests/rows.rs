//! Is a change found in every table and column that says what happened? The columns are those of the schema: what a
//! migration adds is asked about without a word here.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection as Raw, params};

use super::engine_rig::{EngineRig, kari, not_offered};
use crate::audit::AuditVerdict;
use crate::audit::walk::walk;
use crate::domain::{Act, FindingKind, RunId};
use crate::ledger::AuditAct;
use crate::ledger::{COLUMNS_OUTSIDE, TABLES_OUTSIDE};

/// Makes a ledger with a row in every table, covered by the end of its run.
async fn filled() -> EngineRig {
    let rig = EngineRig::new(Some(1));
    rig.by_the_program(include_str!("filled.sql")).await;
    let now = rig.clock_now();
    let ended = rig.ledger().write(move |tx| {
        let (actor, run) = (kari(), RunId::new("run-1".to_owned()));
        tx.audit(&AuditAct::new(now, &actor, Act::SyncEnded).run(&run))
    });
    ended.await.expect("the run ends");
    rig
}

async fn look(rig: &EngineRig) -> AuditVerdict {
    rig.ledger().read(|tx| walk(tx, not_offered())).await.expect("the ledger can be read")
}

/// A column, as the schema has it.
struct Column {
    table: String,
    name: String,
    type_of: String,
    default: Option<String>,
    is_key: bool,
}

fn columns(raw: &Raw) -> Vec<Column> {
    let mut found = raw
        .prepare(
            "SELECT t.name, c.name, c.type, c.dflt_value, c.pk FROM pragma_table_list t JOIN pragma_table_info(t.name) c
             WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid",
        )
        .expect("the schema can be read");
    let rows = found.query_map([], |row| {
        Ok(Column {
            table: row.get(0)?,
            name: row.get(1)?,
            type_of: row.get(2)?,
            default: row.get(3)?,
            is_key: row.get::<_, i64>(4)? > 0,
        })
    });
    rows.expect("no parameters").map(|column| column.expect("a column")).collect()
}

/// Opens the file as an attacker does: no triggers, no checks.
fn raw(rig: &EngineRig) -> Raw {
    let raw = rig.raw();
    let triggers: Vec<String> = {
        let mut found = raw.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").expect("the schema");
        let rows = found.query_map([], |row| row.get(0)).expect("no parameters");
        rows.map(|name| name.expect("a name")).collect()
    };
    triggers.iter().for_each(|name| raw.execute_batch(&format!("DROP TRIGGER {name}")).expect("it is there"));
    raw
}

fn is_outside(column: &Column) -> bool {
    TABLES_OUTSIDE.iter().any(|(table, _)| *table == column.table)
        || COLUMNS_OUTSIDE
            .iter()
            .any(|(table, name, _)| (*table, *name) == (column.table.as_str(), column.name.as_str()))
}

/// Returns another value of the column's type.
fn other(value: &Sql, type_of: &str) -> Sql {
    match (value, type_of) {
        (Sql::Integer(number), _) => Sql::Integer(number + 1_000),
        (Sql::Text(text), _) => Sql::Text(format!("{text}x")),
        (Sql::Blob(bytes), _) => Sql::Blob(bytes.iter().map(|byte| byte ^ 1).collect()),
        (_, "INTEGER") => Sql::Integer(7),
        (_, "BLOB") => Sql::Blob(vec![7; 32]),
        _ => Sql::Text("x".to_owned()),
    }
}

/// Returns the columns of a table's primary key.
fn keys<'c>(columns: &'c [Column], table: &str) -> Vec<&'c Column> {
    columns.iter().filter(|column| column.table == table && column.is_key).collect()
}

/// Reads the first row's value of a column.
fn first(raw: &Raw, columns: &[Column], column: &Column) -> Sql {
    let order: Vec<&str> = keys(columns, &column.table).iter().map(|key| key.name.as_str()).collect();
    let sql = format!("SELECT {} FROM {} ORDER BY {} LIMIT 1", column.name, column.table, order.join(", "));
    raw.query_row(&sql, [], |row| row.get(0)).unwrap_or_else(|_| {
        panic!(
            "no row of `{0}` in this test: add one to `audit/tests/filled.sql`, so that a change in each of its columns is \
             looked for. If the table says nothing of what happened, name it in `TABLES_OUTSIDE`, with the reason.",
            column.table
        )
    })
}

#[tokio::test]
async fn change_in_every_column_that_says_what_happened_is_found() {
    let rig = filled().await;
    let whole = look(&rig).await;
    assert!(whole.findings.is_empty(), "{:?}", whole.findings);
    let raw = raw(&rig);
    let mut asked = 0;
    let columns = columns(&raw);
    for column in columns.iter().filter(|column| !is_outside(column)) {
        let before = first(&raw, &columns, column);
        let changed = other(&before, &column.type_of);
        // One row alone: the first, by its key.
        let others: Vec<String> = keys(&columns, &column.table)
            .iter()
            .filter(|key| key.name != column.name)
            .map(|key| format!("{0} = (SELECT {0} FROM {1} ORDER BY {0} LIMIT 1)", key.name, key.table))
            .collect();
        let others = if others.is_empty() { String::new() } else { format!(" AND {}", others.join(" AND ")) };
        let set = format!("UPDATE {0} SET {1} = ?1 WHERE {1} IS ?2{others}", column.table, column.name);
        raw.execute(&set, params![changed, before]).expect("the column takes it");
        let found = look(&rig).await;
        let is_found = found.findings.iter().any(|finding| {
            finding.kind.is_change() && finding.detail.get("table").is_some_and(|table| *table == column.table)
        });
        // The ledger's id is in the bytes of everything.
        let is_everything = (column.table.as_str(), column.name.as_str()) == ("ledger", "ledger_id");
        assert!(
            is_found || (is_everything && found.is_changed()),
            "`audit verify` does not find a change of `{}.{}`: {:?}",
            column.table,
            column.name,
            found.findings
        );
        raw.execute(&set, params![before, changed]).expect("it is put back");
        asked += 1;
    }
    assert!(asked > 100, "{asked} columns");
    assert!(look(&rig).await.findings.is_empty(), "everything was put back");
}

#[tokio::test]
async fn row_taken_away_or_put_in_is_found_in_every_table() {
    let rig = filled().await;
    let raw = raw(&rig);
    let columns = columns(&raw);
    let mut tables: Vec<&str> =
        columns.iter().filter(|column| !is_outside(column)).map(|column| column.table.as_str()).collect();
    tables.dedup();
    for table in tables.into_iter().filter(|table| *table != "ledger") {
        let of_table: Vec<&Column> = columns.iter().filter(|column| column.table == table).collect();
        let names: Vec<&str> = of_table.iter().map(|column| column.name.as_str()).collect();
        let values: Vec<Sql> = of_table.iter().map(|column| first(&raw, &columns, column)).collect();
        let put_in = |values: &[Sql]| {
            let marks: Vec<String> = (1..=values.len()).map(|n| format!("?{n}")).collect();
            let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), marks.join(", "));
            raw.execute(&sql, rusqlite::params_from_iter(values)).expect("it takes a row");
        };
        let others: Vec<Sql> = of_table
            .iter()
            .zip(&values)
            .map(|(column, value)| match value {
                Sql::Null => Sql::Null,
                value => other(value, &column.type_of),
            })
            .collect();
        let key = of_table.iter().zip(&values).zip(&others).find(|((column, _), _)| column.is_key);
        let ((key, value), other) = key.expect("every covered table has a key");
        let take_away = |value: &Sql| {
            raw.execute(&format!("DELETE FROM {table} WHERE {} = ?1", key.name), [value]).expect("rows can go");
        };
        put_in(&others);
        let found = look(&rig).await;
        let names_it = |verdict: &AuditVerdict, kind| {
            verdict.findings.iter().any(|one| one.kind == kind && one.detail["table"] == table)
        };
        let is_item = table == "run_item";
        assert!(names_it(&found, FindingKind::RowAdded) || (is_item && !found.is_changed()), "{table}: {found:?}");
        take_away(other);
        assert!(look(&rig).await.findings.is_empty(), "{table} is as it was");
        if is_item {
            continue;
        }
        take_away(value);
        assert!(names_it(&look(&rig).await, FindingKind::RowMissing), "{table}");
        put_in(&values);
        assert!(look(&rig).await.findings.is_empty(), "{table} is as it was");
    }
}

#[tokio::test]
async fn row_of_a_run_taken_away_or_put_in_is_found_with_its_run() {
    for edit in [
        "DELETE FROM run_item WHERE run_number = 1 AND position = 1",
        "DELETE FROM run_item WHERE run_number = 1 AND position = 2",
        "INSERT INTO run_item (run_number, position, result) VALUES (1, 3, 'held')",
        "UPDATE run_item SET result = 'refused', mark = zeroblob(8) WHERE position = 2",
    ] {
        let rig = filled().await;
        raw(&rig)
            .execute_batch(&edit.replace("= 1 AND", "= (SELECT run_number FROM run WHERE run_id = 'run-1') AND"))
            .expect("SQL");
        let found = look(&rig).await;
        let run = found.findings.iter().find_map(|finding| finding.detail.get("run"));
        assert_eq!(run.map(String::as_str), Some("run-1"), "{edit}: {found:?}");
        assert!(found.is_changed());
    }
}

#[tokio::test]
async fn settled_row_changed_with_its_digest_is_found_for_good() {
    let rig = filled().await;
    rig.by_the_program("UPDATE run SET actor_user = 'mallory' WHERE run_id = 'run-1'").await;
    let found = |verdict: AuditVerdict| {
        verdict.findings.iter().any(|one| one.kind == FindingKind::RowChanged && one.detail["table"] == "run")
    };
    assert!(found(look(&rig).await), "before the next run");
    rig.sync().await;
    assert!(found(look(&rig).await), "after it, too");
}

#[tokio::test]
async fn digests_taken_away_are_found() {
    let rig = filled().await;
    raw(&rig).execute_batch("DELETE FROM row_digest").expect("SQL");
    assert!(look(&rig).await.is_changed());
    rig.sync().await;
    assert!(look(&rig).await.is_changed(), "what stands there now is not sealed anew without a word");
}

#[tokio::test]
async fn open_request_whose_bytes_were_changed_is_found() {
    let rig = filled().await;
    raw(&rig).execute_batch("UPDATE request SET body = x'00'").expect("SQL");
    let found = look(&rig).await;
    assert!(found.findings.iter().any(|one| one.detail["table"] == "request"), "{found:?}");
}

/// Returns a ledger from before rows were covered: its entries speak of no rows, and no row has a digest.
async fn from_before() -> EngineRig {
    let rig = filled().await;
    raw(&rig)
        .execute_batch(
            "DELETE FROM row_digest; UPDATE run_item SET mark = NULL; DELETE FROM audit_head; DELETE FROM audit",
        )
        .expect("SQL");
    rig.before_rows_were_covered(3).await;
    rig
}

#[tokio::test]
async fn ledger_from_before_is_sealed_by_its_first_new_entry() {
    let rig = from_before().await;
    let before = look(&rig).await;
    assert!(before.findings.is_empty() && before.rows_covered_from.is_none(), "{before:?}");
    rig.sync().await;
    let after = look(&rig).await;
    assert!(after.findings.is_empty(), "{after:?}");
    assert_eq!(after.rows_covered_from, Some(4));
    let acts = rig.ledger().audit_page(&crate::ledger::AuditFilter::default(), None, 100).await.expect("entries");
    let sealed = acts.iter().find(|entry| entry.act == Act::HistorySealed).expect("it says so");
    assert_eq!(sealed.detail["entries_before"], 3);
    raw(&rig).execute_batch("UPDATE attempt SET voucher_number = '2026-99'").expect("SQL");
    assert!(look(&rig).await.is_changed(), "rows from before are covered from then on");
}

#[tokio::test]
async fn history_has_its_digests_before_the_entry_that_seals_it() {
    let rig = from_before().await;
    rig.ledger().note_history().await.expect("the ledger is writable");
    let open = "SELECT count(*) FROM row_digest WHERE entry = 0 AND table_name IN ('record', 'attempt', 'run_sum')";
    let noted: i64 = raw(&rig).query_row(open, [], |row| row.get(0)).expect("SQL");
    assert!(noted >= 3, "{noted}");
    assert!(look(&rig).await.findings.is_empty(), "nothing is covered yet");
    // The entry seals the rows as they were noted, and makes no second look at them.
    raw(&rig).execute_batch("UPDATE run_sum SET minor = minor + 1").expect("SQL");
    rig.sync().await;
    assert!(look(&rig).await.is_changed());
}

#[tokio::test]
async fn digest_of_a_row_is_found_by_its_key() {
    let rig = EngineRig::new(None);
    let ways = rig.ledger().write(|tx| tx.ways_to_a_digest()).await.expect("each is SQL");
    assert!(ways.len() > 10, "{ways:?}");
    // A look through the whole table for each row takes hours at a million.
    let by_key = |way: &String| way.contains("SEARCH d") && way.contains("key1=? AND key2=?");
    assert!(ways.iter().all(by_key), "{ways:#?}");
}

#[tokio::test]
async fn every_exception_names_what_the_schema_has() {
    let rig = EngineRig::new(None);
    let columns = columns(&rig.raw());
    for (table, why) in TABLES_OUTSIDE {
        assert!(columns.iter().any(|column| column.table == table), "{table}");
        assert!(why.len() > 20, "{table} has a reason");
    }
    for (table, name, why) in COLUMNS_OUTSIDE {
        assert!(columns.iter().any(|column| column.table == table && column.name == name), "{table}.{name}");
        assert!(why.len() > 20, "{table}.{name} has a reason");
    }
    for column in columns.iter().filter(|column| !is_outside(column)) {
        let is_literal =
            column.default.as_ref().is_none_or(|text| text.parse::<i64>().is_ok() || text.starts_with('\''));
        assert!(
            is_literal,
            "the default of `{}.{}` is no literal: rows from before the migration would have another digest",
            column.table, column.name
        );
        let keys = keys(&columns, &column.table).len();
        assert!((1..=2).contains(&keys), "`{}` has a primary key of one or two columns", column.table);
    }
}
