//! Tests look-ups: they find every voucher and draft under the references that were asked for.

use postonce_engine::domain::{Found, FoundVoucher, VoucherState};

use super::*;

fn found(reference: &str, voucher_id: &str) -> Value {
    json!({"reference": reference, "voucher_id": voucher_id, "number": "1", "date": "2026-10-31", "currency": "NOK",
           "total": "412.00", "created_at": "2026-11-02T09:14:03Z", "fence": 3, "state": "posted"})
}

#[tokio::test]
async fn look_up_takes_all_vouchers_of_what_was_asked_for() {
    let answer = json!({"found": [found("a", "V1"), found("a", "V2"), found("x", "V3")]});
    let (_server, open) = answering(200, answer).await;
    let found = open.look_up(&references(&["a", "b"])).await.expect("it is read");
    let ids: Vec<&str> = found.vouchers.iter().map(|voucher| voucher.acknowledgement.voucher_id.as_str()).collect();
    assert_eq!(ids, ["V1", "V2"]);
}

#[tokio::test]
async fn look_up_asks_for_500_at_a_time() {
    let (server, open) = answering(200, json!({"found": []})).await;
    let many: Vec<Reference> = (0..1_001).map(|count| Reference::from_stored(format!("hlf:{count}"))).collect();
    assert_eq!(open.look_up(&many).await, Ok(Found::default()));
    assert_eq!(open.look_up(&[]).await, Ok(Found::default()));
    assert_eq!(server.received_requests().await.expect("recorded").len(), 3);
}

#[tokio::test]
async fn look_up_that_is_not_understood_is_no_empty_one() {
    let mut odd = found("a", "V1");
    odd["state"] = json!("draft");
    for body in [json!({}), json!({"found": [odd]}), json!({"found": [found("a", "")]})] {
        let (_server, open) = answering(200, body).await;
        assert!(matches!(open.look_up(&references(&["a"])).await, Err(CallError::Unknown(_))));
    }
}

fn draft(reference: &str, draft_id: &str) -> Value {
    json!({"reference": reference, "draft_id": draft_id, "date": "2026-10-31", "currency": "NOK", "total": "412.00",
           "created_at": "2026-11-02T09:14:03Z", "fence": 3})
}

async fn looked_up(answer: Value) -> Result<Found, CallError> {
    let (_server, open) = answering(200, answer).await;
    open.look_up(&references(&["a", "b"])).await
}

#[tokio::test]
async fn look_up_takes_all_drafts_of_what_was_asked_for() {
    let drafts = json!([draft("a", "D-1"), draft("a", "D-2"), draft("x", "D-3"), draft("b", "V1")]);
    let found = looked_up(json!({"found": [found("a", "V1")], "drafts": drafts})).await.expect("it is read");
    let drafts: Vec<(&str, &str)> =
        found.drafts.iter().map(|draft| (draft.reference.as_str(), draft.draft_id.as_str())).collect();
    assert_eq!(drafts, [("a", "D-1"), ("a", "D-2"), ("b", "V1")]);
    assert_eq!((found.drafts[0].currency.as_str(), found.drafts[0].total.as_str()), ("NOK", "412.00"));
    assert_eq!(found.vouchers.len(), 1);
}

#[tokio::test]
async fn reference_written_in_another_way_is_no_absence() {
    for other in ["A", " a ", "a\u{200b}", "-a-"] {
        for answer in [
            json!({"found": [found(other, "V1")]}),
            json!({"found": [found(other, "V1")], "not_found": ["a", "b"]}),
            json!({"found": [], "drafts": [draft(other, "D-1")]}),
        ] {
            let seen = looked_up(answer.clone()).await;
            assert!(matches!(seen, Err(CallError::Unknown(_))), "{answer}: {seen:?}");
        }
    }
    let both = looked_up(json!({"found": [found("a", "V1"), found("A", "V2")]})).await.expect("another record's");
    assert_eq!(both.vouchers.len(), 1);
}

