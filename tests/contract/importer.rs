//! Asks what an importer that nobody here wrote does with our files, and whether the books are read back as just that. The
//! module of OCA in Odoo 19, which guards nothing: a file twice is doubled, the vouchers of a day become one.

#![expect(clippy::panic, reason = "a subject that breaks is a failed test, and says what it saw")]

use std::fs;
use std::path::{Path, PathBuf};

use postonce_peers::Kind;
use postonce_peers::odoo::datev::DatevImporter;
use postonce_tests::{CommandOutput, FileRig};
use serde_json::{Value, json};

const ROWS: [(&str, &str, &str); 3] =
    [("U-1", "2026-10-28", "412.00"), ("U-2", "2026-10-28", "99.50"), ("U-3", "2026-10-30", "12.51")];
/// DATEV out, and the importer's journal back as a table.
const FORMAT: &str = "format = \"datev\"\nadviser = 1001\nclient = 1\n[accounting.read_back]\ndelimiter = \";\"\n\
    [[accounting.read_back.columns]]\ntitle = \"Number\"\ncontent = \"number\"\n\
    [[accounting.read_back.columns]]\ntitle = \"Date\"\ncontent = \"date\"\n\
    [[accounting.read_back.columns]]\ntitle = \"Account\"\ncontent = \"account\"\n\
    [[accounting.read_back.columns]]\ntitle = \"Amount\"\ncontent = \"amount\"\n\
    [[accounting.read_back.columns]]\ntitle = \"Text\"\ncontent = \"text\"\n";

struct ImporterRig {
    files: FileRig,
    books: DatevImporter,
}

impl ImporterRig {
    /// Hands over the three records; `None`, with a loud word, where Odoo cannot be had.
    fn handed_over() -> Option<Self> {
        let books = match DatevImporter::fresh() {
            Ok(books) => books,
            Err(trouble) if trouble.kind == Kind::NotToBeHad => {
                eprintln!("*** SKIPPED: {trouble}");
                return None;
            }
            Err(trouble) => panic!("{trouble}"),
        };
        let files = FileRig::in_format(&ROWS, FORMAT);
        assert_eq!(files.sync().count("handed_over"), 3);
        Some(Self { files, books })
    }

    fn file(&self) -> PathBuf {
        self.files.folder().join(&self.files.files()[0])
    }

    /// Writes a copy of the file in which something else stands.
    fn edited(&self, edit: impl Fn(&mut Vec<u8>)) -> PathBuf {
        let mut bytes = fs::read(self.file()).expect("the file is there");
        edit(&mut bytes);
        let path = self.files.workspace().join("EXTF_edited.csv");
        fs::write(&path, bytes).expect("writable");
        path
    }

    /// Imports these files, and reads the journal back.
    fn read_back(&self, files: &[&Path]) -> CommandOutput {
        let table = self.files.workspace().join("journal.csv");
        self.books.import(files, &table).expect("the importer takes what it is given");
        self.files.run(&["compare", "--file", table.to_str().expect("a plain path")])
    }

    fn states(&self) -> Vec<Value> {
        ["U-1", "U-2", "U-3"].map(|id| self.files.run(&["record", id]).last()["state"].clone()).to_vec()
    }
}

fn kinds(read: &CommandOutput) -> Vec<(String, String)> {
    let text = |difference: &Value, name: &str| difference[name].as_str().unwrap_or_default().to_owned();
    let differences = read.last()["differences"].as_array().cloned().unwrap_or_default();
    differences.iter().map(|difference| (text(difference, "record_id"), text(difference, "kind"))).collect()
}

fn replace(bytes: &mut Vec<u8>, from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("it stands there");
    bytes.splice(at..at + from.len(), to.iter().copied());
}

#[test]
fn importer_that_merges_a_day_is_read_back_record_by_record() {
    let Some(rig) = ImporterRig::handed_over() else { return };
    let file = rig.file();
    let once = rig.read_back(&[&file]);
    assert_eq!((once.status, &once.last()["exported"], kinds(&once)), (Some(0), &json!(3), vec![]), "{once:?}");
    let numbers =
        ["U-1", "U-2"].map(|id| rig.files.run(&["record", id]).last()["attempts"][0]["voucher_number"].clone());
    assert_eq!(numbers[0], numbers[1], "one entry for the day");
    // The same file again: the importer asks nothing.
    let twice = rig.read_back(&[&file]);
    assert_eq!(twice.status, Some(4), "{twice:?}");
    let several = |id: &str| (id.to_owned(), "several".to_owned());
    assert_eq!(kinds(&twice), [several("U-1"), several("U-2"), several("U-3")], "{twice:?}");
    assert_eq!(rig.states(), [json!("vanished"), json!("vanished"), json!("vanished")]);
}

#[test]
fn file_imported_by_half_or_edited_is_named_as_that() {
    let Some(rig) = ImporterRig::handed_over() else { return };
    // The last row is lost, and an amount of the first is another one.
    let edited = rig.edited(|bytes| {
        let text: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        *bytes = text[..text.len() - 1].concat();
        replace(bytes, b"412,00", b"421,00");
    });
    let read = rig.read_back(&[&edited]);
    assert_eq!(
        (read.status, &read.last()["exported"], &read.last()["still_waiting"]),
        (Some(4), &json!(2), &json!(1)),
        "{read:?}"
    );
    assert_eq!(kinds(&read), [("U-1".to_owned(), "other_content".to_owned())], "{read:?}");
    assert_eq!(read.last()["differences"][0]["accounting"][0]["differs"], json!(["amount"]), "{read:?}");
    assert_eq!(rig.states(), [json!("vanished"), json!("posted"), json!("handed_over")]);
}

#[test]
fn file_imported_into_another_year_is_named_as_that() {
    let Some(rig) = ImporterRig::handed_over() else { return };
    // The year stands in the head alone: the beginning of the fiscal year.
    let edited = rig.edited(|bytes| replace(bytes, b"20260101", b"20250101"));
    let read = rig.read_back(&[&edited]);
    assert_eq!((read.status, &read.last()["exported"]), (Some(4), &json!(3)), "{read:?}");
    assert_eq!(read.last()["differences"][0]["accounting"][0]["differs"], json!(["date"]), "{read:?}");
    assert_eq!(rig.states(), [json!("vanished"), json!("vanished"), json!("vanished")]);
}
