//! Opening a link outside the app.
//!
//! Links come from messages, that is, from anybody. Only four schemes lead outside, and of mail and telephone links only
//! the address: some mail programs attach files that the rest of such a link names.

use tauri::Url;
use wardline_sdk::view::CommandError;

/// Longer ones are of no use to a person.
const LONGEST: usize = 4096;

/// The link as it may be opened; `None` if it may not.
pub(crate) fn safe(link: &str) -> Option<Url> {
    if link.len() > LONGEST || link.chars().any(|character| character.is_control() || character == ' ') {
        return None;
    }
    let mut url = Url::parse(link).ok()?;
    match url.scheme() {
        "http" | "https" => url.has_host().then_some(url),
        "mailto" | "tel" => {
            url.set_query(None);
            url.set_fragment(None);
            (!url.path().is_empty()).then_some(url)
        }
        _ => None,
    }
}

/// Opens a link with the program that the operating system has for it.
///
/// # Errors
/// [`CommandError::Internal`] with reference `link-refused` (the interface shows no such links) or `link-unopened` (there
/// is no program for it).
pub(crate) async fn open(link: &str) -> Result<(), CommandError> {
    let url = safe(link).ok_or_else(|| CommandError::Internal {
        reference: "link-refused".into(),
    })?;
    let unopened = || CommandError::Internal {
        reference: "link-unopened".into(),
    };
    tauri::async_runtime::spawn_blocking(move || tauri_plugin_opener::open_url(url.as_str(), None::<&str>))
        .await
        .map_err(|_| unopened())?
        .map_err(|_| unopened())
}
