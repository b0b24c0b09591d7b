//! Looks at a sheet of an `.xls` for hidden rows, also those that a filter hides, record by record.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::WorkbookError;
use super::shape::Shape;

/// The names of the stream with the sheets, in Excel 97 and before.
const STREAMS: [&str; 2] = ["/Workbook", "/Book"];
/// The kinds of records that are looked at.
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const SHEET: u16 = 0x0085;
const ROW: u16 = 0x0208;
/// The place of a row's flags, and the one that hides it.
const ROW_FLAGS: usize = 12;
const IS_HIDDEN: u8 = 0x20;

/// Returns the shape of the sheet at this place among all sheets, but for its merged cells.
pub(super) fn of(path: &Path, sheet: usize) -> Result<Shape, WorkbookError> {
    scan(path, sheet).map_err(|error| WorkbookError::Damaged { path: path.to_owned(), detail: error.to_string() })
}

fn scan(path: &Path, sheet: usize) -> io::Result<Shape> {
    let mut file = cfb::CompoundFile::open(BufReader::new(File::open(path)?))?;
    let name = STREAMS.into_iter().find(|name| file.is_stream(name)).ok_or(io::ErrorKind::NotFound)?;
    let mut records = Records { stream: BufReader::new(file.open_stream(name)?) };
    let mut places = Vec::new();
    while let Some((kind, data)) = records.next()?.filter(|(kind, _)| *kind != END) {
        if let (SHEET, Some(place)) = (kind, data.first_chunk::<4>()) {
            places.push(u32::from_le_bytes(*place));
        }
    }
    let place = *places.get(sheet).ok_or(io::ErrorKind::NotFound)?;
    records.stream.seek(SeekFrom::Start(place.into()))?;
    let (mut shape, mut depth, mut hidden) = (Shape::default(), 0_u32, Vec::new());
    while let Some((kind, data)) = records.next()? {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            ROW if data.get(ROW_FLAGS).is_some_and(|flags| flags & IS_HIDDEN != 0) => {
                hidden.extend(data.first_chunk().map(|line| u64::from(u16::from_le_bytes(*line)) + 1));
            }
            _ => {}
        }
    }
    hidden.sort_unstable();
    hidden.into_iter().for_each(|line| shape.hide(line, line));
    Ok(shape)
}

struct Records<R> {
    stream: R,
}

impl<R: Read> Records<R> {
    /// Returns the next record, or `None` behind the last.
    fn next(&mut self) -> io::Result<Option<(u16, Vec<u8>)>> {
        let mut head = [0; 4];
        match self.stream.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let [kind, kind_high, length, length_high] = head;
        let mut data = vec![0; usize::from(u16::from_le_bytes([length, length_high]))];
        self.stream.read_exact(&mut data)?;
        Ok(Some((u16::from_le_bytes([kind, kind_high]), data)))
    }
}
