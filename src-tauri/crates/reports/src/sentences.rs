//! Finds the sentences for error codes and reasons, in files and on the command line: the same catalogue as the
//! window's, both languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use postonce_engine::error::Problem;
use postonce_engine::views::Reason;
use postonce_words::Language;

use crate::figures;

/// A reader of sentences.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The reader's language.
    pub language: Language,
    /// The zone of times, the organisation's; without one, this machine's.
    pub zone: Option<Tz>,
    /// The beginning of a command line for the reader's workspace, in place of a plain `postonce`.
    pub program: Option<&'a str>,
}

impl From<Language> for Reader<'_> {
    fn from(language: Language) -> Self {
        Self { language, zone: None, program: None }
    }
}

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
pub fn error<'a>(reader: impl Into<Reader<'a>>, problem: &Problem) -> String {
    fill(reader.into(), &format!("error_{}", problem.code.as_str()), &problem.params)
}

/// Returns the sentence for a record that was not exported. A refusal of the accounting system stays in its own words.
pub fn reason<'a>(reader: impl Into<Reader<'a>>, reason: &Reason) -> String {
    match reason {
        Reason::InDoubt(problem) => error(reader, problem),
        Reason::Refused(refusal) if refusal.detail.is_empty() => refusal.kind.clone(),
        Reason::Refused(refusal) => refusal.detail.clone(),
        Reason::Held(held) => {
            let params = match serde_json::to_value(held) {
                Ok(serde_json::Value::Object(members)) => members,
                _ => serde_json::Map::new(),
            };
            let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let params = params.into_iter().map(|(name, value)| (name, text(value))).collect();
            fill(reader.into(), &format!("reason_{}", held.code()), &params)
        }
    }
}

/// Returns the sentence for a question that a file leaves open.
pub fn question<'a>(reader: impl Into<Reader<'a>>, kind: &str, params: &BTreeMap<String, String>) -> String {
    fill(reader.into(), &format!("question_{kind}"), params)
}

/// Returns the sentence for something in a file that is worth a look.
pub fn remark<'a>(reader: impl Into<Reader<'a>>, kind: &str, column: &str, text: &str) -> String {
    let params = [("column", column), ("text", text)].map(|(name, value)| (name.to_owned(), value.to_owned()));
    fill(reader.into(), &format!("remark_{kind}"), &params.into())
}

fn fill(reader: Reader<'_>, key: &str, params: &BTreeMap<String, String>) -> String {
    let Some(pattern) = sentences(reader.language).get(key) else { return key.to_owned() };
    // One pass is enough: the value of a parameter is never read as a pattern.
    let mut sentence = String::with_capacity(pattern.len());
    let mut in_command = false;
    let mut rest = pattern.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        in_command = plain(before, in_command, reader, &mut sentence);
        let Some((name, after)) = behind.split_once('}') else {
            rest = behind;
            continue;
        };
        let value = params.get(name).map_or_else(|| "–".to_owned(), |value| shown(name, value, reader));
        sentence.push_str(&if in_command { quoted(&value) } else { value });
        rest = after;
    }
    plain(rest, in_command, reader, &mut sentence);
    sentence
}

/// The beginning of every command line in a sentence.
const COMMAND: &str = "postonce ";

/// Writes a part of a pattern. A command in it begins as the reader's do, and goes on until its bracket or quotation
/// mark closes. Returns whether it is still going on.
fn plain(mut part: &str, mut in_command: bool, reader: Reader<'_>, sentence: &mut String) -> bool {
    loop {
        if in_command {
            let Some(end) = part.find(['”', '»', ')']) else { break };
            sentence.push_str(&part[..end]);
            part = &part[end..];
            in_command = false;
        }
        let Some((before, command)) = part.split_once(COMMAND) else { break };
        sentence.push_str(before);
        sentence.push_str(reader.program.unwrap_or(COMMAND.trim_end()));
        sentence.push(' ');
        part = command;
        in_command = true;
    }
    sentence.push_str(part);
    in_command
}

/// Writes a text as one word of a shell's command line, whatever it holds.
pub fn quoted(text: &str) -> String {
    // No argument has a NUL: such a text is none that a command was ever given.
    shlex::try_quote(&text.replace('\0', "")).map(String::from).unwrap_or_default()
}

/// Shows instants in the reader's time zone, with the day: a report is read on another day than it happened.
fn shown(name: &str, value: &str, reader: Reader<'_>) -> String {
    match (name, DateTime::parse_from_rfc3339(value)) {
        ("since" | "heard" | "until" | "at", Ok(at)) => {
            figures::exact_moment(at.with_timezone(&Utc), reader.zone, reader.language)
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
    fn command_names_the_workspace_and_quotes_its_words() {
        let reader = |language| Reader {
            program: Some("postonce --workspace '/my books'"),
            zone: Some(chrono_tz::Europe::Oslo),
            ..Reader::from(language)
        };
        let missing = Problem::secret_missing("$(reboot)", "V");
        let like = Reason::Held(HoldReason::IdLookAlike {
            id: "$(reboot)".into(),
            like: "00417".into(),
            voucher: "V-1".into(),
        });
        for (language, close) in [(Language::English, '”'), (Language::Bokmal, '»')] {
            let sentence = error(reader(language), &missing);
            let command = "postonce --workspace '/my books' secret set '$(reboot)'";
            assert!(sentence.contains(&format!("{command}{close}")), "{sentence}");
            let sentence = reason(reader(language), &like);
            assert!(sentence.contains("'/my books' confirm record '$(reboot)' --reason …)"), "{sentence}");
            let sentence = error(language, &missing);
            assert!(sentence.contains("postonce secret set '$(reboot)'"), "{sentence}");
        }
    }

    #[test]
    fn time_in_a_sentence_has_the_zone_of_its_reader() {
        let problem = Problem::audit_broken("/l", 7, "2026-11-03T01:00:07.000Z");
        let reader = Reader { zone: Some(chrono_tz::Europe::Oslo), ..Reader::from(Language::English) };
        assert!(error(reader, &problem).contains("(3 Nov 2026 02:00:07 CET)"), "{}", error(reader, &problem));
    }

    #[test]
    fn both_languages_have_the_same_keys_and_parameters() {
        assert_eq!(EN.keys().collect::<Vec<_>>(), NB.keys().collect::<Vec<_>>());
        for (key, sentence) in EN.iter().filter(|(key, _)| !key.starts_with('$')) {
            assert_eq!(parameters(sentence), parameters(&NB[key]), "{key}");
        }
    }
}
