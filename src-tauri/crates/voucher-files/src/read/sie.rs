//! Reads SIE of type 4, as books (4E) and as vouchers (4i).
//!
//! Source: the [SIE association](https://sie.se/format/) (“SIE filformat, version 4B”); the facts stand in
//! `format/sie.rs`. A voucher is `#VER` with its `#TRANS` lines in braces. `#RTRANS` says that a line was added later,
//! and is followed by the same line as `#TRANS`; `#BTRANS` says that a line was taken away. Both are passed over.
//!
//! The encoding is code page 437 whatever the system, if `#FORMAT PC8` stands there or nothing; files with `UTF-8` or
//! Windows' code page in that place exist and are read by what they say. `#RAR 0` has the fiscal year, `#OMFATTN` the
//! last day that a part of it reaches. Nothing at the end shows that a file is whole.

use std::io::BufRead;

use chrono::NaiveDate;

use super::error::{Fault, Place, ReadError, quoted};
use super::found::{FileHead, FoundLine, FoundVoucher, Selection, Source, Standing};
use super::growing::Growing;
use super::input::{Bounded, ITEM_MAX, Whole};
use super::sie_fields::{SieField, fields};
use crate::amount;
use crate::letters::{Encoding, UTF8_MARK};

pub(super) struct SieSource<'r> {
    lines: Lines<'r>,
    head: FileHead,
    year: Option<(NaiveDate, NaiveDate)>,
    reaches: Option<NaiveDate>,
    /// The line of the next voucher, already read.
    next: Option<String>,
}

impl<'r> SieSource<'r> {
    pub(super) fn open(whole: Whole<'r>) -> Result<Self, ReadError> {
        let lines = Lines { input: Bounded::new(whole), encoding: Encoding::Cp437, number: 0, byte: 0 };
        let mut source = Self { lines, head: FileHead::default(), year: None, reaches: None, next: None };
        let mut has_type = false;
        while let Some(line) = source.lines.next_line()? {
            let (label, rest) = label_of(&line);
            if label.eq_ignore_ascii_case("#VER") {
                source.next = Some(line);
                break;
            }
            has_type |= label.eq_ignore_ascii_case("#SIETYP");
            source.head_line(label, rest).map_err(|fault| source.lines.error(fault))?;
        }
        if !has_type {
            // Type 1 may leave the line out, and holds no vouchers.
            return Err(source.lines.error(Fault::WrongKind { expected: "SIE file of type 4: #SIETYP 4 is missing" }));
        }
        source.head.selection =
            source.year.map(|(from, to)| Selection::Dates { from, to: source.reaches.map_or(to, |last| last.min(to)) });
        Ok(source)
    }

