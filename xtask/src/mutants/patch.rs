//! Mutations as files: a head that says what is broken, then a patch.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::places;

/// A mutation of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutation {
    /// Name of its file, without the ending.
    pub(crate) name: String,
    /// The rule that it breaks.
    pub(crate) rule: String,
    /// Parts of the names of tests that must fail by it.
    pub(crate) caught_by: Vec<String>,
    path: PathBuf,
}

/// Where the mutations are.
pub(crate) fn folder() -> PathBuf {
    places::root().join("tests/mutations")
}

/// All mutations, by name.
pub(crate) fn all(folder: &Path) -> Result<Vec<Mutation>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "patch") {
            found.push(Mutation::read(path)?);
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

impl Mutation {
    fn read(path: PathBuf) -> Result<Self, Failure> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        let (head, _) = text
            .split_once("\ndiff --git ")
            .ok_or_else(|| Failure::Wrong(format!("{name} holds no patch.")))?;
        let field = |key: &str| {
            let value = head.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
            let value = value.filter(|value| !value.is_empty());
            value.ok_or_else(|| Failure::Wrong(format!("The head of {name} has no line `{key} …`.")))
        };
        field("Breaks:")?;
        Ok(Self {
            rule: field("Rule:")?.to_owned(),
            caught_by: field("Caught by:")?.split(", ").map(str::to_owned).collect(),
            name,
            path,
        })
    }

    /// Applies it to a tree.
    pub(crate) fn apply(&self, tree: &Path) -> Result<(), Failure> {
        self.git(tree, &[])
    }

    fn git(&self, tree: &Path, options: &[&str]) -> Result<(), Failure> {
        // Where the tree lies inside a checkout, that is not what is meant.
        let ceiling = tree.parent().unwrap_or(tree);
        let output = Command::new("git")
            .args(["apply", "--whitespace=nowarn"])
            .args(options)
            .arg(&self.path)
            .current_dir(tree)
            .env("GIT_CEILING_DIRECTORIES", ceiling)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Failure::Missing {
                program: "git".to_owned(),
                source,
            })?;
        if output.status.success() {
            Ok(())
        } else {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(Failure::Wrong(format!("{} does not apply: {why}", self.name)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutation_says_what_it_breaks_and_applies_to_the_tree() {
        let all = all(&folder()).unwrap();
        assert!(all.len() >= 10);
        for mutation in all {
            assert!(mutation.rule.starts_with('R'), "{}", mutation.name);
            mutation.git(places::root(), &["--check"]).unwrap();
        }
    }

    #[test]
    fn a_mutation_without_a_head_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nameless.patch");
        fs::write(&path, "Rule: R1\n\ndiff --git a/x b/x\n").unwrap();
        let refused = all(folder.path()).unwrap_err();
        assert!(refused.to_string().contains("Breaks:"), "{refused}");
    }
}
