//! Plays a platform and an accounting system to practise on: both halves of the open accounting protocol, version 1,
//! over real HTTP, with a store that survives a restart and switches for everything that can go wrong in between.
//!
//! It shares no code with the connectors: what it says about the protocol is a second, independent reading of it.
//!
//! ```no_run
//! # async fn practise() -> Result<(), postonce_sandbox::SandboxError> {
//! let sandbox = postonce_sandbox::start(postonce_sandbox::Options::default()).await?;
//! println!("{}/v1/health", sandbox.url());
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```

mod access;
mod accounts;
mod app;
mod clock;
mod connections;
mod error;
mod faults;
mod gate;
mod money;
mod options;
mod platform;
pub mod practice;
mod problem;
mod router;
mod routes;
mod sandbox;
mod store;

pub use access::{ACCOUNTING_TOKEN, ACCOUNTING_TOKEN_OLA, PLATFORM_TOKEN};
pub use error::SandboxError;
pub use options::{Options, Organisation};
pub use sandbox::{Sandbox, start};

/// The protocol as an OpenAPI 3.1 document, as served at `/openapi.json`.
pub const OPENAPI: &str = include_str!("../openapi.json");
