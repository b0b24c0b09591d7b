//! Walks through the XML of a packed workbook, element by element.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::WorkbookError;

/// Holds an open package.
pub(super) struct Package<'p> {
    path: &'p Path,
    parts: ZipArchive<BufReader<File>>,
}

/// Tells the beginning of an element from its end.
pub(super) enum Step<'e> {
    Begin(&'e BytesStart<'e>),
    End(&'e str),
}

impl<'p> Package<'p> {
    pub(super) fn open(path: &'p Path) -> Result<Self, WorkbookError> {
        let file = File::open(path).map_err(|source| WorkbookError::Unreadable { path: path.to_owned(), source })?;
        let parts = ZipArchive::new(BufReader::new(file))
            .map_err(|error| WorkbookError::Damaged { path: path.to_owned(), detail: error.to_string() })?;
        Ok(Self { path, parts })
    }

    pub(super) fn damaged(&self, detail: impl ToString) -> WorkbookError {
        WorkbookError::Damaged { path: self.path.to_owned(), detail: detail.to_string() }
    }

    /// Says whether the package has a part.
    pub(super) fn has(&self, part: &str) -> bool {
        self.parts.file_names().flatten().any(|name| name.eq_ignore_ascii_case(part))
    }

    /// Takes each element of a part, by its local name.
    pub(super) fn walk(
        &mut self,
        part: &str,
        mut take: impl FnMut(Step<'_>) -> Result<(), WorkbookError>,
    ) -> Result<(), WorkbookError> {
        let path = self.path;
        let damaged = |detail: String| WorkbookError::Damaged { path: path.to_owned(), detail };
        let name = self.parts.file_names().flatten().find(|name| name.eq_ignore_ascii_case(part)).map(Cow::into_owned);
        let name = name.ok_or_else(|| damaged(format!("{part} is not there")))?;
        let file = self.parts.by_name(&name).map_err(|error| damaged(format!("{part}: {error}")))?;
        let mut xml = Reader::from_reader(BufReader::new(file));
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(|error| damaged(format!("{part}: {error}")))? {
                Event::Start(element) => take(Step::Begin(&element))?,
                Event::Empty(element) => {
                    take(Step::Begin(&element))?;
                    take(Step::End(element.local_name().as_ref()))?;
                }
                Event::End(element) => take(Step::End(element.local_name().as_ref()))?,
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

/// Returns an attribute by its local name.
pub(super) fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let found = element.attributes().with_checks(false).flatten().find(|it| it.key.local_name().as_ref() == name)?;
    match found.normalized_value(XmlVersion::Implicit1_0) {
        Ok(value) => Some(Cow::Owned(value.into_owned())),
        Err(_) => None,
    }
}

/// Returns an attribute that is a number, or the number that counts where it is absent or unreadable.
pub(super) fn number<N: std::str::FromStr>(element: &BytesStart<'_>, name: &str, otherwise: N) -> N {
    attribute(element, name).and_then(|text| text.trim().parse().ok()).unwrap_or(otherwise)
}
