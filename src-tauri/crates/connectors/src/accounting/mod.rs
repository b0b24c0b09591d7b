//! Holds the accounting systems, a folder each, and what they have in common.

pub(crate) mod file;
pub(crate) mod odoo;
pub(crate) mod open;
mod receipt_mark;
mod reversal;
mod scheme_row;
pub(crate) mod tryton;
mod words;
