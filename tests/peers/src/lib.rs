//! Sets up two accounting systems that nobody here wrote, Tryton and Odoo, for tests: once for a machine, and then, for
//! each test that asks, books of its own in a fraction of a second.
//!
//! The slow part is done once and kept outside the checkout, in [`folder`]: an environment of pinned packages and a
//! small PostgreSQL cluster with a company, accounts, a journal and fiscal years. [`tryton::Books::fresh`] and
//! [`odoo::Books::fresh`] copy that cluster, start a PostgreSQL over it that listens only on a socket in a folder of
//! its own, and the server over that.
//!
//! Beside them it runs a mail server of the registry ([`mail`]), for what is sent to people.
//!
//! Invariant: everything that a test starts ends with it, even when it is killed, and nothing of the machine's own
//! PostgreSQL is touched.

#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod command;
#[cfg(unix)]
mod environment;
#[cfg(unix)]
pub mod mail;
#[cfg(unix)]
pub mod odoo;
#[cfg_attr(not(unix), expect(dead_code, reason = "nothing is prepared there, and so nothing has a key"))]
mod place;
#[cfg(unix)]
mod prepared;
#[cfg(unix)]
mod server;
mod trouble;
#[cfg(unix)]
pub mod tryton;

pub use place::folder;
pub use trouble::{Kind, Trouble};

/// Prepares them, one after the other; returns the outcome of each.
#[cfg(unix)]
pub fn prepare() -> Vec<(&'static str, Result<(), Trouble>)> {
    vec![
        ("Tryton", tryton::prepare()),
        ("Odoo", odoo::prepare()),
        ("Odoo with an importer of files", odoo::datev::prepare()),
        ("the mail server", mail::prepare()),
    ]
}

/// Returns for each that it does not run here.
#[cfg(not(unix))]
pub fn prepare() -> Vec<(&'static str, Result<(), Trouble>)> {
    ["Tryton", "Odoo", "Odoo with an importer of files", "the mail server"]
        .map(|name| (name, Err(Trouble::not_to_be_had("it is set up on Unix alone"))))
        .into()
}
