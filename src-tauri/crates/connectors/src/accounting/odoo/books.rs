//! Looks up the books: company, journal, accounts and contacts. Ids are looked up by what people know; none is assumed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use postonce_engine::domain::Refusal;
use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;
use postonce_words::Language;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Client, Fault};
use super::value::{Maybe, RecordLink, locked_until};

/// The account types whose lines Odoo follows up by contact; an open item without one is nobody's.
const WANTS_CONTACT: [&str; 2] = ["liability_payable", "asset_receivable"];

/// Holds the company and journal that are posted to, and who posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Books {
    pub(super) user: i64,
    pub(super) login: String,
    pub(super) user_name: String,
    pub(super) company: i64,
    pub(super) company_name: String,
    /// The code of the company's currency.
    pub(super) currency: String,
    pub(super) currency_id: i64,
    pub(super) journal: i64,
    /// The user's language.
    lang: Maybe<String>,
}

/// Holds what a line needs of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) id: i64,
    pub(super) wants_contact: bool,
}

/// Maps each contact reference to an id, or to none because there are several.
pub(super) type Contacts = HashMap<String, Option<i64>>;

/// Remembers the books until the next connection.
#[derive(Default)]
pub(super) struct BooksCache {
    books: Mutex<Option<Arc<Books>>>,
    accounts: Mutex<HashMap<String, Account>>,
}

impl BooksCache {
    pub(super) fn forget(&self) {
        *held(&self.books) = None;
        held(&self.accounts).clear();
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Books {
    /// Returns the context of a call: the user's language and the company.
    pub(super) fn context(&self) -> Value {
        match self.lang.as_ref() {
            Some(lang) => json!({"lang": lang, "allowed_company_ids": [self.company]}),
            None => json!({"allowed_company_ids": [self.company]}),
        }
    }

    /// Returns the language of the user.
    pub(super) fn language(&self) -> Language {
        Language::of_tag(self.lang.as_ref().map_or("", String::as_str))
    }

    /// Returns the same context for `load`: an entry that is there under its external id is left alone, and its id
    /// returned.
    pub(super) fn once_context(&self) -> Value {
        let mut context = self.context();
        context["mode"] = "update".into();
        context["noupdate"] = true.into();
        context
    }
}

#[derive(Deserialize)]
struct ContextRow {
    uid: i64,
    lang: Maybe<String>,
}

#[derive(Deserialize)]
struct UserRow {
    name: String,
    login: String,
    company_id: RecordLink,
    company_ids: Vec<i64>,
}

#[derive(Deserialize)]
struct CompanyRow {
    id: i64,
    name: String,
    currency_id: RecordLink,
}

#[derive(Deserialize)]
struct JournalRow {
    id: i64,
    code: String,
    r#type: String,
    currency_id: Maybe<RecordLink>,
}

#[derive(Deserialize)]
struct LocksRow {
    user_fiscalyear_lock_date: Maybe<String>,
    user_hard_lock_date: Maybe<String>,
}

#[derive(Deserialize)]
struct AccountRow {
    id: i64,
    code: Maybe<String>,
    account_type: String,
}

#[derive(Deserialize)]
struct ContactRow {
    id: i64,
    r#ref: Maybe<String>,
}

/// Names the books of a workspace: company and journal.
pub(super) struct BooksAddress<'a> {
    pub(super) company: Option<&'a str>,
    pub(super) journal: &'a str,
}

/// Returns the books as they are remembered, or looks them up.
pub(super) async fn books(client: &Client, known: &BooksCache, at: &BooksAddress<'_>) -> Result<Arc<Books>, CallError> {
    if let Some(books) = held(&known.books).clone() {
        return Ok(books);
    }
    let books = Arc::new(look_up(client, at).await?);
    *held(&known.books) = Some(Arc::clone(&books));
    Ok(books)
}

async fn look_up(client: &Client, at: &BooksAddress<'_>) -> Result<Books, CallError> {
    let me: ContextRow = client.ask("res.users", "context_get", &json!({})).await?;
    let fields = ["name", "login", "company_id", "company_ids"];
    let users: Vec<UserRow> = client.ask("res.users", "read", &json!({"ids": [me.uid], "fields": fields})).await?;
    let user =
        users.into_iter().next().ok_or_else(|| CallError::Unknown(client.peer().unexpected(200, "res.users")))?;
    let company = company(client, &user, at.company).await?;
    let books = Books {
        user: me.uid,
        login: user.login,
        user_name: user.name,
        company: company.id,
        company_name: company.name,
        currency_id: company.currency_id.0,
        currency: company.currency_id.1,
        journal: 0,
        lang: me.lang,
    };
    let journal = journal(client, &books, at.journal).await?;
    Ok(Books { journal: journal.id, ..books })
}

async fn company(client: &Client, user: &UserRow, name: Option<&str>) -> Result<CompanyRow, CallError> {
    let body = json!({"ids": user.company_ids, "fields": ["name", "currency_id"],
                      "context": {"allowed_company_ids": user.company_ids}});
    let companies: Vec<CompanyRow> = client.ask("res.company", "read", &body).await?;
    let is_it = |company: &CompanyRow| match name {
        Some(name) => company.name == name,
        None => company.id == user.company_id.0,
    };
    let names: Vec<String> = companies.iter().map(|company| company.name.clone()).collect();
    companies.into_iter().find(is_it).ok_or_else(|| {
        let named = name.unwrap_or(&user.company_id.1);
        lacking("company", Problem::setup_company(client.peer().address(), named, names.join(", ")))
    })
}

/// Looks up the journal: of the general type, and in the company's currency.
async fn journal(client: &Client, books: &Books, code: &str) -> Result<JournalRow, CallError> {
    let body = json!({"domain": [["code", "=", code], ["company_id", "=", books.company]],
                      "fields": ["code", "type", "currency_id"], "context": books.context()});
    let journals: Vec<JournalRow> = client.ask("account.journal", "search_read", &body).await?;
    let found = journals.into_iter().find(|journal| journal.code == code);
    let url = client.peer().address();
    let journal = found.ok_or_else(|| lacking("journal", Problem::setup_journal_missing(url, code)))?;
    let own_currency = journal.currency_id.as_ref().is_none_or(|currency| currency.1 == books.currency);
    if journal.r#type == "general" && own_currency {
        return Ok(journal);
    }
    let problem = Problem::setup_journal_unfit(url, code, &books.currency);
    Err(lacking("journal", problem))
}

