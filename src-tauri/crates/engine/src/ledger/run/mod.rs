//! Writes everything of a run: what it observed, planned, claimed, settled, and left open.

pub(super) mod acceptance;
pub(super) mod alarm;
pub(super) mod claim;
pub(super) mod observe;
pub(super) mod open_attempts;
pub(super) mod plan_page;
pub(super) mod previous_content;
pub(super) mod runs;
pub(super) mod schedule;
pub(super) mod settle;
