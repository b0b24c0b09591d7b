//! Holds the sources of approved records, a folder for each kind.

pub(crate) mod csv;
pub(crate) mod platform;
pub(crate) mod survey;
