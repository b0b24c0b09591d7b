//! Plays a person at the window, who looks, clicks and types.
//!
//! Invariant: nothing is clicked and no key is pressed before its target can take it: it is seen, enabled, not inert, at rest, and
//! not covered, and the keyboard is in the dialog that is open. A wait is for a state, never for a time.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use postonce_tests::{WAIT_MAX, look_for, wait_until};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::driver::Driver;

/// The pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_millis(50);
/// Stops of the tabulator on the way to a place; no screen has so many.
const TABS_MAX: usize = 80;
/// The keys that have no letter, as WebDriver names them.
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";
/// Keys that stay down until the others of their word are pressed: Shift, Control, Alt and Command.
const MODIFIERS: [char; 4] = ['\u{e008}', '\u{e009}', '\u{e00a}', '\u{e03d}'];

/// Says why an element cannot be acted on yet, or `null`. An animation that never ends is a sign of work, and no reason.
const TROUBLE: &str = "
    const [element, act] = arguments;
    const moves = ({ playState, effect }) => playState === 'running' && effect?.target
        && Number.isFinite(effect.getComputedTiming().endTime)
        && (effect.target.contains(element) || element.contains(effect.target));
    if (!element.isConnected) return 'it is gone';
    if (!element.checkVisibility({ visibilityProperty: true })) return 'it cannot be seen';
    if (element.closest('[inert]')) return 'it is inert';
    if (element.matches(':disabled') || element.closest('[aria-disabled=true]')) return 'it is disabled';
    if (document.getAnimations().some(moves)) return 'it moves';
    if (act === 'type' && element.readOnly) return 'it takes no typing';
    if (act !== 'click') return null;
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const [box] = element.getClientRects();
    if (!box) return 'it has no place';
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (element.contains(hit) || hit?.closest('label')?.control === element) return null;
    return `it is covered by ${hit?.outerHTML.slice(0, 200)}`;
";
/// Says why no key can be pressed yet, or `null`: the keyboard is in the dialog or menu that was opened last, or nowhere.
const KEYBOARD_TROUBLE: &str = "
    const at = document.activeElement;
    const open = [...document.querySelectorAll('[role=dialog], [role=alertdialog], [role=menu]')]
        .filter((one) => one.checkVisibility()).at(-1);
    const moves = ({ playState, effect }) => playState === 'running' && effect?.target
        && Number.isFinite(effect.getComputedTiming().endTime) && effect.target.contains(open ?? at);
    if (!at) return 'nothing has the keyboard';
    if (document.getAnimations().some(moves)) return 'its place moves';
    if (open && at !== document.body && !open.contains(at)) return `it is still at ${at.outerHTML.slice(0, 200)}`;
    if (at.closest('[inert]') || !at.checkVisibility({ visibilityProperty: true })) return 'its place cannot be seen';
    return null;
";
/// Tells whether everything in the window is at rest.
const AT_REST: &str = "
    return !document.getAnimations().some(({ playState, effect }) =>
        playState === 'running' && Number.isFinite(effect?.getComputedTiming().endTime));
";

/// Starts the application in this home, does that at its window, and ends it again.
///
/// # Panics
/// With what `act` panics with, and with the path of a picture of the window as it was then.
pub(crate) fn at_desk<R>(home: &Path, workspace: Option<&Path>, act: impl FnOnce(&WindowRig) -> R) -> R {
    let window = WindowRig::open(home, workspace, false);
    seen(vec![window], |desks| act(&desks[0]))
}

