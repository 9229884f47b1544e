//! A search for what must be nowhere: every byte of every file, in every encoding that is likely.

use std::collections::BTreeSet;
use std::fs;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::computer::Computer;

/// What must be nowhere.
#[derive(Default)]
pub(crate) struct Secrets(Vec<(&'static str, Vec<u8>)>);

impl Secrets {
    /// A text, in each encoding that a program might write it in.
    pub(crate) fn text(&mut self, what: &'static str, text: &str) {
        self.bytes(what, text.as_bytes().to_vec());
        self.bytes(what, utf16(text, u16::to_le_bytes));
        self.bytes(what, utf16(text, u16::to_be_bytes));
    }

    /// A key, as it is and as programs write keys.
    pub(crate) fn key(&mut self, what: &'static str, key: &[u8]) {
        let hexadecimal: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        self.text(what, &hexadecimal);
        self.text(what, &hexadecimal.to_uppercase());
        self.text(what, STANDARD.encode(key).trim_end_matches('='));
        self.text(what, URL_SAFE.encode(key).trim_end_matches('='));
        self.bytes(what, key.to_vec());
    }

    fn bytes(&mut self, what: &'static str, bytes: Vec<u8>) {
        assert!(bytes.len() > 4, "too short to be searched for");
        self.0.push((what, bytes));
    }

    /// What of it is in a file of the computer, or in its name.
    pub(crate) fn found_in(&self, computer: &Computer) -> Vec<String> {
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

    /// Anybody on the computer may read the command line of a process.
    pub(crate) fn assert_in_no_process_of(&self, computer: &Computer) {
        let processes = computer.processes();
        assert!(!processes.is_empty(), "the app does not run");
        for id in processes {
            for what in ["cmdline", "environ"] {
                // A process that has ended in this instant shows nothing any more.
                let shown = fs::read(format!("/proc/{id}/{what}")).unwrap_or_default();
                let found = self.within(&shown);
                assert!(found.is_empty(), "{what} of a process: {found:?}");
            }
        }
    }

    /// Fails with what was found, and where.
    pub(crate) fn assert_in_no_file_of(&self, computer: &Computer, when: &str) {
        let found = self.found_in(computer);
        assert!(found.is_empty(), "{when}: {found:#?}");
    }
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
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
