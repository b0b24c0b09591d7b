//! Knows the names of the months in the languages of the North, German, French and English.

/// The beginnings and whole names of each month. A name is known by its whole text, or by one of the abbreviations.
const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar", "januari", "jänner", "janv", "janvier"],
    &["feb", "febr", "february", "februar", "februari", "fév", "févr", "février", "fev", "fevr", "fevrier"],
    &["mar", "march", "mars", "märz", "mrz", "mär", "marts"],
    &["apr", "april", "avr", "avril"],
    &["may", "mai", "maj"],
    &["jun", "june", "juni", "juin"],
    &["jul", "july", "juli", "juil", "juillet"],
    &["aug", "august", "augusti", "août", "aout"],
    &["sep", "sept", "september", "septembre"],
    &["oct", "okt", "october", "oktober", "octobre"],
    &["nov", "november", "novembre"],
    &["dec", "des", "dez", "déc", "december", "desember", "dezember", "décembre", "decembre"],
];

/// Returns the number of the month with this name, in any letter case; `None` if it is none.
pub(super) fn month(name: &str) -> Option<u32> {
    let name = super::key::folded(name);
    (1..).zip(MONTHS).find(|(_, names)| names.contains(&name.as_str())).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn month_is_known_in_each_language() {
        for (name, number) in [
            ("mars", 3),
            ("MAI", 5),
            ("maj", 5),
            ("okt", 10),
            ("desember", 12),
            ("dezember", 12),
            ("März", 3),
            ("ma\u{308}rz", 3),
            ("août", 8),
            ("févr", 2),
            ("juillet", 7),
            ("juin", 6),
            ("September", 9),
        ] {
            assert_eq!(month(name), Some(number), "{name}");
        }
        for name in ["", "ma", "mardi", "xyz", "mandag"] {
            assert_eq!(month(name), None, "{name}");
        }
    }

    #[test]
    fn name_means_one_month_only() {
        let mut names: Vec<&str> = MONTHS.iter().flat_map(|names| names.iter().copied()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
