//! Asks whether the main job holds, over the real command line and the real sandbox: approved records are exported once, a
//! wrong one is reported in a sentence, and the rest goes through.

#[cfg(unix)]
mod accounting;
mod alarms;
mod audit;
mod bad_rows;
mod bad_workspace;
mod compare;
mod forget;
mod found_matrix;
mod identity;
#[cfg(unix)]
mod importer;
mod labels;
mod learns;
#[cfg(unix)]
mod ledger_dangers;
mod main_job;
mod network;
#[cfg(unix)]
mod notify;
mod older_ledger;
mod output;
#[cfg(unix)]
mod policy;
#[cfg(unix)]
mod privacy;
mod re_export;
#[cfg(unix)]
mod read_back;
mod receipts;
#[cfg(unix)]
mod schedule;
mod server;
#[cfg(target_os = "linux")]
mod service;
mod source_check;
mod stopped_files;
mod two_ledgers;
#[cfg(unix)]
mod unattended;
mod voucher_files;
mod vouchers;
mod waiting;
mod wrong_answers;
