//! Embeds the window's configuration, and makes a permission of each command: without one in
//! `capabilities/main.json` the interface may not call it.

use std::error::Error;

use tauri_build::{AppManifest, Attributes};

const COMMANDS: &[&str] = &[
    "start",
    "unlock",
    "sign_in",
    "sign_out",
    "reconnect",
    "inbox",
    "start_conversation",
    "open_conversation",
    "close_conversation",
    "timeline",
    "page_back",
    "page_forward",
    "jump",
    "view",
    "mark_read",
    "mark_all_read",
    "decide",
    "block",
    "unblock",
    "unblock_address",
    "blocked",
    "find_people",
    "save_draft",
    "compose",
    "send",
    "edit",
    "readers",
    "resend",
    "discard",
    "create_team",
    "team",
    "change_team",
    "open_teams",
    "join_team",
    "diagnostics",
    "round_trip",
    "held",
    "check_conversation",
    "stop_check",
    "diagnostics_report",
    "notification_settings",
    "save_notification_settings",
    "open_link",
    "save_look",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes)?;
    Ok(())
}
