//! Tests the links to a voucher's page in Odoo itself.

use super::*;

#[tokio::test]
async fn a_voucher_has_a_page_on_the_server_of_the_workspace_and_nothing_else_has_one() {
    let (listening, _, odoo) = odoo().await;
    let pages = odoo.voucher_pages().expect("Odoo has a web client");
    let page = pages.page("107").expect("an id of Odoo's");
    assert_eq!(page, format!("{}/odoo/account.move/107?db=books", listening.uri()));
    assert_eq!(pages.page("107&db=other"), None);
    assert_eq!(pages.page("../../web/session/logout"), None);
}
