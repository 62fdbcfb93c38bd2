//! What servers want to know from whoever sits at the terminal.

use std::path::Path;

use capf::model::Escaped;
use capf::secret::AccountPassword;
use capf::transfer::{Ask, HostKey};

use super::{Prompts, Ui, wish_to_proceed};

/// `--yes` answers nothing here: neither is a password a yes, nor is a key right because it is new.
impl Ask for Ui {
    fn password(&self, user: &str, server: &str) -> Option<AccountPassword> {
        self.secret(&password_prompt(user, server))
    }

    fn passphrase(&self, key: &Path) -> Option<AccountPassword> {
        self.secret(&passphrase_prompt(key))
    }

    fn believe(&self, key: &HostKey) -> bool {
        if !self.can_ask() {
            return false;
        }
        self.warning(&introduction(key));
        wish_to_proceed().unwrap_or(false)
    }
}

impl Ui {
    /// Asks without showing what is typed; it may be nothing.
    pub(crate) fn secret(&self, prompt: &str) -> Option<AccountPassword> {
        if !self.can_ask() {
            return None;
        }
        let answer = dialoguer::Password::with_theme(&Prompts)
            .with_prompt(prompt)
            .allow_empty_password(true)
            .report(false)
            .interact();
        // Whoever does not answer is nobody to ask.
        answer.ok().map(AccountPassword::new)
    }
}

fn password_prompt(user: &str, server: &str) -> String {
    format!("Password for {} on {}:", Escaped(user), Escaped(server))
}

fn passphrase_prompt(key: &Path) -> String {
    let key = key.display().to_string();
    format!("Passphrase of {}:", Escaped(&key))
}

/// The two lines that ssh(1) shows.
fn introduction(key: &HostKey) -> String {
    let HostKey {
        host,
        algorithm,
        fingerprint,
    } = key;
    format!(
        "The authenticity of host '{host}' can't be established.\n\
         {algorithm} key fingerprint is {fingerprint}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_say_what_is_asked_for_and_escape_what_came_from_elsewhere() {
        assert_eq!(
            password_prompt("admin", "files.example.com"),
            "Password for admin on files.example.com:"
        );
        assert!(!password_prompt("\u{1b}[2J", "x").contains('\u{1b}'));
        assert_eq!(
            passphrase_prompt(Path::new("/home/me/.ssh/id_rsa")),
            "Passphrase of /home/me/.ssh/id_rsa:"
        );
    }

    #[test]
    fn a_new_server_is_introduced_as_ssh_does() {
        let key = HostKey {
            host: "[files.example.com]:2222".to_owned(),
            algorithm: "ssh-ed25519".to_owned(),
            fingerprint: "SHA256:abc".to_owned(),
        };
        assert_eq!(
            introduction(&key),
            "The authenticity of host '[files.example.com]:2222' can't be established.\n\
             ssh-ed25519 key fingerprint is SHA256:abc."
        );
    }
}
