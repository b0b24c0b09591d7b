//! Reads the books that an accounting system handed out as a file: SAF-T, SIE 4, DATEV, or a table.
//!
//! Invariant: a file that cannot be read to its end says nothing. One voucher is held at a time, whatever the file's size.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{Datelike as _, Months, NaiveDate, NaiveTime};
use postonce_engine::domain::{Acknowledgement, FoundVoucher, Money, Reference, ShownContent, ShownLine, VoucherState};
use postonce_engine::error::Problem;
use postonce_engine::ports::{BooksFacts, BooksFile, BooksReading, Unproven, VoucherSeen, WantedVoucher};
use postonce_voucher_files::{
    Absence, Books, Fault, FileHead, FileKind, HandedOver, ReadAs, ReadBack, ReadError, Selection, Sighting, Template,
    Verdict,
};
use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};

use crate::{AccountingSettings, VoucherFileSettings, Workspace};

/// The bytes that are read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// The folder in an inbox into which files are put that were read.
const READ_FOLDER: &str = "read";

/// Returns a file of the books of a workspace's organisation. Nothing is read yet.
pub fn books_file(workspace: &Workspace, path: &Path) -> Arc<dyn BooksFile> {
    let currency = workspace.currency().code();
    Arc::new(match workspace.accounting() {
        AccountingSettings::File(settings) => BooksOnDisk::new(path, settings, currency),
        _ => BooksOnDisk {
            path: path.to_owned(),
            template: None,
            organisation_number: None,
            currency: currency.to_owned(),
            is_in_inbox: false,
        },
    })
}

/// Returns the files that lie in the inbox, the one that was written first before the others.
pub(crate) fn inbox(settings: &VoucherFileSettings, currency: &str) -> Vec<Arc<dyn BooksFile>> {
    let Ok(entries) = std::fs::read_dir(&settings.inbox) else { return Vec::new() };
    let mut files: Vec<(std::time::SystemTime, PathBuf)> = entries
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .filter_map(|entry| {
            let facts = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((facts.modified().ok()?, entry.path()))
        })
        .collect();
    files.sort();
    let of = |(_, path): (_, PathBuf)| -> Arc<dyn BooksFile> {
        Arc::new(BooksOnDisk { is_in_inbox: true, ..BooksOnDisk::new(&path, settings, currency) })
    };
    files.into_iter().map(of).collect()
}

struct BooksOnDisk {
    path: PathBuf,
    /// The template of a table, if the workspace has one.
    template: Option<Template>,
    organisation_number: Option<String>,
    /// The currency of books that name none.
    currency: String,
    is_in_inbox: bool,
}

impl BooksFile for BooksOnDisk {
    fn read(&self, wanted: &[WantedVoucher], others: &[Reference]) -> Result<BooksReading, Problem> {
        match self.read_as(ReadAs::Detected, wanted, others) {
            Err(ReadFailure::Read(ReadError { fault: Fault::WrongKind { .. }, .. })) if self.template.is_some() => {
                let template = self.template.as_ref().map_or(ReadAs::Detected, ReadAs::Table);
                self.read_as(template, wanted, others).map_err(|failure| self.problem(failure))
            }
            read => read.map_err(|failure| self.problem(failure)),
        }
    }

    fn put_away(&self) -> Result<(), Problem> {
        let (Some(inbox), Some(name), true) = (self.path.parent(), self.path.file_name(), self.is_in_inbox) else {
            return Ok(());
        };
        let folder = inbox.join(READ_FOLDER);
        let mut to = folder.join(name);
        let mut count = 1;
        while to.exists() {
            count += 1;
            to = folder.join(format!("{count}-{}", name.to_string_lossy()));
        }
        let moved = std::fs::create_dir_all(&folder).and_then(|()| std::fs::rename(&self.path, &to));
        moved.map_err(|error| self.problem(ReadFailure::Open(error)))
    }
}

/// The reason why nothing is known of the books.
enum ReadFailure {
    Read(ReadError),
    Open(io::Error),
    Others(String),
}

impl From<ReadError> for ReadFailure {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl BooksOnDisk {
    fn new(path: &Path, settings: &VoucherFileSettings, currency: &str) -> Self {
        Self {
            path: path.to_owned(),
            template: settings.books_table.clone(),
            organisation_number: settings.organisation_number.clone(),
            currency: currency.to_owned(),
            is_in_inbox: false,
        }
    }

    fn problem(&self, failure: ReadFailure) -> Problem {
        let path = self.path.display();
        match failure {
            ReadFailure::Read(error) => Problem::books_unreadable(path, error.place, error.fault),
            ReadFailure::Open(error) => Problem::books_unreadable(path, "–", error),
            ReadFailure::Others(found) => {
                let expected = self.organisation_number.clone().unwrap_or_default();
                Problem::books_of_others(path, found, expected)
            }
        }
    }

