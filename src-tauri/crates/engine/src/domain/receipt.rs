//! Holds receipts: the papers behind a record, which are attached to its voucher.
//!
//! Invariant: a receipt is no part of a record's content, so that naming one changes no fingerprint. On a voucher it is
//! known by the SHA-256 of its bytes.

use serde::{Deserialize, Serialize};

use super::text_value::text_value;

/// A receipt, as a record names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The place where its source has it: a path beside the file of records, or an address of the platform.
    pub place: String,
    /// The name under which it is attached.
    pub name: String,
}

impl Receipt {
    /// The number of receipts of one record, at most.
    pub const PER_RECORD_MAX: usize = 50;
    /// The length of a place, at most, in bytes.
    pub const PLACE_BYTES_MAX: usize = 1_000;
    /// The size of a receipt, at most, in bytes.
    pub const BYTES_MAX: u64 = 8 * 1024 * 1024;
    /// The length of a name, at most, in characters.
    const NAME_CHARS_MAX: usize = 120;

    /// Takes a place as its source writes it, and a name; without one, the last part of the place is the name. Returns
    /// `None` if the place is empty, too long, or has a control character.
    pub fn new(place: &str, name: Option<&str>) -> Option<Self> {
        let place = place.trim();
        if place.is_empty() || place.len() > Self::PLACE_BYTES_MAX || place.chars().any(char::is_control) {
            return None;
        }
        let path = place.split(['?', '#']).next().unwrap_or(place).trim_end_matches(['/', '\\']);
        let last = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(last);
        let is_of_a_name = |c: &char| !c.is_control() && !matches!(c, '/' | '\\');
        let name: String = name.chars().filter(is_of_a_name).take(Self::NAME_CHARS_MAX).collect();
        Some(Self { place: place.to_owned(), name: if name.is_empty() { place.to_owned() } else { name } })
    }
}

text_value! {
    /// The state of a receipt of an attempt.
    ReceiptState {
        /// It was not sent yet.
        Planned = "planned",
        /// It was sent, or maybe; the voucher is looked at before it is sent again.
        Sent = "sent",
        /// It stands on the voucher.
        Attached = "attached",
        /// It could not be fetched, or was refused. The next sync tries again.
        Failed = "failed",
        /// A person has decided that the voucher stays without it.
        SetAside = "set_aside",
    }
}

text_value! {
    /// A type of paper that is taken as a receipt.
    MediaType {
        /// A document.
        Pdf = "application/pdf",
        /// A photograph.
        Jpeg = "image/jpeg",
        /// A picture.
        Png = "image/png",
        /// A photograph, as telephones make them.
        Heic = "image/heic",
        /// A scan.
        Tiff = "image/tiff",
        /// A picture.
        Gif = "image/gif",
        /// A picture.
        Webp = "image/webp",
        /// An electronic invoice.
        Xml = "application/xml",
    }
}

impl MediaType {
    /// The number of bytes that [`MediaType::of`] looks at.
    pub const BEGINNING_BYTES: usize = 64;

    /// Returns the type that the first bytes of a file show, whatever its name says; `None` for any that is not taken.
    pub fn of(beginning: &[u8]) -> Option<Self> {
        let is_heic =
            |brand: &[u8]| matches!(brand, b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1");
        Some(match beginning {
            [b'%', b'P', b'D', b'F', b'-', ..] => Self::Pdf,
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Self::Png,
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if brand.get(..4).is_some_and(is_heic) => Self::Heic,
            [b'I', b'I', 0x2a, 0, ..] | [b'M', b'M', 0, 0x2a, ..] => Self::Tiff,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::Webp,
            _ => {
                let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
                return text.starts_with(b"<?xml").then_some(Self::Xml);
            }
        })
    }

    /// Returns the names of the types, for people.
    pub fn names() -> String {
        Self::ALL.iter().filter_map(|one| one.as_str().rsplit('/').next()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipt_is_named_by_the_last_part_of_its_place() {
        let named = |place: &str, name: Option<&str>| Receipt::new(place, name).map(|receipt| receipt.name);
        assert_eq!(named(" bilag/tog.pdf ", None).as_deref(), Some("tog.pdf"));
        assert_eq!(named("https://p.example/r/17/?size=full", None).as_deref(), Some("17"));
        assert_eq!(named("v1/receipts/17", Some("Tog\n til/Bodø.pdf")).as_deref(), Some("Tog tilBodø.pdf"));
        assert_eq!(named("..", None).as_deref(), Some(".."), "whether it may be fetched is its source's to say");
        assert_eq!(named("  ", None), None);
        assert_eq!(named("a\0b", None), None);
        assert_eq!(named(&"x".repeat(1_001), None), None);
    }

    #[test]
    fn type_is_what_the_first_bytes_show() {
        for (beginning, expected) in [
            (&b"%PDF-1.7\n"[..], Some(MediaType::Pdf)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(MediaType::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0", Some(MediaType::Png)),
            (b"\0\0\0\x18ftypheic\0", Some(MediaType::Heic)),
            (b"II*\0\x08", Some(MediaType::Tiff)),
            (b"GIF89a", Some(MediaType::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(MediaType::Webp)),
            (b"\xef\xbb\xbf <?xml version=\"1.0\"?><Invoice/>", Some(MediaType::Xml)),
            (b"\0\0\0\x18ftypisom", None),
            (b"<html>", None),
            (b"MZ\x90", None),
            (b"", None),
        ] {
            assert_eq!(MediaType::of(beginning), expected, "{beginning:?}");
        }
        assert_eq!(MediaType::names(), "pdf, jpeg, png, heic, tiff, gif, webp, xml");
    }
}
