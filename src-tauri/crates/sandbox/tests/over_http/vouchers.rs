//! Tests vouchers: what is made, what is refused and why, how they are found and reversed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Call, Practice, code, voucher};

#[tokio::test]
async fn each_voucher_of_a_request_stands_or_falls_alone() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.put("/admin/closed-through", json!({"date": "2025-12-31"})).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = voucher("refused");
        change(&mut changed);
        changed
    };
    let cases = [
        ("unbalanced", with(&|one| one["lines"][0]["amount"] = "412.01".into())),
        ("unknown-account", with(&|one| one["lines"][0]["account"] = "9999".into())),
        ("bad-date", with(&|one| one["date"] = "2026-02-30".into())),
        ("closed-period", with(&|one| one["date"] = "2025-12-31".into())),
        ("bad-currency", with(&|one| one["currency"] = "nok".into())),
        ("bad-amount", with(&|one| one["lines"][0]["amount"] = "412,00".into())),
        ("bad-reference", with(&|one| one["reference"] = "x".repeat(65).into())),
        ("invalid", with(&|one| one["lines"][0]["amount"] = 412.into())),
        ("invalid", with(&|one| one["lines"] = json!([]))),
    ];
    let mut vouchers = vec![voucher("first")];
    vouchers.extend(cases.iter().map(|(_, case)| case.clone()));
    vouchers.push(voucher("last"));
    let answer = practice.post_vouchers(&token, "k", vouchers).await.unwrap().json();
    let results = answer["results"].as_array().unwrap();
    for ((expected, _), result) in cases.iter().zip(&results[1..]) {
        assert_eq!((result["status"].as_str(), code(&result["problem"]).as_str()), (Some("refused"), *expected));
    }
    assert_eq!((&results[0]["status"], &results[10]["status"]), (&json!("created"), &json!("created")));
    assert_eq!(practice.stats().await["vouchers"], 2);
}

#[tokio::test]
async fn a_reference_is_never_used_twice_voided_ones_included() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let made = practice.post_one(&token, "k1", voucher("a")).await;
    let id = made["voucher_id"].as_str().unwrap();
    assert_eq!((id, made["number"].as_str().unwrap()), ("V-90001", "10001"));
    practice.post(&format!("/admin/vouchers/{id}/void"), Value::Null).await;
    let again = practice.post_one(&token, "k2", voucher("a")).await;
    assert_eq!(
        again,
        json!({
            "reference": "a", "status": "exists", "voucher_id": id, "number": "10001", "state": "voided",
        })
    );
    let mut other = voucher("a");
    other["text"] = "something else".into();
    let conflict = practice.post_one(&token, "k3", other).await;
    assert_eq!((code(&conflict["problem"]).as_str(), &conflict["voucher_id"]), ("reference-conflict", &json!(id)));
    assert_eq!(conflict["problem"]["voucher_id"], id);
}

#[tokio::test]
async fn the_same_amount_written_differently_is_the_same_voucher() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.post_one(&token, "k1", voucher("a")).await;
    let mut same = voucher("a");
    same["lines"][0]["amount"] = "412".into();
    same["lines"][0]["note"] = "a member that the server does not know".into();
    assert_eq!(practice.post_one(&token, "k2", same).await["status"], "exists");
}

#[tokio::test]
async fn a_request_with_too_many_vouchers_is_refused_as_a_whole() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let vouchers = (0..501).map(|number| voucher(&number.to_string())).collect();
    let answer = practice.post_vouchers(&token, "k", vouchers).await.unwrap();
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "too-many-vouchers"));
    assert_eq!(practice.stats().await["vouchers"], 0);
}

#[tokio::test]
async fn a_write_is_refused_without_its_headers() {
    let practice = Practice::new().await;
    let body = json!({"vouchers": []});
    for header in ["Lock-Token", "Idempotency-Key"] {
        let call = Call::new(Method::POST, "/v1/vouchers").json(&body).with(header, "there");
        let answer = practice.send(call).await.unwrap();
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "missing-header"));
    }
}

