//! Makes a permission of each command, so that the window's capability lists them one by one.

/// As `src/bindings.rs` collects them.
const COMMANDS: &[&str] = &[
    "overview",
    "make_practice_workspace",
    "system_language",
    "connection",
    "lock",
    "break_lock",
    "plan",
    "start_sync",
    "stop_sync",
    "current_progress",
    "runs",
    "run",
    "run_items",
    "certificate",
    "attention",
    "record",
    "accept",
    "resolve",
    "re_export_preview",
    "re_export",
    "waiting_re_exports",
    "approve_re_export",
    "decline_re_export",
    "audit",
    "audit_actors",
    "verify_audit",
    "export_audit",
    "ledger",
    "back_up",
    "compare",
    "stop_compare",
    "differences",
    "export_comparison",
    "rebuild",
    "preferences",
    "set_preferences",
    "set_language",
    "wanted_at_start",
    "ask_to_quit",
    "stop_and_quit",
    "about",
    "open_log_folder",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The window's files are carried inside; cargo does not see by itself that there are other ones.
    println!("cargo::rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
