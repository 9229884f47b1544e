//! One line for the chat list.

use super::cost::step;
use super::display::turns;

/// Longest preview, in characters.
const PREVIEW_CHARS: usize = 160;

/// Folds white space (line breaks too), leaves out what would turn the direction of the line, and cuts to 160 characters, marking the
/// cut with an ellipsis.
#[must_use]
pub fn preview(body: &str) -> String {
    let mut line = String::with_capacity(body.len().min(PREVIEW_CHARS * 4));
    let mut chars = 0;
    for word in body.split_whitespace() {
        step();
        if chars > 0 && !line.ends_with(' ') {
            line.push(' ');
            chars += 1;
        }
        for c in word.chars().filter(|c| !turns(*c)) {
            step();
            if chars >= PREVIEW_CHARS {
                line.push('…');
                return line;
            }
            line.push(c);
            chars += 1;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::cost::assert_linear;
    use super::preview;

    #[test]
    fn line_breaks_become_spaces() {
        assert_eq!(preview("  Bed 4:\n\n troponin\tback "), "Bed 4: troponin back");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let cut = preview(&"é".repeat(1000));
        assert_eq!(cut.chars().count(), 161);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn text_of_exactly_the_limit_is_whole() {
        assert_eq!(preview(&"x".repeat(160)), "x".repeat(160));
    }

    #[test]
    fn nothing_turns_the_line() {
        assert_eq!(preview("To \u{202e}bed 12 \u{2067} now"), "To bed 12 now");
    }

    #[test]
    fn the_cost_grows_with_the_text() {
        for pattern in ["a", " ", "\u{202e} ", "a b\n"] {
            assert_linear("preview", &format!("{pattern}x"), |text| drop(preview(text)));
        }
    }
}
