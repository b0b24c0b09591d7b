//! Names the encodings of text files, and decodes them: those of the web, and the code pages of DOS, in which old
//! programs still export.

use encoding_rs::{DecoderResult, Encoding};

/// The encoding of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// An encoding of the web.
    Web(&'static Encoding),
    /// A code page of DOS.
    Dos(&'static DosPage),
}

/// A code page of DOS: ASCII, and 128 characters more.
#[derive(Debug, PartialEq, Eq)]
pub struct DosPage {
    name: &'static str,
    /// The characters from 128 on.
    upper: &'static str,
}

const DOS_PAGES: [DosPage; 3] = [
    DosPage {
        name: "cp437",
        upper: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
    },
    DosPage {
        name: "cp850",
        upper: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
    },
    DosPage {
        name: "cp865",
        upper: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø₧ƒáíóúñÑªº¿⌐¬½¼¡«¤░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
    },
];

impl Charset {
    /// The encoding of a file of which nothing else is known.
    pub const UTF_8: Self = Self::Web(encoding_rs::UTF_8);

    /// Returns the encoding of that name, in any case; `None` for one that nobody knows. `cp850`, `ibm850` and `850`
    /// are one.
    pub fn for_label(label: &str) -> Option<Self> {
        let label = label.trim().to_ascii_lowercase();
        let number = label.strip_prefix("cp").or(label.strip_prefix("ibm")).unwrap_or(&label);
        let page = DOS_PAGES.iter().find(|page| page.name.strip_prefix("cp") == Some(number));
        match page {
            Some(page) => Some(Self::Dos(page)),
            None => Encoding::for_label_no_replacement(label.as_bytes()).map(Self::Web),
        }
    }

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Web(encoding) => encoding.name(),
            Self::Dos(page) => page.name,
        }
    }

    /// Says whether every byte is a character of its own, so that a file of UTF-8 could be read as one of this.
    pub fn is_single_byte(self) -> bool {
        match self {
            Self::Web(encoding) => encoding.is_single_byte(),
            Self::Dos(_) => true,
        }
    }

    /// Starts to decode a file that begins with these bytes. A byte order mark decides, whatever the file was said to
    /// be.
    pub(crate) fn decoder(self, beginning: &[u8]) -> Decoder {
        match (self, Encoding::for_bom(beginning)) {
            (_, Some((encoding, _))) | (Self::Web(encoding), None) => Decoder::Web(Box::new(encoding.new_decoder())),
            (Self::Dos(page), None) => Decoder::Dos(page),
        }
    }
}

/// A decoding in progress.
pub(crate) enum Decoder {
    Web(Box<encoding_rs::Decoder>),
    Dos(&'static DosPage),
}

/// The bytes are not of the encoding.
pub(crate) struct Malformed;

impl Decoder {
    /// Decodes more bytes behind `text`; the number of bytes that were taken is returned, which may be fewer than there
    /// are. `last` says that no more bytes will come.
    pub(crate) fn decode(&mut self, bytes: &[u8], text: &mut String, last: bool) -> Result<usize, Malformed> {
        match self {
            Self::Dos(page) => {
                text.extend(bytes.iter().map(|&byte| match byte {
                    0..128 => char::from(byte),
                    _ => page.upper.chars().nth(usize::from(byte - 128)).unwrap_or(char::REPLACEMENT_CHARACTER),
                }));
                Ok(bytes.len())
            }
            Self::Web(decoder) => {
                // Three bytes for each, and a few for a character that was begun.
                text.reserve(bytes.len().saturating_mul(3).saturating_add(16));
                match decoder.decode_to_string_without_replacement(bytes, text, last) {
                    (DecoderResult::Malformed(..), _) => Err(Malformed),
                    (DecoderResult::InputEmpty | DecoderResult::OutputFull, taken) => Ok(taken),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(label: &str, bytes: &[u8]) -> String {
        let mut text = String::new();
        let charset = Charset::for_label(label).expect("a known name");
        assert!(charset.decoder(bytes).decode(bytes, &mut text, true).is_ok());
        text
    }

    #[test]
    fn encoding_of_dos_and_mac_has_its_letters() {
        assert_eq!(decoded("cp850", b"Bl\x86b\x91r p\x86 R\x9bros"), "Blåbær på Røros");
        assert_eq!(decoded("IBM865", b"K\x86re \x9d"), "Kåre Ø");
        assert_eq!(decoded("437", b"\x8f\x92\x99"), "ÅÆÖ");
        assert_eq!(decoded("macintosh", b"Bel\xbfp"), "Beløp");
        for page in &DOS_PAGES {
            assert_eq!((page.upper.chars().count(), page.upper.chars().nth(6)), (128, Some('å')), "{}", page.name);
        }
    }

    #[test]
    fn byte_order_mark_decides_before_the_name() {
        assert_eq!(decoded("cp850", "\u{feff}Bodø".as_bytes()), "Bodø");
        assert_eq!(Charset::for_label("cp1252").map(Charset::name), Some("windows-1252"));
        assert_eq!(Charset::for_label("replacement"), None);
    }
}
