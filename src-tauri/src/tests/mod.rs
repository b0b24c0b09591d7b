//! Tests the bridge from the shell's side: every registered command is reached, with good arguments and bad ones, and
//! its answer has the type that the window knows.
//!
//! The list is the one of the bindings, which a test holds to the registration: a new command is called here, or these
//! tests fail.

mod shapes;
mod shell_rig;

use serde_json::{Value, json};

use shell_rig::ShellRig;

/// The commands that are called here with refused arguments alone: their work takes a second person, a second machine,
/// a server that answers badly or a keyring, and is tested in the files named.
const REFUSED_HERE: [&str; 11] = [
    // `tests/contract`: server.rs, labels.rs, and `ui/tests/lock.test.ts`
    "break_lock",
    // `tests/contract/re_export.rs`
    "approve_re_export",
    // `tests/contract/labels.rs`, `tests/simulation`, `tests/e2e/re_export.rs`
    "resolve",
    // `tests/contract/ledger_dangers.rs`, `tests/e2e/re_export.rs`
    "accept",
    // `tests/contract/identity.rs`
    "confirm",
    "confirm_record",
    "set_aside",
    "choose_other_day",
    // `tests/contract/receipts.rs`
    "set_receipts_aside",
    // `engine::verbs::voucher_page`, `wiring::tests`
    "open_voucher",
    // `tests/e2e/setup.rs`
    "finish_setup",
];

/// Returns the problem that a person is shown in place of the workspace.
fn broken(rig: &ShellRig) -> Value {
    let overview = rig.answers("overview", json!({}));
    assert_eq!(overview["kind"], "broken", "{overview}");
    overview["problem"]["code"].clone()
}

#[test]
fn a_workspace_that_cannot_be_opened_is_shown_with_its_reason() {
    let rig = ShellRig::new();
    // A folder stands where the file should be.
    std::fs::create_dir_all(rig.workspace().join("workspace.toml")).expect("our folder");
    assert_eq!(broken(&rig), "workspace_unreadable");

    let rig = ShellRig::new();
    let newest = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
    let wish = postonce_practice::Wish { port: None, records: 3, seed: 1, newest };
    postonce_practice::make(&rig.workspace(), &wish).expect("a practice workspace");
    std::fs::create_dir(rig.workspace().join("sandbox.sqlite")).expect("our folder");
    assert_eq!(broken(&rig), "sandbox_failed");
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
    let rig = ShellRig::new();
    for (name, command) in &rig.bindings.commands {
        for (parameter, may_be_missing) in &command.parameters {
            // No command takes a list of lists.
            let wrong = rig.call(name, &json!({ (parameter): [[]] })).expect_err(name);
            assert!(wrong.is_string(), "{name} {parameter}: {wrong}");
            if !may_be_missing {
                let missing = rig.call(name, &json!({})).expect_err(name);
                assert!(missing.as_str().is_some_and(|words| words.contains("missing required key")), "{missing}");
            }
        }
    }
    let unknown = rig.call("format_disk", &json!({})).expect_err("there is no such command");
    assert!(unknown.is_string(), "{unknown}");
    assert!(!rig.workspace().exists(), "nothing was done");
}

#[test]
fn each_command_answers_in_its_type_and_refuses_with_a_code() {
    let rig = ShellRig::new();
    before_there_is_a_workspace(&rig);
    rig.answers("make_practice_workspace", json!({}));
    rig.refuses("make_practice_workspace", json!({}), "workspace_exists");
    setting_up(&rig);
    let (run, record) = a_run(&rig);
    files(&rig, &run);
    records(&rig, &record);
    re_exports(&rig, &record);
    the_trail_and_the_ledger(&rig);
    settings(&rig);
    the_program(&rig);

    assert_eq!(rig.never_reached(), Vec::<&str>::new(), "a new command is called here as well");
    let mut never_answered = rig.never_answered();
    never_answered.retain(|name| !REFUSED_HERE.contains(name));
    assert_eq!(never_answered, Vec::<&str>::new(), "each is called with arguments that it takes");
}

