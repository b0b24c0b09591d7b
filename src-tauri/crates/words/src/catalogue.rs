//! Defines the form of a catalogue.

use crate::Language;

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    english: &'static str,
    bokmal: &'static str,
}

impl Message {
    /// Makes a message; [`catalogue!`](crate::catalogue) calls it for each of its texts.
    pub const fn new(english: &'static str, bokmal: &'static str) -> Self {
        Self { english, bokmal }
    }

    /// Returns the text in a language.
    pub const fn text(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Bokmal => self.bokmal,
        }
    }
}

/// Stops the compiler at a sentence that leaves out a parameter in one language; [`catalogue!`](crate::catalogue) calls
/// it for each parameter.
#[doc(hidden)]
pub const fn assert_parameter(english: &str, bokmal: &str, parameter: &str) {
    assert!(contains(english, parameter) && contains(bokmal, parameter), "a sentence leaves out a parameter");
}

const fn contains(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    let mut start = 0;
    while start + wanted.len() <= text.len() {
        let mut same = 0;
        while same < wanted.len() && text[start + same] == wanted[same] {
            same += 1;
        }
        if same == wanted.len() {
            return true;
        }
        start += 1;
    }
    false
}

/// Defines a catalogue for its crate: a [`Message`] for each text, and a function for each sentence with parameters.
/// English stands first, Bokmål second.
///
/// ```
/// use postonce_words::{Language, catalogue};
///
/// catalogue! {
///     EXPORTED: "Exported", "Eksportert";
///     hours(hours: u64): "{hours} h", "{hours} t";
/// }
///
/// assert_eq!(EXPORTED.text(Language::Bokmal), "Eksportert");
/// assert_eq!(hours(Language::English, 3), "3 h");
/// ```
///
/// A message without one of the languages does not compile:
///
/// ```compile_fail
/// postonce_words::catalogue! {
///     EXPORTED: "Exported";
/// }
/// ```
///
/// Nor does a sentence that leaves out a parameter in one of them:
///
/// ```compile_fail
/// postonce_words::catalogue! {
///     sent(processed: u64, total: u64): "{processed} of {total} sent", "{processed} er sendt";
/// }
/// ```
#[macro_export]
macro_rules! catalogue {
    (@message $(#[$meta:meta])* $name:ident: $english:literal, $bokmal:literal) => {
        $(#[$meta])*
        pub(crate) const $name: $crate::Message = $crate::Message::new($english, $bokmal);
    };
    (@message $(#[$meta:meta])* $name:ident($($parameter:ident: $type:ty),+): $english:literal, $bokmal:literal) => {
        $(#[$meta])*
        pub(crate) fn $name(language: $crate::Language, $($parameter: $type),+) -> ::std::string::String {
            const _: () = {
                $($crate::assert_parameter($english, $bokmal, ::std::concat!("{", ::std::stringify!($parameter), "}"));)+
            };
            match language {
                $crate::Language::English => ::std::format!($english),
                $crate::Language::Bokmal => ::std::format!($bokmal),
            }
        }
    };
    ($($(#[$meta:meta])* $name:ident$(($($parameter:ident: $type:ty),+))?: $english:literal, $bokmal:literal;)+) => {
        $($crate::catalogue! { @message $(#[$meta])* $name$(($($parameter: $type),+))?: $english, $bokmal })+
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    catalogue! {
        LEFT: "left", "igjen";
        /// A sentence with parameters of two kinds.
        sent(name: &str, processed: u64): "{name} has sent {processed}", "{processed} er sendt av {name}";
    }

    #[test]
    fn message_speaks_both_languages() {
        assert_eq!(Language::ALL.map(|language| LEFT.text(language)), ["left", "igjen"]);
    }

    #[test]
    fn parameter_is_found_wherever_it_stands() {
        for text in ["{n} of {total}", "{total}: {n}", "{{n} {n}", "{n}"] {
            assert!(contains(text, "{n}"), "{text}");
        }
        for text in ["", "n", "{n", "{name}", "{ n}"] {
            assert!(!contains(text, "{n}"), "{text}");
        }
    }

    #[test]
    fn sentence_has_its_parameters_in_both_languages() {
        let sentences = Language::ALL.map(|language| sent(language, "kari", 40));
        assert_eq!(sentences, ["kari has sent 40", "40 er sendt av kari"]);
    }
}
