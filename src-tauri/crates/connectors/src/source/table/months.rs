//! Knows the names of the months in the languages of the North, German, French, Spanish and English.

/// The beginnings and whole names of each month. A name is known by its whole text, or by one of the abbreviations.
const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar", "januari", "jänner", "janv", "janvier", "ene", "enero"],
    &["feb", "febr", "february", "februar", "februari", "fév", "févr", "février", "fev", "fevr", "fevrier", "febrero"],
    &["mar", "march", "mars", "märz", "mrz", "mär", "marz", "maerz", "marts", "marzo"],
    &["apr", "april", "avr", "avril", "abr", "abril"],
    &["may", "mai", "maj", "mayo"],
    &["jun", "june", "juni", "juin", "junio"],
    &["jul", "july", "juli", "juil", "juillet", "julio"],
    &["aug", "august", "augusti", "août", "aout", "ago", "agosto"],
    &["sep", "sept", "september", "septembre", "septiembre"],
    &["oct", "okt", "october", "oktober", "octobre", "octubre"],
    &["nov", "november", "novembre", "noviembre"],
    &["dec", "des", "dez", "déc", "december", "desember", "dezember", "décembre", "decembre", "dic", "diciembre"],
];

/// Returns the number of the month with this name, in any letter case; `None` if it is none.
pub(crate) fn month(name: &str) -> Option<u32> {
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
            ("octubre", 10),
            ("maerz", 3),
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
