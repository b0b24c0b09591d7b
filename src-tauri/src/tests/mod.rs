//! The bridge from this side: is every command that is registered reached, with good arguments and bad ones, and is what it
//! answers what the window was told?
//!
//! The list is the one of the bindings, which a test holds to the registration: a new command is called here, or these tests
//! fail.

mod desk;
mod shapes;

use serde_json::{Value, json};

use desk::Desk;

/// Called here with what is refused alone: what they do takes a second person, a second machine, a server that answers badly or
/// a keyring, and is tested where there is one.
const REFUSED_HERE: [&str; 6] = [
    // `tests/contract`: server.rs, labels.rs, and `ui/tests/lock.test.ts`
    "break_lock",
    // `tests/contract/re_export.rs`
    "approve_re_export",
    // `tests/contract/labels.rs`, `tests/simulation`, `tests/e2e/re_export.rs`
    "resolve",
    // `tests/contract/ledger_dangers.rs`, `tests/e2e/re_export.rs`
    "accept",
    // `engine::export::voucher_page`, `wiring::tests`
    "open_voucher",
    // `tests/e2e/setup.rs`
    "finish_setup",
];

/// What a person is shown in place of the workspace.
fn broken(desk: &Desk) -> Value {
    let overview = desk.answers("overview", json!({}));
    assert_eq!(overview["kind"], "broken", "{overview}");
    overview["problem"]["code"].clone()
}

#[test]
fn a_workspace_that_cannot_be_opened_is_told_with_its_reason() {
    let desk = Desk::new();
    // A folder stands where the file should be.
    std::fs::create_dir_all(desk.workspace().join("workspace.toml")).expect("our folder");
    assert_eq!(broken(&desk), "workspace_unreadable");

    let desk = Desk::new();
    let newest = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
    let wish = postonce_practice::Wish { port: None, records: 3, seed: 1, newest };
    postonce_practice::make(&desk.workspace(), &wish).expect("a practice workspace");
    std::fs::create_dir(desk.workspace().join("sandbox.sqlite")).expect("our folder");
    assert_eq!(broken(&desk), "sandbox_failed");
}

fn everything() -> Value {
    json!({ "from": null, "to": null })
}

fn any_record() -> Value {
    json!({ "text": null, "states": [], "payee": null, "period": everything(), "amountFrom": null, "amountTo": null })
}

fn any_run() -> Value {
    json!({ "text": null, "outcome": null, "unfinished": false, "actor": null, "trigger": null, "startedFrom": null,
            "startedBefore": null })
}

#[test]
fn arguments_of_another_type_or_none_reach_no_command() {
    let desk = Desk::new();
    for (name, command) in &desk.bindings.commands {
        for (parameter, may_be_missing) in &command.parameters {
            // No command takes a list of lists.
            let wrong = desk.call(name, &json!({ (parameter): [[]] })).expect_err(name);
            assert!(wrong.is_string(), "{name} {parameter}: {wrong}");
            if !may_be_missing {
                let missing = desk.call(name, &json!({})).expect_err(name);
                assert!(missing.as_str().is_some_and(|words| words.contains("missing required key")), "{missing}");
            }
        }
    }
    let unknown = desk.call("format_disk", &json!({})).expect_err("there is no such command");
    assert!(unknown.is_string(), "{unknown}");
    assert!(!desk.workspace().exists(), "nothing was done");
}

#[test]
fn each_command_answers_as_the_window_was_told_and_refuses_with_a_code() {
    let desk = Desk::new();
    before_there_is_a_workspace(&desk);
    desk.answers("make_practice_workspace", json!({}));
    desk.refuses("make_practice_workspace", json!({}), "workspace_exists");
    setting_up(&desk);
    let (run, record) = a_run(&desk);
    files(&desk, &run);
    records(&desk, &record);
    re_exports(&desk, &record);
    the_trail_and_the_ledger(&desk);
    settings(&desk);
    the_program(&desk);

    assert_eq!(desk.never_reached(), Vec::<&str>::new(), "a new command is called here as well");
    let mut never_answered = desk.never_answered();
    never_answered.retain(|name| !REFUSED_HERE.contains(name));
    assert_eq!(never_answered, Vec::<&str>::new(), "each is called with arguments that it takes");
}

