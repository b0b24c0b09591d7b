//! Do the repository's own rules hold? Each rule is a pure function over paths and texts, with a sample that breaks it.
//!
//! The rules look only at files that are committed or would be: tracked files, and untracked ones that are not ignored.
//! A right exception stands in the rule's own list with its reason.

mod borders;
mod circles;
mod dependencies;
mod documents;
mod habits;
mod imports;
mod layers;
mod layout;
mod licences;
mod machine;
mod messages;
mod reached;
mod rust;
mod sizes;
mod tree;
mod ui;
mod words;

use tree::{File, Finding};

/// Fails with every finding, one a line, so that all can be mended at once.
fn hold(rule: impl Fn(&[File]) -> Vec<Finding>) {
    let findings = rule(tree::committed());
    let listed: String = findings.iter().map(|finding| format!("\n  {finding}")).collect();
    assert!(findings.is_empty(), "{} to mend:{listed}", findings.len());
}

#[test]
fn every_crate_is_named_only_where_it_belongs() {
    hold(borders::in_sources);
}

#[test]
fn every_manifest_depends_only_on_what_its_package_may_use() {
    hold(borders::in_manifests);
}

#[test]
fn engine_is_layered() {
    hold(layers::upwards);
}

#[test]
fn no_file_imports_itself_by_a_way_round() {
    hold(circles::check);
}

#[test]
fn comment_begins_with_its_subject() {
    hold(words::openers);
}

#[test]
fn identifier_is_in_plain_words() {
    hold(words::identifiers);
}

#[test]
fn name_of_a_test_is_a_short_sentence() {
    hold(words::test_names);
}

#[test]
fn decision_has_no_io_and_no_clock() {
    hold(layers::impure);
}

#[test]
fn user_interface_keeps_its_borders() {
    hold(ui::borders);
}

#[test]
fn ui_lock_file_follows_its_manifest() {
    hold(ui::lock_file);
}

#[test]
fn no_ui_test_is_skipped_or_runs_alone() {
    hold(ui::skipped_tests);
}

#[test]
fn no_file_is_too_long_or_too_big() {
    hold(sizes::check);
}

#[test]
fn every_error_code_is_reached_by_a_test() {
    hold(reached::check);
}

#[test]
fn exemption_from_a_lint_gives_its_reason() {
    hold(habits::bare_allow);
}

#[test]
fn nothing_outside_tests_unwraps() {
    hold(habits::unwraps);
}

#[test]
fn no_test_is_ignored() {
    hold(habits::ignored_tests);
}

#[test]
fn no_test_sleeps() {
    hold(habits::sleeps);
}

#[test]
fn money_never_meets_a_float() {
    hold(habits::floats);
}

#[test]
fn no_answer_is_read_without_a_bound() {
    hold(habits::unbounded_answers);
}

#[test]
fn every_message_exists_in_both_languages() {
    hold(messages::check);
}

#[test]
fn languages_and_catalogues_are_defined_once() {
    hold(messages::second_languages);
}

#[test]
fn message_in_rust_is_said_somewhere() {
    hold(messages::unused);
}

#[test]
fn nothing_of_one_machine_is_committed() {
    hold(machine::check);
}

#[test]
fn nothing_shared_with_the_project_is_committed() {
    hold(|files| layout::copies(files, &tree::shared()));
}

#[test]
fn top_folder_holds_what_the_architecture_lists() {
    hold(layout::top);
}

#[test]
fn migrations_are_numbered_without_a_gap() {
    hold(layout::migrations);
}

#[test]
fn document_that_is_named_exists() {
    hold(documents::named);
}

#[test]
fn link_or_path_in_a_document_leads_to_a_file() {
    hold(documents::linked);
}

#[test]
fn list_of_error_codes_is_the_engines() {
    hold(documents::codes);
}

#[test]
fn every_dependency_comes_from_where_it_may() {
    hold(dependencies::sources);
}

#[test]
fn no_banned_crate_has_come_along() {
    hold(dependencies::banned);
}

#[test]
fn about_shows_the_licence_of_every_package() {
    hold(licences::check);
}
