//! Every icon out of `icons/wardline.svg`.

use std::fs;

use crate::failure::Failure;
use crate::{node, places, run};

/// Those that the bundles use.
const USED: [&str; 7] = [
    "32x32.png",
    "64x64.png",
    "128x128.png",
    "128x128@2x.png",
    "icon.png",
    "icon.ico",
    "icon.icns",
];

/// Draws them all.
pub(crate) fn run() -> Result<(), Failure> {
    let drawn = places::emptied("drawn-icons")?;
    let icons = places::root().join("icons");
    let mut command = node::tauri(&["icon"]);
    command.arg(icons.join("wardline.svg")).arg("-o").arg(&drawn);
    run::logged("icons", &mut command)?;
    for name in USED {
        fs::copy(drawn.join(name), icons.join(name))?;
    }
    fs::remove_dir_all(drawn)?;
    Ok(())
}
