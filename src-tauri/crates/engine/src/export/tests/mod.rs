//! Tests runs over books that a test scripts.

mod absence;
mod agreement;
mod closed_period;
mod lagging_rig;
mod readings;
