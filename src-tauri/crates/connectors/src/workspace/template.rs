//! Writes the text of a fresh `workspace.toml`, with comments for the person who goes on writing it.

use std::fmt::Write as _;

/// Returns the text of a workspace to be filled in: a file of records, a server, and a few accounts as examples.
pub fn plain() -> String {
    PLAIN.to_owned()
}

const PLAIN: &str = r#"# A workspace of Postonce. Change what stands here to what is yours; an unknown key is told with its line.

[organisation]
id = "my-organisation"           # a-z, 0-9 and -, 16 at most: scope of the lock and of the references; never change it later
name = "My organisation"
currency = "NOK"                 # of records that name none
time_zone = "Europe/Oslo"

[source]                         # where the approved records come from: csv or platform
kind = "csv"
path = "records.csv"             # file, folder or glob; relative to this folder
encoding = "UTF-8"               # what Excel saves is often windows-1252; also macintosh, cp850, cp865 …
delimiter = ";"
decimal_separator = ","
date_format = "%d.%m.%Y"         # or "spreadsheet-1900" where the days are numbers
# head = 3                       # the line of the titles, where it is not the first that has them all; 0: there are none
# sign = "negative"              # where what is owed is written with a minus
# currency = "EUR"               # of the amounts of this source, where it is not the organisation's and no column has it
# ends_with_line_end = false     # where the platform writes no end behind the last line
[source.columns]                 # record field = column title, or its place as a number
id = "Id"
date = "Date"
amount = "Amount"
payee = "Payee"
category = "Category"
text = "Text"
# optional: approved_at, currency, department, project, version, payee_name, amount_back, side, vat_code, vat_amount,
#           rate (of a foreign currency), own_amount (in the organisation's currency)
# an id of several columns: id = ["Claim", "Line"]; of the content, without a column: id = "content" under [source]
# group_by = "Claim"             # under [source], instead of id: the rows of one claim are the lines of one record; also
                                 # claim_total and claim_text as columns
# [source.dimensions]            # further dimensions = column
# "grant" = "Tilskudd"
# [source.include]               # only these rows count; the others are listed in the run as left out
# "Status" = ["Approved", "Godkjent"]
# "Approved on" = "not empty"
# [source.exclude]
# "Status" = ["Rejected"]

# [source]
# kind = "platform"
# url = "https://platform.example.org"
# secret = "platform-token"      # a name in the operating system's keyring: postonce secret set platform-token

[accounting]
kind = "open"
url = "https://accounting.example.org"
secret = "accounting-token"      # postonce secret set accounting-token
# settle_window_seconds = 120    # only where nothing but a search protects
# when_still_unknown = "hold"    # or "send": what to do after that time, there only
# search_lag_seconds = 5         # for how long a voucher may be missing from a look-up; without it, as the server says, else 5

# [accounting]                   # Tryton, with a user and a password
# kind = "tryton"
# url = "https://tryton.example.org"
# secret = "accounting-token"
# database = "tryton"
# user = "postonce"
# journal = "POST"               # the code of a journal of its own
# company = "Our organisation"   # where the user has several
# create_parties = false         # true: a payee that Tryton does not know is made there
# search_lag_seconds = 5         # for how long a voucher may be missing from a look-up

# [accounting]                   # Odoo, with an API key
# kind = "odoo"
# url = "https://odoo.example.org"
# secret = "accounting-token"
# database = "odoo"
# journal = "POST"
# company = "Our organisation"
# create_parties = false         # true: a payee that Odoo does not know is made there, as a contact
# search_lag_seconds = 5         # for how long a voucher may be missing from a look-up

# [accounting.books]             # whose books these are: a sync into any others asks before it sends
# organisation = "our-id-there"  # as `postonce status --json` names it
# name = "Our organisation"
# address = "https://accounting.example.org"

