//! Prints how long each step takes on this machine: `cargo run -p postonce-peers --example books`.

use std::time::Instant;

use postonce_peers::{Trouble, odoo, tryton};

#[expect(clippy::disallowed_methods, reason = "an example that measures; no rule of the product hangs on it")]
fn timed<T>(what: &str, step: impl FnOnce() -> Result<T, Trouble>) -> Option<T> {
    let begun = Instant::now();
    let result = step();
    println!("{what}: {:.1} s", begun.elapsed().as_secs_f64());
    result.inspect_err(|trouble| println!("{trouble}")).ok()
}

fn main() {
    timed("Tryton, prepared", tryton::prepare);
    if let Some(books) = timed("Tryton, fresh books with a server", tryton::Books::fresh) {
        timed("Tryton, server again", || books.restart());
        println!(
            "accounts: {:?}",
            books.sql("SELECT code FROM account_account WHERE code ~ '^[2-7][0-9]{3}$' ORDER BY 1")
        );
    }
    timed("Odoo, prepared", odoo::prepare);
    if let Some(books) = timed("Odoo, fresh books with a server", odoo::Books::fresh) {
        timed("Odoo, server again", || books.restart());
        println!(
            "currency: {:?}",
            books.sql("SELECT c.name FROM res_currency c JOIN res_company o ON o.currency_id = c.id")
        );
    }
}
