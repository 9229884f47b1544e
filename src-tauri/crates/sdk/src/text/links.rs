//! Links in plain text. In doubt text: "stable.Please" is the end of a sentence, and nobody may be led to a host of that name.

use url::Url;

use super::cost::step;
use super::display::is_format;
use crate::view::TextToken;

/// Longest link, in bytes.
const LONGEST: usize = 4 * 1024;
/// Names at the top of the Internet that are words, units or endings of files as well: behind a host of two parts they mean no link.
const WORDS: &[&str] = &[
    "in", "is", "it", "so", "me", "no", "my", "at", "be", "am", "as", "to", "us", "do", "id", "by", "ad", "mg", "ml",
    "mm", "cm", "kg", "mo", "hr", "bd", "od", "tv", "pm", "sc", "im", "md", "zip", "mov", "py", "sh", "rs", "pl", "ps",
    "la", "re", "va", "et", "de", "care", "call", "today", "now", "new", "red", "blue", "fit", "one", "plus", "med",
    "health", "doctor", "report", "works", "page", "pet", "how", "ai",
];

/// Where a link stands in a word, in bytes.
pub(super) struct Link {
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) token: TextToken,
}

/// The link in a word (a run without white space), if there is one. `domain`: the hospital's own, whose hosts are known by their
/// ending.
pub(super) fn link(word: &str, domain: &str) -> Option<Link> {
    if word.len() > LONGEST || !word.contains(['.', ':', '@']) || word.chars().any(hides) {
        return None;
    }
    let begin = begin(word);
    let text = trimmed(word.get(begin..)?);
    let url = match shape(text) {
        Shape::Web => url_of(text)?,
        Shape::Www => url_of(&format!("https://{text}")).filter(|_| is_www(text))?,
        Shape::Mail => mail(text, domain)?,
        Shape::Host => url_of(&format!("https://{text}")).filter(|_| looks_meant(text, domain))?,
    };
    Some(Link {
        begin,
        end: begin + text.len(),
        token: TextToken::Link {
            text: text.to_owned(),
            url,
        },
    })
}

/// Whether a character can hide where a link leads.
fn hides(c: char) -> bool {
    step();
    is_format(c) || c.is_control()
}

enum Shape {
    Web,
    Www,
    Mail,
    Host,
}

fn shape(text: &str) -> Shape {
    let starts = |start: &str| {
        text.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    if starts("http://") || starts("https://") {
        Shape::Web
    } else if starts("www.") {
        Shape::Www
    } else if text
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|host| host.contains('@'))
    {
        Shape::Mail
    } else {
        Shape::Host
    }
}

/// Where in a word a link may begin: at a scheme or `www.` behind something that is no letter, else behind brackets and marks.
fn begin(word: &str) -> usize {
    let mut previous: Option<char> = None;
    for (at, c) in word.char_indices() {
        step();
        let rest = word.get(at..).unwrap_or_default();
        let here = |start: &str| {
            rest.get(..start.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
        };
        if !previous.is_some_and(char::is_alphanumeric) && (here("http://") || here("https://") || here("www.")) {
            return at;
        }
        previous = Some(c);
    }
    word.find(|c: char| c.is_alphanumeric()).unwrap_or(0)
}

/// Without the punctuation behind: what closes a bracket stays where the bracket was opened inside.
fn trimmed(text: &str) -> &str {
    let count = |wanted: char| text.chars().filter(|c| *c == wanted).count();
    let (mut round, mut square) = (
        count(')').saturating_sub(count('(')),
        count(']').saturating_sub(count('[')),
    );
    let mut end = text.len();
    for (at, c) in text.char_indices().rev() {
        step();
        let goes = match c {
            ')' if round > 0 => {
                round -= 1;
                true
            }
            ']' if square > 0 => {
                square -= 1;
                true
            }
            c => ".,;:!?'\"’”»›>}*_~`…|".contains(c),
        };
        if !goes {
            break;
        }
        end = at;
    }
    text.get(..end).unwrap_or_default()
}

/// Address of a web page as browsers read it.
fn url_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    (has_host && matches!(url.scheme(), "http" | "https")).then(|| url.into())
}

/// `ben@ward.example`, for the mail program.
fn mail(text: &str, domain: &str) -> Option<String> {
    let (local, host) = text.split_once('@')?;
    let is_local = !local.is_empty() && local.chars().all(|c| c.is_ascii_alphanumeric() || "._+-'".contains(c));
    let is_host = is_lower_host(host) && host.contains('.') && (is_real(host) || is_own(host, domain));
    (is_local && is_host).then(|| format!("mailto:{text}"))
}

fn is_www(text: &str) -> bool {
    let host = host(text);
    let labels = host.split('.').skip(1);
    host.is_ascii() && labels.clone().count() > 0 && labels.clone().all(|label| !label.is_empty())
}

