//! Reads SAF-T Financial of the Norwegian tax administration: 1.30, 1.20 and 1.10.
//!
//! Source: [Skatteetaten/saf-t](https://github.com/Skatteetaten/saf-t), schema and examples. In a file the header comes
//! first, the accounts and parties follow, then the journals with their transactions, which are all posted: a draft is
//! not in it. `AuditFileDateCreated` is a day, not a time. The selection is stated as dates or as periods with their
//! years.
//!
//! The reader takes an element for what its name says, whatever its namespace: the administration's own example of 1.30
//! lacks the one of its schema. A document type is refused, so no entity can be defined: nothing is fetched, and
//! nothing blows up. One voucher is held at a time.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::encoding::DecodingReader;
use quick_xml::errors::SyntaxError;
use quick_xml::events::{BytesRef, Event};

use super::error::{Fault, Place, ReadError, quoted};
use super::found::{FileEnd, FileHead, FoundLine, FoundVoucher, Source, Standing};
use super::growing::Growing;
use super::input::{Bounded, ITEM_MAX, Whole};
use super::saft_fields::{Period, StatedPeriods, Sums, head_field, line_field, voucher_field};
use super::saft_tags::Tag;

/// The depth of elements. The schema has 9.
const DEPTH_MAX: usize = 32;

/// The bytes of an element's text that is read.
const TEXT_MAX: usize = 64 * 1024;

pub(super) struct SaftSource<'r> {
    xml: Reader<Bounded<Box<dyn BufRead + 'r>>>,
    buffer: Vec<u8>,
    path: Vec<Tag>,
    has_root: bool,
    text: String,
    head: FileHead,
    periods: StatedPeriods,
    journal: Option<String>,
    voucher: Growing,
    period: Period,
    line: FoundLine,
    sums: Sums,
    periods_are_months: bool,
}

/// A step through the file.
enum Step {
    HeadEnded,
    Voucher(FoundVoucher),
    FileEnded,
    Nothing,
}

impl<'r> SaftSource<'r> {
    pub(super) fn open(head: &[u8], whole: Whole<'r>) -> Result<Self, ReadError> {
        let mut xml = Reader::from_reader(Bounded::new(decoded(head, whole)?));
        xml.config_mut().expand_empty_elements = true;
        let mut source = Self {
            xml,
            buffer: Vec::new(),
            path: Vec::new(),
            has_root: false,
            text: String::new(),
            head: FileHead::default(),
            periods: StatedPeriods::default(),
            journal: None,
            voucher: Growing::default(),
            period: Period::default(),
            line: FoundLine::default(),
            sums: Sums::default(),
            periods_are_months: true,
        };
        loop {
            match source.step()? {
                Step::HeadEnded => break,
                Step::Nothing => {}
                Step::Voucher(_) | Step::FileEnded => return Err(source.error(Fault::Missing("the header"))),
            }
        }
        source.head.selection = source.periods.selection();
        Ok(source)
    }

    fn step(&mut self) -> Result<Step, ReadError> {
        self.buffer.clear();
        self.xml.get_mut().begin_item();
        let mut buffer = std::mem::take(&mut self.buffer);
        let step = match self.xml.read_event_into(&mut buffer) {
            Ok(event) => self.event(event),
            Err(error) => Err(self.fault_of(&error)),
        };
        self.buffer = buffer;
        step.map_err(|fault| self.error(fault))
    }

