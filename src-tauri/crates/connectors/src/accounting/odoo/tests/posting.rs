//! Tests that drafts are posted by their ids, discarded, and looked up, and that vouchers are reversed.

use postonce_engine::domain::{CommitResult, Currency, DraftId, Money, Reference, RequestKey};

use super::*;
use crate::accounting::odoo::commit::{ToPost, commit, discard};
use crate::accounting::odoo::reversal::reverse;
use crate::accounting::reversal::WantedReversal;

fn draft(id: i64) -> DraftId {
    DraftId::new(id.to_string()).expect("not empty")
}

fn to_post<'a>(draft: &'a DraftId, reference: &'a str) -> ToPost<'a> {
    let nok = Currency::from_code("NOK").expect("a currency");
    ToPost {
        draft,
        reference,
        date: "2026-10-28".parse().expect("a date"),
        total: Money::from_minor(41_200, nok),
        own: None,
    }
}

fn outcome(result: Option<CommitResult>) -> String {
    match result {
        None => "?".to_owned(),
        Some(CommitResult::Gone) => "gone".to_owned(),
        Some(CommitResult::Refused(refusal)) => refusal.kind,
        Some(CommitResult::Posted(made)) => format!("{} {}", made.voucher_id, made.number.unwrap_or_default()),
    }
}

/// Returns the result of committing draft 101, with its state before, the answer of `action_post`, and its state after.
async fn committed(before: Vec<Value>, posting: ScriptedAnswer, after: Vec<Value>) -> (String, usize) {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.move/search_read", vec![(200, before.into()), (200, after.into())]);
    server.says("account.move/action_post", vec![posting]);
    let id = draft(101);
    let mut results = commit(&odoo, &TestLease::yes(), &[to_post(&id, "hlf:A")]).await.expect("an answer");
    (outcome(results.remove(0)), server.asked("account.move/action_post").len())
}

#[tokio::test]
async fn draft_is_posted_once_in_every_state() {
    let done = || (200, json!(false));
    let waits = || vec![entry(101, "hlf:A", "draft")];
    let stands = || vec![entry(101, "hlf:A", "posted")];
    let number = "101 POST/2026/10/0101".to_owned();
    assert_eq!(committed(waits(), done(), stands()).await, (number.clone(), 1));
    // An earlier commit, or one that was faster, has posted it already.
    assert_eq!(committed(stands(), done(), stands()).await, (number.clone(), 0));
    assert_eq!(committed(waits(), user_error("must be in draft"), stands()).await, (number, 1));
    assert_eq!(committed(vec![], done(), vec![]).await, ("gone".into(), 0));
    assert_eq!(committed(waits(), missing_record(), vec![]).await, ("gone".into(), 1));
    assert_eq!(committed(waits(), user_error("no"), waits()).await, ("UserError".into(), 1));
}

#[tokio::test]
async fn commit_never_posts_over_a_persons_change_to_a_draft() {
    let done = || (200, json!(false));
    let posted = || vec![entry(101, "hlf:A", "posted")];
    let changed = |changes: Value| vec![with(entry(101, "hlf:A", "draft"), changes)];
    for (before, expected) in [
        (changed(json!({"amount_total": 999.0})), "draft-changed"),
        (changed(json!({"date": "2026-10-29"})), "draft-changed"),
        (changed(json!({"ref": "something else"})), "draft-changed"),
        (changed(json!({"posted_before": true})), "gone"),
        (changed(json!({"state": "cancel"})), "gone"),
    ] {
        assert_eq!(committed(before, done(), posted()).await, (expected.into(), 0));
    }
}

#[tokio::test]
async fn entry_that_was_posted_under_another_date_is_no_success() {
    let moved = vec![with(entry(101, "hlf:A", "posted"), json!({"date": "2026-11-30"}))];
    let done = (200, json!(false));
    assert_eq!(committed(vec![entry(101, "hlf:A", "draft")], done, moved).await, ("?".into(), 1));
}

