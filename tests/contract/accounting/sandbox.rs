//! Adapts the sandbox in each of its protections; its own books judge.

use std::cell::RefCell;
use std::collections::BTreeMap;

use postonce_peers::Trouble;
use postonce_tests::{CliRig, TOKEN};
use reqwest::Method;
use serde_json::{Value, json};

use super::subject::{AccountingSubject, Booked, BookedVat, ByHand, Fresh, VatCodes, Words, by_account};

pub(crate) const ENFORCED: Fresh = || subject("enforced", true, true, false);
pub(crate) const FENCED: Fresh = || subject("fenced", false, true, false);
pub(crate) const STAGED: Fresh = || subject("staged", false, false, true);
pub(crate) const OBSERVED: Fresh = || subject("observed", false, false, false);

fn subject(
    protection: &'static str,
    unique: bool,
    fence: bool,
    drafts: bool,
) -> Result<Box<dyn AccountingSubject>, Trouble> {
    let rig = CliRig::over_csv(b"");
    // Without keys, so that each protection stands alone.
    let switches = json!({
        "unique_references": unique, "checks_fence": fence, "drafts": drafts, "idempotency_keys": false, "faults": [],
    });
    rig.set_faults(&switches);
    rig.admin(Method::PUT, "closed-through", Some(&json!({ "date": "2019-12-31" })));
    let values = json!({ "Department": ["100", "200"], "Project": ["P7"], "Grant": ["G-1", "G-2"] });
    rig.admin(Method::PUT, "dimensions", Some(&values));
    Ok(Box::new(Sandbox { rig: RefCell::new(rig), switches, protection }))
}

struct Sandbox {
    rig: RefCell<CliRig>,
    switches: Value,
    protection: &'static str,
}

impl Sandbox {
    fn page(&self, what: &str) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.rig.borrow().call(Method::GET, &format!("v1/{what}?limit=500{cursor}"), None);
            all.extend(page[what].as_array().expect("a list").clone());
            let Some(next) = page["next_cursor"].as_str() else { return all };
            cursor = format!("&cursor={next}");
        }
    }

    fn voucher(&self, reference: &str) -> Value {
        let found = self.page("vouchers").into_iter().find(|voucher| voucher["reference"] == reference);
        found.expect("it was booked")
    }

    fn admin(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        self.rig.borrow().admin(method, path, body)
    }
}

fn booked(all: &[Value]) -> Vec<Booked> {
    let one = |voucher: &Value| Booked {
        reference: voucher["reference"].as_str().expect("a text").to_owned(),
        minor: voucher["total"].as_str().expect("a text").replace('.', "").parse().expect("a number"),
    };
    let mut booked: Vec<Booked> = all.iter().map(one).collect();
    booked.sort();
    booked
}

