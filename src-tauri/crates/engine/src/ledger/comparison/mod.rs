//! Keeps comparisons with the accounting system, and reads the attempts that are compared.

pub(super) mod attempts;
pub(super) mod filed;
pub(super) mod results;
