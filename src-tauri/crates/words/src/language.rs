//! Names the languages, and finds the one that a tag means.

/// A language that Postonce speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Norwegian Bokmål.
    Bokmal,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Bokmal];

    /// Returns the tag of this language: `en` or `nb`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Bokmal => "nb",
        }
    }

    /// Returns the language for a tag as systems write them, such as `nb-NO`, `nn_NO` or `en_GB.UTF-8`. Every Norwegian
    /// gets Bokmål, everybody else English.
    pub fn of_tag(tag: &str) -> Self {
        let language = tag.split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        match language.as_str() {
            // The last is an old name of a locale that glibc still knows.
            "nb" | "nn" | "no" | "norwegian" => Self::Bokmal,
            _ => Self::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norwegian_tag_gets_bokmal_and_any_other_english() {
        for tag in ["nb", "nb_NO", "nb-NO", "nb_NO.UTF-8", "NB_no", "nn-NO", "nn_NO", "no", "no_NO.UTF-8", "norwegian"]
        {
            assert_eq!(Language::of_tag(tag), Language::Bokmal, "{tag}");
        }
        for tag in ["en", "en_US", "en-GB", "sv", "sv-SE", "", "C", "POSIX", "nbx", "norsk"] {
            assert_eq!(Language::of_tag(tag), Language::English, "{tag}");
        }
    }

    #[test]
    fn tag_of_a_language_leads_back_to_it() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), language);
        }
    }
}
