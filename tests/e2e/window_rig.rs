//! A person at the window: looks, clicks, waits until something is there to be seen.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::driver::Driver;

/// The longest a person is kept waiting for anything in these tests, a whole slow sync included.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Between two looks; progress is told ten times a second.
/// An application that does not answer its driver by then has ended, or never will.
const START_MAX: Duration = Duration::from_secs(30);
/// More than any screen has places for the keyboard.
const TABS_MAX: usize = 80;
const TAB: char = '\u{e004}';
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// Starts the application in this home, does that at its window, and ends it again.
///
/// # Panics
/// With what `act` panics with, and with the path of a picture of the window as it was then.
pub(crate) fn at_desk<R>(home: &Path, workspace: Option<&Path>, act: impl FnOnce(&WindowRig) -> R) -> R {
    let window = WindowRig::open(home, workspace, false);
    seen(vec![window], |desks| act(&desks[0]))
}

/// The same with two people, each at a window, a home and a workspace of their own.
pub(crate) fn at_two_desks<R>(places: [(&Path, &Path); 2], act: impl FnOnce(&WindowRig, &WindowRig) -> R) -> R {
    let [first, second] = places;
    let first = WindowRig::open(first.0, Some(first.1), false);
    let second = WindowRig::open(second.0, Some(second.1), true);
    // The second goes first: the first one's turn is held until both are gone.
    seen(vec![second, first], |desks| act(&desks[1], &desks[0]))
}

fn seen<R>(desks: Vec<WindowRig>, act: impl FnOnce(&[WindowRig]) -> R) -> R {
    match catch_unwind(AssertUnwindSafe(|| act(&desks))) {
        Ok(result) => result,
        Err(thrown) => {
            let windows = desks.iter().enumerate().map(|(number, window)| {
                format!("The window then: {}\nStandard error:\n{}", window.picture(number), window.driver.words())
            });
            let windows = windows.collect::<Vec<_>>().join("\n");
            drop(desks);
            panic!("{}\n\n{windows}", message(&*thrown));
        }
    }
}

/// The window of a running application.
pub(crate) struct WindowRig {
    runtime: Runtime,
    client: Client,
    driver: Driver,
}

