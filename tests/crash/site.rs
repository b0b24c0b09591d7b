//! Serves the matrix and the random kills: the four kinds of accounting system, and the comparison of ledger and books.

use std::collections::BTreeSet;
use std::path::Path;

use postonce_tests::{CliRig, plain_source};
use rusqlite::Connection;
use serde_json::{Value, json};

/// A kind of accounting system, as the sandbox plays it.
pub(crate) struct Kind {
    /// The sandbox's switches.
    pub(crate) switches: Value,
    /// Its lines of the workspace, below `[accounting]`.
    pub(crate) workspace: String,
    /// The settle window, where nothing but a search protects.
    pub(crate) settle_window_seconds: Option<u32>,
}

pub(crate) fn enforced() -> Kind {
    Kind {
        switches: json!({ "unique_references": true, "checks_fence": true, "idempotency_keys": true }),
        workspace: String::new(),
        settle_window_seconds: None,
    }
}

/// Returns a system without keys: only the fence stands between a late request and a second voucher.
pub(crate) fn fenced() -> Kind {
    let switches = json!({ "unique_references": false, "checks_fence": true, "idempotency_keys": false });
    Kind { switches, workspace: String::new(), settle_window_seconds: None }
}

pub(crate) fn staged() -> Kind {
    let switches =
        json!({ "unique_references": false, "checks_fence": false, "idempotency_keys": true, "drafts": true });
    Kind { switches, workspace: String::new(), settle_window_seconds: None }
}

/// Returns a system with nothing but its search: a record that is unclear is waited for so long, and then sent.
pub(crate) fn observed(settle_window_seconds: u32) -> Kind {
    let switches = json!({ "unique_references": false, "checks_fence": false, "idempotency_keys": false });
    let workspace = format!("settle_window_seconds = {settle_window_seconds}\nwhen_still_unknown = \"send\"\n");
    Kind { switches, workspace, settle_window_seconds: Some(settle_window_seconds) }
}

impl Kind {
    /// Sets the sandbox to it, with these faults.
    pub(crate) fn set(&self, rig: &CliRig, seed: u64, faults: &Value) {
        let mut settings = self.switches.clone();
        settings["seed"] = seed.into();
        settings["faults"] = faults.clone();
        rig.set_faults(&settings);
    }

    /// Returns a `workspace.toml` over `records.csv`.
    pub(crate) fn workspace(&self, rig: &CliRig, vouchers_per_request: usize) -> String {
        format!(
            "[organisation]\nid = \"hlf\"\nname = \"HLF\"\ncurrency = \"NOK\"\ntime_zone = \"Europe/Oslo\"\n\n{}\n\
             [accounting]\nkind = \"open\"\nurl = \"{}\"\nsecret = \"accounting-token\"\n{}\n\
             [posting]\npayable_account = \"2930\"\ndefault_account = \"7790\"\n\n\
             [sync]\nvouchers_per_request = {vouchers_per_request}\nrequests_in_flight = 2\nlease_seconds = 15\n",
            plain_source("records.csv"),
            rig.url(),
            self.workspace,
        )
    }
}

/// Returns records of this name, as a spreadsheet in Norway writes them.
pub(crate) fn records(name: &str, count: usize) -> String {
    let rows = (0..count).map(|record| format!("{name}-{record};05.10.2026;{record}1,00;PM-0001;Reise;x;NOK\n"));
    "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n".to_owned() + &rows.collect::<String>()
}

/// Checks that the sandbox's books have so many vouchers, each of another reference, and that the ledgers say the same of each
/// and have nothing open.
pub(crate) fn assert_exactly_once<'a>(rig: &CliRig, ledgers: impl Iterator<Item = &'a Path>, wanted: usize) {
    let mut in_ledgers = BTreeSet::new();
    for workspace in ledgers {
        let ledger = Connection::open(workspace.join("ledger.sqlite")).expect("a ledger");
        let mut posted =
            ledger.prepare("SELECT reference, voucher_id FROM attempt WHERE state = 'posted'").expect("a table");
        let rows = posted.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("no parameters");
        in_ledgers.extend(rows.map(|row| row.expect("texts")));
        let open = "SELECT count(*) FROM attempt WHERE state IN ('claimed', 'staged', 'unknown')";
        assert_eq!(ledger.query_row(open, [], |row| row.get(0)), Ok(0_i64), "{}", workspace.display());
    }
    let books = books(rig);
    let (only_in_ledgers, only_booked): (Vec<_>, Vec<_>) =
        (in_ledgers.difference(&books).collect(), books.difference(&in_ledgers).collect());
    assert!(
        only_in_ledgers.is_empty() && only_booked.is_empty(),
        "only in the ledgers: {only_in_ledgers:?}; only in the books: {only_booked:?}"
    );
    let stats = rig.stats();
    let found = ["vouchers", "distinct_references", "duplicates"].map(|name| stats[name].as_u64());
    assert_eq!(found, [Some(wanted as u64), Some(wanted as u64), Some(0)], "{stats}");
}

/// Returns reference and id of every voucher in the books.
fn books(rig: &CliRig) -> BTreeSet<(String, String)> {
    let (mut books, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = rig.call(reqwest::Method::GET, &format!("v1/vouchers?limit=500{cursor}"), None);
        let text = |voucher: &Value, name: &str| voucher[name].as_str().expect("a text").to_owned();
        let vouchers = page["vouchers"].as_array().expect("a list");
        books.extend(vouchers.iter().map(|voucher| (text(voucher, "reference"), text(voucher, "voucher_id"))));
        let Some(next) = page["next_cursor"].as_str() else { return books };
        cursor = format!("&cursor={next}");
    }
}
