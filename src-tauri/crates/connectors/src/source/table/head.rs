//! Finds the titles of a file, which say which column gives which field.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::key::seen;
use super::line::Facts;
use super::{
    Column, DayReader, Document, Field, FileError, FileSettings, HeadRule, IdRule, Line, Lines, RowRule, look,
    place_number,
};
use crate::text::{nearest, visible};

/// The lines among which the titles are looked for. More than a report has above its table.
const HEAD_LINES_MAX: u64 = 200;

/// Maps each field to its column, in one file.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    places: BTreeMap<Field, usize>,
    /// The places of the id's parts; none where the id is made of the content.
    pub(crate) id_places: Vec<usize>,
    /// The columns of the further dimensions, by name.
    pub(crate) dimensions: Vec<(String, usize)>,
    /// The rules by which rows count, each with its column's place.
    pub(crate) rules: Vec<(usize, RowRule)>,
    /// The columns that are known to say nothing.
    pub(crate) ignored: Vec<usize>,
    /// The titles as they stand there; none in a file without.
    pub(crate) titles: StringRecord,
    /// The last line of the titles, or 0: rows begin behind it.
    last_line: u64,
    /// The number of columns; `None` where no titles say it.
    pub(crate) width: Option<usize>,
    /// The number of cells that a row has at least.
    pub(crate) cells_min: usize,
}

impl Head {
    /// Finds the head of a file.
    ///
    /// # Errors
    /// If there is none, or it lacks a column or has it twice.
    pub(crate) fn find(document: &dyn Document, settings: &FileSettings, days: &DayReader) -> Result<Self, FileError> {
        let mut search = Search { document, settings, days, first: None, best: None, above: None };
        if settings.head == HeadRule::None {
            return search.without_titles();
        }
        let mut lines = document.lines()?;
        let mut line = Line::default();
        while lines.next(&mut line)? {
            if line.number > HEAD_LINES_MAX && settings.head == HeadRule::Found {
                break;
            }
            if let Some(head) = search.look_at(&line)? {
                return Ok(head);
            }
        }
        Err(search.failure())
    }

    /// Starts to read the rows behind the head.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(crate) fn rows<'a>(&self, document: &'a dyn Document) -> Result<Rows<'a>, FileError> {
        let mut lines = document.lines()?;
        if self.last_line == 0 {
            lines.expect_cells(self.cells_min);
        }
        Ok(Rows { lines, head_line: self.last_line, cells_min: self.cells_min })
    }

    /// Returns the place of a field's column.
    pub(crate) fn place(&self, field: Field) -> Option<usize> {
        self.places.get(&field).copied()
    }

    /// Returns the cell of a field unchanged; nothing if the files have no column for it.
    pub(crate) fn raw<'r>(&self, row: &'r Line, field: Field) -> &'r str {
        self.place(field).map_or("", |place| row.cell(place))
    }

    /// Says whether a row is the titles once more.
    pub(crate) fn is_repeated(&self, row: &Line) -> bool {
        let title = |place: usize| self.titles.get(place).unwrap_or_default();
        !self.titles.is_empty() && self.places.values().all(|&place| seen(row.cell(place)) == seen(title(place)))
    }

    /// Says whether a field, a dimension or a rule names the column, or it is known to say nothing.
    pub(crate) fn is_named(&self, place: usize) -> bool {
        let mut rules = self.rules.iter().map(|(place, _)| place).chain(self.dimensions.iter().map(|(_, place)| place));
        self.places.values().chain(&self.id_places).chain(&self.ignored).any(|named| *named == place)
            || rules.any(|named| *named == place)
    }

    /// Returns the name of a column, for people: its title, or its place.
    pub(crate) fn name(&self, place: usize) -> String {
        match self.titles.get(place).map(str::trim) {
            Some(title) if !title.is_empty() => visible(title),
            _ => format!("#{}", place + 1),
        }
    }
}

/// The rows behind a head.
pub(crate) struct Rows<'a> {
    lines: Box<dyn Lines + 'a>,
    head_line: u64,
    cells_min: usize,
}

