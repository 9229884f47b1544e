//! What a server answers against what was recorded, but for what no two runs have in common.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use xmpp_parsers::minidom::{Element, Node};

use crate::ids::Timestamp;
use crate::ns;

/// Ids and times of the recording and their counterparts. Each has one for good, so that whatever was equal must be
/// equal again: an entry's stanza-id and that of the message as it came, a cursor and the entry's time.
#[derive(Default)]
pub(super) struct Pairs {
    there: HashMap<String, String>,
    back: HashMap<String, String>,
}

impl Pairs {
    /// Notes that one stands for the other; an error if either stands for something else.
    pub(super) fn pair(&mut self, recorded: &str, actual: &str) -> Result<(), String> {
        let there = self
            .there
            .entry(recorded.to_owned())
            .or_insert_with(|| actual.to_owned());
        let back = self
            .back
            .entry(actual.to_owned())
            .or_insert_with(|| recorded.to_owned());
        if there == actual && back == recorded {
            return Ok(());
        }
        Err(format!("{recorded} was {there}, {actual} was {back}"))
    }

    /// The text of a recorded stanza with what stands for its ids and times here.
    pub(super) fn replace(&self, text: &str) -> String {
        self.there.iter().fold(text.to_owned(), |text, (recorded, actual)| {
            text.replace(recorded, actual)
        })
    }

    /// Takes over the stanza-ids of a message that came on both sides.
    pub(super) fn learn(&mut self, recorded: &Element, actual: &Element) -> Result<(), String> {
        match (stanza_id(recorded), stanza_id(actual)) {
            (Some(recorded), Some(actual)) => self.pair(recorded, actual),
            _ => Ok(()),
        }
    }

    /// Checks that one element is as the other, in everything but ids and times that the server chooses.
    pub(super) fn same(&mut self, recorded: &Element, actual: &Element) -> Result<(), String> {
        if recorded.name() != actual.name() || recorded.ns() != actual.ns() {
            return Err("another element".to_owned());
        }
        self.attributes(recorded, actual)?;
        let (texts, others) = (text(recorded), text(actual));
        self.value(recorded, &texts, &others)?;
        // Prosody adds to messages in rooms who it was.
        let others: Vec<_> = actual
            .children()
            .filter(|child| child.name() != "occupant-id")
            .collect();
        if recorded.children().count() != others.len() {
            return Err(format!("other content of <{}/>", recorded.name()));
        }
        for (one, other) in recorded.children().zip(others) {
            self.same(one, other)?;
        }
        Ok(())
    }

    /// Without the language, which Prosody adds to every message as the stream has it.
    fn attributes(&mut self, recorded: &Element, actual: &Element) -> Result<(), String> {
        let names = |element: &Element| {
            let names = element.attrs().iter().map(|((_, name), _)| name.to_string());
            let mut names: Vec<_> = names
                .filter(|name| !["xmlns", "lang"].contains(&name.as_str()))
                .collect();
            names.sort();
            names
        };
        if names(recorded) != names(actual) {
            return Err(format!("other attributes of <{}/>", recorded.name()));
        }
        for name in names(recorded) {
            let (one, other) = (
                recorded.attr(name.as_str()).unwrap(),
                actual.attr(name.as_str()).unwrap(),
            );
            match (recorded.name(), name.as_str()) {
                ("delay", "stamp") | (_, "timestamp") => self.pair(&microseconds(one)?, &microseconds(other)?)?,
                // Of the message around a result; that of the message in it was chosen by a client.
                ("message", "id")
                    if recorded.has_child("result", ns::INBOX) || recorded.has_child("result", ns::MAM) => {}
                _ => self
                    .alike(one, other)
                    .map_err(|why| format!("{name} of <{}/>: {why}", recorded.name()))?,
            }
        }
        Ok(())
    }

    fn value(&mut self, element: &Element, recorded: &str, actual: &str) -> Result<(), String> {
        let paired = match element.name() {
            "first" | "last" => recorded.split_once('/').zip(actual.split_once('/')),
            _ => None,
        };
        if let Some(((at, whose), (other, others))) = paired
            && let Some((whose, others)) = decoded(whose).zip(decoded(others))
        {
            self.pair(at, other)?;
            return self.alike(&whose, &others);
        }
        if element.name() == "mute" && recorded != "0" && actual != "0" {
            return self.pair(&microseconds(recorded)?, &microseconds(actual)?);
        }
        self.alike(recorded, actual)
            .map_err(|why| format!("<{}/>: {why}", element.name()))
    }

    /// Equal but for ids that the server chose, also within addresses.
    fn alike(&mut self, recorded: &str, actual: &str) -> Result<(), String> {
        let parts = |text: &str| {
            let parts = text.split_inclusive(['@', '/']).map(str::to_owned);
            parts.collect::<Vec<_>>()
        };
        let (ones, others) = (parts(recorded), parts(actual));
        if ones.len() != others.len() {
            return Err(format!("{recorded} and {actual}"));
        }
        for (one, other) in ones.iter().zip(&others) {
            let (one, other) = (one.trim_end_matches('@'), other.trim_end_matches('@'));
            match (chosen(one), chosen(other)) {
                (Some(kind), Some(other_kind)) if kind == other_kind => self.pair(one, other)?,
                _ if one == other => {}
                _ => return Err(format!("{recorded} and {actual}")),
            }
        }
        Ok(())
    }
}

fn stanza_id(message: &Element) -> Option<&str> {
    message.get_child("stanza-id", ns::SID)?.attr("id")
}

/// What the server chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    /// As `1795-340634-915979`.
    Generated,
    /// As `CO6QA4I68U81`, or as Prosody names what it archives itself.
    Archived,
}

fn chosen(text: &str) -> Option<Chosen> {
    let groups: Vec<_> = text.split('-').collect();
    let all_digits = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if groups.len() == 3 && groups.iter().all(all_digits) {
        return Some(Chosen::Generated);
    }
    let of_mongoose = text.len() == 12 && text.chars().all(|c| c.is_ascii_digit() || ('A'..='V').contains(&c));
    let of_prosody = text.len() == 36 && groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]);
    (of_mongoose || of_prosody).then_some(Chosen::Archived)
}

/// The address in a cursor of the inbox.
fn decoded(whose: &str) -> Option<String> {
    String::from_utf8(BASE64.decode(whose).ok()?).ok()
}

fn text(element: &Element) -> String {
    element.nodes().filter_map(Node::as_text).collect()
}

/// As cursors have it. All six digits must be there.
fn microseconds(stamp: &str) -> Result<String, String> {
    let time = Timestamp::parse(stamp).ok_or_else(|| format!("{stamp} is no time"))?;
    if time.format().as_deref() != Some(stamp) {
        return Err(format!("{stamp} is no time in microseconds"));
    }
    Ok(time.0.to_string())
}
