//! Asks whether everybody can use it: axe-core over each screen of the real window, painted, in both themes.

use postonce_tests::{CliRig, root};
use serde_json::Value;

use crate::records::{ids, live, live_over};
use crate::window_rig::{ESCAPE, WindowRig, at_desk};

const LOOK: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(
        ({ violations }) => done(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) =>
            node.html + ' ' + node.any.map((check) => check.message).join(' ')).join('\\n  ')}`)),
        (error) => done([String(error)]));";

#[test]
fn axe_finds_nothing_on_any_screen_in_either_theme() {
    let cli = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "20 records for kr");
        window.look(&axe());
        let screens = window.look("return [...document.querySelectorAll('nav li a')].map((a) => a.dataset.testid)");
        let screens = screens.as_array().expect("the navigation has entries").clone();
        assert!(screens.len() >= 5, "{screens:?}");
        for theme in ["light", "dark"] {
            window.click("nav-settings");
            window.click(&format!("appearance-{theme}"));
            for screen in screens.iter().filter_map(Value::as_str) {
                window.click(screen);
                window.wait_for(&format!("[data-testid={}] h1", screen.replace("nav-", "screen-")));
                opened(window, screen);
                well(window, &format!("{screen}, {theme}"));
            }
        }
    });
}

/// Opens every dialog that needs no second person and no server that fails: the others are in `ui/tests/axe.test.ts`.
#[test]
fn axe_finds_nothing_in_any_dialog_in_either_theme() {
    let mut rows = vec!["U-0099;05.10.2026;12,5x;PM-0001;Reise;Samtale;NOK".to_owned()];
    rows.extend(ids(4).map(|id| format!("{id};05.10.2026;125,50;PM-0001;Reise;Samtale;NOK")));
    let cli = live_over(&rows, "");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.click("sync-now");
        window.wait_for_text("result", "4 records for kr");
        window.look(&axe());
        for theme in ["light", "dark"] {
            window.click("nav-settings");
            window.click(&format!("appearance-{theme}"));
            for (button, dialog) in [
                ("ledger-compare", "compare-dialog"),
                ("ledger-rebuild", "rebuild-dialog"),
                ("about-licences", "licences-dialog"),
                ("rules-open", "rules-dialog"),
            ] {
                window.click(button);
                dialog_is_well(window, dialog, theme);
            }
            for section in ["accounting", "source", "posting", "schedule", "waiting", "approval"] {
                window.click(&format!("change-{section}"));
                window.wait_for(&format!("[data-testid=cancel-{section}]"));
                well(window, &format!("settings of {section}, {theme}"));
                window.click(&format!("cancel-{section}"));
            }
            window.click("nav-overview");
            window.click("sync-menu");
            window.click("dry-run");
            dialog_is_well(window, "dry-run-dialog", theme);
            window.click("nav-records");
            window.open_row("record-toggle");
            window.wait_for("[data-testid=record-detail]");
            well(window, &format!("a record, {theme}"));
            window.click_on("[data-testid=record-detail] [data-testid=story-re-export]");
            dialog_is_well(window, "re-export-dialog", theme);
        }
    });
}

/// Looks at the window before there is a workspace, and when one cannot be opened.
#[test]
fn axe_finds_nothing_before_a_workspace_is_open() {
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = home.path().join("books");
    at_desk(home.path(), Some(&folder), |window| {
        window.wait_for("[data-testid=first-start]");
        window.look(&axe());
        in_both_themes(window, "the first start");
        window.click("begin-setup");
        window.wait_for("[data-testid=accounting-url]");
        in_both_themes(window, "the first step");
        window.type_into("accounting-url", "http://example.org");
        window.click("test-connection");
        window.wait_for_path("//*[@data-testid='problem-code'][contains(., 'insecure_url')]");
        in_both_themes(window, "the first step, refused");
    });
    std::fs::create_dir(&folder).expect("our own folder");
    std::fs::write(folder.join("workspace.toml"), "[organisation]\nid = \"hlf\"\ncurency = \"NOK\"\n").expect("ours");
    at_desk(home.path(), Some(&folder), |window| {
        window.wait_for("[data-testid=workspace-problem]");
        window.look(&axe());
        in_both_themes(window, "a workspace with a mistake");
    });
    let cli = CliRig::over_csv(b"Id;Dato\r\n");
    let text = std::fs::read_to_string(cli.path().join("workspace.toml")).expect("it was written");
    std::fs::write(cli.path().join("workspace.toml"), text.replace("accounting-token", "nobody-has")).expect("ours");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.wait_for("[data-testid=missing-secret]");
        window.look(&axe());
        in_both_themes(window, "a missing secret");
    });
}

/// The frame has no choice of theme before a workspace is open, and the page takes it from its root as always.
fn in_both_themes(window: &WindowRig, what: &str) {
    for theme in ["light", "dark"] {
        window.look(&format!("document.documentElement.dataset.appearance = '{theme}'"));
        well(window, &format!("{what}, {theme}"));
    }
}

fn dialog_is_well(window: &WindowRig, testid: &str, theme: &str) {
    window.wait_for_dialog(testid);
    well(window, &format!("{testid}, {theme}"));
    window.press(ESCAPE);
    window.wait_for_no(&format!("[data-testid={testid}]"));
}

fn well(window: &WindowRig, what: &str) {
    window.wait_until_at_rest();
    let found = window.look_later(LOOK);
    assert_eq!(found, Value::Array(vec![]), "{what}: {found:#}");
}

fn axe() -> String {
    let path = root().join("ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Opens the first row of a screen that has rows.
fn opened(window: &WindowRig, screen: &str) {
    match screen {
        "nav-history" => {
            window.open_row("run-toggle");
            window.wait_for("[data-testid=run-detail]");
        }
        "nav-audit" => {
            window.open_row("audit-toggle");
            window.wait_for("[data-testid=audit-detail]");
        }
        "nav-settings" => window.wait_for("[data-testid=about]"),
        _ => {}
    }
}
