//! Tests drafts: staged as often as anybody likes, committed once, by their own id.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Answer, Call, Practice, code, voucher};

/// Starts a sandbox with drafts and takes its lock.
async fn with_drafts() -> (Practice, String) {
    let practice = Practice::new().await;
    practice.set_faults(json!({"drafts": "on"})).await;
    let token = practice.lock().await;
    (practice, token)
}

#[tokio::test]
async fn draft_addresses_are_unknown_without_the_capability() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    assert_eq!(practice.get("/v1/me").await.json()["capabilities"]["drafts"], false);
    let staged = practice.stage(&token, "k", vec![voucher("a")]).await.unwrap();
    let committed = practice.commit(&token, "D-40001").await.unwrap();
    let deleted = practice.delete_draft(&token, "D-40001").await.unwrap();
    for answer in [staged, committed, deleted, practice.get("/v1/drafts").await] {
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::NOT_FOUND, "not-found"));
    }
    assert_eq!(practice.find_drafts("a").await, Vec::<Value>::new());
    practice.set_faults(json!({"drafts": true})).await;
    assert_eq!(practice.get("/v1/me").await.json()["capabilities"]["drafts"], true);
}

#[tokio::test]
async fn a_draft_is_not_in_the_books_until_it_is_committed() {
    let (practice, token) = with_drafts().await;
    let staged = practice.stage_one(&token, "k", voucher("a")).await;
    assert_eq!(staged, json!({"reference": "a", "status": "staged", "draft_id": "D-40001"}));
    assert!(practice.find("a").await.is_empty());
    let mut draft = practice.find_drafts("a").await[0].clone();
    assert!(draft["created_at"].take().is_string());
    assert_eq!(
        draft,
        json!({
            "reference": "a", "draft_id": "D-40001", "date": "2026-10-31", "currency": "NOK", "total": "412.00",
            "created_at": null, "fence": 1, "text": "Travel, peer support Bodø",
            "lines": [
                {"account": "7140", "amount": "412.00", "dimensions": {"department": "20", "project": "P7"}},
                {"account": "2930", "amount": "-412.00", "party": "PM-0031"},
            ],
        })
    );
    assert_eq!(practice.stats().await["open_drafts"], 1);
    let committed = practice.commit(&token, "D-40001").await.unwrap().json();
    let voucher = json!({"reference": "a", "status": "created", "voucher_id": "V-90001", "number": "10001"});
    assert_eq!(committed, voucher);
    assert_eq!(practice.find("a").await[0]["voucher_id"], "V-90001");
    let lines = practice.get("/admin/vouchers/V-90001").await.json()["lines"].clone();
    assert_eq!(lines[1], json!({"account": "2930", "amount": "-412.00", "party": "PM-0031"}));
    assert!(practice.find_drafts("a").await.is_empty());
    assert_eq!(practice.stats().await["open_drafts"], 0);
}

#[tokio::test]
async fn a_draft_committed_again_answers_with_its_first_voucher() {
    let (practice, token) = with_drafts().await;
    practice.set_faults(json!({"drafts": "on", "unique_references": "off"})).await;
    practice.stage_one(&token, "k", voucher("a")).await;
    let first = practice.commit(&token, "D-40001").await.unwrap().json();
    practice.put("/admin/closed-through", json!({"date": "2026-12-31"})).await;
    practice.shift_clock(400 * 86_400).await;
    let mut again = practice.commit(&token, "D-40001").await.unwrap().json();
    assert_eq!((&again["status"], &again["state"]), (&json!("exists"), &json!("posted")));
    again["status"] = "created".into();
    again.as_object_mut().unwrap().remove("state");
    assert_eq!(again, first);
    let gone = format!("/admin/vouchers/{}", first["voucher_id"].as_str().unwrap());
    practice.send(Call::new(Method::DELETE, &gone)).await.unwrap();
    let after_a_backup = practice.commit(&token, "D-40001").await.unwrap().json();
    assert_eq!((&after_a_backup["status"], &after_a_backup["voucher_id"]), (&json!("exists"), &first["voucher_id"]));
    assert_eq!(practice.stats().await["vouchers"], 0);
}

#[tokio::test]
async fn many_commits_at_once_make_one_voucher() {
    let (practice, token) = with_drafts().await;
    practice.stage_one(&token, "k", voucher("a")).await;
    let commits = (0..16).map(|_| practice.commit(&token, "D-40001"));
    let answers = futures_util::future::join_all(commits).await;
    let created = answers.into_iter().filter(|answer| answer.as_ref().unwrap().json()["status"] == "created").count();
    assert_eq!((created, &practice.stats().await["vouchers"]), (1, &json!(1)));
}