fn before_there_is_a_workspace(rig: &ShellRig) {
    assert_eq!(rig.answers("overview", json!({}))["kind"], "missing");
    for command in ["connection", "lock", "settings", "ledger", "audit_actors", "verify_audit", "back_up", "next_run"] {
        rig.refuses(command, json!({}), "workspace_missing");
    }
    rig.refuses("attention", json!({ "offset": 0, "limit": 10 }), "workspace_missing");
    rig.refuses("records", json!({ "query": any_record(), "after": null, "limit": 10 }), "workspace_missing");
    rig.refuses("keep_secrets", json!({}), "workspace_missing");
    rig.refuses("rebuild", json!({ "confirm": "HLF", "reason": null }), "workspace_missing");
    assert_eq!(rig.answers("current_progress", json!({})), Value::Null);
    assert_eq!(rig.answers("stop_sync", json!({})), false);
    assert_eq!(rig.answers("stop_compare", json!({})), false);
    rig.answers("system_language", json!({}));
}

fn setting_up(rig: &ShellRig) {
    let start = rig.answers("begin_setup", json!({}));
    rig.answers("hold_secret", json!({ "side": "platform", "value": "abc" }));
    rig.answers("hold_secret", json!({ "side": "platform", "value": "" }));
    rig.refuses("hold_secret", json!({ "side": "accounting", "value": "x".repeat(20_000) }), "usage");
    assert_eq!(rig.answers("keep_secrets", json!({})), Value::Null, "the workspace is open, and nothing was typed");

    let settings = rig.answers("settings", json!({}));
    let (accounting, source) = (&settings["accounting"], &settings["source"]);
    rig.answers("test_connection", json!({ "base": "current", "accounting": accounting }));
    let nowhere = json!({ "kind": "open", "fields": { "url": "http://127.0.0.1:1" } });
    rig.refuses("test_connection", json!({ "base": "current", "accounting": nowhere }), "accounting_unreachable");
    rig.answers("guess_source", json!({ "base": "current", "path": "practice-records.csv" }));
    rig.refuses("guess_source", json!({ "base": "current", "path": "no.csv" }), "source_file_missing");
    rig.answers("sample_source", json!({ "base": "current", "source": source }));
    rig.answers("survey_source", json!({ "base": "current", "source": source }));
    let platform = json!({ "kind": "platform", "url": "http://platform.example.org" });
    rig.refuses("sample_source", json!({ "base": "current", "source": platform }), "insecure_url");
    rig.refuses("survey_source", json!({ "base": "current", "source": platform }), "insecure_url");

    let mut organisation = start["organisation"].clone();
    organisation["id"] = "hlf".into();
    organisation["name"] = "HLF".into();
    let path = rig.workspace().join("practice-records.csv").display().to_string();
    let mut source = source.clone();
    source["path"] = path.into();
    let form = json!({
        "folder": rig.folder.path().join("new").display().to_string(), "organisation": organisation,
        "accounting": accounting, "source": source, "posting": settings["posting"],
    });
    // A missing keyring, and one that has no such secret, are both reported.
    for command in ["check_setup", "rehearse"] {
        rig.answers("hold_secret", json!({ "side": "accounting", "value": "practice-token" }));
        rig.answers(command, json!({ "form": form }));
        let mut relative = form.clone();
        relative["folder"] = "books".into();
        rig.refuses(command, json!({ "form": relative }), "folder_not_absolute");
    }
    let mut there = form.clone();
    there["folder"] = rig.workspace().display().to_string().into();
    rig.refuses("finish_setup", json!({ "form": there }), "workspace_exists");
    rig.answers("hold_secret", json!({ "side": "accounting", "value": "" }));

    rig.answers("open_workspace", json!({ "path": rig.workspace() }));
    rig.refuses("open_workspace", json!({ "path": "books" }), "folder_not_absolute");
    rig.refuses("open_workspace", json!({ "path": "/nowhere" }), "workspace_missing");
    rig.answers("choose_file", json!({}));
    rig.answers("choose_folder", json!({}));
}

