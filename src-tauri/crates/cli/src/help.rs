//! Says the help and wrong usage in the language of the caller. The English stands with the arguments themselves; what
//! stands here is the Norwegian for it, and a test misses what has none.

use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _};
use postonce_engine::error::{ErrorCode, Problem};
use postonce_words::Language;
use serde_json::json;

use crate::args::Args;
use crate::json;
use crate::output::Output;

/// The form of the help: the heads of its parts are ours.
const TEMPLATE: &str = "{about-with-newline}\nBruk: {usage}\n\n{all-args}{after-help}";

/// Returns the arguments, with their help in that language.
pub(crate) fn command(language: Language) -> Command {
    let mut command = Args::command();
    match language {
        Language::English => command,
        Language::Bokmal => {
            // The flags and the command for help are only there once it is built.
            command.build();
            translated(command)
        }
    }
}

fn translated(command: Command) -> Command {
    let about = command.get_about().map(in_bokmal);
    let long = command.get_long_about().map(in_bokmal);
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Kommandoer")
        .subcommand_value_name("KOMMANDO")
        .mut_args(translated_argument);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, translated))
}

fn translated_argument(argument: Arg) -> Arg {
    let mut text = argument.get_help().map(in_bokmal).unwrap_or_default();
    let mut beside = |word: &str, values: Vec<String>| {
        if !values.is_empty() {
            text.push_str(&format!(" [{word}: {}]", values.join(", ")));
        }
    };
    let takes_a_value = argument.get_action().takes_values();
    if takes_a_value {
        let defaults = argument.get_default_values().iter();
        beside("standard", defaults.map(|value| value.to_string_lossy().into_owned()).collect());
        let possible = argument.get_possible_values();
        beside("mulige verdier", possible.iter().map(|value| value.get_name().to_owned()).collect());
    }
    let environment = argument.get_env().map(|name| name.to_string_lossy().into_owned());
    beside("miljøvariabel", environment.into_iter().collect());
    let heading = if argument.is_positional() { "Argumenter" } else { "Valg" };
    let argument = argument.help_heading(heading).help(text.clone()).long_help(text);
    argument.hide_default_value(true).hide_possible_values(true).hide_env(true)
}

/// Returns the Norwegian for a text of the help.
fn in_bokmal(text: &StyledStr) -> String {
    let text = text.to_string();
    let plain = text.trim_end_matches('.');
    TEXTS.iter().find(|(english, _)| *english == plain).map_or(text.clone(), |(_, bokmal)| (*bokmal).to_owned())
}

/// Reports wrong arguments; help and version are no failures.
pub(crate) fn report(error: &clap::Error, language: Language) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    let output = Output::new(json, language, "postonce".to_owned());
    if !error.use_stderr() {
        output.keep(error.print());
        return output.end(0);
    }
    let detail = wrong_usage(error, language);
    detail.lines().for_each(|line| output.note(line));
    if json {
        let problem = Problem::usage(detail.lines().next().unwrap_or_default());
        output.document(&json!({ "error": json::failure(output.reader(), &problem, None) }));
    }
    output.end(ErrorCode::Usage.exit_status())
}

