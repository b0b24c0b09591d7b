//! Exports a real file, at its full length, into each of the two real systems: every record once and to the øre, and how fast
//! beside bare calls. `cargo xtask bench` runs it and shows the figures; no assertion is about time.

use std::future::Future;
use std::time::Instant;

use postonce_peers::{Kind, Trouble, odoo, tryton};
use postonce_tests::{real_source, shared_data};
use reqwest::Client;

use super::bare::{self, Bare, Voucher};
use super::subject::by_reference;
use super::system_rig::{SystemRig, rows};

/// Vouchers in one call, with and without us.
const PER_CALL: usize = 500;
/// A call of 500 takes Odoo ten seconds, and every other record waits for it.
const PER_CALL_OF_ODOO: usize = 100;
/// Records where the real file is not on this machine: as many as it has that can be posted.
const RECORDS: usize = 13_800;
const RECORDS_OF_ODOO: usize = 2_000;

/// The real file begins in 2002 by its dates; Tryton's books begin in 2019, and that year is closed.
const OPEN_TRYTON: &str = "UPDATE account_fiscalyear SET state = 'open' WHERE start_date = '2019-01-01'; \
                           UPDATE account_period SET state = 'open' WHERE start_date < '2020-01-01'; \
                           UPDATE account_fiscalyear SET start_date = '2000-01-01' WHERE start_date = '2019-01-01'; \
                           UPDATE account_period SET start_date = '2000-01-01' WHERE start_date = '2019-01-01'";
const OPEN_ODOO: &str = "UPDATE res_company SET fiscalyear_lock_date = NULL";

/// Names another number of records.
const VARIABLE: &str = "POSTONCE_BENCH_RECORDS";

/// Puts records into the workspace: the first of the real file, or made up ones where it is not on this machine. Returns those
/// that can be posted, in that order: a server takes three times as long for the first call into a month that it has not had.
fn put(rig: &SystemRig, at_most: usize, per_call: usize) -> Vec<Voucher> {
    let Some(file) = shared_data("reimbursements-2020.csv") else {
        eprintln!("../shared/data/reimbursements-2020.csv is not on this machine: made-up records");
        let rows = rows(at_most);
        rig.per_request(per_call);
        rig.write(&rows);
        return rows.iter().map(|row| Voucher { date: iso(&row.date, '.'), minor: row.minor }).collect();
    };
    let whole = std::fs::read(&file).expect("it can be read");
    // No field of it has a line break, and nothing but the text has letters that are no ASCII.
    let mut lines = whole.split_inclusive(|byte| *byte == b'\n');
    let mut taken = lines.next().expect("titles").to_vec();
    let mut records = Vec::new();
    for line in lines {
        if records.len() == at_most {
            break;
        }
        taken.extend_from_slice(line);
        records.extend(voucher(line));
    }
    std::fs::write(rig.path().join("real.csv"), taken).expect("a temporary folder is writable");
    rig.read_from(&real_source("real.csv".as_ref()), per_call);
    records
}

/// Returns `31.01.2020` as `2020-01-31`.
fn iso(date: &str, separator: char) -> String {
    let parts: Vec<&str> = date.rsplit(separator).collect();
    parts.join("-")
}

/// Turns off the comparison at the end of a run, which the bare calls have not; it is measured on its own.
fn compare_by_itself(rig: &SystemRig) {
    let workspace = rig.path().join("workspace.toml");
    let text = std::fs::read_to_string(&workspace).expect("it was written");
    // `[sync]` is its last table.
    std::fs::write(&workspace, text + "compare_after_run = false\n").expect("a temporary folder is writable");
}

/// Returns the voucher of a row, read without anything of ours from its last two fields; `None` for two rows with a date or an
/// id that cannot be.
fn voucher(line: &[u8]) -> Option<Voucher> {
    let line = String::from_utf8_lossy(line);
    let mut fields = line.trim_end().rsplit(';');
    let (amount, date) = (fields.next()?, fields.next()?);
    let is_broken = date.ends_with("/0202") || line.starts_with(';');
    let (whole, part) = amount.split_once(',').unwrap_or((amount, ""));
    let minor = || format!("{whole}{part:0<2}").parse().expect("a number");
    (!is_broken).then(|| Voucher { date: iso(date, '/'), minor: minor() })
}