/// Makes a first run; returns its id, and that of a record that it exported.
fn a_run(rig: &ShellRig) -> (String, String) {
    assert_eq!(rig.answers("overview", json!({}))["kind"], "ready");
    rig.answers("connection", json!({}));
    assert_eq!(rig.answers("lock", json!({})), Value::Null);
    let reason = "The machine is switched off";
    rig.refuses("break_lock", json!({ "confirm": "kari", "reason": reason }), "lock_free");
    rig.refuses("break_lock", json!({ "confirm": "kari", "reason": "x" }), "reason_too_short");
    rig.answers("plan", json!({ "period": everything() }));
    let reversed = json!({ "from": "2026-02-01", "to": "2026-01-01" });
    rig.refuses("plan", json!({ "period": reversed }), "period_reversed");
    rig.refuses("start_sync", json!({ "period": reversed, "waitSeconds": null }), "period_reversed");
    rig.answers("start_sync", json!({ "period": everything(), "waitSeconds": null }));
    rig.answers("current_progress", json!({}));
    rig.until_the_run_ends();

    let runs = rig.answers("runs", json!({ "query": any_run(), "limit": 10, "before": null }));
    assert_eq!(runs[0]["outcome"], "completed", "{runs}");
    let mut moment = any_run();
    moment["startedFrom"] = "yesterday".into();
    rig.refuses("runs", json!({ "query": moment, "limit": 10, "before": null }), "usage");
    let run = runs[0]["runId"].as_str().expect("a run has an id").to_owned();
    rig.answers("run", json!({ "runId": run }));
    rig.refuses("run", json!({ "runId": "none" }), "run_not_found");
    let items = json!({ "runId": run, "filter": "posted", "text": null, "skip": 0, "limit": 5 });
    let items = rig.answers("run_items", items);
    let all = json!({ "runId": run, "filter": null, "text": null, "skip": 0, "limit": 4_000_000_000_u32 });
    assert!(rig.answers("run_items", all).as_array().is_some_and(|rows| rows.len() >= 240));
    rig.answers("count_items", json!({ "runId": run, "filter": null, "text": "kr" }));
    rig.answers("certificate", json!({ "runId": run }));
    (run, items[0]["recordId"].as_str().expect("it has an id").to_owned())
}

/// Saves files where a person says, and opens them.
fn files(rig: &ShellRig, run: &str) {
    for format in ["csv", "xlsx"] {
        let saved = rig.answers("export_run", json!({ "runId": run, "format": format, "language": "nb" }));
        let path = rig.folder.path().join(saved["name"].as_str().expect("a name"));
        assert!(std::fs::metadata(path).is_ok_and(|file| file.len() > 1_000), "{saved}");
    }
    rig.refuses("export_run", json!({ "runId": "none", "format": "csv", "language": "en" }), "run_not_found");
    let certificate = rig.answers("export_certificate", json!({ "runId": run, "format": "pdf", "language": "en" }));
    let id = &certificate["id"];
    assert!(certificate["name"].as_str().is_some_and(|name| name.ends_with(".pdf")), "{certificate}");
    let wish = json!({ "runId": "none", "format": "pdf", "language": "en" });
    rig.refuses("export_certificate", wish, "run_not_found");
    rig.answers("open_saved", json!({ "id": id }));
    rig.answers("show_saved", json!({ "id": id }));
    assert_eq!(rig.opened().len(), 2);
    rig.refuses("open_saved", json!({ "id": 999 }), "usage");
    rig.refuses("show_saved", json!({ "id": 999 }), "usage");
    let draft = |id: &Value| json!({ "id": id, "subject": "Bilag & beløp, 50 %", "text": "Hei!\n1 + 1" });
    rig.answers("send_saved", draft(id));
    let opened = rig.opened();
    assert_eq!(opened[2], "mailto:?subject=Bilag%20%26%20bel%C3%B8p%2C%2050%20%25&body=Hei%21%0A1%20%2B%201");
    assert_eq!(opened.len(), 4, "the file is shown beside the draft: {opened:?}");
    rig.refuses("send_saved", draft(&999.into()), "usage");
    rig.answers("print_page", json!({}));

    let wish = || json!({ "runId": run, "format": "csv", "language": "nb" });
    rig.answers_dialogs_with(Some("/nowhere".into()));
    rig.refuses("export_run", wish(), "report_unwritable");
    rig.refuses("export_certificate", wish(), "report_unwritable");
    rig.refuses("export_audit", json!({ "language": "nb" }), "report_unwritable");
    rig.answers_dialogs_with(None);
    assert_eq!(rig.answers("export_run", wish()), Value::Null, "nobody wants it after all");
    rig.answers_dialogs_with(Some(rig.folder.path().to_owned()));
}

