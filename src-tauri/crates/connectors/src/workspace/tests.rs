use postonce_engine::WhenStillUnknown;
use postonce_engine::domain::{Account, Condition, PartyRule, PostingDate, VatRule, VatTreatment, WithoutRate};
use postonce_engine::error::{ErrorCode, Problem};

use super::*;
use crate::source::table::{
    CellTest, FileKind, HeadRule, HiddenRows, IdRule, MergedCells, RuleEffect, Sign, WorkbookRules,
};

const VALID: &str = include_str!("../../tests/workspaces/interfaces.toml");

fn problem(text: &str) -> Problem {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join(FILE_NAME), text).expect("a file");
    Workspace::open(dir.path()).expect_err("something is wrong with it").into()
}

/// Returns the workspace of `interfaces.md` with one line changed.
fn with(line: &str, instead: &str) -> String {
    assert!(VALID.contains(line), "{line}");
    VALID.replacen(line, instead, 1)
}

fn param<'a>(problem: &'a Problem, name: &str) -> &'a str {
    problem.params.get(name).map_or("", String::as_str)
}

#[test]
fn workspace_of_the_interfaces_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::create(dir.path(), VALID).expect("it is valid");
    assert_eq!(Workspace::open(dir.path()).expect("it is there").organisation().as_str(), "hlf");
    let settings = workspace.settings();
    assert_eq!(settings.vouchers_per_request, 100);
    assert_eq!(settings.lease, Duration::from_secs(60));
    let AccountingSettings::Open(open) = workspace.accounting() else { panic!("the accounting system is open") };
    assert_eq!(open.settle_window, Duration::from_secs(120));
    assert_eq!(settings.when_still_unknown, WhenStillUnknown::Hold);
    assert!(settings.re_export_needs_approval);
    assert_eq!(settings.posting.categories["Reise, overnatting, bevertning og drivstoff"], account("7140"));
    assert_eq!(workspace.ledger_path(), dir.path().join("ledger.sqlite"));
    assert_eq!(workspace.secret_names(), ["accounting-token"]);
    let schedule = workspace.schedule().expect("it has one");
    assert_eq!((schedule.cron(), schedule.time_zone().name(), schedule.catch_up()), ("0 2 * * *", "Europe/Oslo", true));
    let SourceSettings::Files(csv) = workspace.source() else { panic!("the source is csv") };
    assert_eq!((csv.charset.name(), csv.delimiter), ("windows-1252", b';'));
    assert!(!workspace.is_practice());
}

#[test]
fn re_export_needs_no_approval_unless_the_workspace_says_so() {
    for instead in ["[re_export]\n", "", "[re_export]\nsecond_approval = false\n"] {
        let (head, rest) = VALID.split_once("[re_export]").expect("a table of re-exports");
        let (_, tail) = rest.split_once("[schedule]").expect("a table behind it");
        let dir = tempfile::tempdir().expect("a folder");
        let workspace =
            Workspace::create(dir.path(), &format!("{head}{instead}[schedule]{tail}")).expect("it is valid");
        assert!(!workspace.settings().re_export_needs_approval, "{instead}");
    }
}

#[test]
fn unknown_key_is_reported_with_line_and_nearest() {
    for (line, instead, key, nearest) in [
        ("[accounting]", "[acounting]", "acounting", "accounting"),
        ("lease_seconds = 60", "lease_secs = 60", "sync.lease_secs", "lease_seconds"),
        ("[re_export]", "[reexport]", "reexport", "re_export"),
        ("second_approval", "second_aproval", "re_export.second_aproval", "second_approval"),
        ("payee = \"Likeperson\"", "paye = \"Likeperson\"", "source.columns.paye", "payee"),
        ("delimiter = \";\"", "delimeter = \";\"", "source.delimeter", "delimiter"),
    ] {
        let text = with(line, instead);
        let problem = problem(&text);
        assert_eq!(problem.code, ErrorCode::WorkspaceUnknownKey, "{problem}");
        let number = 1 + text.lines().position(|found| found.starts_with(instead)).expect("the line is there");
        assert_eq!(
            (param(&problem, "key"), param(&problem, "nearest"), param(&problem, "line")),
            (key, nearest, number.to_string().as_str())
        );
    }
}