fn before_there_is_a_workspace(desk: &Desk) {
    assert_eq!(desk.answers("overview", json!({}))["kind"], "missing");
    for command in ["connection", "lock", "settings", "ledger", "audit_actors", "verify_audit", "back_up", "next_run"] {
        desk.refuses(command, json!({}), "workspace_missing");
    }
    desk.refuses("attention", json!({ "offset": 0, "limit": 10 }), "workspace_missing");
    desk.refuses("records", json!({ "query": any_record(), "after": null, "limit": 10 }), "workspace_missing");
    desk.refuses("keep_secrets", json!({}), "workspace_missing");
    desk.refuses("rebuild", json!({ "confirm": "HLF" }), "workspace_missing");
    assert_eq!(desk.answers("current_progress", json!({})), Value::Null);
    assert_eq!(desk.answers("stop_sync", json!({})), false);
    assert_eq!(desk.answers("stop_compare", json!({})), false);
    desk.answers("system_language", json!({}));
}

fn setting_up(desk: &Desk) {
    let start = desk.answers("begin_setup", json!({}));
    desk.answers("hold_secret", json!({ "side": "platform", "value": "abc" }));
    desk.answers("hold_secret", json!({ "side": "platform", "value": "" }));
    desk.refuses("hold_secret", json!({ "side": "accounting", "value": "x".repeat(20_000) }), "usage");
    assert_eq!(desk.answers("keep_secrets", json!({})), Value::Null, "the workspace is open, and nothing was typed");

    let settings = desk.answers("settings", json!({}));
    let (accounting, source) = (&settings["accounting"], &settings["source"]);
    desk.answers("test_connection", json!({ "base": "current", "accounting": accounting }));
    let nowhere = json!({ "kind": "open", "fields": { "url": "http://127.0.0.1:1" } });
    desk.refuses("test_connection", json!({ "base": "current", "accounting": nowhere }), "accounting_unreachable");
    desk.answers("guess_source", json!({ "base": "current", "path": "practice-records.csv" }));
    desk.refuses("guess_source", json!({ "base": "current", "path": "no.csv" }), "source_file_missing");
    desk.answers("sample_source", json!({ "base": "current", "source": source }));
    desk.answers("survey_source", json!({ "base": "current", "source": source }));
    let platform = json!({ "kind": "platform", "url": "http://platform.example.org" });
    desk.refuses("sample_source", json!({ "base": "current", "source": platform }), "insecure_url");
    desk.refuses("survey_source", json!({ "base": "current", "source": platform }), "insecure_url");

    let mut organisation = start["organisation"].clone();
    organisation["id"] = "hlf".into();
    organisation["name"] = "HLF".into();
    let path = desk.workspace().join("practice-records.csv").display().to_string();
    let mut source = source.clone();
    source["path"] = path.into();
    let draft = json!({
        "folder": desk.folder.path().join("new").display().to_string(), "organisation": organisation,
        "accounting": accounting, "source": source, "posting": settings["posting"],
    });
    // Without a keyring, and with one that has no such secret: each is told.
    for command in ["check_setup", "rehearse"] {
        desk.answers("hold_secret", json!({ "side": "accounting", "value": "practice-token" }));
        desk.answers(command, json!({ "draft": draft }));
        let mut relative = draft.clone();
        relative["folder"] = "books".into();
        desk.refuses(command, json!({ "draft": relative }), "folder_not_absolute");
    }
    let mut there = draft.clone();
    there["folder"] = desk.workspace().display().to_string().into();
    desk.refuses("finish_setup", json!({ "draft": there }), "workspace_exists");
    desk.answers("hold_secret", json!({ "side": "accounting", "value": "" }));

    desk.answers("open_workspace", json!({ "path": desk.workspace() }));
    desk.refuses("open_workspace", json!({ "path": "books" }), "folder_not_absolute");
    desk.refuses("open_workspace", json!({ "path": "/nowhere" }), "workspace_missing");
    desk.answers("choose_file", json!({}));
    desk.answers("choose_folder", json!({}));
}

