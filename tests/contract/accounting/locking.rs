//! When several administrators come at the same time.

use std::path::Path;
use std::thread;
use std::time::Duration;

use postonce_tests::{CommandOutput, Fault, Running, command_output};

use super::system_rig::{SystemRig, quiet, rows};

/// So slow that the others come while the first is at work.
const SLOW: Duration = Duration::from_millis(900);

fn slowly(rig: &SystemRig) {
    rig.proxy.nth(rig.subject.words().write, 0, usize::MAX, Fault::SlowAnswer(SLOW));
}

fn all_at_once(rig: &SystemRig, workspaces: &[&Path]) -> Vec<CommandOutput> {
    let commands = workspaces.iter().map(|workspace| rig.command_in(workspace, &["sync"]));
    let running: Vec<_> = commands.map(|command| thread::spawn(move || quiet(command_output(command)))).collect();
    running.into_iter().map(|one| one.join().expect("a thread that only waits")).collect()
}

fn assert_names_the_holder(second: &CommandOutput) {
    assert_eq!((second.status, &second.last()["error"]["code"]), (Some(3), &"lock_held".into()), "{second:?}");
    let lock = &second.last()["error"]["lock"];
    for member in ["user", "host", "run_id"] {
        assert!(lock["holder"][member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {lock}");
    }
    assert_eq!(lock["operation"], "sync");
}

pub(crate) fn of_three_at_once_one_exports_and_the_others_are_told_who_does(rig: &SystemRig) {
    let records = rows(40);
    rig.write(&records);
    slowly(rig);
    let others = [rig.another(), rig.another()];
    let ends = all_at_once(rig, &[rig.path(), others[0].path(), others[1].path()]);
    let mut statuses: Vec<_> = ends.iter().map(|end| end.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [Some(0), Some(3), Some(3)], "{ends:?}");
    ends.iter().filter(|end| end.status == Some(3)).for_each(assert_names_the_holder);
    rig.proxy.calm();
    // Whoever comes next finds everything done, on each machine.
    for workspace in [rig.path(), others[0].path(), others[1].path()] {
        let next = quiet(command_output(rig.command_in(workspace, &["sync", "--wait", "60"])));
        assert_eq!((next.status, next.count("posted"), next.count("skipped")), (Some(0), 0, 40), "{next:?}");
    }
    rig.assert_books(&records);
}

/// A sync that has just begun to send, and goes on slowly.
fn first_of(rig: &SystemRig) -> Running {
    let records = rows(90);
    rig.write(&records);
    slowly(rig);
    Running::up_to(rig.command(&["sync"]), 10)
}

pub(crate) fn a_holder_that_was_killed_is_taken_over_and_its_work_is_finished(rig: &SystemRig) {
    rig.short_lease();
    let first = first_of(rig);
    let other = rig.another();
    first.kill();
    rig.proxy.calm();
    let next = quiet(command_output(rig.command_in(other.path(), &["sync", "--wait", "90"])));
    assert!(matches!(next.status, Some(0 | 4)), "{next:?}");
    rig.sync_until_clear();
    let last = quiet(command_output(rig.command_in(other.path(), &["sync", "--wait", "90"])));
    assert_eq!((last.status, last.count("posted")), (Some(0), 0), "{last:?}");
    rig.assert_books(&rows(90));
}

/// A machine that sleeps for longer than its lease, and wakes up after somebody else took over and finished.
pub(crate) fn a_holder_that_slept_past_its_lease_writes_nothing_more(rig: &SystemRig) {
    rig.short_lease();
    let first = first_of(rig);
    let other = rig.another();
    first.signal("STOP");
    rig.proxy.calm();
    let next = quiet(command_output(rig.command_in(other.path(), &["sync", "--wait", "90"])));
    assert!(matches!(next.status, Some(0 | 4)), "{next:?}");
    first.signal("CONT");
    let first = quiet(first.finish());
    assert_eq!((first.status, &first.last()["outcome"]), (Some(1), &"lease_lost".into()), "{first:?}");
    rig.sync_until_clear();
    let last = quiet(command_output(rig.command_in(other.path(), &["sync", "--wait", "90"])));
    assert_eq!((last.status, last.count("posted")), (Some(0), 0), "{last:?}");
    rig.assert_books(&rows(90));
}

pub(crate) fn a_lock_whose_row_a_person_put_out_of_use_still_locks(rig: &SystemRig) {
    let records = rows(12);
    rig.write(&records);
    assert_eq!(rig.sync().status, Some(0));
    rig.subject.retire_lock();
    let again = rig.sync();
    assert_eq!((again.status, again.count("skipped")), (Some(0), 12), "{again:?}");
    rig.assert_books(&records);
}

/// A request that stands still on its way, for less long than its holder goes without renewing the lock.
const STANDS_STILL: Duration = Duration::from_secs(25);
/// So often the lock is looked at, at most.
const LOOKS_MAX: usize = 400;

/// The holder does not know yet that the lock was broken, and its own drafts are not there to be seen.
pub(crate) fn a_holder_whose_lock_was_broken_while_its_request_stood_still_books_nothing_twice(rig: &SystemRig) {
    let records = rows(10);
    rig.write(&records);
    rig.proxy.once(rig.subject.words().write, Fault::SlowRequest(STANDS_STILL));
    let first = rig.command(&["sync"]);
    let first = thread::spawn(move || quiet(command_output(first)));
    while rig.proxy.came(rig.subject.words().write) == 0 {
        assert!(!first.is_finished(), "it sends something");
        thread::yield_now();
    }
    let other = rig.another_directly();
    let run = |arguments: &[&str]| quiet(command_output(rig.command_in(other.path(), arguments)));
    // What it has to show it has shown; its next renewal is a third of a lease away.
    let shown = |status: &CommandOutput| status.last()["lock"]["progress"]["total"] == 10;
    let status = (0..LOOKS_MAX).map(|_| run(&["status"])).find(shown).expect("it shows how far it is");
    let holder = &status.last()["lock"]["holder"];
    let user = holder["name"].as_str().or(holder["user"].as_str()).unwrap_or_else(|| panic!("no holder: {status:?}"));
    let broken = run(&["break-lock", "--reason", "her machine stands still", "--confirm", user]);
    assert_eq!(broken.status, Some(0), "{broken:?}");
    let next = run(&["sync"]);
    assert_eq!((next.status, next.count("posted")), (Some(0), 10), "{next:?}");
    assert!(!first.is_finished(), "its request arrives after that");
    first.join().expect("a thread that only waits");
    rig.proxy.calm();
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
}

pub(crate) fn a_lock_is_broken_with_a_reason_and_its_former_holder_stops(rig: &SystemRig) {
    let first = first_of(rig);
    let other = rig.another();
    let run = |arguments: &[&str]| quiet(command_output(rig.command_in(other.path(), arguments)));
    let status = run(&["status"]);
    let holder = &status.last()["lock"]["holder"];
    // By the name that people know, where the system keeps one.
    let user = holder["name"].as_str().or(holder["user"].as_str()).unwrap_or_else(|| panic!("no holder: {status:?}"));
    let broken = run(&["break-lock", "--reason", "the machine went home with her", "--confirm", user]);
    assert_eq!(broken.status, Some(0), "{broken:?}");
    let first = quiet(first.finish());
    assert_eq!(first.last()["outcome"], "lease_lost", "{first:?}");
    rig.proxy.calm();
    let next = run(&["sync", "--wait", "90"]);
    assert!(matches!(next.status, Some(0 | 4)), "{next:?}");
    rig.sync_until_clear();
    rig.assert_books(&rows(90));
}
