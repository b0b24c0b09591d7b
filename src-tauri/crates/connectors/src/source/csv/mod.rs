//! Reads text files of rows and cells: encoding, delimiter, quoting, line ends.

mod decode;
mod formats;
pub(crate) mod guess;
mod lines;
mod split;
mod utf8;

pub use guess::{ColumnGuess, Confidence, Guess};
pub(crate) use lines::CsvDocument;