    fn read_as(
        &self,
        read_as: ReadAs<'_>,
        wanted: &[WantedVoucher],
        others: &[Reference],
    ) -> Result<BooksReading, ReadFailure> {
        let file = File::open(&self.path).map_err(ReadFailure::Open)?;
        let digest = Rc::new(RefCell::new(Sha256::new()));
        let hashed = Hashed { inner: file, digest: Rc::clone(&digest) };
        let mut books = Books::open(Box::new(BufReader::with_capacity(BUFFER_BYTES, hashed)), read_as)?;
        self.check_company(books.head())?;
        let handed_over = wanted.iter().map(|wanted| HandedOver {
            reference: wanted.reference.as_str().to_owned(),
            date: wanted.date,
            on: wanted.left_on,
        });
        let others = others.iter().map(|reference| reference.as_str().to_owned());
        let mut read_back = ReadBack::new(handed_over.collect(), others);
        let mut alike = LookAlikes::of(wanted);
        for voucher in books.by_ref() {
            let voucher = voucher?;
            alike.see(&voucher);
            read_back.see(&voucher);
        }
        let (head, kind) = (books.head().clone(), books.kind());
        let end = books.end().ok_or_else(|| {
            ReadFailure::Read(ReadError { place: postonce_voucher_files::Place::default(), fault: Fault::CutOff })
        })?;
        drop(books);
        let verdicts = read_back.finish(&head, &end);
        for (_, verdict) in &verdicts {
            alike.take(verdict);
        }
        let currency = head.currency.clone().unwrap_or_else(|| self.currency.clone());
        let unsure = ambiguous(wanted);
        let seen = wanted.iter().zip(verdicts).map(|(wanted, (_, verdict))| {
            let is_ambiguous = unsure.contains(&wanted.reference.as_str().to_lowercase());
            seen_of(wanted, verdict, &currency, &alike, is_ambiguous)
        });
        let seen = seen.collect();
        let digest = Rc::into_inner(digest).map_or_else(Sha256::new, RefCell::into_inner);
        let (from, to) = days(head.selection);
        let facts = BooksFacts {
            file: self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned(),
            kind: kind_name(kind).to_owned(),
            sha256: hex::encode(digest.finalize()),
            company: head.company_name,
            organisation_number: head.organisation_number,
            program: head.program,
            made_on: head.made_on,
            from,
            to,
            vouchers: end.vouchers,
            lines: end.lines,
        };
        Ok(BooksReading { facts, seen })
    }

