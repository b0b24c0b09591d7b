//! Tests the ledger's own dangers over the real command line: each stops the export with a sentence and exit 6, nothing is sent
//! that does not stand in the ledger, and there is a way out that leaves each record posted once.

use std::collections::BTreeSet;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use postonce_tests::{CliRig, CommandOutput, Running, command_output};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Vouchers in a request.
const PER_REQUEST: u64 = 100;
/// Bytes of the size of a page, which are no page.
const PAGE: [u8; 4096] = [0xAA; 4096];
const PAGE_BYTES: u64 = PAGE.len() as u64;

/// Checks that it stopped with this code and exit 6, and said so in a sentence that names each of `naming`.
fn assert_stopped(said: &CommandOutput, code: &str, naming: &[&str]) {
    assert_eq!(said.status, Some(6), "{said:?}");
    let error = &said.last()["error"];
    assert_eq!(error["code"], code, "{said:?}");
    let sentence = error["message"].as_str().unwrap_or_default();
    for name in naming {
        assert!(sentence.contains(name), "“{sentence}” does not name {name}");
    }
}

fn ledger_of(workspace: &Path) -> PathBuf {
    workspace.join("ledger.sqlite")
}

/// Starts a sync that stands still: so many of its requests are answered, and all later ones are held until
/// [`CliRig::release`].
fn held_after(rig: &CliRig, requests: u64, sync: Command) -> Running {
    rig.hold(&["vouchers"], requests);
    let running = Running::up_to(sync, requests * PER_REQUEST);
    rig.wait_until_held();
    running
}

/// Checks that every voucher in the books has its claim in the ledger.
fn assert_everything_is_in_the_ledger(rig: &CliRig, ledger: &Path) {
    let ledger = Connection::open(ledger).expect("a ledger");
    // A ledger that was stopped in its first transaction has no table of attempts yet.
    let mut claimed = BTreeSet::new();
    if let Ok(mut statement) = ledger.prepare("SELECT reference FROM attempt") {
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("no parameters");
        claimed = rows.map(|row| row.expect("text")).collect();
    }
    let mut cursor = String::new();
    loop {
        let page = rig.call(reqwest::Method::GET, &format!("v1/vouchers?limit=500{cursor}"), None);
        for voucher in page["vouchers"].as_array().expect("a list") {
            let reference = voucher["reference"].as_str().expect("a reference");
            assert!(claimed.contains(reference), "{reference} is in the books and not in the ledger");
        }
        let Some(next) = page["next_cursor"].as_str() else { return };
        cursor = format!("&cursor={next}");
    }
}

/// Checks the way out: a sync that ended well, after which each record is in the books once and in the ledger as posted.
fn assert_all_well(rig: &CliRig, sync: &CommandOutput, records: u64) {
    assert_eq!((sync.status, sync.count("in_doubt")), (Some(0), 0), "{sync:?}");
    let stats = rig.stats();
    let found = ["vouchers", "distinct_references", "duplicates"].map(|name| stats[name].as_u64());
    assert_eq!(found, [Some(records), Some(records), Some(0)], "{stats}");
}

fn sync_in(rig: &CliRig, workspace: &Path) -> CommandOutput {
    command_output(rig.command_in(workspace, &["sync"]))
}

/// Returns the newest copy in the folder of the backups.
fn newest_backup(workspace: &Path) -> PathBuf {
    let entries = std::fs::read_dir(workspace.join("backups")).expect("a sync makes one");
    let newest = entries.flatten().map(|entry| entry.path()).max();
    newest.expect("a sync makes one")
}

