//! The modules that Prosody is given beside its own.

use std::path::Path;
use std::{fs, io};

/// File and text of each. All are always there; the configuration says which are loaded.
const PLUGINS: [(&str, &str); 8] = [
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
        "inbox_mim_kinds.lib.lua",
        include_str!("../../../servers/prosody/inbox_mim_kinds.lib.lua"),
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
        "mod_pep_mim.lua",
        include_str!("../../../servers/prosody/mod_pep_mim.lua"),
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
