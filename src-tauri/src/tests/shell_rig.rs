//! Sets up the shell without a window: the real commands behind the real permissions, over a runtime that draws
//! nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use super::shapes::Bindings;
use crate::host::{App, Host};
use crate::outside::Outside;
use crate::recent::Recent;
use crate::saving::SavedFiles;
use crate::wiring::Wiring;
use crate::{bindings, context, desktop, listeners, scheduler};

/// The shell under test, with the commands that were called and their outcome.
pub(super) struct ShellRig {
    pub(super) folder: tempfile::TempDir,
    pub(super) bindings: Bindings,
    window: WebviewWindow<Host>,
    app: App,
    answered: RefCell<BTreeSet<String>>,
    refused: RefCell<BTreeSet<String>>,
}

/// The number of times the program was ended.
struct Exits(AtomicU32);

impl ShellRig {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = folder.path().join("config");
        std::fs::create_dir(&config).expect("our folder");
        // No menu and no tray are drawn, and nothing goes to this computer's own notifications.
        let preferences = json!({ "keep_in_tray": false, "notifications": false, "language": "en" });
        std::fs::write(config.join("preferences.json"), preferences.to_string()).expect("our folder");

        let known = bindings::builder();
        let app = mock_builder()
            .plugin(tauri_plugin_autostart::Builder::new().build())
            .invoke_handler(known.invoke_handler())
            .build(context())
            .expect("the application is set up");
        known.mount_events(&app);
        let outside =
            Outside::Pretended { answer: Mutex::new(Some(folder.path().to_owned())), opened: Mutex::default() };
        app.manage(outside);
        app.manage(SavedFiles::default());
        app.manage(Exits(AtomicU32::new(0)));
        let recent = Recent::new(Some(config.clone()));
        app.manage(Wiring::new(folder.path().join("workspace"), recent));
        app.manage(listeners());
        desktop::pretend(&app, config, |app| _ = app.state::<Exits>().0.fetch_add(1, Ordering::Relaxed));
        scheduler::start(app.handle());
        // The permissions are those of the window with this label.
        let window = WebviewWindowBuilder::new(&app, "main", WebviewUrl::default()).build().expect("a window");
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/ipc/bindings.ts"));
        let bindings = Bindings::read(&text.expect("they are committed"));
        Self { folder, bindings, window, app, answered: RefCell::default(), refused: RefCell::default() }
    }

    /// Calls a command as the window does; returns its answer or its error.
    pub(super) fn call(&self, command: &str, arguments: &Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().expect("an address"),
            body: InvokeBody::Json(arguments.clone()),
            headers: tauri::http::HeaderMap::new(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize().expect("an answer is JSON"))
    }

    /// Calls a command, and checks that its answer has the type that the window knows.
    pub(super) fn answers(&self, command: &str, arguments: Value) -> Value {
        let answer = self.call(command, &arguments);
        let answer = answer.unwrap_or_else(|problem| panic!("{command} {arguments} is refused: {problem}"));
        assert_eq!(self.bindings.misfit(command, &answer), None);
        self.answered.borrow_mut().insert(command.to_owned());
        answer
    }

    /// Calls a command, and checks that it is refused with this code.
    pub(super) fn refuses(&self, command: &str, arguments: Value, code: &str) {
        let answer = self.call(command, &arguments);
        let problem = answer.expect_err(&format!("{command} {arguments} is not refused"));
        assert_eq!(self.bindings.misfit_of_problem(&problem), None, "{command}");
        assert_eq!(problem["code"], code, "{command} {arguments}: {problem}");
        self.refused.borrow_mut().insert(command.to_owned());
    }

    /// Waits for the end of the run that is on, if there is one.
    pub(super) fn until_the_run_ends(&self) {
        let wiring = self.app.state::<Wiring>();
        tauri::async_runtime::block_on(async {
            if let Some(run) = wiring.syncing().await {
                run.end().await;
            }
        });
    }

    /// Returns the pages and files that were opened on the computer, newest last.
    pub(super) fn opened(&self) -> Vec<String> {
        match &*self.app.state::<Outside>() {
            Outside::Pretended { opened, .. } => opened.lock().expect("no test panics with it").clone(),
            Outside::Computer => Vec::new(),
        }
    }

    /// Makes a person answer each dialog with this path from here on.
    pub(super) fn answers_dialogs_with(&self, path: Option<PathBuf>) {
        if let Outside::Pretended { answer, .. } = &*self.app.state::<Outside>() {
            *answer.lock().expect("no test panics with it") = path;
        }
    }

    pub(super) fn exits(&self) -> u32 {
        self.app.state::<Exits>().0.load(Ordering::Relaxed)
    }

    /// Returns the folder of the workspace.
    pub(super) fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    /// Returns the commands that were never answered, nor refused with a reason.
    pub(super) fn never_reached(&self) -> Vec<&str> {
        let (answered, refused) = (self.answered.borrow(), self.refused.borrow());
        let names = self.bindings.commands.keys().map(String::as_str);
        names.filter(|name| !answered.contains(*name) && !refused.contains(*name)).collect()
    }

    /// Returns the commands that were refused every time.
    pub(super) fn never_answered(&self) -> Vec<&str> {
        let answered = self.answered.borrow();
        self.bindings.commands.keys().map(String::as_str).filter(|name| !answered.contains(*name)).collect()
    }
}
