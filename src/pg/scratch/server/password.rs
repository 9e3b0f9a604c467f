//! The password of a throwaway server's superuser. Any user of this host may reach the server's port, and a superuser
//! can run programs: the password is as long as a key, and never on a command line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// Many iterations protect short passwords, and cost as much as the rest of a short session. This one is not short.
const ITERATIONS: u32 = 1;
const BLOCK: usize = 64;

pub fn random() -> std::io::Result<SecretString> {
    Ok(format!("{:032x}", u128::from_be_bytes(random_bytes()?)).into())
}

fn random_bytes() -> std::io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

/// The SCRAM verifier that PostgreSQL stores, and accepts instead of the password: the password cannot be derived from
/// it.
pub fn verifier(password: &SecretString) -> std::io::Result<String> {
    Ok(verifier_with(password, &random_bytes()?))
}

/// As in RFC 5802, where `Hi` with one iteration is one HMAC.
fn verifier_with(password: &SecretString, salt: &[u8]) -> String {
    let salted = hmac(password.expose_secret().as_bytes(), &[salt, &ITERATIONS.to_be_bytes()].concat());
    let stored: [u8; 32] = Sha256::digest(hmac(&salted, b"Client Key")).into();
    let server = hmac(&salted, b"Server Key");
    let [salt, stored, server] = [salt, &stored, &server].map(|bytes| STANDARD.encode(bytes));
    format!("SCRAM-SHA-256${ITERATIONS}:{salt}${stored}:{server}")
}

/// HMAC-SHA-256 (RFC 2104), for keys that are no longer than a block: ours have 32 bytes.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut padded = [0; BLOCK];
    padded.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let inner = Sha256::new().chain_update(padded.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyed_hashes_are_those_of_the_standard() {
        // RFC 4231, test case 2.
        let expected = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert_eq!(STANDARD.encode(hmac(b"Jefe", b"what do ya want for nothing?")), expected);
    }

    #[test]
    fn no_two_servers_have_the_same() {
        let passwords = [random(), random()].map(|it| it.map(|it| it.expose_secret().to_owned()).unwrap_or_default());
        assert!(passwords.iter().all(|it| it.len() == 32));
        assert_ne!(passwords.first(), passwords.last());
    }
}
