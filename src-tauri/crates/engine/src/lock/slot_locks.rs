//! Names the locks on which `slot` stands, in a file of their own: a test puts others in their place, which try every
//! interleaving.

pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
