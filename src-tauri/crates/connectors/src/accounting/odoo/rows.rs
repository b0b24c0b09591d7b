//! Keeps rows with a unique field, for the lease: attachments (`ir.attachment`) under an external id of ours.
//!
//! The choice (`docs/decisions/0004`): a row of `ir.model.data` or `ir.config_parameter` made directly wants the right
//! to manage access, or the whole system; an accountant's key has neither. An external id that `load` writes is the
//! same unique row, and wants no right but that to make the record it names. That record is an attachment: of all the
//! records that every user may make, it alone says *not found* when it is changed or deleted once more (`ir.filters`
//! says *done*), and has a text without bound. It hangs on an archived filter, which is shown nowhere and which every
//! user may write, and so may write the attachment.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::ports::{CallError, Created, RowId, UniqueRow, UniqueRows};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Client, Fault, Kind, TimedAnswer};
use super::load::was_aborted;
use super::value::{Maybe, Moment};

const MODEL: &str = "ir.attachment";
/// The model of the record that the rows hang on.
const ANCHOR_MODEL: &str = "ir.filters";
const ANCHOR_ID: &str = "postonce.rows";
const ANCHOR_NAME: &str = "Postonce";
/// The longest a call may take: a renewal is two of them, and tried again within the shortest lease.
const ROW_CALL: Duration = Duration::from_secs(5);

/// Holds the rows of one organisation.
pub(super) struct Rows {
    pub(super) client: Arc<Client>,
    /// Part of each row's name, since several organisations may share a database.
    pub(super) organisation: String,
}

#[derive(Deserialize)]
struct Row {
    id: i64,
    name: String,
    description: Maybe<String>,
    write_date: Moment,
}

/// The answer of `load` for records of one row each.
#[derive(Deserialize)]
pub(super) struct LoadBody {
    pub(super) ids: Ids,
    #[serde(default)]
    messages: Vec<Message>,
}

/// The ids in it, or Odoo's `false`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Ids {
    Made(Vec<i64>),
    None(bool),
}

impl LoadBody {
    /// Returns Odoo's first words, if it has any.
    pub(super) fn said(&self) -> &str {
        self.messages.first().map(|message| message.message.as_str()).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Anchor {
    id: i64,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    message: String,
}

impl Rows {
    /// Returns the name of a row, which follows our part of its external id.
    fn name(&self, code: &str) -> String {
        format!("{code}-{}", self.organisation)
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        model: &str,
        method: &str,
        body: &Value,
    ) -> Result<TimedAnswer<T>, Fault> {
        self.client.ask_within(ROW_CALL, model, method, body).await
    }

    /// Returns the record that the rows hang on, if it exists already.
    async fn anchor(&self) -> Result<Option<i64>, CallError> {
        let body = json!({"domain": [["name", "=", ANCHOR_NAME], ["model_id", "=", ANCHOR_MODEL], ["active", "=", false],
                                     ["user_ids", "=", false]],
                          "fields": ["name"], "order": "id", "limit": 1});
        let anchors: Vec<Anchor> = self.call(ANCHOR_MODEL, "search_read", &body).await?.result;
        Ok(anchors.first().map(|anchor| anchor.id))
    }

    /// Returns the same record, and makes it if it is missing; once, for all.
    async fn make_anchor(&self) -> Result<i64, CallError> {
        if let Some(anchor) = self.anchor().await? {
            return Ok(anchor);
        }
        let fields = ["id", "name", "model_id", "active"];
        let data = [[ANCHOR_ID, ANCHOR_NAME, ANCHOR_MODEL, "False"]];
        match self.load(ANCHOR_MODEL, &json!({"fields": fields, "data": data, "context": once()})).await? {
            Some(anchor) => Ok(anchor),
            // Somebody else made it at this moment.
            None => self.anchor().await?.ok_or_else(|| self.unread("ir.filters")),
        }
    }

    /// Makes the record if it is not there, and returns its id either way; `None` when another transaction came in
    /// between.
    async fn load(&self, model: &str, body: &Value) -> Result<Option<i64>, CallError> {
        let answer: LoadBody = self.call(model, "load", body).await?.result;
        match answer.ids {
            Ids::Made(ids) if ids.len() == 1 => Ok(ids.first().copied()),
            Ids::None(false) if answer.messages.iter().any(|message| was_aborted(&message.message)) => Ok(None),
            Ids::Made(_) | Ids::None(_) => {
                let said = answer.messages.first().map_or("load: ids", |message| &message.message);
                Err(self.unread(said))
            }
        }
    }

    fn unread(&self, what: &str) -> CallError {
        CallError::Unknown(self.client.peer().unexpected(200, what))
    }

    fn id(&self, id: &RowId) -> Result<i64, CallError> {
        id.as_str().parse().map_err(|_| self.unread("ir.attachment: id"))
    }
}

/// Returns the context in which a record that is there under its external id is left alone, and its id returned.
fn once() -> Value {
    json!({"mode": "update", "noupdate": true})
}

#[async_trait]
impl UniqueRows for Rows {
    async fn create(&self, code: &str, text: &str) -> Result<Created, CallError> {
        let (name, anchor) = (self.name(code), self.make_anchor().await?);
        let fields = ["id", "name", "type", "res_model", "res_id", "description"];
        let data = [[&format!("postonce.{name}"), &name, "binary", ANCHOR_MODEL, &anchor.to_string(), text]];
        let body = json!({"fields": fields, "data": data, "context": once()});
        // After an abort by the database there may be a row, and there may be none: the caller looks again.
        let Some(id) = self.load(MODEL, &body).await? else { return Ok(Created::Taken) };
        // The answer is the same for a row that was made and for one that was there: they differ by their text.
        match self.read(code).await? {
            Some(row) if row.id.as_str() == id.to_string() && row.text == text => Ok(Created::Made(row.id)),
            Some(_) | None => Ok(Created::Taken),
        }
    }

    async fn read(&self, code: &str) -> Result<Option<UniqueRow>, CallError> {
        let name = self.name(code);
        let body = json!({"domain": [["res_model", "=", ANCHOR_MODEL], ["name", "=", name]], "fields": ["name", "description", "write_date"], "order": "id"});
        let TimedAnswer { result, at } = self.call::<Vec<Row>>(MODEL, "search_read", &body).await?;
        let mut rows = result.into_iter().filter(|row| row.name == name);
        match (rows.next(), rows.next()) {
            (None, _) => Ok(None),
            (Some(row), None) => Ok(Some(UniqueRow {
                id: RowId::new(row.id.to_string()),
                text: row.description.is().unwrap_or_default(),
                written_at: Some(row.write_date.0),
                now: at,
            })),
            // Somebody who does not go by our external id made two.
            (Some(_), Some(_)) => Err(self.unread("ir.attachment: 2")),
        }
    }

    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError> {
        let body = json!({"ids": [self.id(id)?], "vals": {"description": text}});
        there(self.call::<Value>(MODEL, "write", &body).await)
    }

    async fn delete(&self, id: &RowId) -> Result<bool, CallError> {
        there(self.call::<Value>(MODEL, "unlink", &json!({"ids": [self.id(id)?]})).await)
    }
}

/// Says whether the record is there: `false` if Odoo says that there is no such record.
fn there<T>(answer: Result<TimedAnswer<T>, Fault>) -> Result<bool, CallError> {
    match answer {
        Ok(_) => Ok(true),
        Err(Fault::Refused { kind: Kind::Missing, .. }) => Ok(false),
        Err(fault) => Err(fault.into()),
    }
}