#[tokio::test]
async fn text_and_lines_are_taken_over_where_they_are_shown() {
    let mut shown = found("a", "V1");
    shown["text"] = json!("Travel");
    shown["lines"] = json!([{"account": "7140", "amount": "412.00", "dimensions": {"project": "P7"}},
                            {"account": "2930", "amount": "-412.00", "party": "PM-0031"}]);
    let seen = looked_up(json!({"found": [shown, found("b", "V2")]})).await.expect("it is read");
    let lines = seen.vouchers[0].shown.lines.as_deref().expect("lines");
    assert_eq!(seen.vouchers[0].shown.text.as_deref(), Some("Travel"));
    assert_eq!((lines[1].amount.as_str(), lines[1].party.as_deref()), ("-412.00", Some("PM-0031")));
    assert!(seen.vouchers[1].shown.is_empty(), "a server that shows neither goes on to work");
}

#[tokio::test]
async fn server_without_drafts_says_nothing_of_them() {
    for answer in [json!({"found": []}), json!({"found": [], "drafts": []}), json!({"found": [], "drafts": null})] {
        assert_eq!(looked_up(answer).await, Ok(Found::default()));
    }
}

#[tokio::test]
async fn answer_that_may_be_short_of_drafts_is_not_understood() {
    let mut without_id = draft("a", "D-1");
    without_id.as_object_mut().expect("an object").remove("draft_id");
    let long = "D".repeat(results::ID_CHARS_MAX + 1);
    for drafts in [
        json!({}),
        json!([without_id]),
        json!([draft("a", "")]),
        json!([draft("a", "..")]),
        json!([draft("a", "D\n1")]),
        json!([draft("a", &long)]),
        json!([draft("a", "D-1"), draft("a", "D-1")]),
        json!([draft("a", "D-1"), draft("b", "D-1")]),
        json!([draft("a", "D-1"), draft("x", "D-1")]),
    ] {
        let seen = looked_up(json!({"found": [], "drafts": drafts})).await;
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{drafts}: {seen:?}");
    }
}

#[tokio::test]
async fn voucher_under_two_references_acknowledges_neither() {
    for other in ["b", "x"] {
        let seen = looked_up(json!({"found": [found("a", "V1"), found(other, "V1")]})).await;
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{seen:?}");
    }
}

#[tokio::test]
async fn reversed_voucher_does_not_count_in_any_state() {
    let mut reversed = found("a", "V1");
    reversed["reversed_by"] = json!("V2");
    let mut counter = found("b", "V2");
    counter["reverses"] = json!("V1");
    let found = looked_up(json!({"found": [reversed, counter]})).await.expect("it is read");
    let links = |voucher: &FoundVoucher| (voucher.state, voucher.reversed_by.clone(), voucher.reverses.clone());
    assert_eq!(links(&found.vouchers[0]), (VoucherState::Voided, Some("V2".into()), None));
    assert_eq!(links(&found.vouchers[1]), (VoucherState::Posted, None, Some("V1".into())));
}

#[tokio::test]
async fn missing_line_is_no_absence_if_the_server_names_absences() {
    let well = [
        json!({"found": [found("a", "V1")], "not_found": ["b"]}),
        json!({"found": [], "drafts": [draft("b", "D-1")], "not_found": ["a"]}),
        json!({"found": [], "not_found": ["a", "b", "x"]}),
    ];
    for answer in well {
        assert!(looked_up(answer.clone()).await.is_ok(), "{answer}");
    }
    let lost = [
        json!({"found": [], "not_found": ["b"]}),
        json!({"found": [found("a", "V1")], "not_found": []}),
        json!({"found": [found("a", "V1")], "not_found": ["a", "b"]}),
    ];
    for answer in lost {
        let seen = looked_up(answer.clone()).await;
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{answer}: {seen:?}");
    }
}
