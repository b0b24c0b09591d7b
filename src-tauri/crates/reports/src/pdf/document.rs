//! Draws the document: marks go onto the open page, which is written when it is full.
//!
//! Invariant: the number of pages is known before the second one begins, from the number of rows alone, since each row
//! has the height of its table.

use chrono::{Datelike as _, Timelike as _};
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::{Document as Pdf, SerializeSettings};
use postonce_words::Message;

use super::face::Face;
use super::layout::{DIFFERENCES, Table, VOUCHERS};
use super::sheet::{self, BOTTOM, FOOT, HEIGHT, Ink, LEFT, RIGHT, TOP, Text, WIDTH};
use crate::words;
use crate::{Report, ReportError};

/// A report while it is drawn.
pub(super) struct Document<'a> {
    pub(super) report: &'a Report,
    pub(super) regular: Face,
    pub(super) bold: Face,
    pdf: Pdf,
    /// The marks on the open page.
    marks: Vec<Mark>,
    pub(super) flow: Flow,
    pages: u64,
    voucher_rows: u64,
    table: &'static Table,
}

/// The place of the next mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    page: u64,
    pub(super) y: f32,
}

impl Flow {
    fn turn(&mut self) {
        self.page += 1;
        self.y = TOP;
    }

    fn has_room(self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Takes the room for a table's title, head and first row; tells whether that begins a page.
    fn begin(&mut self, table: &Table, rows: u64) -> bool {
        let turns = !self.has_room(table.title_height() + table.head_height() + table.row_height);
        if turns {
            self.turn();
        }
        self.y += table.title_height() + if rows > 0 { table.head_height() } else { table.row_height };
        turns
    }

    /// Takes the room for a row; tells whether that begins a page, with the table's head again.
    fn row(&mut self, table: &Table) -> bool {
        let turns = !self.has_room(table.row_height);
        if turns {
            self.turn();
            self.y += table.head_height();
        }
        self.y += table.row_height;
        turns
    }
}

/// A mark on a page.
enum Mark {
    Text { is_bold: bool, size: f32, ink: Ink, x: f32, y: f32, text: String },
    Bar { x: f32, y: f32, width: f32, height: f32, ink: Ink },
}

/// The look of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) is_bold: bool,
    pub(super) size: f32,
    pub(super) ink: Ink,
}

impl Style {
    pub(super) const fn plain(size: f32) -> Self {
        Self { is_bold: false, size, ink: Ink::Black }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self { is_bold: true, size, ink: Ink::Black }
    }

    pub(super) const fn in_ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }
}

impl<'a> Document<'a> {
    /// Returns the document with its first page begun.
    pub(super) fn begin(report: &'a Report, voucher_rows: u64) -> Result<Self, ReportError> {
        let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
        let configuration = configuration.map_err(|error| ReportError::Pdf(format!("{error:?}")))?;
        let pdf = Pdf::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let mut document = Self {
            report,
            regular: Face::regular()?,
            bold: Face::bold()?,
            pdf,
            marks: Vec::new(),
            flow: Flow { page: 1, y: TOP },
            pages: 0,
            voucher_rows,
            table: &DIFFERENCES,
        };
        document.pdf.set_metadata(document.metadata());
        document.front();
        document.pages = document.count_pages();
        Ok(document)
    }

    fn metadata(&self) -> Metadata {
        let Report { language, made_at, program, .. } = self.report;
        let narrow = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        let made = DateTime::new(u16::try_from(made_at.year()).unwrap_or(0))
            .month(narrow(made_at.month()))
            .day(narrow(made_at.day()))
            .hour(narrow(made_at.hour()))
            .minute(narrow(made_at.minute()))
            .second(narrow(made_at.second()))
            .utc_offset_hour(0)
            .utc_offset_minute(0);
        Metadata::new()
            .title(format!("{}: {}", self.word(self.title()), self.report.organisation_name))
            .creator(format!("Postonce {program}"))
            .language(language.tag().to_owned())
            .creation_date(made)
    }

    pub(super) fn title(&self) -> Message {
        if self.report.run.is_some() { words::CERTIFICATE } else { words::COMPARISON }
    }

