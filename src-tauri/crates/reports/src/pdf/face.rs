//! Measures texts in a face of the font, and finds their glyphs.

use std::collections::HashMap;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use crate::ReportError;

/// The sign for a character that the font lacks.
const UNKNOWN: char = '\u{fffd}';

/// One face of Noto Sans.
pub(super) struct Face {
    pub(super) font: Font,
    /// The glyph of each character, and its advance in parts of the size.
    glyphs: HashMap<char, (u32, f32)>,
}

impl Face {
    pub(super) fn regular() -> Result<Self, ReportError> {
        Self::read(include_bytes!("../../fonts/NotoSans-Regular.ttf"))
    }

    pub(super) fn bold() -> Result<Self, ReportError> {
        Self::read(include_bytes!("../../fonts/NotoSans-Bold.ttf"))
    }

    fn read(bytes: &'static [u8]) -> Result<Self, ReportError> {
        let broken = |detail: &str| ReportError::Pdf(format!("the font cannot be read: {detail}"));
        let font = Font::new(bytes.to_vec().into(), 0).ok_or_else(|| broken("no face"))?;
        let file = FontRef::new(bytes).map_err(|error| broken(&error.to_string()))?;
        let metrics = file.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = f32::from(file.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        let mut glyphs = HashMap::new();
        for (code, glyph) in file.charmap().mappings() {
            if let Some(character) = char::from_u32(code) {
                glyphs.insert(character, (glyph.to_u32(), metrics.advance_width(glyph).unwrap_or(0.0) / units));
            }
        }
        Ok(Self { font, glyphs })
    }

    /// Returns the text in characters that the font has.
    fn known(&self, text: &str) -> String {
        let known = |character: char| match character {
            character if character.is_control() => ' ',
            character if self.glyphs.contains_key(&character) => character,
            _ if self.glyphs.contains_key(&UNKNOWN) => UNKNOWN,
            _ => '?',
        };
        text.chars().map(known).collect()
    }

    /// Returns the width of the text at that size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        self.known(text)
            .chars()
            .filter_map(|character| self.glyphs.get(&character))
            .map(|(_, advance)| advance * size)
            .sum()
    }

    /// Returns the text and its glyphs, ready to be drawn.
    pub(super) fn glyphs(&self, text: &str) -> (String, Vec<KrillaGlyph>) {
        let text = self.known(text);
        let glyphs = text.char_indices().filter_map(|(start, character)| {
            let (glyph, advance) = *self.glyphs.get(&character)?;
            let end = start + character.len_utf8();
            Some(KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, start..end, None))
        });
        let glyphs = glyphs.collect();
        (text, glyphs)
    }

    /// Returns as much of the text as fits, with an ellipsis when that is not all.
    pub(super) fn fit(&self, text: &str, size: f32, room: f32) -> String {
        if self.width(text, size) <= room {
            return text.to_owned();
        }
        let mut fitting = String::new();
        let mut left = room - self.width("…", size);
        for character in text.chars() {
            left -= self.width(character.encode_utf8(&mut [0; 4]), size);
            if left < 0.0 {
                break;
            }
            fitting.push(character);
        }
        fitting + "…"
    }

    /// Breaks the text into lines that fit, between words; a word that fits in no line is cut.
    pub(super) fn wrap(&self, text: &str, size: f32, room: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size) <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(self.fit(word, size, room)),
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_european_names_and_a_long_text_an_ellipsis() {
        let face = Face::regular().expect("the font is compiled in");
        let name = "Øyvind Čapek-Łuczyński Παπαδοπούλου Ковальчук";
        assert_eq!(face.known(name), name);
        assert_eq!(face.known("名"), UNKNOWN.to_string());
        let fitted = face.fit(name, 8.0, 60.0);
        assert!(fitted.ends_with('…') && face.width(&fitted, 8.0) <= 60.0, "{fitted}");
        let lines = face.wrap("one two three four five six", 10.0, 50.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| face.width(line, 10.0) <= 50.0), "{lines:?}");
    }
}
