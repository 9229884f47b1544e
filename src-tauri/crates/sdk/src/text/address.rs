//! Addresses as people write and read them: `o'brien@ward.example` for the account `o\27brien@ward.example` (XEP-0106), and what stands
//! around an address that was copied from somewhere.

use percent_encoding::percent_decode_str;
use wardline_xmpp::jid::BareJid;

use super::cost::step;
use super::display::is_format;

/// Longest text that is looked at, in bytes: an address has three parts of at most 1023 (RFC 7622), each of them escaped.
const LONGEST: usize = 8 * 1024;
/// Names of URIs that addresses are copied out of.
const SCHEMES: [&str; 4] = ["xmpp:", "mailto:", "im:", "jabber:"];

/// A text that is no address of a person or team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address")]
pub struct NoAddress;

/// Reads an address that somebody typed or pasted: with `xmpp:` in front, with a resource or a query behind, in angle brackets, behind a
/// name, with a final dot, with spaces around.
///
/// # Errors
/// [`NoAddress`] where a part is missing, or holds what no address may.
pub fn typed(text: &str) -> Result<BareJid, NoAddress> {
    if text.len() > LONGEST {
        return Err(NoAddress);
    }
    let text: String = text
        .chars()
        .inspect(|_| step())
        .filter(|c| !is_format(*c))
        .map(plain)
        .collect();
    let text = within_brackets(text.trim());
    let (is_uri, text) = match scheme(text) {
        Some(rest) => (
            true,
            percent_decode_str(path(rest)).decode_utf8().map_err(|_| NoAddress)?,
        ),
        None => (false, text.into()),
    };
    let text = text.trim();
    let (local, domain) = parts(text, is_uri).ok_or(NoAddress)?;
    let domain = domain.split(['/', '?', '#']).next().unwrap_or_default();
    let domain = domain.trim_matches(|c: char| c.is_whitespace() || ".,;:!)>\"'".contains(c));
    let local = local.trim().trim_start_matches(['<', '(', '"']);
    if local.is_empty() || domain.is_empty() || domain.contains(char::is_whitespace) {
        return Err(NoAddress);
    }
    BareJid::new(&format!("{}@{domain}", escaped(local))).map_err(|_| NoAddress)
}

/// An address as people read it: with the characters that XEP-0106 escapes. Never to be sent.
#[must_use]
pub fn shown(address: &str) -> String {
    match address.split_once('@') {
        Some((local, rest)) => format!("{}@{rest}", unescaped(local)),
        None => address.to_owned(),
    }
}

/// The part before the `@` as people read it, or all of it where there is none.
#[must_use]
pub fn shown_local(address: &str) -> String {
    unescaped(address.split_once('@').map_or(address, |(local, _)| local))
}

