//! Keeps a row with a unique code: a party, whose code no other may have. The engine's lease is built on it.
//!
//! Bookkeepers see it among the parties, so that its name says what it is. The text of the lease stands in the comment
//! of a contact of it, which is a text of any length; a party's own fields are short, or shown in lists.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::ports::{CallError, Created, RowId, UniqueRow, UniqueRows};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Link;
use super::facts::Facts;
use super::fault::Fault;
use super::rpc::Call;
use super::wire::TrytonMoment;
use super::words;
use crate::accounting::scheme_row;

/// The longest a call may take: a renewal is two of them, and tried again within the shortest lease.
const ROW_CALL: Duration = Duration::from_secs(5);

/// Holds the parties of a Tryton database as rows with a unique code.
pub(super) struct PartyRows(pub(super) Arc<Link>);

#[derive(Debug, Deserialize)]
struct PartyRead {
    id: i64,
    write_date: Option<TrytonMoment>,
    create_date: TrytonMoment,
    #[serde(rename = "contact_mechanisms.", default)]
    contacts: Vec<ContactRead>,
}

#[derive(Debug, Deserialize)]
struct ContactRead {
    id: i64,
    comment: Option<String>,
}

impl PartyRows {
    /// Returns the party's code. It names the company, since two companies of one database have a lock each.
    fn code(code: &str, facts: &Facts) -> String {
        format!("{code}-{}", facts.company)
    }

    async fn call<T: serde::de::DeserializeOwned>(&self, method: &str, params: Value) -> Result<T, Fault> {
        // These calls make the lease: there is none to look at.
        self.0.rpc.call(&Call::write(method, params, &|| Ok(())).within(ROW_CALL)).await
    }

    /// Returns the party behind a row, and its contact.
    async fn party(&self, facts: &Facts, domain: Value) -> Result<Option<PartyRead>, CallError> {
        let fields = ["write_date", "create_date", "contact_mechanisms.comment"];
        // A party that somebody put out of use keeps its code, and with it the lock.
        let domain = json!([domain, ["active", "in", [true, false]]]);
        let params = json!([domain, 0, 1, null, fields, facts.context()]);
        let found: Result<Vec<PartyRead>, Fault> = self.call("model.party.party.search_read", params).await;
        Ok(found.map_err(|fault| fault.whole(self.0.rpc.peer()))?.pop())
    }

    /// Reads the row again after a refusal, and succeeds if it is gone. The words of the refusal depend on the
    /// language; the row does not.
    async fn is_gone(&self, facts: &Facts, party: i64, fault: Fault) -> Result<(), CallError> {
        let exception = match fault {
            Fault::No(exception) => exception,
            Fault::Call(error) => return Err(error),
        };
        match self.party(facts, json!([["id", "=", party]])).await? {
            None => Ok(()),
            Some(_) => Err(exception.whole(self.0.rpc.peer())),
        }
    }
}

#[async_trait]
impl UniqueRows for PartyRows {
    async fn create(&self, code: &str, text: &str) -> Result<Created, CallError> {
        let facts = self.0.facts().await?;
        let name = match code {
            scheme_row::CODE => words::scheme_name(facts.language, &facts.company_name),
            _ => words::lock_name(facts.language, &facts.company_name),
        };
        let code = Self::code(code, &facts);
        let contact = json!({"type": "other", "value": "Postonce", "comment": text});
        let party = json!({
            "code": code, "name": name, "addresses": [],
            "contact_mechanisms": [["create", [contact]]],
        });
        let made: Result<Vec<i64>, Fault> =
            self.call("model.party.party.create", json!([[party], facts.context()])).await;
        let exception = match made {
            Ok(made) => {
                let made = made.first().ok_or_else(|| CallError::Unknown(self.0.rpc.peer().unexpected(200, "ids")))?;
                return Ok(Created::Made(RowId::new(made.to_string())));
            }
            Err(Fault::No(exception)) => exception,
            Err(Fault::Call(error)) => return Err(error),
        };
        // Tryton says in the user's language that the code is taken; the row itself says it in all of them.
        match self.party(&facts, json!([["code", "=", code]])).await? {
            Some(_) => Ok(Created::Taken),
            None => Err(exception.whole(self.0.rpc.peer())),
        }
    }

    async fn read(&self, code: &str) -> Result<Option<UniqueRow>, CallError> {
        let facts = self.0.facts().await?;
        let party = self.party(&facts, json!([["code", "=", Self::code(code, &facts)]])).await?;
        Ok(party.map(|party| UniqueRow {
            id: RowId::new(party.id.to_string()),
            text: party.contacts.into_iter().next().and_then(|contact| contact.comment).unwrap_or_default(),
            written_at: Some(party.write_date.unwrap_or(party.create_date).0),
            now: None,
        }))
    }

    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError> {
        let facts = self.0.facts().await?;
        let Some(party) = super::moves::number(id.as_str()) else { return Ok(false) };
        let Some(there) = self.party(&facts, json!([["id", "=", party]])).await? else { return Ok(false) };
        let contacts = match there.contacts.first() {
            Some(contact) => json!([["write", [contact.id], {"comment": text}]]),
            None => json!([["create", [{"type": "other", "value": "Postonce", "comment": text}]]]),
        };
        let params = json!([[party], {"contact_mechanisms": contacts}, facts.context()]);
        match self.call::<Value>("model.party.party.write", params).await {
            Ok(_) => Ok(true),
            Err(fault) => self.is_gone(&facts, party, fault).await.map(|()| false),
        }
    }

    async fn delete(&self, id: &RowId) -> Result<bool, CallError> {
        let facts = self.0.facts().await?;
        let Some(party) = super::moves::number(id.as_str()) else { return Ok(false) };
        match self.call::<Value>("model.party.party.delete", json!([[party], facts.context()])).await {
            Ok(_) => Ok(true),
            Err(fault) => self.is_gone(&facts, party, fault).await.map(|()| false),
        }
    }
}
