//! Writes SAF-T Financial 1.30, as an accounting system would, for tests and measurements.

use std::io::{self, Write};

/// A transaction of the made-up books: number, date, description, and lines of account and amount in øre.
pub(crate) struct Entry {
    pub(crate) number: String,
    pub(crate) date: chrono::NaiveDate,
    pub(crate) description: String,
    pub(crate) reference: Option<String>,
    pub(crate) lines: Vec<(String, i64)>,
}

/// The bytes that stand before the first transaction; the sums are of debit and credit, in øre.
pub(crate) fn begin(out: &mut dyn Write, entries: u64, sums: [i128; 2]) -> io::Result<()> {
    write!(
        out,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO">
  <Header>
    <AuditFileVersion>1.30</AuditFileVersion>
    <AuditFileCountry>NO</AuditFileCountry>
    <AuditFileDateCreated>2026-04-02</AuditFileDateCreated>
    <SoftwareCompanyName>Programvare AS</SoftwareCompanyName>
    <SoftwareID>Regnskap</SoftwareID>
    <SoftwareVersion>1</SoftwareVersion>
    <Company>
      <RegistrationNumber>999999999</RegistrationNumber>
      <Name>Foreningen Hjelp</Name>
      <Contact><ContactPerson><FirstName>NotUsed</FirstName><LastName>Kontoret</LastName></ContactPerson></Contact>
    </Company>
    <DefaultCurrencyCode>NOK</DefaultCurrencyCode>
    <SelectionCriteria><SelectionStartDate>2026-01-01</SelectionStartDate><SelectionEndDate>2026-12-31</SelectionEndDate></SelectionCriteria>
    <TaxAccountingBasis>A</TaxAccountingBasis>
  </Header>
  <GeneralLedgerEntries>
    <NumberOfEntries>{entries}</NumberOfEntries>
    <TotalDebit>{}</TotalDebit>
    <TotalCredit>{}</TotalCredit>
    <Journal>
      <JournalID>HB</JournalID>
      <Description>Hovedbok</Description>
      <Type>GL</Type>
"#,
        kroner(sums[0]),
        kroner(sums[1])
    )
}

pub(crate) fn write(out: &mut dyn Write, entry: &Entry) -> io::Result<()> {
    let (date, period) = (entry.date, entry.date.format("%-m"));
    write!(
        out,
        "      <Transaction>\n        <TransactionID>{}</TransactionID>\n        <Period>{period}</Period>\n        <PeriodYear>{}</PeriodYear>\n        <TransactionDate>{date}</TransactionDate>\n        <Description>{}</Description>\n        <SystemEntryDate>{date}</SystemEntryDate>\n        <GLPostingDate>{date}</GLPostingDate>\n",
        escaped(&entry.number),
        date.format("%Y"),
        escaped(&entry.description)
    )?;
    for (place, (account, amount)) in entry.lines.iter().enumerate() {
        let side = if *amount < 0 { "CreditAmount" } else { "DebitAmount" };
        let reference = entry.reference.as_ref();
        let reference = reference.map(|text| format!("<ReferenceNumber>{}</ReferenceNumber>", escaped(text)));
        writeln!(
            out,
            "        <Line><RecordID>{}</RecordID><AccountID>{}</AccountID><Description>{}</Description><{side}><Amount>{}</Amount></{side}>{}</Line>",
            place + 1,
            escaped(account),
            escaped(&entry.description),
            kroner(i128::from(*amount).abs()),
            reference.unwrap_or_default()
        )?;
    }
    out.write_all(b"      </Transaction>\n")
}

pub(crate) fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"    </Journal>\n  </GeneralLedgerEntries>\n</AuditFile>\n")
}

fn kroner(amount: i128) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