/// Does the same with two people, each at a window, a home and a workspace of their own.
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
            let client = tokio::time::timeout(WAIT_MAX, builder.connect(driver.url())).await;
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

    /// Waits until the text of the element with this `data-testid` is this, and nothing else.
    pub(crate) fn wait_for_words(&self, testid: &str, words: &str) {
        let mut seen = "nothing".to_owned();
        let found = look_for(|| {
            seen = self.text(testid);
            (seen == words).then_some(())
        });
        assert!(found.is_some(), "{testid} does not say \u{201c}{words}\u{201d}: {seen}");
    }

    /// Waits until the text that can be seen in the element with this `data-testid` holds this part, and returns all of it.
    pub(crate) fn text_with(&self, testid: &str, part: &str) -> String {
        let mut seen = "nothing".to_owned();
        let found = look_for(|| {
            seen = self.text(testid);
            seen.contains(part).then_some(())
        });
        assert!(found.is_some(), "{testid} does not say \u{201c}{part}\u{201d}: {seen}");
        seen
    }

    /// Waits until this dialog has opened: it is there, at rest, and has the keyboard.
    pub(crate) fn wait_for_dialog(&self, testid: &str) {
        self.wait_for(&format!("[data-testid={testid}]:focus-within"));
        self.with_ready(&of(testid), "look", |_| Ok(()));
    }

    /// Waits until there is nothing for this CSS selector.
    pub(crate) fn wait_for_no(&self, selector: &str) {
        self.wait_for(&format!("html:not(:has({selector}))"));
    }

    /// Waits until there is an element for this CSS selector, and does this again and again meanwhile.
    pub(crate) fn wait_for_while(&self, selector: &str, mut act: impl FnMut()) {
        wait_until(selector, || {
            act();
            self.runtime.block_on(self.client.find(Locator::Css(selector))).is_ok()
        });
    }

    /// Waits until everything in the window is at rest.
    pub(crate) fn wait_until_at_rest(&self) {
        wait_until("the end of all movement", || self.look(AT_REST) == true);
    }

    /// Clicks the element with this `data-testid`, as soon as it can be clicked.
    pub(crate) fn click(&self, testid: &str) {
        self.click_on(&of(testid));
    }

    /// Clicks the first element for this CSS selector, as soon as it can be clicked.
    pub(crate) fn click_on(&self, selector: &str) {
        self.with_ready(selector, "click", |element| self.runtime.block_on(element.click()));
    }

    /// Opens the first row that has a toggle of this `data-testid` and is closed.
    pub(crate) fn open_row(&self, toggle: &str) {
        self.click_on(&format!("[data-testid={toggle}][aria-expanded=false]"));
        self.wait_for(&format!("[data-testid={toggle}][aria-expanded=true]"));
    }

    /// Types into the element with this `data-testid`, as soon as it takes typing.
    pub(crate) fn type_into(&self, testid: &str, text: &str) {
        self.with_ready(&of(testid), "type", |element| self.runtime.block_on(element.send_keys(text)));
    }

    /// Returns the text that can be seen in the element with this `data-testid`, as soon as it is there.
    pub(crate) fn text(&self, testid: &str) -> String {
        self.with_ready(&of(testid), "read", |element| self.runtime.block_on(element.text()))
    }

    /// Returns the value of this script; for everything that is read at one instant, or many times over.
    pub(crate) fn look(&self, script: &str) -> Value {
        let seen = self.runtime.block_on(self.client.execute(script, vec![]));
        seen.unwrap_or_else(|error| panic!("the page cannot be read: {error}\n{script}"))
    }

    /// Returns the value that this script hands to its last argument, in its own time.
    pub(crate) fn look_later(&self, script: &str) -> Value {
        let seen = self.runtime.block_on(self.client.execute_async(script, vec![]));
        seen.unwrap_or_else(|error| panic!("the page cannot be read: {error}"))
    }

    /// Presses keys at the place that has the keyboard, as soon as that takes them. Modifiers stay down until the last of them.
    pub(crate) fn press(&self, keys: &str) {
        let mut trouble = Value::Null;
        let is_ready = look_for(|| {
            trouble = self.look(KEYBOARD_TROUBLE);
            trouble.is_null().then_some(())
        });
        assert!(is_ready.is_some(), "no key can be pressed: {trouble}");
        self.press_at_once(keys);
    }

    /// Presses keys as the keyboard itself does: those that are sent to an element begin at its first part again, and a date
    /// field has three.
    fn press_at_once(&self, keys: &str) {
        let (mut presses, mut held) = (KeyActions::new("keyboard".to_owned()), Vec::new());
        for key in keys.chars() {
            presses = presses.then(KeyAction::Down { value: key });
            if MODIFIERS.contains(&key) {
                held.push(key);
            } else {
                presses = presses.then(KeyAction::Up { value: key });
            }
        }
        for key in held.into_iter().rev() {
            presses = presses.then(KeyAction::Up { value: key });
        }
        let pressed = self.runtime.block_on(self.client.perform_actions(presses));
        pressed.unwrap_or_else(|error| panic!("the keyboard does not answer: {error}"));
    }

    /// Goes on with the tabulator until the keyboard is at the element with this `data-testid`. Each place on the way can be seen.
    pub(crate) fn tab_to(&self, testid: &str) {
        self.with_ready(&of(testid), "look", |_| Ok(()));
        for _ in 0..TABS_MAX {
            self.press(TAB);
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

    /// Waits until the application has ended by itself, and does this again and again meanwhile.
    pub(crate) fn wait_until_gone_while(&self, mut act: impl FnMut()) {
        wait_until("the end of the application", || {
            act();
            self.driver.is_gone()
        });
    }

    /// Does this to the first element for this selector, as soon as nothing stands in the way of it.
    fn with_ready<T>(&self, selector: &str, act: &str, does: impl Fn(&Element) -> Result<T, CmdError>) -> T {
        let mut trouble = "it is not there".to_owned();
        let done = look_for(|| {
            let element = self.runtime.block_on(self.client.find(Locator::Css(selector))).ok()?;
            let done = match self.trouble(&element, act) {
                Ok(Some(reason)) => {
                    trouble = reason;
                    return None;
                }
                Ok(None) => does(&element),
                Err(error) => Err(error),
            };
            if let Err(error) = &done {
                assert!(is_of_the_moment(error), "{selector}: {error}");
                trouble = error.to_string();
            }
            done.ok()
        });
        done.unwrap_or_else(|| panic!("nobody can {act} {selector}: {trouble}"))
    }

    /// Returns why nobody can do that to the element yet. Everything that is there can be read.
    fn trouble(&self, element: &Element, act: &str) -> Result<Option<String>, CmdError> {
        if act == "read" {
            return Ok(None);
        }
        let element = serde_json::to_value(element).expect("a name");
        let trouble = self.runtime.block_on(self.client.execute(TROUBLE, vec![element, act.into()]))?;
        Ok(trouble.as_str().map(str::to_owned))
    }

    fn element(&self, locator: Locator<'_>) -> Element {
        let wait = self.client.wait().at_most(WAIT_MAX).every(LOOK_PAUSE);
        let found = self.runtime.block_on(wait.for_element(locator));
        found.unwrap_or_else(|error| panic!("the window does not show {locator:?}: {error}"))
    }

    /// Takes a picture of the window, and returns its place, or why there is none.
    fn picture(&self, number: usize) -> String {
        let test = thread::current().name().unwrap_or("e2e").replace("::", "-");
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{number}.png"));
        // Two frames from now, the page has been painted as it is.
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

/// Tells whether an element was not ready, or was drawn anew, in the moment between a look at it and an act.
fn is_of_the_moment(error: &CmdError) -> bool {
    let is_covered =
        matches!(error, CmdError::Standard(refusal) if refusal.error == ErrorStatus::ElementClickIntercepted);
    is_covered || error.is_stale_element_reference() || error.is_element_not_interactable()
}

fn of(testid: &str) -> String {
    format!(r#"[data-testid="{testid}"]"#)
}

fn message(thrown: &(dyn Any + Send)) -> &str {
    let text = thrown.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| thrown.downcast_ref::<&str>().copied()).unwrap_or("something without words")
}
