//! Lists the commands and events, typed once: specta hands them to tauri, and writes `ui/src/ipc/bindings.ts` from
//! them.

use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::host::Host;
use crate::{commands, events};

/// Returns everything the window may ask for, and everything it gets by itself.
pub(crate) fn builder() -> Builder<Host> {
    Builder::new()
        .error_handling(ErrorHandlingMode::Result)
        .disable_serde_phases()
        .commands(collect_commands![
            commands::overview::overview,
            commands::overview::exported_by_month,
            commands::overview::next_run,
            commands::overview::make_practice_workspace,
            commands::overview::system_language,
            commands::connection::connection,
            commands::connection::lock,
            commands::connection::break_lock,
            commands::sync::plan,
            commands::sync::start_sync,
            commands::sync::stop_sync,
            commands::sync::current_progress,
            commands::history::runs,
            commands::history::run,
            commands::history::run_items,
            commands::history::count_items,
            commands::history::certificate,
            commands::export::export_run,
            commands::export::export_certificate,
            commands::export::open_saved,
            commands::export::show_saved,
            commands::export::send_saved,
            commands::export::print_page,
            commands::records::attention,
            commands::records::records,
            commands::records::records_found,
            commands::records::record,
            commands::records::voucher_preview,
            commands::records::open_voucher,
            commands::decisions::accept,
            commands::decisions::questions,
            commands::decisions::confirm,
            commands::decisions::confirm_record,
            commands::decisions::set_aside,
            commands::decisions::missing_receipts,
            commands::decisions::set_receipts_aside,
            commands::decisions::choose_other_day,
            commands::decisions::resolve,
            commands::re_export::re_export_preview,
            commands::re_export::re_export,
            commands::re_export::waiting_re_exports,
            commands::re_export::approve_re_export,
            commands::re_export::decline_re_export,
            commands::setup::begin_setup,
            commands::setup::hold_secret,
            commands::setup::keep_secrets,
            commands::setup::test_connection,
            commands::setup::check_setup,
            commands::setup::guess_source,
            commands::setup::sample_source,
            commands::setup::survey_source,
            commands::setup::rehearse,
            commands::setup::finish_setup,
            commands::setup::open_workspace,
            commands::setup::choose_file,
            commands::setup::choose_folder,
            commands::settings::settings,
            commands::settings::posting_rules,
            commands::settings::save_settings,
            commands::settings::next_times,
            commands::settings::test_notices,
            commands::audit::audit,
            commands::audit::audit_actors,
            commands::audit::verify_audit,
            commands::audit::export_audit,
            commands::ledger::ledger,
            commands::ledger::back_up,
            commands::ledger::due_to_be_forgotten,
            commands::ledger::forget,
            commands::ledger::compare,
            commands::ledger::stop_compare,
            commands::ledger::differences,
            commands::ledger::export_comparison,
            commands::ledger::rebuild,
            commands::month::months,
            commands::month::month_close,
            commands::month::export_month,
            commands::desktop::preferences,
            commands::desktop::set_preferences,
            commands::desktop::set_language,
            commands::desktop::set_appearance,
            commands::desktop::set_zoom,
            commands::sync::source_remarks,
            commands::connection::witness_history,
            commands::desktop::wanted_at_start,
            commands::desktop::ask_to_quit,
            commands::desktop::stop_and_quit,
            commands::desktop::about,
            commands::desktop::open_log_folder,
        ])
        .events(collect_events![
            events::RunProgress,
            events::RunEnded,
            events::FileHovers,
            events::FileDropped,
            events::CompareProgress,
            events::WantedAsked,
        ])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use specta_typescript::Typescript;

    /// The variable with which the test writes the file instead of comparing it.
    const WRITE: &str = "POSTONCE_WRITE_BINDINGS";

    #[test]
    fn the_committed_bindings_are_the_ones_of_these_commands() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/ipc/bindings.ts");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fresh = folder.path().join("bindings.ts");
        super::builder().export(Typescript::default(), &fresh).expect("the types can be written as TypeScript");
        let fresh = std::fs::read_to_string(fresh).expect("the file was written a moment ago");
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(&committed, &fresh).expect("the bindings can be written");
        }
        let found = std::fs::read_to_string(&committed).expect("the bindings are committed");
        assert!(found == fresh, "ui/src/ipc/bindings.ts is stale: run this test with {WRITE}=1");
    }

    #[test]
    fn the_window_may_call_each_command_that_it_knows() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let bindings = std::fs::read_to_string(folder.join("../ui/src/ipc/bindings.ts")).expect("they are committed");
        let capability = std::fs::read_to_string(folder.join("capabilities/main.json")).expect("it is committed");
        let called = bindings.split("__TAURI_INVOKE").filter_map(|behind| behind.split('"').nth(1));
        let mut commands = 0;
        for command in called.filter(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')) {
            let permission = format!("\"allow-{}\"", command.replace('_', "-"));
            assert!(capability.contains(&permission), "capabilities/main.json lacks {permission}");
            commands += 1;
        }
        assert!(commands > 20, "the bindings hold every command: {commands}");
    }
}
