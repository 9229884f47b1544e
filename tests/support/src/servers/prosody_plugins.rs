//! The modules that Prosody is given beside its own.

use std::path::Path;
use std::{fs, io};

/// File and text of each. All are always there; the configuration says which are loaded.
const PLUGINS: [(&str, &str); 24] = [
    ("mod_wardline_exporter.lua", include_str!("prosody_exporter.lua")),
    (
        "mod_inbox_mim.lua",
        include_str!("../../../servers/prosody/mod_inbox_mim.lua"),
    ),
    (
        "inbox_mim_answers.lib.lua",
        include_str!("../../../servers/prosody/inbox_mim_answers.lib.lua"),
    ),
    (
        "inbox_mim_entries.lib.lua",
        include_str!("../../../servers/prosody/inbox_mim_entries.lib.lua"),
    ),
    (
        "mim_kinds.lib.lua",
        include_str!("../../../servers/prosody/mim_kinds.lib.lua"),
    ),
    (
        "inbox_mim_questions.lib.lua",
        include_str!("../../../servers/prosody/inbox_mim_questions.lib.lua"),
    ),
    (
        "inbox_mim_rooms.lib.lua",
        include_str!("../../../servers/prosody/inbox_mim_rooms.lib.lua"),
    ),
    (
        "mod_smart_markers_mim.lua",
        include_str!("../../../servers/prosody/mod_smart_markers_mim.lua"),
    ),
    (
        "mod_storage_lag_mim.lua",
        include_str!("../../../servers/prosody/mod_storage_lag_mim.lua"),
    ),
    (
        "mod_pep_mim.lua",
        include_str!("../../../servers/prosody/mod_pep_mim.lua"),
    ),
    (
        "mod_muc_mim.lua",
        include_str!("../../../servers/prosody/mod_muc_mim.lua"),
    ),
    (
        "mod_sasl_mim.lua",
        include_str!("../../../servers/prosody/mod_sasl_mim.lua"),
    ),
    (
        "mim_time.lib.lua",
        include_str!("../../../servers/prosody/mim_time.lib.lua"),
    ),
    (
        "mod_muc_light_mim.lua",
        include_str!("../../../servers/prosody/mod_muc_light_mim.lua"),
    ),
    (
        "muc_light_mim_affiliations.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_affiliations.lib.lua"),
    ),
    (
        "muc_light_mim_archive.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_archive.lib.lua"),
    ),
    (
        "muc_light_mim_host.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_host.lib.lua"),
    ),
    (
        "muc_light_mim_ids.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_ids.lib.lua"),
    ),
    (
        "muc_light_mim_mam.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_mam.lib.lua"),
    ),
    (
        "muc_light_mim_messages.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_messages.lib.lua"),
    ),
    (
        "muc_light_mim_replies.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_replies.lib.lua"),
    ),
    (
        "muc_light_mim_requests.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_requests.lib.lua"),
    ),
    (
        "muc_light_mim_rooms.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_rooms.lib.lua"),
    ),
    (
        "muc_light_mim_service.lib.lua",
        include_str!("../../../servers/prosody/muc_light_mim_service.lib.lua"),
    ),
];

/// Writes them into `folder`, making it.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (file, text) in PLUGINS {
        fs::write(folder.join(file), text)?;
    }
    Ok(())
}
