//! The accounting system is down when the window opens.

use crate::records::live;
use crate::window_rig::at_desk;

#[test]
fn a_server_that_is_down_is_named_in_a_sentence_and_try_again_finds_it_when_it_is_up() {
    let mut cli = live(20);
    cli.stop_sandbox();
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = cli.path().to_owned();
    at_desk(home.path(), Some(&folder), |window| {
        let sentence = window.text("connection-problem");
        assert!(sentence.contains(&format!("The accounting system at {} did not answer", cli.url())), "{sentence}");
        assert!(window.text("frame-facts").contains("No connection"), "{}", window.text("frame-facts"));

        cli.restart_sandbox();
        window.click("connection-retry");
        window.wait_for("[data-testid=connection][data-reach=reached]");
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
        assert_eq!(cli.stats()["vouchers"], 20);
    });
}