/// Whether a host without a scheme is one that somebody meant.
fn looks_meant(text: &str, domain: &str) -> bool {
    let host = host(text);
    if !is_lower_host(host) {
        return false;
    }
    if is_own(host, domain) {
        return true;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let [.., second, top] = labels.as_slice() else {
        return false;
    };
    // "7.31.am", "0.5.mg/kg", "p.o.bd".
    let is_number = |label: &&str| label.chars().all(|c| c.is_ascii_digit());
    if !is_real(host) || labels.iter().any(is_number) || second.len() < 2 {
        return false;
    }
    let has_path = text.get(host.len()..).is_some_and(|rest| rest.contains('/'));
    let is_word = WORDS.contains(top);
    match labels.len() {
        2 => has_path && !is_word,
        _ => has_path || !is_word || second.len() > 3,
    }
}

/// What stands before a port, path, query or fragment.
fn host(text: &str) -> &str {
    text.split(['/', '?', '#', ':']).next().unwrap_or_default()
}

fn is_lower_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && label.chars().all(allowed) && !label.starts_with('-') && !label.ends_with('-')
    };
    host.split('.').all(is_label)
}

/// Whether a host ends in a name at the top of the Internet.
fn is_real(host: &str) -> bool {
    host.rsplit('.').next().is_some_and(tld::exist)
}

fn is_own(host: &str, domain: &str) -> bool {
    !domain.is_empty()
        && host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::super::cost::assert_linear;
    use super::*;

    fn host_of(word: &str) -> Option<String> {
        let TextToken::Link { url, .. } = link(word, "ward.test")?.token else {
            return None;
        };
        let web = Url::parse(&url).unwrap().host_str().map(str::to_owned);
        web.or_else(|| Some(url.split_once('@')?.1.to_owned()))
    }

    #[test]
    fn sentences_doses_and_files_are_no_links() {
        for word in [
            "stable.Please",
            "paracetamol.Then",
            "reg.No",
            "1.Check",
            "2.Chase",
            "4.Obs",
            "Dr.Smith",
            "Pt.is",
            "stable.No",
            "change.Plan:home",
            "7.31.Lactate",
            "7.31.am",
            "0.5.mg/kg",
            "2.5.ml",
            "p.o.bd",
            "i.v",
            "q.d.s.",
            "pt.is",
            "bp.ok",
            "home.today",
            "nhs.uk",
            "notes.md",
            "scan.zip",
            "report.pdf",
            "bed.now",
            "wound.is/was",
            "pt.is.in",
            "e.g.",
            "10.30",
            "192.168.0.1",
            "3.com",
            "stable.in",
            "Bed.4.To",
            "labs.Back.com",
            "a.B.com/x",
            "@everyone",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ftp://ward.test",
            "ben@3.Check",
            "ben@stable",
            "x@y",
            "http://",
            "www.",
            "www",
            "Www..uk",
            "https://good.test\u{202e}/x",
            "https://go\u{200b}od.test",
            "-a.example.com-.org",
        ] {
            assert_eq!(host_of(word), None, "{word}");
        }
    }

    #[test]
    fn what_is_meant_is_a_link() {
        for (word, host) in [
            ("https://nice.example/ng185,", "nice.example"),
            ("HTTPS://Stable.Please", "stable.please"),
            ("www.nhs.uk.", "www.nhs.uk"),
            ("Www.nhs.uk", "www.nhs.uk"),
            ("(see:www.nhs.uk)", "www.nhs.uk"),
            ("guidelines.nice.org.uk", "guidelines.nice.org.uk"),
            ("nhs.uk/conditions", "nhs.uk"),
            ("intranet.ward.test", "intranet.ward.test"),
            ("ward.test", "ward.test"),
            ("*portal.hospital.org*", "portal.hospital.org"),
            ("https://en.wikipedia.org/wiki/Shock_(circulatory)", "en.wikipedia.org"),
            ("bnf.nice.org.uk:8443/drugs", "bnf.nice.org.uk"),
            ("ben@ward.test", "ward.test"),
            ("<ben.ode@gmail.com>", "gmail.com"),
            ("https://10.1.2.3:8080/x", "10.1.2.3"),
        ] {
            assert_eq!(host_of(word).as_deref(), Some(host), "{word}");
        }
    }

    #[test]
    fn brackets_stay_where_they_were_opened() {
        let text = |word: &str| link(word, "").map(|link| word.get(link.begin..link.end).unwrap().to_owned());
        assert_eq!(
            text("(https://a.example/b_(c))").as_deref(),
            Some("https://a.example/b_(c)")
        );
        assert_eq!(text("[https://a.example/b]!").as_deref(), Some("https://a.example/b"));
    }

    #[test]
    fn the_cost_grows_with_the_text() {
        // As long as a link may be.
        for pattern in ["a.", "@.", "):", "a:", "w."] {
            assert_linear("link", pattern, |text| drop(link(text, "ward.test")));
        }
    }
}
