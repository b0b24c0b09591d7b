//! Puts questions to a running sandbox, over real HTTP. Each test has a sandbox of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod admin;
mod client;
mod drafts;
mod faults;
mod keys;
mod labels;
mod late;
mod locks;
mod openapi;
mod platform;
mod restart;
mod vouchers;
