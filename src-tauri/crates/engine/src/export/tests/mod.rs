//! Tests runs over books that a test scripts.

mod absence;
mod agreement;
mod lagging_rig;
mod readings;