#[tokio::test]
async fn any_token_writes_with_fences_off() {
    let practice = Practice::new().await;
    practice.set_faults(json!({"checks_fence": "off"})).await;
    let old = practice.lock().await;
    practice.shift_clock(61).await;
    practice.lock().await;
    assert_eq!(practice.post_one(&old, "k1", voucher("a")).await["status"], "created");
    assert_eq!(practice.post_one("unknown", "k2", voucher("b")).await["status"], "created");
    assert_eq!((&practice.find("a").await[0]["fence"], &practice.find("b").await[0]["fence"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn a_look_up_shows_what_is_there() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.post_one(&token, "k", voucher("a")).await;
    let found = practice.find("a").await;
    let one = &found[0];
    assert_eq!((one["total"].as_str(), one["date"].as_str()), (Some("412.00"), Some("2026-10-31")));
    assert_eq!((&one["state"], &one["fence"], &one["voucher_id"]), (&json!("posted"), &json!(1), &json!("V-90001")));
    assert!(practice.find("b").await.is_empty());
}

#[tokio::test]
async fn look_ups_do_not_see_new_vouchers_when_they_lag() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.set_faults(json!({"lookup_lag_ms": 30_000})).await;
    practice.post_one(&token, "k", voucher("a")).await;
    assert!(practice.find("a").await.is_empty());
    assert_eq!(practice.get("/v1/vouchers").await.json()["vouchers"], json!([]));
    practice.shift_clock(31).await;
    assert_eq!(practice.find("a").await.len(), 1);
}

#[tokio::test]
async fn the_pages_hold_every_voucher_once_and_in_order() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let vouchers = (0..25).map(|number| voucher(&format!("ref-{number:02}"))).collect();
    practice.post_vouchers(&token, "k", vouchers).await.unwrap();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = practice.get(&format!("/v1/vouchers?created_from=2000-01-01&limit=10{cursor}")).await.json();
        let references = page["vouchers"].as_array().unwrap().iter().map(|one| one["reference"].clone());
        seen.extend(references);
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let expected: Vec<_> = (0..25).map(|number| json!(format!("ref-{number:02}"))).collect();
    assert_eq!(seen, expected);
    let earlier = practice.get("/v1/vouchers?created_to=2000-01-01").await.json();
    assert_eq!(earlier, json!({"vouchers": [], "next_cursor": null}));
}

#[tokio::test]
async fn a_period_of_dates_holds_both_its_days_and_each_voucher_once() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let dated = |number: usize, date: &str| {
        let mut one = voucher(&format!("ref-{number:02}"));
        one["date"] = date.into();
        one
    };
    let dates = ["2026-11-01", "2026-10-31", "2026-10-01", "2026-10-31", "2026-09-30", "2026-10-15", "2026-10-01"];
    let vouchers = dates.iter().enumerate().map(|(number, date)| dated(number, date)).collect();
    practice.post_vouchers(&token, "k", vouchers).await.unwrap();
    let all = async |query: &str| {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = practice.get(&format!("/v1/vouchers?limit=2&{query}{cursor}")).await.json();
            let references = page["vouchers"].as_array().unwrap().iter();
            seen.extend(references.map(|one| one["reference"].as_str().unwrap()[4..].to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { return seen.join(" ") };
            cursor = format!("&cursor={next}");
        }
    };
    assert_eq!(all("date_from=2026-10-01&date_to=2026-10-31").await, "02 06 05 01 03");
    assert_eq!(all("date_from=2026-10-15").await, "05 01 03 00");
    assert_eq!(all("date_to=2026-10-01").await, "04 02 06");
    assert_eq!(all("date_from=2026-10-02&date_to=2026-10-14").await, "");
    assert_eq!(all("date_to=2026-10-31&created_to=2000-01-01").await, "");
    assert_eq!(all("").await, "00 01 02 03 04 05 06", "without dates, as they were made");
    for query in ["date_from=2026-10", "date_to=2026-02-30", "date_from=2026-10-01&cursor=V-90001"] {
        let refused = practice.get(&format!("/v1/vouchers?{query}")).await;
        assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::BAD_REQUEST, "bad-request"), "{query}");
    }
}

#[tokio::test]
async fn a_voucher_is_reversed_once_and_the_sums_fall_back() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let made = practice.post_one(&token, "k", voucher("a")).await;
    let path = format!("/v1/vouchers/{}/reversal", made["voucher_id"].as_str().unwrap());
    let reverse = async |key: &str, reference: &str| {
        let body = json!({"reference": reference, "date": "2026-11-01", "reason": "paid by hand"});
        let call = Call::new(Method::POST, &path).json(&body).with("Lock-Token", &token).with("Idempotency-Key", key);
        practice.send(call).await.unwrap()
    };
    let first = reverse("r1", "a-back").await;
    assert_eq!((first.status, &first.json()["status"]), (StatusCode::OK, &json!("created")));
    assert_eq!(reverse("r1", "a-back").await.header("idempotency-replayed"), "true");
    let same = reverse("r2", "a-back").await.json();
    assert_eq!((&same["status"], &same["voucher_id"]), (&json!("exists"), &first.json()["voucher_id"]));
    let second = reverse("r3", "another").await;
    assert_eq!((second.status, second.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "already-reversed"));
    let (original, back) = (&practice.find("a").await[0], &practice.find("a-back").await[0]);
    assert_eq!((&original["state"], &original["reversed_by"]), (&json!("voided"), &same["voucher_id"]));
    assert_eq!((&original["reverses"], &back["reversed_by"]), (&Value::Null, &Value::Null));
    assert_eq!(back["reverses"], made["voucher_id"]);
    for query in ["", "?date_from=2026-01-01"] {
        let page = practice.get(&format!("/v1/vouchers{query}")).await.json();
        assert_eq!(page["vouchers"], json!([original, back]));
    }
    let counter = practice.get(&format!("/admin/vouchers/{}", same["voucher_id"].as_str().unwrap())).await.json();
    assert_eq!((&counter["lines"][0]["amount"], &counter["reverses"]), (&json!("-412.00"), &made["voucher_id"]));
    assert_eq!(practice.stats().await["sums"], json!([]));
}