/// Returns the last day that is locked for this user, in the company or one above it. Odoo would post an entry of such
/// a day under a later date, without a word.
pub(super) async fn locked_to(client: &Client, books: &Books) -> Result<Option<NaiveDate>, Fault> {
    let fields = ["user_fiscalyear_lock_date", "user_hard_lock_date"];
    let body = json!({"ids": [books.company], "fields": fields, "context": books.context()});
    let rows: Vec<LocksRow> = client.ask("res.company", "read", &body).await?;
    let dates = rows.iter().flat_map(|row| [&row.user_fiscalyear_lock_date, &row.user_hard_lock_date]);
    Ok(dates.filter_map(locked_until).max())
}

/// Looks up the accounts with these codes; a code without an account has no entry.
pub(super) async fn accounts(
    client: &Client,
    known: &BooksCache,
    books: &Books,
    codes: &HashSet<&str>,
) -> Result<HashMap<String, Account>, Fault> {
    let unknown: Vec<&str> = {
        let known = held(&known.accounts);
        codes.iter().copied().filter(|code| !known.contains_key(*code)).collect()
    };
    if !unknown.is_empty() {
        let body = json!({"domain": [["code", "in", unknown]], "fields": ["code", "account_type"],
                          "context": books.context()});
        let rows: Vec<AccountRow> = client.ask("account.account", "search_read", &body).await?;
        let mut known = held(&known.accounts);
        for row in rows {
            let Some(code) = row.code.is() else { continue };
            let wants_contact = WANTS_CONTACT.contains(&row.account_type.as_str());
            known.insert(code, Account { id: row.id, wants_contact });
        }
    }
    let known = held(&known.accounts);
    Ok(codes.iter().filter_map(|code| Some(((*code).to_owned(), *known.get(*code)?))).collect())
}

/// Looks up the contacts with these references.
pub(super) async fn contacts(client: &Client, books: &Books, references: &HashSet<&str>) -> Result<Contacts, Fault> {
    let mut contacts = Contacts::new();
    if references.is_empty() {
        return Ok(contacts);
    }
    let body = json!({"domain": [["ref", "in", references], ["company_id", "in", [false, books.company]]],
                      "fields": ["ref"], "context": books.context()});
    let rows: Vec<ContactRow> = client.ask("res.partner", "search_read", &body).await?;
    for row in rows {
        let Some(reference) = row.r#ref.is() else { continue };
        contacts.entry(reference).and_modify(|known| *known = None).or_insert(Some(row.id));
    }
    Ok(contacts)
}

/// Returns the codes of these accounts.
pub(super) async fn codes(client: &Client, books: &Books, ids: &HashSet<i64>) -> Result<HashMap<i64, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let body = json!({"domain": [["id", "in", ids]], "fields": ["code", "account_type"], "context": books.context()});
    let rows: Vec<AccountRow> = client.ask("account.account", "search_read", &body).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, row.code.is()?))).collect())
}

/// Returns the references of these contacts, those out of use included.
pub(super) async fn references(
    client: &Client,
    books: &Books,
    ids: &HashSet<i64>,
) -> Result<HashMap<i64, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut context = books.context();
    context["active_test"] = false.into();
    let body = json!({"domain": [["id", "in", ids]], "fields": ["ref"], "context": context});
    let rows: Vec<ContactRow> = client.ask("res.partner", "search_read", &body).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, row.r#ref.is()?))).collect())
}

/// Makes the error for something that the set-up needs and that is not there.
fn lacking(what: &str, problem: Problem) -> CallError {
    let refusal = Refusal::new(format!("{what}-missing"), problem.to_string());
    CallError::Refused { problem, refusal, too_large: false }
}