/// What keyboards and word processors put in place of ASCII.
fn plain(c: char) -> char {
    match c {
        '＠' | '﹫' => '@',
        '。' | '．' | '｡' => '.',
        '’' | '‘' | 'ʼ' | '＇' | '′' => '\'',
        '‐' | '‑' | '−' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Of `Name <address>` the address.
fn within_brackets(text: &str) -> &str {
    let inner = text
        .rsplit_once('<')
        .map(|(_, rest)| rest.split('>').next().unwrap_or(rest));
    inner.filter(|inner| inner.contains('@')).unwrap_or(text).trim()
}

/// What follows the name of a URI of an address.
fn scheme(text: &str) -> Option<&str> {
    let (name, rest) = text.split_at_checked(text.find(':')? + 1)?;
    SCHEMES
        .iter()
        .any(|scheme| scheme.eq_ignore_ascii_case(name))
        .then_some(rest)
}

/// The address in a URI (RFC 5122): neither its authority, which says as whom, nor its query.
fn path(uri: &str) -> &str {
    let path = match uri.strip_prefix("//") {
        Some(rest) => rest.split_once('/').map_or(rest, |(_, path)| path),
        None => uri,
    };
    path.split(['?', '#']).next().unwrap_or_default()
}

/// The part of a person and the rest. The slash that begins a resource comes behind an `@`; a name may have further ones of both.
fn parts(text: &str, is_uri: bool) -> Option<(&str, &str)> {
    let without_resource = text
        .find('@')
        .map(|at| match text.get(at..).and_then(|rest| rest.find('/')) {
            Some(slash) => text.get(..at + slash).unwrap_or(text),
            None => text,
        })?;
    // In a URI an `@` of the name is escaped.
    match is_uri {
        true => without_resource.split_once('@'),
        false => without_resource.rsplit_once('@'),
    }
}

/// The escape of a character that cannot stand in an address.
fn escape(c: char) -> Option<&'static str> {
    Some(match c {
        ' ' => "\\20",
        '"' => "\\22",
        '&' => "\\26",
        '\'' => "\\27",
        '/' => "\\2f",
        ':' => "\\3a",
        '<' => "\\3c",
        '>' => "\\3e",
        '@' => "\\40",
        _ => return None,
    })
}

/// XEP-0106 section 3.2. A backslash stays: what looks like an escape was copied in its escaped form, and any other means itself.
fn escaped(local: &str) -> String {
    let mut escaped = String::with_capacity(local.len());
    for c in local.chars() {
        step();
        match escape(c) {
            Some(escape) => escaped.push_str(escape),
            None => escaped.push(c),
        }
    }
    escaped
}

/// XEP-0106 section 3.3. What would be a control or format character stays as it is.
fn unescaped(local: &str) -> String {
    let mut plain = String::with_capacity(local.len());
    let mut rest = local;
    while let Some((before, after)) = rest.split_once('\\') {
        step();
        plain.push_str(before);
        let code = after.get(..2).unwrap_or_default();
        let unescaped = match code.to_ascii_lowercase().as_str() {
            "20" => Some(' '),
            "22" => Some('"'),
            "26" => Some('&'),
            "27" => Some('\''),
            "2f" => Some('/'),
            "3a" => Some(':'),
            "3c" => Some('<'),
            "3e" => Some('>'),
            "40" => Some('@'),
            "5c" => Some('\\'),
            _ => None,
        };
        plain.push(unescaped.unwrap_or('\\'));
        rest = if unescaped.is_some() {
            after.get(2..).unwrap_or_default()
        } else {
            after
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::super::cost::assert_linear;
    use super::*;

    #[test]
    fn what_people_type_and_paste_is_the_address_that_they_mean() {
        for (text, address) in [
            ("alice@ward.example", "alice@ward.example"),
            ("Alice@Ward.Example", "alice@ward.example"),
            ("o'brien@ward.example", r"o\27brien@ward.example"),
            ("o’brien@ward.example", r"o\27brien@ward.example"),
            (r"o\27brien@ward.example", r"o\27brien@ward.example"),
            ("alice@clinic@ward.example", r"alice\40clinic@ward.example"),
            ("a/e@ward.example", r"a\2fe@ward.example"),
            ("d&c:x@ward.example", r"d\26c\3ax@ward.example"),
            ("mary clarke@ward.example", r"mary\20clarke@ward.example"),
            ("xmpp:alice@ward.example", "alice@ward.example"),
            ("XMPP:alice@ward.example?message;body=x@y", "alice@ward.example"),
            (r"xmpp:o%5C27brien@ward.example?message", r"o\27brien@ward.example"),
            ("xmpp:o'brien@ward.example", r"o\27brien@ward.example"),
            ("xmpp://me@ward.example/alice@ward.example?roster", "alice@ward.example"),
            ("mailto:alice@ward.example?subject=Bed%204", "alice@ward.example"),
            ("alice@ward.example/phone", "alice@ward.example"),
            ("alice@ward.example/a@b/c", "alice@ward.example"),
            ("alice@ward.example?message", "alice@ward.example"),
            ("alice@ward.example.", "alice@ward.example"),
            ("alice@ward.example,", "alice@ward.example"),
            (" alice@ward.example\n", "alice@ward.example"),
            ("\u{200b}alice@ward.example\u{feff}\u{a0}", "alice@ward.example"),
            ("alice @ ward.example", "alice@ward.example"),
            ("<alice@ward.example>", "alice@ward.example"),
            ("Alice Verma <alice@ward.example>", "alice@ward.example"),
            ("\"Verma, Alice\" <xmpp:alice@ward.example>;", "alice@ward.example"),
            ("alice＠ward。example", "alice@ward.example"),
        ] {
            assert_eq!(typed(text).map(|jid| jid.to_string()), Ok(address.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        let long = "a".repeat(LONGEST + 1);
        for text in [
            "",
            "alice",
            "@ward.example",
            "alice@",
            "ward.example",
            "alice@ward example",
            "@",
            "a@/x",
            "xmpp:",
            &long,
        ] {
            assert_eq!(typed(text), Err(NoAddress), "{text}");
        }
    }

    #[test]
    fn an_address_is_read_as_it_is_typed() {
        for (address, read) in [
            (r"o\27brien@ward.example", "o'brien@ward.example"),
            (r"alice\40clinic@ward.example", "alice@clinic@ward.example"),
            (r"c\3a\5ccool@ward.example", r"c:\cool@ward.example"),
            (r"back\slash@ward.example", r"back\slash@ward.example"),
            ("ward.example", "ward.example"),
        ] {
            assert_eq!(shown(address), read);
            if !address.contains(r"\5c") && address.contains('@') {
                assert_eq!(typed(read).map(|jid| jid.to_string()), Ok(address.to_owned()), "{read}");
            }
        }
        assert_eq!(shown_local(r"o\27brien@ward.example"), "o'brien");
    }

    #[test]
    fn the_cost_grows_with_the_text() {
        for pattern in ["a", "@", "<", "/", "'", "\\27", "\\"] {
            assert_linear("typed", pattern, |text| assert!(typed(text).is_err()));
        }
        for pattern in ["\\27", "\\"] {
            assert_linear("shown", pattern, |text| drop(shown(&format!("{text}@x"))));
        }
    }
}
