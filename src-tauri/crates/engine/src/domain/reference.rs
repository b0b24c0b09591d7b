//! Makes the reference by which the accounting system finds the voucher of a record again.
//!
//! Invariant: two pairs of record id and generation never make the same reference, even if the target folds case or
//! allows few characters. An id that does not fit is replaced by a digest of itself, never cut.

use std::fmt;

use sha2::{Digest, Sha256};

use super::RecordId;

/// The scope of lock and references: 1 to [`OrganisationId::LENGTH_MAX`] of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganisationId(String);

/// The text is no organisation id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not 1 to {max} of a-z, 0-9 and -", max = OrganisationId::LENGTH_MAX)]
pub struct OrganisationIdError(String);

impl OrganisationId {
    /// The length of an id at most, in characters, so that a digest still fits behind it.
    pub const LENGTH_MAX: usize = 16;

    /// Checks the text.
    ///
    /// # Errors
    /// If it is empty, too long, or has another character.
    pub fn new(text: impl Into<String>) -> Result<Self, OrganisationIdError> {
        let text = text.into();
        let fits = (1..=Self::LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text)) } else { Err(OrganisationIdError(text)) }
    }

    /// Returns the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the characters that a target must have room for, so that a long id still has a reference of its own: the
    /// short name, the digest, and the first nine generations.
    pub fn reference_length_min(&self) -> usize {
        self.0.len() + 2 + DIGEST_DIGITS + 2
    }

    /// Says whether the short name may well be one for the books of this organisation: it is, or is a part of, its id or
    /// name there, has one of them as a part, or is made of the first letters of the name.
    pub(crate) fn may_stand_for(&self, id: &str, name: &str) -> bool {
        let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let short = plain(&self.0);
        let words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
        let initials = plain(&words.collect::<String>());
        // Of a single letter or digit everything is made.
        let has = |whole: &str, part: &str| whole == part || (part.chars().count() > 1 && whole.contains(part));
        let is_like = |known: &String| has(known, &short) || has(&short, known);
        initials == short || [plain(id), plain(name)].iter().any(is_like)
    }
}

/// The number of an export of a record: 1 for the first, one more for each forced re-export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation(u32);

impl Generation {
    /// The first export.
    pub const FIRST: Self = Self(1);
    /// The number of generations behind a known one that are looked for.
    pub(crate) const REACH: u32 = 2;

    /// Makes a generation of the ledger's number; returns `None` for 0.
    pub fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// Returns the number, from 1.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Returns the generation after this one.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Returns the generations after this one in which a later export is looked for. So many exports may be gone from
    /// the books, one after the other, and a later one is still found; no re-export makes a longer gap.
    pub(crate) fn reach(self) -> impl Iterator<Item = Self> {
        (1..=Self::REACH).map(move |behind| Self(self.0.saturating_add(behind)))
    }

    /// Returns the generations from which this one is looked for; none where the first export's own look-up reaches it.
    pub(crate) fn reached_from(self) -> impl Iterator<Item = Self> {
        let first = if self.0 <= Self::FIRST.0 + Self::REACH { self.0 } else { self.0 - Self::REACH };
        (first..self.0).map(Self)
    }
}

/// The rules of a target for references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReferenceRules {
    /// The length of a reference at most, in characters.
    pub length_max: usize,
    /// True if `a` and `A` are the same to the target.
    pub folds_case: bool,
    /// True if the target takes ASCII characters only.
    pub ascii_only: bool,
}

impl ReferenceRules {
    /// The smallest length that the digest itself fits: organisation, separators, 32 digits and a ten-digit generation
    /// with the mark of a counter-voucher.
    pub const LENGTH_MIN: usize = OrganisationId::LENGTH_MAX + 2 + DIGEST_DIGITS + 12;
}

/// The rules by which references of these books are made now, and those by which some were made before. A record is
/// looked up in every form that it may stand under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceForms {
    /// The rules of the target today, by which references are made.
    pub current: ReferenceRules,
    /// The rules that it had before, as far as they are known.
    pub earlier: Vec<ReferenceRules>,
}

