//! Tests several administrators at the same time.

use postonce_tests::{CommandOutput, Fault, Running, command_output, wait_for, wait_until};

use super::system_rig::{REQUESTS_IN_FLIGHT, SystemRig, quiet, rows};

fn assert_names_the_holder(second: &CommandOutput) {
    assert_eq!((second.status, &second.last()["error"]["code"]), (Some(3), &"lock_held".into()), "{second:?}");
    let lock = &second.last()["error"]["lock"];
    for member in ["user", "host", "run_id"] {
        assert!(lock["holder"][member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {lock}");
    }
    assert_eq!(lock["operation"], "sync");
}

pub(crate) fn two_of_three_at_once_are_refused_and_name_the_holder(rig: &SystemRig) {
    let records = rows(40);
    rig.write(&records);
    // The answers of the first one stand still until the others were refused.
    rig.proxy.nth(rig.subject.words().write, 0, usize::MAX, Fault::HoldAnswer);
    let others = [rig.another(), rig.another()];
    let workspaces = [rig.path(), others[0].path(), others[1].path()];
    let mut running = workspaces.map(|workspace| Running::begin(rig.command_in(workspace, &["sync"])));
    rig.proxy.wait_until_held();
    wait_until("the end of the others", || {
        running.iter_mut().map(Running::has_ended).filter(|ended| *ended).count() == 2
    });
    rig.proxy.calm();
    let ends = running.map(|one| quiet(one.finish()));
    let mut statuses = ends.each_ref().map(|end| end.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [Some(0), Some(3), Some(3)], "{ends:?}");
    ends.iter().filter(|end| end.status == Some(3)).for_each(assert_names_the_holder);
    // The next sync finds everything done, on each machine.
    for workspace in workspaces {
        let next = quiet(command_output(rig.command_in(workspace, &["sync", "--wait", "60"])));
        assert_eq!((next.status, next.count("posted"), next.count("skipped")), (Some(0), 0, 40), "{next:?}");
    }
    rig.assert_books(&records);
}

/// Starts a sync that has begun to send: its first writes are answered, and the answers of all later ones stand still.
fn first_of(rig: &SystemRig) -> Running {
    let records = rows(90);
    rig.write(&records);
    rig.proxy.nth(rig.subject.words().write, REQUESTS_IN_FLIGHT, usize::MAX, Fault::HoldAnswer);
    let first = Running::up_to(rig.command(&["sync"]), 10);
    rig.proxy.wait_until_held();
    first
}

pub(crate) fn a_killed_holder_is_taken_over_and_its_work_is_finished(rig: &SystemRig) {
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

/// Lets a machine sleep for longer than its lease, and wake up after somebody else took over and finished.
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

/// Breaks a lock while a request of its holder stands still on its way: the holder does not know yet that its lock was broken,
/// and its own drafts are not there to be seen.
pub(crate) fn a_lock_broken_during_a_held_request_books_nothing_twice(rig: &SystemRig) {
    let records = rows(10);
    rig.write(&records);
    rig.proxy.once(rig.subject.words().write, Fault::Hold);
    let mut first = Running::begin(rig.command(&["sync"]));
    rig.proxy.wait_until_held();
    let other = rig.another_directly();
    let run = |arguments: &[&str]| quiet(command_output(rig.command_in(other.path(), arguments)));
    // It has shown how far it is; its next renewal is a third of a lease away.
    let shown = |status: &CommandOutput| status.last()["lock"]["progress"]["total"] == 10;
    let status = wait_for("the lock's progress", || Some(run(&["status"])).filter(shown));
    let holder = &status.last()["lock"]["holder"];
    let user = holder["name"].as_str().or(holder["user"].as_str()).unwrap_or_else(|| panic!("no holder: {status:?}"));
    let broken = run(&["break-lock", "--reason", "her machine stands still", "--confirm", user]);
    assert_eq!(broken.status, Some(0), "{broken:?}");
    let next = run(&["sync"]);
    assert_eq!((next.status, next.count("posted")), (Some(0), 10), "{next:?}");
    assert!(!first.has_ended() && rig.proxy.is_holding(), "its request arrives after that");
    rig.proxy.calm();
    first.finish();
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
}

pub(crate) fn a_lock_is_broken_with_a_reason_and_its_former_holder_stops(rig: &SystemRig) {
    rig.short_lease();
    let first = first_of(rig);
    let other = rig.another();
    let run = |arguments: &[&str]| quiet(command_output(rig.command_in(other.path(), arguments)));
    let status = run(&["status"]);
    let holder = &status.last()["lock"]["holder"];
    // By the name that people know, where the system keeps one.
    let user = holder["name"].as_str().or(holder["user"].as_str()).unwrap_or_else(|| panic!("no holder: {status:?}"));
    let broken = run(&["break-lock", "--reason", "the machine went home with her", "--confirm", user]);
    assert_eq!(broken.status, Some(0), "{broken:?}");
    // It gets answers and has news to tell, but cannot come to its end before it hears of its lock.
    rig.proxy.let_go();
    let first = quiet(first.finish());
    assert_eq!(first.last()["outcome"], "lease_lost", "{first:?}");
    rig.proxy.calm();
    let next = run(&["sync", "--wait", "90"]);
    assert!(matches!(next.status, Some(0 | 4)), "{next:?}");
    rig.sync_until_clear();
    rig.assert_books(&rows(90));
}
