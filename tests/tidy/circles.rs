//! Makes sure that no file imports itself, by whatever way round: to read one file is then not to read all of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::{Arrows, of_crates};
use crate::tree::{File, Finding};

/// Finds circles of imports between the files of a crate, one finding each.
pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let circles = of_crates(files).into_iter().flat_map(|arrows| circles(&arrows));
    circles
        .map(|circle| {
            let others = circle[1..].join(", ");
            File::sample(&circle[0], "").finding(0, format!("imports itself, by way of {others}"))
        })
        .collect()
}

/// Returns the sets of files of which each reaches each other.
fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = arrows.keys().map(|file| (file, reach(arrows, file))).collect();
    let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, there) in &reached {
        if there.contains(file) {
            let circle = there.iter().filter(|other| reached.get(*other).is_some_and(|back| back.contains(file)));
            found.insert(circle.map(|file| (*file).clone()).collect());
        }
    }
    found.into_iter().collect()
}

/// Returns every file that can be reached from this one.
fn reach<'a>(arrows: &'a Arrows, from: &String) -> BTreeSet<&'a String> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        for target in arrows.get(file).into_iter().flatten() {
            if seen.insert(target) {
                next.push(target);
            }
        }
    }
    seen
}

#[test]
fn circle_of_imports_is_found_and_a_chain_is_fine() {
    let circle = [
        File::sample("x/src/lib.rs", "mod a;\nmod b;\nmod c;\n"),
        File::sample("x/src/a.rs", "use crate::b::B;\n"),
        File::sample("x/src/b.rs", "use super::c::C;\n"),
        File::sample("x/src/c.rs", "fn f() { crate::a::f(); }\n"),
    ];
    assert_eq!(check(&circle).len(), 1);
    let in_tests_alone = File::sample("x/src/c.rs", "#[cfg(test)]\nmod tests { use crate::a::f; }\n");
    assert_eq!(check(&[circle[0].clone(), circle[1].clone(), circle[2].clone(), in_tests_alone]), []);
}
