//! Tokens: who may command the daemon over HTTP, and what they may do.
//!
//! Only the hash of a token is stored. The token itself is not kept, printed or logged.

use std::collections::BTreeSet;
use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::builder::Builder;
use super::builder::unique;
use super::raw;

/// A fixed prefix, by which secret scanners recognise a token.
const PREFIX: &str = "sw_";

/// Random bytes in a token. They cannot be guessed, so that a fast hash suffices.
const RANDOM: usize = 32;

/// The scope of a token. Each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Reads what is not public.
    Read,
    /// Requests checks and reloads. Changes nothing in a target.
    Plan,
    /// Changes targets.
    Apply,
}

impl TokenScope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Plan, Self::Apply];

    /// As in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Plan => "plan",
            Self::Apply => "apply",
        }
    }
}

/// The hash that identifies a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// `None`: not a token. Only the output of [`fresh`] has the form of one, so that no weak token can be chosen.
    pub fn of(presented: &str) -> Option<Self> {
        let random = presented.strip_prefix(PREFIX)?;
        let legal = random.len() == 2 * RANDOM && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        legal.then(|| Self(Sha256::digest(presented).into()))
    }

    /// As in the configuration: 64 hexadecimal digits.
    fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        let (digits, rest) = text.as_bytes().as_chunks::<2>();
        if digits.len() != hash.len() || !rest.is_empty() {
            return None;
        }
        for (byte, digits) in hash.iter_mut().zip(digits) {
            let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let [high, low] = digits.map(digit);
            *byte = high? << 4 | low?;
        }
        Some(Self(hash))
    }
}

/// Without the hash: logs are read by more people than the configuration.
impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash")
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A new token, and its hash for the configuration.
pub fn fresh() -> Result<(SecretString, TokenHash), getrandom::Error> {
    let mut random = [0; RANDOM];
    getrandom::fill(&mut random)?;
    let token = format!("{PREFIX}{}", hex(&random));
    let hash = TokenHash(Sha256::digest(&token).into());
    Ok((token.into(), hash))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// A configured token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The holder's name, for the audit log.
    pub name: String,
    /// The widest scope that it has.
    pub scope: TokenScope,
    hash: TokenHash,
}

/// The token with this hash. The comparison takes constant time, so that it discloses nothing about the hashes.
pub fn find(tokens: &[Token], presented: TokenHash) -> Option<&Token> {
    tokens.iter().fold(None, |found, token| {
        let same: Choice = token.hash.0.ct_eq(&presented.0);
        if bool::from(same) { Some(token) } else { found }
    })
}

pub(super) fn tokens(builder: &mut Builder, written: &[raw::Token]) -> Option<Vec<Token>> {
    let mut names = BTreeSet::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut complete = true;
    for written in written {
        unique(builder, &mut names, &written.name, "token");
        match token(builder, written) {
            Some(token) if tokens.iter().any(|other| other.hash == token.hash) => {
                builder.fail(written.sha256.span(), "two tokens have this hash: each needs a token of its own");
            }
            Some(token) => tokens.push(token),
            None => complete = false,
        }
    }
    complete.then_some(tokens)
}

fn token(builder: &mut Builder, written: &raw::Token) -> Option<Token> {
    let hash = TokenHash::parse(written.sha256.get_ref());
    if hash.is_none() {
        // The text is never quoted: it may be the token itself, written in the place of its hash.
        builder.fail(
            written.sha256.span(),
            "not a SHA-256 hash in hexadecimal (64 digits); `schemawarden token new` prints one",
        );
    }
    let scope = written.scopes.get_ref().iter().max().copied();
    if scope.is_none() {
        builder.fail(written.scopes.span(), "`scopes` is empty; leave out the token that may do nothing");
    }
    Some(Token { name: written.name.get_ref().clone(), scope: scope?, hash: hash? })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_fresh_token_is_found_by_its_hash_and_no_other_is() {
        let (alice, hash) = fresh().unwrap();
        let (bob, other) = fresh().unwrap();
        let known = TokenHash::parse(&hash.to_string()).unwrap();
        let tokens = [
            Token { name: "bob".into(), scope: TokenScope::Read, hash: other },
            Token { name: "alice".into(), scope: TokenScope::Plan, hash: known },
        ];
        let find = |text: &str| TokenHash::of(text).and_then(|hash| find(&tokens, hash)).map(|token| &*token.name);
        assert_eq!(find(alice.expose_secret()), Some("alice"));
        assert_eq!(find(bob.expose_secret()), Some("bob"));
        assert_eq!(find(fresh().unwrap().0.expose_secret()), None);
        assert!(!format!("{tokens:?}").contains(&hash.to_string()));
    }

    #[test]
    fn a_token_needs_its_form() {
        let (token, hash) = fresh().unwrap();
        let token = token.expose_secret();
        assert!(TokenHash::of(token).unwrap() == hash);
        for wrong in ["", "sw_", "hunter2", &token[3..], &token[..66], &format!("{token}0"), &token.to_uppercase()] {
            assert!(TokenHash::of(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn scopes_nest() {
        assert!(TokenScope::Apply > TokenScope::Plan && TokenScope::Plan > TokenScope::Read);
    }
}
