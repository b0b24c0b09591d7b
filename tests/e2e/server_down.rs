//! Tests a window that opens while the accounting system is down.

use crate::records::live;
use crate::window_rig::at_desk;

#[test]
fn a_server_that_is_down_is_named_and_found_again() {
    let mut cli = live(20);
    cli.stop_sandbox();
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = cli.path().to_owned();
    at_desk(home.path(), Some(&folder), |window| {
        window.text_with("connection-problem", &format!("The accounting system at {} did not answer", cli.url()));
        window.text_with("frame-facts", "No connection");

        cli.restart_sandbox();
        window.click("connection-retry");
        window.wait_for("[data-testid=connection][data-reach=reached]");
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
        assert_eq!(cli.stats()["vouchers"], 20);
    });
}
