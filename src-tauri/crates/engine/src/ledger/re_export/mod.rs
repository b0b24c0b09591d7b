//! Keeps forced re-exports: requests, approvals, reversals.

pub(super) mod requests;
