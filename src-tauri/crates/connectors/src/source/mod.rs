//! Holds the sources of approved records, a folder for each kind. Files of every kind are lines of cells, which
//! `table` makes rows of.

pub(crate) mod csv;
pub(crate) mod files;
pub(crate) mod guess;
pub(crate) mod platform;
pub(crate) mod receipts;
pub(crate) mod survey;
pub(crate) mod table;
pub(crate) mod workbook;
