//! Pictures: `avatar://localhost/<hash>` (on Windows `http://avatar.localhost/<hash>`), straight from the local store.
//!
//! A picture is what somebody else uploaded. Only four raster formats are served, recognised by their first bytes; what
//! the uploader called it does not matter. Nothing is cached by the web view.

use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::backend::Backend;
use crate::window;

/// The scheme.
pub(crate) const SCHEME: &str = "avatar";

/// Answers one request, on the async runtime.
pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let client = context
        .app_handle()
        .try_state::<Backend>()
        .map(|backend| backend.client().clone());
    let hash = if context.webview_label() == window::MAIN {
        hash_of(&request)
    } else {
        None
    };
    let (Some(client), Some(hash)) = (client, hash) else {
        responder.respond(refusal(StatusCode::BAD_REQUEST));
        return;
    };
    tauri::async_runtime::spawn(async move {
        let picture = client.avatar(hash).await.ok().flatten();
        responder.respond(match picture {
            Some(picture) => answer(picture.bytes),
            None => refusal(StatusCode::NOT_FOUND),
        });
    });
}

/// The hash that is asked for: SHA-1 in lower-case hexadecimal (XEP-0084 section 2), nothing before, nothing after.
pub(crate) fn hash_of(request: &Request<Vec<u8>>) -> Option<String> {
    let hash = request.uri().path().strip_prefix('/')?;
    let well_formed = request.method() == Method::GET
        && request.uri().query().is_none()
        && hash.len() == 40
        && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    well_formed.then(|| hash.to_owned())
}

/// The picture, if it is one.
pub(crate) fn answer(bytes: Vec<u8>) -> Response<Vec<u8>> {
    match format_of(&bytes) {
        Some(format) => with_headers(Response::builder().header(header::CONTENT_TYPE, format), bytes),
        None => refusal(StatusCode::NOT_FOUND),
    }
}

fn refusal(status: StatusCode) -> Response<Vec<u8>> {
    with_headers(Response::builder().status(status), Vec::new())
}

fn with_headers(builder: tauri::http::response::Builder, body: Vec<u8>) -> Response<Vec<u8>> {
    builder
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .body(body)
        // Cannot fail: every header above is a constant.
        .unwrap_or_default()
}

fn format_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
