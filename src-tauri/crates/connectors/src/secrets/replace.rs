//! Replaces secrets together with a change that may fail: then the earlier ones are put back.
//!
//! A changed secret is an entry in the audit trail. A keyring that no longer holds what the trail says it holds would
//! be a change that nobody made.

use std::collections::BTreeMap;
use std::sync::Arc;

use postonce_engine::error::Problem;
use secrecy::SecretString;

use super::{SecretError, Secrets};

/// The secret that the keyring had under each name, or none.
type EarlierSecrets = Vec<(String, Option<SecretString>)>;

impl Secrets {
    /// Keeps these in the keyring while `then` is done; if that fails, the keyring is as it was before. A practice
    /// workspace keeps none.
    ///
    /// # Errors
    /// Fails with the error of `then`; or with the keyring's, which did not take one of them, or did not take an
    /// earlier one back.
    pub async fn keep_while<T>(
        self: Arc<Self>,
        held: BTreeMap<String, SecretString>,
        then: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        if self.is_practice {
            return then.await;
        }
        self.keep(held, then).await
    }

    /// Keeps these in the keyring while `then` is done, whatever the workspace is for.
    ///
    /// # Errors
    /// Fails as [`Secrets::keep_while`] does.
    pub async fn keep<T>(
        self: Arc<Self>,
        held: BTreeMap<String, SecretString>,
        then: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let secrets = Arc::clone(&self);
        let before = blocking(move || secrets.replace(&held)).await?;
        match then.await {
            Ok(done) => Ok(done),
            Err(problem) => {
                blocking(move || self.put_back(before)).await?;
                Err(problem)
            }
        }
    }

    /// Replaces all of them, or none.
    fn replace(&self, held: &BTreeMap<String, SecretString>) -> Result<EarlierSecrets, SecretError> {
        let mut before = EarlierSecrets::new();
        for (name, value) in held {
            let kept = self.kept(name).and_then(|earlier| {
                self.set(name, value)?;
                Ok(earlier)
            });
            match kept {
                Ok(earlier) => before.push((name.clone(), earlier)),
                Err(error) => {
                    self.put_back(before)?;
                    return Err(error);
                }
            }
        }
        Ok(before)
    }

    fn put_back(&self, before: EarlierSecrets) -> Result<(), SecretError> {
        for (name, earlier) in before {
            match earlier {
                Some(earlier) => self.set(&name, &earlier)?,
                None => _ = self.delete(&name)?,
            }
        }
        Ok(())
    }

    /// Returns the secret that the keyring has under that name; the environment does not matter.
    fn kept(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        let account = self.account(name);
        self.vault.get(&account).map_err(|source| SecretError::Keyring { name: name.to_owned(), source })
    }
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, Problem> {
    Ok(tokio::task::spawn_blocking(act).await.map_err(Problem::internal)??)
}

#[cfg(test)]
mod tests {
    use postonce_engine::error::ErrorCode;
    use secrecy::ExposeSecret as _;

    use super::super::tests::{nothing, secrets};
    use super::*;

    const OLD: &[(&str, &str)] = &[("hlf/accounting-token", "old")];

    fn typed(names: &[&str]) -> BTreeMap<String, SecretString> {
        names.iter().map(|name| ((*name).to_owned(), "new".into())).collect()
    }

    fn shown(secrets: &Secrets, name: &str) -> Option<String> {
        secrets.kept(name).expect("a keyring").map(|secret| secret.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn secret_is_kept_when_the_change_succeeds() {
        let secrets = Arc::new(secrets(Some(OLD), nothing));
        let looking = Arc::clone(&secrets);
        let seen = async move { Ok(shown(&looking, "accounting-token")) };
        let seen = Arc::clone(&secrets).keep_while(typed(&["accounting-token"]), seen).await;
        assert_eq!(seen, Ok(Some("new".to_owned())), "it is there while the rest is done");
        assert_eq!(shown(&secrets, "accounting-token").as_deref(), Some("new"));
    }

    #[tokio::test]
    async fn secret_is_put_back_when_the_audit_trail_refuses_the_change() {
        let secrets = Arc::new(secrets(Some(OLD), nothing));
        let typed = typed(&["accounting-token", "platform-token"]);
        let full = async { Err::<(), _>(Problem::ledger_disk_full("ledger.sqlite", "full")) };
        let problem = Arc::clone(&secrets).keep_while(typed, full).await.expect_err("the disk is full");
        assert_eq!(problem.code, ErrorCode::LedgerDiskFull);
        assert_eq!(shown(&secrets, "accounting-token").as_deref(), Some("old"));
        assert_eq!(shown(&secrets, "platform-token"), None, "there was none before");
    }

    #[tokio::test]
    async fn secrets_stay_unchanged_if_the_keyring_does_not_take_one() {
        let secrets = Arc::new(secrets(Some(OLD), nothing));
        let mut typed = typed(&["accounting-token"]);
        typed.insert("platform-token".to_owned(), " ".into());
        let never = async { panic!("nothing else is done") };
        let problem = Arc::clone(&secrets).keep_while::<()>(typed, never).await.expect_err("it is empty");
        assert_eq!((problem.code, problem.params["name"].as_str()), (ErrorCode::SecretEmpty, "platform-token"));
        assert_eq!(shown(&secrets, "accounting-token").as_deref(), Some("old"));
    }

    #[tokio::test]
    async fn practice_asks_no_keyring() {
        let mut secrets = secrets(None, nothing);
        secrets.is_practice = true;
        assert_eq!(Arc::new(secrets).keep_while(typed(&["accounting-token"]), async { Ok(1) }).await, Ok(1));
    }
}
