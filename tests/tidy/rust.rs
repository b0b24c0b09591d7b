//! Reads Rust sources as the rules see them: without comments and literals, and without the tests if those do not
//! count.

use crate::tree::File;

/// A Rust file in which every comment and literal is blank. Lines stay where they are.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a File,
    code: String,
}

/// Returns the Rust files among these.
pub(crate) fn sources(files: &[File]) -> impl Iterator<Item = Source<'_>> {
    files.iter().filter(|file| file.extension() == "rs").map(|file| Source { file, code: without_text(&file.text) })
}

impl Source<'_> {
    /// Returns all code, tests included.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// Returns the code that ships: test modules are blank, a file of tests or an example is empty.
    pub(crate) fn product(&self) -> String {
        if self.is_all_tests() { String::new() } else { split_tests(&self.code).0 }
    }

    /// Returns the code that never ships: tests, benches, examples.
    pub(crate) fn tests(&self) -> String {
        if self.is_all_tests() { self.code.clone() } else { split_tests(&self.code).1 }
    }

    fn is_all_tests(&self) -> bool {
        let path = &self.file.path;
        path.starts_with("tests/")
            || ["/tests/", "/benches/", "/examples/", "/fuzz/"].iter().any(|folder| path.contains(folder))
            || path.ends_with("/tests.rs")
            || path.ends_with("_tests.rs")
    }
}

/// Returns the numbered lines of a code that hold this text, standing alone: no identifier goes on at either end.
pub(crate) fn lines_with(code: &str, wanted: &str) -> Vec<usize> {
    code.lines().enumerate().filter(|(_, line)| holds(line, wanted)).map(|(index, _)| index + 1).collect()
}

/// Says whether `line` holds `wanted` standing alone.
pub(crate) fn holds(line: &str, wanted: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(wanted).any(|(start, found)| {
        let before = line[..start].chars().next_back();
        let after = line[start + found.len()..].chars().next();
        let goes_on_before = wanted.starts_with(is_word) && before.is_some_and(is_word);
        let goes_on_after = wanted.ends_with(is_word) && after.is_some_and(is_word);
        !goes_on_before && !goes_on_after
    })
}

/// Blanks comments, strings and characters, keeping every line break.
fn without_text(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => quoted(rest),
            'r' if !goes_on_a_word(&code) => raw_string(rest),
            '\'' => character_literal(rest),
            _ => 0,
        };
        let (blank, next) = rest.split_at(length);
        code.extend(blank.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
        if length == 0 {
            code.push(character);
            rest = &rest[character.len_utf8()..];
        } else {
            rest = next;
        }
    }
    code
}

/// Says whether the code ends inside an identifier; the `b` and `c` of `br"…"` and `cr"…"` are none.
fn goes_on_a_word(code: &str) -> bool {
    let is_word = |character: &char| character.is_alphanumeric() || *character == '_';
    let word: Vec<char> = code.chars().rev().take_while(is_word).take(2).collect();
    !matches!(word.as_slice(), [] | ['b' | 'c'])
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Returns the length of `r"…"` or `r#"…"#`; 0 if this `r` begins none.
fn raw_string(rest: &str) -> usize {
    let hashes = rest[1..].chars().take_while(|character| *character == '#').count();
    let opening = 1 + hashes;
    if !rest[opening..].starts_with('"') {
        return 0;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    rest[opening + 1..].find(&closing).map_or(rest.len(), |at| opening + 1 + at + closing.len())
}

/// Returns the length of `'x'` or `'\n'`; 0 for a lifetime.
fn character_literal(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(0, |at| at + 4),
        Some(_) => match characters.next() {
            Some((at, '\'')) => at + 1,
            _ => 0,
        },
        None => 0,
    }
}

/// Splits the code that ships from that of `#[cfg(test)] mod … { … }`; each is blank where the other stands.
fn split_tests(code: &str) -> (String, String) {
    let blank = |text: &str| text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect::<String>();
    let (mut product, mut tests, mut rest) = (String::new(), String::new(), code);
    while let Some(start) = rest.find("#[cfg(test)]") {
        let (before, marked) = rest.split_at(start);
        let length = item_length(marked);
        product.push_str(before);
        tests.push_str(&blank(before));
        product.push_str(&blank(&marked[..length]));
        tests.push_str(&marked[..length]);
        rest = &marked[length..];
    }
    product.push_str(rest);
    tests.push_str(&blank(rest));
    (product, tests)
}

/// Returns the length from an attribute to the end of the marked item: the closing brace, or the semicolon before any
/// brace.
fn item_length(marked: &str) -> usize {
    let mut depth = 0usize;
    for (at, character) in marked.char_indices() {
        match character {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    marked.len()
}

#[test]
fn comments_and_literals_are_blank_and_lines_stay() {
    let text = "a /* b /* c */ d */ e\n// f\n\"g \\\" h\" i r#\"j \" k\"# l 'm' '\\'' 'life n\nbr\"o\" for_r\"p\"";
    let code = without_text(text);
    assert_eq!(code.lines().count(), 4);
    let words: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(words, ["a", "e", "i", "l", "'life", "n", "b", "for_r"]);
}

#[test]
fn tests_are_separated_from_the_product() {
    let code =
        "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { {} }\n}\nfn c() {}\n#[cfg(test)]\nmod more;\nfn d() {}\n";
    let (product, tests) = split_tests(code);
    assert!(product.contains("fn a") && product.contains("fn c") && product.contains("fn d"));
    assert!(!product.contains("fn b") && tests.contains("fn b") && !tests.contains("fn c"));
    assert_eq!(product.lines().count(), tests.lines().count());
}

#[test]
fn word_stands_alone_or_is_another() {
    assert!(holds("use reqwest::Client;", "reqwest"));
    assert!(!holds("use my_reqwest::Client;", "reqwest"));
    assert_eq!(lines_with("a\nb\na_b\n a;", "a"), [1, 4]);
}
