//! The accounting system is down when the window opens.

use crate::desk::at_desk;
use crate::records::live;

#[test]
fn a_server_that_is_down_is_named_in_a_sentence_and_try_again_finds_it_when_it_is_up() {
    let mut bench = live(20);
    bench.stop_sandbox();
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = bench.path().to_owned();
    at_desk(home.path(), Some(&folder), |desk| {
        let sentence = desk.text("connection-problem");
        assert!(sentence.contains(&format!("The accounting system at {} did not answer", bench.url())), "{sentence}");
        assert!(desk.text("frame-facts").contains("No connection"), "{}", desk.text("frame-facts"));

        bench.restart_sandbox();
        desk.click("connection-retry");
        desk.wait_for("[data-testid=connection][data-reach=reached]");
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");
        assert_eq!(bench.stats()["vouchers"], 20);
    });
}
