use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use super::*;
use crate::http::{Limits, Side};

fn peer() -> Peer {
    let url = Url::parse("http://127.0.0.1:1").expect("an address");
    Http::new(Side::Accounting, &url, &SecretString::from("key"), Limits::STANDARD).expect("a client").peer().clone()
}

/// Bodies that are not Odoo's, each with its content type.
fn foreign_bodies() -> [(&'static str, String); 8] {
    let own = json!({"name": "odoo.exceptions.UserError", "message": "No.", "arguments": ["No."], "context": {},
                     "debug": "Traceback"});
    let without = |member: &str| {
        let mut body = own.clone();
        body.as_object_mut().expect("an object").remove(member);
        body.to_string()
    };
    [
        ("", String::new()),
        ("text/html", "<html>Please wait</html>".to_owned()),
        ("text/html", own.to_string()),
        ("application/problem+json", own.to_string()),
        ("application/json", json!({"name": "UserError", "message": "No."}).to_string()),
        ("application/json", without("debug")),
        ("application/json", without("arguments")),
        ("application/json", own.to_string().replace("odoo.exceptions.UserError", "UserError")),
    ]
}

#[test]
fn write_is_unknown_unless_odoos_own_words_say_more() {
    for status in (100..=599).filter(|status| *status != 200) {
        for (content_type, body) in foreign_bodies() {
            for retry_after in [None, Some(Duration::from_secs(1))] {
                let content_type = content_type.to_owned();
                let body = body.clone().into_bytes();
                let seen = HttpAnswer { status, content_type, retry_after, body, ..HttpAnswer::default() };
                let fault = fault(&peer(), &seen, Effect::Writes);
                assert!(matches!(fault, Fault::Call(CallError::Unknown(_))), "{fault:?} of {seen:?}");
            }
        }
    }
}

#[test]
fn question_waits_for_whoever_asks_to_wait() {
    let wait = Some(Duration::from_secs(7));
    let seen = HttpAnswer { status: 503, content_type: "text/html".into(), retry_after: wait, ..HttpAnswer::default() };
    let fault = fault(&peer(), &seen, Effect::Reads);
    assert!(matches!(fault, Fault::Call(CallError::NotProcessed { retry_after, .. }) if retry_after == wait));
}
