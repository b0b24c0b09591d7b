//! Can everybody use it: axe-core over each screen of the real window, painted, in both themes.

use postonce_tests::root;
use serde_json::Value;

use crate::desk::{Desk, at_desk};
use crate::records::live;

const LOOK: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(
        ({ violations }) => done(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) =>
            node.html + ' ' + node.any.map((check) => check.message).join(' ')).join('\\n  ')}`)),
        (error) => done([String(error)]));";

#[test]
fn axe_finds_nothing_on_any_screen_in_either_theme() {
    let bench = live(20);
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    let path = root().join("ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    at_desk(home.path(), Some(bench.path()), |desk| {
        desk.click("sync-now");
        desk.wait_for_text("result", "20 records for kr");
        desk.look(&axe);
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
                let found = desk.look_later(LOOK);
                assert_eq!(found, Value::Array(vec![]), "{screen}, {theme}: {found:#}");
            }
        }
    });
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
