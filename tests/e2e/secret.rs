//! Tests a machine whose keyring has not the workspace's secret: a new one, say, or one whose keyring was emptied.

use postonce_tests::{CliRig, TOKEN, plain_source};

use crate::window_rig::{ENTER, at_desk};

/// A name that nobody in this session has kept anything under.
const NAME: &str = "moved-token";

#[test]
fn a_missing_token_is_typed_kept_and_entered_in_the_trail() {
    let cli = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\r\n");
    cli.write_workspace(&plain_source("records.csv"));
    let file = cli.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it was written");
    std::fs::write(&file, text.replace("accounting-token", NAME)).expect("our own file");
    let home = tempfile::tempdir().expect("the machine has a temporary folder");
    at_desk(home.path(), Some(cli.path()), |window| {
        window.wait_for_path("//*[@data-testid='problem-code'][contains(., 'secret_missing')]");
        window.type_into("secret-again", TOKEN);
        window.press(ENTER);
        window.wait_for("[data-testid=connection][data-reach=reached]");
        window.click("nav-audit");
        window.click_on("[data-act=settings_changed] [data-testid=audit-toggle]");
        window.wait_for_text("audit-detail", &format!("secret {NAME}"));
        let page = window.look("return document.body.textContent");
        assert!(!page.as_str().unwrap_or_default().contains(TOKEN), "a token is never shown");
    });
    // The keyring has it from now on.
    at_desk(home.path(), Some(cli.path()), |window| {
        window.wait_for("[data-testid=connection][data-reach=reached]");
    });
    let kept = std::fs::read_to_string(&file).expect("it is there");
    assert!(!kept.contains(TOKEN), "{kept}");
}
