//! Holds the two languages of Postonce, and the form of every catalogue in Rust. The catalogues themselves stand with
//! their audiences: command line, reports, desktop shell, accounting connectors. The sentences for error codes stand in
//! `ui/messages`, since the window shows them as well.
//!
//! Invariant: a message has both languages, and a sentence has the same parameters in both. One that has not does not
//! compile.

mod catalogue;
mod language;

pub use catalogue::{Message, assert_parameter};
pub use language::Language;
