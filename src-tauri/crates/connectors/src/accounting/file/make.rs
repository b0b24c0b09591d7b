//! Makes files of postings, by the format that the workspace names.

use chrono::NaiveDate;
use chrono_tz::Tz;
use postonce_engine::domain::{FileRefusal, Posting, Reference, ReferenceRules};
use postonce_engine::ports::{FileOrder, RenderedFile, UnfitPosting, VoucherFiles};
use postonce_voucher_files::{Book, Currency, Encoding, Problem, Refusal, SubLedger, Voucher, VoucherLine, render};

use crate::workspace::{PayeeLedger, VoucherFileSettings};

/// The vouchers of one file at most: more than any importer was seen to take.
const VOUCHERS_MAX: usize = 20_000;
/// The longest reference, in characters, where the format has more room: a person can still read it.
const REFERENCE_CHARS_MAX: usize = 200;

/// Makes the files of one workspace.
pub(super) struct Maker {
    pub(super) settings: VoucherFileSettings,
    pub(super) organisation: String,
    pub(super) company_name: String,
    pub(super) currency: postonce_engine::domain::Currency,
    pub(super) time_zone: Tz,
}

impl Maker {
    /// Returns the rules for references that survive in this format.
    pub(super) fn reference_rules(&self) -> ReferenceRules {
        let format = &self.settings.format;
        ReferenceRules {
            length_max: format.reference_max().min(REFERENCE_CHARS_MAX),
            folds_case: false,
            // A letter that the encoding lacks would hold the record, though only its id is at fault.
            ascii_only: !matches!(format.encoding(), Encoding::Utf8 | Encoding::Utf8WithMark),
        }
    }

    fn book(&self, made_at: chrono::DateTime<chrono::Utc>) -> Book {
        Book {
            company_name: self.company_name.clone(),
            organisation_number: self.settings.organisation_number.clone(),
            currency: Currency { code: self.currency.code().to_owned(), decimals: self.currency.exponent() },
            year_start: self.settings.year_start,
            made_at: made_at.with_timezone(&self.time_zone).naive_local(),
            program: "Postonce".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    fn voucher(&self, posting: &Posting, number: u32) -> Voucher {
        let payable = posting.lines.last();
        Voucher {
            number,
            date: posting.date,
            reference: posting.reference.as_str().to_owned(),
            text: posting.text.clone(),
            party_name: payable.and_then(|line| line.party_name.clone().or_else(|| line.party.clone())),
            lines: posting.lines.iter().map(|line| self.line(line)).collect(),
        }
    }

    fn line(&self, line: &postonce_engine::domain::Line) -> VoucherLine {
        let sub_ledger = line.party.clone().and_then(|party| match self.settings.payee_ledger {
            PayeeLedger::None => None,
            PayeeLedger::Customer => Some(SubLedger::Customer(party)),
            PayeeLedger::Supplier => Some(SubLedger::Supplier(party)),
        });
        VoucherLine {
            account: line.account.0.clone(),
            amount: line.amount.minor(),
            vat_code: line.vat_code.clone(),
            sub_ledger,
            dimensions: line.dimensions.clone(),
            text: line.text.clone(),
        }
    }

    fn file_name(&self, order: &FileOrder, postings: &[Posting]) -> String {
        let sum: i128 =
            postings.iter().flat_map(|posting| &posting.lines).map(|line| i128::from(line.amount.minor()).max(0)).sum();
        let sum = postonce_engine::domain::Money::sum_to_decimal(sum, self.currency);
        let (prefix, extension) = self.settings.format.name_parts();
        format!(
            "{prefix}{}-{}_{}_{sum}-{}.{extension}",
            self.organisation,
            order.label,
            postings.len(),
            self.currency.code()
        )
    }
}

impl VoucherFiles for Maker {
    fn refusal(&self, posting: &Posting) -> Option<FileRefusal> {
        if posting.currency != self.currency {
            let (found, books) = (posting.currency.code(), self.currency.code());
            return Some(FileRefusal::Other { detail: format!("{found}: a voucher file is in {books}") });
        }
        let book = self.book(chrono::DateTime::UNIX_EPOCH);
        render(&[self.voucher(posting, self.settings.first_voucher)], &book, &self.settings.format)
            .err()
            .map(|refusal| file_refusal(&refusal))
    }

    fn year_of(&self, day: NaiveDate) -> NaiveDate {
        self.settings.year_start.year_of(day).map_or(NaiveDate::MIN, |year| year.begins)
    }

    fn first_voucher(&self) -> u32 {
        self.settings.first_voucher
    }

    fn vouchers_max(&self) -> usize {
        VOUCHERS_MAX
    }

    fn render(&self, order: &FileOrder, postings: &[Posting]) -> Result<RenderedFile, UnfitPosting> {
        let vouchers: Vec<Voucher> =
            (order.first_voucher..).zip(postings).map(|(number, posting)| self.voucher(posting, number)).collect();
        let bytes =
            render(&vouchers, &self.book(order.made_at), &self.settings.format).map_err(|refusal| UnfitPosting {
                reference: refusal.reference.as_deref().map(Reference::from_stored),
                refusal: file_refusal(&refusal),
            })?;
        Ok(RenderedFile {
            file_name: self.file_name(order, postings),
            format: self.settings.format_name.to_owned(),
            bytes,
        })
    }
}

fn file_refusal(refusal: &Refusal) -> FileRefusal {
    match &refusal.problem {
        Problem::Letter { letter, encoding } => FileRefusal::Letter {
            letter: format!("{letter} (U+{:04X})", u32::from(*letter)),
            encoding: encoding.to_string(),
        },
        Problem::TooLong { length, max } => FileRefusal::TooLong { found: *length, length_max: *max },
        problem => FileRefusal::Other { detail: format!("{}: {problem}", refusal.field) },
    }
}