fn records(rig: &ShellRig, record: &str) {
    rig.answers("exported_by_month", json!({ "months": 12 }));
    rig.answers("next_run", json!({}));
    rig.answers("attention", json!({ "offset": 0, "limit": 4_000_000_000_u32 }));
    let rows = rig.answers("records", json!({ "query": any_record(), "after": null, "limit": 10 }));
    assert_eq!(rows.as_array().map(Vec::len), Some(10));
    rig.answers("records_found", json!({ "query": any_record() }));
    let mut query = any_record();
    query["amountFrom"] = "much".into();
    rig.refuses("records", json!({ "query": query, "after": null, "limit": 10 }), "usage");
    rig.refuses("records_found", json!({ "query": query }), "usage");
    let story = rig.answers("record", json!({ "recordId": record }));
    rig.refuses("record", json!({ "recordId": "none" }), "record_not_found");
    assert_eq!(rig.answers("voucher_preview", json!({ "recordId": "none" })), Value::Null);
    let rules = rig.answers("posting_rules", json!({}));
    let caught = rules["accounts"].as_array().expect("a list").iter().map(|part| part["records"].as_u64().unwrap_or(0));
    let found = rig.answers("records_found", json!({ "query": any_record() }));
    assert_eq!(Some(caught.sum()), found["records"].as_u64(), "each record has one line: {rules}");
    let preview = rig.answers("voucher_preview", json!({ "recordId": record }));
    assert_eq!(preview["voucher"]["lines"], story["voucher"]["lines"], "the rules did not change");
    assert_eq!(preview["voucher"]["lines"].as_array().map(Vec::len), Some(2), "{preview}");
    // The sandbox has no web client, and a voucher that the ledger does not know has no page in any.
    let voucher = story["attempts"][0]["voucherId"].as_str().expect("it was exported");
    for id in [voucher, "none", "https://example.org"] {
        rig.refuses("open_voucher", json!({ "voucherId": id }), "voucher_page_missing");
    }
    let reason = "Agreed with the auditor";
    rig.refuses("accept", json!({ "recordId": record, "reason": reason }), "nothing_to_accept");
    rig.refuses("accept", json!({ "recordId": "none", "reason": reason }), "record_not_found");
    assert_eq!(rig.answers("questions", json!({})), json!([]));
    for topic in ["books", "prefix", "source", "ids", "look_alikes"] {
        rig.refuses("confirm", json!({ "topic": topic, "reason": reason }), "nothing_to_confirm");
    }
    rig.refuses("confirm_record", json!({ "recordId": record, "reason": reason }), "nothing_to_confirm");
    rig.refuses("set_aside", json!({ "recordIds": [record], "reason": reason }), "nothing_to_set_aside");
    assert_eq!(rig.answers("missing_receipts", json!({})), json!([]));
    rig.refuses("set_receipts_aside", json!({ "recordId": record, "reason": reason }), "no_receipt_missing");
    let other_day = |ids: Value| json!({ "recordIds": ids, "day": "2026-12-01", "reason": reason });
    rig.refuses("choose_other_day", other_day(json!([record])), "no_other_day_needed");
    rig.refuses("choose_other_day", other_day(json!([])), "nothing_in_closed_period");
    let resolve = |verdict: Value| json!({ "recordId": record, "verdict": verdict, "reason": reason });
    rig.refuses("resolve", resolve(json!({ "kind": "not_posted" })), "not_in_doubt");
    rig.refuses("resolve", resolve(json!({ "kind": "posted", "voucherId": voucher })), "not_in_doubt");
}