fn measured<B, F>(rig: &SystemRig, records: usize, per_call: usize, bare: F)
where
    B: Bare,
    F: Future<Output = B>,
{
    let named = std::env::var(VARIABLE).ok().map(|text| text.parse().expect("a number of records"));
    let records = put(rig, named.unwrap_or(records), per_call);
    compare_by_itself(rig);
    let (synced, export) = timed(|| rig.sync());
    assert_eq!(synced.count("posted"), records.len() as u64, "{synced:?}");

    let vouchers = rig.subject.vouchers();
    assert_eq!(vouchers.len(), records.len(), "vouchers in its own tables");
    assert!(by_reference(&vouchers).values().all(|count| *count == 1), "each reference once");
    let booked: i64 = vouchers.iter().map(|voucher| voucher.minor).sum();
    assert_eq!(booked, records.iter().map(|record| record.minor).sum::<i64>(), "to the øre");
    assert_eq!(rig.subject.drafts(), [], "no draft is left");
    let (again, second) = timed(|| rig.sync());
    assert_eq!(again.count("posted"), 0, "{again:?}");
    let (compared, comparison) = timed(|| rig.run(&["compare"]));
    assert_eq!(compared.last()["counts"]["matched"], records.len(), "{compared:?}");
    println!(
        "{} records exported in {export:.1} s ({:.1} a second), {}.{:02} NOK, each once, no draft; the second sync posted 0 in {second:.1} s; \
         all of it compared both ways in {comparison:.1} s",
        records.len(),
        rate(records.len(), export),
        booked / 100,
        booked % 100,
    );

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let client = Client::new();
    let bare = runtime.block_on(bare);
    let ((), alone) = timed(|| {
        runtime.block_on(async {
            for (number, vouchers) in records.chunks(per_call).enumerate() {
                bare.book(&client, number * per_call, vouchers).await;
            }
        });
    });
    println!(
        "as many by bare calls of {per_call} in {alone:.1} s ({:.1} a second): the export runs at {:.0} % of that",
        rate(records.len(), alone),
        100.0 * alone / export,
    );
}

#[expect(clippy::disallowed_methods, reason = "it measures; no rule of the product hangs on it")]
fn timed<T>(step: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let result = step();
    (result, begun.elapsed().as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn rate(count: usize, seconds: f64) -> f64 {
    count as f64 / seconds
}

/// Returns the books that were made; `None`, with a loud word, where none can be had on this machine.
fn had<T>(made: Result<T, Trouble>) -> Option<T> {
    match made {
        Ok(made) => Some(made),
        Err(trouble) if trouble.kind == Kind::NotToBeHad => {
            eprintln!("*** SKIPPED: {trouble}");
            None
        }
        Err(trouble) => panic!("{trouble}"),
    }
}

#[test]
fn tryton_books_the_real_file_once_and_to_the_oere() {
    let (Some(books), Some(others)) = (had(tryton::Books::fresh()), had(tryton::Books::fresh())) else { return };
    for books in [&books, &others] {
        books.sql(OPEN_TRYTON).expect("the books can be changed");
    }
    let rig = SystemRig::before(Box::new(super::tryton::Tryton(books))).directly();
    measured(&rig, RECORDS, PER_CALL, async { bare::Tryton::open(&Client::new(), &others).await });
}

#[test]
fn odoo_books_the_first_of_the_real_file_once_and_to_the_oere() {
    let (Some(books), Some(others)) = (had(odoo::Books::fresh()), had(odoo::Books::fresh())) else { return };
    for books in [&books, &others] {
        books.sql(OPEN_ODOO).expect("the books can be changed");
    }
    let rig = SystemRig::before(Box::new(super::odoo::Odoo(books))).directly();
    measured(&rig, RECORDS_OF_ODOO, PER_CALL_OF_ODOO, async { bare::Odoo::open(&others) });
}
