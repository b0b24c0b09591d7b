//! Keeps how references are made in some books as one row with a unique code, where the accounting system has nothing
//! better for it.

use postonce_engine::ports::{CallError, Created, ReferenceScheme, UniqueRow, UniqueRows};

use crate::http::Peer;

/// The code of the row.
pub(super) const CODE: &str = "postonce-references";

/// Returns the scheme that the row holds; `None` if there is no row. A row that somebody wrote into by hand is not
/// understood, and nothing is concluded from it.
pub(super) async fn read(rows: &dyn UniqueRows, peer: &Peer) -> Result<Option<ReferenceScheme>, CallError> {
    rows.read(CODE).await?.map(|row| scheme(&row, peer)).transpose()
}

/// Keeps the scheme; returns `false` if another one stands there afterwards, since somebody else was writing as well.
pub(super) async fn keep(rows: &dyn UniqueRows, peer: &Peer, scheme: &ReferenceScheme) -> Result<bool, CallError> {
    let text = serde_json::to_string(scheme).expect("plain structs with text keys always make JSON");
    let Some(row) = rows.read(CODE).await? else {
        return Ok(matches!(rows.create(CODE, &text).await?, Created::Made(_)));
    };
    let kept = self::scheme(&row, peer)?;
    let has_all =
        kept.prefixes.is_subset(&scheme.prefixes) && kept.rules.iter().all(|each| scheme.rules.contains(each));
    if !has_all || !rows.update(&row.id, &text).await? {
        return Ok(false);
    }
    Ok(read(rows, peer).await?.as_ref() == Some(scheme))
}

fn scheme(row: &UniqueRow, peer: &Peer) -> Result<ReferenceScheme, CallError> {
    serde_json::from_str(&row.text).map_err(|_| CallError::Unknown(peer.unexpected(200, &row.text)))
}
