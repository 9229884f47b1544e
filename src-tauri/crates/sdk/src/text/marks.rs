//! Styling marks (XEP-0393 section 6). Every mark stays part of what is drawn and copied.

use super::cost::step;
use super::display::turns;
use crate::view::TextToken;

/// The mark of code, in which nothing else means anything.
pub(super) const CODE: &str = "`";
/// The other marks.
pub(super) const STYLES: &str = "*_~";

/// A styled stretch of a text, in bytes, its marks included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) begin: usize,
    pub(super) end: usize,
    mark: char,
}

impl Span {
    /// What is drawn of it. `text`: the one in which it was found.
    pub(super) fn token(self, text: &str) -> TextToken {
        let text = text.get(self.begin + 1..self.end - 1).unwrap_or_default().to_owned();
        match self.mark {
            '*' => TextToken::Strong { text },
            '_' => TextToken::Emphasis { text },
            '~' => TextToken::Strike { text },
            _ => TextToken::Code { text },
        }
    }
}

/// A character, and what is known of those around it.
struct Place {
    at: usize,
    c: char,
    /// The next place on this line where its mark, or that of the same kind, may close.
    closes: [Option<usize>; 4],
    /// How many letters stand before it.
    letters: usize,
    /// How many characters before it turn the direction of the text. They stand alone, and in no span.
    turns: usize,
}

/// The spans of these marks in a text, at most so many; `previous`: what stands before the text. They do not lie in each other: the
/// outermost counts.
///
/// A mark opens at the beginning, behind white space or behind another opening mark, and closes behind something that is no white
/// space, on the same line. Between marks of style there is a letter: "*4821*" is a code for a door.
pub(super) fn spans(text: &str, previous: Option<char>, marks: &str, most: usize) -> Vec<Span> {
    if most == 0 || !text.contains(|c| marks.contains(c)) {
        return Vec::new();
    }
    let places = places(text);
    let mut spans = Vec::new();
    let (mut index, mut before, mut opened) = (0, previous, false);
    while let Some(place) = places.get(index) {
        step();
        let next = places.get(index + 1);
        let may_open = before.is_none_or(char::is_whitespace) || opened && before != Some(place.c);
        opened = marks.contains(place.c)
            && may_open
            && next.is_some_and(|next| !next.c.is_whitespace() && next.c != place.c);
        before = Some(place.c);
        let closing = places
            .get(index + 2)
            .and_then(|behind| *behind.closes.get(kind(place.c)?)?);
        let closing = closing
            .filter(|_| opened)
            .and_then(|closing| Some((closing, places.get(closing)?)));
        let is_style = |end: &Place| (place.c == '`' || end.letters > place.letters) && end.turns == place.turns;
        match closing.filter(|(_, end)| is_style(end)) {
            Some((closing, end)) => {
                spans.push(Span {
                    begin: place.at,
                    end: end.at + end.c.len_utf8(),
                    mark: place.c,
                });
                if spans.len() == most {
                    break;
                }
                (index, opened) = (closing + 1, false);
            }
            None => index += 1,
        }
    }
    spans
}

/// Where a kind of mark is counted.
fn kind(c: char) -> Option<usize> {
    match c {
        '*' => Some(0),
        '_' => Some(1),
        '~' => Some(2),
        '`' => Some(3),
        _ => None,
    }
}

fn places(text: &str) -> Vec<Place> {
    let (mut letters, mut turned) = (0, 0);
    let mut places: Vec<Place> = text
        .char_indices()
        .map(|(at, c)| {
            step();
            let place = Place {
                at,
                c,
                closes: [None; 4],
                letters,
                turns: turned,
            };
            letters += usize::from(c.is_alphabetic());
            turned += usize::from(turns(c));
            place
        })
        .collect();
    let mut closes = [None; 4];
    for index in (0..places.len()).rev() {
        step();
        let before = index
            .checked_sub(1)
            .and_then(|before| places.get(before))
            .map(|before| before.c);
        let Some(place) = places.get_mut(index) else {
            continue;
        };
        if place.c == '\n' {
            closes = [None; 4];
        } else if let Some(mark) = kind(place.c).and_then(|kind| closes.get_mut(kind))
            && before.is_some_and(|before| !before.is_whitespace())
        {
            *mark = Some(index);
        }
        place.closes = closes;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::cost::assert_linear;
    use super::*;

    fn styled(text: &str) -> Vec<&str> {
        let spans = spans(text, None, STYLES, 100);
        spans
            .iter()
            .map(|span| text.get(span.begin..span.end).unwrap())
            .collect()
    }

    #[test]
    fn marks_style_words_as_the_specification_asks() {
        assert_eq!(
            styled("*urgent*: bed 4 _now_ ~or not~"),
            ["*urgent*", "_now_", "~or not~"]
        );
        assert_eq!(styled("*strong*plain*"), ["*strong*"]);
        assert_eq!(styled("*two words* and *more*"), ["*two words*", "*more*"]);
        assert_eq!(styled("*_both_*"), ["*_both_*"]);
        assert_eq!(styled("a\n*b*"), ["*b*"]);
    }

    #[test]
    fn codes_sums_bullets_and_names_are_as_typed() {
        for text in [
            "Door code *4821* push",
            "Call divert is *21* then the number",
            "(*) see note; (*) chase CT",
            "2*3*4 and snake_case_name",
            "* not a list *",
            "*open\nclosed*",
            "**",
            "* *",
            "*#06#",
            "_120_ ~5-10~",
            "**strong**x",
            "5 mg* and 10 mg*",
            "not* here*",
        ] {
            assert_eq!(styled(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_text_that_goes_on_behind_a_word_opens_nothing() {
        assert_eq!(spans("*b*", Some('a'), STYLES, 9), []);
        assert_eq!(spans("*b*", Some(' '), STYLES, 9).len(), 1);
    }

    #[test]
    fn the_cost_grows_with_the_text() {
        for pattern in ["*a ", "*1 ", "*a* ", "*_~", "*a\n", "* a*", "*\u{202e}"] {
            assert_linear("spans", pattern, |text| drop(spans(text, None, STYLES, usize::MAX)));
        }
        for pattern in ["`a `", "`a", "`", "`a\n"] {
            assert_linear("code", pattern, |text| drop(spans(text, None, CODE, usize::MAX)));
        }
    }
}
