//! Runs `cargo xtask bench`: the real file into the real accounting systems, beside what their servers do by
//! themselves.

use crate::footprint;
use crate::packages;
use crate::peers;
use crate::places;
use crate::programs::cargo;
use crate::run::{Failure, call};

/// The measured exports, by the system that they go into.
const SERVERS: [&str; 2] = ["tryton", "odoo"];

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let servers = match arguments {
        ["desktop", rest @ ..] => return footprint::run(rest),
        [] => &SERVERS[..],
        [one] if SERVERS.contains(one) => arguments,
        _ => return Err(Failure::new(format!("takes desktop, one of {}, or nothing for both", SERVERS.join(", ")))),
    };
    packages::install(packages::PEERS)?;
    peers::prepare()?;
    call(&mut cargo(&["build", "--workspace", "--test", "contract"]))?;
    // People have a release build.
    call(&mut cargo(&["build", "--release", "--workspace", "--bin", "postonce"]))?;
    for server in servers {
        let mut command = cargo(&["test", "--workspace", "--test", "contract", "--", "--nocapture"]);
        command.arg(format!("accounting::measured::{server}"));
        command.env("POSTONCE_CLI_BIN", places::built("release", "postonce")?).env(peers::ASKED, "1");
        call(&mut command)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_server_is_refused_with_those_there_are() {
        let failure = run(&["sap"]).expect_err("there is none");
        assert_eq!(failure.to_string(), "takes desktop, one of tryton, odoo, or nothing for both");
    }
}
