//! Reads the types that the window knows from its bindings, and checks answers against them.
//!
//! The output of specta is a small part of TypeScript, and this reads that part; anything else is a panic, never a
//! shape that everything fits.

use std::collections::BTreeMap;

use serde_json::Value;

/// The types and commands of `ui/src/ipc/bindings.ts`.
pub(super) struct Bindings {
    types: BTreeMap<String, Shape>,
    pub(super) commands: BTreeMap<String, Command>,
}

/// One command, as the window calls it.
pub(super) struct Command {
    /// Each parameter, and whether it may be left out.
    pub(super) parameters: Vec<(String, bool)>,
    answer: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// `null`, `string`, `number`, `boolean`, or the name of a type.
    Named(String),
    Word(String),
    List(Box<Shape>),
    Map(Box<Shape>),
    Object(Vec<(String, Shape)>),
    Either(Vec<Shape>),
}

impl Bindings {
    pub(super) fn read(text: &str) -> Self {
        let text = without_comments(text);
        let mut types = BTreeMap::new();
        for part in text.split("\nexport type ").skip(1) {
            let (name, rest) = part.split_once('=').expect("a type has a content");
            if !name.contains('<') {
                types.insert(name.trim().to_owned(), Reader::of(rest).whole());
            }
        }
        let (_, commands) = text.split_once("export const commands = {").expect("there are commands");
        let (commands, _) = commands.split_once("\n};").expect("they end");
        let commands = commands.lines().filter(|line| line.contains("=>")).map(command).collect();
        Self { types, commands }
    }

    /// Returns where a command's answer differs from the type that the window knows; `None` when it fits.
    pub(super) fn misfit(&self, command: &str, answer: &Value) -> Option<String> {
        self.differs(answer, &self.commands[command].answer, command)
    }

    /// Returns the same for a problem.
    pub(super) fn misfit_of_problem(&self, problem: &Value) -> Option<String> {
        self.differs(problem, &Shape::Named("Problem".to_owned()), "problem")
    }

    fn differs(&self, value: &Value, shape: &Shape, at: &str) -> Option<String> {
        let wrong = || Some(format!("{at}: {value} is not {shape:?}"));
        match (shape, value) {
            (Shape::Named(name), _) => match (name.as_str(), value) {
                ("null" | "void", Value::Null)
                | ("string", Value::String(_))
                | ("number", Value::Number(_))
                | ("boolean", Value::Bool(_)) => None,
                ("null" | "void" | "string" | "number" | "boolean", _) => wrong(),
                (name, value) => {
                    let shape = self.types.get(name).unwrap_or_else(|| panic!("{at}: no type is called {name}"));
                    self.differs(value, shape, at)
                }
            },
            (Shape::Word(word), Value::String(text)) if word == text => None,
            (Shape::List(each), Value::Array(list)) => {
                let mut list = list.iter().enumerate();
                list.find_map(|(place, value)| self.differs(value, each, &format!("{at}[{place}]")))
            }
            (Shape::Map(each), Value::Object(members)) => {
                members.iter().find_map(|(name, value)| self.differs(value, each, &format!("{at}.{name}")))
            }
            (Shape::Object(known), Value::Object(members)) => {
                if let Some(unknown) = members.keys().find(|name| known.iter().all(|(known, _)| known != *name)) {
                    return Some(format!("{at}.{unknown} is not known to the window"));
                }
                known.iter().find_map(|(name, shape)| match members.get(name) {
                    Some(value) => self.differs(value, shape, &format!("{at}.{name}")),
                    None => Some(format!("{at}.{name} is missing")),
                })
            }
            (Shape::Either(several), value) => {
                let misfits: Option<Vec<_>> = several.iter().map(|one| self.differs(value, one, at)).collect();
                misfits.map(|misfits| misfits.join("; "))
            }
            _ => wrong(),
        }
    }
}

/// Reads `runItems: (runId: string, …) => typedError<RunItem[], Problem>(__TAURI_INVOKE("run_items", { … })),`
fn command(line: &str) -> (String, Command) {
    let (head, call) = line.split_once(" => ").expect("a function");
    let (_, parameters) = head.split_once('(').expect("it has parameters");
    let parameters = parameters.trim_end_matches(')');
    let parameters = split(parameters).into_iter().map(|parameter| {
        let (name, shape) = parameter.split_once(": ").expect("a parameter has a type");
        (name.to_owned(), shape.ends_with("| null"))
    });
    let (before, behind) = call.split_once("__TAURI_INVOKE").expect("it calls");
    let (_, name) = behind.split_once("(\"").expect("a command by its name");
    let name = name.split('"').next().unwrap_or_default().to_owned();
    let answer = match before.strip_prefix("typedError<") {
        Some(answer) => split(answer.trim_end_matches(['(', '>']))[0],
        None => behind.trim_start_matches('<').split_once(">(").map_or("void", |(answer, _)| answer),
    };
    (name, Command { parameters: parameters.collect(), answer: Reader::of(answer).whole() })
}

