//! Runs `cargo xtask licences`: the list of licences that *About* shows, from the lock files.

use crate::node::Node;
use crate::places;
use crate::run::{Failure, call};
use crate::{flags, setup};

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [] = flags(arguments, [])?;
    let node: Node = setup::ui()?;
    call(node.npm(&["run", "--silent", "licences"]).env("CARGO", places::cargo_path()))
}
