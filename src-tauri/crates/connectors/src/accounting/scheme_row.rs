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

/// Looks at the lease directly before something is written.
pub(super) type LastLook<'a> = &'a (dyn Fn() -> Result<(), CallError> + Sync);

/// Keeps the scheme; returns `false` if another one stands there afterwards, since somebody else was writing as well.
pub(super) async fn keep(
    rows: &dyn UniqueRows,
    peer: &Peer,
    scheme: &ReferenceScheme,
    last_look: LastLook<'_>,
) -> Result<bool, CallError> {
    let text = serde_json::to_string(scheme).expect("plain structs with text keys always make JSON");
    let Some(row) = rows.read(CODE).await? else {
        last_look()?;
        return Ok(matches!(rows.create(CODE, &text).await?, Created::Made(_)));
    };
    let kept = self::scheme(&row, peer)?;
    let has_all =
        kept.prefixes.is_subset(&scheme.prefixes) && kept.rules.iter().all(|each| scheme.rules.contains(each));
    if !has_all {
        return Ok(false);
    }
    last_look()?;
    if !rows.update(&row.id, &text).await? {
        return Ok(false);
    }
    Ok(read(rows, peer).await?.as_ref() == Some(scheme))
}

fn scheme(row: &UniqueRow, peer: &Peer) -> Result<ReferenceScheme, CallError> {
    serde_json::from_str(&row.text).map_err(|_| CallError::Unknown(peer.unexpected(200, &row.text)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use async_trait::async_trait;
    use postonce_engine::ports::RowId;
    use reqwest::Url;

    use super::*;
    use crate::http::{Http, Limits, Side};

    /// Holds one row in memory.
    #[derive(Default)]
    struct Memory(Mutex<Option<String>>);

    impl Memory {
        fn text(&self) -> Option<String> {
            self.0.lock().expect("nobody panicked").clone()
        }

        fn put(&self, text: Option<&str>) {
            *self.0.lock().expect("nobody panicked") = text.map(str::to_owned);
        }
    }

    #[async_trait]
    impl UniqueRows for Memory {
        async fn create(&self, _: &str, text: &str) -> Result<Created, CallError> {
            self.put(Some(text));
            Ok(Created::Made(RowId::new("1")))
        }

        async fn read(&self, _: &str) -> Result<Option<UniqueRow>, CallError> {
            let row = |text| UniqueRow { id: RowId::new("1"), text, written_at: None, now: None };
            Ok(self.text().map(row))
        }

        async fn update(&self, _: &RowId, text: &str) -> Result<bool, CallError> {
            self.put(Some(text));
            Ok(true)
        }

        async fn delete(&self, _: &RowId) -> Result<bool, CallError> {
            self.put(None);
            Ok(true)
        }
    }

    fn scheme(prefixes: &[&str]) -> ReferenceScheme {
        let prefixes: BTreeSet<String> = prefixes.iter().map(|&prefix| prefix.to_owned()).collect();
        ReferenceScheme { prefixes, rules: Vec::new() }
    }

    #[tokio::test]
    async fn scheme_is_written_only_under_the_lease() {
        let url = Url::parse("http://127.0.0.1:1").expect("an address");
        let http = Http::new(Side::Accounting, &url, &"token".into(), Limits::STANDARD).expect("a client");
        let (rows, lost) = (Memory::default(), || Err(CallError::LeaseLost));
        assert_eq!(keep(&rows, http.peer(), &scheme(&["HLF"]), &lost).await, Err(CallError::LeaseLost));
        assert_eq!(rows.text(), None);
        assert_eq!(keep(&rows, http.peer(), &scheme(&["HLF"]), &|| Ok(())).await, Ok(true));
        let kept = rows.text();
        assert_eq!(keep(&rows, http.peer(), &scheme(&["HLF", "LL"]), &lost).await, Err(CallError::LeaseLost));
        assert_eq!(rows.text(), kept);
        assert_eq!(keep(&rows, http.peer(), &scheme(&["HLF", "LL"]), &|| Ok(())).await, Ok(true));
        assert_ne!(rows.text(), kept);
    }
}
