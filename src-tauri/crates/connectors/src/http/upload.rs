//! Streams a file as the body of a request, as it is or as a text in JSON, so that its size is no matter of memory.

use std::fs::File;
use std::io;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use futures_util::stream;

/// The bytes of the file that are read at once; a multiple of three, so that each piece is whole in base64.
const PIECE_BYTES: usize = 48 * 1024;

/// The body of a request that has a file in it.
#[derive(Debug)]
pub(crate) struct Upload {
    before: Vec<u8>,
    after: Vec<u8>,
    file: File,
    bytes: u64,
    is_base64: bool,
}

/// The text in a JSON document in whose place the file comes. It begins with a control character, which no name of a
/// receipt has.
pub(crate) const FILE_MARK: &str = "\u{1}file";
/// The same text as JSON writes it.
const FILE_MARK_WRITTEN: &str = "\\u0001file";

/// A body on its way.
struct Pieces {
    upload: Arc<Upload>,
    next: Next,
}

enum Next {
    Before,
    Piece(u64),
}

impl Upload {
    /// Takes a file of so many bytes, as it is.
    pub(crate) fn plain(file: &File, bytes: u64) -> io::Result<Self> {
        Ok(Self { before: Vec::new(), after: Vec::new(), file: file.try_clone()?, bytes, is_base64: false })
    }

    /// Takes a JSON text with [`FILE_MARK`] in it, once, in whose place the file comes in base64.
    pub(crate) fn in_json(text: &str, file: &File, bytes: u64) -> io::Result<Self> {
        let (before, after) =
            text.split_once(FILE_MARK_WRITTEN).ok_or_else(|| io::Error::other("no place for a file"))?;
        let (before, after) = (before.as_bytes().to_vec(), after.as_bytes().to_vec());
        Ok(Self { before, after, file: file.try_clone()?, bytes, is_base64: true })
    }

    /// Returns the number of bytes of the body.
    pub(crate) fn length(&self) -> u64 {
        let of_file = if self.is_base64 { self.bytes.div_ceil(3) * 4 } else { self.bytes };
        of_file + (self.before.len() + self.after.len()) as u64
    }

    /// Returns the body. A file that is shorter than it was breaks it off, and so the request.
    pub(crate) fn into_body(self) -> reqwest::Body {
        let first = Pieces { upload: Arc::new(self), next: Next::Before };
        reqwest::Body::wrap_stream(stream::unfold(Some(first), |pieces| async move {
            let pieces = pieces?;
            let read = tokio::task::spawn_blocking(move || pieces.read()).await;
            Some(read.unwrap_or_else(|error| (Err(io::Error::other(error)), None)))
        }))
    }
}

impl Pieces {
    /// Returns the next piece, and what comes behind it.
    fn read(self) -> (io::Result<Vec<u8>>, Option<Self>) {
        let Self { upload, next } = self;
        let behind = |next| Some(Self { upload: Arc::clone(&upload), next });
        match next {
            Next::Before => (Ok(upload.before.clone()), behind(Next::Piece(0))),
            Next::Piece(offset) if offset < upload.bytes => {
                let wanted = usize::try_from(upload.bytes - offset).unwrap_or(usize::MAX).min(PIECE_BYTES);
                let mut piece = vec![0; wanted];
                if let Err(error) = read_at(&upload.file, &mut piece, offset) {
                    return (Err(error), None);
                }
                let piece = if upload.is_base64 { BASE64_STANDARD.encode(piece).into_bytes() } else { piece };
                (Ok(piece), behind(Next::Piece(offset + wanted as u64)))
            }
            Next::Piece(_) => (Ok(upload.after.clone()), None),
        }
    }
}

/// Reads at a place, whatever place others read at through the same file.
#[cfg(unix)]
fn read_at(file: &File, piece: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, piece, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut piece: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !piece.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, piece, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => (piece, offset) = (&mut piece[read..], offset + read as u64),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// Returns the whole body of an upload.
    fn whole(upload: Upload) -> Vec<u8> {
        let (mut whole, mut next) = (Vec::new(), Some(Pieces { upload: Arc::new(upload), next: Next::Before }));
        while let Some(pieces) = next {
            let (piece, behind) = pieces.read();
            whole.extend(piece.expect("the file is whole"));
            next = behind;
        }
        whole
    }

    #[test]
    fn file_in_a_json_text_is_one_base64_text_of_the_stated_length() {
        let bytes: Vec<u8> = (0..PIECE_BYTES * 2 + 1).map(|place| u8::try_from(place % 251).expect("small")).collect();
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(&bytes).expect("writable");
        // A name may be like the mark.
        let text = serde_json::json!(["postonce:file.pdf", "u0001file", FILE_MARK]).to_string();
        let upload = Upload::in_json(&text, &file, bytes.len() as u64);
        let upload = upload.expect("the text has the mark");
        let length = upload.length();
        let body = whole(upload);
        assert_eq!(body.len() as u64, length);
        let expected = format!("[\"postonce:file.pdf\",\"u0001file\",\"{}\"]", BASE64_STANDARD.encode(&bytes));
        assert_eq!(body, expected.into_bytes());
        assert_eq!(whole(Upload::plain(&file, bytes.len() as u64).expect("a clone")), bytes);
        assert!(Upload::in_json("{}", &file, 1).is_err());
    }
}