/// A first run; its id, and that of a record that it exported.
fn a_run(desk: &Desk) -> (String, String) {
    assert_eq!(desk.answers("overview", json!({}))["kind"], "ready");
    desk.answers("connection", json!({}));
    assert_eq!(desk.answers("lock", json!({})), Value::Null);
    let reason = "The machine is switched off";
    desk.refuses("break_lock", json!({ "confirm": "kari", "reason": reason }), "lock_free");
    desk.refuses("break_lock", json!({ "confirm": "kari", "reason": "x" }), "reason_too_short");
    desk.answers("plan", json!({ "period": everything() }));
    let reversed = json!({ "from": "2026-02-01", "to": "2026-01-01" });
    desk.refuses("plan", json!({ "period": reversed }), "period_reversed");
    desk.refuses("start_sync", json!({ "period": reversed, "waitSeconds": null }), "period_reversed");
    desk.answers("start_sync", json!({ "period": everything(), "waitSeconds": null }));
    desk.answers("current_progress", json!({}));
    desk.until_the_run_ends();

    let runs = desk.answers("runs", json!({ "query": any_run(), "limit": 10, "before": null }));
    assert_eq!(runs[0]["outcome"], "completed", "{runs}");
    let mut moment = any_run();
    moment["startedFrom"] = "yesterday".into();
    desk.refuses("runs", json!({ "query": moment, "limit": 10, "before": null }), "usage");
    let run = runs[0]["runId"].as_str().expect("a run has an id").to_owned();
    desk.answers("run", json!({ "runId": run }));
    desk.refuses("run", json!({ "runId": "none" }), "run_not_found");
    let items = json!({ "runId": run, "filter": "posted", "text": null, "skip": 0, "limit": 5 });
    let items = desk.answers("run_items", items);
    let all = json!({ "runId": run, "filter": null, "text": null, "skip": 0, "limit": 4_000_000_000_u32 });
    assert!(desk.answers("run_items", all).as_array().is_some_and(|rows| rows.len() >= 240));
    desk.answers("count_items", json!({ "runId": run, "filter": null, "text": "kr" }));
    desk.answers("certificate", json!({ "runId": run }));
    (run, items[0]["recordId"].as_str().expect("it has an id").to_owned())
}

/// Where a person says to save, something is written, and can be opened.
fn files(desk: &Desk, run: &str) {
    for format in ["csv", "xlsx"] {
        let saved = desk.answers("export_run", json!({ "runId": run, "format": format, "language": "nb" }));
        let path = desk.folder.path().join(saved["name"].as_str().expect("a name"));
        assert!(std::fs::metadata(path).is_ok_and(|file| file.len() > 1_000), "{saved}");
    }
    desk.refuses("export_run", json!({ "runId": "none", "format": "csv", "language": "en" }), "run_not_found");
    let certificate = desk.answers("export_certificate", json!({ "runId": run, "format": "pdf", "language": "en" }));
    let id = &certificate["id"];
    assert!(certificate["name"].as_str().is_some_and(|name| name.ends_with(".pdf")), "{certificate}");
    let wish = json!({ "runId": "none", "format": "pdf", "language": "en" });
    desk.refuses("export_certificate", wish, "run_not_found");
    desk.answers("open_saved", json!({ "id": id }));
    desk.answers("show_saved", json!({ "id": id }));
    assert_eq!(desk.opened().len(), 2);
    desk.refuses("open_saved", json!({ "id": 999 }), "usage");
    desk.refuses("show_saved", json!({ "id": 999 }), "usage");
    desk.answers("print_page", json!({}));

    let wish = || json!({ "runId": run, "format": "csv", "language": "nb" });
    desk.answers_dialogs_with(Some("/nowhere".into()));
    desk.refuses("export_run", wish(), "report_unwritable");
    desk.refuses("export_certificate", wish(), "report_unwritable");
    desk.refuses("export_audit", json!({ "language": "nb" }), "report_unwritable");
    desk.answers_dialogs_with(None);
    assert_eq!(desk.answers("export_run", wish()), Value::Null, "nobody wants it after all");
    desk.answers_dialogs_with(Some(desk.folder.path().to_owned()));
}

