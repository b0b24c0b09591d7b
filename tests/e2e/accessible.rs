//! Can everybody use it: axe-core over each screen of the real window, painted, in both themes.

use postonce_tests::{Bench, root};
use serde_json::Value;

use crate::desk::{Desk, at_desk};
use crate::records::{ids, live, live_over};

const LOOK: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(
        ({ violations }) => done(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) =>
            node.html + ' ' + node.any.map((check) => check.message).join(' ')).join('\\n  ')}`)),
        (error) => done([String(error)]));";

#[test]
fn axe_finds_nothing_on_any_screen_in_either_theme() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");
        desk.look(&axe());
        let screens = desk.look("return [...document.querySelectorAll('nav li a')].map((a) => a.dataset.testid)");
        let screens = screens.as_array().expect("the navigation has entries").clone();
        assert!(screens.len() >= 5, "{screens:?}");
        for theme in ["light", "dark"] {
            desk.click("nav-settings");
            desk.click(&format!("appearance-{theme}"));
            for screen in screens.iter().filter_map(Value::as_str) {
                desk.click(screen);
                desk.wait_for(&format!("[data-testid={}] h1", screen.replace("nav-", "screen-")));
                opened(desk, screen);
                well(desk, &format!("{screen}, {theme}"));
            }
        }
    });
}

/// What opens over the screens, where it can be had without a second person or a server that fails: the others are in
/// `ui/tests/axe.test.ts`.
#[test]
fn axe_finds_nothing_in_any_dialog_in_either_theme() {
    let mut rows = vec!["U-0099;05.10.2026;12,5x;PM-0001;Reise;Samtale;NOK".to_owned()];
    rows.extend(ids(4).map(|id| format!("{id};05.10.2026;125,50;PM-0001;Reise;Samtale;NOK")));
    let bench = live_over(&rows, "");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "4 records for kr");
        desk.look(&axe());
        for theme in ["light", "dark"] {
            desk.click("nav-settings");
            desk.click(&format!("appearance-{theme}"));
            for (button, dialog) in [
                ("ledger-compare", "compare-dialog"),
                ("ledger-rebuild", "rebuild-dialog"),
                ("about-licences", "licences-dialog"),
            ] {
                desk.click(button);
                dialog_is_well(desk, dialog, theme);
            }
            for section in ["accounting", "source", "posting", "schedule", "waiting", "approval"] {
                desk.click(&format!("change-{section}"));
                well(desk, &format!("settings of {section}, {theme}"));
                desk.click(&format!("cancel-{section}"));
            }
            desk.click("nav-overview");
            desk.click("sync-menu");
            desk.click("dry-run");
            dialog_is_well(desk, "dry-run-dialog", theme);
            desk.click("nav-records");
            desk.wait_for("[data-testid=record-row]");
            desk.look("document.querySelector('[data-testid=record-toggle][aria-expanded=false]')?.click()");
            desk.wait_for("[data-testid=record-detail]");
            well(desk, &format!("a record, {theme}"));
            desk.look("document.querySelector('[data-testid=record-detail] [data-testid=story-re-export]')?.click()");
            dialog_is_well(desk, "re-export-dialog", theme);
        }
    });
}

/// Before there is a workspace, and where one cannot be opened.
#[test]
fn axe_finds_nothing_on_a_first_start_or_a_workspace_that_cannot_be_opened() {
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let folder = home.path().join("books");
    at_desk(home.path(), Some(&folder), |desk| {
        desk.wait_for("[data-testid=first-start]");
        desk.look(&axe());
        in_both_themes(desk, "the first start");
        desk.click("begin-setup");
        desk.wait_for("[data-testid=accounting-url]");
        in_both_themes(desk, "the first step");
        desk.type_into("accounting-url", "http://example.org");
        desk.click("test-connection");
        desk.wait_for_path("//*[@data-testid='problem-code'][contains(., 'insecure_url')]");
        in_both_themes(desk, "the first step, refused");
    });
    std::fs::create_dir(&folder).expect("our own folder");
    std::fs::write(folder.join("workspace.toml"), "[organisation]\nid = \"hlf\"\ncurency = \"NOK\"\n").expect("ours");
    at_desk(home.path(), Some(&folder), |desk| {
        desk.wait_for("[data-testid=workspace-problem]");
        desk.look(&axe());
        in_both_themes(desk, "a workspace with a mistake");
    });
    let bench = Bench::over_csv(b"Id;Dato\r\n");
    let text = std::fs::read_to_string(bench.path().join("workspace.toml")).expect("it was written");
    std::fs::write(bench.path().join("workspace.toml"), text.replace("accounting-token", "nobody-has")).expect("ours");
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.wait_for("[data-testid=missing-secret]");
        desk.look(&axe());
        in_both_themes(desk, "a missing secret");
    });
}

/// The frame has no choice of theme before a workspace is open, and the page takes it from its root as always.
fn in_both_themes(desk: &Desk, what: &str) {
    for theme in ["light", "dark"] {
        desk.look(&format!("document.documentElement.dataset.appearance = '{theme}'"));
        well(desk, &format!("{what}, {theme}"));
    }
}

fn dialog_is_well(desk: &Desk, testid: &str, theme: &str) {
    desk.wait_for(&format!("[data-testid={testid}]"));
    well(desk, &format!("{testid}, {theme}"));
    desk.press("\u{e00c}");
    desk.wait_for(&format!("body:not(:has([data-testid={testid}]))"));
}

fn well(desk: &Desk, what: &str) {
    let found = desk.look_later(LOOK);
    assert_eq!(found, Value::Array(vec![]), "{what}: {found:#}");
}

fn axe() -> String {
    let path = root().join("ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// With whatever opens in place.
fn opened(desk: &Desk, screen: &str) {
    match screen {
        "nav-history" => {
            desk.wait_for("[data-testid=run]");
            desk.look("document.querySelector('[data-testid=run-toggle][aria-expanded=false]')?.click()");
            desk.wait_for("[data-testid=run-detail]");
        }
        "nav-audit" => {
            desk.wait_for("[data-testid=audit-entry]");
            desk.look("document.querySelector('[data-testid=audit-toggle][aria-expanded=false]')?.click()");
            desk.wait_for("[data-testid=audit-detail]");
        }
        "nav-settings" => desk.wait_for("[data-testid=about]"),
        _ => {}
    }
}