#[tokio::test]
async fn two_drafts_of_a_unique_reference_become_one_voucher() {
    let (practice, token) = with_drafts().await;
    for key in ["k1", "k1", "k2"] {
        practice.stage_one(&token, key, voucher("a")).await;
    }
    assert_eq!(practice.find_drafts("a").await.len(), 2, "the same key has the same draft");
    assert_eq!(practice.commit(&token, "D-40001").await.unwrap().json()["status"], "created");
    let second = practice.commit(&token, "D-40002").await.unwrap();
    let answer = second.json();
    assert_eq!((second.status, &answer["status"]), (StatusCode::OK, &json!("refused")));
    assert_eq!(code(&answer["problem"]), "reference-conflict");
    assert_eq!((&answer["voucher_id"], &answer["problem"]["voucher_id"]), (&json!("V-90001"), &json!("V-90001")));
    assert_eq!(practice.find_drafts("a").await.len(), 1, "a refused draft stays");
    assert_eq!(practice.stage_one(&token, "k3", voucher("a")).await["status"], "exists");

    practice.set_faults(json!({"drafts": "on", "unique_references": "off"})).await;
    assert_eq!(practice.stage_one(&token, "k4", voucher("a")).await["status"], "staged");
    assert_eq!(practice.commit(&token, "D-40002").await.unwrap().json()["status"], "created");
    assert_eq!(practice.stats().await["duplicates"], 1);
}

#[tokio::test]
async fn a_draft_of_a_period_closed_since_is_refused_and_stays() {
    let (practice, token) = with_drafts().await;
    practice.stage_one(&token, "k", voucher("a")).await;
    practice.put("/admin/closed-through", json!({"date": "2026-10-31"})).await;
    let refused = practice.commit(&token, "D-40001").await.unwrap().json();
    assert_eq!((&refused["status"], code(&refused["problem"]).as_str()), (&json!("refused"), "closed-period"));
    assert_eq!(practice.stage_one(&token, "k2", voucher("b")).await["status"], "refused");
    practice.put("/admin/closed-through", json!({"date": null})).await;
    assert_eq!(practice.commit(&token, "D-40001").await.unwrap().json()["status"], "created");
}

#[tokio::test]
async fn a_deleted_draft_is_unknown_and_a_committed_one_stays() {
    let (practice, token) = with_drafts().await;
    practice.stage_one(&token, "k", voucher("a")).await;
    assert_eq!(practice.delete_draft(&token, "D-40001").await.unwrap().status, StatusCode::NO_CONTENT);
    for id in ["D-40001", "D-40009", "D-+40001", "V-90001", "nonsense"] {
        let gone = [practice.commit(&token, id).await, practice.delete_draft(&token, id).await];
        for answer in gone.map(Result::unwrap) {
            assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::NOT_FOUND, "draft-unknown"));
        }
    }
    assert_eq!(practice.stage_one(&token, "k2", voucher("a")).await["draft_id"], "D-40002", "no id comes again");
    practice.commit(&token, "D-40002").await.unwrap();
    let kept = practice.delete_draft(&token, "D-40002").await.unwrap();
    assert_eq!((kept.status, kept.problem().as_str()), (StatusCode::CONFLICT, "draft-committed"));
    assert_eq!(kept.json()["voucher_id"], "V-90001");
}

#[tokio::test]
async fn a_lost_lock_stages_commits_and_deletes_nothing() {
    let (practice, old) = with_drafts().await;
    practice.stage_one(&old, "k", voucher("a")).await;
    practice.shift_clock(61).await;
    let new = practice.lock().await;
    let late = [
        practice.stage(&old, "k2", vec![voucher("b")]).await,
        practice.commit(&old, "D-40001").await,
        practice.delete_draft(&old, "D-40001").await,
    ];
    for answer in late.map(Result::unwrap) {
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::PRECONDITION_FAILED, "lock-lost"));
    }
    assert_eq!(practice.stats().await["open_drafts"], 1);
    practice.commit(&new, "D-40001").await.unwrap();
    assert_eq!(practice.find("a").await[0]["fence"], 2, "a voucher has the fence of its commit");
}

