//! Tests the links to a voucher's page in Odoo itself.

use super::*;

#[tokio::test]
async fn page_on_the_workspaces_server_is_for_vouchers_only() {
    let (listening, _, odoo) = odoo().await;
    let pages = odoo.voucher_pages().expect("Odoo has a web client");
    let page = pages.page("107").expect("an id of Odoo's");
    assert_eq!(page, format!("{}/odoo/account.move/107?db=books", listening.uri()));
    assert_eq!(pages.page("107&db=other"), None);
    assert_eq!(pages.page("../../web/session/logout"), None);
}
