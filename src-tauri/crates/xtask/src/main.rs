//! Keeps house: `cargo xtask demo`, `cargo xtask test`, and what they need.
//!
//! It is the first thing compiled on a fresh machine, so it depends on nothing but the standard library and the crate
//! that prepares the tests' real servers, which depends on nothing else either. Every command is a module with a `run`;
//! a new one is a file and a line in [`COMMANDS`].

mod bench;
mod demo;
mod deny;
mod footprint;
mod fuzz;
mod licences;
mod mutants;
mod node;
mod package;
mod package_test;
mod packages;
mod peers;
mod places;
mod programs;
mod run;
mod screenshots;
mod session;
mod setup;
mod simulate;
mod test;
mod tools;

use std::process::ExitCode;

use run::Failure;

/// One command: its name, its line in `help`, and its function, which gets the arguments after the name.
struct Command {
    name: &'static str,
    help: &'static str,
    run: fn(&[&str]) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        help: "[--terminal] [--fresh] [--release]   the app on a practice workspace; without a display, the same sync here",
        run: demo::run,
    },
    Command {
        name: "test",
        help: "[fast | rust | ui | desktop | servers | packages]   everything, or the part named; `fast` needs neither Node nor a web view",
        run: test::run,
    },
    Command {
        name: "simulate",
        help: "[--seeds N] [--from SEED] [--seed SEED] [--protection P] [--planted BUG]   made-up worlds, each from its seed",
        run: simulate::run,
    },
    Command {
        name: "bench",
        help: "[tryton | odoo]   the real file into a real accounting system, beside what its server does by itself; \
               [desktop [--built FOLDER]]   how soon the desktop can be used, and what it takes when idle",
        run: bench::run,
    },
    Command {
        name: "mutants",
        help: "[--list] [--file PATH] [--re NAME] [--shard K/N]   the code changed in one place at a time: the changes that \
               no test notices",
        run: mutants::run,
    },
    Command { name: "fuzz", help: "[--seconds N]   the fuzz targets, for N seconds each (60)", run: fuzz::run },
    Command {
        name: "peers",
        help: "prepares the real accounting systems of the tests, and says where",
        run: peers::run,
    },
    Command { name: "setup", help: "installs what the other commands need, without running them", run: setup::run },
    Command { name: "deny", help: "licences, sources and bans of every dependency (cargo-deny)", run: deny::run },
    Command {
        name: "package",
        help: "[--plain] [--built] [--debug]   deb and rpm of a release build, with sums and a bill of materials, into \
               target/package; --plain without the bill, --built of what is built already, --debug of a debug build",
        run: package::run,
    },
    Command { name: "licences", help: "writes the list of licences that About shows", run: licences::run },
    Command {
        name: "screenshots",
        help: "[--screen NAME]   a picture of every screen in its states, into target/screenshots",
        run: screenshots::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprint!("{}", help());
        return ExitCode::from(2);
    };
    if matches!(*name, "help" | "-h" | "--help") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == *name) else {
        eprint!("There is no `cargo xtask {name}`.\n\n{}", help());
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_printed() {
                eprintln!("cargo xtask {name}: {failure}");
            }
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<11} {}\n", command.name, command.help));
    }
    text
}

/// Takes the flags a command knows out of `arguments`; anything else is an error that names it.
fn flags<const N: usize>(arguments: &[&str], known: [&str; N]) -> Result<[bool; N], Failure> {
    let mut given = [false; N];
    for argument in arguments {
        match known.iter().position(|flag| flag == argument) {
            Some(index) => given[index] = true,
            None => return Err(Failure::new(format!("does not know `{argument}`; it knows {}", known.join(", ")))),
        }
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_that_is_not_known_is_named() {
        let failure = flags(&["--fresh", "--frehs"], ["--fresh"]).expect_err("must be refused");
        assert!(failure.to_string().contains("`--frehs`"));
    }

    #[test]
    fn flags_are_given_in_the_order_asked_for() {
        assert_eq!(flags(&["--b"], ["--a", "--b"]).expect("known"), [false, true]);
    }

    #[test]
    fn help_names_every_command() {
        for command in COMMANDS {
            assert!(help().contains(command.name));
        }
    }
}