    pub(super) fn word(&self, word: Message) -> &'static str {
        word.text(self.report.language)
    }

    pub(super) fn face(&self, style: Style) -> &Face {
        if style.is_bold { &self.bold } else { &self.regular }
    }

    pub(super) fn text(&mut self, style: Style, x: f32, y: f32, text: impl Into<String>) {
        let Style { is_bold, size, ink } = style;
        self.marks.push(Mark::Text { is_bold, size, ink, x, y, text: text.into() });
    }

    /// Writes a text that ends at `x`.
    pub(super) fn text_until(&mut self, style: Style, x: f32, y: f32, text: &str) {
        let width = self.face(style).width(text, style.size);
        self.text(style, x - width, y, text);
    }

    pub(super) fn bar(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.marks.push(Mark::Bar { x, y, width, height, ink });
    }

    pub(super) fn rule(&mut self, y: f32) {
        self.bar(LEFT, y, RIGHT - LEFT, 0.6, Ink::Hairline);
    }

    fn count_pages(&self) -> u64 {
        let mut flow = self.flow;
        let mut lay_out = |table: &Table, rows: u64| {
            flow.begin(table, rows);
            for _ in 0..rows {
                flow.row(table);
            }
        };
        lay_out(&DIFFERENCES, self.report.comparison.differences);
        if self.report.run.is_some() {
            lay_out(&VOUCHERS, self.voucher_rows);
        }
        flow.page
    }

    pub(super) fn begin_differences(&mut self) {
        let rows = self.report.comparison.differences;
        self.begin_table(&DIFFERENCES, words::DIFFERENCES, rows);
    }

    pub(super) fn begin_vouchers(&mut self) {
        let rows = self.voucher_rows;
        self.begin_table(&VOUCHERS, words::RUNS_VOUCHERS, rows);
    }

    fn begin_table(&mut self, table: &'static Table, title: Message, rows: u64) {
        self.table = table;
        let mut flow = self.flow;
        if flow.begin(table, rows) {
            self.end_page();
            self.flow.turn();
        }
        let y = self.flow.y + table.title_height() - 9.0;
        self.text(Style::bold(12.0), LEFT, y, self.word(title));
        self.flow = flow;
        if rows > 0 {
            self.table_head(flow.y - table.head_height());
        } else {
            self.text(Style::plain(9.0), LEFT, flow.y - table.row_height + 9.0, self.word(words::NONE));
        }
    }

    /// Takes the room for the next row of the table and returns its top.
    pub(super) fn next_row(&mut self) -> f32 {
        let mut flow = self.flow;
        if flow.row(self.table) {
            self.end_page();
            self.flow = flow;
            self.table_head(flow.y - self.table.row_height - self.table.head_height());
        }
        self.flow = flow;
        flow.y - self.table.row_height
    }

    fn table_head(&mut self, top: f32) {
        let table = self.table;
        self.bar(LEFT, top, RIGHT - LEFT, table.head_height() - 2.0, Ink::Band);
        for column in table.columns {
            let style = Style::bold(7.5).in_ink(Ink::Grey);
            let text = self.word(column.title);
            if column.is_right {
                self.text_until(style, column.right(), top + 10.5, text);
            } else {
                self.text(style, column.left(), top + 10.5, text);
            }
        }
    }

    /// Writes the open page, with its foot.
    fn end_page(&mut self) {
        let style = Style::plain(7.5).in_ink(Ink::Grey);
        self.rule(FOOT - 11.0);
        let subject = match &self.report.run {
            Some(run) => format!("{} {}", self.word(words::RUN).to_lowercase(), run.run_id),
            None => crate::figures::period(self.report.comparison.period, self.report.language),
        };
        let title = self.word(self.title());
        let foot = format!("{} · {title} · {subject}", self.report.organisation_name);
        let foot = self.face(style).fit(&foot, style.size, RIGHT - LEFT - 90.0);
        self.text(style, LEFT, FOOT, foot);
        let (page, of) = (self.word(words::PAGE), self.word(words::OF));
        let number = format!("{page} {} {of} {}", self.flow.page, self.pages);
        self.text_until(style, RIGHT, FOOT, &number);

        let marks = std::mem::take(&mut self.marks);
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).unwrap_or_default();
        let mut page = self.pdf.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            match mark {
                Mark::Text { is_bold, size, ink, x, y, text } => {
                    let face = if is_bold { &self.bold } else { &self.regular };
                    Text { face, size, ink }.at(&mut surface, x, y, &text);
                }
                Mark::Bar { x, y, width, height, ink } => sheet::bar(&mut surface, (x, y), (width, height), ink),
            }
        }
        surface.finish();
        page.finish();
    }

    /// Returns the bytes of the file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, ReportError> {
        self.end_page();
        self.pdf.finish().map_err(|error| ReportError::Pdf(format!("{error:?}")))
    }
}
