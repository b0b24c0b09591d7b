//! Recognises references in the texts of a book, where people and importers have put other words around them.
//!
//! A reference stands in a text if it is there between borders. Spaces, quotes, brackets and separators are borders. A
//! letter, digit, `-`, `_`, `#` or `~` is none, for it may belong to a longer reference: `hlf:U-0001` stands neither in
//! `hlf:U-00012`, `xhlf:U-0001`, `hlf:U-0001-2` nor `hlf:U-0001#2`. Behind a reference `.`, `:`, `!` and `?` are
//! borders only if a space or the end follows. Of two references that begin at the same place the longer one counts.
//!
//! Ids hold any letters, also spaces and commas. So an index should know all references that the books may hold: only
//! then is `hlf:1` not taken for found where `hlf:1,5` stands.
//!
//! Texts are compared after NFC, without regard to case and to the number of spaces: importers change both. The result
//! says whether the letters were the very same.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use icu_normalizer::ComposingNormalizerBorrowed;

/// References, ready to be recognised in texts.
#[derive(Debug, Clone, Default)]
pub struct ReferenceIndex {
    references: Vec<String>,
    /// The places in `references` of each folded form; two may differ in case alone.
    by_form: HashMap<String, Vec<usize>>,
    /// The lengths in bytes of the folded forms, the longest first.
    lengths: Vec<usize>,
    /// The folded forms in order.
    sorted: Vec<String>,
}

/// A reference that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The place of the reference in the index.
    pub(crate) reference: usize,
    /// True if it stands there letter by letter.
    pub(crate) is_exact: bool,
}

/// The beginning of references with which a text ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Cut {
    /// The place of the first of them in `sorted`.
    from: usize,
    /// The number of them.
    count: usize,
    /// The bytes of the beginning.
    length: usize,
}

impl ReferenceIndex {
    /// Makes an index. An empty reference is never recognised.
    pub fn new(references: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let references: Vec<String> = references.into_iter().map(Into::into).collect();
        let mut by_form: HashMap<String, Vec<usize>> = HashMap::with_capacity(references.len());
        for (place, reference) in references.iter().enumerate() {
            let form = folded(reference);
            if !form.is_empty() {
                by_form.entry(form.into_owned()).or_default().push(place);
            }
        }
        let mut lengths: Vec<usize> = by_form.keys().map(String::len).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        let mut sorted: Vec<String> = by_form.keys().cloned().collect();
        sorted.sort_unstable();
        Self { references, by_form, lengths, sorted }
    }

    /// Returns the references in the order in which they were given.
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// Returns the references that stand in the text, each once, in the order of the index.
    pub fn found_in(&self, text: &str) -> Vec<&str> {
        let mut hits = Vec::new();
        self.collect_hits(text, &mut hits);
        hits.iter().map(|hit| self.references[hit.reference].as_str()).collect()
    }

    /// Adds the references that stand in the text to those that are there. Each is kept once, in order.
    pub(crate) fn collect_hits(&self, text: &str, hits: &mut Vec<Hit>) {
        let form = folded(text);
        let mut start = 0;
        let mut before = None;
        while let Some(letter) = form[start..].chars().next() {
            let matched = if is_border_before(before) { self.longest_at(&form[start..]) } else { None };
            if let Some((length, places)) = matched {
                self.add_form(text, places, hits);
                before = form[start..start + length].chars().next_back();
                start += length;
            } else {
                before = Some(letter);
                start += letter.len_utf8();
            }
        }
    }

    /// Adds the beginnings of references with which the text ends: a field too short for a reference may have cut it.
    pub(crate) fn collect_cuts(&self, text: &str, cuts: &mut HashSet<Cut>) {
        let form = folded(text);
        let longest = self.lengths.first().copied().unwrap_or_default();
        let mut before = None;
        for (start, letter) in form.char_indices() {
            let tail = &form[start..];
            if is_border_before(before.replace(letter)) && tail.len() < longest {
                let from = self.sorted.partition_point(|form| form.as_str() <= tail);
                let count = self.sorted[from..].partition_point(|form| form.starts_with(tail));
                if count > 0 {
                    cuts.insert(Cut { from, count, length: tail.len() });
                }
            }
        }
    }