impl Rows<'_> {
    /// Returns what the file says of itself, once a row was read.
    pub(crate) fn facts(&self) -> Facts {
        self.lines.facts()
    }

    /// Reads the next row into `line`; `false` behind the last.
    ///
    /// # Errors
    /// Those of [`Lines::next`].
    pub(crate) fn next(&mut self, line: &mut Line) -> Result<bool, FileError> {
        while self.lines.next(line)? {
            if line.number > self.head_line {
                return Ok(true);
            }
            if line.number == self.head_line {
                self.lines.expect_cells(self.cells_min);
            }
        }
        Ok(false)
    }
}

/// A search for the head, line by line.
struct Search<'a> {
    document: &'a dyn Document,
    settings: &'a FileSettings,
    days: &'a DayReader,
    /// The first line with content.
    first: Option<Line>,
    /// The line with the most of the titles, and their number.
    best: Option<(usize, Line)>,
    /// The line above, whose titles may go on.
    above: Option<Line>,
}

/// The reason why a line is no head.
enum Unfit {
    Missing(Column),
    Repeated(Column),
}

impl Search<'_> {
    /// Returns the head, if it is this line, or this line and the one above.
    fn look_at(&mut self, line: &Line) -> Result<Option<Head>, FileError> {
        let HeadRule::AtLine(at) = self.settings.head else { return self.look_for(line) };
        if line.number < at {
            return Ok(None);
        }
        self.first = Some(line.clone());
        match self.head(&line.cells, line.number) {
            Ok(head) => Ok(Some(head)),
            Err(unfit) => Err(self.error(unfit, &line.cells)),
        }
    }

    fn look_for(&mut self, line: &Line) -> Result<Option<Head>, FileError> {
        if line.is_blank() {
            self.above = None;
            return Ok(None);
        }
        if self.names_no_title() {
            // Nothing but content tells titles from a row.
            return if look::is_record_by_place(line, self.settings, self.days) {
                self.without_titles().map(Some)
            } else {
                self.head(&line.cells, line.number).map(Some).map_err(|unfit| self.error(unfit, &line.cells))
            };
        }
        match self.head(&line.cells, line.number) {
            Ok(head) => return Ok(Some(head)),
            Err(Unfit::Repeated(column)) => return Err(self.error(Unfit::Repeated(column), &line.cells)),
            Err(Unfit::Missing(_)) => {}
        }
        if let Some(above) = self.above.take() {
            let both = joined(&above.cells, &line.cells);
            if let Ok(head) = self.head(&both, line.number) {
                return Ok(Some(head));
            }
        }
        let known = self.columns().filter(|column| self.place(column, &line.cells).is_ok()).count();
        if known > self.best.as_ref().map_or(0, |(most, _)| *most) {
            self.best = Some((known, line.clone()));
        }
        if self.first.is_none() {
            self.first = Some(line.clone());
        }
        self.above = Some(line.clone());
        Ok(None)
    }

    /// Returns the reason why no line was the head.
    fn failure(mut self) -> FileError {
        let path = || self.document.path().to_owned();
        let Some(first) = self.first.take() else { return FileError::Empty(path()) };
        // These are two-byte characters without a byte order mark, read as one-byte characters.
        if first.cells.iter().any(|title| title.contains('\0')) {
            return FileError::Encoding {
                path: path(),
                line: first.number,
                encoding: self.settings.charset.name(),
                likely: "UTF-16LE",
            };
        }
        if self.best.is_none() && look::is_record_of_some_kind(&first, self.days) {
            return FileError::HeadMissing { path: path(), found: shown(&first.cells) };
        }
        let best = self.best.take().map_or(first, |(_, best)| best);
        match self.head(&best.cells, best.number) {
            Err(unfit) => self.error(unfit, &best.cells),
            // Not reached: a line that has every title was taken.
            Ok(_) => FileError::Empty(path()),
        }
    }

    fn without_titles(&self) -> Result<Head, FileError> {
        let none = StringRecord::new();
        let head = self.head(&none, 0).map_err(|unfit| self.error(unfit, &none))?;
        Ok(Head { width: None, ..head })
    }

    fn names_no_title(&self) -> bool {
        self.columns().all(|column| place_number(column).is_some())
    }

    /// Returns every column that the settings name.
    fn columns(&self) -> impl Iterator<Item = &Column> {
        let ids = match &self.settings.id {
            IdRule::Columns(columns) => columns.as_slice(),
            IdRule::Content => &[],
        };
        let rules = self.settings.row_rules.iter().map(|rule| &rule.column);
        self.settings.columns.values().chain(ids).chain(self.settings.dimensions.values()).chain(rules)
    }

    fn head(&self, titles: &StringRecord, last_line: u64) -> Result<Head, Unfit> {
        let place = |column: &Column| self.place(column, titles);
        let mut places = BTreeMap::new();
        // The id first, as a workspace names it first.
        let id_places: Vec<usize> = match &self.settings.id {
            IdRule::Columns(columns) => columns.iter().map(place).collect::<Result<_, _>>()?,
            IdRule::Content => Vec::new(),
        };
        for (&field, column) in &self.settings.columns {
            places.insert(field, place(column)?);
        }
        if let Some(&first) = id_places.first() {
            places.insert(Field::Id, first);
        }
        let rules: Result<Vec<_>, _> =
            self.settings.row_rules.iter().map(|rule| place(&rule.column).map(|place| (place, rule.clone()))).collect();
        let dimensions = self.settings.dimensions.iter();
        let dimensions: Result<Vec<_>, _> =
            dimensions.map(|(name, column)| place(column).map(|place| (name.clone(), place))).collect();
        let ignored = self.settings.ignored_columns.iter().filter_map(|column| place(column).ok()).collect();
        let required = places.iter().filter(|(field, _)| field.is_required()).map(|(_, place)| *place);
        let cells_min = required.chain(id_places.iter().copied()).max().map_or(1, |last| last + 1);
        Ok(Head {
            places,
            id_places,
            dimensions: dimensions?,
            rules: rules?,
            ignored,
            titles: titles.clone(),
            last_line,
            width: Some(titles.len()),
            cells_min,
        })
    }

    /// Returns the place of a column among these titles: by its text as it stands there, else as people see it, else
    /// by the place that the workspace names.
    fn place(&self, column: &Column, titles: &StringRecord) -> Result<usize, Unfit> {
        let exact = |title: &str| title.trim() == column;
        let alike = |title: &str| seen(title) == seen(column);
        for matches in [&exact as &dyn Fn(&str) -> bool, &alike] {
            let mut found = titles.iter().enumerate().filter(|(_, title)| matches(title)).map(|(place, _)| place);
            match (found.next(), found.next()) {
                (Some(place), None) => return Ok(place),
                (Some(_), Some(_)) => return Err(Unfit::Repeated(column.clone())),
                (None, _) => {}
            }
        }
        let is_within = |place: &usize| titles.is_empty() || *place < titles.len();
        place_number(column).filter(is_within).ok_or_else(|| Unfit::Missing(column.clone()))
    }

    fn error(&self, unfit: Unfit, titles: &StringRecord) -> FileError {
        let path = self.document.path().to_owned();
        match unfit {
            Unfit::Repeated(column) => FileError::ColumnRepeated { path, column },
            Unfit::Missing(column) => {
                let nearest = visible(nearest(&column, titles.iter().map(str::trim)));
                FileError::ColumnMissing { path, column, nearest }
            }
        }
    }
}

/// Returns the titles of two lines, one below the other.
fn joined(above: &StringRecord, below: &StringRecord) -> StringRecord {
    let cell = |record: &StringRecord, at| record.get(at).unwrap_or_default().trim().to_owned();
    (0..above.len().max(below.len()))
        .map(|at| format!("{} {}", cell(above, at), cell(below, at)).trim().to_owned())
        .collect()
}

/// Returns the beginning of a row, for people.
fn shown(cells: &StringRecord) -> String {
    crate::text::bounded(&cells.iter().collect::<Vec<_>>().join(" | "), crate::text::GLIMPSE_CHARS_MAX)
}
