//! Keeps the audit trail: entries, heads, pages.

pub(super) mod audit;
pub(super) mod audit_heads;
pub(super) mod audit_page;
