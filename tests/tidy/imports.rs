//! Reads who imports whom inside a crate, file by file. A name that a module hands on (`pub use`) leads to the file
//! that has it.

use std::collections::{BTreeMap, BTreeSet};

use crate::rust::sources;
use crate::tree::File;

/// The arrows between the files of a crate, by path.
pub(crate) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// A path of names, from the top of the crate.
type Names = Vec<String>;

/// The number of `pub use` through which a name is followed.
const HANDS_MAX: usize = 8;

/// Returns the arrows of each crate whose sources stand in a folder `src`; tests are left out.
pub(crate) fn of_crates(files: &[File]) -> Vec<Arrows> {
    let mut crates: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for source in sources(files) {
        let Some((root, inner)) = source.file.path.split_once("/src/") else { continue };
        let product = source.product();
        if !product.trim().is_empty() {
            crates.entry(format!("{root}/src/")).or_default().push((inner.to_owned(), product));
        }
    }
    crates.into_iter().map(|(root, sources)| Crate::new(sources).arrows(&root)).collect()
}

/// The sources of one crate.
struct Crate {
    /// The file and code of each module.
    modules: BTreeMap<Names, (String, String)>,
    /// The origins of a module's handed-on names.
    handed_on: BTreeMap<(Names, String), Names>,
}

impl Crate {
    fn new(sources: Vec<(String, String)>) -> Self {
        let modules: BTreeMap<Names, (String, String)> =
            sources.into_iter().map(|(inner, code)| (module_of(&inner), (inner, code))).collect();
        let mut handed_on = BTreeMap::new();
        for (module, (_, code)) in &modules {
            for tree in handed_on_trees(code) {
                for (path, name) in expanded(tree) {
                    // Without `crate`, `super` or `self` it begins with a module of this one.
                    let target = absolute(&path, module).unwrap_or_else(|| [module.clone(), path].concat());
                    handed_on.insert((module.clone(), name), target);
                }
            }
        }
        Self { modules, handed_on }
    }

    fn arrows(&self, root: &str) -> Arrows {
        let mut arrows = Arrows::new();
        for (module, (inner, code)) in &self.modules {
            let targets = named(code).into_iter().filter_map(|path| absolute(&path, module));
            let targets = targets.filter_map(|path| self.file_of(path, 0)).filter(|target| target != inner);
            arrows.insert(format!("{root}{inner}"), targets.map(|target| format!("{root}{target}")).collect());
        }
        arrows
    }

    /// Returns the file that has what a path names.
    fn file_of(&self, path: Names, hands: usize) -> Option<String> {
        for length in (0..=path.len()).rev() {
            let Some((file, _)) = self.modules.get(&path[..length]) else { continue };
            let name = path.get(length).cloned().unwrap_or_default();
            return match self.handed_on.get(&(path[..length].to_vec(), name)) {
                Some(target) if hands < HANDS_MAX => {
                    self.file_of([target.as_slice(), &path[length + 1..]].concat(), hands + 1)
                }
                _ => Some(file.clone()),
            };
        }
        None
    }
}

/// Returns the module of a file: `a/mod.rs` and `a.rs` are the module `a`; `lib.rs` and `main.rs` are the top.
fn module_of(inner: &str) -> Names {
    let path = inner.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if matches!(path, "lib" | "main") { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// Returns the path from the top of the crate; `None` for one that leads out of it.
fn absolute(path: &[String], module: &[String]) -> Option<Names> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => Some([&module[..module.len().checked_sub(ups)?], &path[ups..]].concat()),
        _ => None,
    }
}

/// Returns the trees of `pub use …;`, `pub(crate) use …;` and the like.
fn handed_on_trees(code: &str) -> Vec<&str> {
    let uses = code.match_indices("use ").filter(|(start, _)| {
        let line = code[..*start].rsplit('\n').next().unwrap_or_default().trim();
        line.starts_with("pub") && !line.contains(['{', ';'])
    });
    uses.filter_map(|(start, found)| code[start + found.len()..].split(';').next()).collect()
}

/// Returns every path in a code that begins with `crate::`, `super::` or `self::`, groups taken apart.
fn named(code: &str) -> Vec<Names> {
    let mut paths = Vec::new();
    for prefix in ["crate::", "super::", "self::"] {
        for (start, _) in code.match_indices(prefix) {
            let before = &code[..start];
            if before.ends_with("::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            paths.extend(expanded(&code[start..start + path_length(&code[start..])]).into_iter().map(|(path, _)| path));
        }
    }
    paths
}

/// Returns the length of a path, with the group at its end.
fn path_length(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' if depth == 0 && !text[..at].ends_with("::") => return at,
            '{' => depth += 1,
            '}' if depth <= 1 => return if depth == 1 { at + 1 } else { at },
            '}' => depth -= 1,
            _ if depth > 0 || character.is_alphanumeric() || matches!(character, '_' | ':') => {}
            _ => return at,
        }
    }
    text.len()
}

/// Returns the paths of a use tree, each with the name by which it is known: `a::{b, c as d}` is `a::b` and `a::c`,
/// known as `d`.
fn expanded(tree: &str) -> Vec<(Names, String)> {
    let Some((head, group)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let names: Names =
            path.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        let known_as = if alias.is_empty() { names.last().cloned() } else { Some(alias.trim().to_owned()) };
        return known_as.map(|known_as| (names, known_as)).into_iter().collect();
    };
    let head: Names = head.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let mut paths = Vec::new();
    for part in parts(group) {
        for (path, known_as) in expanded(part) {
            if path == ["self"] {
                paths.push((head.clone(), head.last().cloned().unwrap_or_default()));
            } else {
                paths.push(([head.clone(), path].concat(), known_as));
            }
        }
    }
    paths
}

/// Returns the members of a group, up to the brace that closes it.
fn parts(group: &str) -> Vec<&str> {
    let (mut found, mut depth, mut begins) = (Vec::new(), 0usize, 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(group[begins..at].trim());
                begins = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|part| !part.is_empty());
    found
}

#[test]
fn use_tree_is_taken_apart() {
    let paths =
        |tree| expanded(tree).into_iter().map(|(path, name)| format!("{} {name}", path.join("::"))).collect::<Vec<_>>();
    assert_eq!(paths("crate::a::B"), ["crate::a::B B"]);
    assert_eq!(paths("a::{self, b::{C, D as E}}"), ["a a", "a::b::C C", "a::b::D E"]);
}

#[test]
fn name_that_is_handed_on_leads_to_its_file() {
    let files = [
        File::sample("x/src/lib.rs", "mod a;\nmod b;\npub use a::One;\n"),
        File::sample("x/src/a/mod.rs", "mod inner;\npub use inner::{One, Two as Other};\n"),
        File::sample("x/src/a/inner.rs", "pub struct One;\npub struct Two;\n"),
        File::sample("x/src/b.rs", "use crate::{One, a::Other};\nfn f() { crate::a::g(); }\n"),
    ];
    let arrows = of_crates(&files).remove(0);
    let from_b: Vec<&str> = arrows["x/src/b.rs"].iter().map(String::as_str).collect();
    assert_eq!(from_b, ["x/src/a/inner.rs", "x/src/a/mod.rs"]);
}