#[test]
fn wrong_value_is_reported_with_the_allowed_values() {
    for (line, instead, key, allowed) in [
        ("lease_seconds = 60", "lease_seconds = 5", "sync.lease_seconds", "15–3600"),
        ("lease_seconds = 60", "lease_seconds = \"60\"", "sync.lease_seconds", "15–3600"),
        ("vouchers_per_request = 100", "vouchers_per_request = 0", "sync.vouchers_per_request", "1–5000"),
        ("requests_in_flight = 4", "requests_in_flight = 17", "sync.requests_in_flight", "1–16"),
        ("time_zone = \"Europe/Oslo\"", "time_zone = \"Europe/Olso\"", "organisation.time_zone", "Europe/Oslo"),
        ("currency = \"NOK\"", "currency = \"KR\"", "organisation.currency", "NOK"),
        ("id = \"hlf\"", "id = \"HLF Norge\"", "organisation.id", "a-z"),
        ("name = \"HLF\"", "name = \"\"", "organisation.name", "…"),
        ("delimiter = \";\"", "delimiter = \"||\"", "source.delimiter", "\";\""),
        ("decimal_separator = \",\"", "decimal_separator = \"'\"", "source.decimal_separator", "\",\""),
        ("date_format = \"%d/%m/%Y\"", "date_format = \"dd/mm/yyyy\"", "source.date_format", "%d.%m.%Y"),
        ("encoding = \"windows-1252\"", "encoding = \"ansi-1252\"", "source.encoding", "windows-1252"),
        ("when_still_unknown = \"hold\"", "when_still_unknown = \"wait\"", "accounting.when_still_unknown", "\"hold\""),
        ("cron = \"0 2 * * *\"", "cron = \"02:00\"", "schedule.cron", "minute hour day month weekday (\"0 2 * * *\")"),
        ("cron = \"0 2 * * *\"", "cron = \"0 0 2 * * *\"", "schedule.cron", "minute hour day month weekday"),
        ("cron = \"0 2 * * *\"", "cron = \"0 25 * * *\"", "schedule.cron", "hour 0–23 (\"0 2 * * *\")"),
        ("cron = \"0 2 * * *\"", "cron = \"0 2 * * ons\"", "schedule.cron", "weekday 0–7 (\"0 2 * * *\")"),
        ("cron = \"0 2 * * *\"", "cron = \"0 2 30 2 *\"", "schedule.cron", "day 1–28, month 1–12 (\"0 2 * * *\")"),
        ("catch_up = true", "catch_up = \"yes\"", "schedule.catch_up", "true | false"),
        ("second_approval = true", "second_approval = 1", "re_export.second_approval", "true | false"),
        ("secret = \"accounting-token\"", "secret = \"Token 1\"", "accounting.secret", "a-z"),
        ("payable_account = \"2930\"", "payable_account = 2930", "posting.payable_account", "\"…\""),
        ("url = \"http://127.0.0.1:4010\"", "url = \"127.0.0.1:4010\"", "accounting.url", "https://"),
    ] {
        let problem = problem(&with(line, instead));
        assert_eq!((problem.code, param(&problem, "key")), (ErrorCode::WorkspaceValueInvalid, key), "{problem}");
        assert!(param(&problem, "allowed").contains(allowed), "{problem}");
        assert_ne!(param(&problem, "line"), "");
    }
}

#[test]
fn missing_key_or_table_is_named() {
    for (line, key) in [
        ("amount = \"Beløp\"", "source.columns.amount"),
        ("payable_account = \"2930\"", "posting.payable_account"),
        ("kind = \"open\"", "accounting.kind"),
        ("path = \"reimbursements-2020.csv\"", "source.path"),
    ] {
        let problem = problem(&with(line, ""));
        assert_eq!((problem.code, param(&problem, "key")), (ErrorCode::WorkspaceKeyMissing, key), "{problem}");
    }
    assert_eq!(param(&problem(""), "key"), "organisation");
}

#[test]
fn unavailable_kind_is_reported_with_the_available_ones() {
    let problem = problem(&with("kind = \"csv\"", "kind = \"pdf\""));
    assert_eq!(problem.code, ErrorCode::WorkspaceKindUnavailable);
    assert_eq!((param(&problem, "kind"), param(&problem, "available")), ("pdf", "csv, xlsx, platform"));
    let accounting = self::problem(&with("kind = \"open\"", "kind = \"sap\""));
    assert_eq!(accounting.code, ErrorCode::WorkspaceKindUnavailable);
    assert_eq!(param(&accounting, "available"), "open, tryton, odoo, file");
}

