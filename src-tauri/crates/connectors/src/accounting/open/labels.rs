//! Reads and writes labels, which a server offers that has no export lock. The engine's lease is built on them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::ports::{CallError, Created, RowId, UniqueRow, UniqueRows};
use reqwest::{Method, Request};

use super::lock::json;
use super::unsendable;
use super::wire::{LabelBody, LabelMade, LabelView};
use super::writing::segment;
use crate::http::classify::Effect;
use crate::http::{Http, HttpAnswer, classify};

const PATH: &str = "v1/labels";
/// The longest a call may take: a renewal is two of them, and tried again within the shortest lease.
const LABEL_CALL: Duration = Duration::from_secs(5);
/// The types of problem document by which the server says what it knows of a label. Any other `404` may come of a wrong
/// address.
const UNKNOWN: &str = "label-unknown";
const EXISTS: &str = "label-exists";

/// Holds the labels of an accounting system behind the open protocol.
pub(super) struct Labels(pub(super) Arc<Http>);

impl Labels {
    fn request(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Request, CallError> {
        let mut request = self.0.request(method, path, body).map_err(unsendable)?;
        *request.timeout_mut() = Some(LABEL_CALL);
        Ok(request)
    }

    fn by_id(&self, id: &RowId) -> Result<String, CallError> {
        Ok(format!("{PATH}/by-id/{}", segment(&self.0, id.as_str())?))
    }

    /// Returns the answer, or `None` for a problem document of this type with that status; any other problem document
    /// is an error.
    async fn ask(&self, request: Request, expected: u16, no: (u16, &str)) -> Result<Option<HttpAnswer>, CallError> {
        let peer = self.0.peer();
        let effect = if *request.method() == Method::GET { Effect::Reads } else { Effect::Writes };
        let answer = classify::sort(peer, self.0.send(request).await, &[expected, no.0], effect)?;
        match answer.status {
            status if status == expected => Ok(Some(answer)),
            _ if classify::refusal(peer, &answer).is_some_and(|refusal| refusal.kind == no.1) => Ok(None),
            _ => Err(classify::otherwise(peer, &answer, effect)),
        }
    }
}

#[async_trait]
impl UniqueRows for Labels {
    async fn create(&self, code: &str, text: &str) -> Result<Created, CallError> {
        let body = json(&LabelBody { code: Some(code), text });
        let request = self.request(Method::POST, PATH, Some(body))?;
        let Some(answer) = self.ask(request, 201, (409, EXISTS)).await? else { return Ok(Created::Taken) };
        let made: LabelMade = classify::read(self.0.peer(), &answer)?;
        Ok(Created::Made(RowId::new(made.id)))
    }

    async fn read(&self, code: &str) -> Result<Option<UniqueRow>, CallError> {
        let path = format!("{PATH}/{}", segment(&self.0, code)?);
        let request = self.request(Method::GET, &path, None)?;
        let Some(answer) = self.ask(request, 200, (404, UNKNOWN)).await? else { return Ok(None) };
        let LabelView { id, text, written_at, now } = classify::read(self.0.peer(), &answer)?;
        let (written_at, now) = (written_at.map(|at| at.0), now.map(|at| at.0));
        Ok(Some(UniqueRow { id: RowId::new(id), text, written_at, now }))
    }

    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError> {
        let body = json(&LabelBody { code: None, text });
        let request = self.request(Method::PUT, &self.by_id(id)?, Some(body))?;
        Ok(self.ask(request, 200, (404, UNKNOWN)).await?.is_some())
    }

    async fn delete(&self, id: &RowId) -> Result<bool, CallError> {
        let request = self.request(Method::DELETE, &self.by_id(id)?, None)?;
        Ok(self.ask(request, 204, (404, UNKNOWN)).await?.is_some())
    }
}
