//! Plain text to [tokens](TextToken): links first, then the span marks of XEP-0393 in the text between them.

use linkify::{LinkFinder, LinkKind};

use super::mentions::Place;
use crate::view::TextToken;

/// Splits a message body into tokens. Joining the tokens as written (with their marks) gives the body again, so nothing is
/// ever lost to formatting. `mentions` are in order and do not overlap.
#[must_use]
pub fn tokenise(body: &str, mentions: &[Place]) -> Vec<TextToken> {
    let mut tokens = Vec::new();
    let mut done = 0;
    for mention in mentions {
        let (begin, end) = (byte(body, mention.begin), byte(body, mention.end));
        let Some(text) = body.get(begin..end).filter(|text| begin >= done && !text.is_empty()) else {
            continue;
        };
        unmentioned(body.get(done..begin).unwrap_or_default(), &mut tokens);
        tokens.push(TextToken::Mention {
            text: text.to_owned(),
            whom: mention.whom,
        });
        done = end;
    }
    unmentioned(body.get(done..).unwrap_or_default(), &mut tokens);
    tokens
}

/// Where a character begins.
fn byte(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// Links, and styled text between them.
fn unmentioned(text: &str, tokens: &mut Vec<TextToken>) {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    for span in finder.spans(text) {
        let text = span.as_str();
        match span.kind().and_then(|kind| link_target(kind, text)) {
            Some(url) => tokens.push(TextToken::Link {
                text: text.to_owned(),
                url,
            }),
            None => spans(text, tokens),
        }
    }
}

/// Where a link leads, if it is of a kind that is safe to open.
fn link_target(kind: &LinkKind, text: &str) -> Option<String> {
    match kind {
        LinkKind::Email => Some(format!("mailto:{text}")),
        LinkKind::Url => match text.split_once("://") {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => {
                Some(text.to_owned())
            }
            Some(_) => None,
            None => Some(format!("https://{text}")),
        },
        _ => None,
    }
}

/// Appends the styled spans of `text` (XEP-0393 section 5): a mark opens at the start of a word and closes at the end of
/// one, on the same line, with something other than white space inside.
fn spans(text: &str, tokens: &mut Vec<TextToken>) {
    let mut plain_from = 0;
    let mut previous: Option<char> = None;
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        let opens = previous.is_none_or(|p| p.is_whitespace() || "([{\"'«“‘".contains(p) || is_mark(p));
        if is_mark(c)
            && opens
            && let Some(inner) = text.get(at + 1..).and_then(|after| styled(after, c))
        {
            push_plain(text.get(plain_from..at), tokens);
            let end = at + 1 + inner.len() + 1;
            tokens.push(token(c, inner.to_owned()));
            plain_from = end;
            rest = text.char_indices();
            while rest.clone().next().is_some_and(|(next, _)| next < end) {
                rest.next();
            }
        }
        previous = Some(c);
    }
    push_plain(text.get(plain_from..), tokens);
}

fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '~')
}

/// The text up to the closing mark, if there is a valid one.
fn styled(after: &str, mark: char) -> Option<&str> {
    let line = after.split('\n').next().unwrap_or_default();
    if line.chars().next().is_none_or(|c| c.is_whitespace() || c == mark) {
        return None;
    }
    line.match_indices(mark).map(|(at, _)| at).find_map(|at| {
        let inner = line.get(..at)?;
        let follows = line.get(at + 1..)?.chars().next();
        let closed = !inner.ends_with(char::is_whitespace) && follows.is_none_or(|c| !c.is_alphanumeric());
        (closed && !inner.is_empty()).then_some(inner)
    })
}

fn token(mark: char, text: String) -> TextToken {
    match mark {
        '*' => TextToken::Strong { text },
        '_' => TextToken::Emphasis { text },
        '~' => TextToken::Strike { text },
        _ => TextToken::Code { text },
    }
}

fn push_plain(text: Option<&str>, tokens: &mut Vec<TextToken>) {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return;
    };
    if let Some(TextToken::Plain { text: last }) = tokens.last_mut() {
        last.push_str(text);
    } else {
        tokens.push(TextToken::Plain { text: text.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> TextToken {
        TextToken::Plain { text: text.into() }
    }

    /// The body that the tokens were made of.
    fn written(tokens: &[TextToken]) -> String {
        tokens
            .iter()
            .map(|token| match token {
                TextToken::Plain { text } | TextToken::Link { text, .. } | TextToken::Mention { text, .. } => {
                    text.clone()
                }
                TextToken::Strong { text } => format!("*{text}*"),
                TextToken::Emphasis { text } => format!("_{text}_"),
                TextToken::Code { text } => format!("`{text}`"),
                TextToken::Strike { text } => format!("~{text}~"),
            })
            .collect()
    }

    #[test]
    fn links_of_safe_kinds_become_links() {
        assert_eq!(
            tokenise("see https://nice.example/ng185, or www.nhs.example", &[]),
            [
                plain("see "),
                TextToken::Link {
                    text: "https://nice.example/ng185".into(),
                    url: "https://nice.example/ng185".into()
                },
                plain(", or "),
                TextToken::Link {
                    text: "www.nhs.example".into(),
                    url: "https://www.nhs.example".into()
                },
            ]
        );
        assert_eq!(tokenise("javascript:alert(1)", &[]), [plain("javascript:alert(1)")]);
        assert_eq!(tokenise("file:///etc/passwd", &[]), [plain("file:///etc/passwd")]);
    }

    #[test]
    fn marks_style_words_and_leave_sums_alone() {
        assert_eq!(
            tokenise("*urgent*: bed 4 _now_", &[]),
            [
                TextToken::Strong { text: "urgent".into() },
                plain(": bed 4 "),
                TextToken::Emphasis { text: "now".into() }
            ]
        );
        assert_eq!(
            tokenise("2*3*4 and snake_case_name", &[]),
            [plain("2*3*4 and snake_case_name")]
        );
        assert_eq!(tokenise("* not a list *", &[]), [plain("* not a list *")]);
        assert_eq!(tokenise("*open\nclosed*", &[]), [plain("*open\nclosed*")]);
    }

    proptest! {
        #[test]
        fn no_character_is_ever_lost(body in "[a-z*_`~ \n./:é😀]{0,80}") {
            prop_assert_eq!(written(&tokenise(&body, &[])), body);
        }

        #[test]
        fn no_link_leads_anywhere_unsafe(body in "\\PC{0,80}") {
            for token in tokenise(&body, &[]) {
                if let TextToken::Link { url, .. } = token {
                    let url = url.to_ascii_lowercase();
                    prop_assert!(["http://", "https://", "mailto:"].iter().any(|safe| url.starts_with(safe)));
                }
            }
        }
    }
}
