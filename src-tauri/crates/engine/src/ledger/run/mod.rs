//! Writes everything of a run: what it observed, planned, claimed, settled, and left open; what is asked before it
//! sends, and what people said.

pub(super) mod acceptance;
pub(super) mod alarm;
pub(super) mod claim;
pub(super) mod like_id;
pub(super) mod lost_records;
pub(super) mod observe;
pub(super) mod open_attempts;
pub(super) mod other_day;
pub(super) mod other_expenses;
pub(super) mod pins;
pub(super) mod plan_page;
pub(super) mod previous_content;
pub(super) mod questions;
pub(super) mod receipts;
pub(super) mod results_due;
pub(super) mod runs;
pub(super) mod schedule;
pub(super) mod sealed_file;
pub(super) mod set_aside;
pub(super) mod settle;
