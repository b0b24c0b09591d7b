//! Carries an error for the window: a code with its parameters. The words stand in `ui/messages`.

use std::collections::HashMap;

use postonce_engine::error::{self, ErrorCode};
use serde::Serialize;
use specta::Type;
use specta::datatype::DataType;

/// The error of a command: every command has the same.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    code: Code,
    params: HashMap<String, String>,
}

impl<E: Into<error::Problem>> From<E> for Problem {
    fn from(error: E) -> Self {
        let error = error.into();
        Self { code: Code(error.code), params: error.params.into_iter().collect() }
    }
}

/// The engine's list of codes, as a union of strings: a code without a sentence does not compile in the UI.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
struct Code(ErrorCode);

impl Type for Code {
    fn definition(_: &mut specta::Types) -> DataType {
        let codes: Vec<String> = ErrorCode::ALL.iter().map(|code| format!("\"{}\"", code.as_str())).collect();
        specta_typescript::define(codes.join(" | ")).into()
    }
}