/// Returns the sentence for arguments that are wrong, with the usage below it.
fn wrong_usage(error: &clap::Error, language: Language) -> String {
    if language == Language::English {
        return error.to_string();
    }
    let of = |kind| error.get(kind).map(shown).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let sentence = match error.kind() {
        ErrorKind::UnknownArgument => format!("ukjent argument: {argument}"),
        ErrorKind::InvalidSubcommand => format!("ukjent kommando: {}", of(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("dette mangler: {argument}"),
        ErrorKind::MissingSubcommand => "en kommando mangler".to_owned(),
        ErrorKind::ArgumentConflict => {
            format!("{argument} kan ikke brukes sammen med {}", of(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} mangler en verdi"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{argument}: «{value}» kan ikke brukes")
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} har et annet antall verdier enn det skal")
        }
        ErrorKind::NoEquals => format!("{argument} trenger et likhetstegn før verdien"),
        ErrorKind::InvalidUtf8 => "et argument er ikke gyldig tekst".to_owned(),
        _ => return error.to_string(),
    };
    let mut lines = vec![format!("feil: {sentence}")];
    for (kind, word) in [
        (ContextKind::ValidValue, "mulige verdier"),
        (ContextKind::ValidSubcommand, "mulige kommandoer"),
        (ContextKind::SuggestedArg, "mente du"),
        (ContextKind::SuggestedSubcommand, "mente du"),
        (ContextKind::SuggestedValue, "mente du"),
    ] {
        let values = of(kind);
        if !values.is_empty() {
            lines.push(format!("  {word}: {values}"));
        }
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        lines.push(String::new());
        lines.extend(usage.replacen("Usage:", "Bruk:", 1).lines().map(str::to_owned));
    }
    lines.push(String::new());
    lines.push("Hjelp: postonce --lang nb --help".to_owned());
    lines.join("\n")
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The texts of the help, and the Norwegian for each.
#[rustfmt::skip]
const TEXTS: &[(&str, &str)] = &[
    ("Exports approved reimbursements into the accounting system, each of them exactly once", "Eksporterer godkjente utlegg til regnskapssystemet, hvert av dem nøyaktig én gang"),
    ("The workspace's folder", "Mappen til arbeidsområdet"),
    ("One JSON document on standard output, for scripts", "Ett JSON-dokument på standard ut, for skript"),
    ("Language of the messages; the system's by default", "Språket i meldingene; systemets når ikke annet er sagt"),
    ("Tells more on standard error; twice for still more", "Forteller mer på standard feil; to ganger for enda mer"),
    ("Says nothing unless it ends with something else than 0: for a scheduler that mails what is printed", "Sier ingenting med mindre det ender med noe annet enn 0: for en planlegger som sender det som skrives, på e-post"),
    ("Keeps a log there, without personal data; full files are set aside, five of them", "Fører en logg der, uten personopplysninger; fulle filer legges til side, fem av dem"),
    ("Makes a workspace", "Lager et arbeidsområde"),
    ("Exports what has not been exported yet", "Eksporterer det som ikke er eksportert ennå"),
    ("Keeps to the workspace's schedule until interrupted", "Følger tidsplanen i arbeidsområdet til det blir avbrutt"),
    ("Connection, protection, lock, last run, next run, counts", "Tilkobling, vern, lås, siste kjøring, neste kjøring, antall"),
    ("The runs, newest first", "Kjøringene, de nyeste først"),
    ("One run, with each of its records", "Én kjøring, med hvert av utleggene i den"),
    ("Everything known of one record", "Alt som er kjent om ett utlegg"),
    ("One month in a sentence: approved, in the books, open", "Én måned i en setning: godkjent, i regnskapet, åpent"),
    ("The month (YYYY-MM)", "Måneden (ÅÅÅÅ-MM)"),
    ("Everything that waits for a person", "Alt som venter på et menneske"),
    ("Exports one record once more, with a reason", "Eksporterer ett utlegg på nytt, med en begrunnelse"),
    ("Approves a re-export that somebody else asked for, and sends it", "Godkjenner en ny eksport som noen andre ba om, og sender den"),
    ("Takes back a re-export that waits for an approval", "Trekker tilbake en ny eksport som venter på godkjenning"),
    ("Decides on a record in doubt, with a reason", "Avgjør et uavklart utlegg, med en begrunnelse"),
    ("Takes the lock from its holder, with a reason", "Tar låsen fra innehaveren, med en begrunnelse"),
    ("Checks the audit trail, or writes it to a file", "Kontrollerer revisjonssporet, eller skriver det til en fil"),
    ("A person's word that a changed or vanished record may stay as it is", "Et menneskes ord på at et endret eller forsvunnet utlegg kan stå som det er"),
    ("A person's word on what a sync asked before it sent anything: the next one goes on", "Et menneskes svar på det en synkronisering spurte om før den sendte noe: den neste går videre"),
    (
        "The receipts that are missing on the vouchers of these records, instead: the vouchers stay without them",
        "I stedet kvitteringene som mangler på bilagene til disse utleggene: bilagene blir stående uten",
    ),
    ("Sets aside what left the source before it was exported", "Setter til side det som forlot kilden før det ble eksportert"),
    (
        "Books records on another day than their own, which lies in a closed period",
        "Bokfører utlegg en annen dag enn deres egen, som ligger i en lukket periode",
    ),
    ("The day in the books (YYYY-MM-DD), in a period that is open", "Bokføringsdagen (ÅÅÅÅ-MM-DD), i en periode som er åpen"),
    ("Every record that is refused for a closed period", "Alle utlegg som er avvist for en lukket periode"),
    ("The voucher files that were handed over", "Bilagsfilene som er overlevert"),
    ("Writes a voucher file once more, with the very bytes that were handed over", "Skriver en bilagsfil en gang til, nøyaktig slik den ble overlevert"),
    ("The number of the voucher file", "Nummeret på bilagsfilen"),
    ("The place to write it to", "Stedet den skal skrives til"),
    ("Withdraws a voucher file that was never imported: its records go again, in a new one", "Trekker tilbake en bilagsfil som aldri ble importert: utleggene i den går på nytt, i en ny fil"),
    ("The books of today, which show that nothing of it is there", "Regnskapet slik det er i dag, som viser at ingenting av den står der"),
    ("The number of the voucher file once more", "Nummeret på bilagsfilen en gang til"),
    ("The books, as the accounting system handed them out: SAF-T, SIE 4, DATEV, or the workspace's table", "Regnskapet, slik regnskapssystemet tok det ut: SAF-T, SIE 4, DATEV eller tabellen i arbeidsområdet"),
    ("Ledger against accounting system, both ways", "Eksportjournal mot regnskapssystem, begge veier"),
    ("Writes a run's certificate as PDF, CSV or JSON", "Skriver attesten for en kjøring som PDF, CSV eller JSON"),
    ("Makes a new ledger from the accounting system, and keeps the old one aside. Nothing is sent", "Lager en ny eksportjournal fra regnskapssystemet, og tar vare på den gamle. Ingenting sendes"),
    ("Everything that a reading of the records finds, without a ledger or a network", "Alt en lesing av utleggene finner, uten eksportjournal og uten nettverk"),
    ("Copies the ledger into the folder of its backups", "Kopierer eksportjournalen til mappen med sikkerhetskopier"),
    ("Puts a backup in the place of the ledger, which is kept under another name", "Legger en sikkerhetskopi tilbake som eksportjournal; den som er der, beholdes under et annet navn"),
    ("The backup, or `last` for the newest in the folder of the backups", "Sikkerhetskopien, eller `last` for den nyeste i mappen med kopier"),
    ("The organisation's name or id", "Navnet eller kortnavnet til organisasjonen"),
    ("Blanks payees and texts of old records that are done with; ids, amounts, vouchers and the trail stay", "Sletter mottakere og tekster i gamle utlegg som er ferdige; id-er, beløp, bilag og sporet blir"),
    ("The first day that is kept (YYYY-MM-DD): records dated before it are forgotten", "Den første dagen som beholdes (ÅÅÅÅ-MM-DD): eldre utlegg mister opplysningene"),
    ("Says how many records it would be, and changes nothing", "Sier hvor mange utlegg det gjelder, og endrer ingenting"),
    ("Lets the system keep to the schedule: systemd's units for this workspace", "Lar systemet følge tidsplanen: enhetene til systemd for dette arbeidsområdet"),
    ("Writes the units and starts them", "Skriver enhetene og starter dem"),
    ("Says whether the units are there, and whether they are at work", "Sier om enhetene finnes, og om de er i gang"),
    ("Stops the units and deletes them; the workspace stays", "Stopper enhetene og sletter dem; arbeidsområdet blir"),
    ("Runs one sync at each time, by a timer of systemd's, in place of a program that waits for the next one", "Kjører én synkronisering til hver tid, med en tidsutløser i systemd, i stedet for et program som venter på den neste"),
    ("A service of the whole machine, not of the user who asks", "En tjeneste for hele maskinen, ikke for brukeren som spør"),
    ("The user that a service of the whole machine runs as", "Brukeren som en tjeneste for hele maskinen kjører som"),
    ("A folder with one file for each secret, which systemd hands to the service", "En mappe med én fil for hver hemmelighet, som systemd gir videre til tjenesten"),
    ("Writes the units, and starts nothing", "Skriver enhetene, og starter ingenting"),
    ("Checks the workspace's settings and secrets, without a network", "Kontrollerer innstillinger og hemmeligheter i arbeidsområdet, uten nettverk"),
    ("Versions, state and log for the person who is asked for help: no personal data, and no secrets", "Versjoner, tilstand og logg til den som blir bedt om hjelp: ingen personopplysninger og ingen hemmeligheter"),
    ("Tries out who is told when a sync fails, needs somebody, or is well again", "Prøver ut hvem som får beskjed når en synkronisering mislykkes, trenger noen, eller er i orden igjen"),
    ("Writes the completions for a shell to standard output", "Skriver fullføringene for et skall til standard ut"),
    ("The shell", "Skallet"),
    ("Writes the manual pages into a folder", "Skriver manualsidene til en mappe"),
    ("The folder", "Mappen"),
    ("Keeps or deletes a token in the system's keyring", "Lagrer eller sletter en nøkkel i systemets nøkkelring"),
    ("The practice platform and accounting system, until interrupted", "Øvingsplattformen og øvingsregnskapet, til det blir avbrutt"),
    ("With sample records, to run against the built-in sandbox", "Med eksempelutlegg, til bruk mot den innebygde øvingsserveren"),
    ("Port of the sandbox on this machine; a free one by default", "Porten til øvingsserveren på denne maskinen; en ledig når ikke annet er sagt"),
    ("Number of sample records", "Antall eksempelutlegg"),
    ("Seed of the sample records: the same seed gives the same ones", "Frø for eksempelutleggene: samme frø gir de samme"),
    ("Only records dated on this day or later (YYYY-MM-DD)", "Bare utlegg datert denne dagen eller senere (ÅÅÅÅ-MM-DD)"),
    ("Only records dated on this day or earlier (YYYY-MM-DD)", "Bare utlegg datert denne dagen eller tidligere (ÅÅÅÅ-MM-DD)"),
    ("Longest wait for a sync that is on elsewhere; the workspace's setting by default", "Lengste venting på en synkronisering som pågår et annet sted; arbeidsområdets innstilling når ikke annet er sagt"),
    ("Shows what would be sent, and sends nothing", "Viser hva som ville blitt sendt, og sender ingenting"),
    ("Started by a scheduler, not by a person: a sync that is refused has an entry in the history all the same", "Startet av en planlegger, ikke av et menneske: en synkronisering som blir avvist, står likevel i historikken"),
    ("Number of runs", "Antall kjøringer"),
    ("Only runs before this one", "Bare kjøringer før denne"),
    ("The run's id, or `last`", "Id-en til kjøringen, eller `last` for den siste"),
    ("The record's id", "Id-en til utlegget"),
    ("Reason: a few words at least, for the readers of the audit trail", "Begrunnelse: noen ord i det minste, til dem som leser revisjonssporet"),
    ("The record's id once more", "Id-en til utlegget en gang til"),
    ("Reverses the earlier voucher first, by a linked counter-voucher", "Tilbakefører det tidligere bilaget først, med et tilknyttet motbilag"),
    ("Reason", "Begrunnelse"),
    ("It is in the books, as this voucher", "Det står i regnskapet, som dette bilaget"),
    ("It is not in the books: the next sync may send it again", "Det står ikke i regnskapet: neste synkronisering kan sende det igjen"),
    ("Reason: a few words at least. A ledger that can be read is not replaced without one", "Begrunnelse: noen ord i det minste. En eksportjournal som kan leses, erstattes ikke uten"),
    ("The organisation's name or id, to confirm that a ledger that can be read is replaced", "Organisasjonens navn eller id, som bekreftelse på at en eksportjournal som kan leses, erstattes"),
    ("Reason: a few words at least, for the readers of the audit trail here and at the accounting side", "Begrunnelse: noen ord i det minste, til dem som leser revisjonssporet her og hos regnskapet"),
    ("The holder's name or user id, as `status` shows it", "Innehaverens navn eller bruker-id, slik `status` viser det"),
    ("Checks every entry, every seal and the accounting system's witness", "Kontrollerer hver oppføring, hver forsegling og vitnet i regnskapssystemet"),
    ("Proves that a run, or a record's rows in it, belong to the root in the trail's entry: JSON", "Beviser at en kjøring, eller radene til et utlegg i den, hører til roten i oppføringen i sporet: JSON"),
    ("The record; without one, the run itself and its sums", "Utlegget; uten et, kjøringen selv og summene i den"),
    ("Writes the whole trail", "Skriver hele sporet"),
    ("The file to write; its ending decides the format: .csv or .json", "Filen som skal skrives; endelsen avgjør formatet: .csv eller .json"),
    ("Replaces a file that is there", "Erstatter en fil som finnes der"),
    ("Reason why it may stay as it is; kept in the audit trail", "Begrunnelse for at det kan stå som det er; står i revisjonssporet"),
    ("The thing that was asked about, as the sentence names it", "Det som ble spurt om, slik setningen sier det"),
    ("The record's id, for `record` alone", "Id-en til utlegget, bare for `record`"),
    ("The ids of the records", "Id-ene til utleggene"),
    ("Only vouchers dated on this day or later (YYYY-MM-DD)", "Bare bilag datert denne dagen eller senere (ÅÅÅÅ-MM-DD)"),
    ("Only vouchers dated on this day or earlier (YYYY-MM-DD)", "Bare bilag datert denne dagen eller tidligere (ÅÅÅÅ-MM-DD)"),
    ("Writes the result as a report; the ending decides the format: .pdf, .csv or .json", "Skriver resultatet som en rapport; endelsen avgjør formatet: .pdf, .csv eller .json"),
    ("Replaces a file that is there already", "Erstatter en fil som allerede finnes der"),
    ("The file to write; its ending decides the format: .pdf, .csv or .json", "Filen som skal skrives; endelsen avgjør formatet: .pdf, .csv eller .json"),
    ("Lists everything in the files that has no reading, or more than one: the window's preview", "Lister opp alt i filene som ikke har noen lesemåte, eller flere enn én: forhåndsvisningen i vinduet"),
    ("Lists everything in the files that has no reading, or more than one: the window's preview.\n\nEnds with 0 when everything has one reading, and with 4 otherwise. Nothing is sent or written", "Lister opp alt i filene som ikke har noen lesemåte, eller flere enn én: forhåndsvisningen i vinduet.\n\nEnder med 0 når alt har én lesemåte, og ellers med 4. Ingenting sendes eller skrives"),
    ("A text file or workbook, read as the workspace says; without a workspace, as it shows itself. What the workspace names by default", "En tekstfil eller arbeidsbok, lest slik arbeidsområdet sier; uten arbeidsområde slik den viser seg selv. Det arbeidsområdet nevner når ikke annet er sagt"),
    ("Reads everything that `workspace.toml` says, and looks whether its secrets are there", "Leser alt `workspace.toml` sier, og ser etter om hemmelighetene finnes"),
    ("Sends a test message on every way that `[notify]` names", "Sender en prøvemelding på hver vei `[notify]` nevner"),
    ("Writes what is shown to a file, too", "Skriver det som vises, til en fil også"),
    ("Reads the value from standard input", "Leser verdien fra standard inn"),
    ("The name that the workspace gives it", "Navnet arbeidsområdet har på den"),
    ("Deletes it", "Sletter den"),
    ("Port to listen on, on this machine; a practice workspace's own port, or 4010. 0 takes a free one", "Porten det lyttes på, på denne maskinen; øvingsområdets egen, eller 4010. 0 tar en ledig"),
    ("The file to keep everything in; a practice workspace's own, or a temporary one", "Filen alt ligger i; øvingsområdets egen, eller en midlertidig"),
    ("Fault switches (TOML)", "Feilbrytere (TOML)"),
    ("The platform's records (JSON or CSV); generated ones by default", "Utleggene til plattformen (JSON eller CSV); oppdiktede når ikke annet er sagt"),
    ("Print help", "Viser hjelp"),
    ("Print help (see more with '--help')", "Viser hjelp (mer med «--help»)"),
    ("Print help (see a summary with '-h')", "Viser hjelp (et sammendrag med «-h»)"),
    ("Print version", "Viser versjonen"),
    ("Print this message or the help of the given subcommand(s)", "Viser denne teksten, eller hjelpen for kommandoen som nevnes"),
    ("Print help for the subcommand(s)", "Viser hjelpen for kommandoen"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns every text of the help that has no Norwegian.
    fn missing(command: &Command, found: &mut Vec<String>) {
        let own = [command.get_about(), command.get_long_about()].into_iter().flatten();
        let arguments = command.get_arguments().filter_map(Arg::get_help);
        for text in own.chain(arguments).map(ToString::to_string) {
            if !TEXTS.iter().any(|(english, _)| *english == text.trim_end_matches('.')) {
                found.push(text);
            }
        }
        command.get_subcommands().for_each(|inner| missing(inner, found));
    }

    #[test]
    fn every_text_of_the_help_has_its_norwegian() {
        let mut command = Args::command();
        command.build();
        let mut found = Vec::new();
        missing(&command, &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn help_in_norwegian_has_no_english_heads() {
        let mut nb = command(Language::Bokmal);
        let text = nb.render_long_help().to_string();
        for head in ["Bruk:", "Kommandoer:", "Valg:", "Eksporterer godkjente utlegg"] {
            assert!(text.contains(head), "{head}: {text}");
        }
        for head in ["Usage:", "Commands:", "Options:", "[default", "[possible", "[env", "Print"] {
            assert!(!text.contains(head), "{head}: {text}");
        }
        let sync = nb.find_subcommand_mut("sync").expect("it is there").render_help().to_string();
        assert!(sync.contains("Viser hva som ville blitt sendt") && !sync.contains("Options:"), "{sync}");
    }

    #[test]
    fn wrong_usage_is_said_in_norwegian() {
        for (line, part) in [
            (&["postonce", "sink"][..], "ukjent kommando: sink"),
            (&["postonce", "sync", "--dry"], "ukjent argument: --dry"),
            (&["postonce", "record"], "dette mangler: <ID>"),
            (&["postonce", "history", "--limit", "0"], "--limit <N>: «0» kan ikke brukes"),
            (&["postonce", "confirm", "nothing", "--reason", "x"], "mulige verdier: books"),
            (&["postonce", "sync", "--dry-run", "--scheduled"], "kan ikke brukes sammen med"),
        ] {
            let error = command(Language::Bokmal).try_get_matches_from(line).expect_err("it is wrong");
            let said = wrong_usage(&error, Language::Bokmal);
            assert!(said.starts_with("feil: ") && said.contains(part), "{line:?}: {said}");
            assert!(!said.contains("Usage") && !said.contains("error:"), "{said}");
        }
    }
}
