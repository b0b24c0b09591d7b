//! Keeps made-up books, as an importer that nobody checks would: it books what it is given, also a second time; and hands
//! them out as SAF-T.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A voucher of the books.
#[derive(Debug, Clone)]
pub struct BookedVoucher {
    /// Its number.
    pub number: u32,
    /// Its date, `YYYY-MM-DD`.
    pub date: String,
    /// Its text.
    pub text: String,
    /// Its lines: account and amount in hundredths, debit positive.
    pub lines: Vec<(String, i64)>,
}

/// The books.
#[derive(Debug, Clone)]
pub struct MadeUpBooks {
    /// The vouchers, in their order.
    pub vouchers: Vec<BookedVoucher>,
    /// The day on which they are handed out, `YYYY-MM-DD`.
    pub made_on: String,
    /// The first and the last day that are selected.
    pub selected: (String, String),
    /// The number of the company.
    pub company: String,
}

impl MadeUpBooks {
    /// Makes books without a voucher, handed out on that day for all of two years.
    pub fn of(made_on: &str) -> Self {
        Self {
            vouchers: Vec::new(),
            made_on: made_on.to_owned(),
            selected: ("2025-01-01".to_owned(), "2027-12-31".to_owned()),
            company: "999999999".to_owned(),
        }
    }

    /// Imports a file of GBAT10, as often as it is asked to.
    ///
    /// # Panics
    /// When it is no such file.
    pub fn import(&mut self, text: &str) {
        let mut last: Option<String> = None;
        for row in text.lines() {
            let cells: Vec<&str> = row.split(';').collect();
            assert_eq!(cells[0], "GBAT10", "{row}");
            if last.as_deref() != Some(cells[1]) {
                let (year, rest) = cells[2].split_at(4);
                let (month, day) = rest.split_at(2);
                let number = 10_000 + u32::try_from(self.vouchers.len()).expect("few vouchers") + 1;
                let (date, text) = (format!("{year}-{month}-{day}"), cells[20].to_owned());
                self.vouchers.push(BookedVoucher { number, date, text, lines: Vec::new() });
                last = Some(cells[1].to_owned());
            }
            let amount: i64 = cells[8].replace('.', "").parse().expect("an amount of two decimals");
            let voucher = self.vouchers.last_mut().expect("one was made");
            voucher.lines.push((cells[6].to_owned(), amount));
        }
    }

    /// Makes the counter-voucher of the voucher at a place.
    ///
    /// # Panics
    /// When there is none.
    pub fn reverse(&mut self, place: usize) {
        let mut counter = self.vouchers[place].clone();
        counter.number += 1_000;
        counter.lines.iter_mut().for_each(|(_, amount)| *amount = -*amount);
        self.vouchers.push(counter);
    }

    /// Writes them as SAF-T Financial 1.30 into a folder, and returns the path.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn hand_out(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("saft-{}.xml", self.made_on));
        std::fs::write(&path, self.saft()).expect("writable");
        path
    }

    fn saft(&self) -> String {
        let all = || self.vouchers.iter().flat_map(|voucher| &voucher.lines).map(|(_, amount)| *amount);
        let debit: i64 = all().filter(|amount| *amount > 0).sum();
        let credit: i64 = -all().filter(|amount| *amount < 0).sum::<i64>();
        let (from, to) = &self.selected;
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AuditFile xmlns=\"urn:StandardAuditFile-Taxation-Financial:NO\">\
             <Header><AuditFileVersion>1.30</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry>\
             <AuditFileDateCreated>{}</AuditFileDateCreated><SoftwareCompanyName>Programvare AS</SoftwareCompanyName>\
             <SoftwareID>Regnskap</SoftwareID><SoftwareVersion>1</SoftwareVersion>\
             <Company><RegistrationNumber>{}</RegistrationNumber><Name>HLF</Name></Company>\
             <DefaultCurrencyCode>NOK</DefaultCurrencyCode><SelectionCriteria><SelectionStartDate>{from}</SelectionStartDate>\
             <SelectionEndDate>{to}</SelectionEndDate></SelectionCriteria></Header>\n<GeneralLedgerEntries>\
             <NumberOfEntries>{}</NumberOfEntries><TotalDebit>{}</TotalDebit><TotalCredit>{}</TotalCredit>\
             <Journal><JournalID>HB</JournalID><Description>Hovedbok</Description><Type>GL</Type>\n",
            self.made_on,
            self.company,
            self.vouchers.len(),
            kroner(debit),
            kroner(credit)
        );
        for voucher in &self.vouchers {
            let (number, date, what) = (voucher.number, &voucher.date, escaped(&voucher.text));
            let (year, month) = (&date[..4], date[5..7].trim_start_matches('0'));
            write!(
                text,
                "<Transaction><TransactionID>{number}</TransactionID><Period>{month}</Period><PeriodYear>{year}</PeriodYear>\
                 <TransactionDate>{date}</TransactionDate><Description>{what}</Description>\
                 <SystemEntryDate>{date}</SystemEntryDate><GLPostingDate>{date}</GLPostingDate>"
            )
            .expect("text takes text");
            for (place, (account, amount)) in voucher.lines.iter().enumerate() {
                let side = if *amount < 0 { "CreditAmount" } else { "DebitAmount" };
                write!(
                    text,
                    "<Line><RecordID>{}</RecordID><AccountID>{account}</AccountID><Description>{what}</Description>\
                     <{side}><Amount>{}</Amount></{side}></Line>",
                    place + 1,
                    kroner(amount.abs())
                )
                .expect("text takes text");
            }
            text.push_str("</Transaction>\n");
        }
        text.push_str("</Journal></GeneralLedgerEntries></AuditFile>\n");
        text
    }
}

fn kroner(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