    /// Returns the places of the references that a cut may have been: those of which half or more is there.
    pub(crate) fn cut_references(&self, cut: Cut) -> impl Iterator<Item = usize> {
        let forms = self.sorted.iter().skip(cut.from).take(cut.count);
        let likely = forms.filter(move |form| cut.length * 2 >= form.len());
        likely.filter_map(|form| self.by_form.get(form)).flatten().copied()
    }

    fn longest_at(&self, rest: &str) -> Option<(usize, &[usize])> {
        self.lengths.iter().find_map(|length| {
            let (head, tail) = rest.split_at_checked(*length)?;
            let places = if is_border_after(tail) { self.by_form.get(head) } else { None };
            places.map(|places| (*length, places.as_slice()))
        })
    }

    /// Adds the references of one form: those that stand there exactly, or all of them if none does.
    fn add_form(&self, text: &str, places: &[usize], hits: &mut Vec<Hit>) {
        let is_exact = |place: &usize| text.contains(&self.references[*place]);
        let has_exact = places.iter().any(is_exact);
        for place in places.iter().filter(|place| !has_exact || is_exact(place)) {
            add(Hit { reference: *place, is_exact: has_exact }, hits);
        }
    }
}

/// Adds a hit to those that are there, of which each reference has one, in order.
pub(crate) fn add(hit: Hit, hits: &mut Vec<Hit>) {
    match hits.binary_search_by_key(&hit.reference, |known| known.reference) {
        Ok(known) => hits[known].is_exact |= hit.is_exact,
        Err(at) => hits.insert(at, hit),
    }
}

/// Says whether a reference is recognised wherever it stands between borders: not if it is empty, begins or ends with a
/// space, or has another space than a single plain one.
pub(crate) fn is_recognisable(reference: &str) -> bool {
    let has_bad_space = reference.split(' ').any(|word| word.is_empty() || word.contains(char::is_whitespace));
    !has_bad_space && !reference.contains(char::is_control)
}

/// Returns the form in which texts are compared: NFC, small letters, one space for any number of them.
fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let is_folded =
            !text.bytes().any(|byte| byte.is_ascii_uppercase() || (byte.is_ascii_whitespace() && byte != b' '));
        if is_folded && !text.contains("  ") && text.trim() == text {
            return Cow::Borrowed(text);
        }
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let mut form = String::with_capacity(composed.len());
    for word in composed.split_whitespace() {
        if !form.is_empty() {
            form.push(' ');
        }
        form.extend(word.chars().flat_map(char::to_lowercase));
    }
    Cow::Owned(form)
}

fn is_border_before(before: Option<char>) -> bool {
    let Some(before) = before else { return true };
    let is_joining = matches!(before, '-' | '_' | '#' | '~');
    before.is_whitespace() || (before.is_ascii_punctuation() && !is_joining) || is_quote(before)
}

