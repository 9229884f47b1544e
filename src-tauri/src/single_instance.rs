//! One app at a time: a second start brings the first to the front and ends.
//!
//! On Linux the sign of a running app is a name on the D-Bus session. Under `WARDLINE_PROFILE_DIR` the name holds a hash
//! of that folder, so that apps with folders of their own run side by side. macOS and Windows take the sign from the
//! app's identifier alone; there, apps with folders of their own are not held back, and the lock of the profile stands
//! between two on the same one.

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Runtime};
use tauri_plugin_single_instance::Builder;

use crate::{paths, window};

/// The plugin, to be registered before anything that touches a file; `None` where it does not apply.
pub(crate) fn plugin<R: Runtime>() -> Option<TauriPlugin<R>> {
    let builder = Builder::new().callback(|app: &AppHandle<R>, _arguments, _folder| window::focus(app));
    match paths::overridden() {
        None => Some(builder.build()),
        #[cfg(target_os = "linux")]
        Some(folder) => Some(builder.dbus_id(name(&folder)).build()),
        #[cfg(not(target_os = "linux"))]
        Some(_) => None,
    }
}

#[cfg(target_os = "linux")]
fn name(folder: &std::path::Path) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("org.wardline.desktop.at{:016x}", hasher.finish())
}