[posting]
payable_account = "2930"         # what is owed to the payees
# default_account = "7790"       # without it, a category that is not listed holds the record back
# date = "expense"               # the day in the books; or "approval", "period_end", "today", "next_open"
# without_rate = "hold"          # a foreign amount without rate: "books": the accounting system's own rate counts
# party = "payee"                # "none": the payable account is a collective one
[posting.categories]             # category = expense account
"Travel" = "7140"
# [[posting.rules]]              # before the categories; the first whose conditions all hold decides
# category = ["Travel"]          # conditions: category, payee ("PM-*"), amount ("negative"), dimensions
# dimensions = { grant = ["G-1"] }
# account = "7145"
# vat = "low"
# [posting.vat]                  # category = VAT rule
# "Hotel" = "low"
# [posting.vat_rules.low]        # a code alone: the accounting system computes
# code = "13"
# [posting.vat_rules.high]       # rate and account: the VAT stands on a line of its own
# rate = "25"
# account = "2710"
# deductible = "100"             # per cent; the rest stays with the expense
# [posting.dimensions.grant]
# required = true                # a line without it holds the record
# [posting.dimensions.grant.values]
# "Helse 2026" = "G-1"           # value of the source = value in the accounting system
# [posting.payees]               # payee of the source = party in the accounting system
# "PM-0031" = "20031"

# [sync]
# vouchers_per_request = 100     # cut to what the accounting system allows
# requests_in_flight = 4
# lease_seconds = 60
# wait_for_lock_seconds = 0
# compare_after_run = true       # each run ends by looking up what it posted, and keeps that as its certificate

# [re_export]
# second_approval = false        # true: a forced re-export is sent once a second administrator has approved it

# [schedule]
# cron = "0 2 * * *"             # in the organisation's time zone
# catch_up = true                # one run for whatever was missed while the machine was off
"#;

/// Holds the values that a practice workspace is made from.
#[derive(Debug, Clone)]
pub struct PracticeTemplate<'a> {
    /// The organisation's id at the sandbox.
    pub organisation: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The sandbox's port on this machine.
    pub port: u16,
    /// Each category of the practice records and its expense account.
    pub categories: &'a [(&'a str, &'a str)],
}

impl PracticeTemplate<'_> {
    /// The name of the practice records' file, which stands beside `workspace.toml`.
    pub const RECORDS_FILE: &'static str = "practice-records.csv";
    /// The name of the sandbox's store, which stands there as well.
    pub const STORE_FILE: &'static str = "sandbox.sqlite";

    /// Returns the text of its `workspace.toml`.
    pub fn text(&self) -> String {
        let mut text = format!(
            r#"# A workspace to practise in: made-up records, and a sandbox on this machine in place of an accounting system.

[practice]                       # with this table, the tokens are the sandbox's own, and only this machine is spoken to
store = "{store}"

[organisation]
id = {organisation}
name = {name}
currency = "NOK"
time_zone = "Europe/Oslo"

[source]
kind = "csv"
path = "{records}"
encoding = "UTF-8"
delimiter = ";"
decimal_separator = ","
date_format = "%d.%m.%Y"
[source.columns]
id = "Utleggsnr"
approved_at = "Godkjent"
date = "Dato"
payee = "Likeperson"
payee_name = "Navn"
category = "Kategori"
amount = "Beløp"
currency = "Valuta"
text = "Tekst"
department = "Avdeling"
project = "Prosjekt"

[accounting]
kind = "open"
url = "http://127.0.0.1:{port}"
secret = "accounting-token"

[posting]
payable_account = "2930"
[posting.categories]
"#,
            store = Self::STORE_FILE,
            records = Self::RECORDS_FILE,
            organisation = quoted(self.organisation),
            name = quoted(self.name),
            port = self.port,
        );
        for (category, account) in self.categories {
            writeln!(text, "{} = {}", quoted(category), quoted(account)).expect("a String takes every text");
        }
        text
    }
}

/// Returns a text as TOML's basic string, which names every character.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(c)).expect("a String takes every text");
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
