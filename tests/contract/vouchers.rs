//! Tests what a voucher says: its day, its VAT, its dimensions; and what is seen of it before it is sent.

use postonce_tests::{CliRig, command_output, plain_source};
use reqwest::Method;
use serde_json::{Value, json};

use crate::compare::pdf_text;

const HEAD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta;Godkjent;Tilskudd;Mvakode\n";

/// Returns a workspace over these rows, with a column of approvals, one of grants and one of VAT codes.
fn over(rows: &str) -> CliRig {
    let rig = CliRig::over_source(
        &(plain_source("records.csv")
            + "approved_at = \"Godkjent\"\nvat_code = \"Mvakode\"\n[source.dimensions]\ngrant = \"Tilskudd\"\n"),
    );
    write(&rig, rows);
    rig
}

fn write(rig: &CliRig, rows: &str) {
    std::fs::write(rig.path().join("records.csv"), format!("{HEAD}{rows}")).expect("a temporary folder is writable");
}

/// Adds a line to the workspace's `[posting]`, or tables behind it.
fn post(rig: &CliRig, rules: &str) {
    rig.change_workspace("default_account = \"7790\"\n", &format!("default_account = \"7790\"\n{rules}\n"));
}

fn vouchers(rig: &CliRig) -> Vec<Value> {
    let all = rig.call(Method::GET, "v1/vouchers?limit=500", None);
    all["vouchers"].as_array().expect("a list").clone()
}

/// Returns the sentence of the first entry that waits for a person.
fn first_reason(rig: &CliRig) -> String {
    rig.run(&["attention"]).last()["items"][0]["reason"].as_str().unwrap_or_default().to_owned()
}

/// Returns the text that a person reads.
fn printed(rig: &CliRig, arguments: &[&str]) -> String {
    let ended = rig.for_people(arguments).output().expect("the program starts");
    String::from_utf8(ended.stdout).expect("UTF-8")
}

fn dates(rig: &CliRig) -> Vec<String> {
    vouchers(rig).iter().map(|voucher| voucher["date"].as_str().expect("a date").to_owned()).collect()
}

#[test]
fn day_in_the_books_is_the_one_that_the_workspace_says() {
    // Half past eleven in the evening in Greenwich is the next day in Oslo.
    let row = "A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;2026-10-31T23:30:00Z;;\n";
    for (rule, day) in [("expense", "2026-10-05"), ("approval", "2026-11-01"), ("period_end", "2026-10-31")] {
        let rig = over(row);
        post(&rig, &format!("date = \"{rule}\""));
        let sync = rig.sync();
        assert_eq!((sync.status, sync.count("posted")), (Some(0), 1), "{}", sync.words);
        assert_eq!(dates(&rig), [day]);
        assert_eq!(rig.run(&["compare"]).status, Some(0), "{rule}");
        // Another administrator finds it under the same rule, and sends nothing.
        let other = rig.copy_of_workspace();
        let found = command_output(rig.command_in(other.path(), &["sync"]));
        assert_eq!((found.status, found.count("posted"), found.count("skipped")), (Some(0), 0, 1), "{}", found.words);
    }
}

#[test]
fn voucher_of_the_day_of_sending_is_known_on_another_day() {
    let rig = over("A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;;;\n".replace(";;;", ";2026-10-06T08:00:00Z;;").as_str());
    post(&rig, "date = \"today\"");
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), 1), "{}", sync.words);
    assert_ne!(dates(&rig), ["2026-10-05"], "the day of sending is not that of the expense");
    // It was sent on another day than today, as far as the other administrator knows.
    let voucher = vouchers(&rig)[0].clone();
    let id = voucher["voucher_id"].as_str().expect("an id").to_owned();
    rig.admin(Method::DELETE, &format!("vouchers/{id}"), None);
    let earlier = json!({
        "reference": voucher["reference"], "date": "2026-10-09", "currency": "NOK", "text": voucher["text"],
        "lines": voucher["lines"],
    });
    rig.admin(Method::POST, "vouchers", Some(&earlier));
    let other = rig.copy_of_workspace();
    let found = command_output(rig.command_in(other.path(), &["sync"]));
    assert_eq!((found.status, found.count("posted"), found.count("skipped")), (Some(0), 0, 1), "{}", found.words);
    assert_eq!(dates(&rig), ["2026-10-09"]);
}

