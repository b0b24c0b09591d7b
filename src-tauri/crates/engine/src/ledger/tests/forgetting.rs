//! Asks what is left of people in a ledger, and in one of an earlier version, after they are to be forgotten.

use chrono::NaiveDate;
use rusqlite::named_params;

use super::*;
use crate::domain::ExpenseDetail;
use crate::views::Content;

const DAY_AFTER: &str = "2026-10-29";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Returns a former content of record A, for this payee.
fn former(payee_id: &str, text: &str) -> Content {
    Content {
        date: day("2026-10-28"),
        amount: "400.00".into(),
        currency: "NOK".into(),
        payee_id: payee_id.into(),
        payee: "Kari Nordmann".into(),
        category: "travel".into(),
        text: text.into(),
        department: Some("Bodø".into()),
        project: None,
        detail: ExpenseDetail::default(),
        version: Some(1),
        approved_at: None,
    }
}

/// Makes a ledger in which record A is exported and had two contents before: of a payee with a number, and of one who
/// is known by the name alone.
async fn corrected_twice() -> LedgerRig {
    let rig = rig().await;
    let request = request_with_content(&rig).await;
    settle(&rig, &request, acknowledged()).await.expect("it was open");
    for (hash, payee_id, text) in [(1_u8, "PM-0031", "Taxi with Ola"), (2, "Kari Nordmann", "Taxi")] {
        let content = values::json(&former(payee_id, text));
        let keep = move |tx: &LedgerTx<'_>| {
            tx.execute(
                "INSERT INTO superseded (record_id, content_hash, content, replaced_at) VALUES ('A', :hash, :content, 't')",
                named_params! { ":hash": [hash; 32].as_slice(), ":content": content },
            )
        };
        rig.ledger.write(move |tx| keep(tx).map(drop)).await.expect("a row of our own");
    }
    rig
}

fn words(connection: &Connection, sql: &str) -> Vec<String> {
    let mut rows = connection.prepare(sql).expect("a statement");
    let found = rows.query_map([], |row| row.get(0)).expect("it is read");
    found.map(|text| text.expect("a text")).collect()
}

/// Reads payee, payee's number and text of each former content.
fn former_words(connection: &Connection) -> Vec<String> {
    let sql = "SELECT content ->> '$.payee_id' || '|' || (content ->> '$.payee') || '|' || (content ->> '$.text') || '|' ||
                      (content ->> '$.amount') || '|' || (content ->> '$.department') || '|' || (content ->> '$.version')
               FROM superseded ORDER BY content_hash";
    words(connection, sql)
}

#[tokio::test]
async fn former_contents_lose_their_words_and_keep_their_facts() {
    let rig = corrected_twice().await;
    let due = rig.ledger.read(|tx| tx.due_to_be_forgotten(day("2026-10-28"))).await;
    assert_eq!(due.ok(), Some(0), "not on the very day");
    let forgotten = rig.ledger.write(|tx| tx.forget(day(DAY_AFTER), NOW)).await;
    assert_eq!(forgotten.ok(), Some(1));
    let connection = Connection::open(rig.ledger.path()).expect("the file is there");
    assert_eq!(former_words(&connection), ["PM-0031|||400.00|Bodø|1", "|||400.00|Bodø|1"]);
}

#[tokio::test]
async fn older_ledger_forgets_what_is_from_before_the_day() {
    let rig = corrected_twice().await;
    let glimpse = "UPDATE reading SET started_at = '2026-10-28';
                   INSERT INTO flaw (reading_id, file, line, reason, glimpse)
                   SELECT reading_id, 'a.csv', 9, '{}', 'Kari;412' FROM reading;";
    let path = rig.ledger.path().to_owned();
    drop(rig.ledger);
    let connection = Connection::open(&path).expect("the file is there");
    connection.execute_batch(glimpse).expect("rows of our own");
    let guard = |connection: &Connection| {
        words(connection, "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    };
    let guarded = guard(&connection);
    let people = |connection: &Connection| {
        let texts = words(connection, "SELECT payee_id || '|' || payee_name || '|' || text FROM record");
        let sent = words(connection, "SELECT sent ->> '$.text' || '|' || (sent ->> '$.payee') FROM attempt");
        (texts, sent, words(connection, "SELECT glimpse FROM flaw"), former_words(connection))
    };
    let before = people(&connection);
    forget_in_older(&path, day("2026-10-28")).expect("it is written");
    assert_eq!(people(&connection), before, "nothing is from before that day");

    forget_in_older(&path, day(DAY_AFTER)).expect("it is written");
    let (texts, sent, rows, contents) = people(&connection);
    assert_eq!((texts, sent, rows), (vec!["PM-0031||".into()], vec!["|".into()], vec![String::new()]));
    assert_eq!(contents, ["|||400.00|Bodø|1", "|||400.00|Bodø|1"]);
    assert_eq!(guard(&connection), guarded, "every guard stands again");
}
