//! Makes entries with `load`, each under an external id of its own, once.
//!
//! Why not `create`: an external id is a row of `ir.model.data`, unique over module and name. With `mode: update` and
//! `noupdate`, `load` makes what is not there under its id, and leaves alone and names what is. So a posting may be
//! sent again, late or side by side: there is one entry for its reference, and a late repeat cannot change it. (Without
//! `noupdate` it would write again, and lines without an id of their own would be doubled.) It needs no more rights
//! than `create`: the external ids are written on Odoo's own account. Like `create` it makes all or nothing.

use std::collections::{BTreeSet, VecDeque};

use postonce_engine::domain::{Money, Refusal};
use postonce_engine::ports::CallError;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::analytic::Distribution;
use super::books::Books;
use super::client::{Client, Fault, Lease};
use super::moves::MODEL;
use super::to_make::{EntryToMake, ForeignAmount, LineToMake, TaxShare};

/// The columns of a row. The first row of an entry has those of the entry, and each its own line.
const COLUMNS: [&str; 11] = [
    "id",
    "ref",
    "journal_id/.id",
    "date",
    "move_type",
    "reversed_entry_id/.id",
    "line_ids/account_id/.id",
    "line_ids/partner_id/.id",
    "line_ids/name",
    "line_ids/debit",
    "line_ids/credit",
];
/// The columns of taxes, analytic accounts and currencies. They are sent where a line has any.
const FURTHER_COLUMNS: [&str; 7] = [
    "line_ids/tax_ids/.id",
    "line_ids/tax_tag_ids/.id",
    "line_ids/tax_repartition_line_id/.id",
    "line_ids/tax_base_amount",
    "line_ids/analytic_distribution",
    "line_ids/currency_id/.id",
    "line_ids/amount_currency",
];
/// The number of columns that are the entry's.
const ENTRY_COLUMNS: usize = 6;
/// Words in the message of `load` when the database aborted it for the sake of another transaction. PostgreSQL writes
/// them in English unless somebody set `lc_messages`.
const ABORTED: [&str; 2] = ["could not serialize", "deadlock detected"];
/// The part of external ids that is ours.
const MODULE: &str = "postonce";
/// Hexadecimal digits of a digest.
const DIGEST_DIGITS: usize = 40;

/// The outcome of a `load`.
#[derive(Debug)]
pub(super) enum LoadOutcome {
    /// The id of each entry, made now or there before.
    Ids(Vec<i64>),
    /// Nothing was made.
    Nothing {
        /// The entries that Odoo names as the reason; not always all, and not always only those.
        named: BTreeSet<usize>,
        /// Odoo's words.
        refusal: Refusal,
        /// Another transaction came in between: the same again may pass.
        was_aborted: bool,
    },
}