#[test]
fn vat_code_is_computed_there_or_refused_in_plain_words() {
    let approved = "2026-10-06T08:00:00Z";
    let rig = over(&format!(
        "A;05.10.2026;125,00;PM-0001;Reise;Tog;NOK;{approved};;1\nB;05.10.2026;10,00;PM-0001;Reise;Buss;NOK;{approved};;77\n"
    ));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("refused")), (Some(4), 1, 1), "{}", sync.words);
    let line = vouchers(&rig)[0]["lines"][0].clone();
    assert_eq!((&line["vat_code"], &line["vat_amount"]), (&"1".into(), &"25.00".into()));
    assert!(first_reason(&rig).contains("77"), "{}", first_reason(&rig));
    assert_eq!(rig.run(&["compare"]).status, Some(0));
}

#[test]
fn dimension_that_is_required_or_unknown_holds_the_record_alone() {
    let approved = "2026-10-06T08:00:00Z";
    let rig = over(&format!(
        "A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;{approved};Helse;\nB;05.10.2026;20,00;PM-0001;Reise;Buss;NOK;{approved};;\n\
         C;05.10.2026;30,00;PM-0001;Reise;Ferje;NOK;{approved};Ukjent;\n"
    ));
    post(&rig, "[posting.dimensions.grant]\nrequired = true\n[posting.dimensions.grant.values]\n\"Helse\" = \"G-1\"");
    rig.admin(Method::PUT, "dimensions", Some(&json!({ "grant": ["G-1", "G-2"] })));
    let sync = rig.sync();
    let counts = (sync.status, sync.count("posted"), sync.count("held"), sync.count("refused"));
    assert_eq!(counts, (Some(4), 1, 1, 1), "{}", sync.words);
    assert_eq!(vouchers(&rig)[0]["lines"][0]["dimensions"], json!({ "grant": "G-1" }));
    let items = rig.run(&["attention"]).last()["items"].as_array().expect("a list").clone();
    let reason = |id: &str| {
        let item = items.iter().find(|item| item["record_id"] == id);
        item.map(|item| item["reason"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
    };
    assert!(reason("B").contains("grant"), "{items:?}");
    assert!(reason("C").contains("Ukjent"), "{items:?}");
    // Mended in the source, both go.
    write(
        &rig,
        &format!(
            "A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;{approved};Helse;\nB;05.10.2026;20,00;PM-0001;Reise;Buss;NOK;{approved};G-2;\n\
             C;05.10.2026;30,00;PM-0001;Reise;Ferje;NOK;{approved};G-2;\n"
        ),
    );
    let mended = rig.sync();
    assert_eq!((mended.status, mended.count("posted"), mended.count("skipped")), (Some(0), 2, 1), "{}", mended.words);
}

#[test]
fn month_is_one_sentence_and_a_status() {
    let approved = "2026-10-06T08:00:00Z";
    let rows = format!(
        "A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;{approved};;\nB;31.10.2026;20,00;PM-0001;Reise;Buss;NOK;{approved};;\n\
         C;01.11.2026;30,00;PM-0001;Reise;Ferje;NOK;{approved};;\n"
    );
    let rig = over(&rows);
    let counts = |month: &str| {
        let state = rig.run(&["period", month]);
        let of = |member: &str| state.last()[member].as_u64().unwrap_or(u64::MAX);
        (state.status, of("approved"), of("in_books"), of("open"), of("undated"))
    };
    let words = |language: &str| {
        let words = printed(&rig, &["--lang", language, "period", "2026-10"]);
        words.lines().next().unwrap_or_default().to_owned()
    };
    // A month that nobody has read is not known to be closed.
    assert_eq!(counts("2026-10"), (Some(4), 0, 0, 0, 0), "nothing was read yet");
    assert_eq!(words("en"), "October 2026 was not read yet.");
    assert_eq!(rig.run(&["period", "2026-10"]).last()["read_at"], Value::Null);
    assert_eq!(rig.run(&["sync", "--dry-run"]).status, Some(0));
    assert_eq!(counts("2026-10"), (Some(4), 2, 0, 2, 0));
    assert_eq!(rig.sync().status, Some(0));
    assert_eq!(counts("2026-10"), (Some(0), 2, 2, 0, 0));
    assert_eq!(counts("2026-11"), (Some(0), 1, 1, 0, 0));
    assert_eq!(words("en"), "October 2026: 2 approved, 2 in the books, 0 open.");
    assert_eq!(words("nb"), "Oktober 2026: 2 godkjent, 2 i regnskapet, 0 åpne.");
    // A row without a day may be of any month.
    write(&rig, &(rows + "D;x;40,00;PM-0001;Reise;Drosje;NOK;2026-10-06T08:00:00Z;;\n"));
    assert_eq!(rig.sync().status, Some(4));
    assert_eq!(counts("2026-10"), (Some(4), 2, 2, 0, 1));
    let wrong = rig.run(&["period", "october"]);
    assert_eq!(wrong.status, Some(2), "{}", wrong.words);
}

#[test]
fn voucher_is_seen_before_it_is_sent() {
    let rig = over("A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;2026-10-06T08:00:00Z;G-1;\n");
    let plan = rig.run(&["sync", "--dry-run"]);
    let accounts = json!([
        {"account": "2930", "currency": "NOK", "debit": "0.00", "credit": "10.00", "lines": 1},
        {"account": "7790", "currency": "NOK", "debit": "10.00", "credit": "0.00", "lines": 1},
    ]);
    assert_eq!(plan.last()["accounts"], accounts, "{}", plan.words);
    let voucher = rig.run(&["record", "A"]).last()["voucher"].clone();
    let (expense, debt) = (&voucher["lines"][0], &voucher["lines"][1]);
    assert_eq!((&voucher["date"], &voucher["text"]), (&"2026-10-05".into(), &"Tog".into()));
    assert_eq!(
        (&expense["account"], &expense["debit"], &expense["credit"]),
        (&"7790".into(), &"10.00".into(), &Value::Null)
    );
    assert_eq!(expense["dimensions"], json!({ "grant": "G-1" }));
    assert_eq!(
        (&debt["account"], &debt["credit"], &debt["party"]),
        (&"2930".into(), &"10.00".into(), &"PM-0001".into())
    );
    let planned = &plan.last()["vouchers"][0];
    assert_eq!((&planned["record_id"], &planned["lines"]), (&"A".into(), &voucher["lines"]));
    assert_eq!(vouchers(&rig), Vec::<Value>::new());
    // A person reads the same, before it is sent and afterwards, whatever the rules say then.
    let row = ["7790", "10.00", "grant G-1"];
    let shown = |arguments: &[&str], title: &str| {
        let words = printed(&rig, arguments);
        let below: Vec<&str> = words.lines().skip_while(|line| !line.starts_with(title)).take(4).collect();
        assert!(row.iter().all(|cell| below.iter().any(|line| line.contains(cell))), "{title}: {words}");
        assert!(below.iter().any(|line| line.contains("2930") && line.contains("PM-0001")), "{title}: {words}");
    };
    shown(&["sync", "--dry-run"], "A: 5 Oct 2026, Tog");
    shown(&["record", "A"], "Voucher by the present rules: 5 Oct 2026, Tog");
    assert_eq!(rig.sync().status, Some(0));
    rig.change_workspace("default_account = \"7790\"", "default_account = \"7140\"");
    shown(&["record", "A"], "Voucher as it was sent: 5 Oct 2026, Tog");
    let record = rig.run(&["record", "A"]);
    assert_eq!(record.last()["attempts"][0]["voucher"]["lines"][0]["account"], "7790");
    assert_eq!(record.last()["voucher"]["lines"][0]["account"], "7140");
}

#[test]
fn voucher_that_stands_is_shown_after_a_refused_claim() {
    let rig = over("A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;2026-10-06T08:00:00Z;G-1;\n");
    assert_eq!(rig.sync().status, Some(0));
    rig.admin(Method::PUT, "closed-through", Some(&json!({ "date": "2026-10-10" })));
    let again = ["re-export", "A", "--reason", "The first one had the wrong grant", "--confirm", "A"];
    assert_eq!(rig.run(&again).count("refused"), 1);
    rig.change_workspace("default_account = \"7790\"", "default_account = \"7140\"");
    let words = printed(&rig, &["record", "A"]);
    let below: Vec<&str> = words.lines().skip_while(|line| !line.starts_with("Voucher as it was sent")).collect();
    assert!(below.iter().any(|line| line.contains("7790")), "{words}");
    assert!(!words.contains("by the present rules"), "{words}");
}

#[test]
fn certificate_has_each_line_of_a_voucher() {
    let rig = over("A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;2026-10-06T08:00:00Z;=G-1;1\n");
    assert_eq!(rig.sync().status, Some(0));
    let file = |name: &str| rig.path().join(name).display().to_string();
    let written = |name: &str| {
        let made = rig.run(&["certificate", "last", &file(name)]);
        assert_eq!(made.status, Some(0), "{}", made.words);
        std::fs::read(file(name)).expect("it was written")
    };
    let document: Value = serde_json::from_slice(&written("c.json")).expect("JSON");
    let voucher = &document["vouchers"][0];
    let (expense, debt) = (&voucher["lines"][0], &voucher["lines"][1]);
    assert_eq!((&voucher["text"], &voucher["lines"][2]), (&"Tog".into(), &Value::Null));
    assert_eq!(
        (&expense["account"], &expense["debit"], &expense["vat_code"]),
        (&"7790".into(), &"10.00".into(), &"1".into())
    );
    assert_eq!(expense["dimensions"], json!({ "grant": "=G-1" }));
    assert_eq!(
        (&debt["account"], &debt["credit"], &debt["party"]),
        (&"2930".into(), &"10.00".into(), &"PM-0001".into())
    );
    let table = String::from_utf8(written("c.csv")).expect("UTF-8");
    let lines: Vec<&str> = table.lines().filter(|line| line.starts_with("voucher_line,")).collect();
    let ends = [",7790,10.00,,1,grant: =G-1,", ",2930,,10.00,,,PM-0001"];
    assert!(lines.len() == 2 && lines.iter().zip(ends).all(|(line, end)| line.ends_with(end)), "{table}");
    written("c.pdf");
    let Some(words) = pdf_text(&file("c.pdf")) else { return };
    for part in ["7790", "Debit 10.00", "VAT 1", "grant =G-1", "2930", "Credit 10.00"] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn code_or_amount_that_a_server_does_not_take_holds_the_record() {
    let approved = "2026-10-06T08:00:00Z";
    for (switch, row, named) in [
        ("vat_codes", format!("A;05.10.2026;125,00;PM-0001;Reise;Tog;NOK;{approved};;1\n"), "the code 1"),
        ("own_amounts", format!("A;05.10.2026;10,00;PM-0001;Reise;Tog;EUR;{approved};;\n"), "EUR"),
    ] {
        let rig = over(&row);
        if switch == "own_amounts" {
            rig.change_workspace("[source.dimensions]", "rate = \"Kurs\"\n[source.dimensions]");
            let file = rig.path().join("records.csv");
            let text = std::fs::read_to_string(&file).expect("it was written");
            let text = text.replace("Mvakode\n", "Mvakode;Kurs\n").replace(";;\n", ";;;11,50\n");
            std::fs::write(&file, text).expect("a temporary folder is writable");
        }
        rig.set_faults(&json!({ switch: false }));
        let held = rig.sync();
        assert_eq!(
            (held.status, held.count("posted"), held.count("held")),
            (Some(4), 0, 1),
            "{switch}: {}",
            held.words
        );
        assert!(first_reason(&rig).contains(named), "{switch}: {}", first_reason(&rig));
        rig.set_faults(&json!({}));
        let sent = rig.sync();
        assert_eq!((sent.status, sent.count("posted")), (Some(0), 1), "{switch}: {}", sent.words);
    }
}

#[test]
fn another_day_for_all_stands_in_the_trail_and_is_seen_before() {
    let approved = "2026-10-06T08:00:00Z";
    let rig = over(&format!(
        "A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;{approved};;\nB;06.10.2026;20,00;PM-0001;Reise;Buss;NOK;{approved};;\n\
         C;12.10.2026;30,00;PM-0001;Reise;Ferje;NOK;{approved};;\n"
    ));
    rig.admin(Method::PUT, "closed-through", Some(&json!({ "date": "2026-10-10" })));
    assert_eq!((rig.sync().count("posted"), dates(&rig)), (1, vec!["2026-10-12".to_owned()]));
    let chosen = rig.run(&["book-on", "2026-10-11", "--all", "--reason", "October begins again on the 11th"]);
    assert_eq!((chosen.status, &chosen.last()["records"]), (Some(0), &json!(["A", "B"])), "{}", chosen.words);
    let record = rig.run(&["record", "A"]);
    let entries = record.last()["audit"].as_array().expect("a list").clone();
    let entry = entries.iter().find(|entry| entry["act"] == "other_day_chosen").expect("it is in the trail");
    assert_eq!((&entry["record_id"], &entry["reason"]), (&"A".into(), &"October begins again on the 11th".into()));
    let voucher = &record.last()["voucher"];
    assert_eq!((&voucher["date"], &voucher["text"]), (&"2026-10-11".into(), &"(2026-10-05) Tog".into()));
    assert_eq!(rig.sync().count("posted"), 2);
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
}

#[test]
fn receipt_hangs_on_the_draft_before_it_is_committed() {
    let approved = "2026-10-06T08:00:00Z";
    let rig = over(&format!("A;05.10.2026;10,00;PM-0001;Reise;Tog;NOK;{approved};kvittering.pdf;\n"));
    rig.change_workspace("grant = \"Tilskudd\"", "department = \"Mvakode\"");
    rig.change_workspace("vat_code = \"Mvakode\"", "receipts = \"Tilskudd\"");
    std::fs::write(rig.path().join("kvittering.pdf"), "%PDF-1.7").expect("a temporary folder is writable");
    rig.set_faults(&json!({ "drafts": true, "unique_references": false, "checks_fence": false }));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), 1), "{}", sync.words);
    let journal = rig.admin(Method::GET, "journal", None);
    let entries = journal["entries"].as_array().expect("a list");
    let first = |event: &str| entries.iter().position(|entry| entry["event"] == event);
    let (attached, posted) = (first("attachment_write"), first("draft_commit"));
    assert!(attached.is_some() && attached < posted, "{journal}");
}