/// Puts back a backup from before the last export: the accounting side knows better, and the books are the way out.
fn put_back_old_backup(rig: &CliRig) {
    put_back_backup(rig.path());
    assert_stopped(&rig.sync(), "ledger_rolled_back", &["ledger.sqlite", "rebuild"]);
    let refused = rig.run(&["rebuild"]);
    assert_eq!((refused.status, &refused.last()["error"]["code"]), (Some(2), &"ledger_is_sound".into()), "{refused:?}");
    let workspace = std::fs::read_to_string(rig.path().join("workspace.toml")).expect("readable");
    let (_, organisation) = workspace.split_once("\nid = \"").expect("it names its organisation");
    let (organisation, _) = organisation.split_once('"').expect("in quotes");
    let rebuilt = rig.run(&["rebuild", "--reason", "An old backup was put back", "--confirm", organisation]);
    assert_eq!(rebuilt.status, Some(0), "{rebuilt:?}");
}

/// Puts back a backup as a person does: the broken file is moved aside, the copy takes its place. The log that was left stays
/// in its place.
fn put_back_backup(workspace: &Path) {
    let ledger = ledger_of(workspace);
    let _ = std::fs::rename(&ledger, workspace.join("broken.sqlite"));
    std::fs::copy(newest_backup(workspace), ledger).expect("writable");
}

/// Overwrites whole pages in place, as a dying disk does.
fn damage(ledger: &Path, pages: std::ops::Range<u64>) {
    let mut file = std::fs::File::options().write(true).open(ledger).expect("writable");
    file.seek(SeekFrom::Start(pages.start * PAGE_BYTES)).expect("within the file");
    for _ in pages {
        file.write_all(&PAGE).expect("writable");
    }
}

fn pages(ledger: &Path) -> u64 {
    std::fs::metadata(ledger).expect("it is there").len() / PAGE_BYTES
}

/// Makes a workspace of its own over the rig's sandbox and records.
fn settle_in(rig: &CliRig, folder: &Path) {
    let records = rig.path().join("practice-records.csv");
    let text = std::fs::read_to_string(rig.path().join("workspace.toml")).expect("readable");
    assert!(text.contains("\"practice-records.csv\""), "{text}");
    let text = text
        .replace("\"practice-records.csv\"", &format!("{:?}", records.to_str().expect("a temporary folder is text")));
    std::fs::write(folder.join("workspace.toml"), text).expect("writable");
}

