//! Reads the lists that people look at: history, records, attention, months.

pub(super) mod attention;
pub(super) mod history;
pub(super) mod items;
pub(super) mod look_alike;
pub(super) mod months;
pub(super) mod record_story;
pub(super) mod records;
pub(super) mod run_search;
