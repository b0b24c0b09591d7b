//! Encodings. A letter that an encoding lacks is an error, never another letter.

use std::borrow::Cow;
use std::fmt;

use crate::cp437;

/// An encoding of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8 without a mark at its beginning.
    #[default]
    Utf8,
    /// UTF-8 with the mark by which spreadsheets know it.
    Utf8WithMark,
    /// Windows code page 1252, “ANSI” in western Europe.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// IBM code page 437, `PC8` in SIE files.
    Cp437,
}

/// The mark at the beginning of UTF-8.
pub(crate) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl Encoding {
    /// Appends the text in this encoding.
    ///
    /// # Errors
    /// The first letter that it lacks; part of the text may be appended then.
    pub(crate) fn encode(self, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        if text.is_ascii() || matches!(self, Self::Utf8 | Self::Utf8WithMark) {
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        for letter in text.chars() {
            out.push(self.byte_of(letter).ok_or(letter)?);
        }
        Ok(())
    }

    /// Returns the text of these bytes; `None` if they are none in this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 | Self::Utf8WithMark => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling_and_without_replacement(bytes),
            Self::Cp437 if bytes.is_ascii() => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Cp437 => Some(bytes.iter().map(|byte| cp437::letter(*byte)).collect::<String>().into()),
        }
    }

    fn byte_of(self, letter: char) -> Option<u8> {
        if letter.is_ascii() {
            return u8::try_from(letter).ok();
        }
        if self == Self::Cp437 {
            return cp437::byte(letter);
        }
        let mut text = [0; 4];
        // The five bytes that the code page leaves free stand for control characters in the web's reading of it.
        let (bytes, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(letter.encode_utf8(&mut text));
        match bytes.as_ref() {
            [byte] if !is_lossy && !letter.is_control() => Some(*byte),
            _ => None,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 | Self::Utf8WithMark => "UTF-8",
            Self::Windows1252 => "Windows-1252",
            Self::Cp437 => "code page 437",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letter_that_is_lacking_is_named() {
        assert_eq!(Encoding::Windows1252.encode("Łódź", &mut Vec::new()), Err('Ł'));
        assert_eq!(Encoding::Cp437.encode("Bodø", &mut Vec::new()), Err('ø'));
        assert_eq!(Encoding::Windows1252.encode("a\u{81}", &mut Vec::new()), Err('\u{81}'));
    }

    #[test]
    fn code_pages_have_their_letters() {
        let mut bytes = Vec::new();
        Encoding::Cp437.encode("Åäö", &mut bytes).unwrap();
        Encoding::Windows1252.encode("Øæ€", &mut bytes).unwrap();
        assert_eq!(bytes, [0x8f, 0x84, 0x94, 0xd8, 0xe6, 0x80]);
    }

    proptest! {
        #[test]
        fn text_is_decoded_as_itself_or_was_refused(text: String) {
            for encoding in [Encoding::Utf8, Encoding::Windows1252, Encoding::Cp437] {
                let mut bytes = Vec::new();
                if encoding.encode(&text, &mut bytes).is_ok() {
                    prop_assert_eq!(encoding.decode(&bytes), Some(text.as_str().into()));
                }
            }
        }
    }
}
