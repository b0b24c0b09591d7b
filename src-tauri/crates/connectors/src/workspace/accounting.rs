//! Reads `[accounting]`: one kind for each connector, each with its own keys.

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use postonce_engine::{StatedBooks, WhenStillUnknown};

use super::remote::remote;
use super::toml_file::{Section, ValueAtLine};
use super::voucher_files::{VoucherFileSettings, voucher_files};
use super::{DAY_SECONDS, Remote, WorkspaceError};

/// The kinds that this version can use, as a problem lists them.
const KINDS: &str = "open, tryton, odoo, file";
const SETTLE_WINDOW: &str = "settle_window_seconds";
const SEARCH_LAG: &str = "search_lag_seconds";
/// The longest lag of a search, in seconds.
const SEARCH_LAG_SECONDS_MAX: u64 = 3_600;
/// The longest name that is the accounting system's own, in characters: a database, a company, a journal.
const NAME_CHARS_MAX: usize = 128;

/// Names the accounting system that the vouchers go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountingSettings {
    /// A server of the open accounting protocol.
    Open(OpenSettings),
    /// Tryton, over JSON-RPC.
    Tryton(TrytonSettings),
    /// Odoo, over JSON-2.
    Odoo(OdooSettings),
    /// Files of vouchers, for any system that takes them.
    File(Box<VoucherFileSettings>),
}

/// Describes a server of the open accounting protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSettings {
    /// The server, and the name of its token.
    pub remote: Remote,
    /// The time within which a request that was given up may still take effect, if nothing but a search protects.
    pub settle_window: Duration,
    /// The action after that.
    pub when_still_unknown: WhenStillUnknown,
    /// The lag of its search, if the workspace says one.
    pub search_lag: Option<Duration>,
}

/// Describes a database of a Tryton server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrytonSettings {
    /// The server, and the name of the user's password.
    pub remote: Remote,
    /// The database.
    pub database: String,
    /// The user that Postonce logs in as.
    pub user: String,
    /// The company, by its code or name, where the user may see several.
    pub company: Option<String>,
    /// The code of the journal that is posted to.
    pub journal: String,
    /// Whether a payee that is not known there becomes a party.
    pub create_parties: bool,
    /// The lag of its search, if the workspace says one.
    pub search_lag: Option<Duration>,
}

/// Describes a database of an Odoo server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OdooSettings {
    /// The server, and the name of the API key.
    pub remote: Remote,
    /// The database.
    pub database: String,
    /// The company, by its name, where the user may see several.
    pub company: Option<String>,
    /// The code of the journal that is posted to.
    pub journal: String,
    /// Whether a payee that is not there yet is made.
    pub create_parties: bool,
    /// The lag of its search, if the workspace says one.
    pub search_lag: Option<Duration>,
}

impl AccountingSettings {
    /// Returns the server, and the name of the secret for it; `None` where files are put into a folder.
    pub fn remote(&self) -> Option<&Remote> {
        match self {
            Self::Open(open) => Some(&open.remote),
            Self::Tryton(tryton) => Some(&tryton.remote),
            Self::Odoo(odoo) => Some(&odoo.remote),
            Self::File(_) => None,
        }
    }

    /// Returns the kind, as the file names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Tryton(_) => "tryton",
            Self::Odoo(_) => "odoo",
            Self::File(_) => "file",
        }
    }

    /// Says whether the books have the dimensions that the workspace names, and no others.
    pub(super) fn names_dimensions(&self) -> bool {
        matches!(self, Self::Tryton(_) | Self::Odoo(_))
    }

    /// Returns the time within which a file has to be seen in the books.
    pub(super) fn read_back_within(&self) -> TimeDelta {
        match self {
            Self::File(files) => TimeDelta::days(i64::from(files.read_back_within_days)),
            // Nothing is handed over there.
            Self::Open(_) | Self::Tryton(_) | Self::Odoo(_) => TimeDelta::days(365),
        }
    }

    /// Returns the action for records that are still in doubt after the settle window. Only the open protocol knows
    /// systems that protect by nothing but their search; everywhere else a person decides.
    pub(super) fn when_still_unknown(&self) -> WhenStillUnknown {
        match self {
            Self::Open(open) => open.when_still_unknown,
            Self::Tryton(_) | Self::Odoo(_) | Self::File(_) => WhenStillUnknown::Hold,
        }
    }
}

/// Reads the section. Its keys are checked against those of its kind, so that a key of another kind is reported as
/// unknown.
pub(super) fn accounting(
    root: &Section<'_>,
    dir: &Path,
    is_practice: bool,
) -> Result<AccountingSettings, WorkspaceError> {
    let section = root.open_section("accounting")?.ok_or_else(|| root.missing("accounting"))?;
    section.section("books", &["organisation", "name", "address"])?;
    let kind = section.text("kind")?;
    match kind.as_ref().map(|kind| kind.value) {
        Some("open") | None => open(&section, is_practice),
        Some("tryton") => tryton(&section, is_practice),
        Some("odoo") => odoo(&section, is_practice),
        Some("file") if !is_practice => Ok(AccountingSettings::File(Box::new(voucher_files(&section, dir)?))),
        Some(_) => Err(section.unavailable(&section.required_text("kind")?, KINDS)),
    }
}

