//! What the content security policy and the window's own rules keep out, in the real web view.

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::json;

use crate::app::App;
use crate::computer::Computer;

/// A foreign server that notices whoever comes.
struct Foreign(TcpListener);

impl Foreign {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener that does not wait");
        Self(listener)
    }

    fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}/", self.0.local_addr().expect("its address"))
    }

    fn was_visited(&self) -> bool {
        match self.0.accept() {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_are_not_the_apps_own_do_not_run() {
    let computer = Computer::new();
    let app = App::start(&computer).await;
    let inline = app
        .answer(
            "const script = document.createElement('script'); script.textContent = 'window.inlineRan = true'; \
             document.addEventListener('securitypolicyviolation', e => answer([e.effectiveDirective, window.inlineRan ?? false]), \
               { once: true }); \
             document.body.append(script); if (window.inlineRan) answer(['it ran', true]);",
        )
        .await;
    assert_eq!(inline, json!(["script-src-elem", false]));
    let handler = app
        .answer(
            "document.addEventListener('securitypolicyviolation', e => answer([e.effectiveDirective, window.handlerRan ?? false]), \
               { once: true }); \
             const button = document.createElement('button'); button.setAttribute('onclick', 'window.handlerRan = true'); \
             document.body.append(button); button.click(); if (window.handlerRan) answer(['it ran', true]);",
        )
        .await;
    assert_eq!(handler, json!(["script-src-attr", false]));
    let evaluated = app
        .script("const tries = { eval: () => eval('1 + 1'), Function: () => new Function('return 2')() }; \
                 return Object.entries(tries).map(([name, run]) => { try { return `${name} ran: ${run()}` } catch (e) { return e.name } })")
        .await;
    assert_eq!(evaluated, json!(["EvalError", "EvalError"]));
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_fetched_from_or_told_to_a_foreign_server() {
    let computer = Computer::new();
    let app = App::start(&computer).await;
    let foreign = Foreign::open();
    let (http, socket) = (json!(foreign.url("http")), json!(foreign.url("ws")));
    let fetched = app
        .answer(&format!(
            "fetch({http}).then(() => answer('fetched'), e => answer(e.name))"
        ))
        .await;
    assert_eq!(fetched, "TypeError");
    let loaded = app
        .answer(&format!(
            "const image = new Image(); image.onload = () => answer('loaded'); image.onerror = () => answer('refused'); \
             image.src = {http}; document.body.append(image)"
        ))
        .await;
    assert_eq!(loaded, "refused");
    let told = app
        .answer(&format!(
            "document.addEventListener('securitypolicyviolation', e => answer(e.effectiveDirective), {{ once: true }}); \
             try {{ const s = new WebSocket({socket}); s.onopen = () => answer('open') }} catch (e) {{ answer(e.name) }}"
        ))
        .await;
    assert!(told == "connect-src" || told == "SecurityError", "{told}");
    let framed = app
        .answer(&format!(
            "document.addEventListener('securitypolicyviolation', e => answer(e.effectiveDirective), {{ once: true }}); \
             const frame = document.createElement('iframe'); frame.src = {http}; document.body.append(frame)"
        ))
        .await;
    assert_eq!(framed, "frame-src");
    let opened = app.script(&format!("return window.open({http}) === null")).await;
    assert_eq!(opened, true);
    app.script(&format!("location.href = {http}")).await;
    // A page that had gone could not answer this.
    assert_eq!(app.screen().await, "signed-out");
    assert!(!foreign.was_visited(), "the foreign server was visited");

    // It would have been noticed.
    let _visitor = std::net::TcpStream::connect(foreign.0.local_addr().unwrap()).unwrap();
    assert!(foreign.was_visited());
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_come_from_the_app_and_its_avatars_and_from_nowhere_else() {
    let computer = Computer::new();
    let app = App::start(&computer).await;
    let load = |source: &str| {
        format!(
            "document.addEventListener('securitypolicyviolation', e => answer(e.effectiveDirective), {{ once: true }}); \
             const image = new Image(); image.onload = () => answer('loaded'); image.onerror = () => answer('missing'); \
             image.src = {}; document.body.append(image)",
            json!(source)
        )
    };
    let dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    for foreign in [
        dot,
        "asset://localhost/etc/hostname",
        "http://asset.localhost/etc/hostname",
    ] {
        assert_eq!(app.answer(&load(foreign)).await, "img-src", "{foreign}");
    }
    // Nobody is signed in, so there is no such picture; asking for it is allowed.
    assert_eq!(app.answer(&load("avatar://localhost/0000")).await, "missing");
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_ask_the_shell_for_its_own_commands_only() {
    let computer = Computer::new();
    let app = App::start(&computer).await;
    assert_eq!(app.script("return typeof window.__TAURI__").await, "undefined");
    for command in [
        "plugin:opener|open_path",
        "plugin:window|close",
        "plugin:path|resolve_directory",
        "no_such_command",
    ] {
        let asked = app
            .answer(&format!(
                "window.__TAURI_INTERNALS__.invoke({}, {{ path: '/etc/passwd', label: 'main', directory: 1 }})\
                 .then(() => answer('allowed'), e => answer('refused'))",
                json!(command)
            ))
            .await;
        assert_eq!(asked, "refused", "{command}");
    }
    // The way works: one of the app's own is answered.
    let asked = app
        .answer("window.__TAURI_INTERNALS__.invoke('inbox').then(() => answer('ok'), e => answer(e.code))")
        .await;
    assert_eq!(asked, "notSignedIn");
    app.close(&computer).await;
}