    fn head_line(&mut self, label: &str, rest: &str) -> Result<(), Fault> {
        let fields = fields(rest)?;
        let field = |place: usize| match fields.get(place) {
            Some(SieField::Text(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let date = |place: usize| field(place).map(|text| date_of(&text)).transpose();
        match label.to_ascii_uppercase().as_str() {
            "#FORMAT" => self.lines.encoding = encoding_of(&field(0).unwrap_or_default())?,
            "#SIETYP" if field(0).as_deref() != Some("4") => {
                return Err(Fault::NoVouchers(format!("SIE type {}", quoted(&field(0).unwrap_or_default()))));
            }
            "#SIETYP" => self.head.format_version = Some("4".into()),
            "#PROGRAM" => (self.head.program, self.head.program_version) = (field(0), field(1)),
            "#GEN" => self.head.made_on = date(0)?,
            "#FNAMN" => self.head.company_name = field(0),
            "#ORGNR" => self.head.organisation_number = field(0),
            "#VALUTA" => self.head.currency = field(0),
            "#RAR" if field(0).as_deref() == Some("0") => self.year = date(1)?.zip(date(2)?),
            "#OMFATTN" => self.reaches = date(0)?,
            _ => {}
        }
        Ok(())
    }

    /// Reads the lines in the braces of a voucher.
    fn read_lines(&mut self, voucher: &mut Growing) -> Result<(), ReadError> {
        let cut_off = |lines: &Lines<'_>, voucher: &Growing| with_voucher(lines.error(Fault::CutOff), voucher);
        let mut is_open = false;
        loop {
            let Some(line) = self.lines.next_line()? else { return Err(cut_off(&self.lines, voucher)) };
            match (line.trim(), is_open) {
                ("{", false) => is_open = true,
                ("}", true) => return Ok(()),
                ("{", true) => return Err(with_voucher(self.lines.error(Fault::TooDeep(1)), voucher)),
                (line, true) => {
                    let (label, rest) = label_of(line);
                    let is_line = label.eq_ignore_ascii_case("#TRANS");
                    let result =
                        if is_line { transaction(rest).and_then(|line| voucher.add_line(line)) } else { Ok(()) };
                    result.map_err(|fault| with_voucher(self.lines.error(fault), voucher))?;
                }
                (_, false) => return Err(cut_off(&self.lines, voucher)),
            }
        }
    }
}

impl Source for SieSource<'_> {
    fn head(&self) -> &FileHead {
        &self.head
    }

    fn next_voucher(&mut self) -> Result<Option<FoundVoucher>, ReadError> {
        let line = match self.next.take() {
            Some(line) => Some(line),
            None => self.next_voucher_line()?,
        };
        let Some(line) = line else { return Ok(None) };
        let mut voucher = opened(label_of(&line).1).map_err(|fault| self.lines.error(fault))?;
        self.read_lines(&mut voucher)?;
        voucher.finish(Standing::Posted).map(Some).map_err(|fault| self.lines.error(fault))
    }
}

impl SieSource<'_> {
    fn next_voucher_line(&mut self) -> Result<Option<String>, ReadError> {
        while let Some(line) = self.lines.next_line()? {
            let label = label_of(&line).0;
            if label.eq_ignore_ascii_case("#VER") {
                return Ok(Some(line));
            }
            if !label.starts_with('#') {
                return Err(self.lines.error(Fault::Malformed(format!("“{}” begins no line", quoted(&line)))));
            }
        }
        Ok(None)
    }
}

/// Returns a voucher of the fields of `#VER`: series, number, date, text.
fn opened(rest: &str) -> Result<Growing, Fault> {
    let fields = fields(rest)?;
    let field = |place: usize| match fields.get(place) {
        Some(SieField::Text(text)) => text.as_str(),
        _ => "",
    };
    let series = Some(field(0).to_owned()).filter(|series| !series.is_empty());
    let mut voucher = Growing::new(series, Some(field(1).to_owned()), Some(date_of(field(2))?));
    voucher.add_text(field(3).to_owned())?;
    Ok(voucher)
}

/// Returns the line of the fields of `#TRANS`: account, objects, amount, date, text.
fn transaction(rest: &str) -> Result<FoundLine, Fault> {
    let fields = fields(rest)?;
    let texts = fields.iter().map(|field| match field {
        SieField::Text(text) => Some(text.as_str()),
        SieField::List(_) => None,
    });
    let texts: Vec<Option<&str>> = texts.collect();
    let [Some(account), None, Some(amount), ..] = texts.as_slice() else {
        return Err(Fault::Malformed(format!("“{}” is no line of a voucher", quoted(rest))));
    };
    let amount = amount::read(amount, '.').ok_or_else(|| Fault::BadAmount(quoted(amount)))?;
    let text = texts.get(4).copied().flatten().filter(|text| !text.is_empty());
    Ok(FoundLine { account: (*account).to_owned(), amount, text: text.map(str::to_owned), ..FoundLine::default() })
}

fn label_of(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()))
}

fn date_of(text: &str) -> Result<NaiveDate, Fault> {
    let is_eight = text.len() == 8;
    let date = NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| is_eight);
    date.ok_or_else(|| Fault::BadDate(quoted(text)))
}

fn encoding_of(name: &str) -> Result<Encoding, Fault> {
    match name.to_ascii_uppercase().as_str() {
        "PC8" | "PC-8" | "CP437" | "IBM437" => Ok(Encoding::Cp437),
        "UTF-8" | "UTF8" => Ok(Encoding::Utf8),
        "ANSI" | "WINDOWS-1252" | "CP1252" | "ISO-8859-1" | "ISO8859-1" | "LATIN1" => Ok(Encoding::Windows1252),
        _ => Err(Fault::UnknownEncoding(quoted(name))),
    }
}

fn with_voucher(error: ReadError, voucher: &Growing) -> ReadError {
    ReadError { place: Place { voucher: voucher.number.clone(), ..error.place }, ..error }
}

/// The lines of a file.
struct Lines<'r> {
    input: Bounded<Whole<'r>>,
    encoding: Encoding,
    number: u64,
    byte: u64,
}

impl Lines<'_> {
    /// Returns the next line that is not empty.
    fn next_line(&mut self) -> Result<Option<String>, ReadError> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            self.input.begin_item();
            let read = self.input.read_until(b'\n', &mut bytes);
            self.number += 1;
            let read = read.map_err(|error| {
                let is_too_long = self.input.is_exhausted();
                self.error(if is_too_long { Fault::TooLong(ITEM_MAX) } else { Fault::Io(error.to_string()) })
            })?;
            self.byte += read as u64;
            if read == 0 {
                return Ok(None);
            }
            let mut line = bytes.as_slice();
            if self.number == 1
                && let Some(rest) = line.strip_prefix(UTF8_MARK)
            {
                self.encoding = Encoding::Utf8;
                line = rest;
            }
            // The end-of-file mark of DOS.
            let line = line.trim_ascii();
            let line = line.strip_suffix(b"\x1a").unwrap_or(line);
            if !line.is_empty() {
                let text = self.encoding.decode(line);
                return text
                    .map(|text| Some(text.into_owned()))
                    .ok_or_else(|| self.error(Fault::NotText(self.encoding.to_string())));
            }
        }
    }

    fn error(&self, fault: Fault) -> ReadError {
        fault.at(Place { byte: self.byte, line: Some(self.number), voucher: None })
    }
}