#[test]
fn text_that_is_no_toml_is_reported_with_its_line() {
    let problem = problem("[organisation]\nid = hlf\n");
    assert_eq!((problem.code, param(&problem, "line")), (ErrorCode::WorkspaceInvalid, "2"));
}

#[test]
fn file_in_another_encoding_is_reported_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join(FILE_NAME), b"[organisation]\nname = \"Bod\xf8\"\n").expect("a file");
    let problem = Problem::from(Workspace::open(dir.path()).expect_err("no UTF-8"));
    assert_eq!((problem.code, param(&problem, "line")), (ErrorCode::WorkspaceInvalid, "2"));
}

#[test]
fn plain_http_to_another_machine_is_refused_without_password() {
    let insecure = problem(&with("http://127.0.0.1:4010", "http://accounting.example.org"));
    assert_eq!(insecure.code, ErrorCode::InsecureUrl);
    let with_password = problem(&with("http://127.0.0.1:4010", "https://kari:hunter2@example.org"));
    assert_eq!(with_password.code, ErrorCode::WorkspaceValueInvalid);
    assert!(!with_password.to_string().contains("hunter2"));
}

#[test]
fn byte_order_mark_of_an_editor_does_no_harm() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join(FILE_NAME), format!("\u{feff}{VALID}")).expect("a file");
    assert!(Workspace::open(dir.path()).is_ok());
}

#[test]
fn folder_needs_a_workspace_to_open_and_none_to_create() {
    let dir = tempfile::tempdir().expect("a folder");
    let missing = Problem::from(Workspace::open(&dir.path().join("none")).expect_err("nothing there"));
    assert_eq!(missing.code, ErrorCode::WorkspaceMissing);
    Workspace::create(dir.path(), VALID).expect("it is made");
    let again = Problem::from(Workspace::create(dir.path(), &plain()).expect_err("one is there"));
    assert_eq!(again.code, ErrorCode::WorkspaceExists);
    assert_eq!(fs::read_to_string(dir.path().join(FILE_NAME)).expect("the file"), VALID);
}

#[test]
fn templates_are_valid_workspaces() {
    let dir = tempfile::tempdir().expect("a folder");
    assert!(Workspace::create(&dir.path().join("plain"), &plain()).is_ok());
    let categories = [("Reise \"kort\"\t\\", "7140"), ("Kurs", "6860")];
    let template = PracticeTemplate { organisation: "practice", name: "Øving", port: 4010, categories: &categories };
    let practice = Workspace::create(&dir.path().join("practice"), &template.text()).expect("it is valid");
    assert_eq!(practice.practice_store(), Some(dir.path().join("practice/sandbox.sqlite").as_path()));
    assert_eq!(practice.settings().posting.categories.len(), 2);
    let SourceSettings::Files(csv) = practice.source() else { panic!("the source is csv") };
    assert_eq!(csv.columns[&crate::Field::PayeeName], "Navn");
}

#[test]
fn practice_speaks_to_this_machine_only() {
    let text = format!("{}\n[practice]\nstore = \"s.sqlite\"\n", with("http://127.0.0.1:4010", "https://example.org"));
    assert_eq!(param(&problem(&text), "key"), "accounting.url");
}

#[test]
fn platform_is_a_source_with_a_secret_of_its_own() {
    let (head, rest) = VALID.split_once("[source]").expect("a source");
    let (_, tail) = rest.split_once("[accounting]").expect("an accounting system");
    let platform = "[source]\nkind = \"platform\"\nurl = \"https://p.example.org\"\nsecret = \"platform-token\"\n";
    let dir = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::create(dir.path(), &format!("{head}{platform}[accounting]{tail}")).expect("it is valid");
    assert_eq!(workspace.secret_names(), ["accounting-token", "platform-token"]);
}

