//! Nothing personal is readable in any file that the app or its web view leaves on the computer.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{BOB, CAROL, Ward};

const FROM_BOB: &str = "Haematocrit of Mr Quillfeather is 0.19";
const FROM_ALICE: &str = "Crossmatch four units for Quillfeather";
const DRAFT: &str = "Ring the ptarmigan family";
const PASSPHRASE_TRIED: &str = "wrong-Kittiwake-password";

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_the_app_holds_texts_names_addresses_the_password_or_the_key() {
    let mut ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();

    // A failed sign-in first: what it was tried with must not be kept either.
    let app = App::start(&computer).await;
    let mut wrong = ward.alice.clone();
    wrong.password = PASSPHRASE_TRIED.to_owned();
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

    let key = key_of(&computer);
    let mut secrets = Secrets::default();
    for text in [FROM_BOB, FROM_ALICE, DRAFT, "Quillfeather", "ptarmigan"] {
        secrets.text("a message", text);
    }
    for name in [BOB, CAROL, "Okonkwo", "Whitfield", "Marchetti"] {
        secrets.text("a name", name);
    }
    for account in [&ward.alice, &ward.bob, &ward.carol] {
        secrets.text("an address", &account.address);
    }
    secrets.text("the password", &ward.alice.password);
    secrets.text("a password that was tried", PASSPHRASE_TRIED);
    secrets.bytes("the key", key.clone());
    secrets.text("the key in hexadecimal", &hexadecimal(&key));
    secrets.text("the key in hexadecimal", &hexadecimal(&key).to_uppercase());
    secrets.text("the key in base64", base64(&key).trim_end_matches('='));

    assert_there_is_something_to_find(&computer);
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

#[test]
fn the_search_finds_what_is_planted_in_each_encoding() {
    let mut secrets = Secrets::default();
    secrets.text("a name", "Okonkwo");
    for planted in [
        b"..Okonkwo..".to_vec(),
        utf16("xOkonkwo", u16::to_le_bytes),
        utf16("xOkonkwo", u16::to_be_bytes),
    ] {
        let computer = Computer::new();
        fs::write(computer.folder().join("cache/file"), &planted).unwrap();
        assert!(!secrets.found_in(&computer).is_empty(), "{planted:?}");
    }
    let computer = Computer::new();
    fs::write(computer.folder().join("cache/Okonkwo.txt"), "").unwrap();
    assert!(!secrets.found_in(&computer).is_empty(), "a file's name counts too");
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

/// What must be nowhere.
#[derive(Default)]
struct Secrets(Vec<(&'static str, Vec<u8>)>);

impl Secrets {
    fn text(&mut self, what: &'static str, text: &str) {
        self.bytes(what, text.as_bytes().to_vec());
        self.bytes(what, utf16(text, u16::to_le_bytes));
        self.bytes(what, utf16(text, u16::to_be_bytes));
    }

    fn bytes(&mut self, what: &'static str, bytes: Vec<u8>) {
        assert!(bytes.len() > 4, "too short to be searched for");
        self.0.push((what, bytes));
    }

    fn found_in(&self, computer: &Computer) -> Vec<String> {
        let mut found = Vec::new();
        for file in computer.files() {
            // One that has gone in this instant holds nothing any more.
            let Ok(content) = fs::read(&file) else { continue };
            let name = file
                .strip_prefix(computer.folder())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            for what in self.within(&content).into_iter().chain(self.within(name.as_bytes())) {
                found.push(format!("{what} in {name}"));
            }
        }
        found
    }

    /// One pass over the content, however many secrets there are.
    fn within(&self, content: &[u8]) -> BTreeSet<&'static str> {
        let mut starting: [Vec<&(&'static str, Vec<u8>)>; 256] = std::array::from_fn(|_| Vec::new());
        for secret in &self.0 {
            starting[usize::from(secret.1[0])].push(secret);
        }
        let mut found = BTreeSet::new();
        for (at, byte) in content.iter().enumerate() {
            for (what, secret) in &starting[usize::from(*byte)] {
                if content[at..].starts_with(secret) {
                    found.insert(*what);
                }
            }
        }
        found
    }

    fn assert_in_no_file_of(&self, computer: &Computer, when: &str) {
        let found = self.found_in(computer);
        assert!(found.is_empty(), "{when}: {found:#?}");
    }
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of the computer's database, from the keyring.
fn key_of(computer: &Computer) -> Vec<u8> {
    let databases = computer.databases();
    let id = databases[0].file_stem().unwrap().to_str().unwrap();
    let found = Command::new("secret-tool")
        .args(["lookup", "service", "wardline", "username", id])
        .output()
        .expect("secret-tool; `cargo xtask test` installs it");
    assert_eq!(found.stdout.len(), 32, "the keyring has no key of 32 bytes: {found:?}");
    found.stdout
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
