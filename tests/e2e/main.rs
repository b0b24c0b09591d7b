//! Asks whether a person at the window gets the things that are promised: the real desktop, its web view driven through
//! WebDriver, against the real sandbox, with the token in a real keyring.
//!
//! It needs a display, a session bus and an unlocked keyring of its own: `cargo xtask test desktop` gives it all three.

#![expect(clippy::panic, reason = "the verbs of these tests fail as an assert in a test would, and say what they saw")]

mod accessible;
mod attention;
mod audit;
mod doubt;
mod driver;
mod lists;
mod main_job;
mod manners;
mod practice;
mod re_export;
mod records;
mod saved;
mod secret;
mod server_down;
mod setup;
mod stop;
mod two_windows;
mod vouchers;
mod window_rig;