    fn check_company(&self, head: &FileHead) -> Result<(), ReadFailure> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        match (&self.organisation_number, &head.organisation_number) {
            (Some(expected), Some(found)) if digits(expected) != digits(found) => {
                let name = head.company_name.as_deref().unwrap_or_default();
                Err(ReadFailure::Others(format!("{name} {found}").trim().to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// Returns the references, in small letters, of which several differ in capitals alone.
fn ambiguous(wanted: &[WantedVoucher]) -> std::collections::HashSet<String> {
    let mut seen = std::collections::HashSet::new();
    wanted
        .iter()
        .map(|wanted| wanted.reference.as_str().to_lowercase())
        .filter(|form| !seen.insert(form.clone()))
        .collect()
}

fn seen_of(
    wanted: &WantedVoucher,
    verdict: Verdict,
    currency: &str,
    alike: &LookAlikes,
    is_ambiguous: bool,
) -> VoucherSeen {
    let vouchers = |sightings: Vec<Sighting>| {
        let found = sightings.iter().filter(|sighting| sighting.is_exact || !is_ambiguous);
        let found: Vec<FoundVoucher> = found.map(|sighting| found_voucher(wanted, sighting, currency)).collect();
        let unproven = found.is_empty().then_some(Unproven::MayBeCut);
        VoucherSeen { vouchers: with_reversals(found, &sightings), unproven }
    };
    match verdict {
        Verdict::Once(sighting) => vouchers(vec![sighting]),
        Verdict::Several { sightings, .. } => vouchers(sightings),
        Verdict::NotThere(absence) => {
            let unproven = match absence {
                Absence::Proven if alike.has(wanted) => Some(Unproven::LookAlike),
                Absence::Proven => None,
                Absence::SelectionUnknown | Absence::SelectionNarrowed | Absence::PeriodsAreNoMonths => {
                    Some(Unproven::SelectionUnclear)
                }
                Absence::DateNotSelected => Some(Unproven::DateNotCovered),
                Absence::DayUnknown | Absence::MadeTooEarly => Some(Unproven::MadeTooEarly),
                Absence::SumsDiffer | Absence::EndNotShown => Some(Unproven::NotWhole),
                Absence::MayBeCut => Some(Unproven::MayBeCut),
            };
            VoucherSeen { vouchers: Vec::new(), unproven }
        }
    }
}

fn found_voucher(wanted: &WantedVoucher, sighting: &Sighting, currency: &str) -> FoundVoucher {
    let number = sighting.number.trim();
    let number = if number.is_empty() { None } else { Some(number.to_owned()) };
    let series = sighting.series.as_deref().map(|series| format!("{series}/")).unwrap_or_default();
    let own = if sighting.stands_alone { String::new() } else { format!(" ({})", wanted.reference) };
    let voucher_id = match &number {
        Some(number) => format!("{series}{number}/{}{own}", sighting.date.year()),
        None => format!("{series}{} ({})", sighting.date, wanted.reference),
    };
    let line = |(account, amount): (&String, &Decimal)| ShownLine {
        account: Some(account.clone()),
        amount: amount.to_string(),
        party: None,
        ..ShownLine::default()
    };
    let lines = sighting.accounts.iter().filter(|(_, amount)| !amount.is_zero()).map(line).collect();
    FoundVoucher {
        reference: wanted.reference.clone(),
        acknowledgement: Acknowledgement { voucher_id, number },
        date: sighting.date,
        currency: currency.to_owned(),
        total: sighting.amount.to_string(),
        created_at: sighting.date.and_time(NaiveTime::MIN).and_utc(),
        created_by: None,
        state: VoucherState::Posted,
        reversed_by: None,
        reverses: None,
        shown: ShownContent { text: None, lines: Some(lines), own: None },
        differs: Vec::new(),
    }
}

/// Marks the vouchers that are the exact opposite of another one, and that one as reversed.
fn with_reversals(mut found: Vec<FoundVoucher>, sightings: &[Sighting]) -> Vec<FoundVoucher> {
    if found.len() != sightings.len() {
        return found;
    }
    let is_opposite = |one: &Sighting, other: &Sighting| {
        one.accounts.len() == other.accounts.len()
            && one
                .accounts
                .iter()
                .all(|(account, sum)| other.accounts.get(account).is_some_and(|there| *there == -*sum))
    };
    for later in 1..found.len() {
        let earlier = (0..later).rev().find(|&earlier| {
            found[earlier].state == VoucherState::Posted
                && found[earlier].reverses.is_none()
                && found[later].reverses.is_none()
                && is_opposite(&sightings[earlier], &sightings[later])
        });
        if let Some(earlier) = earlier {
            let (first, second) =
                (found[earlier].acknowledgement.voucher_id.clone(), found[later].acknowledgement.voucher_id.clone());
            found[earlier].state = VoucherState::Voided;
            found[earlier].reversed_by = Some(second);
            found[later].reverses = Some(first);
        }
    }
    found
}

/// The vouchers of the books that have day and sum of a wanted one, beside those in which a reference was seen.
struct LookAlikes {
    left: HashMap<(NaiveDate, Decimal), i64>,
}

fn decimal(money: Money) -> Decimal {
    Decimal::new(money.minor(), u32::from(money.currency().exponent())).normalize()
}

impl LookAlikes {
    fn of(wanted: &[WantedVoucher]) -> Self {
        Self { left: wanted.iter().map(|wanted| ((wanted.date, decimal(wanted.total)), 0)).collect() }
    }

    fn see(&mut self, voucher: &postonce_voucher_files::FoundVoucher) {
        let debit = voucher.lines.iter().map(|line| line.amount).filter(Decimal::is_sign_positive);
        let sum = debit.fold(Decimal::ZERO, Decimal::saturating_add).normalize();
        if let Some(count) = self.left.get_mut(&(voucher.date, sum)) {
            *count += 1;
        }
    }

    /// Takes away what a reference explains.
    fn take(&mut self, verdict: &Verdict) {
        let sightings = match verdict {
            Verdict::Once(sighting) => std::slice::from_ref(sighting),
            Verdict::Several { sightings, .. } => sightings.as_slice(),
            Verdict::NotThere(_) => &[],
        };
        for sighting in sightings.iter().filter(|sighting| sighting.stands_alone) {
            if let Some(count) = self.left.get_mut(&(sighting.date, sighting.amount.normalize())) {
                *count -= 1;
            }
        }
    }

    fn has(&self, wanted: &WantedVoucher) -> bool {
        self.left.get(&(wanted.date, decimal(wanted.total))).is_some_and(|count| *count > 0)
    }
}

fn days(selection: Option<Selection>) -> (Option<NaiveDate>, Option<NaiveDate>) {
    match selection {
        None => (None, None),
        Some(Selection::Dates { from, to }) => (Some(from), Some(to)),
        Some(Selection::Periods { from, to }) => {
            let first = |(year, month): (i32, u32)| NaiveDate::from_ymd_opt(year, month.clamp(1, 12), 1);
            let last = first(to).and_then(|day| day.checked_add_months(Months::new(1))?.pred_opt());
            (first(from), last)
        }
    }
}

fn kind_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Saft => "saf-t",
        FileKind::Sie => "sie",
        FileKind::Datev => "datev",
        FileKind::Table => "table",
    }
}

/// A reader that computes the digest of what passes.
struct Hashed<R> {
    inner: R,
    digest: Rc<RefCell<Sha256>>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.borrow_mut().update(&buffer[..count]);
        Ok(count)
    }
}