#[tokio::test]
async fn the_pages_hold_every_open_draft_once() {
    let (practice, token) = with_drafts().await;
    let vouchers = (0..9).map(|number| voucher(&format!("ref-{number}"))).collect();
    practice.stage(&token, "k", vouchers).await.unwrap();
    practice.commit(&token, "D-40003").await.unwrap();
    practice.delete_draft(&token, "D-40005").await.unwrap();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = practice.get(&format!("/v1/drafts?limit=3{cursor}")).await.json();
        seen.extend(page["drafts"].as_array().unwrap().iter().map(|one| one["draft_id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, [1, 2, 4, 6, 7, 8, 9].map(|number| json!(format!("D-4000{number}"))));
    assert_eq!(practice.get("/v1/drafts?cursor=V-90001").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn look_ups_do_not_see_young_drafts_when_they_lag() {
    let (practice, token) = with_drafts().await;
    practice.set_faults(json!({"drafts": "on", "lookup_lag_ms": 30_000})).await;
    practice.stage_one(&token, "k", voucher("a")).await;
    assert!(practice.find_drafts("a").await.is_empty());
    assert_eq!(practice.get("/v1/drafts").await.json()["drafts"], json!([]));
    practice.shift_clock(31).await;
    assert_eq!(practice.find_drafts("a").await.len(), 1);
    assert_eq!(practice.get("/v1/drafts").await.json()["drafts"][0]["draft_id"], "D-40001");
}

#[tokio::test]
async fn the_journal_has_the_outcome_and_fence_of_each_draft() {
    let (practice, token) = with_drafts().await;
    practice.stage(&token, "k", vec![voucher("a"), voucher("b")]).await.unwrap();
    practice.commit(&token, "D-40001").await.unwrap();
    practice.delete_draft(&token, "D-40002").await.unwrap();
    practice.commit("unknown", "D-40001").await.unwrap();
    let journal = practice.journal().await;
    let events: Vec<_> = journal[1..]
        .iter()
        .map(|entry| {
            let detail = &entry["detail"];
            (entry["event"].as_str().unwrap(), &entry["fence"], detail["status"].as_i64(), &detail["draft_id"])
        })
        .collect();
    let (fence, nothing) = (json!(1), Value::Null);
    let (one, other) = (json!("D-40001"), json!("D-40002"));
    assert_eq!(
        events,
        [
            ("draft_write", &fence, Some(200), &nothing),
            ("draft_commit", &fence, Some(200), &one),
            ("draft_deleted", &fence, Some(204), &other),
            ("draft_commit", &nothing, Some(412), &one),
        ]
    );
    assert_eq!(journal[1]["detail"]["about"], json!({"staged": 2, "exists": 0, "refused": 0}));
    assert_eq!(journal[2]["detail"]["about"], json!({"reference": "a", "status": "created", "voucher_id": "V-90001"}));
    assert_eq!(practice.stats().await["draft_requests"], 4);
}

/// Puts one fault on each of the three calls; returns each answer, the open drafts and the vouchers.
async fn under(kind: &str) -> [(Result<Answer, reqwest::Error>, Value, Value); 3] {
    let (practice, token) = with_drafts().await;
    practice.stage(&token, "k", vec![voucher("a"), voucher("b")]).await.unwrap();
    let mut outcomes = Vec::new();
    for path in ["draft_stage", "draft_commit", "draft_delete"] {
        practice.set_faults(json!({"drafts": "on", "faults": [{"kind": kind, "paths": [path]}]})).await;
        let answer = match path {
            "draft_stage" => practice.stage(&token, "k2", vec![voucher("c")]).await,
            "draft_commit" => practice.commit(&token, "D-40001").await,
            _ => practice.delete_draft(&token, "D-40002").await,
        };
        let stats = practice.stats().await;
        outcomes.push((answer, stats["open_drafts"].clone(), stats["vouchers"].clone()));
    }
    outcomes.try_into().unwrap()
}

#[tokio::test]
async fn a_fault_before_the_commit_leaves_everything_as_it_was() {
    for kind in ["cut_before_commit", "error_500_before_commit", "status_503", "html"] {
        for (answer, open, vouchers) in under(kind).await {
            assert_eq!((open, vouchers), (json!(2), json!(0)), "{kind}");
            assert_eq!(answer.is_err(), kind == "cut_before_commit", "{kind}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_fault_after_the_commit_leaves_what_was_asked_for() {
    for kind in ["cut_after_commit", "error_500_after_commit", "body_cut_short"] {
        let [staged, committed, deleted] = under(kind).await;
        assert_eq!((staged.1, committed.1, deleted.1), (json!(3), json!(2), json!(1)), "{kind}");
        assert_eq!((committed.2, deleted.2), (json!(1), json!(1)), "{kind}");
        for answer in [staged.0, committed.0, deleted.0] {
            assert!(answer.is_ok_and(|answer| answer.status == 500) == (kind == "error_500_after_commit"), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_missing_result_leaves_its_draft_and_its_voucher() {
    let [staged, committed, deleted] = under("result_missing").await;
    assert_eq!((staged.0.unwrap().json(), staged.1), (json!({"results": []}), json!(3)));
    assert_eq!((committed.0.unwrap().json(), committed.2), (json!({}), json!(1)));
    assert_eq!(deleted.0.unwrap().status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_refuse_fault_hits_stage_and_commit_and_keeps_the_draft() {
    let [staged, committed, deleted] = under("refuse").await;
    assert_eq!((&staged.0.unwrap().json()["results"][0]["status"], staged.1), (&json!("refused"), json!(2)));
    assert_eq!((&committed.0.unwrap().json()["status"], committed.1), (&json!("refused"), json!(2)));
    assert_eq!((deleted.0.unwrap().status, deleted.1), (StatusCode::NO_CONTENT, json!(1)));
}
