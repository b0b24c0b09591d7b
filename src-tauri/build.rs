//! Makes a permission of each command, so that the window's capability lists them one by one.

/// As `src/bindings.rs` collects them.
const COMMANDS: &[&str] = &[
    "overview",
    "exported_by_month",
    "next_run",
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
    "count_items",
    "certificate",
    "export_run",
    "export_certificate",
    "open_saved",
    "show_saved",
    "print_page",
    "attention",
    "records",
    "records_found",
    "record",
    "accept",
    "resolve",
    "re_export_preview",
    "re_export",
    "waiting_re_exports",
    "approve_re_export",
    "decline_re_export",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The window's files are carried inside; cargo does not see by itself that there are other ones.
    println!("cargo::rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
