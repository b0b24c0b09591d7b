use std::collections::HashMap;
use std::sync::Mutex;

use super::*;

/// Stands for a keyring in memory, or one that cannot be reached.
struct TestVault(Option<Mutex<HashMap<String, String>>>);

impl TestVault {
    fn entries(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, String>>, KeyringError> {
        let entries = self.0.as_ref().ok_or_else(|| KeyringError("no D-Bus session".to_owned()))?;
        Ok(entries.lock().expect("no test panics with it"))
    }
}

impl Vault for TestVault {
    fn get(&self, account: &str) -> Result<Option<SecretString>, KeyringError> {
        Ok(self.entries()?.get(account).map(|value| value.as_str().into()))
    }

    fn set(&self, account: &str, value: SecretString) -> Result<(), KeyringError> {
        self.entries()?.insert(account.to_owned(), value.expose_secret().to_owned());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<bool, KeyringError> {
        Ok(self.entries()?.remove(account).is_some())
    }
}

pub(super) fn secrets(kept: Option<&[(&str, &str)]>, environment: fn(&str) -> Option<String>) -> Secrets {
    let entries = kept.map(|kept| kept.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect());
    Secrets {
        organisation: OrganisationId::new("hlf").expect("a valid id"),
        is_practice: false,
        held: BTreeMap::new(),
        vault: Box::new(TestVault(entries.map(Mutex::new))),
        environment,
    }
}

pub(super) fn nothing(_: &str) -> Option<String> {
    None
}

fn accounting_token(variable: &str) -> Option<String> {
    (variable == "POSTONCE_SECRET_ACCOUNTING_TOKEN").then(|| "from the environment\n".to_owned())
}

fn shown(secret: Result<SecretString, SecretError>) -> Result<String, SecretError> {
    secret.map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn keyring_comes_before_the_environment() {
    let secrets = secrets(Some(&[("hlf/accounting-token", "kept")]), accounting_token);
    assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("kept"));
}

#[test]
fn server_without_keyring_takes_the_environment() {
    for kept in [None, Some(&[] as &[_])] {
        let secrets = secrets(kept, accounting_token);
        assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("from the environment"));
    }
}

#[test]
fn missing_secret_is_reported_with_both_ways_to_set_it() {
    let problem =
        postonce_engine::error::Problem::from(secrets(Some(&[]), nothing).get("platform-token").expect_err("nowhere"));
    assert_eq!(
        problem.to_string(),
        r#"secret_missing name="platform-token" variable="POSTONCE_SECRET_PLATFORM_TOKEN""#
    );
}

#[test]
fn keyring_out_of_reach_is_reported_as_such() {
    let error = secrets(None, nothing).get("platform-token").expect_err("nowhere");
    assert_eq!(
        error,
        SecretError::Keyring { name: "platform-token".into(), source: KeyringError("no D-Bus session".into()) }
    );
}

#[test]
fn secret_is_kept_without_its_line_end_and_can_be_deleted() {
    let secrets = secrets(Some(&[]), nothing);
    secrets.set("accounting-token", &"abc\r\n".into()).expect("the keyring takes it");
    assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("abc"));
    assert_eq!(secrets.delete("accounting-token"), Ok(true));
    assert_eq!(secrets.delete("accounting-token"), Ok(false));
}

#[test]
fn empty_secret_is_not_kept() {
    let error = secrets(Some(&[]), nothing).set("accounting-token", &" \n".into());
    assert_eq!(error, Err(SecretError::Empty { name: "accounting-token".into() }));
}

#[test]
fn practice_needs_no_keyring() {
    let mut secrets = secrets(None, nothing);
    secrets.is_practice = true;
    assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("practice-token"));
    assert_eq!(shown(secrets.get("platform-token")).as_deref(), Ok("practice-platform-token"));
}

#[test]
fn practice_takes_no_live_token_from_anywhere() {
    let mut secrets = secrets(Some(&[("hlf/accounting-token", "live")]), accounting_token);
    secrets.is_practice = true;
    assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("practice-token"));
    secrets.environment = |variable| variable.ends_with("ACCOUNTING_TOKEN").then(|| "practice-token-ola".to_owned());
    assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("practice-token-ola"));
}

#[test]
fn server_takes_a_secret_from_a_file_of_its_service_manager() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("accounting-token"), "from the credentials\n").expect("writable");
    fs::write(folder.path().join("named"), "from the named file\r\n").expect("writable");
    // A function without a surrounding, as the environment is: it reads where the test stands.
    thread_local!(static FOLDER: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) });
    let here = folder.path().display().to_string();
    FOLDER.with_borrow_mut(|folder| *folder = here);
    let in_folder = |variable: &str| {
        let folder = FOLDER.with_borrow(Clone::clone);
        match variable {
            "CREDENTIALS_DIRECTORY" => Some(folder),
            "POSTONCE_SECRET_PLATFORM_TOKEN_FILE" => Some(format!("{folder}/named")),
            "POSTONCE_SECRET_LOST_FILE" => Some(format!("{folder}/nowhere")),
            _ => None,
        }
    };
    let secrets = secrets(None, in_folder);
    assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("from the credentials"));
    assert_eq!(shown(secrets.get("platform-token")).as_deref(), Ok("from the named file"));
    assert!(secrets.get("lost").is_err() && secrets.get("other").is_err());
}

/// The real keyring, if this machine has one that can be written to; a line says so if it has none.
#[test]
fn real_keyring_gives_back_what_it_was_given() {
    let organisation = format!("test-{}", std::process::id() % 100_000);
    let mut secrets = secrets(None, nothing);
    secrets.organisation = OrganisationId::new(organisation).expect("a valid id");
    secrets.vault = Box::new(OsKeyring);
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        println!("no D-Bus session: the real keyring is not tried");
        let error = secrets.get("accounting-token").expect_err("no keyring");
        assert!(matches!(error, SecretError::Keyring { .. }), "{error}");
        return;
    }
    assert!(matches!(secrets.get("accounting-token"), Err(SecretError::Missing { .. })));
    secrets.set("accounting-token", &"blåbær".into()).expect("an unlocked keyring");
    assert_eq!(shown(secrets.get("accounting-token")).as_deref(), Ok("blåbær"));
    assert_eq!(secrets.delete("accounting-token"), Ok(true));
    assert!(matches!(secrets.get("accounting-token"), Err(SecretError::Missing { .. })));
}