#[derive(Deserialize)]
struct LoadBody {
    ids: LoadIds,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LoadIds {
    Made(Vec<i64>),
    /// Odoo's `false`.
    None(bool),
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    record: Option<usize>,
    #[serde(default)]
    message: String,
}

/// Returns the external id of something of this kind and name. Those of several companies stand side by side in a
/// database.
pub(super) fn external_id(books: &Books, kind: &str, name: &str) -> String {
    let digest = hex::encode(Sha256::digest(format!("{}/{name}", books.company)));
    format!("{MODULE}.{kind}_{}", &digest[..DIGEST_DIGITS])
}

/// Makes these entries as drafts, where they are not there yet; all or none.
pub(super) async fn load(
    client: &Client,
    lease: &impl Lease,
    books: &Books,
    asked: &[&EntryToMake],
) -> Result<LoadOutcome, Fault> {
    let is_plain = asked.iter().flat_map(|asked| &asked.lines).all(LineToMake::is_plain);
    let data: Vec<Vec<String>> = asked.iter().flat_map(|asked| rows(books, asked, is_plain)).collect();
    let further: &[&str] = if is_plain { &[] } else { &FURTHER_COLUMNS };
    let columns: Vec<&str> = COLUMNS.iter().chain(further).copied().collect();
    let body = json!({"fields": columns, "data": data, "context": books.once_context()});
    let answer: LoadBody = match client.write(lease, MODEL, "load", &body).await {
        Ok(answer) => answer,
        Err(Fault::Refused { kind: super::client::Kind::Content, error }) => {
            return Ok(LoadOutcome::Nothing { named: BTreeSet::new(), refusal: error.refusal, was_aborted: false });
        }
        Err(fault) => return Err(fault),
    };
    match answer.ids {
        LoadIds::Made(ids) if ids.len() == asked.len() && are_distinct(&ids) => Ok(LoadOutcome::Ids(ids)),
        LoadIds::None(false) => Ok(nothing(client, &answer.messages)),
        LoadIds::Made(_) | LoadIds::None(true) => {
            Err(Fault::Call(CallError::Unknown(client.peer().unexpected(200, "load: ids"))))
        }
    }
}

/// The model of contacts.
const CONTACTS: &str = "res.partner";
/// The columns of a contact.
const CONTACT_COLUMNS: [&str; 3] = ["id", "ref", "name"];
/// Contacts in one call.
const CONTACTS_MAX: usize = 100;

/// Makes contacts of these references and names, where they were never made. What one of them stands in the way of is
/// made without it.
pub(super) async fn load_contacts(
    client: &Client,
    lease: &impl Lease,
    books: &Books,
    wanted: &[(&str, &str)],
) -> Result<(), Fault> {
    let mut groups: VecDeque<&[(&str, &str)]> = wanted.chunks(CONTACTS_MAX).collect();
    while let Some(group) = groups.pop_front() {
        let row = |(reference, name): &(&str, &str)| {
            [external_id(books, "contact", reference), (*reference).to_owned(), (*name).to_owned()]
        };
        let rows: Vec<_> = group.iter().map(row).collect();
        let body = json!({"fields": CONTACT_COLUMNS, "data": rows, "context": books.once_context()});
        let is_made = match client.write::<LoadBody>(lease, CONTACTS, "load", &body).await {
            Ok(answer) => matches!(answer.ids, LoadIds::Made(_)),
            Err(Fault::Refused { kind: super::client::Kind::Content, error }) => {
                tracing::warn!(refusal = error.refusal.detail, "contacts were not made");
                false
            }
            Err(fault) => return Err(fault),
        };
        if !is_made && group.len() > 1 {
            groups.extend(group.chunks(1));
        }
    }
    Ok(())
}

/// Says whether the database aborted a call for the sake of another transaction.
pub(super) fn was_aborted(said: &str) -> bool {
    ABORTED.iter().any(|words| said.contains(words))
}

fn are_distinct(ids: &[i64]) -> bool {
    ids.iter().collect::<BTreeSet<_>>().len() == ids.len()
}

fn nothing(client: &Client, messages: &[Message]) -> LoadOutcome {
    let said = messages.first().map(|message| message.message.as_str()).unwrap_or_default();
    LoadOutcome::Nothing {
        named: messages.iter().filter_map(|message| message.record).collect(),
        refusal: Refusal::new("refused", client.peer().detail(said)),
        was_aborted: messages.iter().any(|message| was_aborted(&message.message)),
    }
}

fn rows<'a>(books: &'a Books, asked: &'a EntryToMake, is_plain: bool) -> impl Iterator<Item = Vec<String>> + 'a {
    let entry = [
        external_id(books, "entry", &asked.reference),
        asked.reference.clone(),
        books.journal.to_string(),
        asked.date.to_string(),
        "entry".to_owned(),
        asked.reverses.map(|id| id.to_string()).unwrap_or_default(),
    ];
    asked.lines.iter().enumerate().map(move |(index, line)| {
        let of_entry = if index == 0 { entry.to_vec() } else { vec![String::new(); ENTRY_COLUMNS] };
        let amount = Money::from_minor(line.amount.minor().abs(), line.amount.currency()).to_decimal();
        let (debit, credit) =
            if line.amount.minor() >= 0 { (amount, "0".to_owned()) } else { ("0".to_owned(), amount) };
        let contact = line.contact.map(|id| id.to_string()).unwrap_or_default();
        let of_line = [line.account.to_string(), contact, line.text.clone(), debit, credit];
        let further = if is_plain { None } else { Some(further_cells(line, books)) };
        of_entry.into_iter().chain(of_line).chain(further.into_iter().flatten()).collect()
    })
}

/// Returns the cells of the further columns.
fn further_cells(line: &LineToMake, books: &Books) -> [String; 7] {
    let ids = |ids: &[i64]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let TaxShare { taxes, tags, share, base } = &line.tax;
    let own = ForeignAmount { currency: books.currency_id, amount: line.amount };
    let ForeignAmount { currency, amount } = line.foreign.unwrap_or(own);
    [
        ids(taxes),
        ids(tags),
        share.map(|id| id.to_string()).unwrap_or_default(),
        base.map(Money::to_decimal).unwrap_or_default(),
        line.analytic.as_ref().map(Distribution::json).unwrap_or_default(),
        currency.to_string(),
        amount.to_decimal(),
    ]
}

/// Deletes entries that never were in the books; all or none.
pub(super) async fn unlink(client: &Client, lease: &impl Lease, books: &Books, ids: &[i64]) -> Result<(), Fault> {
    let _: Value = client.write(lease, MODEL, "unlink", &json!({"ids": ids, "context": books.context()})).await?;
    Ok(())
}