fn re_exports(rig: &ShellRig, record: &str) {
    let reference = || rig.answers("re_export_preview", json!({ "recordId": record }))["reference"].clone();
    let shown = reference();
    rig.refuses("re_export_preview", json!({ "recordId": "none" }), "record_not_found");
    let wish = |confirm: &str, reference: &Value, reason: &str| {
        let wish = json!({ "recordId": record, "confirm": confirm, "reference": reference, "reason": reason, "reverse": false });
        json!({ "wish": wish })
    };
    rig.refuses("re_export", wish("other", &shown, "The voucher was deleted by mistake"), "confirmation_differs");
    rig.refuses("re_export", wish(record, &shown, "x"), "reason_too_short");
    let asked = rig.answers("re_export", wish(record, &shown, "The voucher was deleted by mistake"));
    assert_eq!(asked["kind"], "runs", "{asked}");
    rig.until_the_run_ends();
    // A dialog that was left open since asks for a state that nobody saw.
    rig.refuses("re_export", wish(record, &shown, "The voucher was deleted by mistake"), "re_export_overtaken");

    rig.answers("save_settings", json!({ "wish": { "part": "approval", "second": true } }));
    let asked = rig.answers("re_export", wish(record, &reference(), "The voucher was deleted once more"));
    assert_eq!(asked["kind"], "waits", "{asked}");
    let waiting = rig.answers("waiting_re_exports", json!({}));
    assert_eq!(waiting.as_array().map(Vec::len), Some(1), "{waiting}");
    let overview = rig.answers("overview", json!({}));
    assert_eq!(overview["counts"]["approvals"], 1, "{overview}");
    let approve = |id: &str, at: &Value| json!({ "recordId": id, "confirm": id, "requestedAt": at });
    let asked_at = &waiting[0]["requestedAt"];
    rig.refuses("approve_re_export", approve(record, asked_at), "approval_by_same");
    rig.refuses("approve_re_export", approve("none", asked_at), "approval_not_asked");
    rig.refuses("approve_re_export", approve(record, &"2026-01-01T00:00:00.000Z".into()), "approval_not_asked");
    rig.refuses("approve_re_export", approve(record, &"yesterday".into()), "usage");
    rig.refuses("decline_re_export", json!({ "recordId": record, "reason": "x" }), "reason_too_short");
    rig.answers("decline_re_export", json!({ "recordId": record, "reason": "It was found again" }));
}

fn the_trail_and_the_ledger(rig: &ShellRig) {
    let any = json!({ "act": null, "actor": null, "from": null, "to": null, "text": null });
    let entries = rig.answers("audit", json!({ "filter": any, "before": null, "limit": 500 }));
    assert!(entries.as_array().is_some_and(|entries| entries.len() > 5), "{entries}");
    let mut filter = any;
    filter["from"] = "yesterday".into();
    rig.refuses("audit", json!({ "filter": filter, "before": null, "limit": 10 }), "usage");
    rig.answers("audit_actors", json!({}));
    rig.answers("verify_audit", json!({}));
    let saved = rig.answers("export_audit", json!({ "language": "nb" }));
    let trail = std::fs::read_to_string(rig.folder.path().join(saved["name"].as_str().expect("a name")));
    assert!(trail.expect("it was written").lines().count() > 5);

    rig.answers("ledger", json!({}));
    rig.answers("back_up", json!({}));
    rig.answers("due_to_be_forgotten", json!({ "before": "2001-01-01" }));
    rig.refuses("due_to_be_forgotten", json!({ "before": "yesterday" }), "usage");
    rig.refuses("forget", json!({ "before": "2001-01-01", "reason": "x" }), "reason_too_short");
    let forgotten = rig.answers("forget", json!({ "before": "2001-01-01", "reason": "it is kept no longer" }));
    assert_eq!(forgotten["records"], 0, "{forgotten}");
    assert_eq!(rig.answers("test_notices", json!({})), Value::Null, "nobody is named");
    a_month(rig);
    let compared = rig.answers("compare", json!({ "period": everything() }));
    let id = &compared["comparisonId"];
    rig.refuses("compare", json!({ "period": { "from": "2026-02-01", "to": "2026-01-01" } }), "period_reversed");
    rig.answers("differences", json!({ "comparisonId": id, "after": 0, "limit": 4_000_000_000_u32 }));
    let saved = rig.answers("export_comparison", json!({ "comparisonId": id, "language": "en" }));
    assert!(rig.folder.path().join(saved["name"].as_str().expect("a name")).exists());
    rig.refuses("export_comparison", json!({ "comparisonId": 999, "language": "en" }), "certificate_missing");
    let rebuild = |confirm: &str, reason: Option<&str>| json!({ "confirm": confirm, "reason": reason });
    rig.refuses("rebuild", rebuild("another", Some("the old one is too old")), "confirmation_differs");
    rig.refuses("rebuild", rebuild("Øvingsorganisasjonen", None), "reason_too_short");
    rig.answers("rebuild", rebuild("Øvingsorganisasjonen", Some("the old one is too old")));
}

