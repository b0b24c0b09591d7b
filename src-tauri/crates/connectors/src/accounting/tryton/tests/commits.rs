//! Tests that drafts are posted and discarded, and vouchers reversed.

use postonce_engine::domain::RequestKey;

use super::*;
use crate::accounting::reversal::WantedReversal;

const POST: &str = "model.account.move.post";
const SEARCH: &str = "model.account.move.search_read";
const COUNT: &str = "model.account.move.search_count";
const COUNT_LINES: &str = "model.account.move.line.search_count";

async fn commit(fake: &Fake, drafts: &[(&str, &str)]) -> Result<Vec<Option<CommitResult>>, CallError> {
    let kept: Vec<(DraftId, Reference)> = drafts
        .iter()
        .map(|(id, reference)| (DraftId::new(*id).expect("not empty"), Reference::from_stored(*reference)))
        .collect();
    let drafts: Vec<ToCommit<'_>> = kept
        .iter()
        .map(|(draft, reference)| ToCommit {
            draft,
            reference,
            date: day("2026-10-28"),
            total: nok(41_200),
            lines: 2,
            has_vat: false,
            own: None,
        })
        .collect();
    staging::commit(&fake.tryton, &drafts, FREE).await.map(|answer| answer.results)
}

fn posted(id: &str) -> Option<CommitResult> {
    let number = Some(format!("2026-{id}"));
    Some(CommitResult::Posted(domain::Acknowledgement { voucher_id: id.to_owned(), number }))
}

fn numbers(ids: &[i64]) -> ResponseTemplate {
    let body: Vec<Value> = ids.iter().map(|id| json!({"id": id, "number": format!("2026-{id}")})).collect();
    result(json!(body))
}

/// Returns the answers for two drafts that are as they were made.
fn untouched() -> Vec<(&'static str, ResponseTemplate)> {
    vec![
        (SEARCH, result(json!([{"id": 1, "create_date": {"__class__": "datetime"}}]))),
        (COUNT, result(json!(2))),
        (COUNT_LINES, result(json!(4))),
        (COUNT_LINES, result(json!(4))),
    ]
}