#[test]
fn posting_has_rules_beyond_the_categories() {
    let rules = "\
        date = \"next_open\"\nparty = \"none\"\nwithout_rate = \"books\"\n\
        [[posting.rules]]\ncategory = [\"Travel\", \"Taxi\"]\npayee = [\"PM-*\"]\namount = \"negative\"\naccount = \"7148\"\nvat = \"half\"\n\
        [[posting.rules]]\ndimensions = { grant = [\"G-1\"] }\namount = \"positive\"\naccount = \"7141\"\n\
        [posting.vat]\n\"Travel\" = \"half\"\n\
        [posting.vat_rules.half]\nrate = \"25\"\naccount = \"2710\"\ndeductible = \"50\"\n\
        [posting.vat_rules.low]\ncode = \"13\"\n\
        [posting.dimensions.grant]\nrequired = true\n[posting.dimensions.grant.values]\n\"Health\" = \"G-1\"\n\
        [posting.dimensions.department]\nin_text = true\n\
        [posting.payees]\n\"PM-1\" = \"10042\"\n";
    let text = VALID.replacen("[posting.categories]", &format!("{rules}[posting.categories]"), 1);
    let dir = tempfile::tempdir().expect("a folder");
    let posting = Workspace::create(&dir.path().join("w"), &text).expect("it is valid").settings().posting;
    let [first, second] = posting.rules.as_slice() else { panic!("two rules: {posting:?}") };
    let list = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        first.conditions,
        [Condition::Category(list(&["Travel", "Taxi"])), Condition::Payee(list(&["PM-*"])), Condition::Negative(true)]
    );
    assert_eq!((first.account.0.as_str(), first.vat.as_deref()), ("7148", Some("half")));
    assert_eq!(second.conditions, [Condition::Dimension("grant".into(), list(&["G-1"])), Condition::Negative(false)]);
    let half = VatTreatment::Apart { rate: 2_500, account: Account("2710".into()), deductible: 5_000 };
    assert_eq!(posting.vat["half"], VatRule { code: None, treatment: half });
    assert_eq!(posting.vat["low"], VatRule { code: Some("13".into()), treatment: VatTreatment::Computed });
    assert_eq!(posting.vat_of_categories["Travel"], "half");
    let grant = &posting.dimensions["grant"];
    assert_eq!((grant.is_required, grant.values["Health"].as_str()), (true, "G-1"));
    assert!(posting.dimensions["department"].is_in_text);
    assert_eq!(posting.payees["PM-1"], "10042");
    assert_eq!(
        (posting.date, posting.party, posting.without_rate),
        (PostingDate::NextOpen, PartyRule::None, WithoutRate::Books)
    );
}

/// Returns the workspace of `interfaces.md` with another accounting system.
fn with_accounting(keys: &str) -> String {
    let (head, rest) = VALID.split_once("[accounting]").expect("an accounting system");
    let (_, tail) = rest.split_once("[posting]").expect("accounts behind it");
    format!("{head}[accounting]\nurl = \"https://books.example.org\"\nsecret = \"books\"\n{keys}[posting]{tail}")
}

const TRYTON: &str = "kind = \"tryton\"\ndatabase = \"books\"\nuser = \"postonce\"\njournal = \"EXP\"\n";
const ODOO: &str = "kind = \"odoo\"\ndatabase = \"books\"\njournal = \"EXP\"\n";

#[test]
fn accounting_system_has_settings_of_its_own() {
    let dir = tempfile::tempdir().expect("a folder");
    let tryton = with_accounting(&format!("{TRYTON}company = \"HLF\"\ncreate_parties = true\n"));
    let workspace = Workspace::create(&dir.path().join("tryton"), &tryton).expect("it is valid");
    let AccountingSettings::Tryton(settings) = workspace.accounting() else { panic!("it is Tryton") };
    assert_eq!(
        (settings.database.as_str(), settings.user.as_str(), settings.journal.as_str()),
        ("books", "postonce", "EXP")
    );
    assert_eq!((settings.company.as_deref(), settings.create_parties), (Some("HLF"), true));
    assert_eq!(workspace.secret_names(), ["books"]);
    let workspace = Workspace::create(&dir.path().join("odoo"), &with_accounting(ODOO)).expect("it is valid");
    let AccountingSettings::Odoo(settings) = workspace.accounting() else { panic!("it is Odoo") };
    assert_eq!((settings.database.as_str(), settings.company.as_deref()), ("books", None));
    assert!(!settings.create_parties, "nobody is made unasked");
    assert_eq!(workspace.settings().when_still_unknown, WhenStillUnknown::Hold);
}

