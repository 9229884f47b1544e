use proptest::prelude::*;

use super::super::cost::assert_linear;
use super::*;
use crate::view::Mentioned;

const DOMAIN: &str = "ward.test";

fn tokens(body: &str) -> Vec<TextToken> {
    tokenise(body, &[], DOMAIN)
}

fn plain(text: &str) -> TextToken {
    TextToken::Plain { text: text.into() }
}

/// The body that the tokens were made of.
fn written(tokens: &[TextToken]) -> String {
    tokens
        .iter()
        .map(|token| match token {
            TextToken::Plain { text }
            | TextToken::Link { text, .. }
            | TextToken::Mention { text, .. }
            | TextToken::Preformatted { text }
            | TextToken::Direction { text } => text.clone(),
            TextToken::Strong { text } => format!("*{text}*"),
            TextToken::Emphasis { text } => format!("_{text}_"),
            TextToken::Code { text } => format!("`{text}`"),
            TextToken::Strike { text } => format!("~{text}~"),
        })
        .collect()
}

#[test]
fn notes_without_spaces_stay_text() {
    for body in [
        "BP stable.Please review in an hour",
        "Gave paracetamol.Then called the reg.No allergies",
        "1.Check bloods 2.Chase CT",
        "Bed 4.Obs stable",
        "Dr.Smith reviewed",
        "Pt.is stable.No change.Plan:home",
        "pH 7.31.Lactate 2.1",
        "Door code *4821* then push",
        "Call divert is *21* then the number",
        "(*) see note; (*) chase CT",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "*open\nclosed*",
    ] {
        assert_eq!(tokens(body), [plain(body)]);
    }
}

#[test]
fn links_stand_between_styled_text() {
    let link = |text: &str, url: &str| TextToken::Link {
        text: text.into(),
        url: url.into(),
    };
    assert_eq!(
        tokens("*See* https://nice.example/ng185, or www.nhs.example"),
        [
            TextToken::Strong { text: "See".into() },
            plain(" "),
            link("https://nice.example/ng185", "https://nice.example/ng185"),
            plain(", or "),
            link("www.nhs.example", "https://www.nhs.example/"),
        ]
    );
}

#[test]
fn nothing_inside_code_means_anything() {
    let block = "```\nHR *90*\nBP _120_ www.nhs.uk @Ana\n```\n";
    let mention = Place {
        begin: block.find('@').unwrap(),
        end: block.find('@').unwrap() + 4,
        whom: Mentioned::Me,
    };
    let body = format!("{block}*after*");
    assert_eq!(
        tokenise(&body, &[mention], DOMAIN),
        [
            TextToken::Preformatted { text: block.into() },
            TextToken::Strong { text: "after".into() }
        ]
    );
    assert_eq!(
        tokens("a `*b* www.nhs.uk` c"),
        [
            plain("a "),
            TextToken::Code {
                text: "*b* www.nhs.uk".into()
            },
            plain(" c")
        ]
    );
    assert_eq!(
        tokens("```*to the end*"),
        [TextToken::Preformatted {
            text: "```*to the end*".into()
        }]
    );
}

#[test]
fn what_turns_the_text_stands_alone_and_nothing_to_see_is_said() {
    let turn = |text: &str| TextToken::Direction { text: text.into() };
    assert_eq!(
        tokens("Move to \u{202e}bed 12\u{202c} now"),
        [
            plain("Move to "),
            turn("\u{202e}"),
            plain("bed 12"),
            turn("\u{202c}"),
            plain(" now")
        ]
    );
}

#[test]
fn a_long_text_has_links_and_a_very_long_one_is_a_text() {
    let long = format!("*urgent* www.nhs.uk {}", "a ".repeat(STYLED / 2));
    let made = tokens(&long);
    assert!(matches!(
        made.as_slice(),
        [TextToken::Plain { .. }, TextToken::Link { .. }, TextToken::Plain { .. }]
    ));
    let log = format!("www.nhs.uk {}", "a ".repeat(LINKED / 2));
    assert_eq!(tokens(&log), [plain(&log)]);
}

#[test]
fn a_text_has_so_many_spans_and_no_more() {
    let made = tokens(&"*a* ".repeat(2_000));
    assert_eq!(
        made.iter()
            .filter(|token| matches!(token, TextToken::Strong { .. }))
            .count(),
        MOST
    );
    assert_eq!(written(&made), "*a* ".repeat(2_000));
}

#[test]
fn the_cost_grows_with_the_text() {
    // The longest ones are over each of the limits.
    for pattern in [
        "*a ",
        "*a* ",
        "`a",
        "a.b ",
        "www.a.uk ",
        "@a.uk ",
        "```\n",
        "\u{202e}a",
        "a",
        "(*",
        "http://",
        ":a:a",
        "*a\n",
    ] {
        assert_linear("tokens", pattern, |text| drop(tokens(text)));
        assert_linear("tokens", &pattern.repeat(10), |text| drop(tokens(text)));
    }
}

proptest! {
    #[test]
    fn no_character_is_ever_lost(body in "[a-z*_`~ \n./:é😀\u{202e}\u{2066}\u{200b}@]{0,80}") {
        prop_assert_eq!(written(&tokens(&body)), body);
    }

    #[test]
    fn no_link_leads_anywhere_unsafe(body in "\\PC{0,80}") {
        for token in tokens(&body) {
            if let TextToken::Link { url, .. } = token {
                let url = url.to_ascii_lowercase();
                prop_assert!(["http://", "https://", "mailto:"].iter().any(|safe| url.starts_with(safe)));
            }
        }
    }
}