/// Closes the newest month: its page can be had once it was compared.
fn a_month(rig: &ShellRig) {
    let months = rig.answers("months", json!({}));
    let month = &months[0]["month"];
    let close = || rig.answers("month_close", json!({ "month": month }));
    let before = close();
    assert!(before["approved"].as_u64().is_some_and(|records| records > 0), "{before}");
    assert_eq!(before["comparison"], Value::Null, "{before}");
    assert!(before["accounts"].as_array().is_some_and(|accounts| accounts.len() > 1), "{before}");
    let page = json!({ "month": month, "language": "nb" });
    rig.refuses("export_month", page.clone(), "certificate_missing");
    rig.refuses("month_close", json!({ "month": "october" }), "usage");
    rig.answers("compare", json!({ "period": before["days"] }));
    assert!(close()["comparison"].is_object(), "it covers the month, and is newer than its vouchers");
    let saved = rig.answers("export_month", page);
    let path = rig.folder.path().join(saved["name"].as_str().expect("a name"));
    assert!(std::fs::metadata(path).is_ok_and(|file| file.len() > 1_000), "{saved}");
}

fn settings(rig: &ShellRig) {
    // A token that was typed for the connection, and left there, is not saved with another part.
    rig.answers("hold_secret", json!({ "side": "accounting", "value": "left-behind" }));
    rig.answers("save_settings", json!({ "wish": { "part": "waiting", "seconds": 60 } }));
    let organisation = |zone: &str| json!({ "part": "organisation", "name": "Øvingsorganisasjonen", "currency": "NOK", "timeZone": zone });
    rig.refuses("save_settings", json!({ "wish": organisation("Oslo") }), "workspace_value_invalid");
    let saved = rig.answers("save_settings", json!({ "wish": organisation("Europe/Berlin") }));
    assert_eq!(saved["organisation"]["timeZone"], "Europe/Berlin", "{saved}");
    rig.answers("start_sync", json!({ "period": everything(), "waitSeconds": null }));
    rig.until_the_run_ends();
    let often = json!({ "cron": "every night", "catchUp": true });
    rig.refuses(
        "save_settings",
        json!({ "wish": { "part": "schedule", "schedule": often } }),
        "workspace_value_invalid",
    );
    rig.answers("next_times", json!({ "schedule": { "cron": "0 2 * * *", "catchUp": true } }));
    rig.refuses("next_times", json!({ "schedule": often }), "workspace_value_invalid");
}

fn the_program(rig: &ShellRig) {
    let preferences = rig.answers("preferences", json!({}));
    rig.answers("set_preferences", json!({ "wanted": preferences }));
    rig.answers("set_language", json!({ "language": "en" }));
    for appearance in ["dark", "light", "system"] {
        rig.answers("set_appearance", json!({ "appearance": appearance }));
    }
    rig.answers("source_remarks", json!({}));
    rig.answers("witness_history", json!({}));
    rig.answers("set_zoom", json!({ "percent": 4_000_000 }));
    rig.answers("wanted_at_start", json!({}));
    rig.answers("about", json!({}));
    rig.answers("open_log_folder", json!({}));
    assert_eq!(rig.opened().len(), 5);
    assert_eq!(rig.exits(), 0);
    rig.answers("stop_and_quit", json!({}));
    assert_eq!(rig.exits(), 1);
    rig.answers("ask_to_quit", json!({}));
}