/// Reads `[accounting.books]`: the books that a person confirmed, as the accounting system named them.
pub(super) fn books(root: &Section<'_>) -> Result<Option<StatedBooks>, WorkspaceError> {
    let Some(section) = root.open_section("accounting")? else { return Ok(None) };
    let Some(books) = section.open_section("books")? else { return Ok(None) };
    let optional = |key: &str| Ok::<_, WorkspaceError>(books.text(key)?.map(|text| text.value.trim().to_owned()));
    Ok(Some(StatedBooks {
        organisation: books.required_text("organisation")?.value.trim().to_owned(),
        name: optional("name")?,
        address: optional("address")?.map(|address| address.trim_end_matches('/').to_owned()),
    }))
}

fn open(section: &Section<'_>, is_practice: bool) -> Result<AccountingSettings, WorkspaceError> {
    section.refuse_unknown(&["kind", "url", "secret", SETTLE_WINDOW, "when_still_unknown", SEARCH_LAG, "books"])?;
    section.required_text("kind")?;
    let settle_window = Duration::from_secs(section.number(SETTLE_WINDOW, 0..=DAY_SECONDS, 120)?);
    let when_still_unknown = when_still_unknown(section)?;
    // A record that is not found is sent again once the window has passed: without a window, at once.
    if when_still_unknown == WhenStillUnknown::Send && settle_window.is_zero() {
        return Err(section.unfit(SETTLE_WINDOW, format!("1–{DAY_SECONDS}")));
    }
    let (remote, search_lag) = (remote(section, is_practice)?, search_lag(section)?);
    Ok(AccountingSettings::Open(OpenSettings { remote, settle_window, when_still_unknown, search_lag }))
}

fn tryton(section: &Section<'_>, is_practice: bool) -> Result<AccountingSettings, WorkspaceError> {
    let keys =
        ["kind", "url", "secret", "database", "user", "company", "journal", "create_parties", SEARCH_LAG, "books"];
    section.refuse_unknown(&keys)?;
    Ok(AccountingSettings::Tryton(TrytonSettings {
        remote: remote(section, is_practice)?,
        database: database(section)?,
        user: name(section, "user")?,
        company: optional_name(section, "company")?,
        journal: name(section, "journal")?,
        create_parties: section.boolean("create_parties", false)?,
        search_lag: search_lag(section)?,
    }))
}

fn odoo(section: &Section<'_>, is_practice: bool) -> Result<AccountingSettings, WorkspaceError> {
    let keys = ["kind", "url", "secret", "database", "company", "journal", "create_parties", SEARCH_LAG, "books"];
    section.refuse_unknown(&keys)?;
    Ok(AccountingSettings::Odoo(OdooSettings {
        remote: remote(section, is_practice)?,
        database: database(section)?,
        company: optional_name(section, "company")?,
        journal: name(section, "journal")?,
        create_parties: section.boolean("create_parties", false)?,
        search_lag: search_lag(section)?,
    }))
}

/// Reads the lag of the search; `None` if the workspace leaves it to the accounting system.
fn search_lag(section: &Section<'_>) -> Result<Option<Duration>, WorkspaceError> {
    let is_set = section.keys().any(|key| key == SEARCH_LAG);
    let seconds = section.number(SEARCH_LAG, 0..=SEARCH_LAG_SECONDS_MAX, 0)?;
    Ok(is_set.then(|| Duration::from_secs(seconds)))
}

/// Reads a database's name. It stands in a path or a header, and so has a limited set of characters.
fn database(section: &Section<'_>) -> Result<String, WorkspaceError> {
    let found = section.required_text("database")?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_name = found.value.len() <= NAME_CHARS_MAX && found.value.bytes().all(fits) && !found.value.starts_with('.');
    if is_name {
        Ok(found.value.to_owned())
    } else {
        Err(section.invalid("database", &found, format!("A-Z a-z 0-9 - _ ., 1–{NAME_CHARS_MAX}")))
    }
}

fn optional_name(section: &Section<'_>, key: &str) -> Result<Option<String>, WorkspaceError> {
    section.text(key)?.map(|_| name(section, key)).transpose()
}

fn name(section: &Section<'_>, key: &str) -> Result<String, WorkspaceError> {
    let found: ValueAtLine<&str> = section.required_text(key)?;
    let name = found.value.trim();
    if name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(section.invalid(key, &found, format!("\"…\", 1–{NAME_CHARS_MAX}")))
    }
}

fn when_still_unknown(section: &Section<'_>) -> Result<WhenStillUnknown, WorkspaceError> {
    let Some(text) = section.text("when_still_unknown")? else { return Ok(WhenStillUnknown::Hold) };
    match text.value {
        "hold" => Ok(WhenStillUnknown::Hold),
        "send" => Ok(WhenStillUnknown::Send),
        _ => Err(section.invalid("when_still_unknown", &text, "\"hold\" | \"send\"")),
    }
}
