//! A copy of the source tree that is brought up to date by as few writes as possible: what is the same is not built again.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// At the top of the tree, what the tests of the sync don't need, or what is not source.
const LEFT_OUT: [&str; 6] = [".git", "target", "ui", "docs", "icons", "gen"];

/// Makes `copy` the same as `source`.
pub(crate) fn refresh(source: &Path, copy: &Path) -> Result<(), Failure> {
    fs::create_dir_all(copy)?;
    mirror(source, copy, &LEFT_OUT)
}

fn mirror(source: &Path, copy: &Path, left_out: &[&str]) -> Result<(), Failure> {
    fs::create_dir_all(copy)?;
    for entry in fs::read_dir(copy)? {
        let entry = entry?;
        if !source.join(entry.file_name()).exists() {
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
    }
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let name = entry.file_name();
        if left_out.iter().any(|left| name == *left) {
            continue;
        }
        let (from, to) = (entry.path(), copy.join(&name));
        if entry.file_type()?.is_dir() {
            mirror(&from, &to, &[])?;
        } else {
            let text = fs::read(&from)?;
            if fs::read(&to).ok().as_ref() != Some(&text) {
                fs::write(&to, text)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_not_written_and_what_is_gone_goes() {
        let (source, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(source.path().join("folder")).unwrap();
        fs::create_dir(source.path().join("target")).unwrap();
        fs::write(source.path().join("folder/same"), "same").unwrap();
        fs::write(source.path().join("changed"), "old").unwrap();
        refresh(source.path(), copy.path()).unwrap();
        let written = || {
            fs::metadata(copy.path().join("folder/same"))
                .unwrap()
                .modified()
                .unwrap()
        };
        let before = written();
        fs::write(copy.path().join("changed"), "mutated").unwrap();
        fs::write(copy.path().join("folder/added"), "").unwrap();
        refresh(source.path(), copy.path()).unwrap();
        assert_eq!(fs::read_to_string(copy.path().join("changed")).unwrap(), "old");
        assert!(!copy.path().join("folder/added").exists());
        assert!(!copy.path().join("target").exists());
        assert_eq!(written(), before);
    }
}
