//! Comparisons with the accounting system, and the attempts that are compared.

pub(super) mod attempts;
pub(super) mod results;
