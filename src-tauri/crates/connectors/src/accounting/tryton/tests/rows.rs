//! Tests the row that the lock is: a party with a unique code.

use super::*;

const CREATE: &str = "model.party.party.create";
const WRITE: &str = "model.party.party.write";
const DELETE: &str = "model.party.party.delete";
const SEARCH: &str = "model.party.party.search_read";

fn party(comment: &str) -> ResponseTemplate {
    let at = |second: u32| {
        json!({"__class__": "datetime", "year": 2026, "month": 11, "day": 23, "hour": 4, "minute": 16, "second": second,
               "microsecond": 0})
    };
    result(json!([{"id": 12, "write_date": at(31), "create_date": at(30),
                   "contact_mechanisms.": [{"id": 5, "comment": comment}]}]))
}

fn rows(fake: &Fake) -> PartyRows {
    PartyRows(Arc::clone(&fake.tryton.link))
}

#[tokio::test]
async fn row_is_a_party_whose_code_no_other_has() {
    let fake =
        answering(vec![(CREATE, result(json!([12]))), (CREATE, no("The code must be unique.")), (SEARCH, party("{}"))])
            .await;
    assert_eq!(rows(&fake).create("lock", "{}").await, Ok(Created::Made(RowId::new("12"))));
    assert_eq!(rows(&fake).create("lock", "{}").await, Ok(Created::Taken));
    let made = &fake.asked(CREATE)[0][0][0];
    assert_eq!(made["code"], "lock-1", "each company has its own");
    assert!(made["name"].as_str().is_some_and(|name| name.contains("Postonce")), "{made}");
    assert_eq!(made["contact_mechanisms"][0][1][0]["comment"], "{}");
}

#[tokio::test]
async fn refusal_for_another_reason_does_not_mean_a_taken_row() {
    let fake = answering(vec![(CREATE, no("You may not.")), (SEARCH, result(json!([])))]).await;
    assert!(matches!(rows(&fake).create("lock", "{}").await, Err(CallError::Refused { .. })));
}

#[tokio::test]
async fn row_is_read_with_its_text_and_the_servers_time() {
    let fake = answering(vec![(SEARCH, party("{\"a\":1}")), (SEARCH, result(json!([])))]).await;
    let row = rows(&fake).read("lock").await.expect("it answers").expect("it is there");
    assert_eq!((row.id, row.text.as_str()), (RowId::new("12"), "{\"a\":1}"));
    assert_eq!(row.written_at.expect("it says when").to_rfc3339(), "2026-11-23T04:16:31+00:00");
    assert_eq!(rows(&fake).read("lock").await, Ok(None));
}

#[tokio::test]
async fn row_that_is_gone_is_neither_written_nor_made_again() {
    let id = RowId::new("12");
    let fake = answering(vec![(SEARCH, result(json!([])))]).await;
    assert_eq!(rows(&fake).update(&id, "{}").await, Ok(false));
    assert_eq!((fake.asked(WRITE).len(), fake.asked(CREATE).len()), (0, 0));

    let fake =
        answering(vec![(SEARCH, party("{}")), (WRITE, no("It does not exist.")), (SEARCH, result(json!([])))]).await;
    assert_eq!(rows(&fake).update(&id, "{}").await, Ok(false));

    let fake = answering(vec![(DELETE, no("It does not exist.")), (SEARCH, result(json!([])))]).await;
    assert_eq!(rows(&fake).delete(&id).await, Ok(false));
}

#[tokio::test]
async fn row_is_written_by_its_id_alone() {
    let fake =
        answering(vec![(SEARCH, party("{}")), (WRITE, result(Value::Null)), (DELETE, result(Value::Null))]).await;
    assert_eq!(rows(&fake).update(&RowId::new("12"), "new").await, Ok(true));
    let written = &fake.asked(WRITE)[0];
    assert_eq!(
        (&written[0], &written[1]["contact_mechanisms"]),
        (&json!([12]), &json!([["write", [5], {"comment": "new"}]]))
    );
    assert_eq!(rows(&fake).delete(&RowId::new("12")).await, Ok(true));
}
