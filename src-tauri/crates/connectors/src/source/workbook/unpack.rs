//! Looks at a workbook from outside, before any parser does: of which kind it is, whether it has a password, and whether
//! it unpacks to no more than a bound. Sizes that the package states are not believed: they are measured.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::WorkbookError;

/// The most bytes that a workbook may unpack to. A sheet of 100,000 rows and twenty columns has about a hundred million.
const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The most bytes of a workbook of the old kind, which is not packed.
const OLD_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most parts of a package.
const PARTS_MAX: usize = 10_000;
/// The bytes that tell kinds of files apart.
const GLIMPSE_BYTES: u64 = 512;

/// A kind of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `.xlsx` and `.xlsm`.
    Xlsx,
    /// `.ods`.
    Ods,
    /// `.xls`, of Excel 97 to 2003.
    Xls,
}

const OLD: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Says whether a file is a workbook by its content, whatever its name; one with a password is.
pub(crate) fn is_workbook(path: &Path) -> bool {
    matches!(kind(path), Ok(_) | Err(WorkbookError::Password(_) | WorkbookError::TooLarge { .. }))
}

/// Returns the kind of a workbook that may be opened.
pub(super) fn kind(path: &Path) -> Result<Kind, WorkbookError> {
    kind_within(path, UNPACKED_BYTES_MAX)
}

pub(super) fn kind_within(path: &Path, unpacked_max: u64) -> Result<Kind, WorkbookError> {
    let unreadable = |source| WorkbookError::Unreadable { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut beginning = Vec::new();
    (&mut file).take(GLIMPSE_BYTES).read_to_end(&mut beginning).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    if beginning.starts_with(b"PK") {
        return packed(path, file, unpacked_max);
    }
    if beginning.starts_with(&OLD) {
        let bytes = file.metadata().map_err(unreadable)?.len();
        if bytes > OLD_BYTES_MAX {
            return Err(too_large(path, OLD_BYTES_MAX));
        }
        return if is_encrypted(file).map_err(unreadable)? {
            Err(WorkbookError::Password(path.to_owned()))
        } else {
            Ok(Kind::Xls)
        };
    }
    Err(WorkbookError::NotAWorkbook { path: path.to_owned(), found: likely(&beginning).to_owned() })
}

fn too_large(path: &Path, bytes: u64) -> WorkbookError {
    WorkbookError::TooLarge { path: path.to_owned(), limit: format!("{} MB", bytes / (1024 * 1024)) }
}

fn likely(beginning: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(beginning).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if beginning.is_empty() {
        "0 B"
    } else if text.starts_with("%pdf") {
        "PDF"
    } else if text.starts_with('<') && (text.contains("<html") || text.contains("<table")) {
        "HTML"
    } else if text.starts_with("<?xml") {
        "XML"
    } else if beginning.contains(&0) {
        "?"
    } else {
        "CSV"
    }
}

/// Says whether an OLE file holds a package that Excel encrypted: its directory then has a stream of this name.
fn is_encrypted(file: File) -> io::Result<bool> {
    let name: Vec<u8> = "EncryptedPackage\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut whole = Vec::new();
    BufReader::new(file).take(OLD_BYTES_MAX).read_to_end(&mut whole)?;
    Ok(whole.windows(name.len()).any(|window| window == name))
}

fn packed(path: &Path, file: File, unpacked_max: u64) -> Result<Kind, WorkbookError> {
    let damaged = |error: &dyn ToString| WorkbookError::Damaged { path: path.to_owned(), detail: error.to_string() };
    let mut parts = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
    if parts.len() > PARTS_MAX {
        return Err(damaged(&format!("{} parts", parts.len())));
    }
    let has = |name: &str| parts.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name));
    let kind = if has("xl/workbook.xml") {
        Kind::Xlsx
    } else if has("content.xml") && has("mimetype") {
        Kind::Ods
    } else {
        let found = if has("xl/workbook.bin") { "xlsb" } else { "ZIP" };
        return Err(WorkbookError::NotAWorkbook { path: path.to_owned(), found: found.to_owned() });
    };
    let mut left = unpacked_max;
    for at in 0..parts.len() {
        let is_read = parts.name_for_index(at).is_some_and(|name| name.is_ok_and(|name| is_read(&name)));
        if !is_read {
            continue;
        }
        let part = match parts.by_index(at) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(WorkbookError::Password(path.to_owned()));
            }
            Err(error) => return Err(damaged(&error)),
        };
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|error| damaged(&error))?;
        left = left.checked_sub(unpacked).ok_or_else(|| too_large(path, unpacked_max))?;
    }
    Ok(kind)
}

/// Says whether a part is read at all; pictures and macros are not.
fn is_read(part: &str) -> bool {
    let name = part.to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".rels") || name == "mimetype"
}