fn is_border_after(rest: &str) -> bool {
    let mut letters = rest.chars();
    let Some(first) = letters.next() else { return true };
    let ends_a_sentence = matches!(first, '.' | ':' | '!' | '?') && letters.next().is_none_or(char::is_whitespace);
    let separates = matches!(first, ',' | ';' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '|' | '"' | '\'');
    first.is_whitespace() || separates || ends_a_sentence || is_quote(first)
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '«' | '»' | '‹' | '›' | '„' | '“' | '”' | '‘' | '’' | '‚')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'a>(index: &'a ReferenceIndex, text: &str) -> Vec<&'a str> {
        index.found_in(text)
    }

    #[test]
    fn reference_stands_between_borders() {
        let index = ReferenceIndex::new(["hlf:U-0001"]);
        for text in [
            "hlf:U-0001",
            "Bilag 7: hlf:U-0001 Reise",
            "ref=hlf:U-0001.",
            "(hlf:U-0001)",
            "«hlf:U-0001», Oslo",
            "a,hlf:U-0001;b",
            "'hlf:U-0001'",
            "HLF:u-0001",
        ] {
            assert_eq!(found(&index, text), ["hlf:U-0001"], "{text}");
        }
        for text in [
            "",
            "hlf:U-00012",
            "xhlf:U-0001",
            "x-hlf:U-0001",
            "hlf:U-0001-2",
            "hlf:U-0001#2",
            "hlf:U-0001#1r",
            "hlf:U-0001.5",
            "hlf:U-0001/2",
            "hlf:U-0001æ",
            "hlf:U-000",
        ] {
            assert!(found(&index, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn reference_that_a_short_field_cuts_is_noticed() {
        let index = ReferenceIndex::new(["hlf:U-0001", "hlf:U-0002", "hlf:A-0003"]);
        let cut = |text: &str| {
            let mut cuts = HashSet::new();
            index.collect_cuts(text, &mut cuts);
            let mut places: Vec<usize> = cuts.into_iter().flat_map(|cut| index.cut_references(cut)).collect();
            places.sort_unstable();
            places
        };
        assert_eq!(cut("Reise hlf:U-000"), [0, 1]);
        assert_eq!(cut("HLF:A-0"), [2]);
        for text in ["hlf:U-0001", "hlf:", "hlf:U-000 Reise", "xhlf:U-000", ""] {
            assert!(cut(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn longest_reference_counts() {
        let index = ReferenceIndex::new(["hlf:1", "hlf:1 2", "hlf:1,5"]);
        assert_eq!(found(&index, "hlf:1 2 Reise"), ["hlf:1 2"]);
        assert_eq!(found(&index, "hlf:1 Reise, hlf:1,5"), ["hlf:1", "hlf:1,5"]);
    }

    #[test]
    fn references_that_differ_in_case_are_kept_apart() {
        let index = ReferenceIndex::new(["hlf:a", "hlf:A"]);
        assert_eq!(found(&index, "x hlf:A"), ["hlf:A"]);
        let mut hits = Vec::new();
        index.collect_hits("HLF:a", &mut hits);
        assert_eq!(hits.iter().map(|hit| (hit.reference, hit.is_exact)).collect::<Vec<_>>(), [(0, false), (1, false)]);
    }

    #[test]
    fn spaces_and_composition_do_not_matter() {
        let index = ReferenceIndex::new(["hlf:Åse 1"]);
        assert_eq!(found(&index, "til hlf:A\u{30a}se\u{a0} 1"), ["hlf:Åse 1"]);
    }

    proptest! {
        #[test]
        fn reference_between_spaces_is_found(reference in "[^\\s\\p{C}]{1,20}", before in "[a-zæøå ]{0,10}", after in "[a-zæøå ]{0,10}") {
            let index = ReferenceIndex::new([reference.as_str()]);
            let text = format!("{before} {reference} {after}");
            prop_assert_eq!(found(&index, &text), [reference.as_str()]);
        }

        #[test]
        fn reference_within_a_word_is_not_found(reference in "[a-z]{2,5}:[A-Z0-9-]{1,8}[0-9]", tail in "[a-z0-9#_/-]", head in "[a-z0-9_-]") {
            let index = ReferenceIndex::new([reference.as_str()]);
            let behind = format!("{reference}{tail}");
            let before = format!("{head}{reference}");
            prop_assert!(found(&index, &behind).is_empty());
            prop_assert!(found(&index, &before).is_empty());
        }

        #[test]
        fn texts_of_any_kind_are_searched(references in proptest::collection::vec(any::<String>(), 0..5), text: String) {
            let index = ReferenceIndex::new(references);
            let _ = index.found_in(&text);
        }
    }
}
