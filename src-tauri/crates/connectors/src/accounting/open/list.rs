//! Lists the vouchers of a period, page by page, for the two-way comparison.
//!
//! A server may not know the parameters for the date: then it lists everything, and vouchers outside the period are
//! left out here. So a page may be empty, and others may follow all the same.

use postonce_engine::domain::Period;
use postonce_engine::ports::{CallError, VoucherPage};
use reqwest::Method;

use super::Open;
use super::look_up::taken_over;
use super::wire::ListBody;
use crate::http::classify;

/// The number of vouchers that are asked for in one page.
const PAGE_VOUCHERS: usize = 500;

pub(super) async fn vouchers(open: &Open, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
    let mut request = open.request(Method::GET, "v1/vouchers", None)?;
    {
        let mut query = request.url_mut().query_pairs_mut();
        if let Some(from) = period.from {
            query.append_pair("date_from", &from.to_string());
        }
        if let Some(to) = period.to {
            query.append_pair("date_to", &to.to_string());
        }
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        query.append_pair("limit", &PAGE_VOUCHERS.to_string());
    }
    let peer = open.http.peer();
    let answer = open.ask(request, &[200]).await?;
    let page: ListBody = classify::read(peer, &answer)?;
    // It would go round forever.
    if page.next_cursor.is_some() && page.next_cursor.as_deref() == cursor {
        return Err(CallError::Unknown(peer.unexpected(200, "next_cursor")));
    }
    let mut vouchers = Vec::with_capacity(page.vouchers.len());
    for voucher in page.vouchers {
        if period.contains(voucher.date) {
            vouchers.push(taken_over(peer, voucher)?);
        }
    }
    Ok(VoucherPage { vouchers, next: page.next_cursor })
}