fn records(desk: &Desk, record: &str) {
    desk.answers("exported_by_month", json!({ "months": 12 }));
    desk.answers("next_run", json!({}));
    desk.answers("attention", json!({ "offset": 0, "limit": 4_000_000_000_u32 }));
    let rows = desk.answers("records", json!({ "query": any_record(), "after": null, "limit": 10 }));
    assert_eq!(rows.as_array().map(Vec::len), Some(10));
    desk.answers("records_found", json!({ "query": any_record() }));
    let mut query = any_record();
    query["amountFrom"] = "much".into();
    desk.refuses("records", json!({ "query": query, "after": null, "limit": 10 }), "usage");
    desk.refuses("records_found", json!({ "query": query }), "usage");
    let story = desk.answers("record", json!({ "recordId": record }));
    desk.refuses("record", json!({ "recordId": "none" }), "record_not_found");
    // The sandbox has no web client, and what the ledger does not know has no page in any.
    let voucher = story["attempts"][0]["voucherId"].as_str().expect("it was exported");
    for id in [voucher, "none", "https://example.org"] {
        desk.refuses("open_voucher", json!({ "voucherId": id }), "voucher_page_missing");
    }
    let reason = "Agreed with the auditor";
    desk.refuses("accept", json!({ "recordId": record, "reason": reason }), "nothing_to_accept");
    desk.refuses("accept", json!({ "recordId": "none", "reason": reason }), "record_not_found");
    let resolve = |verdict: Value| json!({ "recordId": record, "verdict": verdict, "reason": reason });
    desk.refuses("resolve", resolve(json!({ "kind": "not_posted" })), "not_in_doubt");
    desk.refuses("resolve", resolve(json!({ "kind": "posted", "voucherId": voucher })), "not_in_doubt");
}

fn re_exports(desk: &Desk, record: &str) {
    let reference = || desk.answers("re_export_preview", json!({ "recordId": record }))["reference"].clone();
    let shown = reference();
    desk.refuses("re_export_preview", json!({ "recordId": "none" }), "record_not_found");
    let wish = |confirm: &str, reference: &Value, reason: &str| {
        let wish = json!({ "recordId": record, "confirm": confirm, "reference": reference, "reason": reason, "reverse": false });
        json!({ "wish": wish })
    };
    desk.refuses("re_export", wish("other", &shown, "The voucher was deleted by mistake"), "confirmation_differs");
    desk.refuses("re_export", wish(record, &shown, "x"), "reason_too_short");
    let asked = desk.answers("re_export", wish(record, &shown, "The voucher was deleted by mistake"));
    assert_eq!(asked["kind"], "runs", "{asked}");
    desk.until_the_run_ends();
    // A dialog that was left open over it asks for something that nobody saw.
    desk.refuses("re_export", wish(record, &shown, "The voucher was deleted by mistake"), "re_export_overtaken");

    desk.answers("save_settings", json!({ "wish": { "part": "approval", "second": true } }));
    let asked = desk.answers("re_export", wish(record, &reference(), "The voucher was deleted once more"));
    assert_eq!(asked["kind"], "waits", "{asked}");
    let waiting = desk.answers("waiting_re_exports", json!({}));
    assert_eq!(waiting.as_array().map(Vec::len), Some(1), "{waiting}");
    let overview = desk.answers("overview", json!({}));
    assert_eq!(overview["counts"]["approvals"], 1, "{overview}");
    let approve = |id: &str, at: &Value| json!({ "recordId": id, "confirm": id, "requestedAt": at });
    let asked_at = &waiting[0]["requestedAt"];
    desk.refuses("approve_re_export", approve(record, asked_at), "approval_by_same");
    desk.refuses("approve_re_export", approve("none", asked_at), "approval_not_asked");
    desk.refuses("approve_re_export", approve(record, &"2026-01-01T00:00:00.000Z".into()), "approval_not_asked");
    desk.refuses("approve_re_export", approve(record, &"yesterday".into()), "usage");
    desk.refuses("decline_re_export", json!({ "recordId": record, "reason": "x" }), "reason_too_short");
    desk.answers("decline_re_export", json!({ "recordId": record, "reason": "It was found again" }));
}

