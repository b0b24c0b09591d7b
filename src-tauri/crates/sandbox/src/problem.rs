//! Holds errors as the protocol shows them: `application/problem+json` (RFC 9457). Every kind stands once, in one
//! table.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

/// The beginning of every problem type; a client looks at the part after the last `/`.
const TYPE_BASE: &str = "https://postonce.example/problems/";

macro_rules! kinds {
    ($($(#[$note:meta])* $name:ident $status:ident $slug:literal $title:literal;)*) => {
        /// The kind of a problem: the last part of its `type`, with its status and title.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[$note])* $name,)* }

        impl Kind {
            /// Returns the status of an answer that is this problem as a whole.
            pub(crate) fn status(self) -> StatusCode { match self { $(Self::$name => StatusCode::$status,)* } }
            fn slug(self) -> &'static str { match self { $(Self::$name => $slug,)* } }
            fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

kinds! {
    // kinds for a whole request
    BadRequest BAD_REQUEST "bad-request" "The request cannot be understood";
    MissingHeader BAD_REQUEST "missing-header" "A required header is missing";
    Unauthorized UNAUTHORIZED "unauthorized" "No valid bearer token";
    Forbidden FORBIDDEN "forbidden" "Not allowed for this user";
    NotFound NOT_FOUND "not-found" "There is no such thing";
    LabelUnknown NOT_FOUND "label-unknown" "There is no such label, or no longer";
    DraftUnknown NOT_FOUND "draft-unknown" "There is no such draft, or no longer";
    MethodNotAllowed METHOD_NOT_ALLOWED "method-not-allowed" "This address does not take this method";
    InProgress CONFLICT "in-progress" "The first request with this key is still running";
    WitnessAhead CONFLICT "witness-ahead" "The stored witness is ahead of this one";
    SchemeAhead CONFLICT "reference-scheme-ahead" "The stored scheme has more than this one";
    LabelExists CONFLICT "label-exists" "There is a label with this code already";
    DraftCommitted CONFLICT "draft-committed" "The draft was committed";
    LockLost PRECONDITION_FAILED "lock-lost" "The export lock is no longer yours";
    BodyTooLarge PAYLOAD_TOO_LARGE "body-too-large" "The request is too large";
    Invalid UNPROCESSABLE_ENTITY "invalid" "The request is understood, and its content is not acceptable";
    TooManyVouchers UNPROCESSABLE_ENTITY "too-many-vouchers" "Too many vouchers in one request";
    TooManyReferences UNPROCESSABLE_ENTITY "too-many-references" "Too many references in one look-up";
    KeyReused UNPROCESSABLE_ENTITY "idempotency-key-reused" "The idempotency key was used for another request";
    AlreadyReversed UNPROCESSABLE_ENTITY "already-reversed" "The voucher has a counter-voucher already";
    NotReversible UNPROCESSABLE_ENTITY "not-reversible" "This voucher cannot be reversed";
    Locked LOCKED "locked" "Somebody holds the export lock";
    TooManyRequests TOO_MANY_REQUESTS "too-many-requests" "Too many requests";
    Internal INTERNAL_SERVER_ERROR "internal" "The server failed";
    Unavailable SERVICE_UNAVAILABLE "unavailable" "The server is not available for the moment";

    // kinds for one expense
    ExpenseUnknown NOT_FOUND "expense-unknown" "There is no such expense, or no longer";
    BeingEdited CONFLICT "being-edited" "The expense is being edited";
    VersionChanged CONFLICT "version-changed" "The expense is no longer the version that was read";

    // kinds for one voucher
    BadReference UNPROCESSABLE_ENTITY "bad-reference" "The reference is missing or too long";
    BadDate UNPROCESSABLE_ENTITY "bad-date" "The date is not a date";
    ClosedPeriod UNPROCESSABLE_ENTITY "closed-period" "The period is closed";
    BadCurrency UNPROCESSABLE_ENTITY "bad-currency" "The currency is not three capital letters";
    BadAmount UNPROCESSABLE_ENTITY "bad-amount" "The amount is not a decimal number of this currency";
    UnknownAccount UNPROCESSABLE_ENTITY "unknown-account" "The account is not in the chart of accounts";
    UnknownVatCode UNPROCESSABLE_ENTITY "unknown-vat-code" "The VAT code is not in the list";
    UnknownDimension UNPROCESSABLE_ENTITY "unknown-dimension" "The dimension has no such value";
    Unbalanced UNPROCESSABLE_ENTITY "unbalanced" "The lines do not sum to zero";
    ReferenceConflict UNPROCESSABLE_ENTITY "reference-conflict" "The reference stands for another voucher";
}

/// One problem: an answer of its own, or the reason why one voucher of several was refused.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    members: Map<String, Value>,
    retry_after_seconds: Option<u64>,
}

impl Problem {
    /// Makes a problem, with a sentence for a person.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), members: Map::new(), retry_after_seconds: None }
    }

    /// Adds one member, such as the `lock` of a `423`.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("members are plain data with string keys");
        self.members.insert(member.to_owned(), value);
        self
    }

    /// Adds a `Retry-After` header.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the problem object, for the `problem` of a refused voucher.
    pub(crate) fn to_value(&self) -> Value {
        self.object(false)
    }

    fn object(&self, with_status: bool) -> Value {
        let mut object = self.members.clone();
        object.insert("type".to_owned(), format!("{TYPE_BASE}{}", self.kind.slug()).into());
        object.insert("title".to_owned(), self.kind.title().into());
        object.insert("detail".to_owned(), self.detail.as_str().into());
        if with_status {
            object.insert("status".to_owned(), self.kind.status().as_u16().into());
        }
        Value::Object(object)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.object(true).to_string()));
        *response.status_mut() = self.kind.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == Kind::Unauthorized {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"practice\""));
        }
        response
    }
}
