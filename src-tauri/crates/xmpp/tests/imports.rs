//! No files of the crate import each other in a circle, so that each can be read after those it builds on. An import of
//! a re-exported name counts as one of the file that defines it. The test reads the source as `rustfmt` lays it out.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Segments of a path; as a module, from the root of the crate.
type Segments = Vec<String>;
type Graph = BTreeMap<Segments, BTreeSet<Segments>>;

/// The paths that a file imports or spells out, and those that it re-exports.
#[derive(Default)]
struct File {
    paths: Vec<Segments>,
    exports: Vec<Segments>,
}

fn segments(path: &str) -> Segments {
    path.split("::").map(|segment| segment.trim().to_owned()).collect()
}

fn joined(module: &[String], name: &str) -> Segments {
    [module, &[name.to_owned()]].concat()
}

/// The lines of a file without comments and without items for tests.
fn production(source: &str) -> Vec<&str> {
    let mut code = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
            if !lines.next().unwrap().ends_with(';') {
                lines.by_ref().find(|line| *line == end);
            }
        } else if !line.trim_start().starts_with("//") {
            code.push(line.split(" // ").next().unwrap());
        }
    }
    code
}

/// `a::{b, c::{self, d}}` as `a::b`, `a::c`, `a::c::d`.
fn expand(prefix: &[String], tree: &str) -> Vec<Segments> {
    let Some((head, rest)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().unwrap();
        let path = segments(name).into_iter().filter(|segment| segment != "self");
        return vec![prefix.iter().cloned().chain(path).collect()];
    };
    let prefix = [prefix, &segments(head.trim_end_matches("::"))].concat();
    let mut depth = 0;
    let is_separator = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    };
    let branches = rest[..rest.rfind('}').unwrap()].split(is_separator);
    let branches = branches.filter(|branch| !branch.trim().is_empty());
    branches.flat_map(|branch| expand(&prefix, branch)).collect()
}

/// Paths spelled out in a line: from the crate, from the module above, or from one of `children`.
fn spelled_out(line: &str, children: &[String]) -> Vec<Segments> {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    let paths = words.filter(|word| word.contains("::")).map(segments);
    let is_ours = |first: &str| ["crate", "super"].contains(&first) || children.iter().any(|child| child == first);
    paths.filter(|path| is_ours(&path[0])).collect()
}

/// Reads the file of a module, and those of the modules in it, into `files`.
fn read(src: &Path, module: &[String], files: &mut BTreeMap<Segments, File>) {
    let flat = src.join(module.join("/")).with_extension("rs");
    let nested = flat
        .with_extension("")
        .join(if module.is_empty() { "lib.rs" } else { "mod.rs" });
    let source = fs::read_to_string(flat)
        .or_else(|_| fs::read_to_string(nested))
        .unwrap();
    let (mut file, mut children) = (File::default(), Vec::new());
    let mut lines = production(&source).into_iter();
    while let Some(line) = lines.next() {
        let item = ["pub ", "pub(crate) ", "pub(super) "]
            .iter()
            .find_map(|start| line.strip_prefix(start));
        match item.unwrap_or(line).split_once(' ') {
            Some(("mod", name)) if name.ends_with(';') => {
                children.push(name.trim_end_matches(';').to_owned());
                read(src, &joined(module, name.trim_end_matches(';')), files);
            }
            Some(("use", start)) => {
                let mut tree = start.to_owned();
                while !tree.ends_with(';') {
                    tree.push_str(lines.next().unwrap().trim());
                }
                let paths = expand(&[], tree.trim_end_matches(';'));
                item.map_or(&mut file.paths, |_| &mut file.exports).extend(paths);
            }
            _ => file.paths.extend(spelled_out(line, &children)),
        }
    }
    files.insert(module.to_vec(), file);
}

/// The module that defines what a path names; `None`: another crate.
fn owner(files: &BTreeMap<Segments, File>, from: &[String], path: &[String]) -> Option<Segments> {
    let mut at = from.to_vec();
    for (n, segment) in path.iter().enumerate() {
        let below = joined(&at, segment);
        match segment.as_str() {
            "crate" => at.clear(),
            "super" => at.truncate(at.len().saturating_sub(1)),
            _ if files.contains_key(&below) => at = below,
            _ if n == 0 => return None,
            _ => {
                let export = files[&at].exports.iter().find(|export| export.last() == Some(segment));
                return export.and_then(|export| owner(files, &at, export)).or(Some(at));
            }
        }
    }
    Some(at)
}

/// The files in circles, and those that import them.
fn circular(mut graph: Graph) -> Graph {
    let is_leaf = |(file, imports): (&Segments, &BTreeSet<Segments>)| imports.is_empty().then(|| file.clone());
    while let Some(leaf) = graph.iter().find_map(is_leaf) {
        graph.remove(&leaf);
        for imports in graph.values_mut() {
            imports.remove(&leaf);
        }
    }
    graph
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    read(&src, &[], &mut files);
    let imports = |(module, file): (&Segments, &File)| {
        let owners = file.paths.iter().filter_map(|path| owner(&files, module, path));
        (module.clone(), owners.filter(|owner| owner != module).collect())
    };
    let graph: Graph = files.iter().map(imports).collect();
    assert!(graph.values().map(BTreeSet::len).sum::<usize>() > 200);
    assert_eq!(circular(graph), Graph::new());
}
