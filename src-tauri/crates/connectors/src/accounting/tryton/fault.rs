//! Says what may be concluded from an answer without a result. Tryton answers 200 also when it refuses.
//!
//! Invariant: a refusal is concluded only from the kinds that Tryton raises inside its transaction, which is then
//! rolled back (`trytond/protocols/dispatcher.py`). Any other error may have been raised while or after it was
//! committed, and is unknown.

use postonce_engine::domain::Refusal;
use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;
use serde_json::Value;

use crate::http::Peer;

/// The reason why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Tryton refused; nothing was written.
    No(Exception),
    /// Anything else.
    Call(CallError),
}

/// Holds Tryton's refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exception {
    /// The kind of exception, as a refusal's kind.
    pub(super) kind: &'static str,
    /// Tryton's words, bounded.
    pub(super) detail: String,
}

impl Fault {
    /// Returns the fault as the answer to a request as a whole.
    pub(super) fn whole(self, peer: &Peer) -> CallError {
        match self {
            Self::No(exception) => exception.whole(peer),
            Self::Call(error) => error,
        }
    }

    /// Returns the fault of a step on the way to a write that was not sent yet: nothing of the write has left, whatever
    /// the step did.
    pub(super) fn before_the_write(self, peer: &Peer) -> CallError {
        match self.whole(peer) {
            CallError::Unknown(problem) | CallError::StillRunning { problem, .. } => {
                CallError::NotProcessed { problem, retry_after: None }
            }
            error => error,
        }
    }
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl Exception {
    /// Returns the exception as the refusal of one voucher.
    pub(super) fn refusal(self) -> Refusal {
        Refusal::new(self.kind.to_owned(), self.detail)
    }

    /// Returns the exception as the refusal of a request as a whole.
    pub(super) fn whole(self, peer: &Peer) -> CallError {
        CallError::Refused { problem: peer.refused(200, &self.detail), refusal: self.refusal(), too_large: false }
    }
}

/// Makes a refusal that Postonce concludes before it sends anything; its problem has a code of its own.
pub(super) fn unfit(problem: Problem) -> CallError {
    let refusal = Refusal::new(problem.code.as_str().to_owned(), String::new());
    CallError::Refused { problem, refusal, too_large: false }
}

/// Reads the `error` of an answer.
pub(super) fn read(peer: &Peer, error: &Value) -> Fault {
    let kind = error.get(0).and_then(Value::as_str).unwrap_or_default();
    let said = &error[1];
    let text = |index: usize| said.get(index).and_then(Value::as_str).unwrap_or_default();
    let exception = |kind, words: &[&str]| {
        let words: Vec<&str> = words.iter().copied().filter(|words| !words.trim().is_empty()).collect();
        Fault::No(Exception { kind, detail: peer.detail(&words.join(" – ")) })
    };
    match kind {
        "UserError" if said.is_array() => exception("refused", &[text(0), text(1)]),
        "UserWarning" if said.is_array() => exception("warning", &[text(1), text(2)]),
        "ConcurrencyException" => exception("changed-meanwhile", &[said.as_str().unwrap_or_default()]),
        "LoginException" => Fault::Call(CallError::Refused {
            problem: peer.unauthorized("LoginException"),
            refusal: Refusal::new("login", peer.detail(text(1))),
            too_large: false,
        }),
        other => Fault::Call(CallError::Unknown(peer.unexpected(200, other))),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use serde_json::json;

    use super::*;
    use crate::http::{Http, Limits, Side};

    fn peer() -> Peer {
        let url = reqwest::Url::parse("http://127.0.0.1:1").expect("an address");
        Http::new(Side::Accounting, &url, &SecretString::from("secret"), Limits::STANDARD)
            .expect("a client")
            .peer()
            .clone()
    }

    #[test]
    fn exception_is_a_refusal_only_from_inside_the_transaction() {
        let no = |error: Value| match read(&peer(), &error) {
            Fault::No(exception) => Some((exception.kind, exception.detail)),
            Fault::Call(_) => None,
        };
        assert_eq!(
            no(json!(["UserError", ["Closed.", "Open it.", null]])),
            Some(("refused", "Closed. – Open it.".into()))
        );
        assert_eq!(no(json!(["UserWarning", ["hash.1", "Similar?", ""]])), Some(("warning", "Similar?".into())));
        assert_eq!(no(json!(["ConcurrencyException", "Modified"])), Some(("changed-meanwhile", "Modified".into())));
        for unknown in
            [json!(["'account.move'", "Traceback"]), json!(["UserError"]), json!([]), json!("UserError"), json!({})]
        {
            assert!(matches!(read(&peer(), &unknown), Fault::Call(CallError::Unknown(_))), "{unknown}");
        }
    }

    #[test]
    fn step_before_the_write_puts_nothing_in_doubt() {
        let fault = read(&peer(), &json!(["'x'", ""]));
        assert!(matches!(fault.before_the_write(&peer()), CallError::NotProcessed { .. }));
    }

    #[test]
    fn login_that_wants_more_is_about_access() {
        let fault = read(&peer(), &json!(["LoginException", ["sms_code", "Code", "char"]]));
        assert!(matches!(fault, Fault::Call(CallError::Refused { .. })));
    }
}