#[tokio::test]
async fn commit_posts_nothing_in_a_locked_period_or_without_the_lease() {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.move/search_read", ok(json!([entry(101, "hlf:A", "draft")])));
    server.says("account.move/action_post", ok(json!(false)));
    let id = draft(101);
    assert_eq!(commit(&odoo, &TestLease::no(), &[to_post(&id, "hlf:A")]).await, Err(CallError::LeaseLost));
    server.says("res.company/read", ok(company("2026-12-31")));
    let results = commit(&odoo, &TestLease::yes(), &[to_post(&id, "hlf:A")]).await.expect("an answer");
    assert_eq!(results.into_iter().map(outcome).collect::<Vec<_>>(), ["closed-period"]);
    assert!(server.asked("account.move/action_post").is_empty());
}

#[tokio::test]
async fn commit_holds_no_draft_for_one_that_is_refused() {
    let (_listening, server, odoo) = odoo().await;
    let (first, second) = (entry(101, "hlf:A", "draft"), entry(102, "hlf:B", "draft"));
    server.says(
        "account.move/search_read",
        vec![(200, json!([first, second])), (200, json!([first])), (200, json!([entry(102, "hlf:B", "posted")]))],
    );
    let refusals = vec![user_error("one of them"), user_error("archived account"), (200, json!(false))];
    server.says("account.move/action_post", refusals);
    let ids = [draft(101), draft(102)];
    let drafts = [to_post(&ids[0], "hlf:A"), to_post(&ids[1], "hlf:B")];
    let results = commit(&odoo, &TestLease::yes(), &drafts).await.expect("an answer");
    assert_eq!(results.into_iter().map(outcome).collect::<Vec<_>>(), ["UserError", "102 POST/2026/10/0102"]);
}

#[tokio::test]
async fn failure_is_unknown_unless_the_database_rolled_it_back() {
    for (name, is_unknown) in [
        ("builtins.RuntimeError", true),
        ("psycopg2.errors.SerializationFailure", false),
        ("psycopg2.errors.DeadlockDetected", false),
    ] {
        let (_listening, server, odoo) = odoo().await;
        server.says("account.move/search_read", ok(json!([entry(101, "hlf:A", "draft")])));
        server.says("account.move/action_post", vec![(500, error(name, "…"))]);
        let id = draft(101);
        let error = commit(&odoo, &TestLease::yes(), &[to_post(&id, "hlf:A")]).await.expect_err("it failed");
        assert_eq!(matches!(error, CallError::Unknown(_)), is_unknown, "{name}: {error}");
        assert_eq!(matches!(error, CallError::NotProcessed { .. }), !is_unknown, "{name}: {error}");
    }
}

#[tokio::test]
async fn discard_takes_only_a_draft_that_never_was_in_the_books() {
    let there = |entry: Value| (200, json!([entry]));
    let nothing = || (200, json!([]));
    let reset = with(entry(101, "hlf:A", "draft"), json!({"posted_before": true}));
    for (looks, unlink, expected, unlinks) in [
        (vec![there(entry(101, "hlf:A", "draft")), nothing()], (200, json!(true)), Discarded::Gone, 1),
        (vec![nothing()], (200, json!(true)), Discarded::Gone, 0),
        (vec![there(entry(101, "hlf:A", "posted"))], (200, json!(true)), Discarded::Committed, 0),
        (vec![there(reset)], (200, json!(true)), Discarded::Committed, 0),
        (
            vec![there(entry(101, "hlf:A", "draft")), there(entry(101, "hlf:A", "posted"))],
            user_error("posted"),
            Discarded::Committed,
            1,
        ),
    ] {
        let (_listening, server, odoo) = odoo().await;
        server.says("account.move/search_read", looks);
        server.says("account.move/unlink", vec![unlink]);
        assert_eq!(discard(&odoo, &TestLease::yes(), &draft(101)).await, Ok(expected));
        assert_eq!(server.asked("account.move/unlink").len(), unlinks);
    }
}

