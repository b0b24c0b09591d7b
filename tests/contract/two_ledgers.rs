//! Sets up two administrators with a ledger each over the same books, which are counted past both of them.

use std::path::Path;

use postonce_tests::{CliRig, CommandOutput, command_output};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) const REASON: &str = "corrected after a phone call";
const HEAD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n";

/// The first administrator works in the rig's own workspace, the other beside it.
pub(crate) struct TwoLedgers {
    pub(crate) rig: CliRig,
    other: tempfile::TempDir,
}

impl TwoLedgers {
    /// Sets both up over a server of that protection, with these rows and no ledger yet.
    pub(crate) fn over(protection: &str, rows: &str) -> Self {
        let rig = CliRig::over_csv(format!("{HEAD}{rows}").as_bytes());
        protect(&rig, protection);
        // Without a lock's fence or a unique reference, nothing is believed before the window is over.
        rig.change_workspace("[accounting]\n", "[accounting]\nsettle_window_seconds = 1\n");
        let other = rig.copy_of_workspace();
        Self { rig, other }
    }

    /// Runs a command of the other administrator.
    pub(crate) fn other(&self, arguments: &[&str]) -> CommandOutput {
        command_output(self.rig.command_in(self.other.path(), arguments))
    }

    pub(crate) fn other_path(&self) -> &Path {
        self.other.path()
    }

    /// Gives the first administrator other rows.
    pub(crate) fn rows(&self, rows: &str) {
        write(self.rig.path(), rows);
    }

    /// Gives the other administrator other rows.
    pub(crate) fn other_rows(&self, rows: &str) {
        write(self.other.path(), rows);
    }

    /// Exports a record once more, its voucher reversed first.
    pub(crate) fn correct(&self, id: &str) {
        let said = self.rig.run(&["re-export", id, "--reason", REASON, "--confirm", id, "--reverse"]);
        assert_eq!((said.status, said.count("posted")), (Some(0), 1), "{said:?}");
    }

    /// Returns the voucher that stands for a record, and makes sure that there is one alone.
    pub(crate) fn only(&self, id: &str) -> Value {
        let standing = standing(&self.rig, id);
        assert_eq!(standing.len(), 1, "one voucher stands for {id}: {standing:?}");
        standing[0].clone()
    }
}

fn write(folder: &Path, rows: &str) {
    std::fs::write(folder.join("records.csv"), format!("{HEAD}{rows}")).expect("writable");
}

/// Makes the sandbox a server of that protection.
pub(crate) fn protect(rig: &CliRig, protection: &str) {
    let is = |name| protection == name;
    let switches = json!({
        "unique_references": is("enforced"), "checks_fence": is("fenced") || is("enforced"), "drafts": is("staged"),
        "idempotency_keys": !is("observed"), "faults": [],
    });
    rig.set_faults(&switches);
}

/// Returns the vouchers that stand in the books for a record, of whatever generation.
pub(crate) fn standing(rig: &CliRig, id: &str) -> Vec<Value> {
    let all = (1..6).flat_map(|generation| {
        let reference = if generation == 1 { format!("hlf:{id}") } else { format!("hlf:{id}%23{generation}") };
        let found = rig.admin(Method::GET, &format!("vouchers?reference={reference}"), None);
        found["vouchers"].as_array().cloned().unwrap_or_default()
    });
    all.filter(|voucher| voucher["state"] == "posted" && voucher["reversed_by"].is_null()).collect()
}

/// Returns a voucher id.
pub(crate) fn id_of(voucher: &Value) -> &str {
    voucher["voucher_id"].as_str().expect("an id")
}

/// Returns the one entry that waits for a person.
pub(crate) fn waits(attention: &CommandOutput) -> Value {
    let items = attention.last()["items"].as_array().cloned().unwrap_or_default();
    assert_eq!((attention.status, items.len()), (Some(4), 1), "{attention:?}");
    items[0].clone()
}

/// Makes sure that nothing waits for a person.
pub(crate) fn assert_clear(attention: &CommandOutput) {
    assert_eq!(attention.status, Some(0), "{attention:?}");
}
