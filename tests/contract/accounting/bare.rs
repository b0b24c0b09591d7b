//! Makes and posts the same vouchers of two lines by bare calls of the same size: the measure that an export is held against.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use postonce_peers::{odoo, tryton};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// The content of a voucher: a day, as `2020-01-31`, and an amount in øre.
#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub(crate) date: String,
    pub(crate) minor: i64,
}

/// Makes vouchers and posts them, the one call after the other. The first of them stands at this place among all.
pub(crate) trait Bare {
    async fn book(&self, client: &Client, first: usize, vouchers: &[Voucher]);
}

async fn answer(request: RequestBuilder) -> Value {
    let answer = request.send().await.expect("the server is there").error_for_status().expect("it takes the call");
    answer.json().await.expect("it speaks JSON")
}

impl Voucher {
    fn amount(&self) -> String {
        format!("{}.{:02}", self.minor / 100, self.minor % 100)
    }
}

/// Tryton after a login, with the ids that each move names.
pub(crate) struct Tryton {
    url: String,
    session: String,
    context: Value,
    company: i64,
    journal: i64,
    /// First and last day, and the id.
    periods: Vec<(String, String, i64)>,
    accounts: [i64; 2],
}

impl Tryton {
    pub(crate) async fn open(client: &Client, books: &tryton::Books) -> Self {
        let id = |query: &str| books.sql(query).expect("the books can be read").trim().parse::<i64>().expect("an id");
        let account = |code: &str| id(&format!("SELECT id FROM account_account WHERE code = '{code}'"));
        let (user, password) = books.user();
        let mut bare = Self {
            url: format!("{}/{}/rpc/", books.url(), books.database()),
            session: String::new(),
            context: Value::Null,
            company: id("SELECT id FROM company_company"),
            journal: id("SELECT id FROM account_journal WHERE code = 'POST'"),
            periods: periods(books),
            accounts: [account("7140"), account("2930")],
        };
        let login = bare.call(client, "common.db.login", json!([user, {"password": password}])).await;
        let token = login[1].as_str().expect("a token");
        bare.session = format!("Session {}", BASE64_STANDARD.encode(format!("{user}:{}:{token}", login[0])));
        bare.context = bare.call(client, "model.res.user.get_preferences", json!([true, {}])).await;
        bare
    }

    fn period(&self, date: &str) -> i64 {
        let holds = |(start, end, _): &&(String, String, i64)| start.as_str() <= date && date <= end.as_str();
        self.periods.iter().find(holds).expect("a period of that day").2
    }

    async fn call(&self, client: &Client, method: &str, params: Value) -> Value {
        let mut request = client.post(&self.url).json(&json!({"id": 1, "method": method, "params": params}));
        if !self.session.is_empty() {
            request = request.header("Authorization", &self.session);
        }
        let mut answer = answer(request).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }
}

/// Returns the periods of the books.
fn periods(books: &tryton::Books) -> Vec<(String, String, i64)> {
    let rows = books.sql("SELECT start_date, end_date, id FROM account_period").expect("the books can be read");
    let period = |row: &str| {
        let mut values = row.split('|').map(str::to_owned);
        Some((values.next()?, values.next()?, values.next()?.parse().ok()?))
    };
    rows.lines().map(|row| period(row).expect("a period")).collect()
}

impl Bare for Tryton {
    async fn book(&self, client: &Client, first: usize, vouchers: &[Voucher]) {
        let decimal = |text: &str| json!({"__class__": "Decimal", "decimal": text});
        let voucher = |(number, voucher): (usize, &Voucher)| {
            let line = |account: i64, debit: &str, credit: &str| json!({"account": account, "debit": decimal(debit), "credit": decimal(credit), "description": "Bodø"});
            let amount = voucher.amount();
            let part = |range: std::ops::Range<usize>| voucher.date[range].parse::<u32>().expect("a date");
            let lines = [line(self.accounts[0], &amount, "0"), line(self.accounts[1], "0", &amount)];
            json!({
                "company": self.company, "journal": self.journal, "period": self.period(&voucher.date),
                "date": {"__class__": "date", "year": part(0..4), "month": part(5..7), "day": part(8..10)},
                "description": format!("bare:{}", first + number), "lines": [["create", lines]],
            })
        };
        let moves: Vec<Value> = vouchers.iter().enumerate().map(voucher).collect();
        let made = self.call(client, "model.account.move.create", json!([moves, self.context])).await;
        self.call(client, "model.account.move.post", json!([made, self.context])).await;
    }
}

/// Odoo, with the ids that each entry names.
pub(crate) struct Odoo {
    url: String,
    database: &'static str,
    key: String,
    journal: i64,
    accounts: [i64; 2],
}

impl Odoo {
    pub(crate) fn open(books: &odoo::Books) -> Self {
        let id = |query: &str| books.sql(query).expect("the books can be read").trim().parse::<i64>().expect("an id");
        // A code is kept for each company.
        let account = |code: &str| {
            id(&format!("SELECT id FROM account_account WHERE code_store->>'1' = '{code}' ORDER BY id LIMIT 1"))
        };
        Self {
            url: books.url(),
            database: books.database(),
            key: format!("bearer {}", books.key()),
            journal: id("SELECT id FROM account_journal WHERE code = 'POST'"),
            accounts: [account("7140"), account("2930")],
        }
    }

    async fn call(&self, client: &Client, method: &str, body: Value) -> Value {
        let request = client.post(format!("{}/json/2/account.move/{method}", self.url)).json(&body);
        answer(request.header("Authorization", &self.key).header("X-Odoo-Database", self.database)).await
    }
}

impl Bare for Odoo {
    async fn book(&self, client: &Client, first: usize, vouchers: &[Voucher]) {
        let voucher = |(number, voucher): (usize, &Voucher)| {
            let amount: f64 = voucher.amount().parse().expect("a number");
            let line = |account: i64, side: &str| json!([0, 0, {"account_id": account, "name": "Bodø", side: amount}]);
            json!({
                "move_type": "entry", "journal_id": self.journal, "date": voucher.date,
                "ref": format!("bare:{}", first + number),
                "line_ids": [line(self.accounts[0], "debit"), line(self.accounts[1], "credit")],
            })
        };
        let entries: Vec<Value> = vouchers.iter().enumerate().map(voucher).collect();
        let made = self.call(client, "create", json!({"vals_list": entries})).await;
        self.call(client, "action_post", json!({"ids": made})).await;
    }
}
