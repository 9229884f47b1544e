//! Plain text to [tokens](TextToken): blocks of code, then mentions, code, links, and the marks of XEP-0393 in the text between them.
//! Each step reads the text once.

use super::cost::step;
use super::display::turns;
use super::links::link;
use super::marks::{CODE, STYLES, spans};
use super::mentions::Place;
use crate::view::TextToken;

/// Longest text that is styled, in bytes.
const STYLED: usize = 8 * 1024;
/// Longest text in which links are looked for, in bytes: what is longer is no letter but a log.
const LINKED: usize = 64 * 1024;
/// Most styled stretches and links of one text: more is malice, and each is an element to be drawn.
const MOST: usize = 500;
/// The line that begins and ends a block of code.
const FENCE: &str = "```";

/// Splits a message body into tokens. Joining the tokens as written (with their marks) gives the body again, so nothing is
/// ever lost to formatting. `mentions` are in order and do not overlap; `domain` is the hospital's own.
#[must_use]
pub fn tokenise(body: &str, mentions: &[Place], domain: &str) -> Vec<TextToken> {
    let mut tokens = Tokens {
        made: Vec::new(),
        most: MOST,
        domain,
    };
    if body.len() > STYLED {
        tokens.unstyled(body);
        return tokens.made;
    }
    let mut mentions = positions(body, mentions).into_iter().peekable();
    for (begin, end, is_code) in blocks(body) {
        let mut done = begin;
        while let Some((from, to, whom)) = mentions.next_if(|(from, ..)| *from < end) {
            // Nothing inside a block of code means anything, and neither does what reaches out of it.
            if is_code || from < done || to > end {
                continue;
            }
            tokens.written(body, done, from);
            tokens.push(TextToken::Mention {
                text: body.get(from..to).unwrap_or_default().to_owned(),
                whom,
            });
            done = to;
        }
        match is_code {
            true => tokens.push(TextToken::Preformatted {
                text: body.get(begin..end).unwrap_or_default().to_owned(),
            }),
            false => tokens.written(body, done, end),
        }
    }
    tokens.made
}

/// Where mentions begin and end, in bytes, and whom they mean.
fn positions(body: &str, mentions: &[Place]) -> Vec<(usize, usize, crate::view::Mentioned)> {
    if mentions.is_empty() {
        return Vec::new();
    }
    let mut starts: Vec<usize> = body.char_indices().inspect(|_| step()).map(|(at, _)| at).collect();
    starts.push(body.len());
    let place = |mention: &Place| Some((*starts.get(mention.begin)?, *starts.get(mention.end)?, mention.whom));
    mentions
        .iter()
        .filter_map(place)
        .filter(|(from, to, _)| from < to)
        .collect()
}

/// The blocks of a text, in bytes, and whether they are of code (XEP-0393 section 5.1.2): from a line that begins with the fence to one
/// that is nothing else, or to the end.
pub(super) fn blocks(body: &str) -> Vec<(usize, usize, bool)> {
    let mut blocks = Vec::new();
    let (mut begin, mut at, mut inside) = (0, 0, false);
    for line in body.split_inclusive('\n') {
        step();
        let end = at + line.len();
        if inside && line.trim_end() == FENCE {
            blocks.push((begin, end, true));
            (begin, inside) = (end, false);
        } else if !inside && line.starts_with(FENCE) {
            blocks.push((begin, at, false));
            (begin, inside) = (at, true);
        }
        at = end;
    }
    blocks.push((begin, body.len(), inside));
    blocks.retain(|(begin, end, _)| begin < end);
    blocks
}

struct Tokens<'a> {
    made: Vec<TextToken>,
    /// How many more may be made that are not plain.
    most: usize,
    domain: &'a str,
}

impl Tokens<'_> {
    fn push(&mut self, token: TextToken) {
        self.made.push(token);
    }

    /// A stretch of a body outside mentions and blocks of code: code, and between it links and marks.
    fn written(&mut self, body: &str, begin: usize, end: usize) {
        let text = body.get(begin..end).unwrap_or_default();
        let mut done = begin;
        for span in spans(text, previous(body, begin), CODE, self.most) {
            self.linked(body, done, begin + span.begin);
            self.most = self.most.saturating_sub(1);
            self.push(span.token(text));
            done = begin + span.end;
        }
        self.linked(body, done, end);
    }

    /// A stretch outside code: links, and styled text between them.
    fn linked(&mut self, body: &str, begin: usize, end: usize) {
        let mut done = begin;
        for (from, to, token) in links(body, begin, end, self.domain, self.most) {
            self.marked(body, done, from);
            self.most = self.most.saturating_sub(1);
            self.push(token);
            done = to;
        }
        self.marked(body, done, end);
    }

    /// A stretch outside links: styled and plain text.
    fn marked(&mut self, body: &str, begin: usize, end: usize) {
        let text = body.get(begin..end).unwrap_or_default();
        let mut done = 0;
        for span in spans(text, previous(body, begin), STYLES, self.most) {
            self.plain(text.get(done..span.begin).unwrap_or_default());
            self.most = self.most.saturating_sub(1);
            self.push(span.token(text));
            done = span.end;
        }
        self.plain(text.get(done..).unwrap_or_default());
    }

    /// A text that is too long to be styled.
    fn unstyled(&mut self, body: &str) {
        let mut done = 0;
        if body.len() <= LINKED {
            for (from, to, token) in links(body, 0, body.len(), self.domain, self.most) {
                self.plain(body.get(done..from).unwrap_or_default());
                self.push(token);
                done = to;
            }
        }
        self.plain(body.get(done..).unwrap_or_default());
    }

    /// Text as it is; what would turn the direction of the rest stands by itself.
    fn plain(&mut self, mut text: &str) {
        let turning = |c: char| {
            step();
            turns(c)
        };
        while let Some(at) = text.find(turning) {
            let (before, rest) = text.split_at(at);
            let end = rest.find(|c| !turns(c)).unwrap_or(rest.len());
            let (controls, rest) = rest.split_at(end);
            self.straight(before);
            self.push(TextToken::Direction {
                text: controls.to_owned(),
            });
            text = rest;
        }
        self.straight(text);
    }

    fn straight(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(TextToken::Plain { text: last }) = self.made.last_mut() {
            last.push_str(text);
        } else {
            self.push(TextToken::Plain { text: text.to_owned() });
        }
    }
}

/// The character before a place.
fn previous(body: &str, at: usize) -> Option<char> {
    body.get(..at)?.chars().next_back()
}

/// The links of a stretch, at most so many, with where they stand in the body.
fn links(body: &str, begin: usize, end: usize, domain: &str, most: usize) -> Vec<(usize, usize, TextToken)> {
    let text = body.get(begin..end).unwrap_or_default();
    let mut links = Vec::new();
    if most == 0 {
        return links;
    }
    let mut at = begin;
    for word in text.split_inclusive(char::is_whitespace) {
        step();
        if let Some(found) = link(word.trim_end(), domain) {
            links.push((at + found.begin, at + found.end, found.token));
            if links.len() >= most {
                break;
            }
        }
        at += word.len();
    }
    links
}

#[cfg(test)]
mod tests;
