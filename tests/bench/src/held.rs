//! Whether what is held is what the server has: complete, nothing twice, no gap.

use std::path::Path;

use wardline_sdk::profile::Profile;
use wardline_store::{conversations, gaps, messages};

use crate::BenchError;
use crate::desk::PASSPHRASE;
use crate::sample::Texts;

/// Compares the profile in `folder`, whose app has ended, with what it must hold.
pub(crate) async fn compare(folder: &Path, wanted: &Texts) -> Result<(), BenchError> {
    let store = Profile::new(folder).unlock(PASSPHRASE.to_owned().into()).await?.store;
    let tx = store.read().await?;
    let (mut missing, mut doubled, mut open) = (0, 0, 0);
    let mut held = Texts::new();
    for conversation in conversations::list(&tx).await? {
        open += gaps::list(&tx, conversation.id).await?.len();
        let thread = messages::newest(&tx, conversation.id, u32::MAX).await?;
        let mut texts: Vec<String> = thread
            .into_iter()
            .map(|message| message.body.as_str().to_owned())
            .collect();
        texts.sort();
        if !texts.is_empty() {
            held.insert(conversation.address.as_str().to_owned(), texts);
        }
    }
    drop(tx);
    store.close().await?;
    let nothing = Vec::new();
    for (person, wanted) in wanted {
        let (less, more) = difference(wanted, held.get(person).unwrap_or(&nothing));
        missing += less;
        doubled += more;
    }
    doubled += held
        .iter()
        .filter(|(person, _)| !wanted.contains_key(*person))
        .map(|(_, texts)| texts.len())
        .sum::<usize>();
    if missing + doubled + open == 0 {
        println!("held: complete, 0 gaps, 0 doubles");
        return Ok(());
    }
    Err(BenchError::Wrong(format!(
        "held: {missing} missing, {doubled} too many, {open} gaps"
    )))
}

/// How many of two sorted lists are only in the first, and only in the second.
fn difference(wanted: &[String], held: &[String]) -> (usize, usize) {
    let (mut wanted, mut held) = (wanted.iter().peekable(), held.iter().peekable());
    let (mut less, mut more) = (0, 0);
    loop {
        match (wanted.peek(), held.peek()) {
            (Some(one), Some(other)) if one == other => {
                wanted.next();
                held.next();
            }
            (Some(one), Some(other)) if one < other => {
                less += 1;
                wanted.next();
            }
            (Some(_), None) => {
                less += 1;
                wanted.next();
            }
            (_, Some(_)) => {
                more += 1;
                held.next();
            }
            (None, None) => return (less, more),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn what_is_missing_and_what_is_there_twice_is_counted() {
        let list = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        assert_eq!(difference(&list("abc"), &list("abc")), (0, 0));
        assert_eq!(difference(&list("abcd"), &list("aacz")), (2, 2));
        assert_eq!(difference(&list("ab"), &list("")), (2, 0));
    }
}