fn the_trail_and_the_ledger(desk: &Desk) {
    let any = json!({ "act": null, "actor": null, "from": null, "to": null, "text": null });
    let entries = desk.answers("audit", json!({ "filter": any, "before": null, "limit": 500 }));
    assert!(entries.as_array().is_some_and(|entries| entries.len() > 5), "{entries}");
    let mut filter = any;
    filter["from"] = "yesterday".into();
    desk.refuses("audit", json!({ "filter": filter, "before": null, "limit": 10 }), "usage");
    desk.answers("audit_actors", json!({}));
    desk.answers("verify_audit", json!({}));
    let saved = desk.answers("export_audit", json!({ "language": "nb" }));
    let trail = std::fs::read_to_string(desk.folder.path().join(saved["name"].as_str().expect("a name")));
    assert!(trail.expect("it was written").lines().count() > 5);

    desk.answers("ledger", json!({}));
    desk.answers("back_up", json!({}));
    let compared = desk.answers("compare", json!({ "period": everything() }));
    let id = &compared["comparisonId"];
    desk.refuses("compare", json!({ "period": { "from": "2026-02-01", "to": "2026-01-01" } }), "period_reversed");
    desk.answers("differences", json!({ "comparisonId": id, "after": 0, "limit": 4_000_000_000_u32 }));
    let saved = desk.answers("export_comparison", json!({ "comparisonId": id, "language": "en" }));
    assert!(desk.folder.path().join(saved["name"].as_str().expect("a name")).exists());
    desk.refuses("export_comparison", json!({ "comparisonId": 999, "language": "en" }), "certificate_missing");
    desk.refuses("rebuild", json!({ "confirm": "another" }), "confirmation_differs");
    desk.answers("rebuild", json!({ "confirm": "Øvingsorganisasjonen" }));
}

fn settings(desk: &Desk) {
    // A token that was typed for the connection, and left there, is not saved with another part.
    desk.answers("hold_secret", json!({ "side": "accounting", "value": "left-behind" }));
    desk.answers("save_settings", json!({ "wish": { "part": "waiting", "seconds": 60 } }));
    let organisation = |zone: &str| json!({ "part": "organisation", "name": "Øvingsorganisasjonen", "currency": "NOK", "timeZone": zone });
    desk.refuses("save_settings", json!({ "wish": organisation("Oslo") }), "workspace_value_invalid");
    let saved = desk.answers("save_settings", json!({ "wish": organisation("Europe/Berlin") }));
    assert_eq!(saved["organisation"]["timeZone"], "Europe/Berlin", "{saved}");
    desk.answers("start_sync", json!({ "period": everything(), "waitSeconds": null }));
    desk.until_the_run_ends();
    let often = json!({ "cron": "every night", "catchUp": true });
    desk.refuses(
        "save_settings",
        json!({ "wish": { "part": "schedule", "schedule": often } }),
        "workspace_value_invalid",
    );
    desk.answers("next_times", json!({ "schedule": { "cron": "0 2 * * *", "catchUp": true } }));
    desk.refuses("next_times", json!({ "schedule": often }), "workspace_value_invalid");
}

fn the_program(desk: &Desk) {
    let preferences = desk.answers("preferences", json!({}));
    desk.answers("set_preferences", json!({ "wanted": preferences }));
    desk.answers("set_language", json!({ "language": "en" }));
    desk.answers("wanted_at_start", json!({}));
    desk.answers("about", json!({}));
    desk.answers("open_log_folder", json!({}));
    assert_eq!(desk.opened().len(), 3);
    assert_eq!(desk.exits(), 0);
    desk.answers("stop_and_quit", json!({}));
    assert_eq!(desk.exits(), 1);
    desk.answers("ask_to_quit", json!({}));
}