impl WindowRig {
    fn open(home: &Path, workspace: Option<&Path>, is_beside: bool) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime starts");
        let (driver, client) = runtime.block_on(async {
            let driver = if is_beside { Driver::start_beside(home).await } else { Driver::start(home).await };
            let arguments = workspace.map(|folder| vec!["--workspace".to_owned(), folder.display().to_string()]);
            let wished = json!({ "application": driver.application(), "args": arguments.unwrap_or_default() });
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities([("tauri:options".to_owned(), wished)].into_iter().collect());
            let client = tokio::time::timeout(START_MAX, builder.connect(driver.url())).await;
            let client = client.unwrap_or_else(|_| panic!("the application does not start: {}", driver.words()));
            (driver, client.expect("the application can be driven"))
        });
        Self { runtime, client, driver }
    }

    /// Waits until there is an element for this CSS selector.
    pub(crate) fn wait_for(&self, selector: &str) {
        self.element(Locator::Css(selector));
    }

    /// Waits until the element with this `data-testid` holds this text.
    pub(crate) fn wait_for_text(&self, testid: &str, text: &str) {
        assert!(!text.contains('"'), "XPath has no way to escape it");
        self.element(Locator::XPath(&format!(r#"//*[@data-testid="{testid}"][contains(., "{text}")]"#)));
    }

    /// Waits until anything is there for this XPath.
    pub(crate) fn wait_for_path(&self, path: &str) {
        self.element(Locator::XPath(path));
    }

    /// Clicks what has this `data-testid`, as soon as it is there.
    pub(crate) fn click(&self, testid: &str) {
        self.click_on(&of(testid));
    }

    /// Clicks the first of what this CSS selector finds, as soon as it is there.
    pub(crate) fn click_on(&self, selector: &str) {
        let element = self.element(Locator::Css(selector));
        let clicked = self.runtime.block_on(element.click());
        clicked.unwrap_or_else(|error| panic!("{selector} cannot be clicked: {error}"));
    }

    /// Types into what has this `data-testid`, as soon as it is there; `Escape` is `"\u{e00c}"`.
    pub(crate) fn type_into(&self, testid: &str, text: &str) {
        let element = self.element(Locator::Css(&of(testid)));
        let typed = self.runtime.block_on(element.send_keys(text));
        typed.unwrap_or_else(|error| panic!("{testid} takes no typing: {error}"));
    }

    /// The text that can be seen in what has this `data-testid`, as soon as it is there.
    pub(crate) fn text(&self, testid: &str) -> String {
        let element = self.element(Locator::Css(&of(testid)));
        let text = self.runtime.block_on(element.text());
        text.unwrap_or_else(|error| panic!("{testid} cannot be read: {error}"))
    }

    /// What this script returns; for what is read at one instant, or many times over.
    pub(crate) fn look(&self, script: &str) -> Value {
        let seen = self.runtime.block_on(self.client.execute(script, vec![]));
        seen.unwrap_or_else(|error| panic!("the page cannot be read: {error}\n{script}"))
    }

    /// What this script hands to its last argument, in its own time.
    pub(crate) fn look_later(&self, script: &str) -> Value {
        let seen = self.runtime.block_on(self.client.execute_async(script, vec![]));
        seen.unwrap_or_else(|error| panic!("the page cannot be read: {error}"))
    }

    /// Presses keys wherever the keyboard is; those that are no letters by their WebDriver codes.
    pub(crate) fn press(&self, keys: &str) {
        let pressed = self.runtime.block_on(async { self.client.active_element().await?.send_keys(keys).await });
        pressed.unwrap_or_else(|error| panic!("the keyboard does not answer: {error}"));
    }

    /// Presses the tabulator as the keyboard itself does: keys that are sent to an element begin at its first part again, and a
    /// date field has three.
    fn tab(&self) {
        let (down, up) = (KeyAction::Down { value: TAB }, KeyAction::Up { value: TAB });
        let presses = KeyActions::new("keyboard".to_owned()).then(down).then(up);
        let pressed = self.runtime.block_on(self.client.perform_actions(presses));
        pressed.unwrap_or_else(|error| panic!("the keyboard does not answer: {error}"));
    }

    /// Goes on with the tabulator until the keyboard is at what has this `data-testid`. Wherever it is, that can be seen.
    pub(crate) fn tab_to(&self, testid: &str) {
        for _ in 0..TABS_MAX {
            self.tab();
            let at = self.look(
                "const at = document.activeElement; const style = getComputedStyle(at);
                 return { testid: at.dataset.testid ?? null, html: at.outerHTML.slice(0, 200),
                     seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };",
            );
            assert_eq!(at["seen"], true, "the keyboard is here, and cannot be seen: {at}");
            if at["testid"] == testid {
                return;
            }
        }
        panic!("the tabulator never comes to {testid}");
    }

    /// Answers the file dialog of the computer, which is no page: its name field has the keyboard.
    pub(crate) fn answer_file_dialog(&self, path: &Path) {
        self.driver.answer_file_dialog(path);
    }

    /// Starts the program once more, as the system does for a link: it hands over its arguments, and ends.
    pub(crate) fn start_second(&self, arguments: &[&str]) {
        self.driver.start_second(arguments);
    }

    /// Waits until the application has ended by itself.
    pub(crate) fn wait_until_gone(&self) {
        self.runtime.block_on(self.driver.wait_until_gone());
    }

    fn element(&self, locator: Locator<'_>) -> Element {
        let wait = self.client.wait().at_most(WAIT_MAX).every(LOOK_PAUSE);
        let found = self.runtime.block_on(wait.for_element(locator));
        found.unwrap_or_else(|error| panic!("the window does not show {locator:?}: {error}"))
    }

    /// Takes a picture of the window, and says where it is, or why there is none.
    fn picture(&self, number: usize) -> String {
        let test = thread::current().name().unwrap_or("e2e").replace("::", "-");
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{number}.png"));
        // Two frames from now, what the page holds has been painted.
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        let taken = self.runtime.block_on(async {
            self.client.execute_async(painted, vec![]).await?;
            self.client.screenshot().await
        });
        match taken.map(|picture| std::fs::write(&path, picture)) {
            Ok(Ok(())) => path.display().to_string(),
            Ok(Err(error)) => format!("no picture at {}: {error}", path.display()),
            Err(error) => format!("no picture: {error}"),
        }
    }
}

impl Drop for WindowRig {
    fn drop(&mut self) {
        // Ends the application; then the drivers go with `self.driver`, which waits for all of them.
        _ = self.runtime.block_on(self.client.clone().close());
    }
}

fn of(testid: &str) -> String {
    format!(r#"[data-testid="{testid}"]"#)
}

fn message(thrown: &(dyn Any + Send)) -> &str {
    let text = thrown.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| thrown.downcast_ref::<&str>().copied()).unwrap_or("something without words")
}
