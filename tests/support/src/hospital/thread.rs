//! The threads' hand-written ends, and the short exchanges that fill the weeks before: plain text files in `data/`.

/// What is wrong in a thread file. The files are checked in, so this is a mistake of the author's.
#[derive(Debug, thiserror::Error)]
#[error("thread file, line {line}: {reason}")]
pub struct ThreadError {
    line: usize,
    reason: &'static str,
}

/// A thread's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thread {
    /// How many minutes ago the last message came.
    pub(super) ends: i64,
    /// How many of the last messages the user has not read.
    pub(super) unread: usize,
    /// The messages in order.
    pub(super) lines: Vec<Line>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Minutes since the one before.
    pub(super) after: i64,
    /// Who writes: a name, or A, B, C in an exchange.
    pub(super) who: String,
    /// What.
    pub(super) text: String,
}

/// Reads a file of `threads/`: a head `ends <minutes> unread <count>`, then `+<minutes> <who>: <text>` lines.
pub(super) fn parse(file: &str) -> Result<Thread, ThreadError> {
    let mut lines = file.lines().enumerate();
    let wrong = |line: usize, reason| ThreadError { line: line + 1, reason };
    let head: Vec<&str> = lines
        .next()
        .map(|(_, head)| head.split(' ').collect())
        .unwrap_or_default();
    let &["ends", ends, "unread", unread] = head.as_slice() else {
        return Err(wrong(0, "expected `ends <minutes> unread <count>`"));
    };
    let mut thread = Thread {
        ends: ends.parse().map_err(|_| wrong(0, "minutes expected"))?,
        unread: unread.parse().map_err(|_| wrong(0, "count expected"))?,
        lines: Vec::new(),
    };
    for (number, line) in lines {
        let parts = line
            .split_once(' ')
            .and_then(|(after, rest)| Some((after, rest.split_once(": ")?)));
        let (after, (who, text)) = parts.ok_or_else(|| wrong(number, "expected `+<minutes> <who>: <text>`"))?;
        let after = after
            .trim_start_matches('+')
            .parse()
            .map_err(|_| wrong(number, "minutes expected"))?;
        thread.lines.push(Line {
            after,
            who: who.to_owned(),
            text: text.to_owned(),
        });
    }
    Ok(thread)
}

/// Reads `exchanges.txt`: exchanges apart by empty lines, each line `<A|B|C>: <text>`.
pub(super) fn exchanges() -> Vec<Vec<(char, &'static str)>> {
    include_str!("../../data/exchanges.txt")
        .split("\n\n")
        .map(|exchange| {
            let lines = exchange.lines().filter(|line| !line.starts_with('#'));
            lines
                .filter_map(|line| Some((line.chars().next()?, line.split_once(": ")?.1)))
                .collect()
        })
        .collect()
}

/// The end of the thread with the person or team of this name.
pub(super) fn end_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "ben" => include_str!("../../data/threads/ben.txt"),
        "daniel" => include_str!("../../data/threads/daniel.txt"),
        "elena" => include_str!("../../data/threads/elena.txt"),
        "fatima" => include_str!("../../data/threads/fatima.txt"),
        "grace" => include_str!("../../data/threads/grace.txt"),
        "hamish" => include_str!("../../data/threads/hamish.txt"),
        "joao" => include_str!("../../data/threads/joao.txt"),
        "kwame" => include_str!("../../data/threads/kwame.txt"),
        "lucy" => include_str!("../../data/threads/lucy.txt"),
        "mei" => include_str!("../../data/threads/mei.txt"),
        "nadia" => include_str!("../../data/threads/nadia.txt"),
        "priya" => include_str!("../../data/threads/priya.txt"),
        "rhys" => include_str!("../../data/threads/rhys.txt"),
        "sarah" => include_str!("../../data/threads/sarah.txt"),
        "tom" => include_str!("../../data/threads/tom.txt"),
        "bed-flow" => include_str!("../../data/threads/bed-flow.txt"),
        "cath-lab" => include_str!("../../data/threads/cath-lab.txt"),
        "ccu" => include_str!("../../data/threads/ccu.txt"),
        "hf-mdt" => include_str!("../../data/threads/hf-mdt.txt"),
        "on-call" => include_str!("../../data/threads/on-call.txt"),
        "ward-7" => include_str!("../../data/threads/ward-7.txt"),
        _ => return None,
    })
}
