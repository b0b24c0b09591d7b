//! Tests that the drafts of a whole request are made in one call.

use super::*;

const CREATE: &str = "model.account.move.create";

async fn stage(fake: &Fake, postings: &[Posting]) -> Result<Vec<Option<StageResult>>, CallError> {
    staging::stage(&fake.tryton, &posting::draw_up(postings), FREE).await.map(|answer| answer.results)
}

fn staged(id: &str) -> Option<StageResult> {
    Some(StageResult::Staged(DraftId::new(id).expect("not empty")))
}

fn refused_for(result: &Option<StageResult>) -> &str {
    match result {
        Some(StageResult::Refused { refusal, .. }) => &refusal.kind,
        _ => "",
    }
}

#[tokio::test]
async fn request_is_one_call_with_decimals_and_a_text_that_is_taken() {
    let fake = answering(vec![(CREATE, result(json!([101, 102])))]).await;
    let postings = [posting("hlf:A", "7140", "2026-10-28"), posting("hlf:B", "7140", "2026-10-28")];
    assert_eq!(stage(&fake, &postings).await, Ok(vec![staged("101"), staged("102")]));
    let asked = fake.asked(CREATE);
    assert_eq!(asked.len(), 1);
    let first = &asked[0][0][0];
    assert_eq!((&first["description"], &first["journal"], &first["period"]), (&json!("hlf:A"), &json!(7), &json!(11)));
    let lines = &first["lines"][0][1];
    let expense = json!({"account": 7140, "party": null, "debit": wire::decimal("412.00"), "credit": wire::decimal("0"),
                         "description": "Tog Oslo"});
    assert_eq!(lines[0], expense);
    assert_eq!((&lines[1]["party"], &lines[1]["credit"]), (&json!(31), &wire::decimal("412.00")));
    assert_eq!(asked[0][1]["company"], 1);
}

#[tokio::test]
async fn obstacle_of_one_posting_does_not_hold_the_others() {
    let accounts = json!([account("2930", true), account("7140", false)]);
    let fake =
        answering(vec![("model.account.account.search_read", result(accounts)), (CREATE, result(json!([101])))]).await;
    let mut foreign = posting("hlf:E", "7140", "2026-10-28");
    foreign.currency = Currency::from_code("SEK").expect("a code of ISO 4217");
    let mut nobody = posting("hlf:F", "7140", "2026-10-28");
    nobody.lines[1].party = Some("PM-9999".to_owned());
    let postings = [
        posting("hlf:A", "9999", "2026-10-28"),
        posting("hlf:B", "7140", "2026-10-28"),
        posting("hlf:C", "7140", "2026-09-28"),
        posting("hlf:D", "7140", "2019-01-01"),
        foreign,
        nobody,
    ];
    let results = stage(&fake, &postings).await.expect("it answers");
    assert_eq!(results[1], staged("101"));
    let kinds: Vec<&str> = results.iter().map(refused_for).collect();
    assert_eq!(kinds, ["unknown-account", "", "closed-period", "no-period", "bad-currency", "unknown-party"]);
}

#[tokio::test]
async fn postings_that_are_refused_are_divided_down_to_one() {
    let fake = answering(vec![(CREATE, no("Closed.")), (CREATE, no("Closed."))]).await;
    let both = [posting("hlf:A", "7140", "2026-10-28"), posting("hlf:B", "7140", "2026-10-28")];
    let Err(CallError::Refused { problem, .. }) = stage(&fake, &both).await else { panic!("not refused") };
    assert_eq!(problem.code, ErrorCode::AccountingRefused);
    let results = stage(&fake, &both[..1]).await.expect("it answers");
    let Some(StageResult::Refused { refusal, .. }) = &results[0] else { panic!("not refused") };
    assert_eq!((refusal.kind.as_str(), refusal.detail.as_str()), ("refused", "Closed."));
    // Somebody may have mended the set-up: it is asked for anew.
    assert_eq!(fake.asked("model.account.period.search_read").len(), 2);
}

