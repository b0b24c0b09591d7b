//! Runs `cargo xtask screenshots`: every screen in its states, in both languages and themes and at both sizes, drawn
//! over the made-up engine. They are to be looked at one by one; nothing compares them.

use crate::programs::find_in_system;
use crate::run::{Failure, call};
use crate::{places, setup};

const FOLDER: &str = "screenshots";
/// The browsers, of which the first one found is used: all of them speak the same protocol.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let screen = match arguments {
        [] => "",
        ["--screen", screen] => screen,
        _ => return Err(Failure::new("takes --screen NAME, or nothing for all of them")),
    };
    let browser = BROWSERS.iter().find_map(|name| find_in_system(name));
    let browser = browser.ok_or_else(|| Failure::new("Chromium is needed to draw the screens; please install it"))?;
    let folder = places::target()?.join(FOLDER);
    let mut command = setup::ui()?.npm(&["run", "--silent", "screenshots", "--", screen]);
    call(command.env("POSTONCE_BROWSER", browser).env("POSTONCE_SCREENSHOTS", &folder))
}