/// A small disk of its own; `None`, and one line that says so, where this machine lets nobody mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]).arg(folder.path());
        if mount.output().is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("SKIPPED: no disk can be mounted here (no right to mount); the limit on file sizes is tried alone");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it to the last byte.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = std::fs::File::create(&path).expect("an entry still fits");
        for chunk in [&[0_u8; 65_536][..], &[0; 4096], &[0; 1]] {
            while file.write_all(chunk).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// Returns the command so that permissions hold for it: root's right to pass over them is taken away. `None`, and one line that
/// says so, where that cannot be done.
fn obeying_permissions(command: Command) -> Option<Command> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    set_mode(folder.path(), 0o555);
    let file = folder.path().join("probe");
    if std::fs::write(&file, "").is_err() {
        return Some(command);
    }
    std::fs::remove_file(&file).expect("just written");
    let without_privilege = |program: &std::ffi::OsStr| {
        let mut wrapped = Command::new("setpriv");
        wrapped.args(["--bounding-set=-dac_override,-dac_read_search", "--"]).arg(program);
        wrapped
    };
    let touched = without_privilege("touch".as_ref()).arg(&file).output();
    if !touched.is_ok_and(|touch| !touch.status.success() && String::from_utf8_lossy(&touch.stderr).contains("touch:"))
    {
        eprintln!("SKIPPED: permissions hold for nobody here (root, and no setpriv that takes its privilege away)");
        return None;
    }
    let mut wrapped = without_privilege(command.get_program());
    wrapped.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    Some(wrapped)
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn a_full_disk_stops_the_export_before_and_in_the_middle() {
    let rig = CliRig::practice(2_000, "");
    let Some(disk) = SmallDisk::mount(16) else { return };
    settle_in(&rig, disk.path());
    let filler = disk.fill();
    assert_stopped(&sync_in(&rig, disk.path()), "ledger_disk_full", &["ledger.sqlite", "space"]);
    assert_eq!(rig.stats()["vouchers"], 0);

    std::fs::remove_file(&filler).expect("removable");
    let running = held_after(&rig, 3, rig.command_in(disk.path(), &["sync"]));
    let filler = disk.fill();
    rig.release();
    assert_stopped(&running.finish(), "ledger_disk_full", &["ledger.sqlite", "space"]);
    std::fs::remove_file(&filler).expect("removable");
    assert_everything_is_in_the_ledger(&rig, &ledger_of(disk.path()));
    assert_all_well(&rig, &sync_in(&rig, disk.path()), 2_000);
}

#[test]
fn a_file_that_may_not_grow_stops_the_export_like_a_full_disk() {
    let rig = CliRig::practice(1_000, "");
    let limited = |bytes: u64| {
        let sync = rig.command(&["sync"]);
        let mut command = Command::new("sh");
        // A write over the limit is then an error to the program, and not its end.
        command.args(["-c", "trap '' XFSZ; exec prlimit --fsize=\"$0\" -- \"$@\""]).arg(bytes.to_string());
        command.arg(sync.get_program()).args(sync.get_args());
        command.envs(sync.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command_output(command)
    };
    // Each time a little further: through the first transaction, the reading, the plan, the sending.
    let mut stops = 0;
    let done = (1..=40).map(|step| limited(step * 150_000)).find(|said| {
        if said.status == Some(0) {
            return true;
        }
        assert_stopped(said, "ledger_unreadable", &["ledger.sqlite", "space"]);
        assert_everything_is_in_the_ledger(&rig, &ledger_of(rig.path()));
        stops += 1;
        false
    });
    assert!(stops >= 3, "stopped {stops} times only");
    assert_all_well(&rig, &done.expect("there is room in the end"), 1_000);
}

#[test]
fn a_folder_or_ledger_that_is_read_only_stops_the_export() {
    let rig = CliRig::practice(40, "");
    let ledger = ledger_of(rig.path());
    let Some(mut command) = obeying_permissions(rig.command(&["sync"])) else { return };
    set_mode(rig.path(), 0o555);
    let said = command_output(command);
    set_mode(rig.path(), 0o755);
    assert_stopped(&said, "ledger_read_only", &["ledger.sqlite", "who may write"]);

    let lines = std::fs::read_to_string(rig.path().join("practice-records.csv")).expect("readable");
    let some: String = lines.lines().take(21).map(|line| format!("{line}\r\n")).collect();
    std::fs::write(rig.path().join("practice-records.csv"), some).expect("writable");
    assert_eq!(rig.sync().count("posted"), 20);
    std::fs::write(rig.path().join("practice-records.csv"), lines).expect("writable");
    for (path, mode, usual) in
        [(ledger.as_path(), 0o444, 0o644), (ledger.as_path(), 0o000, 0o644), (rig.path(), 0o555, 0o755)]
    {
        set_mode(path, mode);
        command = obeying_permissions(rig.command(&["sync"])).expect("as before");
        let said = command_output(command);
        set_mode(path, usual);
        assert_stopped(&said, "ledger_read_only", &["ledger.sqlite", "who may write"]);
        assert_eq!(rig.stats()["vouchers"], 20, "{}", path.display());
    }
    command = obeying_permissions(rig.command(&["sync"])).expect("as before");
    assert_all_well(&rig, &command_output(command), 40);
}

#[test]
fn a_permission_taken_away_in_the_middle_stops_the_export() {
    let rig = CliRig::practice(3_000, "");
    let ledger = ledger_of(rig.path());
    let Some(command) = obeying_permissions(rig.command(&["sync"])) else { return };
    let running = held_after(&rig, 3, command);
    set_mode(rig.path(), 0o000);
    rig.release();
    let said = running.finish();
    set_mode(rig.path(), 0o755);
    assert_stopped(&said, "ledger_read_only", &["ledger.sqlite"]);
    assert!(rig.stats()["vouchers"].as_u64().is_some_and(|vouchers| vouchers < 3_000));
    assert_everything_is_in_the_ledger(&rig, &ledger);
    assert_all_well(&rig, &rig.sync(), 3_000);
}

#[test]
fn a_ledger_held_by_another_program_stops_the_export() {
    let rig = CliRig::practice(2_000, "");
    let ledger = ledger_of(rig.path());
    let running = held_after(&rig, 3, rig.command(&["sync"]));
    let other = Connection::open(&ledger).expect("it is there");
    other.busy_timeout(std::time::Duration::from_secs(30)).expect("a bound");
    other.execute_batch("BEGIN EXCLUSIVE").expect("within the bound");
    rig.release();
    assert_stopped(&running.finish(), "ledger_busy", &["ledger.sqlite", "Close the other program"]);
    assert_everything_is_in_the_ledger(&rig, &ledger);
    let before = rig.stats()["vouchers"].clone();
    assert_stopped(&rig.sync(), "ledger_busy", &["ledger.sqlite"]);
    assert_eq!(rig.stats()["vouchers"], before);
    other.execute_batch("COMMIT").expect("nothing was changed");
    drop(other);
    assert_all_well(&rig, &rig.sync(), 2_000);
}

#[test]
fn a_damaged_page_stops_the_export_and_a_rebuild_is_the_way_out() {
    let rig = CliRig::practice(500, "");
    let ledger = ledger_of(rig.path());
    assert_all_well(&rig, &rig.sync(), 500);
    let middle = pages(&ledger) / 2;
    damage(&ledger, middle..middle + 1);
    let damaged = std::fs::read(&ledger).expect("readable");
    for command in [&["sync"][..], &["history"], &["status"]] {
        assert_stopped(&rig.run(command), "ledger_damaged", &["ledger.sqlite", "backup", "rebuild"]);
    }
    assert_eq!(std::fs::read(&ledger).expect("readable"), damaged, "the file is kept as it is");
    put_back_old_backup(&rig);
    let sync = rig.sync();
    assert_all_well(&rig, &sync, 500);
    assert_eq!((sync.count("posted"), sync.count("skipped")), (0, 500), "found in the books, and not booked again");
}

#[test]
fn damage_that_shows_in_the_middle_stops_the_export_there() {
    let rig = CliRig::practice(4_000, "");
    let (ledger, records) = (ledger_of(rig.path()), rig.path().join("practice-records.csv"));
    let lines = std::fs::read_to_string(&records).expect("readable");
    let half: String = lines.lines().take(2_001).map(|line| format!("{line}\r\n")).collect();
    std::fs::write(&records, half).expect("writable");
    assert_eq!(rig.sync().count("posted"), 2_000);
    std::fs::write(&records, lines).expect("writable");
    let running = held_after(&rig, 1, rig.command(&["sync"]));
    damage(&ledger, 1..pages(&ledger));
    rig.release();
    assert_stopped(&running.finish(), "ledger_damaged", &["ledger.sqlite", "backup", "rebuild"]);
    assert_stopped(&rig.sync(), "ledger_damaged", &["ledger.sqlite"]);
    put_back_old_backup(&rig);
    assert_all_well(&rig, &rig.sync(), 4_000);
}

#[test]
fn an_empty_foreign_or_newer_file_stops_the_export() {
    let rig = CliRig::practice(40, "");
    let ledger = ledger_of(rig.path());
    assert_all_well(&rig, &rig.sync(), 40);
    let good = std::fs::read(&ledger).expect("readable");

    for (broken, code) in [
        (Vec::new(), "ledger_damaged"),
        (vec![b'x'; 8_192], "ledger_damaged"),
        (good[..good.len() / 2].to_vec(), "ledger_damaged"),
    ] {
        std::fs::write(&ledger, &broken).expect("writable");
        assert_stopped(&rig.sync(), code, &["ledger.sqlite", "backup", "rebuild"]);
        assert_eq!(std::fs::read(&ledger).expect("readable"), broken, "the file is kept as it is");
    }
    std::fs::write(&ledger, good).expect("writable");
    let version = |version: i64| {
        let open = Connection::open(&ledger).expect("a ledger is a database");
        let known = open.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).expect("a number");
        open.pragma_update(None, "user_version", version).expect("writable");
        known
    };
    let known = version(99);
    assert_stopped(&rig.sync(), "ledger_newer", &["99", "Install the newest version"]);
    version(known);
    assert_all_well(&rig, &rig.sync(), 40);
}

#[test]
fn a_deleted_ledger_is_not_made_anew_and_a_rebuild_helps() {
    let rig = CliRig::practice(60, "");
    let ledger = ledger_of(rig.path());
    assert_all_well(&rig, &rig.sync(), 60);
    std::fs::remove_file(&ledger).expect("removable");
    for command in [&["sync"][..], &["sync", "--dry-run"], &["history"], &["status"], &["attention"]] {
        assert_stopped(&rig.run(command), "ledger_missing", &["ledger.sqlite", "backups", "rebuild"]);
        assert!(!ledger.exists(), "{command:?} makes no new one");
    }
    put_back_old_backup(&rig);
    assert_all_well(&rig, &rig.sync(), 60);
    // Without its backups, the run that the lock file names is trace enough.
    std::fs::remove_file(&ledger).expect("removable");
    std::fs::remove_dir_all(rig.path().join("backups")).expect("removable");
    assert_stopped(&rig.sync(), "ledger_missing", &["ledger.sqlite"]);
}

#[test]
fn a_ledger_deleted_or_replaced_midway_stops_the_export() {
    for replaced in [false, true] {
        let rig = CliRig::practice(3_000, "");
        let ledger = ledger_of(rig.path());
        let running = held_after(&rig, 3, rig.command(&["sync"]));
        std::fs::remove_file(&ledger).expect("removable");
        if replaced {
            std::fs::copy(newest_backup(rig.path()), &ledger).expect("writable");
        }
        rig.release();
        assert_stopped(&running.finish(), "ledger_missing", &["ledger.sqlite", "backups", "rebuild"]);
        assert!(rig.stats()["vouchers"].as_u64().is_some_and(|vouchers| vouchers < 3_000), "nothing more is sent");
        if !replaced {
            assert_stopped(&rig.sync(), "ledger_missing", &["ledger.sqlite"]);
            put_back_backup(rig.path());
        }
        assert_all_well(&rig, &rig.sync(), 3_000);
    }
}

#[test]
fn a_backup_beside_the_log_of_a_killed_run_is_not_mixed_in() {
    let rig = CliRig::practice(2_000, "");
    held_after(&rig, 5, rig.command(&["sync"])).kill();
    rig.release();
    put_back_backup(rig.path());
    assert_all_well(&rig, &rig.sync(), 2_000);
}

#[test]
fn the_first_sync_of_a_day_makes_a_backup_and_status_dates_it() {
    let rig = CliRig::practice(20, "");
    assert_eq!(rig.run(&["status"]).last()["ledger"]["last_backup_at"], Value::Null);
    for _ in 0..2 {
        assert_eq!(rig.sync().status, Some(0));
    }
    assert!(std::fs::read_dir(rig.path().join("backups")).expect("a folder").count() <= 2, "one a day");
    let status = rig.run(&["status"]);
    let ledger = &status.last()["ledger"];
    assert_eq!(ledger["path"], json!(ledger_of(rig.path())));
    assert!(
        ledger["last_backup_at"].is_string() && ledger["bytes"].as_u64().is_some_and(|bytes| bytes > 0),
        "{ledger}"
    );
}

#[test]
fn a_backup_that_fails_is_a_warning_and_the_export_goes_on() {
    let rig = CliRig::practice(20, "");
    std::fs::write(rig.path().join("backups"), "a file where the folder should be").expect("writable");
    let sync = rig.sync();
    assert!(sync.words.contains("not backed up"), "{}", sync.words);
    assert_all_well(&rig, &sync, 20);
}