    fn event(&mut self, event: Event<'_>) -> Result<Step, Fault> {
        match event {
            Event::Start(start) => self.begin(Tag::of(start.local_name().as_ref()))?,
            Event::End(_) => return self.finish(),
            Event::Text(text) => self.add_text(&text.xml10_content())?,
            Event::CData(text) => self.add_text(&text.xml10_content())?,
            Event::GeneralRef(entity) => {
                let letter = letter_of(&entity)?;
                self.add_text(letter.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(Fault::DocumentType),
            Event::Eof if self.path.is_empty() && self.has_root => return Ok(Step::FileEnded),
            Event::Eof => return Err(Fault::CutOff),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        Ok(Step::Nothing)
    }

    fn begin(&mut self, tag: Tag) -> Result<(), Fault> {
        if self.path.is_empty() {
            if self.has_root {
                return Err(Fault::Malformed("a second root element".into()));
            }
            if tag != Tag::AuditFile {
                return Err(Fault::WrongKind { expected: "SAF-T Financial file: its root is not AuditFile" });
            }
            self.has_root = true;
        }
        if self.path.len() == DEPTH_MAX {
            return Err(Fault::TooDeep(DEPTH_MAX));
        }
        self.path.push(tag);
        self.text.clear();
        match self.path.as_slice() {
            [Tag::AuditFile, Tag::GeneralLedgerEntries, Tag::Journal] => self.journal = None,
            [Tag::AuditFile, Tag::GeneralLedgerEntries, Tag::Journal, Tag::Transaction] => {
                self.voucher = Growing::new(self.journal.clone(), None, None);
                self.period = Period::default();
            }
            [.., Tag::Transaction, Tag::Line] => self.line = FoundLine::default(),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Step, Fault> {
        let text = std::mem::take(&mut self.text);
        let step = match self.path.as_slice() {
            [Tag::AuditFile, Tag::Header] => Step::HeadEnded,
            [Tag::AuditFile, Tag::Header, rest @ ..] => {
                head_field(&mut self.head, &mut self.periods, rest, text.trim())?;
                Step::Nothing
            }
            [Tag::AuditFile, Tag::GeneralLedgerEntries, rest @ ..] => match rest {
                [side @ (Tag::TotalDebit | Tag::TotalCredit)] => {
                    self.sums.state(*side == Tag::TotalDebit, &text)?;
                    Step::Nothing
                }
                [Tag::Journal, Tag::JournalId] => {
                    self.journal = Some(text.trim().to_owned());
                    Step::Nothing
                }
                [Tag::Journal, Tag::Transaction] => self.finish_voucher()?,
                [Tag::Journal, Tag::Transaction, Tag::Line] => {
                    self.voucher.add_line(std::mem::take(&mut self.line))?;
                    Step::Nothing
                }
                [Tag::Journal, Tag::Transaction, Tag::Line, rest @ ..] => {
                    line_field(&mut self.line, &mut self.sums, rest, text.trim())?;
                    Step::Nothing
                }
                [Tag::Journal, Tag::Transaction, field] => {
                    voucher_field(&mut self.voucher, &mut self.period, *field, text.trim())?;
                    Step::Nothing
                }
                _ => Step::Nothing,
            },
            _ => Step::Nothing,
        };
        self.path.pop();
        Ok(step)
    }

    fn finish_voucher(&mut self) -> Result<Step, Fault> {
        let voucher = std::mem::take(&mut self.voucher).finish(Standing::Posted)?;
        self.periods_are_months &= self.period.is_month_of(&voucher);
        Ok(Step::Voucher(voucher))
    }

    fn add_text(&mut self, text: &str) -> Result<(), Fault> {
        if !matches!(self.path.get(1), Some(Tag::Header | Tag::GeneralLedgerEntries)) {
            return Ok(());
        }
        if self.text.len() + text.len() > TEXT_MAX {
            // White space between elements is no text of anything.
            if text.trim().is_empty() {
                return Ok(());
            }
            return Err(Fault::TooLong(TEXT_MAX));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn fault_of(&self, error: &quick_xml::Error) -> Fault {
        match error {
            quick_xml::Error::Io(_) if self.xml.get_ref().is_exhausted() => Fault::TooLong(ITEM_MAX),
            quick_xml::Error::Io(error) => Fault::Io(error.to_string()),
            quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => Fault::Malformed("an unknown mark-up".into()),
            quick_xml::Error::Syntax(_) => Fault::CutOff,
            quick_xml::Error::Encoding(_) => Fault::NotText("the encoding that it states".into()),
            error => Fault::Malformed(quoted(&error.to_string())),
        }
    }

    fn error(&self, fault: Fault) -> ReadError {
        let voucher = self.path.contains(&Tag::Transaction).then(|| self.voucher.number.clone()).flatten();
        fault.at(Place { byte: self.xml.buffer_position(), line: None, voucher })
    }
}

impl Source for SaftSource<'_> {
    fn head(&self) -> &FileHead {
        &self.head
    }

    fn next_voucher(&mut self) -> Result<Option<FoundVoucher>, ReadError> {
        loop {
            match self.step()? {
                Step::Voucher(voucher) => return Ok(Some(voucher)),
                Step::FileEnded => return Ok(None),
                Step::HeadEnded => return Err(self.error(Fault::Malformed("a second header".into()))),
                Step::Nothing => {}
            }
        }
    }

    fn end(&self) -> FileEnd {
        FileEnd {
            vouchers: 0,
            lines: 0,
            is_shown: true,
            sums_agree: self.sums.agree(),
            periods_are_months: self.periods_are_months,
        }
    }
}

/// Returns the file as UTF-8, by the encoding that it states.
fn decoded<'r>(head: &[u8], whole: Whole<'r>) -> Result<Box<dyn BufRead + 'r>, ReadError> {
    let is_wide = [&b"\xff\xfe"[..], b"\xfe\xff", b"<\0", b"\0<"].iter().any(|mark| head.starts_with(mark));
    if is_wide {
        return Ok(Box::new(DecodingReader::new(whole)));
    }
    let Some(label) = stated_encoding(head) else { return Ok(Box::new(whole)) };
    let unknown = || Fault::UnknownEncoding(quoted(&String::from_utf8_lossy(label))).at(Place::default());
    let encoding = encoding_rs::Encoding::for_label(label).ok_or_else(unknown)?;
    if encoding == encoding_rs::UTF_8 || !encoding.is_ascii_compatible() {
        // A file that can be read as ASCII up to here and says UTF-16 is UTF-8: somebody has converted it.
        return Ok(Box::new(whole));
    }
    let mut reader = DecodingReader::new(whole);
    reader.set_encoding(encoding);
    Ok(Box::new(reader))
}

/// Returns the encoding that the XML declaration states.
fn stated_encoding(head: &[u8]) -> Option<&[u8]> {
    let head = head.strip_prefix(crate::letters::UTF8_MARK).unwrap_or(head);
    let declaration = head.strip_prefix(b"<?xml")?;
    let declaration = &declaration[..declaration.iter().position(|byte| *byte == b'>')?];
    let at = declaration.windows(8).position(|word| word == b"encoding")?;
    let value = declaration[at + 8..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let quote = value.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
    value[1..].split(|byte| byte == quote).next()
}

fn letter_of(entity: &BytesRef<'_>) -> Result<char, Fault> {
    let unknown = || Fault::UnknownEntity(quoted(entity));
    if entity.is_char_ref() {
        return entity.resolve_char_ref().ok().flatten().ok_or_else(unknown);
    }
    Ok(match &**entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return Err(unknown()),
    })
}
