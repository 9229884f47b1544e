//! Reads out of cargo's messages, which are JSON, which programs were built.

use std::path::PathBuf;

/// The key of a program's path. Cargo writes it once in a message, without spaces.
const KEY: &str = "\"executable\":\"";

/// The programs that the messages name.
pub(crate) fn programs(messages: &str) -> impl Iterator<Item = PathBuf> {
    messages.lines().filter_map(|message| {
        let (_, rest) = message.split_once(KEY)?;
        let (path, _) = rest.split_once('"')?;
        // Of what JSON escapes, only the separator of Windows stands in paths of a build.
        Some(PathBuf::from(path.replace("\\\\", "\\")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_among_other_messages() {
        let messages = concat!(
            "   Compiling wardline-sdk\n",
            r#"{"reason":"compiler-artifact","filenames":["/t/libserde.rlib"],"executable":null,"fresh":true}"#,
            "\n",
            r#"{"reason":"compiler-artifact","executable":"/t/debug/deps/wardline_sdk-1f","fresh":false}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let found: Vec<PathBuf> = programs(messages).collect();
        assert_eq!(found, [PathBuf::from("/t/debug/deps/wardline_sdk-1f")]);
    }
}
