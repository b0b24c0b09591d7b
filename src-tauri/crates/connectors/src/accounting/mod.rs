//! Accounting systems, a folder each.

pub(crate) mod open;
