//! Nothing personal is readable in any file that the app or its web view leaves on the computer.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::app::{App, PATIENCE};
use crate::computer::Computer;
use crate::secrets::Secrets;
use crate::ward::{BOB, CAROL, Ward};

const FROM_BOB: &str = "Haematocrit of Mr Quillfeather is 0.19";
const FROM_ALICE: &str = "Crossmatch four units for Quillfeather";
const DRAFT: &str = "Ring the ptarmigan family";
const PASSWORD_TRIED: &str = "wrong-Kittiwake-password";

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_the_app_holds_texts_names_addresses_the_password_or_the_key() {
    let mut ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();

    // A failed sign-in first: what it was tried with must not be kept either.
    let app = App::start(&computer).await;
    let mut wrong = ward.alice.clone();
    wrong.password = PASSWORD_TRIED.to_owned();
    ward.fill_in(&app, &wrong).await;
    app.fill("signin-ca", &ward.authority()).await;
    app.click("signin-submit").await;
    app.find("signin-error").await;
    app.fill("signin-password", &ward.alice.password).await;
    app.click("signin-submit").await;
    app.until_screen("inbox").await;
    app.until_connection(&["online"]).await;

    bob.send_text(&ward.alice.address, FROM_BOB).await.unwrap();
    app.open_conversation(BOB).await;
    app.until_message(FROM_BOB).await;
    app.send(FROM_ALICE).await;
    bob.expect_text(FROM_ALICE).await.unwrap();
    ward.start_chat(&app, &ward.carol).await;
    app.until_text_in("thread-name", CAROL).await;
    app.fill("composer-input", DRAFT).await;
    app.open_conversation(BOB).await;
    app.until_text_in("chat-preview", DRAFT).await;
    // Broken connections are what logs are written about.
    ward.server.stop().await;
    app.until_connection(&["waiting", "connecting"]).await;

    let mut secrets = secrets_of(&ward, &computer);
    secrets.text("the draft", DRAFT);
    secrets.text("a password that was tried", PASSWORD_TRIED);

    assert_there_is_something_to_find(&computer);
    secrets.assert_in_no_process_of(&computer);
    secrets.assert_in_no_file_of(&computer, "while the app runs");
    app.close(&computer).await;
    assert_there_is_something_to_find(&computer);
    secrets.assert_in_no_file_of(&computer, "after it has ended");

    let app = App::start(&computer).await;
    app.open_conversation(BOB).await;
    app.until_message(FROM_ALICE).await;
    app.kill(&computer);
    secrets.assert_in_no_file_of(&computer, "after it was killed");
}

/// WebDriver cannot attach to a private web view, so under it the view is an ordinary one. This is the private one, as
/// people have it: the app signs in by itself, and what shows that it has the messages are its receipts.
#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_anything_personal_with_the_private_web_view_either() {
    let ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    bob.send_text(&ward.alice.address, FROM_BOB).await.unwrap();
    let computer = Computer::new();
    let mut app = Unattended::start(&computer, &ward);
    bob.expect_presence(|presence| presence.from.to_string().starts_with(&ward.alice.address))
        .await
        .unwrap();
    app.until_drawn(&computer).await;
    let id = bob.send_text(&ward.alice.address, FROM_ALICE).await.unwrap();
    bob.expect_message(|message| message.receipt.as_ref() == Some(&id))
        .await
        .unwrap();
    app.until_drawn(&computer).await;

    let secrets = secrets_of(&ward, &computer);
    assert_there_is_something_to_find(&computer);
    secrets.assert_in_no_process_of(&computer);
    secrets.assert_in_no_file_of(&computer, "while the app runs");
    app.end();
    computer.wait_until_nothing_runs();
    assert_there_is_something_to_find(&computer);
    secrets.assert_in_no_file_of(&computer, "after it has ended");
}

/// The app without WebDriver.
pub(crate) struct Unattended(Child);

