//! Does the main job hold, over the real command line and the real sandbox: what is approved is exported once, what is wrong
//! is told in a sentence, and the rest goes through?

#[cfg(unix)]
mod accounting;
mod audit;
mod bad_rows;
mod bad_workspace;
mod compare;
mod labels;
#[cfg(unix)]
mod ledger_dangers;
mod main_job;
mod re_export;
#[cfg(unix)]
mod schedule;
mod server;
