//! What the window may ask for. Each command parses, calls one verb of the engine, and maps its answer.

pub(crate) mod connection;
pub(crate) mod history;
pub(crate) mod overview;
pub(crate) mod records;
pub(crate) mod sync;

use crate::wire::Problem;

/// The answer of a command.
type Answer<T> = Result<T, Problem>;