/// Starts a server on which both drafts were made over this connection a moment ago.
async fn just_made(answers: Vec<(&'static str, ResponseTemplate)>) -> Fake {
    let fake = answering(answers).await;
    fake.tryton.just_made.add(&[1, 2]);
    fake
}

const BOTH: [(&str, &str); 2] = [("1", "hlf:A"), ("2", "hlf:B")];

#[tokio::test]
async fn drafts_are_posted_in_one_call_and_have_their_numbers() {
    let mut answers = untouched();
    answers.extend([(POST, result(Value::Null)), (SEARCH, numbers(&[1, 2]))]);
    let fake = just_made(answers).await;
    assert_eq!(commit(&fake, &BOTH).await, Ok(vec![posted("1"), posted("2")]));
    assert_eq!(fake.asked(POST)[0][0], json!([1, 2]));
}

#[tokio::test]
async fn draft_that_is_not_in_the_books_after_the_post_is_unknown() {
    let mut answers = untouched();
    answers.extend([(POST, result(Value::Null)), (SEARCH, numbers(&[2]))]);
    let fake = just_made(answers).await;
    assert_eq!(commit(&fake, &BOTH).await, Ok(vec![None, posted("2")]));
}

/// Another holder of the lock staged the same meanwhile.
#[tokio::test]
async fn draft_beside_which_more_stands_is_contested() {
    let fake = answering(vec![(SEARCH, result(json!([{"id": 9, "description": "hlf:A"}])))]).await;
    let kept = BOTH.map(|(id, reference)| (DraftId::new(id).expect("not empty"), Reference::from_stored(reference)));
    let drafts = kept.each_ref().map(|(draft, reference)| ToCommit {
        draft,
        reference,
        date: day("2026-10-28"),
        total: nok(41_200),
        lines: 2,
        has_vat: false,
        own: None,
    });
    assert_eq!(staging::contested(&fake.tryton, &drafts).await, Ok(vec![true, false]));
    let asked = fake.asked(SEARCH)[0][0].to_string();
    assert!(asked.contains("hlf:A") && asked.contains("not in") && asked.contains("posted"), "{asked}");
}

#[tokio::test]
async fn draft_that_was_written_or_added_to_is_not_posted() {
    let as_made = a_move(1, "hlf:A", "draft", "412.00");
    let mut head = as_made.clone();
    head["write_date"] = moment(40);
    let mut line = as_made.clone();
    line["lines."][0]["write_date"] = moment(40);
    let mut added = as_made.clone();
    added["lines."][1]["create_date"] = moment(40);
    for there in [head, line, added] {
        let fake = answering(vec![(SEARCH, result(json!([there])))]).await;
        let said = commit(&fake, &BOTH[..1]).await.expect("it answers").remove(0);
        assert!(matches!(said, Some(CommitResult::Refused(refusal)) if refusal.kind == "draft-changed"));
        assert_eq!(fake.asked(POST).len(), 0);
    }
}

#[tokio::test]
async fn drafts_that_are_refused_together_are_refused_as_a_whole() {
    let mut answers = untouched();
    answers.push((POST, no("Unbalanced.")));
    let fake = just_made(answers).await;
    let Err(CallError::Refused { problem, .. }) = commit(&fake, &BOTH).await else { panic!("not refused") };
    assert_eq!((problem.code, problem.params["detail"].as_str()), (ErrorCode::AccountingRefused, "Unbalanced."));
}

#[tokio::test]
async fn draft_that_a_person_changed_posted_or_deleted_is_not_posted() {
    for (there, expected) in [
        (json!([a_move(1, "hlf:A", "draft", "9.00")]), "draft-changed"),
        (json!([a_move(1, "hlf:X", "draft", "412.00")]), "draft-changed"),
        (json!([]), "gone"),
        (json!([a_move(1, "hlf:A", "posted", "9.00")]), "gone"),
        (json!([a_move(1, "hlf:A", "posted", "412.00")]), "posted"),
    ] {
        let fake = answering(vec![(SEARCH, result(there))]).await;
        let result = commit(&fake, &BOTH[..1]).await.expect("it answers").remove(0);
        let said = match &result {
            Some(CommitResult::Refused(refusal)) => refusal.kind.as_str(),
            Some(CommitResult::Gone) => "gone",
            Some(CommitResult::Posted(_)) => "posted",
            None => "unknown",
        };
        assert_eq!(said, expected);
        assert_eq!(fake.asked(POST).len(), 0);
    }
}

#[tokio::test]
async fn batch_that_was_touched_is_read_and_the_others_are_posted() {
    let mut answers = untouched();
    answers[1] = (COUNT, result(json!(1)));
    let there = json!([a_move(1, "hlf:A", "draft", "412.00"), a_move(2, "hlf:B", "draft", "9.00")]);
    answers.extend([(SEARCH, result(there)), (POST, result(Value::Null)), (SEARCH, numbers(&[1]))]);
    let fake = just_made(answers).await;
    let results = commit(&fake, &BOTH).await.expect("it answers");
    assert_eq!(results[0], posted("1"));
    assert!(matches!(&results[1], Some(CommitResult::Refused(refusal)) if refusal.kind == "draft-changed"));
    assert_eq!(fake.asked(POST)[0][0], json!([1]));
}

/// Their times are those of their making, and still somebody may have changed them, past Tryton.
#[tokio::test]
async fn drafts_of_an_earlier_run_or_try_are_read_whole() {
    let whole = || {
        let there = json!([a_move(1, "hlf:A", "draft", "412.00"), a_move(2, "hlf:B", "draft", "9.00")]);
        vec![(SEARCH, result(there)), (POST, result(Value::Null)), (SEARCH, numbers(&[1]))]
    };
    let fake = answering(whole()).await;
    assert!(matches!(&commit(&fake, &BOTH).await.expect("it answers")[1], Some(CommitResult::Refused(_))));

    let mut answers = untouched();
    answers.push((POST, ResponseTemplate::new(500)));
    answers.extend(whole());
    let fake = just_made(answers).await;
    assert!(matches!(commit(&fake, &BOTH).await, Err(CallError::Unknown(_))));
    assert!(matches!(&commit(&fake, &BOTH).await.expect("it answers")[1], Some(CommitResult::Refused(_))));
}

#[tokio::test]
async fn refusal_has_its_reason_unless_somebody_else_posted_the_draft() {
    let draft = || result(json!([a_move(1, "hlf:A", "draft", "412.00")]));
    let fake = answering(vec![(SEARCH, draft()), (POST, no("Unbalanced.")), (SEARCH, draft())]).await;
    let refused = commit(&fake, &BOTH[..1]).await.expect("it answers").remove(0);
    assert!(matches!(refused, Some(CommitResult::Refused(refusal)) if refusal.detail == "Unbalanced."));
    let by_hand = result(json!([a_move(1, "hlf:A", "posted", "412.00")]));
    let fake = answering(vec![(SEARCH, draft()), (POST, no("You can not call \"post\".")), (SEARCH, by_hand)]).await;
    assert_eq!(commit(&fake, &BOTH[..1]).await, Ok(vec![posted("1")]));
}

#[tokio::test]
async fn session_that_ended_is_renewed_once() {
    let draft = result(json!([a_move(1, "hlf:A", "draft", "412.00")]));
    let ended = || (POST, ResponseTemplate::new(401).insert_header("www-authenticate", "Basic realm=\"Tryton\""));
    let fake =
        answering(vec![(SEARCH, draft.clone()), ended(), (POST, result(Value::Null)), (SEARCH, numbers(&[1]))]).await;
    assert_eq!(commit(&fake, &BOTH[..1]).await, Ok(vec![posted("1")]));
    assert_eq!((fake.asked("common.db.login").len(), fake.asked(POST).len()), (2, 2));

    let fake = answering(vec![(SEARCH, draft), ended(), ended()]).await;
    let error = commit(&fake, &BOTH[..1]).await.expect_err("not accepted");
    assert_eq!(error.problem().code, ErrorCode::AccountingUnauthorized);
    assert_eq!(fake.asked(POST).len(), 2);
}

#[tokio::test]
async fn write_is_not_sent_again_on_the_word_of_somebody_in_between() {
    let draft = result(json!([a_move(1, "hlf:A", "draft", "412.00")]));
    let plain = || ResponseTemplate::new(401).set_body_raw("<html>401</html>", "text/html");
    for page in [plain(), plain().insert_header("www-authenticate", "Basic realm=\"Proxy\"")] {
        let fake = answering(vec![(SEARCH, draft.clone()), (POST, page)]).await;
        let committed = commit(&fake, &BOTH[..1]).await;
        assert!(matches!(committed, Err(CallError::Unknown(_))), "{committed:?}");
        assert_eq!(fake.asked(POST).len(), 1);
    }
}

#[tokio::test]
async fn write_is_unknown_when_the_answer_after_it_does_not_come() {
    let draft = result(json!([a_move(1, "hlf:A", "draft", "412.00")]));
    let fake =
        answering(vec![(SEARCH, draft), (POST, result(Value::Null)), (SEARCH, ResponseTemplate::new(500))]).await;
    assert!(matches!(commit(&fake, &BOTH[..1]).await, Err(CallError::Unknown(_))));
}

#[tokio::test]
async fn server_that_gave_up_is_asked_again() {
    let draft = result(json!([a_move(1, "hlf:A", "draft", "412.00")]));
    let fake = answering(vec![(SEARCH, draft), (POST, ResponseTemplate::new(503))]).await;
    assert!(matches!(commit(&fake, &BOTH[..1]).await, Err(CallError::NotProcessed { .. })));
}

#[tokio::test]
async fn draft_is_gone_posted_or_not_to_be_deleted() {
    const DELETE: &str = "model.account.move.delete";
    let draft = DraftId::new("1").expect("not empty");
    for (deleted, there, expected) in [
        (result(Value::Null), json!([]), Ok(Discarded::Gone)),
        (no("It does not exist."), json!([]), Ok(Discarded::Gone)),
        (no("It is posted."), json!([a_move(1, "hlf:A", "posted", "1.00")]), Ok(Discarded::Committed)),
        (no("You may not."), json!([a_move(1, "hlf:A", "draft", "1.00")]), Err(())),
    ] {
        let fake = answering(vec![(DELETE, deleted), (SEARCH, result(there))]).await;
        assert_eq!(staging::discard(&fake.tryton, &draft, FREE).await.map_err(|_| ()), expected);
    }
}

/// Reverses voucher 1 with a counter-voucher under `hlf:A#1r`.
async fn reverse(fake: &Fake) -> Result<VoucherResult, CallError> {
    let asked = WantedReversal {
        key: &RequestKey::new("key-1"),
        voucher_id: "1",
        reference: &Reference::from_stored("hlf:A#1r"),
        date: day("2026-10-29"),
        reason: "Feil\nkonto",
    };
    reversal::reverse(&fake.tryton, &asked, FREE).await
}

fn voucher() -> ResponseTemplate {
    result(json!([a_move(1, "hlf:A", "posted", "412.00")]))
}

fn its_lines() -> ResponseTemplate {
    let line = json!({"id": 8, "account": 7140, "party": null, "debit": wire::decimal("412.00"), "credit": wire::decimal("0")});
    result(json!([line]))
}

/// Returns the counter-voucher of voucher 1.
fn counter(state: &str) -> Value {
    let mut counter = a_move(9, "hlf:A#1r", state, "412.00");
    counter["origin"] = json!("account.move,1");
    counter
}

#[tokio::test]
async fn draft_left_by_a_reversal_is_deleted_before_another_is_made() {
    const DELETE: &str = "model.account.move.delete";
    let left = || (SEARCH, result(json!([counter("draft")])));
    let fake = answering(vec![
        left(),
        (SEARCH, voucher()),
        (SEARCH, result(json!([]))),
        (DELETE, result(Value::Null)),
        ("model.account.move.line.search_read", its_lines()),
        ("model.account.move.create", result(json!([10]))),
        (SEARCH, result(json!([a_move(10, "hlf:A#1r", "posted", "412.00")]))),
    ])
    .await;
    let made = reverse(&fake).await;
    assert!(matches!(&made, Ok(VoucherResult::Created(made)) if made.voucher_id == "10"), "{made:?}");
    assert_eq!(fake.asked(DELETE)[0][0], json!([9]));
    assert_eq!(fake.asked(POST)[0][0], json!([10]), "the one that was left is not posted");

    // The answer to its post was lost: it is the counter-voucher.
    let fake = answering(vec![
        left(),
        (SEARCH, voucher()),
        (SEARCH, result(json!([]))),
        (DELETE, no("It is posted.")),
        (SEARCH, result(json!([counter("posted")]))),
    ])
    .await;
    let there = reverse(&fake).await;
    assert!(matches!(&there, Ok(VoucherResult::Exists(there)) if there.voucher_id == "9"), "{there:?}");
    assert_eq!(fake.asked("model.account.move.create").len(), 0);
}

#[tokio::test]
async fn voucher_is_reversed_once() {
    let fake = answering(vec![
        (SEARCH, result(json!([]))),
        (SEARCH, voucher()),
        (SEARCH, result(json!([]))),
        ("model.account.move.line.search_read", its_lines()),
        ("model.account.move.create", result(json!([9]))),
        (SEARCH, result(json!([a_move(9, "hlf:A#1r", "posted", "412.00")]))),
    ])
    .await;
    let made = reverse(&fake).await;
    assert!(matches!(&made, Ok(VoucherResult::Created(made)) if made.voucher_id == "9"), "{made:?}");
    let made = &fake.asked("model.account.move.create")[0][0][0];
    assert_eq!((&made["origin"], &made["description"]), (&json!("account.move,1"), &json!("hlf:A#1r")));
    let line = &made["lines"][0][1][0];
    assert_eq!((&line["credit"], &line["description"]), (&wire::decimal("412.00"), &json!("Feil konto")));

    let fake = answering(vec![(SEARCH, result(json!([counter("posted")])))]).await;
    let again = reverse(&fake).await;
    assert!(matches!(&again, Ok(VoucherResult::Exists(made)) if made.voucher_id == "9"), "{again:?}");

    let by_hand = result(json!([{"id": 7, "origin": "account.move,1"}]));
    let fake = answering(vec![(SEARCH, result(json!([]))), (SEARCH, voucher()), (SEARCH, by_hand)]).await;
    let refused = reverse(&fake).await;
    let Ok(VoucherResult::Refused { refusal, voucher_id }) = refused else { panic!("{refused:?}") };
    assert_eq!((refusal.kind.as_str(), voucher_id.as_deref()), ("already-reversed", Some("7")));
}