impl ReferenceForms {
    /// Makes the forms of today's rules, and of all by which references were ever made.
    pub(crate) fn new(current: ReferenceRules, ever: Vec<ReferenceRules>) -> Self {
        Self { current, earlier: ever.into_iter().filter(|rules| *rules != current).collect() }
    }

    /// Returns the references under which a record may stand, the one of today first. A long id is looked for as a
    /// digest whatever is known of earlier rules: a target that takes long references may have taken short ones once.
    pub fn of(&self, organisation: &OrganisationId, id: &RecordId, generation: Generation) -> Vec<Reference> {
        let shortest = ReferenceRules { length_max: ReferenceRules::LENGTH_MIN, ..self.current };
        let mut forms = vec![Reference::of(organisation, id, generation, self.current)];
        for rules in self.earlier.iter().copied().chain([shortest]) {
            let form = Reference::of(organisation, id, generation, rules);
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        forms
    }
}

impl From<ReferenceRules> for ReferenceForms {
    fn from(current: ReferenceRules) -> Self {
        Self { current, earlier: Vec::new() }
    }
}

/// The digits of a digest: 128 bits in hexadecimal. Two of a billion ids meet with a chance below 10⁻²⁰.
const DIGEST_DIGITS: usize = 32;

/// A reference, as it stands in the accounting system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Reference(String);

impl Reference {
    /// Returns `org:id` for the first generation, `org:id#2` for the second; `org:~digest` for an id that does not fit.
    ///
    /// An id with `#` or with a leading `~` is digested as well: the first would read as a generation, the second as a
    /// digest.
    pub fn of(organisation: &OrganisationId, id: &RecordId, generation: Generation, rules: ReferenceRules) -> Self {
        let suffix = if generation == Generation::FIRST { String::new() } else { format!("#{}", generation.number()) };
        Self::with_suffix(organisation, id, &suffix, rules)
    }

    /// Returns the reference of the counter-voucher that reverses a generation: `org:id#1r`.
    pub fn counter(
        organisation: &OrganisationId,
        id: &RecordId,
        generation: Generation,
        rules: ReferenceRules,
    ) -> Self {
        Self::with_suffix(organisation, id, &format!("#{}r", generation.number()), rules)
    }

    fn with_suffix(organisation: &OrganisationId, id: &RecordId, suffix: &str, rules: ReferenceRules) -> Self {
        let text = id.as_str();
        let room = rules.length_max.saturating_sub(organisation.as_str().len() + 1 + suffix.len());
        let fits = text.chars().count() <= room
            && !text.starts_with('~')
            && !text.contains('#')
            && (!rules.ascii_only || text.is_ascii())
            && (!rules.folds_case || text.to_lowercase() == text);
        let body = if fits { text.to_owned() } else { digest(text) };
        Self(format!("{}:{body}{suffix}", organisation.as_str()))
    }

    /// Wraps a reference as the ledger or the accounting system gave it back.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the organisation id that the reference begins with; `None` if it is none of ours, whatever workspace
    /// made it.
    pub fn prefix(&self) -> Option<OrganisationId> {
        let (prefix, id) = self.0.split_once(':')?;
        let is_of_a_record = id.chars().next().is_some_and(|first| !first.is_whitespace());
        OrganisationId::new(prefix).ok().filter(|_| is_of_a_record)
    }

