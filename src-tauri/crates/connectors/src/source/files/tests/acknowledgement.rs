//! Tests the acknowledgement file: whole, each export once, and never read as a source.

use postonce_engine::domain::{Acknowledgement, Generation, RecordId, RunId};
use postonce_engine::ports::{ExportResult, Learning};

use super::super::acknowledgement::{is_acknowledgement, place};
use super::*;

fn result(id: &str, voucher: &str) -> ExportResult {
    ExportResult {
        record_id: RecordId::new(id).expect("an id"),
        generation: Generation::FIRST,
        reference: format!("hlf:{id}"),
        voucher: Acknowledgement { voucher_id: voucher.to_owned(), number: Some("7; \"8\"".to_owned()) },
        run_id: RunId::new("run-1"),
        exported_at: chrono::DateTime::UNIX_EPOCH,
    }
}

fn acknowledging(dir: &Path, path: &str) -> FileSettings {
    FileSettings { acknowledges: true, ..settings(dir, path) }
}

async fn learn(settings: &FileSettings, results: &[ExportResult]) -> Result<Vec<bool>, Problem> {
    let files = Files::new(settings.clone(), Arc::new(crate::SystemClock::start()));
    files.learn(results).await.map(|learned| learned.taken).map_err(|error| error.0)
}

#[tokio::test]
async fn export_has_one_line_however_often_it_comes() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = acknowledging(dir.path(), "records.csv");
    fs::write(dir.path().join("records.csv"), HEAD).expect("writable");
    let (a, b) = (result("A", "V-1"), result("B", "V-2"));
    assert_eq!(learn(&settings, std::slice::from_ref(&a)).await, Ok(vec![true]));
    assert_eq!(learn(&settings, &[a.clone(), b, a]).await, Ok(vec![true; 3]));
    let file = dir.path().join("records.postonce-exported.csv");
    assert_eq!(
        fs::read_to_string(&file).expect("it is there"),
        "id,voucher_id,voucher_number,reference,run_id,exported_at\n\
         A,V-1,\"7; \"\"8\"\"\",hlf:A,run-1,1970-01-01T00:00:00.000Z\n\
         B,V-2,\"7; \"\"8\"\"\",hlf:B,run-1,1970-01-01T00:00:00.000Z\n"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 2, "nothing else is left");
}

#[tokio::test]
async fn acknowledgement_is_read_by_no_folder_and_no_glob() {
    for path in ["in", "in/*.csv", "in/*", "*/*.csv"] {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir(dir.path().join("in")).expect("writable");
        let row = format!("{HEAD}A;05.10.2026;10,00;Kari;Reise;Taxi\n");
        fs::write(dir.path().join("in/records.csv"), row).expect("writable");
        let settings = acknowledging(dir.path(), path);
        learn(&settings, &[result("A", "V-1")]).await.expect("it is written");
        assert!(place(&settings).is_file() && is_acknowledgement(&place(&settings)), "{path}");
        fs::copy(place(&settings), dir.path().join("in/records.postonce-exported.CSV")).expect("writable");
        let rows = read(FileSettings { acknowledges: false, ..settings }).await;
        assert_eq!(rows.map(|rows| rows.len()), Ok(1), "{path}");
    }
}

#[tokio::test]
async fn file_of_somebody_else_is_left_as_it_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = acknowledging(dir.path(), "records.csv");
    fs::write(dir.path().join("records.csv"), HEAD).expect("writable");
    let file = dir.path().join("records.postonce-exported.csv");
    fs::write(&file, "mine\n").expect("writable");
    let refused = learn(&settings, &[result("A", "V-1")]).await.expect_err("it is not ours");
    assert_eq!(refused.code, ErrorCode::SourceFileUnreadable);
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "mine\n");
}

#[tokio::test]
async fn files_learn_nothing_unless_the_workspace_wants_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let learning = async |settings| Files::new(settings, Arc::new(crate::SystemClock::start())).learning().await;
    assert_eq!(learning(settings(dir.path(), "f.csv")).await, Learning::NOTHING);
    let on = learning(acknowledging(dir.path(), "f.csv")).await;
    assert_eq!((on.takes_results, on.locks_records), (Some(true), Some(false)));
}
