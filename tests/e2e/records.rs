//! Serves records of a spreadsheet, a live workspace over them, and a server that is slow.

use postonce_tests::{CliRig, plain_source};
use serde_json::{Value, json};

/// Small requests, one after the other, so that a sync can be watched.
const STEP_BY_STEP: &str = "[sync]\nvouchers_per_request = 10\nrequests_in_flight = 1\n";
/// Records in one of them.
pub(crate) const PER_REQUEST: usize = 10;

/// Sets up a live workspace over so many good records, with its token in the keyring.
pub(crate) fn live(count: usize) -> CliRig {
    let rows: Vec<String> = ids(count).map(|id| format!("{id};05.10.2026;125,50;PM-0001;Reise;Samtale;NOK")).collect();
    live_over(&rows, "")
}

/// Sets up a live workspace over these rows, with more lines for `workspace.toml`.
pub(crate) fn live_over(rows: &[String], more: &str) -> CliRig {
    let cli = CliRig::over_csv(csv(rows).as_bytes());
    cli.write_workspace(&format!("{}\n{STEP_BY_STEP}{more}", plain_source("records.csv")));
    cli.keep_token_in_keyring();
    cli
}

/// Returns the ids of the records of [`live`].
pub(crate) fn ids(count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(|number| format!("U-{number:04}"))
}

/// Returns faults with which each request with vouchers waits so long.
pub(crate) fn slow(milliseconds: u32) -> Value {
    json!({ "faults": [{ "kind": "latency_ms", "fixed_ms": milliseconds }] })
}

fn csv(rows: &[String]) -> String {
    let title = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta";
    [title].into_iter().chain(rows.iter().map(String::as_str)).map(|line| format!("{line}\r\n")).collect()
}
