//! Starts the program. A package with a test of this kind is built together with its program, so that no test of the
//! whole product drives one that is older than itself.

use std::process::Command;

#[test]
fn program_says_its_version() {
    let output = Command::new(env!("CARGO_BIN_EXE_postonce")).arg("--version").output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(said.trim_end(), format!("postonce {}", env!("CARGO_PKG_VERSION")));
}
