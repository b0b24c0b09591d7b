//! Holds the measures of a page, and draws on it.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;

use super::face::Face;

/// The width of A4, in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
pub(super) const LEFT: f32 = 52.0;
pub(super) const RIGHT: f32 = WIDTH - 52.0;
pub(super) const TOP: f32 = 54.0;
/// The lower end of the content.
pub(super) const BOTTOM: f32 = HEIGHT - 62.0;
/// The line of the foot.
pub(super) const FOOT: f32 = HEIGHT - 38.0;

/// The few colours of a report. Each meaning stands in words too.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ink {
    Black,
    Grey,
    Hairline,
    Band,
    Good,
    Attention,
}

impl Ink {
    fn fill(self) -> Fill {
        let (r, g, b) = match self {
            Self::Black => (0x1a, 0x1d, 0x21),
            Self::Grey => (0x5c, 0x63, 0x6b),
            Self::Hairline => (0xc9, 0xcd, 0xd2),
            Self::Band => (0xf3, 0xf4, 0xf6),
            Self::Good => (0x1f, 0x6f, 0x43),
            Self::Attention => (0xa8, 0x4b, 0x0a),
        };
        Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
    }
}

/// Text at a place, on its baseline.
pub(super) struct Text<'a> {
    pub(super) face: &'a Face,
    pub(super) size: f32,
    pub(super) ink: Ink,
}

impl Text<'_> {
    pub(super) fn at(&self, surface: &mut Surface<'_>, x: f32, y: f32, text: &str) {
        let (text, glyphs) = self.face.glyphs(text);
        if glyphs.is_empty() {
            return;
        }
        surface.set_fill(Some(self.ink.fill()));
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, self.face.font.clone(), &text, self.size, false);
    }
}

/// Draws a filled rectangle.
pub(super) fn bar(surface: &mut Surface<'_>, (x, y): (f32, f32), (width, height): (f32, f32), ink: Ink) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        surface.set_fill(Some(ink.fill()));
        surface.draw_path(&path);
    }
}