#[tokio::test]
async fn look_up_separates_drafts_vouchers_and_withdrawn_ones() {
    let (_listening, server, odoo) = odoo().await;
    let reversed = with(entry(103, "hlf:C", "posted"), json!({"reversal_move_ids": [201, 202]}));
    let reset = with(entry(104, "hlf:D", "draft"), json!({"posted_before": true}));
    let counter = with(entry(201, "hlf:C#1r", "posted"), json!({"reversed_entry_id": [103, "…"]}));
    let found = json!([
        entry(101, "hlf:A", "draft"),
        entry(102, "hlf:B", "posted"),
        reversed,
        reset,
        entry(105, "hlf:x", "posted")
    ]);
    server.says("account.move/search_read", vec![(200, found), (200, json!([counter]))]);
    let references = ["hlf:A", "hlf:B", "hlf:C", "hlf:D"].map(Reference::from_stored);
    let found = odoo.look_up(&references).await.expect("found");
    assert_eq!(found.drafts.iter().map(|draft| draft.draft_id.as_str()).collect::<Vec<_>>(), ["101"]);
    let vouchers = found.vouchers.iter().map(|voucher| {
        let stands = voucher.state == postonce_engine::domain::VoucherState::Posted;
        (voucher.acknowledgement.voucher_id.as_str(), stands, voucher.reversed_by.as_deref(), voucher.total.as_str())
    });
    let expected =
        [("102", true, None, "412.00"), ("103", false, Some("201"), "412.00"), ("104", false, None, "412.00")];
    assert_eq!(vouchers.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn reversal_exchanges_debit_and_credit_once() {
    let (_listening, server, odoo) = odoo().await;
    let original = || (200, json!([entry(101, "hlf:A", "posted")]));
    let counter = |state| with(entry(201, "hlf:A#1r", state), json!({"reversed_entry_id": [101, "…"]}));
    let here = |state| (200, json!([counter(state)]));
    server.says(
        "account.move/search_read",
        vec![original(), (200, json!([])), here("draft"), here("draft"), here("posted")],
    );
    let opposite: Vec<Value> = lines(201, -412.0);
    server.says("account.move.line/search_read", vec![(200, lines(101, 412.0).into()), (200, opposite.into())]);
    server.says("account.move/load", ok(json!({"ids": [201], "messages": []})));
    server.says("account.move/action_post", ok(json!(false)));
    let reference = Reference::from_stored("hlf:A#1r");
    let key = RequestKey::new("key-1");
    let wanted = || WantedReversal {
        key: &key,
        voucher_id: "101",
        reference: &reference,
        date: "2026-10-28".parse().expect("a date"),
        reason: "Posted to the wrong account",
    };
    let made = reverse(&odoo, &TestLease::yes(), wanted()).await.expect("reversed");
    assert!(matches!(&made, VoucherResult::Created(made) if made.voucher_id == "201"), "{made:?}");
    let load = &server.asked("account.move/load")[0]["data"];
    assert_eq!(
        load[0].as_array().expect("cells")[5..],
        [json!("101"), json!("51"), json!(""), json!("Posted to the wrong account"), json!("0"), json!("412.00"),]
    );
    // The second call returns the counter-voucher of the first; a reversal by somebody else is reported.
    server.says("account.move/search_read", vec![original(), here("posted")]);
    assert!(matches!(reverse(&odoo, &TestLease::yes(), wanted()).await, Ok(VoucherResult::Exists(_))));
    let others = with(entry(300, "by hand", "posted"), json!({"reversed_entry_id": [101, "…"]}));
    server.says("account.move/search_read", vec![original(), (200, json!([others]))]);
    let refused = reverse(&odoo, &TestLease::yes(), wanted()).await.expect("an answer");
    let VoucherResult::Refused { refusal, voucher_id } = refused else { panic!("{refused:?}") };
    assert_eq!((refusal.kind.as_str(), voucher_id.as_deref()), ("already-reversed", Some("300")));
}
