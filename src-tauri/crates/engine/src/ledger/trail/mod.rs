//! Keeps the audit trail: entries, heads, pages.

pub(super) mod audit;
pub(super) mod audit_heads;
pub(super) mod audit_page;
pub(super) mod beginning;
pub(super) mod changed_rows;
pub(super) mod coverage;
pub(super) mod noting;
pub(super) mod proofs;
pub(super) mod row_check;
pub(super) mod rows;
