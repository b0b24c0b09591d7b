//! Tests the links to a voucher's page in Tryton's web client.

use super::*;

#[tokio::test]
async fn page_on_the_workspaces_server_is_for_vouchers_only() {
    let fake = answering(vec![]).await;
    let pages = fake.tryton.voucher_pages().expect("Tryton has a web client");
    let page = Url::parse(&pages.page("3107").expect("an id of Tryton's")).expect("an address");
    let server = Url::parse(fake.tryton.rpc().peer().address()).expect("an address");
    assert_eq!(page.origin(), server.origin());
    assert_eq!((page.path(), page.query(), page.fragment()), ("/", None, Some("books/model/account.move/3107")));
    assert_eq!(pages.page("3107/../../wizard/x"), None);
}
