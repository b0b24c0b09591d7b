//! Reads and keeps how references are made in the books: by the protocol's own resource, or as a label on a server that
//! has those.

use postonce_engine::domain::Period;
use postonce_engine::ports::{CallError, LeaseToken, ReferencePage, ReferenceScheme};
use reqwest::Method;

use super::lock::{json, present};
use super::{Open, SchemePlace, list};
use crate::accounting::scheme_row::{self, LastLook};
use crate::http::classify;
use crate::http::classify::Effect;

const PATH: &str = "v1/reference-scheme";
/// The kind of a refusal that says: what is kept has entries that this one lacks.
const AHEAD: &str = "reference-scheme-ahead";

pub(super) async fn read(open: &Open) -> Result<Option<ReferenceScheme>, CallError> {
    let peer = open.http.peer();
    match open.scheme_place().await? {
        None => Ok(None),
        Some(SchemePlace::Label) => scheme_row::read(&open.labels(), peer).await,
        Some(SchemePlace::Own) => {
            let answer = open.ask(open.brief_request(Method::GET, PATH, None)?, &[200, 404]).await?;
            match answer.status {
                200 => classify::read(peer, &answer).map(Some),
                // Only a problem document says that nothing is kept; a bare 404 is a wrong address.
                _ if classify::refusal(peer, &answer).is_some() => Ok(None),
                _ => Err(classify::otherwise(peer, &answer, Effect::Reads)),
            }
        }
    }
}

pub(super) async fn keep(
    open: &Open,
    token: &LeaseToken,
    scheme: &ReferenceScheme,
    last_look: LastLook<'_>,
) -> Result<bool, CallError> {
    let peer = open.http.peer();
    match open.scheme_place().await? {
        None => Ok(true),
        Some(SchemePlace::Label) => scheme_row::keep(&open.labels(), peer, scheme, last_look).await,
        Some(SchemePlace::Own) => {
            let mut request = open.brief_request(Method::PUT, PATH, Some(json(scheme)))?;
            present(open, &mut request, token)?;
            last_look()?;
            let answer = open.call(request, &[200, 204, 409]).await?;
            match answer.status {
                409 if classify::refusal(peer, &answer).is_some_and(|refusal| refusal.kind == AHEAD) => Ok(false),
                409 => Err(classify::otherwise(peer, &answer, Effect::Writes)),
                _ => Ok(true),
            }
        }
    }
}

/// Returns a page of all references of the books: the protocol's list knows of no prefix.
pub(super) async fn references(open: &Open, cursor: Option<&str>) -> Result<ReferencePage, CallError> {
    let page = list::vouchers(open, Period::EVERYTHING, cursor).await?;
    let references = page.vouchers.into_iter().filter(|voucher| voucher.reverses.is_none());
    Ok(ReferencePage { references: references.map(|voucher| voucher.reference).collect(), next: page.next })
}
