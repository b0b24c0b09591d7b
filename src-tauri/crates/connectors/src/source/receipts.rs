//! Takes the bytes of a receipt into a file of nobody's, with their hash and type, so that they are the same for as long
//! as they are sent, and their size is no matter of memory.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use postonce_engine::domain::{FileDigest, MediaType, Receipt};
use postonce_engine::error::Problem;
use postonce_engine::ports::ReceiptFile;
use sha2::{Digest as _, Sha256};

/// The bytes that are read at once.
const PIECE_BYTES: usize = 64 * 1024;

/// A receipt on its way into a file.
pub(crate) struct Intake {
    file: File,
    hash: Sha256,
    beginning: Vec<u8>,
    bytes: u64,
}

impl Intake {
    /// Begins with an empty file, which has no name and goes with the last who has it open.
    pub(crate) fn begin() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, hash: Sha256::new(), beginning: Vec::new(), bytes: 0 })
    }

    /// Takes the next bytes.
    pub(crate) fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        let missing = MediaType::BEGINNING_BYTES.saturating_sub(self.beginning.len()).min(piece.len());
        self.beginning.extend_from_slice(&piece[..missing]);
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        self.file.write_all(piece)
    }

    /// Ends: the bytes are a receipt if they are of a type and size that are taken.
    pub(crate) fn end(self, receipt: &Receipt) -> Result<ReceiptFile, Problem> {
        let Self { file, hash, beginning, bytes } = self;
        if bytes > Receipt::BYTES_MAX {
            return Err(too_large(receipt, bytes));
        }
        let media_type = MediaType::of(&beginning).ok_or_else(|| {
            let shown: String = beginning.iter().take(12).map(|byte| printable(*byte)).collect();
            Problem::receipt_unfit(&receipt.place, format!("“{shown}…”"), MediaType::names())
        })?;
        let digest = FileDigest::from_bytes(&hash.finalize()).ok_or_else(|| Problem::internal("a hash of 32 bytes"))?;
        Ok(ReceiptFile { file, digest, bytes, media_type })
    }
}

fn printable(byte: u8) -> char {
    if byte.is_ascii_graphic() { char::from(byte) } else { '·' }
}

/// Makes the problem of a receipt of so many bytes, at least.
pub(crate) fn too_large(receipt: &Receipt, bytes: u64) -> Problem {
    let kib = |bytes: u64| format!("{} KiB", bytes.div_ceil(1024));
    Problem::receipt_unfit(&receipt.place, kib(bytes), format!("≤ {}", kib(Receipt::BYTES_MAX)))
}

/// Makes the problem of a receipt that could not be read.
pub(crate) fn unread(receipt: &Receipt, detail: impl Display) -> Problem {
    Problem::receipt_unread(&receipt.place, detail)
}

/// Takes a receipt that lies in a folder, or in one below it. It blocks on the disk.
pub(crate) fn from_folder(folder: &Path, receipt: &Receipt) -> Result<ReceiptFile, Problem> {
    let path = inside(folder, receipt)?;
    let failed = |error: io::Error| unread(receipt, error);
    let mut file = File::open(path).map_err(failed)?;
    let there = file.metadata().map_err(failed)?;
    if !there.is_file() {
        return Err(Problem::receipt_missing(&receipt.place));
    }
    if there.len() > Receipt::BYTES_MAX {
        return Err(too_large(receipt, there.len()));
    }
    let (mut intake, mut piece) = (Intake::begin().map_err(failed)?, vec![0; PIECE_BYTES]);
    // A file that grows meanwhile is not read for ever.
    while intake.bytes <= Receipt::BYTES_MAX {
        let read = file.read(&mut piece).map_err(failed)?;
        if read == 0 {
            break;
        }
        intake.take(&piece[..read]).map_err(failed)?;
    }
    intake.end(receipt)
}

/// Returns the path of a receipt, if it lies in the folder: no step up, no root, and no link that leads out.
fn inside(folder: &Path, receipt: &Receipt) -> Result<PathBuf, Problem> {
    let outside = || Problem::receipt_outside(&receipt.place);
    // Spreadsheets of Windows write the other slash.
    let place = receipt.place.replace('\\', "/");
    let has_drive = place.as_bytes().get(1) == Some(&b':');
    let relative = Path::new(&place);
    let stays = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if has_drive || !relative.components().all(stays) {
        return Err(outside());
    }
    let missing = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Problem::receipt_missing(&receipt.place),
        _ => unread(receipt, error),
    };
    let (folder, path) = (fs::canonicalize(folder).map_err(missing)?, folder.join(relative));
    let path = fs::canonicalize(path).map_err(missing)?;
    if path.starts_with(&folder) { Ok(path) } else { Err(outside()) }
}

#[cfg(test)]
mod tests {
    use postonce_engine::error::ErrorCode;

    use super::*;

    fn receipt(place: &str) -> Receipt {
        Receipt::new(place, None).expect("a place")
    }

    fn code(folder: &Path, place: &str) -> Option<ErrorCode> {
        from_folder(folder, &receipt(place)).err().map(|problem| problem.code)
    }

    #[test]
    fn receipt_is_taken_from_the_folder_and_from_nowhere_else() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("source");
        fs::create_dir_all(folder.join("bilag")).expect("writable");
        for path in ["source/bilag/tog.pdf", "other.pdf"] {
            fs::write(root.path().join(path), b"%PDF-1.7 x").expect("writable");
        }
        let taken = from_folder(&folder, &receipt("bilag\\tog.pdf")).expect("it lies there");
        assert_eq!((taken.bytes, taken.media_type), (10, MediaType::Pdf));
        let expected: [u8; 32] = Sha256::digest(b"%PDF-1.7 x").into();
        assert_eq!(taken.digest.as_bytes(), &expected);
        let absolute = root.path().join("source/bilag/tog.pdf").to_string_lossy().into_owned();
        for place in ["../other.pdf", "bilag/../../other.pdf", &absolute, "C:\\bilag\\tog.pdf", "..\\other.pdf"] {
            assert_eq!(code(&folder, place), Some(ErrorCode::ReceiptOutside), "{place}");
        }
        assert_eq!(code(&folder, "bilag/hotell.pdf"), Some(ErrorCode::ReceiptMissing));
        assert_eq!(code(&folder, "bilag"), Some(ErrorCode::ReceiptMissing));
    }

    #[cfg(unix)]
    #[test]
    fn link_that_leads_out_of_the_folder_is_not_followed() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("source");
        fs::create_dir_all(&folder).expect("writable");
        fs::write(root.path().join("other.pdf"), b"%PDF-1.7").expect("writable");
        std::os::unix::fs::symlink(root.path().join("other.pdf"), folder.join("link.pdf")).expect("a link");
        std::os::unix::fs::symlink(root.path(), folder.join("up")).expect("a link");
        assert_eq!(code(&folder, "link.pdf"), Some(ErrorCode::ReceiptOutside));
        assert_eq!(code(&folder, "up/other.pdf"), Some(ErrorCode::ReceiptOutside));
    }

    #[test]
    fn receipt_of_another_type_or_size_is_not_taken() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("a.pdf"), b"MZ\x90\0").expect("writable");
        fs::write(folder.path().join("empty.pdf"), b"").expect("writable");
        let large = File::create(folder.path().join("large.pdf")).expect("writable");
        large.set_len(Receipt::BYTES_MAX + 1).expect("a sparse file");
        for place in ["a.pdf", "empty.pdf", "large.pdf"] {
            assert_eq!(code(folder.path(), place), Some(ErrorCode::ReceiptUnfit), "{place}");
        }
    }
}
