//! IBM code page 437, which SIE calls PC8: ASCII, and these 128 characters above it.
//!
//! Source: Unicode's table `VENDORS/MICSFT/PC/CP437.TXT`. No crate that is kept encodes it: encoding_rs leaves it out,
//! for the web never used it.

const ABOVE_ASCII: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å', 'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û',
    'ù', 'ÿ', 'Ö', 'Ü', '¢', '£', '¥', '₧', 'ƒ', 'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '⌐', '¬', '½', '¼', '¡',
    '«', '»', '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕', '╣', '║', '╗', '╝', '╜', '╛', '┐', '└', '┴', '┬', '├', '─',
    '┼', '╞', '╟', '╚', '╔', '╩', '╦', '╠', '═', '╬', '╧', '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█',
    '▄', '▌', '▐', '▀', 'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩', '≡', '±', '≥',
    '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{a0}',
];

/// Returns the character of a byte.
pub(crate) fn letter(byte: u8) -> char {
    match byte.checked_sub(128) {
        Some(index) => ABOVE_ASCII[usize::from(index)],
        None => char::from(byte),
    }
}

/// Returns the byte of a character beyond ASCII; `None` if the code page lacks it.
pub(crate) fn byte(letter: char) -> Option<u8> {
    let index = ABOVE_ASCII.iter().position(|known| *known == letter)?;
    u8::try_from(index + 128).ok()
}