impl AccountingSubject for Sandbox {
    fn protection(&self) -> &'static str {
        self.protection
    }

    fn url(&self) -> String {
        self.rig.borrow().url().to_owned()
    }

    fn table(&self, url: &str) -> String {
        let observed = if self.protection == "observed" {
            // Several times as long as anything here is late.
            "settle_window_seconds = 10\nwhen_still_unknown = \"send\"\n"
        } else {
            ""
        };
        format!("kind = \"open\"\nurl = \"{url}\"\nsecret = \"accounting-token\"\n{observed}")
    }

    fn secret(&self) -> String {
        TOKEN.to_owned()
    }

    fn words(&self) -> Words {
        match self.protection {
            "staged" => Words {
                write: "POST /v1/drafts HTTP",
                commit: Some("/commit HTTP"),
                discard: Some("DELETE /v1/drafts"),
                look_up: "POST /v1/vouchers/lookup",
                attach: "PUT /v1/drafts/",
            },
            _ => Words {
                write: "POST /v1/vouchers HTTP",
                commit: None,
                discard: None,
                look_up: "POST /v1/vouchers/lookup",
                attach: "PUT /v1/vouchers/",
            },
        }
    }

    fn vouchers(&self) -> Vec<Booked> {
        let mut all = self.page("vouchers");
        // A counter-voucher counts as little as what it reversed.
        all.retain(|voucher| voucher["state"] == "posted" && voucher["reverses"].is_null());
        booked(&all)
    }

    fn day(&self, reference: &str) -> String {
        self.voucher(reference)["date"].as_str().expect("a text").to_owned()
    }

    fn payee(&self, reference: &str) -> String {
        let voucher = self.voucher(reference);
        let debt = voucher["lines"].as_array().expect("a list").last().expect("a debt");
        debt["party"].as_str().expect("a text").to_owned()
    }

    fn lines(&self, reference: &str) -> Vec<(String, i64)> {
        let voucher = self.voucher(reference);
        let lines = voucher["lines"].as_array().expect("a list").iter();
        let text = |line: &Value, member: &str| line[member].as_str().expect("a text").to_owned();
        by_account(
            &lines.map(|line| format!("{}|{}\n", text(line, "account"), text(line, "amount"))).collect::<String>(),
        )
    }

    fn attachments(&self, reference: &str) -> Vec<String> {
        let asked = json!({ "voucher_ids": [self.voucher(reference)["voucher_id"]] });
        let found = self.rig.borrow().call(Method::POST, "v1/attachments/lookup", Some(&asked));
        let found = found["attachments"].as_array().expect("a list").iter();
        let mut names: Vec<String> = found.map(|one| one["name"].as_str().expect("a text").to_owned()).collect();
        names.sort();
        names
    }

    fn vat_codes(&self) -> VatCodes {
        VatCodes { high: ("1", None), low: ("13", None) }
    }

    fn vat(&self, reference: &str) -> Vec<BookedVat> {
        let minor = |text: &Value| text.as_str().expect("a text").replace('.', "").parse::<i64>().expect("a number");
        let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for line in self.voucher(reference)["lines"].as_array().expect("a list") {
            if let Some(code) = line["vat_code"].as_str() {
                let (gross, tax) = (minor(&line["amount"]), minor(&line["vat_amount"]));
                let sum = sums.entry(code.to_owned()).or_default();
                *sum = (sum.0 + gross - tax, sum.1 + tax);
            }
        }
        sums.into_iter().map(|(code, (base, tax))| BookedVat { code, base, tax }).collect()
    }

    fn dimensions(&self, reference: &str) -> Vec<(String, String, String)> {
        let voucher = self.voucher(reference);
        let lines = voucher["lines"].as_array().expect("a list").iter();
        let of_line = |line: &Value| {
            let account = line["account"].as_str().expect("a text").to_owned();
            let dimensions = line["dimensions"].as_object().cloned().unwrap_or_default();
            let triple = move |(name, value): (String, Value)| {
                (account.clone(), name, value.as_str().expect("a text").to_owned())
            };
            dimensions.into_iter().map(triple).collect::<Vec<_>>()
        };
        let mut all: Vec<_> = lines.flat_map(of_line).collect();
        all.sort();
        all.dedup();
        all
    }

    fn foreign(&self, reference: &str) -> (String, i64, Option<i64>) {
        let voucher = self.voucher(reference);
        let minor = |text: &Value| text.as_str().map(|text| text.replace('.', "").parse::<i64>().expect("a number"));
        let own = voucher["lines"].as_array().expect("a list").iter().map(|line| minor(&line["own_amount"]));
        let own = own.collect::<Option<Vec<_>>>().map(|own| own.into_iter().map(|own| own.max(0)).sum());
        let currency = voucher["currency"].as_str().expect("a text").to_owned();
        (currency, minor(&voucher["total"]).expect("a sum"), own)
    }

    fn recode(&self, _: &str) {
        panic!("its books let nobody change what is booked");
    }

    fn move_grant(&self, _: &str) {
        panic!("its books let nobody change what is booked");
    }

    fn drafts(&self) -> Vec<Booked> {
        if self.protection == "staged" { booked(&self.page("drafts")) } else { Vec::new() }
    }

    fn by_hand(&self, act: ByHand, reference: &str) {
        let voucher = self.voucher(reference);
        let id = voucher["voucher_id"].as_str().expect("an id");
        match act {
            ByHand::Reverse => _ = self.admin(Method::POST, &format!("vouchers/{id}/void"), None),
            ByHand::Delete => _ = self.admin(Method::DELETE, &format!("vouchers/{id}"), None),
            ByHand::Rename => panic!("its books let nobody rename what is booked"),
            ByHand::Copy => {
                let whole = self.admin(Method::GET, &format!("vouchers/{id}"), None);
                let members = ["reference", "date", "currency", "text", "lines"];
                let copy: serde_json::Map<_, _> =
                    members.iter().map(|member| ((*member).to_owned(), whole[member].clone())).collect();
                self.admin(Method::POST, "vouchers", Some(&Value::Object(copy)));
            }
        }
    }

    fn delete_draft(&self, _: &str) {
        panic!("nobody but who holds the lock may");
    }

    fn double_draft(&self, _: &str) {
        panic!("its books let nobody change a draft");
    }

    fn book_draft_as(&self, _: &str, _: &str) -> String {
        panic!("its books let nobody change a draft");
    }

    fn copy_as_draft(&self, _: &str) {
        panic!("it is asked of Tryton alone");
    }

    fn redirect_draft(&self, _: &str) {
        panic!("its books let nobody change a draft");
    }

    fn redirected(&self) -> usize {
        panic!("its books let nobody change a draft");
    }

    fn retire_lock(&self) {
        panic!("its lock is no row that anybody could reach");
    }

    fn kill(&self) {
        self.rig.borrow_mut().stop_sandbox();
    }

    fn restart(&self) {
        self.kill();
        self.rig.borrow_mut().restart_sandbox();
        self.rig.borrow().set_faults(&self.switches);
    }

    fn pause(&self, is_paused: bool) {
        self.rig.borrow().signal_sandbox(if is_paused { "STOP" } else { "CONT" });
    }
}