#[tokio::test]
async fn call_that_may_have_been_carried_out_is_unknown() {
    let page = |status| {
        let page = ResponseTemplate::new(status).insert_header("retry-after", "1");
        page.set_body_raw("<html>Please wait</html>", "text/html")
    };
    let problem = |status| {
        let body = r#"{"type": "https://example.org/problems/busy", "title": "Busy", "detail": "Wait"}"#;
        ResponseTemplate::new(status).insert_header("retry-after", "1").set_body_raw(body, "application/problem+json")
    };
    let foreign =
        [401, 403, 404, 409, 412, 422, 429, 502, 503].into_iter().flat_map(|code| [page(code), problem(code)]);
    for answer in foreign.chain([
        error(json!(["server closed the connection", "Traceback"])),
        ResponseTemplate::new(503),
        ResponseTemplate::new(500),
        ResponseTemplate::new(403),
        ResponseTemplate::new(200).set_body_string("<html>"),
        result(json!([101])),
        result(json!("done")),
    ]) {
        let fake = answering(vec![(CREATE, answer)]).await;
        let both = [posting("hlf:A", "7140", "2026-10-28"), posting("hlf:B", "7140", "2026-10-28")];
        let error = stage(&fake, &both).await.expect_err("nobody knows");
        assert!(matches!(error, CallError::Unknown(_)), "{error}");
    }
}

#[tokio::test]
async fn question_before_the_write_puts_nothing_in_doubt() {
    for method in [
        "model.res.user.get_preferences",
        "model.account.account.search_read",
        "model.account.period.search_read",
        "model.party.party.search_read",
    ] {
        let fake = answering(vec![(method, ResponseTemplate::new(500))]).await;
        let error = stage(&fake, &[posting("hlf:A", "7140", "2026-10-28")]).await.expect_err("no answer");
        assert!(matches!(error, CallError::NotProcessed { .. }), "{method}: {error}");
        assert_eq!(fake.asked(CREATE).len(), 0);
    }
}

#[tokio::test]
async fn journal_that_is_missing_is_reported_and_nothing_is_sent() {
    let fake = answering(vec![("model.account.journal.search_read", result(json!([])))]).await;
    let error = stage(&fake, &[posting("hlf:A", "7140", "2026-10-28")]).await.expect_err("no journal");
    assert_eq!(error.problem().code, ErrorCode::SetupJournalMissing);
    assert_eq!(fake.asked(CREATE).len(), 0);
}

#[tokio::test]
async fn lease_that_is_lost_lets_nothing_leave() {
    let fake = answering(vec![]).await;
    let body = posting::draw_up(&[posting("hlf:A", "7140", "2026-10-28")]);
    let staged = staging::stage(&fake.tryton, &body, &|| Err(CallError::LeaseLost)).await;
    assert_eq!(staged, Err(CallError::LeaseLost));
    assert_eq!(fake.asked(CREATE).len(), 0);
}

#[tokio::test]
async fn payees_are_made_and_one_at_fault_does_not_hold_the_others() {
    const MAKE: &str = "model.party.party.create";
    const FIND: &str = "model.party.party.search_read";
    let mut fake = answering(vec![
        (FIND, result(json!([]))),
        (MAKE, no("One of them will not do.")),
        (MAKE, result(json!([31]))),
        (MAKE, no("This one.")),
        (FIND, result(json!([{"id": 31, "code": "PM-0031"}]))),
        (CREATE, result(json!([101]))),
    ])
    .await;
    fake.tryton.create_parties = true;
    let mut other = posting("hlf:B", "7140", "2026-10-28");
    other.lines[1].party = Some("PM-9999".to_owned());
    other.lines[1].party_name = Some("Ola".to_owned());
    let results = stage(&fake, &[posting("hlf:A", "7140", "2026-10-28"), other]).await.expect("it answers");
    assert_eq!((&results[0], refused_for(&results[1])), (&staged("101"), "unknown-party"));
    let made = fake.asked(MAKE);
    assert_eq!((made[0][0][1]["code"].as_str(), made[0][0][1]["name"].as_str()), (Some("PM-9999"), Some("Ola")));
}
