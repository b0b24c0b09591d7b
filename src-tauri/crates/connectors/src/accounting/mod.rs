//! Accounting systems, a folder each.

pub(crate) mod open;
pub(crate) mod tryton;
