//! Reads text files of rows and cells: encoding, delimiter, quoting, line ends.

mod decode;
mod formats;
mod letters;
mod lines;
mod split;
mod utf8;

pub(crate) use formats::declared_delimiter;
pub(crate) use letters::Letters;
pub(crate) use lines::CsvDocument;
pub(crate) use utf8::Utf8Check;
