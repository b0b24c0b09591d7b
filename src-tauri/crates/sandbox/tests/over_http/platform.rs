//! Tests the platform half: pages of approved expenses.

use std::collections::HashSet;

use chrono::NaiveDate;
use postonce_sandbox::{Options, PLATFORM_TOKEN, practice};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Call, Practice};

async fn all(practice: &Practice, query: &str) -> Vec<Value> {
    let (mut records, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = practice.get(&format!("/v1/expenses?{query}{cursor}")).await.json();
        records.extend(page["records"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { return records };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn the_pages_hold_every_record_once() {
    let practice = Practice::new().await;
    let records = all(&practice, "limit=170").await;
    let ids: HashSet<_> = records.iter().map(|record| record["id"].as_str().unwrap()).collect();
    assert_eq!((records.len(), ids.len()), (1200, 1200));
    assert!(records.is_sorted_by_key(|record| record["approved_at"].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn a_period_holds_both_its_days() {
    let newest = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let options = Options { practice_count: 1000, practice_newest: Some(newest), ..Options::default() };
    let practice = Practice::with(options).await;
    let expected = practice::records(1, 1000, newest)
        .filter(|record| ("2026-10-01".."2026-11-01").contains(&record.approved_at.to_rfc3339().as_str()))
        .count();
    let records = all(&practice, "approved_from=2026-10-01&approved_to=2026-10-31").await;
    assert_eq!(records.len(), expected);
    assert!(expected > 100);
}

#[tokio::test]
async fn the_platforms_token_opens_the_platform_alone() {
    let practice = Practice::new().await;
    let mut call = Call::new(Method::GET, "/v1/expenses");
    call.token = PLATFORM_TOKEN;
    assert_eq!(practice.send(call).await.unwrap().status, StatusCode::OK);
    let mut call = Call::new(Method::GET, "/v1/vouchers");
    call.token = PLATFORM_TOKEN;
    assert_eq!(practice.send(call).await.unwrap().status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn records_come_from_a_file_of_either_kind() {
    let folder = tempfile::tempdir().unwrap();
    let newest = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let made: Vec<_> = practice::records(5, 40, newest).collect();
    let (csv, json) = (folder.path().join("records.csv"), folder.path().join("records.json"));
    practice::write_csv(made.clone(), std::fs::File::create(&csv).unwrap()).unwrap();
    std::fs::write(&json, serde_json::json!({"records": made, "next_cursor": null}).to_string()).unwrap();
    for path in [csv, json] {
        let practice = Practice::with(Options { records: Some(path.clone()), ..Options::default() }).await;
        let mut served = all(&practice, "").await;
        served.sort_by_key(|record| record["id"].as_str().unwrap().to_owned());
        for (served, made) in served.iter().zip(&made) {
            assert_eq!(
                (served["id"].as_str().unwrap(), served["amount"].as_str().unwrap()),
                (made.id.as_str(), made.amount().as_str())
            );
            assert_eq!(served["text"].as_str().unwrap(), made.text, "{}", path.display());
        }
        assert_eq!(served.len(), 40);
    }
}

#[tokio::test]
async fn expense_that_is_being_exported_is_not_edited() {
    let practice = Practice::new().await;
    let id = practice.get("/v1/expenses?limit=1").await.json()["records"][0]["id"].as_str().unwrap().to_owned();
    let edit = format!("/admin/expenses/{id}/edit");
    let version = |page: Value| page["records"][0]["version"].as_u64().unwrap();
    let before = version(practice.get("/v1/expenses?limit=1").await.json());
    assert_eq!(practice.post(&edit, json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(version(practice.get("/v1/expenses?limit=1").await.json()), before + 1);

    let wish = json!({"run_id": "r1", "ttl_seconds": 60, "expenses": [{"id": id, "version": before + 1}]});
    assert_eq!(practice.post("/v1/expenses/locks", wish.clone()).await.json()["results"][0]["status"], "locked");
    assert_eq!(practice.post(&edit, json!({})).await.status, StatusCode::LOCKED);
    let release = |run: &str| json!({"run_id": run, "ids": [id]});
    practice.post("/v1/expenses/locks/release", release("another")).await;
    assert_eq!(practice.post(&edit, json!({})).await.status, StatusCode::LOCKED, "it is another run's");
    practice.post("/v1/expenses/locks/release", release("r1")).await;
    assert_eq!(practice.post(&edit, json!({})).await.status, StatusCode::NO_CONTENT);
    let late = practice.post("/v1/expenses/locks", wish).await.json();
    assert_eq!(late["results"][0]["problem"]["version"], before + 2, "{late}");
}

#[tokio::test]
async fn lock_on_an_expense_ends_with_its_time_or_its_result() {
    let practice = Practice::new().await;
    let id = practice.get("/v1/expenses?limit=1").await.json()["records"][0]["id"].as_str().unwrap().to_owned();
    let wish = json!({"run_id": "r1", "ttl_seconds": 60, "expenses": [{"id": id}]});
    let locks = async || practice.get("/admin/expenses/locks").await.json()["locks"].as_array().unwrap().len();
    practice.post("/v1/expenses/locks", wish.clone()).await;
    assert_eq!(locks().await, 1);
    practice.put("/admin/clock", json!({"shift_seconds": 61})).await;
    assert_eq!(locks().await, 0);
    practice.post("/v1/expenses/locks", wish).await;
    let result = json!({"id": id, "generation": 1, "reference": "r", "voucher_id": "V-1", "run_id": "r1",
                        "exported_at": "2026-11-02T09:14:03Z"});
    let tell = async || practice.post("/v1/expenses/exported", json!({"results": [result]})).await.json();
    assert_eq!(tell().await["results"][0]["status"], "taken");
    assert_eq!(tell().await["results"][0]["status"], "known");
    assert_eq!(locks().await, 0);
    assert_eq!(practice.get("/admin/expenses/told").await.json()["told"][0]["times"], 2);
    let edit = practice.post(&format!("/admin/expenses/{id}/edit"), json!({})).await;
    assert_eq!(edit.status, StatusCode::LOCKED, "it was exported");
}
