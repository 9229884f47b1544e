//! Whether files are still what they were, by their names and contents; times are not looked at.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

/// A number for everything below `roots`. A root that does not exist counts as an empty one.
pub(crate) fn of(roots: &[PathBuf]) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for root in roots {
        add(root, Path::new(""), &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn add(path: &Path, name: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            add(&entry, &name.join(entry.file_name().unwrap_or_default()), hasher)?;
        }
    } else if path.exists() {
        let content = fs::read(path)?;
        hasher.write(name.to_string_lossy().as_bytes());
        // The length keeps the end of one file apart from the beginning of the next.
        hasher.write_u64(content.len() as u64);
        hasher.write(&content);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_follows_names_and_contents_and_no_times() {
        let folder = tempfile::tempdir().unwrap();
        let roots = [folder.path().to_owned(), folder.path().join("missing")];
        let file = folder.path().join("one.ts");
        fs::write(&file, "let a").unwrap();
        let first = of(&roots).unwrap();
        fs::write(&file, "let b").unwrap();
        let second = of(&roots).unwrap();
        assert_ne!(first, second);
        fs::remove_file(&file).unwrap();
        fs::write(&file, "let a").unwrap();
        assert_eq!(of(&roots).unwrap(), first);
        fs::rename(&file, folder.path().join("two.ts")).unwrap();
        assert_ne!(of(&roots).unwrap(), first);
    }
}
