//! Knows who may call: the practice tokens, which are no secrets, and the users behind them.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::problem::{Kind, Problem};

/// Bearer token of the user Kari Nordmann, for both halves.
pub const ACCOUNTING_TOKEN: &str = "practice-token";
/// Bearer token of a second user, Ola Hansen, for both halves.
pub const ACCOUNTING_TOKEN_OLA: &str = "practice-token-ola";
/// Bearer token for the platform half alone.
pub const PLATFORM_TOKEN: &str = "practice-platform-token";

/// The user behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// False for the platform's token, which opens only the platform half.
    pub(crate) may_post: bool,
}

/// The person who writes in the books by hand.
pub(crate) const ACCOUNTANT: Caller = Caller { id: "accountant", name: "The accountant", may_post: false };

/// Returns the name of the user with this id, or the id where it is nobody's.
pub(crate) fn name_of(id: String) -> String {
    let name = match id.as_str() {
        "kari" => "Kari Nordmann",
        "ola" => "Ola Hansen",
        "accountant" => ACCOUNTANT.name,
        _ => return id,
    };
    name.to_owned()
}

/// Returns the user behind the bearer token of a request, or `401`.
pub(crate) fn authenticate(headers: &HeaderMap) -> Result<Caller, Problem> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Err(Problem::new(Kind::Unauthorized, "The request carries no Authorization header."));
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .and_then(|(scheme, token)| if scheme.eq_ignore_ascii_case("bearer") { Some(token.trim()) } else { None });
    match token {
        Some(ACCOUNTING_TOKEN) => Ok(Caller { id: "kari", name: "Kari Nordmann", may_post: true }),
        Some(ACCOUNTING_TOKEN_OLA) => Ok(Caller { id: "ola", name: "Ola Hansen", may_post: true }),
        Some(PLATFORM_TOKEN) => Ok(Caller { id: "platform", name: "Practice platform", may_post: false }),
        Some(_) => Err(Problem::new(Kind::Unauthorized, "Nobody here has this bearer token.")),
        None => Err(Problem::new(Kind::Unauthorized, "The Authorization header is not of the form 'Bearer TOKEN'.")),
    }
}
