//! Tests practice: from an empty folder, with the sandbox that the application brings along.

use crate::window_rig::at_desk;

#[test]
fn a_practice_workspace_is_made_with_a_click_and_marked() {
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = home.path().join("workspace");
    at_desk(home.path(), Some(&folder), |window| {
        window.wait_for("[data-testid=first-start]");
        window.click("make-practice");
        window.text_with("practice-band", "Nothing here reaches your books.");
        window.wait_for("[data-testid=connection][data-reach=reached]");
        window.click("sync-now");
        window.wait_for_text("result", "were exported.");
        window.click("nav-history");
        window.wait_for("[data-testid=run][data-outcome=completed]");
    });
    // Opened again it is the same workspace, though nobody names it, and the books of its sandbox have lasted.
    at_desk(home.path(), None, |window| {
        window.wait_for("[data-testid=practice-band]");
        window.wait_for("[data-testid=connection][data-reach=reached]");
        window.click("sync-now");
        window.wait_for_text("result", "Nothing new to export.");
    });
}
