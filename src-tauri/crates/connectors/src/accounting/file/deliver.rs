//! Delivers a sealed file: once, under its name, however often it is asked for, and whatever dies in between.
//!
//! Three steps, in this order; each is on the disk before the next one:
//!
//! 1. the bytes are written under a name of ours, where nobody looks for files;
//! 2. the number is taken, by a note that names the file, its digest, the one before it and its ledger: of two ledgers
//!    that hand over in one place, one gets the number;
//! 3. the file is moved to its name, over nothing.
//!
//! Invariant: once the number is taken, a file that still lies under our name was never delivered, and one that does not
//! was: it may have been fetched since, and is not delivered again.

use postonce_engine::domain::{FileDigest, SealedFile};
use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;
use serde::{Deserialize, Serialize};

use super::OWN;
use super::place::{Moved, Place, PlaceError, refused};

/// A note that takes a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NumberNote {
    pub(super) number: u32,
    pub(super) label: String,
    pub(super) file_name: String,
    pub(super) sha256: String,
    /// The digest of the file before it.
    pub(super) predecessor: Option<String>,
    pub(super) ledger_id: String,
}

impl NumberNote {
    fn of(file: &SealedFile) -> Self {
        Self {
            number: file.number,
            label: file.label.clone(),
            file_name: file.file_name.clone(),
            sha256: file.digest.to_string(),
            predecessor: file.predecessor.map(|digest| digest.to_string()),
            ledger_id: file.ledger_id.clone(),
        }
    }
}

/// Returns the folder of the notes.
fn notes() -> String {
    format!("{OWN}/files")
}

fn note_name(number: u32) -> String {
    format!("{number:08}.json")
}

/// Delivers a file. `look` is asked directly before each step that others see.
pub(super) async fn deliver(
    place: &dyn Place,
    file: &SealedFile,
    bytes: &[u8],
    look: &(dyn Fn() -> Result<(), CallError> + Send + Sync),
) -> Result<(), CallError> {
    let (note, mine) = (format!("{}/{}", notes(), note_name(file.number)), NumberNote::of(file));
    let waiting = format!("{OWN}/outgoing/{:08}-{}", file.number, &mine.sha256[..16]);
    match read_note(place, &note).await.map_err(PlaceError::before)? {
        Some(known) if known == mine => {}
        Some(_) => return Err(refused(differs(place, file))),
        None => {
            check_before(place, file).await?;
            keep_waiting(place, &waiting, bytes, file.digest).await?;
            look()?;
            take_number(place, file, &note, &mine).await?;
        }
    }
    put_in_place(place, file, &waiting, look).await
}

/// Checks that the place knows the files of this ledger before this one, and none from it on.
async fn check_before(place: &dyn Place, file: &SealedFile) -> Result<(), CallError> {
    let names = place.list(&notes()).await.map_err(PlaceError::before)?;
    let Some(last) = names.iter().rfind(|name| name.ends_with(".json")) else { return Ok(()) };
    let last = read_note(place, &format!("{}/{last}", notes())).await.map_err(PlaceError::before)?;
    let goes_on = |last: &NumberNote| {
        last.ledger_id == file.ledger_id
            && last.number + 1 == file.number
            && Some(&last.sha256) == file.predecessor.map(|digest| digest.to_string()).as_ref()
    };
    if last.as_ref().is_some_and(goes_on) { Ok(()) } else { Err(refused(differs(place, file))) }
}

fn differs(place: &dyn Place, file: &SealedFile) -> Problem {
    Problem::file_ledger_differs(place.address(), &file.label)
}

/// Keeps the bytes where nobody looks for them, and reads them back.
async fn keep_waiting(place: &dyn Place, waiting: &str, bytes: &[u8], digest: FileDigest) -> Result<(), CallError> {
    for folder in [OWN.to_owned(), notes(), format!("{OWN}/outgoing")] {
        place.make_folder(&folder).await.map_err(PlaceError::before)?;
    }
    place.write(waiting, bytes.to_vec()).await.map_err(PlaceError::before)?;
    let kept = place.read(waiting).await.map_err(PlaceError::before)?;
    if kept.as_deref().map(FileDigest::of) == Some(digest) {
        Ok(())
    } else {
        Err(refused(Problem::file_folder_failed(
            place.address(),
            "the bytes that were written are not those that stand there",
        )))
    }
}

/// Takes the number, unless somebody else was faster.
async fn take_number(place: &dyn Place, file: &SealedFile, note: &str, mine: &NumberNote) -> Result<(), CallError> {
    let drafted = format!("{OWN}/outgoing/note-{}", &mine.sha256[..16]);
    let text = serde_json::to_vec(mine).expect("plain values with text keys always make JSON");
    place.write(&drafted, text).await.map_err(PlaceError::before)?;
    match place.move_new(&drafted, note).await.map_err(PlaceError::after)? {
        Moved::Done => Ok(()),
        Moved::Taken | Moved::Missing => match read_note(place, note).await.map_err(PlaceError::after)? {
            Some(known) if known == *mine => Ok(()),
            Some(_) | None => Err(refused(differs(place, file))),
        },
    }
}

/// Moves the file to its name, if that was not done before.
async fn put_in_place(
    place: &dyn Place,
    file: &SealedFile,
    waiting: &str,
    look: &(dyn Fn() -> Result<(), CallError> + Send + Sync),
) -> Result<(), CallError> {
    match place.read(waiting).await.map_err(PlaceError::after)? {
        // It was moved: by this sending or an earlier one.
        None => return Ok(()),
        Some(bytes) if FileDigest::of(&bytes) == file.digest => {}
        Some(_) => {
            let detail = format!("{waiting} was changed");
            return Err(CallError::Unknown(Problem::file_folder_failed(place.address(), detail)));
        }
    }
    place.open_like_place(waiting).await.map_err(PlaceError::after)?;
    look().map_err(|_| CallError::Unknown(Problem::lease_lost()))?;
    match place.move_new(waiting, &file.file_name).await.map_err(PlaceError::after)? {
        Moved::Done | Moved::Missing => Ok(()),
        Moved::Taken => {
            let there = place.read(&file.file_name).await.map_err(PlaceError::after)?;
            if there.as_deref().map(FileDigest::of) != Some(file.digest) {
                let problem = Problem::file_name_taken(place.address(), &file.file_name);
                return Err(CallError::Unknown(problem));
            }
            // The very file stands there already.
            place.remove(waiting).await.map_err(PlaceError::after).map(drop)
        }
    }
}

async fn read_note(place: &dyn Place, name: &str) -> Result<Option<NumberNote>, PlaceError> {
    let Some(bytes) = place.read(name).await? else { return Ok(None) };
    match serde_json::from_slice(&bytes) {
        Ok(note) => Ok(Some(note)),
        Err(error) => Err(PlaceError::No(Problem::file_folder_failed(place.address(), format!("{name}: {error}")))),
    }
}

/// Returns the problems of files that were delivered last and lie there otherwise than they were: somebody changed them.
pub(super) async fn changed(place: &dyn Place, files_max: usize) -> Result<Vec<Problem>, PlaceError> {
    let names = place.list(&notes()).await?;
    let mut problems = Vec::new();
    for name in names.iter().filter(|name| name.ends_with(".json")).rev().take(files_max) {
        let Some(note) = read_note(place, &format!("{}/{name}", notes())).await? else { continue };
        let Some(bytes) = place.read(&note.file_name).await? else { continue };
        if FileDigest::of(&bytes).to_string() != note.sha256 {
            problems.push(Problem::file_changed(place.address(), &note.file_name));
        }
    }
    Ok(problems)
}