#[test]
fn key_of_another_system_and_a_missing_one_are_named() {
    for (keys, key, nearest) in [
        (format!("{TRYTON}settle_window_seconds = 5\n"), "accounting.settle_window_seconds", None),
        (format!("{TRYTON}create_partys = true\n"), "accounting.create_partys", Some("create_parties")),
        (format!("{ODOO}user = \"kari\"\n"), "accounting.user", None),
        ("kind = \"open\"\ndatabase = \"books\"\n".to_owned(), "accounting.database", None),
    ] {
        let problem = problem(&with_accounting(&keys));
        assert_eq!((problem.code, param(&problem, "key")), (ErrorCode::WorkspaceUnknownKey, key), "{problem}");
        assert!(nearest.is_none_or(|nearest| param(&problem, "nearest") == nearest), "{problem}");
    }
    for (kind, key) in
        [(TRYTON, "database"), (TRYTON, "user"), (TRYTON, "journal"), (ODOO, "database"), (ODOO, "journal")]
    {
        let without: String =
            kind.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect();
        let problem = problem(&with_accounting(&without));
        assert_eq!(problem.code, ErrorCode::WorkspaceKeyMissing, "{problem}");
        assert_eq!(param(&problem, "key"), format!("accounting.{key}"));
    }
    let problem = problem(&with_accounting(&ODOO.replace("\"books\"", "\"../books\"")));
    assert_eq!((problem.code, param(&problem, "key")), (ErrorCode::WorkspaceValueInvalid, "accounting.database"));
}

#[test]
fn lag_of_the_search_is_a_setting_of_every_kind() {
    let lag = |keys: &str| {
        let dir = tempfile::tempdir().expect("a folder");
        let workspace = Workspace::create(dir.path(), &with_accounting(keys)).expect("it is valid");
        match workspace.accounting() {
            AccountingSettings::Open(open) => open.search_lag,
            AccountingSettings::Tryton(tryton) => tryton.search_lag,
            AccountingSettings::Odoo(odoo) => odoo.search_lag,
            AccountingSettings::File(_) => None,
        }
    };
    for kind in ["kind = \"open\"\n", TRYTON, ODOO] {
        assert_eq!(lag(kind), None, "it is left to the accounting system");
        for seconds in [0, 7, 3_600] {
            assert_eq!(lag(&format!("{kind}search_lag_seconds = {seconds}\n")), Some(Duration::from_secs(seconds)));
        }
        let problem = problem(&with_accounting(&format!("{kind}search_lag_seconds = 3601\n")));
        assert_eq!(param(&problem, "key"), "accounting.search_lag_seconds", "{problem}");
    }
}

#[test]
fn sending_again_without_a_window_is_refused() {
    let keys = |window: u32, word: &str| {
        with_accounting(&format!(
            "kind = \"open\"\nsettle_window_seconds = {window}\nwhen_still_unknown = \"{word}\"\n"
        ))
    };
    let problem = problem(&keys(0, "send"));
    assert_eq!((problem.code, param(&problem, "found")), (ErrorCode::WorkspaceValueInvalid, "0"), "{problem}");
    assert_eq!(param(&problem, "key"), "accounting.settle_window_seconds");
    for (window, word) in [(0, "hold"), (1, "send")] {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(Workspace::create(dir.path(), &keys(window, word)).is_ok(), "{window} {word}");
    }
}