/// Splits a text at the commas that are in no brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '{' | '<' | '(' | '[' => depth += 1,
            '}' | '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        bare.push_str(part.split_once("*/").expect("a comment ends").1);
    }
    bare
}

/// Reads a type, a token at a time.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn of(rest: &'a str) -> Self {
        Self { rest }
    }

    fn whole(mut self) -> Shape {
        self.union()
    }

    fn union(&mut self) -> Shape {
        let mut several = Vec::new();
        loop {
            self.takes("|");
            several.push(self.one());
            if !self.sees("|") {
                break;
            }
        }
        assert!(!self.sees("&"), "two types in one: {}", self.rest);
        if several.len() == 1 { several.remove(0) } else { Shape::Either(several) }
    }

    fn one(&mut self) -> Shape {
        let mut shape = if self.takes("{") {
            self.object()
        } else if self.takes("(") {
            let inside = self.union();
            assert!(self.takes(")"), "a bracket ends: {}", self.rest);
            inside
        } else if self.takes("\"") {
            let (word, rest) = self.rest.split_once('"').expect("a word ends");
            self.rest = rest;
            Shape::Word(word.to_owned())
        } else {
            Shape::Named(self.name().to_owned())
        };
        while self.takes("[]") {
            shape = Shape::List(Box::new(shape));
        }
        shape
    }

    fn object(&mut self) -> Shape {
        if self.takes("[key in string]:") {
            let each = self.union();
            assert!(self.takes("}"), "a map ends: {}", self.rest);
            return Shape::Map(Box::new(each));
        }
        let mut members = Vec::new();
        while !self.takes("}") {
            let name = self.name().to_owned();
            assert!(self.takes(":"), "a member has a type, and is always there: {name}{}", self.rest);
            members.push((name, self.union()));
            _ = self.takes(",") || self.takes(";");
        }
        Shape::Object(members)
    }

    fn name(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        assert!(!name.is_empty(), "no name stands here: {rest}");
        self.rest = rest;
        name
    }

    fn takes(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn sees(&self, token: &str) -> bool {
        self.rest.trim_start().starts_with(token)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BINDINGS: &str = r#"
export const commands = {
	/**  All of them. */
	records: (query: { a: string, b: number }, after: string | null) => typedError<Row[], Problem>(__TAURI_INVOKE("records", { query, after })),
	language: () => __TAURI_INVOKE<"en" | "nb">("language"),
};
/**  The failure. */
export type Problem = { code: "internal" | "usage", params: { [key in string]: string } };
export type Row =
/**  Here. */
{ kind: "here"; sums: ({ amount: string })[] } | { kind: "gone", at: string | null };
"#;

    #[test]
    fn misfit_finds_an_answer_of_another_type_than_the_bindings() {
        let bindings = Bindings::read(BINDINGS);
        let parameters = &bindings.commands["records"].parameters;
        assert_eq!(*parameters, [("query".to_owned(), false), ("after".to_owned(), true)]);
        let fits = |command: &str, answer: Value| bindings.misfit(command, &answer);
        assert_eq!(
            fits("records", json!([{"kind": "here", "sums": [{"amount": "1"}]}, {"kind": "gone", "at": null}])),
            None
        );
        assert_eq!(fits("language", json!("nb")), None);
        for (command, wrong) in [
            ("language", json!("fr")),
            ("records", json!(null)),
            ("records", json!([{"kind": "here", "sums": [{"amount": 1}]}])),
            ("records", json!([{"kind": "here", "sums": [], "more": 1}])),
            ("records", json!([{"kind": "gone"}])),
        ] {
            assert!(fits(command, wrong.clone()).is_some(), "{wrong}");
        }
        assert_eq!(bindings.misfit_of_problem(&json!({"code": "usage", "params": {"detail": "x"}})), None);
        assert!(bindings.misfit_of_problem(&json!({"code": "usage", "params": {"detail": 1}})).is_some());
        assert!(bindings.misfit_of_problem(&json!({"code": "other", "params": {}})).is_some());
    }
}
