//! Opening a link outside the app.
//!
//! Links come from messages, that is, from anybody. Only four schemes lead outside. A web link names a host and nobody who signs
//! in there (`https://your-bank.example@evil.example/`); of mail and telephone links only the address is used: some mail programs
//! attach files that the rest of such a link names. Characters that change the direction of writing, or are not seen at
//! all, stand in no link that somebody could have read.

use tauri::Url;
use wardline_sdk::view::CommandError;

/// Longer ones are of no use to a person.
const LONGEST: usize = 4096;

/// The link as it may be opened; `None` if it may not.
pub(crate) fn safe(link: &str) -> Option<Url> {
    if link.len() > LONGEST || link.chars().any(is_unreadable) {
        return None;
    }
    let mut url = Url::parse(link).ok()?;
    match url.scheme() {
        "http" | "https" => {
            let has_host = url.host_str().is_some_and(|host| !host.is_empty());
            let signs_in = !url.username().is_empty() || url.password().is_some();
            (has_host && !signs_in && !has_userinfo(link)).then_some(url)
        }
        "mailto" | "tel" => {
            url.set_query(None);
            url.set_fragment(None);
            (!url.path().is_empty()).then_some(url)
        }
        _ => None,
    }
}

/// Also one that is empty, which the parser drops: `https://@evil.example/`.
fn has_userinfo(link: &str) -> bool {
    let after_scheme = link.split_once(':').map_or("", |(_, rest)| rest);
    let authority = after_scheme.trim_start_matches(['/', '\\']);
    authority
        .split(['/', '\\', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
}

/// Spaces, control characters, marks of direction and characters without width.
fn is_unreadable(character: char) -> bool {
    character.is_control()
        || character.is_whitespace()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
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