impl Unattended {
    pub(crate) fn start(computer: &Computer, ward: &Ward) -> Self {
        let form = computer.folder().join("home/sign-in.json");
        let content = json!({
            "address": ward.alice.address,
            "password": ward.alice.password,
            "server": {
                "kind": "explicit",
                "host": ward.server.endpoint().host,
                "port": ward.server.endpoint().direct_tls_port,
                "security": "directTls",
            },
            "extraCaFile": ward.authority(),
        });
        fs::write(&form, content.to_string()).unwrap();
        fs::set_permissions(&form, fs::Permissions::from_mode(0o600)).unwrap();
        let app = Command::new(env!("CARGO_BIN_EXE_wardline"))
            .arg(computer.mark())
            .envs(computer.environment())
            .env("WARDLINE_DEMO_SIGN_IN", form)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(app.expect("the app starts"))
    }

    /// Waits until the page is drawn. Nobody can look into a private web view; but its process works while there is
    /// something to draw, and then comes to rest.
    pub(crate) async fn until_drawn(&mut self, computer: &Computer) {
        let started = Instant::now();
        let mut before = 0;
        loop {
            // Not a wait for the page: the span over which its work is measured.
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = work_of_the_page(computer);
            if now >= PAGE && now - before <= AT_REST {
                return;
            }
            before = now;
            assert!(self.0.try_wait().expect("its state").is_none(), "the app has ended");
            assert!(started.elapsed() < PATIENCE, "the page never came to rest");
        }
    }

    /// Asks it to end, as the end of a desktop session does.
    pub(crate) fn end(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        assert!(asked.expect("kill").success());
        assert!(
            self.0.wait().expect("its end").success(),
            "it did not end in good order"
        );
    }
}

impl Drop for Unattended {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// What drawing the first screen takes at least, in hundredths of a second of a processor.
const PAGE: u64 = 10;
/// What a page at rest may use in a second: its cursor blinks.
const AT_REST: u64 = 5;

/// What the web view's page process has used of a processor so far, in hundredths of a second.
fn work_of_the_page(computer: &Computer) -> u64 {
    let stat = |id: u32| fs::read_to_string(format!("/proc/{id}/stat")).ok();
    let pages = computer.processes().into_iter().filter_map(stat);
    pages
        .filter(|stat| stat.contains("(WebKitWebProces"))
        .filter_map(|stat| {
            let (_, fields) = stat.rsplit_once(") ")?;
            // proc(5): the state is the third field; user and system time are the 14th and 15th.
            let times = fields.split(' ').skip(11).take(2);
            Some(times.filter_map(|time| time.parse::<u64>().ok()).sum::<u64>())
        })
        .sum()
}

/// A search that finds nothing proves something only if the files are where it looks.
fn assert_there_is_something_to_find(computer: &Computer) {
    let databases = computer.databases();
    assert_eq!(databases.len(), 1, "{databases:?}");
    let database = fs::read(&databases[0]).unwrap();
    assert!(!database.starts_with(b"SQLite format"), "the database is not encrypted");
    // While the app runs, most of it stands in the file beside it.
    let beside = fs::read(databases[0].with_extension("db-wal")).unwrap_or_default();
    assert!(database.len() + beside.len() > 50_000, "the database is nearly empty");
    let logs = computer.app_folder().join("logs");
    let written: u64 = fs::read_dir(logs)
        .expect("the folder of logs")
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(written > 0, "nothing was logged");
    let web_view = computer.app_folder().join("web-view");
    assert!(web_view.exists(), "the web view's files are not where the test looks");
}

/// All that must be nowhere.
fn secrets_of(ward: &Ward, computer: &Computer) -> Secrets {
    let mut secrets = Secrets::default();
    for text in [FROM_BOB, FROM_ALICE, "Quillfeather"] {
        secrets.text("a message", text);
    }
    for name in [BOB, CAROL, "Okonkwo", "Whitfield", "Marchetti"] {
        secrets.text("a name", name);
    }
    for account in [&ward.alice, &ward.bob, &ward.carol] {
        secrets.text("an address", &account.address);
    }
    secrets.text("the password", &ward.alice.password);
    let key = computer.key().expect("the key is in the keyring");
    assert_eq!(key.len(), 32);
    secrets.key("the key", &key);
    secrets
}
