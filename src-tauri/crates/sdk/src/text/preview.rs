//! One line for the chat list.

/// Longest preview, in characters.
const PREVIEW_CHARS: usize = 160;

/// Folds white space (line breaks too) and cuts to 160 characters, marking the cut with an ellipsis.
#[must_use]
pub fn preview(body: &str) -> String {
    let mut line = String::with_capacity(body.len().min(PREVIEW_CHARS * 4));
    let mut chars = 0;
    for word in body.split_whitespace() {
        if chars > 0 {
            line.push(' ');
            chars += 1;
        }
        for c in word.chars() {
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
}
