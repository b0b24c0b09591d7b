use std::net::SocketAddr;
use std::path::Path;

use chrono::NaiveDate;
use postonce_engine::error::ErrorCode;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{RebuildWish, Wish, make, options, rebuild};

/// Makes a practice workspace; returns the address of its sandbox as well.
fn practice(dir: &Path) -> (Workspace, SocketAddr) {
    let newest = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
    let workspace = make(dir, &Wish { port: None, records: 3, seed: 1, newest }).expect("our folder");
    let address = options(&workspace).address;
    (workspace, address)
}

async fn answers(address: SocketAddr) -> bool {
    TcpStream::connect(address).await.is_ok()
}

#[tokio::test]
async fn sandbox_answers_while_a_command_acts_and_not_after_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let (workspace, address) = practice(dir.path());
    let connected = with_open_workspace(workspace, async |open| {
        open.engine.connect().await?;
        Ok::<_, Problem>(answers(address).await)
    });
    assert!(connected.await.expect("the sandbox runs"));
    assert!(!answers(address).await);
}

#[tokio::test]
async fn command_that_fails_leaves_no_sandbox_running() {
    let dir = tempfile::tempdir().expect("a folder");
    let (workspace, address) = practice(dir.path());
    let failed = with_open_workspace(workspace.clone(), async |open| {
        assert!(answers(address).await);
        // A command's own `?` between start and stop.
        open.engine.voucher_page("none").await?;
        Ok::<_, Problem>(())
    });
    assert_eq!(failed.await.map_err(|problem| problem.code), Err(ErrorCode::VoucherPageMissing));
    assert!(!answers(address).await);
    // Its store is closed as well, so the next command can have it.
    OpenWorkspace::open(workspace).await.expect("nothing is left behind").close().await;
}

#[tokio::test]
async fn command_that_panics_or_is_given_up_leaves_no_sandbox_running() {
    let dir = tempfile::tempdir().expect("a folder");
    let (workspace, address) = practice(dir.path());
    let panics = with_open_workspace::<(), Problem>(workspace.clone(), async |_| panic!("a mistake of ours"));
    let local = LocalSet::new();
    assert!(local.run_until(local.spawn_local(panics)).await.is_err_and(|error| error.is_panic()));
    until_free(address).await;

    let (begun, begins) = tokio::sync::oneshot::channel();
    let endless = with_open_workspace::<(), Problem>(workspace, async |_| {
        begun.send(()).expect("it is waited for");
        std::future::pending().await
    });
    let endless = local.spawn_local(endless);
    local.run_until(begins).await.expect("it begins");
    assert!(answers(address).await);
    endless.abort();
    assert!(local.run_until(endless).await.is_err_and(|error| error.is_cancelled()));
    until_free(address).await;
}

/// Waits until nobody listens at the address: a sandbox that is dropped is ended, and not waited for.
async fn until_free(address: SocketAddr) {
    while TcpListener::bind(address).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn workspace_that_is_opened_once_more_keeps_its_sandbox() {
    let dir = tempfile::tempdir().expect("a folder");
    let (workspace, address) = practice(dir.path());
    let first = OpenWorkspace::open(workspace.clone()).await.expect("it opens");
    let second = first.reopen(workspace).await.expect("it opens");
    first.close().await;
    assert!(answers(address).await);
    second.close().await;
    assert!(!answers(address).await);
}

#[tokio::test]
async fn rebuild_that_is_stopped_leaves_the_old_ledger_and_no_sandbox() {
    let dir = tempfile::tempdir().expect("a folder");
    let (workspace, address) = practice(dir.path());
    OpenWorkspace::open(workspace.clone()).await.expect("it opens").close().await;
    let wish = RebuildWish {
        actor: postonce_connectors::actor(),
        reason: Some("the ledger is made anew for a test".into()),
        confirm: Some(workspace.organisation().as_str().to_owned()),
    };
    let stop = CancellationToken::new();
    stop.cancel();
    rebuild(&workspace, wish.clone(), stop, || ()).await.expect_err("it was stopped");
    assert!(workspace.ledger_path().exists() && !answers(address).await);
    rebuild(&workspace, wish, CancellationToken::new(), || ()).await.expect("it ends");
    assert!(workspace.ledger_path().exists() && !answers(address).await);
}
