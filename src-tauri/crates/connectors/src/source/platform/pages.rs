//! Reads page after page by cursor, with a few patient repeats: asking for a page changes nothing, so it may be asked
//! for again.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use async_trait::async_trait;
use postonce_engine::ports::{CallError, PAGE_ROWS_MAX, Pages, Row, SourceError};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::patience::patiently;
use super::{Remote, element};
use crate::http::classify::{self, Effect};

const PAGE_LIMIT: &str = "500";
/// The largest number of pages: fifty million records, and no endless reading.
const PAGES_MAX: usize = 100_000;
const CURSOR_CHARS_MAX: usize = 1_000;
/// The number of times that one page is asked for.
const TRIES_MAX: u32 = 4;

#[derive(Deserialize)]
struct PageBody {
    records: Vec<Value>,
    #[serde(default)]
    next_cursor: Option<String>,
}

/// Holds a reading in progress.
pub(super) struct PlatformPages {
    remote: Arc<Remote>,
    /// Rows that are read and not yet taken.
    rows: VecDeque<Row>,
    next_cursor: Option<String>,
    /// The cursors followed so far.
    followed: HashSet<String>,
    /// The number of elements so far.
    count: u64,
}

impl PlatformPages {
    pub(super) async fn open(remote: Arc<Remote>) -> Result<Self, SourceError> {
        let (rows, followed) = (VecDeque::new(), HashSet::new());
        let mut pages = Self { remote, rows, next_cursor: None, followed, count: 0 };
        pages.turn(None).await?;
        Ok(pages)
    }

    /// Asks for the page at a cursor, and takes it over.
    async fn turn(&mut self, cursor: Option<&str>) -> Result<(), SourceError> {
        let page = patiently(self.remote.clock.as_ref(), TRIES_MAX, || self.ask(cursor)).await;
        let page = page.map_err(|error| self.remote.error(&error))?;
        for value in page.records {
            self.count += 1;
            self.rows.push_back(element::row(&value, self.remote.currency, self.remote.http.peer(), self.count));
        }
        self.next_cursor = page.next_cursor.filter(|cursor| !cursor.is_empty());
        Ok(())
    }

    async fn ask(&self, cursor: Option<&str>) -> Result<PageBody, CallError> {
        let http = &self.remote.http;
        let mut request =
            http.request(Method::GET, "v1/expenses", None).map_err(|error| CallError::NotSent(error.into()))?;
        request.url_mut().query_pairs_mut().append_pair("limit", PAGE_LIMIT);
        if let Some(cursor) = cursor {
            request.url_mut().query_pairs_mut().append_pair("cursor", cursor);
        }
        let seen = classify::sort(http.peer(), http.send(request).await, &[200], Effect::Reads)?;
        classify::read(http.peer(), &seen)
    }

    /// Follows a cursor. One that was followed before would lead round in circles.
    fn follow(&mut self, cursor: &str) -> Result<(), SourceError> {
        let is_fresh = cursor.chars().count() <= CURSOR_CHARS_MAX && self.followed.insert(cursor.to_owned());
        if is_fresh && self.followed.len() < PAGES_MAX {
            return Ok(());
        }
        Err(SourceError(self.remote.http.peer().unexpected(200, &format!("next_cursor: {cursor}"))))
    }
}

#[async_trait]
impl Pages for PlatformPages {
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError> {
        // An empty page in the middle is no end.
        while self.rows.is_empty() {
            let Some(cursor) = self.next_cursor.take() else { return Ok(None) };
            self.follow(&cursor)?;
            self.turn(Some(&cursor)).await?;
        }
        let count = self.rows.len().min(PAGE_ROWS_MAX);
        Ok(Some(self.rows.drain(..count).collect()))
    }
}
