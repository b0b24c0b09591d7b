//! Keeps rows with a unique field in the place, for the lease.
//!
//! A row is a folder named by its code, with one file in it, named by the id. The folder is made whole elsewhere and
//! moved to its name: only one can be there. A row is changed by writing into the file of its id, and removed by
//! removing that file, so that nothing is ever done to a row of another id.

use std::sync::Arc;

use async_trait::async_trait;
use postonce_engine::ports::{CallError, Created, IdSource, RowId, UniqueRow, UniqueRows};

use super::OWN;
use super::place::{Moved, Place};

/// Holds the rows of a place.
pub(super) struct Rows {
    pub(super) place: Arc<dyn Place>,
    pub(super) ids: Arc<dyn IdSource>,
}

fn folder(code: &str) -> String {
    format!("{OWN}/rows/{code}")
}

/// Splits the id by which a row is changed into its folder and its file.
fn path(id: &RowId) -> String {
    format!("{OWN}/rows/{}", id.as_str())
}

#[async_trait]
impl UniqueRows for Rows {
    async fn create(&self, code: &str, text: &str) -> Result<Created, CallError> {
        let id = self.ids.fresh();
        let made_at = format!("{OWN}/outgoing/row-{id}");
        for name in [OWN, &format!("{OWN}/rows"), &format!("{OWN}/outgoing"), &made_at] {
            self.place.make_folder(name).await.map_err(super::place::PlaceError::before)?;
        }
        let file = format!("{made_at}/{id}");
        self.place.write(&file, text.as_bytes().to_vec()).await.map_err(super::place::PlaceError::before)?;
        match self.place.move_new(&made_at, &folder(code)).await {
            Ok(Moved::Done) => Ok(Created::Made(RowId::new(format!("{code}/{id}")))),
            Ok(Moved::Taken | Moved::Missing) => {
                self.place.remove(&file).await.map_err(super::place::PlaceError::before)?;
                self.place.remove_empty(&made_at).await.map_err(super::place::PlaceError::before)?;
                // A row that is removed in two steps leaves this, if the second was never made.
                self.place.remove_empty(&folder(code)).await.map_err(super::place::PlaceError::before)?;
                Ok(Created::Taken)
            }
            Err(error) => Err(error.after()),
        }
    }

    async fn read(&self, code: &str) -> Result<Option<UniqueRow>, CallError> {
        let names = self.place.list(&folder(code)).await.map_err(super::place::PlaceError::before)?;
        let Some(id) = names.into_iter().next() else { return Ok(None) };
        let id = RowId::new(format!("{code}/{id}"));
        let text = self.place.read(&path(&id)).await.map_err(super::place::PlaceError::before)?;
        let Some(text) = text else { return Ok(None) };
        Ok(Some(UniqueRow { id, text: String::from_utf8_lossy(&text).into_owned(), written_at: None, now: None }))
    }

    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError> {
        let written = self.place.write_into(&path(id), text.as_bytes().to_vec()).await;
        written.map_err(super::place::PlaceError::after)
    }

    async fn delete(&self, id: &RowId) -> Result<bool, CallError> {
        let was_there = self.place.remove(&path(id)).await.map_err(super::place::PlaceError::after)?;
        if let Some((code, _)) = id.as_str().split_once('/') {
            self.place.remove_empty(&folder(code)).await.map_err(super::place::PlaceError::after)?;
        }
        Ok(was_there)
    }
}
