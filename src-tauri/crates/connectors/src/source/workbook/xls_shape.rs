//! Looks at a sheet of an `.xls` for hidden rows, also those that a filter hides, and for the currencies of number
//! formats, record by record.

use std::collections::BTreeMap;
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
const EPOCH: u16 = 0x0022;
const FORMAT: u16 = 0x041e;
const STYLE: u16 = 0x00e0;
/// Cells with a number: one, several in a row, a formula.
const NUMBERS: [u16; 3] = [0x0203, 0x027e, 0x0006];
const SEVERAL: u16 = 0x00bd;
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
    let (mut places, mut styles, mut counts_from_1904) = (Vec::new(), Styles::default(), false);
    while let Some((kind, data)) = records.next()?.filter(|(kind, _)| *kind != END) {
        match (kind, data.first_chunk::<4>()) {
            (SHEET, Some(place)) => places.push(u32::from_le_bytes(*place)),
            (EPOCH, _) => counts_from_1904 = data.first() == Some(&1),
            (FORMAT, _) => styles.add_format(&data),
            (STYLE, _) => styles.add_style(&data),
            _ => {}
        }
    }
    let place = *places.get(sheet).ok_or(io::ErrorKind::NotFound)?;
    records.stream.seek(SeekFrom::Start(place.into()))?;
    let (mut shape, mut depth, mut hidden) = (Shape { counts_from_1904, ..Shape::default() }, 0_u32, Vec::new());
    while let Some((kind, data)) = records.next()? {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            ROW if data.get(ROW_FLAGS).is_some_and(|flags| flags & IS_HIDDEN != 0) => {
                hidden.extend(data.first_chunk().map(|line| u64::from(u16::from_le_bytes(*line)) + 1));
            }
            kind if NUMBERS.contains(&kind) => styles.show(&data, 0, &mut shape)?,
            SEVERAL => {
                // A row, a column, and six bytes for each cell, the style first.
                for at in 0..data.len().saturating_sub(6) / 6 {
                    styles.show(&data, at, &mut shape)?;
                }
            }
            _ => {}
        }
    }
    hidden.sort_unstable();
    hidden.into_iter().for_each(|line| shape.hide(line, line));
    Ok(shape)
}

/// The currencies that number formats show.
#[derive(Default)]
struct Styles {
    formats: BTreeMap<u16, String>,
    /// The number of the format of each style.
    styles: Vec<u16>,
}

impl Styles {
    fn add_format(&mut self, data: &[u8]) {
        let (Some(number), Some(text)) = (word(data, 0), data.get(5..)) else { return };
        // Characters of one byte, or of two.
        let code = if data[4] & 1 == 0 {
            text.iter().map(|byte| char::from(*byte)).collect()
        } else {
            let units: Vec<u16> = text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        };
        self.formats.extend(super::format::currency(&code).map(|currency| (number, currency)));
    }

    fn add_style(&mut self, data: &[u8]) {
        self.styles.push(word(data, 2).unwrap_or_default());
    }

    /// Notes the currency of the cell at a place of a record of cells.
    fn show(&self, data: &[u8], at: usize, shape: &mut Shape) -> io::Result<()> {
        let (Some(line), Some(column), Some(style)) = (word(data, 0), word(data, 2), word(data, 4 + 6 * at)) else {
            return Ok(());
        };
        let format = self.styles.get(usize::from(style));
        let Some(currency) = format.and_then(|format| self.formats.get(format)) else { return Ok(()) };
        let (line, column) = (u64::from(line) + 1, usize::from(column) + at);
        let damaged = |detail| WorkbookError::Damaged { path: Default::default(), detail };
        shape.show_currency((line, line), column, currency, damaged).map_err(io::Error::other)
    }
}

fn word(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*data.get(at..)?.first_chunk()?))
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
