//! Finds the sentences for error codes and reasons, in the language of the command.

use postonce_engine::error::Problem;
use postonce_engine::views::Reason;
use postonce_reports::sentences;

use crate::args::Language;

/// Returns the sentence for an error.
pub(crate) fn error(language: Language, problem: &Problem) -> String {
    sentences::error(of(language), problem)
}

/// Returns the sentence for a reason why something was not exported.
pub(crate) fn reason(language: Language, reason: &Reason) -> String {
    sentences::reason(of(language), reason)
}

fn of(language: Language) -> postonce_reports::Language {
    match language {
        Language::En => postonce_reports::Language::En,
        Language::Nb => postonce_reports::Language::Nb,
    }
}
