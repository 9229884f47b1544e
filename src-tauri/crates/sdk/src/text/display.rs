//! What of foreign text may be drawn as it is: names without characters that are not seen but move what is.

use unicode_normalization::char::is_combining_mark;

use super::cost::step;

/// Most combining marks that stay on one letter; more only reach into the lines around.
const MARKS: usize = 4;

/// Whether a character has no picture of its own: it joins, separates, turns or hides others (Default_Ignorable_Code_Point, and the
/// format characters beside it).
#[must_use]
pub fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character turns the direction of what follows until another one ends it (UAX 9, explicit formatting): an override makes
/// "bed 12" read "21 deb". Marks such as U+200E only stand where they are, and scripts from right to left need them.
#[must_use]
pub fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether there is nothing to be seen in a text.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        step();
        // U+2800 is the Braille cell without dots.
        c.is_whitespace() || c.is_control() || is_format(c) || c == '\u{2800}' || is_combining_mark(c)
    })
}

/// A name, title or other label on one line: without format characters, of at most so many characters. `None`: nothing is left to be
/// seen.
#[must_use]
pub fn label(text: &str, limit: usize) -> Option<String> {
    let text = visible(text, limit, |c| if c.is_whitespace() { Some(' ') } else { None });
    (!is_blank(&text)).then_some(text)
}

/// A text of several lines that is no message, such as what a team is for: as [`label`], with its line breaks.
#[must_use]
pub fn paragraph(text: &str, limit: usize) -> Option<String> {
    let space = |c: char| match c {
        '\n' => Some('\n'),
        c if c.is_whitespace() => Some(' '),
        _ => None,
    };
    let text = visible(text, limit, space);
    (!is_blank(&text)).then_some(text)
}

/// What is seen of a text; `space`: what a character is shortened to if it is space.
fn visible(text: &str, limit: usize, space: impl Fn(char) -> Option<char>) -> String {
    let mut seen = String::new();
    let (mut count, mut marks, mut gap) = (0, 0, None);
    for c in text.trim().chars() {
        step();
        if let Some(space) = space(c) {
            gap = if gap == Some('\n') { gap } else { Some(space) };
            continue;
        }
        if c.is_control() || is_format(c) {
            continue;
        }
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS {
            continue;
        }
        count += 1 + usize::from(gap.is_some() && !seen.is_empty());
        if count > limit {
            break;
        }
        if let Some(gap) = gap.take().filter(|_| !seen.is_empty()) {
            seen.push(gap);
        }
        seen.push(c);
    }
    seen
}

/// A name or text between characters that keep its direction to itself (U+2068 and U+2069), without others that turn it: for what is put
/// together of several and drawn by others than this app. ASCII has but one direction, and stays.
#[must_use]
pub fn isolated(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let straight: String = text.chars().inspect(|_| step()).filter(|c| !turns(*c)).collect();
    format!("\u{2068}{straight}\u{2069}")
}

#[cfg(test)]
mod tests {
    use super::super::cost::assert_linear;
    use super::*;

    #[test]
    fn a_label_is_one_short_line_without_what_is_not_seen() {
        let label = |text| label(text, 120);
        assert_eq!(label("  Ward\n 7 "), Some("Ward 7".into()));
        assert_eq!(
            label("\u{202e}Ana\u{200b} Sil\u{ad}va\u{202c}"),
            Some("Ana Silva".into())
        );
        assert_eq!(label("Ana\u{2066}\u{feff}\u{e0041}"), Some("Ana".into()));
        assert_eq!(super::label(&"x".repeat(1_000), 120).unwrap().len(), 120);
        assert_eq!(
            label("A\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}b"),
            Some("A\u{301}\u{301}\u{301}\u{301}b".into())
        );
    }

    #[test]
    fn what_cannot_be_seen_is_no_name() {
        for blank in [
            "",
            " ",
            "\t",
            "\u{200b}",
            "\u{202e}\u{202c}",
            "\u{3164}",
            "\u{2800}\u{2800}",
            "\u{a0}",
            "\u{301}",
        ] {
            assert_eq!(label(blank, 120), None, "{blank:?}");
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("."));
    }

    #[test]
    fn what_stands_beside_others_keeps_its_direction_to_itself() {
        assert_eq!(isolated("Ana"), "Ana");
        assert_eq!(isolated("\u{202e}עדי"), "\u{2068}עדי\u{2069}");
    }

    #[test]
    fn a_paragraph_keeps_its_lines() {
        assert_eq!(
            paragraph("Cardiac\u{202e} arrest\n \n team ", 120),
            Some("Cardiac arrest\nteam".into())
        );
        assert_eq!(paragraph("\u{2067}", 120), None);
    }

    #[test]
    fn the_cost_grows_with_the_text() {
        for pattern in ["a", "\u{301}", "\u{202e}", "a \n", "a \u{200b}"] {
            assert_linear("label", pattern, |text| drop(label(text, usize::MAX)));
            assert_linear("paragraph", pattern, |text| drop(paragraph(text, usize::MAX)));
            assert_linear("is_blank", pattern, |text| assert!(is_blank(text) || !text.is_empty()));
        }
    }
}
