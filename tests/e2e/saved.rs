//! Tests files that a person saves with the computer's own dialog.

use std::path::Path;

use crate::records::live;
use crate::window_rig::{WindowRig, at_desk};

#[test]
fn a_run_and_the_trail_are_saved_by_the_computers_own_dialog() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
        window.click("nav-history");
        window.open_row("run-toggle");
        window.wait_for("[data-testid=run-detail]");
        for format in ["csv", "xlsx"] {
            let path = folder.path().join(format!("run 1.{format}"));
            save(window, &format!("save-run-{format}"), &path);
            window.wait_for_text("saved", &format!("run 1.{format}"));
        }
        let trail = folder.path().join("trail.json");
        window.click("nav-audit");
        window.click("audit-export");
        window.answer_file_dialog(&trail);
        window.wait_for_text("audit-written", "trail.json");
    });
    let csv = std::fs::read(folder.path().join("run 1.csv")).expect("it was written");
    let csv = String::from_utf8(csv).expect("UTF-8");
    assert!(csv.matches("U-00").count() >= 20, "{csv}");
    let sheet = std::fs::read(folder.path().join("run 1.xlsx")).expect("it was written");
    assert!(sheet.starts_with(b"PK") && sheet.len() > 4_000, "a workbook: {} bytes", sheet.len());
    let trail = std::fs::read_to_string(folder.path().join("trail.json")).expect("it was written");
    let trail: serde_json::Value = serde_json::from_str(&trail).expect("JSON");
    assert!(trail.to_string().contains("sync_ended"), "{trail}");
}

fn save(window: &WindowRig, entry: &str, path: &Path) {
    window.click("save-menu");
    window.click(entry);
    window.answer_file_dialog(path);
}
