//! Tests that drafts are staged, committed and discarded, and which answers count.

use postonce_engine::domain::{Acknowledgement, CommitResult, Discarded, StageResult};

use super::super::{drafts, results};
use super::writes::{TestLease, draft, stage};
use super::*;

fn staged(reference: &str, draft_id: &str) -> Value {
    json!({"reference": reference, "status": "staged", "draft_id": draft_id})
}

fn exists(reference: &str, voucher_id: &str) -> Value {
    json!({"reference": reference, "status": "exists", "voucher_id": voucher_id, "number": "1"})
}

/// Returns the id or kind of refusal of each member `a`, `b`, `c` of a request that was staged.
async fn staged_as(answer: Value) -> Vec<Option<String>> {
    let (_server, open) = answering(200, json!({"results": answer})).await;
    let results = stage(&open, &TestLease::held()).await.expect("it is read");
    let shown = |result: StageResult| match result {
        StageResult::Staged(draft) => format!("draft {}", draft.as_str()),
        StageResult::Exists(made) => format!("voucher {}", made.voucher_id),
        StageResult::Refused { refusal, voucher_id } => format!("{} {}", refusal.kind, voucher_id.unwrap_or_default()),
    };
    results.into_iter().map(|result| result.map(shown)).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn member_is_staged_exists_or_is_refused() {
    let refusal = json!({"type": "x/reference-conflict", "title": "Conflict", "detail": "…", "voucher_id": "V9"});
    let refused = json!({"reference": "c", "status": "refused", "problem": refusal});
    assert_eq!(
        staged_as(json!([staged("a", "D-1"), exists("b", "V2"), refused])).await,
        [some("draft D-1"), some("voucher V2"), some("reference-conflict V9")]
    );
    assert_eq!(
        staged_as(json!([staged("c", "D-3"), staged("a", "D-1")])).await,
        [some("draft D-1"), None, some("draft D-3")]
    );
}

#[tokio::test]
async fn ambiguous_draft_is_staged_for_nobody() {
    let one_draft_for_two = json!([staged("a", "D-1"), staged("b", "D-1"), staged("c", "D-3")]);
    assert_eq!(staged_as(one_draft_for_two).await, [None, None, some("draft D-3")]);
    let with_a_stranger = json!([staged("a", "D-1"), staged("x", "D-1"), staged("c", "D-3")]);
    assert_eq!(staged_as(with_a_stranger).await, [None, None, some("draft D-3")]);
    let two_drafts_for_one = json!([staged("a", "D-1"), staged("a", "D-2"), staged("b", "D-3")]);
    assert_eq!(staged_as(two_drafts_for_one).await, [None, some("draft D-3"), None]);
    let one_voucher_for_two = json!([exists("a", "V1"), exists("b", "V1"), staged("c", "D-3")]);
    assert_eq!(staged_as(one_voucher_for_two).await, [None, None, some("draft D-3")]);
    let alike_and_not_the_same = json!([staged("a", "1"), exists("b", "1"), staged("c", "D-3")]);
    assert_eq!(staged_as(alike_and_not_the_same).await, [some("draft 1"), some("voucher 1"), some("draft D-3")]);
}

#[tokio::test]
async fn draft_without_a_usable_id_is_none() {
    let long = "D".repeat(results::ID_CHARS_MAX + 1);
    let mut voided = exists("a", "V1");
    voided["state"] = json!("voided");
    for odd in [
        json!({"reference": "a", "status": "staged"}),
        json!({"reference": "a", "status": "staged", "draft_id": 7}),
        json!({"reference": "a", "status": "staged", "draft_id": null}),
        json!({"reference": "a", "status": "created", "voucher_id": "V1", "number": "1"}),
        json!({"reference": "a", "status": "Staged", "draft_id": "D-1"}),
        json!({"reference": "a", "status": "refused"}),
        json!({"status": "staged", "draft_id": "D-1"}),
        staged("A", "D-1"),
        staged("a", ""),
        staged("a", " "),
        staged("a", ".."),
        staged("a", "D\n1"),
        staged("a", &long),
        voided,
    ] {
        assert_eq!(staged_as(json!([odd])).await, [None, None, None], "{odd}");
    }
    assert_eq!(staged_as(json!([staged("a", "D/1")])).await, [some("draft D/1"), None, None]);
}

async fn committed(status: u16, answer: Value) -> Result<CommitResult, CallError> {
    let (_server, open) = answering(status, answer).await;
    drafts::commit(&open, &TestLease::held(), &Reference::from_stored("a"), &draft("D-1")).await
}

#[tokio::test]
async fn commit_posts_the_first_time_and_every_time_after() {
    let posted = CommitResult::Posted(Acknowledgement { voucher_id: "V1".into(), number: Some("1".into()) });
    assert_eq!(committed(200, created("a", "V1")).await, Ok(posted.clone()));
    assert_eq!(committed(200, exists("a", "V1")).await, Ok(posted.clone()));
    let mut standing = exists("a", "V1");
    standing["state"] = json!("posted");
    assert_eq!(committed(200, standing).await, Ok(posted));
}

#[tokio::test]
async fn commit_may_be_refused_and_the_draft_stays() {
    for kind in ["closed-period", "reference-conflict", "unknown-account"] {
        let refusal = json!({"type": format!("x/{kind}"), "title": "No", "detail": "Not so", "voucher_id": "V9"});
        let answer = committed(200, json!({"reference": "a", "status": "refused", "problem": refusal})).await;
        assert!(matches!(&answer, Ok(CommitResult::Refused(refusal)) if refusal.kind == kind), "{answer:?}");
    }
}

#[tokio::test]
async fn commit_is_unknown_without_the_claim_and_a_standing_voucher() {
    let mut voided = exists("a", "V1");
    voided["state"] = json!("voided");
    let mut odd_state = exists("a", "V1");
    odd_state["state"] = json!("archived");
    let long = "V".repeat(results::ID_CHARS_MAX + 1);
    for answer in [
        created("b", "V1"),
        created("A", "V1"),
        created("a ", "V1"),
        json!({"status": "created", "voucher_id": "V1", "number": "1"}),
        json!({"reference": "b", "status": "refused", "problem": {"type": "x/closed-period"}}),
        json!({"reference": "a", "status": "refused"}),
        json!({"reference": "a", "status": "staged", "draft_id": "D-1"}),
        json!({"reference": "a", "status": "odd", "voucher_id": "V1"}),
        json!({"results": [created("a", "V1")]}),
        created("a", ""),
        created("a", &long),
        voided,
        odd_state,
    ] {
        let seen = committed(200, answer.clone()).await;
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{answer}: {seen:?}");
    }
}

#[tokio::test]
async fn draft_is_gone_only_by_the_problem_that_says_so() {
    let unknown = json!({"type": "https://example.org/problems/draft-unknown", "title": "Gone", "detail": "…"});
    assert_eq!(committed(404, unknown).await, Ok(CommitResult::Gone));
    for kind in ["not-found", "draft-unknown-here", "Draft-Unknown"] {
        let seen = committed(404, json!({"type": format!("x/{kind}"), "title": "No", "detail": "…"})).await;
        assert!(matches!(seen, Err(CallError::Refused { .. })), "{kind}: {seen:?}");
    }
    let seen = committed(404, json!({"type": "about:blank"})).await;
    assert!(matches!(seen, Err(CallError::Unknown(_))), "anybody may say so: {seen:?}");
    for status in [400, 409, 410, 422] {
        let seen = committed(status, json!({"type": "x/draft-unknown", "title": "No"})).await;
        assert!(seen.is_err(), "{status}: {seen:?}");
    }
}

async fn discarded(status: u16, answer: Value) -> Result<Discarded, CallError> {
    let (_server, open) = answering(status, answer).await;
    drafts::discard(&open, &TestLease::held(), &draft("D-1")).await
}

#[tokio::test]
async fn draft_is_discarded_now_or_since_earlier_or_too_late() {
    let server = MockServer::start().await;
    Mock::given(method("DELETE"))
        .and(path("/v1/drafts/D-1"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    assert_eq!(drafts::discard(&open(&server), &TestLease::held(), &draft("D-1")).await, Ok(Discarded::Gone));
    assert_eq!(discarded(404, json!({"type": "x/draft-unknown", "title": "Gone"})).await, Ok(Discarded::Gone));
    let committed = json!({"type": "x/draft-committed", "title": "Committed", "voucher_id": "V1"});
    assert_eq!(discarded(409, committed).await, Ok(Discarded::Committed));
}

#[tokio::test]
async fn draft_that_may_still_be_there_is_not_gone() {
    for (status, kind) in [(404, "not-found"), (404, "draft-committed"), (422, "draft-unknown")] {
        let seen = discarded(status, json!({"type": format!("x/{kind}"), "title": "No"})).await;
        assert!(matches!(seen, Err(CallError::Refused { .. })), "{status} {kind}: {seen:?}");
    }
    for (status, kind) in [(409, "draft-unknown"), (409, "other"), (200, "draft-unknown"), (202, "x")] {
        let seen = discarded(status, json!({"type": format!("x/{kind}"), "title": "No"})).await;
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{status} {kind}: {seen:?}");
    }
}