    /// Returns the text that is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn digest(text: &str) -> String {
    format!("~{}", &hex::encode(Sha256::digest(text))[..DIGEST_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WIDE: ReferenceRules = ReferenceRules { length_max: 64, folds_case: false, ascii_only: false };
    const NARROW: ReferenceRules =
        ReferenceRules { length_max: ReferenceRules::LENGTH_MIN, folds_case: true, ascii_only: true };

    #[test]
    fn short_name_stands_for_an_organisation_that_it_is_like() {
        for (short, id, name, is_like) in [
            ("hlf", "hlf", "Practice", true),
            ("hlf", "1", "HLF", true),
            ("hlf", "1", "HLF Regnskap AS", true),
            ("hlf-nord", "2", "HLF", true),
            ("hlf", "3", "Hørselshemmedes Landsforbund", false),
            ("hl", "3", "Hørselshemmedes Landsforbund", true),
            ("mh", "4", "Mental Helse", true),
            ("mentalhelse", "4", "Mental Helse", true),
            ("hlf1", "1", "Bokklubben", false),
            ("b", "1", "Bokklubben Nord", false),
            ("hlf", "7", "Bokklubben Nord", false),
            ("hlf", "", "", false),
        ] {
            let short_name = OrganisationId::new(short).expect("a valid id");
            assert_eq!(short_name.may_stand_for(id, name), is_like, "{short}, {id}, {name}");
        }
    }

    fn of(id: &str, generation: u32, rules: ReferenceRules) -> Reference {
        let organisation = OrganisationId::new("hlf").expect("a valid organisation");
        let id = RecordId::new(id).expect("a valid id");
        Reference::of(&organisation, &id, Generation::new(generation).expect("above zero"), rules)
    }

    #[test]
    fn plain_id_is_readable_in_the_accounting_system() {
        assert_eq!(of("PM-2026-00417", 1, WIDE).as_str(), "hlf:PM-2026-00417");
        assert_eq!(of("PM-2026-00417", 2, WIDE).as_str(), "hlf:PM-2026-00417#2");
    }

    #[test]
    fn id_that_does_not_fit_is_digested_and_never_cut() {
        let long = "x".repeat(200);
        assert_eq!(of(&long, 1, WIDE).as_str().len(), "hlf:~".len() + DIGEST_DIGITS);
        assert_ne!(of(&long, 1, WIDE), of(&format!("{}y", "x".repeat(199)), 1, WIDE));
        assert_ne!(of("a", 1, NARROW), of("A", 1, NARROW));
        assert!(of("bodø", 1, NARROW).as_str().is_ascii());
    }

    #[test]
    fn long_id_is_looked_up_in_every_form_that_was_in_use() {
        let forms = |id: &str, length_max, earlier: &[usize]| {
            let rules = |length_max| ReferenceRules { length_max, ..WIDE };
            let forms = ReferenceForms {
                current: rules(length_max),
                earlier: earlier.iter().map(|&length_max| rules(length_max)).collect(),
            };
            let (organisation, id) = (OrganisationId::new("hlf").expect("valid"), RecordId::new(id).expect("valid"));
            forms.of(&organisation, &id, Generation::FIRST)
        };
        let long = "x".repeat(100);
        assert_eq!(forms("PM-2026-00417", 64, &[128]), [of("PM-2026-00417", 1, WIDE)], "a short id has one form");
        let (plain, digested) = (Reference::from_stored(format!("hlf:{long}")), of(&long, 1, WIDE));
        assert_eq!(forms(&long, 128, &[]), [plain.clone(), digested.clone()]);
        assert_eq!(forms(&long, 64, &[128]), [digested, plain]);
    }

    #[test]
    fn prefix_is_read_from_references_of_any_workspace() {
        let prefix = |text: &str| Reference::from_stored(text).prefix().map(|prefix| prefix.as_str().to_owned());
        assert_eq!(prefix("hlf:A:1").as_deref(), Some("hlf"));
        assert_eq!(prefix("hlf-2:~0123").as_deref(), Some("hlf-2"));
        for other in ["Invoice: 17", "Faktura:17", "hlf", "hlf:", "hlf: A", ":A", "a-long-name-of-no-one:A"] {
            assert_eq!(prefix(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_two_records_or_generations_share_a_reference(
            one in "[aA#~:0-9]{1,4}", other in "[aA#~:0-9]{1,4}", g in 1u32..4, h in 1u32..4, narrow in any::<bool>(),
        ) {
            let rules = if narrow { NARROW } else { WIDE };
            prop_assume!((&one, g) != (&other, h));
            let (left, right) = (of(&one, g, rules), of(&other, h, rules));
            if rules.folds_case {
                prop_assert_ne!(left.as_str().to_lowercase(), right.as_str().to_lowercase());
            } else {
                prop_assert_ne!(left, right);
            }
        }

        #[test]
        fn reference_is_never_longer_than_the_target_allows(id in "[^\\p{C}\\s]{1,50}", g in 1u32..) {
            for rules in [WIDE, NARROW] {
                prop_assert!(of(&id, g, rules).as_str().chars().count() <= rules.length_max);
            }
        }
    }
}
