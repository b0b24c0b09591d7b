use std::time::Duration;

use postonce_engine::error::{ErrorCode, Problem};
use reqwest::Url;

use super::super::Side;
use super::*;

fn peer() -> Peer {
    let url = Url::parse("http://127.0.0.1:4010").expect("an address");
    Peer::new(Side::Accounting, &url, &"geheim".into())
}

fn sorted(seen: HttpAnswer) -> CallError {
    sort(&peer(), Ok(seen), &[200], Effect::Writes).expect_err("not the expected status")
}

fn problem_answer(status: u16, kind: &str) -> HttpAnswer {
    HttpAnswer {
        status,
        content_type: "application/problem+json".into(),
        body: format!(r#"{{"type": "https://example.org/problems/{kind}", "title": "No", "detail": "Not so"}}"#).into(),
        ..HttpAnswer::default()
    }
}

fn status(problem: &Problem) -> &str {
    &problem.params["status"]
}

#[test]
fn connection_never_established_is_not_sent() {
    let error = sort(&peer(), Err(Failure::NeverConnected("Connection refused".into())), &[200], Effect::Writes);
    let Err(CallError::NotSent(problem)) = error else { panic!("{error:?}") };
    assert_eq!(problem.code, ErrorCode::AccountingUnreachable);
    assert_eq!(problem.params["detail"], "Connection refused");
    assert_eq!(problem.params["url"], "http://127.0.0.1:4010");
}

#[test]
fn answer_that_is_missing_or_cut_short_is_unknown() {
    for failure in [
        Failure::NoAnswer("> 60 s".into()),
        Failure::CutShort { status: 200, detail: "end of file".into() },
        Failure::CutShort { status: 422, detail: "end of file".into() },
        Failure::TooLong { status: 200, bytes_max: 1 },
    ] {
        let error = sort(&peer(), Err(failure.clone()), &[200], Effect::Writes);
        assert!(matches!(error, Err(CallError::Unknown(_))), "{failure:?} {error:?}");
    }
}

#[test]
fn status_4xx_with_a_problem_is_refused() {
    for code in (400..500).filter(|code| ![408, 409, 425, 429].contains(code)) {
        let CallError::Refused { refusal, too_large, problem } = sorted(problem_answer(code, "some-kind")) else {
            panic!("{code}")
        };
        assert_eq!(refusal, Refusal::new("some-kind", "Not so"));
        assert_eq!(too_large, code == 413);
        assert_eq!(status(&problem), code.to_string());
        let meant = match code {
            401 | 403 => ErrorCode::AccountingUnauthorized,
            400 | 413 | 422 => ErrorCode::AccountingRefused,
            _ => ErrorCode::AccountingUnexpected,
        };
        assert_eq!(problem.code, meant, "{code}");
    }
}

#[test]
fn refusal_names_the_day_that_is_open_again() {
    let body = |next_open: &str| HttpAnswer {
        body: format!(
            r#"{{"type": "https://example.org/problems/period-closed", "detail": "Closed", "next_open": {next_open}}}"#
        )
        .into(),
        ..problem_answer(422, "")
    };
    let day = |next_open: &str| match sorted(body(next_open)) {
        CallError::Refused { refusal, .. } => refusal.next_open,
        error => panic!("{error:?}"),
    };
    assert_eq!(day(r#""2026-12-01""#), chrono::NaiveDate::from_ymd_opt(2026, 12, 1));
    for unclear in [r#""soon""#, "20261201", "null"] {
        assert_eq!(day(unclear), None, "{unclear}");
    }
}

#[test]
fn glimpse_shows_the_words_of_texts_and_the_kind_of_all_else() {
    let detail = |content_type: &str| {
        let seen = HttpAnswer {
            status: 500,
            content_type: content_type.into(),
            body: b"No disk".into(),
            ..HttpAnswer::default()
        };
        let CallError::Unknown(problem) = sorted(seen) else { panic!("not unknown") };
        problem.params["detail"].clone()
    };
    for text in ["application/json", "application/vnd.x+json", "text/plain", "text/plain; charset=utf-8"] {
        assert_eq!(detail(text), "No disk", "{text}");
    }
    for other in ["text/html", "application/octet-stream", "image/x+json"] {
        assert_eq!(detail(other), other, "{other}");
    }
}

#[test]
fn answer_that_the_table_does_not_name_is_unknown() {
    let html = |status| HttpAnswer {
        status,
        content_type: "text/html".into(),
        body: b"<html>".into(),
        ..HttpAnswer::default()
    };
    let plain_problem = |status| problem_answer(status, "x");
    let codes = [201, 202, 204, 301, 302, 307, 408, 409, 425, 500, 501, 502, 503, 504, 599];
    for seen in codes.into_iter().flat_map(|code| [html(code), plain_problem(code)]) {
        assert!(matches!(sorted(seen.clone()), CallError::Unknown(_)), "{seen:?}");
    }
    for code in [400, 401, 403, 404, 407, 412, 413, 422] {
        assert!(matches!(sorted(html(code)), CallError::Unknown(_)), "{code}: a 4xx without a problem proves nothing");
    }
}

#[test]
fn gateway_without_a_server_is_unreachable_and_proves_nothing() {
    for (code, passes_by) in [(500, false), (501, false), (502, true), (503, true), (504, true), (505, false)] {
        let page = HttpAnswer { status: code, content_type: "text/html".into(), ..HttpAnswer::default() };
        for seen in [page, problem_answer(code, "x")] {
            let CallError::Unknown(problem) = sorted(seen.clone()) else { panic!("{code}: not unknown") };
            assert_eq!(problem.code.exit_status() == 5, passes_by, "{seen:?}: {problem:?}");
        }
    }
}

#[test]
fn status_4xx_without_a_problem_still_reports_the_token() {
    let seen = HttpAnswer { status: 401, content_type: "text/html".into(), ..HttpAnswer::default() };
    let CallError::Unknown(problem) = sorted(seen) else { panic!("not unknown") };
    assert_eq!((problem.code, status(&problem)), (ErrorCode::AccountingUnauthorized, "401"));
}

#[test]
fn status_429_or_503_with_a_wait_is_not_processed() {
    let wait = Some(Duration::from_secs(7));
    for (code, retry_after) in [(429, wait), (429, None), (503, wait)] {
        let seen = HttpAnswer { retry_after, ..problem_answer(code, "busy") };
        let CallError::NotProcessed { problem, retry_after: asked } = sorted(seen) else { panic!("{code}") };
        assert_eq!((problem.code, asked), (ErrorCode::AccountingBusy, retry_after));
    }
}

#[test]
fn key_still_running_is_neither_refused_nor_unprocessed() {
    let wait = Some(Duration::from_secs(1));
    let running = HttpAnswer { retry_after: wait, ..problem_answer(409, "in-progress") };
    assert!(matches!(sorted(running), CallError::StillRunning { retry_after, .. } if retry_after == wait));
    assert!(matches!(sorted(problem_answer(409, "in-progress")), CallError::Unknown(_)));
}

#[test]
fn lost_lock_differs_from_other_preconditions() {
    assert_eq!(sorted(problem_answer(412, "lock-lost")), CallError::LeaseLost);
    assert!(matches!(sorted(problem_answer(412, "other")), CallError::Refused { .. }));
}

#[test]
fn redirect_names_the_host_it_points_to() {
    let seen = HttpAnswer { status: 302, redirect_host: Some("login.example.org".into()), ..HttpAnswer::default() };
    let CallError::Unknown(problem) = sorted(seen) else { panic!("not unknown") };
    assert_eq!(problem.params["detail"], "→ login.example.org");
}

#[derive(Debug, PartialEq, Deserialize)]
struct Seven {
    seven: u8,
}

#[test]
fn body_that_is_not_the_protocols_is_unknown() {
    let answer = |content_type: &str, body: &str| HttpAnswer {
        status: 200,
        content_type: content_type.into(),
        body: body.into(),
        ..HttpAnswer::default()
    };
    for seen in [
        answer("text/html", "<html>"),
        answer("text/plain", "[1]"),
        answer("", "[1]"),
        answer("application/json", "[1"),
        answer("application/json", ""),
        answer("application/json", "{}"),
        answer("application/json", "[7]"),
        answer("application/json", "{\"seven\": 7} {}"),
    ] {
        assert!(matches!(read::<Seven>(&peer(), &seen), Err(CallError::Unknown(_))), "{seen:?}");
    }
    // One member that nobody reads is no UTF-8: then the whole is no JSON.
    let broken = HttpAnswer { body: b"{\"seven\": 7, \"x\": \"\xee\"}".to_vec(), ..answer("application/json", "") };
    assert!(matches!(read::<Seven>(&peer(), &broken), Err(CallError::Unknown(_))));
    let good = answer("application/json", " {\"seven\": 7, \"x\": \"\"}");
    assert_eq!(read::<Seven>(&peer(), &good).map(|read| read.seven), Ok(7));
}

/// Bodies that something between us and the server may give, each with a content type that goes with it; the last
/// part says which status a problem document names.
fn foreign_bodies(status: u16) -> Vec<(&'static str, String)> {
    let of = |kind: &str, said: u16| {
        format!(r#"{{"type": "{kind}", "title": "Service Unavailable", "detail": "upstream", "status": {said}}}"#)
    };
    let own = "https://example.org/problems/too-many-requests";
    vec![
        ("", String::new()),
        ("text/html", "<html><title>503 Service Temporarily Unavailable</title></html>".to_owned()),
        ("text/plain", "upstream connect error".to_owned()),
        ("text/html", of(own, status)),
        ("text/plain", of(own, status)),
        ("application/json", String::new()),
        ("application/json", "[]".to_owned()),
        ("application/json", r#"{"message": "Too many requests", "request_id": "8f1"}"#.to_owned()),
        ("application/json", r#"{"type": "error", "message": "limit"}"#.to_owned()),
        ("application/json", r#"{"type": "error", "title": "Limit", "detail": "wait"}"#.to_owned()),
        ("application/json", r#"{"title": "Limit", "detail": "wait"}"#.to_owned()),
        ("application/problem+json", String::new()),
        ("application/problem+json", "<html>".to_owned()),
        ("application/problem+json", "[]".to_owned()),
        ("application/problem+json", r#"{"title": "Limit", "detail": "wait"}"#.to_owned()),
        ("application/problem+json", of("about:blank", status)),
        ("application/problem+json", of("", status)),
        ("application/problem+json", of("https://", status)),
        ("application/problem+json", of("https://tools.ietf.org/html/rfc7231#section-6.6.4", status)),
        ("application/problem+json", of("https://www.rfc-editor.org/rfc/rfc9110#name-503", status)),
        ("application/problem+json", of("https://httpstatuses.io/503", status)),
        ("application/problem+json", of(own, if status == 503 { 502 } else { 503 })),
        ("application/problem+json", of(own, status).replace(&status.to_string(), "\"yes\"")),
    ]
}

#[test]
fn write_is_unknown_unless_the_protocols_own_words_say_more() {
    for status in (100..=599).filter(|status| *status != 200) {
        for retry_after in [None, Some(Duration::ZERO), Some(Duration::from_secs(7))] {
            for (content_type, body) in foreign_bodies(status) {
                let content_type = content_type.to_owned();
                let seen = HttpAnswer { status, content_type, retry_after, body: body.into(), ..HttpAnswer::default() };
                let error = sorted(seen.clone());
                assert!(matches!(error, CallError::Unknown(_)), "{error:?} of {seen:?}");
            }
            // The same status in the protocol's own words is what the table says.
            let error = sorted(HttpAnswer { retry_after, ..problem_answer(status, "some-code") });
            let fits = match status {
                429 => matches!(error, CallError::NotProcessed { .. }),
                503 if retry_after.is_some() => matches!(error, CallError::NotProcessed { .. }),
                409 if retry_after.is_some() => matches!(error, CallError::StillRunning { .. }),
                408 | 409 | 425 => matches!(error, CallError::Unknown(_)),
                400..=499 => matches!(error, CallError::Refused { .. }),
                _ => matches!(error, CallError::Unknown(_)),
            };
            assert!(fits, "{status} {retry_after:?}: {error:?}");
        }
    }
}

#[test]
fn question_waits_for_whoever_asks_to_wait() {
    let wait = Some(Duration::from_secs(7));
    for (status, body) in [(429, "<html>"), (503, "<html>"), (503, ""), (429, "{}")] {
        let content_type = "text/html".to_owned();
        let seen = HttpAnswer { status, content_type, retry_after: wait, body: body.into(), ..HttpAnswer::default() };
        let error = sort(&peer(), Ok(seen), &[200], Effect::Reads).expect_err("not the expected status");
        assert!(matches!(error, CallError::NotProcessed { retry_after, .. } if retry_after == wait), "{error:?}");
    }
    let seen = HttpAnswer { status: 503, content_type: "text/html".into(), ..HttpAnswer::default() };
    let error = sort(&peer(), Ok(seen), &[200], Effect::Reads).expect_err("not the expected status");
    assert!(matches!(error, CallError::Unknown(_)), "{error:?}");
}

#[test]
fn token_that_the_server_repeats_is_not_shown() {
    let mut seen = problem_answer(422, "x");
    seen.body = br#"{"type": "x", "detail": "no such token: geheim"}"#.to_vec();
    let error = sorted(seen);
    assert!(!format!("{error:?}{}", error.problem()).contains("geheim"));
}