#[test]
fn claims_come_from_the_platform_with_their_lines() {
    let mut rig = CliRig::over_csv(b"");
    let record = |id: &str, amount: &str, lines: Value| {
        json!({
            "id": id, "version": 1, "approved_at": "2026-10-06T08:00:00Z", "expense_date": "2026-10-05",
            "payee": {"id": "PM-0001", "name": "Kari"}, "category": "Reise", "amount": amount, "currency": "NOK",
            "text": "Reise til Bodø", "department": "20", "project": null, "lines": lines,
        })
    };
    let lines = |second: &str| json!([{"amount": "300.00", "text": "Tog", "vat_code": "13"}, {"amount": second, "dimensions": {"grant": "G-1"}}]);
    let records = json!({"records": [record("A", "412.00", lines("112.00")), record("B", "412.00", lines("112.01"))]});
    let file = rig.path().join("platform.json");
    std::fs::write(&file, records.to_string()).expect("a temporary folder is writable");
    rig.stop_sandbox();
    rig.start_sandbox("", &["--port", "0", "--records", file.to_str().expect("a path of the tests")]);
    let url = rig.url().to_owned();
    rig.write_workspace(&format!("[source]\nkind = \"platform\"\nurl = \"{url}\"\nsecret = \"platform-token\"\n"));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("held")), (Some(4), 1, 1), "{}", sync.words);
    let voucher = vouchers(&rig)[0].clone();
    let amounts: Vec<&Value> =
        voucher["lines"].as_array().expect("a list").iter().map(|line| &line["amount"]).collect();
    assert_eq!(amounts, [&json!("300.00"), &json!("112.00"), &json!("-412.00")]);
    assert_eq!(voucher["lines"][1]["dimensions"], json!({"department": "20", "grant": "G-1"}));
    assert!(first_reason(&rig).contains("412.01"), "{}", first_reason(&rig));
}
