//! Finds the sentences for error codes and reasons, in files and on the command line: the same catalogue as the
//! window's, both languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Local};
use postonce_engine::error::Problem;
use postonce_engine::views::Reason;
use postonce_words::Language;

type Sentences = BTreeMap<String, String>;

static EN: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("../../../../ui/messages/engine.en.json")));
static NB: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("../../../../ui/messages/engine.nb.json")));

fn read(text: &str) -> Sentences {
    serde_json::from_str(text).expect("the catalogue is compiled in, and a test reads it")
}

fn sentences(language: Language) -> &'static Sentences {
    match language {
        Language::English => &EN,
        Language::Bokmal => &NB,
    }
}

/// Returns the sentence for an error.
pub fn error(language: Language, problem: &Problem) -> String {
    fill(language, &format!("error_{}", problem.code.as_str()), &problem.params)
}

/// Returns the sentence for a record that was not exported. A refusal of the accounting system stays in its own words.
pub fn reason(language: Language, reason: &Reason) -> String {
    match reason {
        Reason::InDoubt(problem) => error(language, problem),
        Reason::Refused(refusal) if refusal.detail.is_empty() => refusal.kind.clone(),
        Reason::Refused(refusal) => refusal.detail.clone(),
        Reason::Held(held) => {
            let params = match serde_json::to_value(held) {
                Ok(serde_json::Value::Object(members)) => members,
                _ => serde_json::Map::new(),
            };
            let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let params = params.into_iter().map(|(name, value)| (name, text(value))).collect();
            fill(language, &format!("reason_{}", held.code()), &params)
        }
    }
}

/// Returns the sentence for a question that a file leaves open.
pub fn question(language: Language, kind: &str, params: &BTreeMap<String, String>) -> String {
    fill(language, &format!("question_{kind}"), params)
}

/// Returns the sentence for something in a file that is worth a look.
pub fn remark(language: Language, kind: &str, column: &str, text: &str) -> String {
    let params = [("column", column), ("text", text)].map(|(name, value)| (name.to_owned(), value.to_owned()));
    fill(language, &format!("remark_{kind}"), &params.into())
}

fn fill(language: Language, key: &str, params: &BTreeMap<String, String>) -> String {
    let Some(pattern) = sentences(language).get(key) else { return key.to_owned() };
    // One pass is enough: the value of a parameter is never read as a pattern.
    let mut sentence = String::with_capacity(pattern.len());
    let mut rest = pattern.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        sentence.push_str(before);
        let Some((name, after)) = behind.split_once('}') else {
            rest = behind;
            continue;
        };
        sentence.push_str(&params.get(name).map_or_else(|| "–".to_owned(), |value| shown(name, value)));
        rest = after;
    }
    sentence.push_str(rest);
    sentence
}

/// Shows instants in the reader's time zone, with the day: a report is read on another day than it happened.
fn shown(name: &str, value: &str) -> String {
    match (name, DateTime::parse_from_rfc3339(value)) {
        ("since" | "heard" | "until" | "at", Ok(at)) => {
            at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
        }
        _ => value.chars().filter(|c| !c.is_control() || *c == '\n').collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use postonce_engine::domain::HoldReason;
    use postonce_engine::error::ErrorCode;

    use super::*;

    fn parameters(sentence: &str) -> BTreeSet<&str> {
        sentence.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect()
    }

    #[test]
    fn every_error_code_has_a_sentence_in_both_languages() {
        for sentences in [&EN, &NB] {
            let missing: Vec<_> = ErrorCode::ALL
                .iter()
                .map(|code| format!("error_{}", code.as_str()))
                .filter(|key| sentences.get(key).is_none_or(String::is_empty))
                .collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }

    #[test]
    fn sentence_shows_parameters_that_its_code_has() {
        for code in ErrorCode::ALL {
            let has: BTreeSet<&str> = code.parameters().iter().copied().collect();
            for sentences in [&EN, &NB] {
                let shows = parameters(&sentences[&format!("error_{}", code.as_str())]);
                assert!(shows.is_subset(&has), "{}: {shows:?} of {has:?}", code.as_str());
            }
        }
    }

    #[test]
    fn every_reason_has_a_sentence_in_both_languages() {
        for sentences in [&EN, &NB] {
            let missing: Vec<_> = HoldReason::CODES
                .iter()
                .map(|code| format!("reason_{code}"))
                .filter(|key| sentences.get(key).is_none_or(String::is_empty))
                .collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }

    #[test]
    fn a_parameter_is_never_read_as_a_pattern() {
        let problem = Problem::record_not_found("{detail}");
        assert!(error(Language::English, &problem).contains("{detail}"));
    }

    #[test]
    fn both_languages_have_the_same_keys_and_parameters() {
        assert_eq!(EN.keys().collect::<Vec<_>>(), NB.keys().collect::<Vec<_>>());
        for (key, sentence) in EN.iter().filter(|(key, _)| !key.starts_with('$')) {
            assert_eq!(parameters(sentence), parameters(&NB[key]), "{key}");
        }
    }
}
