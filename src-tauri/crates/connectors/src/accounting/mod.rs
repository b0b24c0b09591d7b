//! Accounting systems, a folder each.

pub(crate) mod odoo;
pub(crate) mod open;
pub(crate) mod tryton;