#[test]
fn writing_of_files_is_read_as_far_as_it_is_named() {
    let read = |instead: &str| {
        let dir = tempfile::tempdir().expect("a folder");
        let text = with("[source.columns]", &format!("{instead}\n[source.columns]"));
        Workspace::create(dir.path(), &text).map(|workspace| match workspace.source() {
            SourceSettings::Files(files) => files.as_ref().clone(),
            SourceSettings::Platform(_) => panic!("the source is of files"),
        })
    };
    let usual = read("").expect("it is valid");
    assert_eq!((usual.head, usual.sign, usual.ends_with_line_end), (HeadRule::Found, Sign::Unsaid, true));
    assert_eq!((usual.settle, usual.row_rules.len()), (Duration::from_secs(2), 0));
    let named = read(
        "head = 4\nsign = \"negative\"\nends_with_line_end = false\nsettle_seconds = 30\nignored_columns = [\"Land\"]\n\
         [source.include]\n\"Status\" = [\"Approved\", \"Godkjent\"]\n\"Godkjent den\" = \"not empty\"\n\
         [source.exclude]\n\"Type\" = \"Card\"",
    );
    let named = named.expect("it is valid");
    assert_eq!((named.head, named.sign, named.ends_with_line_end), (HeadRule::AtLine(4), Sign::Negative, false));
    assert_eq!((named.settle, named.ignored_columns), (Duration::from_secs(30), vec!["Land".to_owned()]));
    let mut rules: Vec<_> =
        named.row_rules.iter().map(|rule| (rule.column.as_str(), &rule.test, rule.effect)).collect();
    rules.sort_by_key(|(column, ..)| *column);
    let values = |values: &[&str]| CellTest::OneOf(values.iter().map(|value| (*value).to_owned()).collect());
    assert_eq!(
        rules,
        [
            ("Godkjent den", &CellTest::Filled, RuleEffect::Include),
            ("Status", &values(&["Approved", "Godkjent"]), RuleEffect::Include),
            ("Type", &values(&["Card"]), RuleEffect::Exclude),
        ]
    );
    assert_eq!(read("head = 0").expect("it is valid").head, HeadRule::None);
    for wrong in
        ["head = -1", "sign = \"minus\"", "settle_seconds = 100000", "id = \"content\"", "[source.include]\n\"A\" = []"]
    {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn id_is_a_column_or_several_or_made_of_the_content() {
    let read = |text: String| {
        let dir = tempfile::tempdir().expect("a folder");
        Workspace::create(dir.path(), &text).map(|workspace| match workspace.source() {
            SourceSettings::Files(files) => (files.id.clone(), Sections::of(&workspace).expect("it is valid").source),
            SourceSettings::Platform(_) => panic!("the source is of files"),
        })
    };
    let id = |instead: &str| read(with("id = \"Bilagsnr\"", instead)).map(|(id, _)| id);
    let columns = |columns: &[&str]| IdRule::Columns(columns.iter().map(|column| (*column).to_owned()).collect());
    assert_eq!(id("id = \"Bilagsnr\"").expect("it is valid"), columns(&["Bilagsnr"]));
    assert_eq!(id("id = [\"Krav\", \"Linje\"]").expect("it is valid"), columns(&["Krav", "Linje"]));
    assert_eq!(id("id = 3").expect("it is valid"), columns(&["#3"]));
    assert!(id("").is_err() && id("id = []").is_err() && id("id = 0").is_err());
    let (content, section) =
        read(with("id = \"Bilagsnr\"", "").replacen("[source.columns]", "id = \"content\"\n[source.columns]", 1))
            .expect("it is valid");
    assert_eq!(content, IdRule::Content);
    let SourceSection::Files(section) = section else { panic!("the source is of files") };
    assert_eq!(section.columns.get("id"), None);
}

#[test]
fn workbook_has_its_sheet_and_the_meaning_of_merged_and_hidden() {
    let of = |keys: &str| {
        let text = with("kind = \"csv\"", &format!("kind = \"xlsx\"\n{keys}"));
        let workspace = Workspace::imagined(Path::new("/w"), &text).expect("it is valid");
        let SourceSettings::Files(files) = workspace.source() else { panic!("the source is files") };
        files.kind.clone()
    };
    assert_eq!(of(""), FileKind::Workbook(WorkbookRules::default()));
    let rules = WorkbookRules {
        sheet: Some("Mars".to_owned()),
        merged_cells: MergedCells::Fill,
        hidden_rows: HiddenRows::LeaveOut,
    };
    let keys = "sheet = \"Mars\"\nmerged_cells = \"fill\"\nhidden_rows = \"leave out\"";
    assert_eq!(of(keys), FileKind::Workbook(rules));
    let wrong = problem(&with("kind = \"csv\"", "kind = \"xlsx\"\nhidden_rows = \"no\""));
    assert_eq!((wrong.code, param(&wrong, "allowed")), (ErrorCode::WorkspaceValueInvalid, "\"read\" | \"leave out\""));
}
