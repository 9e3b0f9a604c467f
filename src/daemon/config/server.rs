//! The listening address and its certificate.
//!
//! A plain HTTP connection discloses the tokens it carries, so that an address which other hosts can reach requires
//! TLS, unless the operator states that something else protects it. A web page whose own host name resolves to this
//! address could read what needs no token (DNS rebinding), so that the daemon answers only to its own host names.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret as _, SecretSlice};
use toml::Spanned;
use url::Url;

use super::builder::{Builder, spanned_or};
use super::{raw, secret};
use crate::files;

const LISTEN: &str = "127.0.0.1:9847";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `host:port`
    pub listen: String,
    /// `None`: plain HTTP.
    pub tls: Option<TlsFiles>,
    /// The address under which people reach this daemon; the base of links. Holds no credentials.
    pub external_url: Url,
    /// Host names that it answers to besides addresses, in lower case, without ports.
    pub hosts: BTreeSet<String>,
}

/// PEM files: a certificate with its chain, and its private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Why a certificate and its key cannot be used. Contains nothing of the key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read {}: {source}", .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} holds no {what} in PEM, the text that begins with -----BEGIN", .path.display())]
    Empty { path: PathBuf, what: &'static str },
    #[error("{} is damaged: it is not PEM throughout", .0.display())]
    Damaged(PathBuf),
    #[error("the certificate {} cannot be used with the key {}: {reason}", .files.cert.display(), .files.key.display())]
    Pair { files: TlsFiles, reason: rustls::Error },
}

impl TlsFiles {
    /// Reads both files and checks that the key belongs to the certificate.
    pub fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let what = "certificate";
        let read = |path: &Path| {
            files::read(path, files::SMALL).map_err(|source| TlsError::Read { path: path.to_owned(), source })
        };
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&read(&self.cert)?)
            .collect::<Result<_, _>>()
            .map_err(|error| explain(&self.cert, what, error))?;
        if certificates.is_empty() {
            return Err(TlsError::Empty { path: self.cert.clone(), what });
        }
        let key = PrivateKeyDer::from_pem_slice(SecretSlice::from(read(&self.key)?).expose_secret())
            .map_err(|error| explain(&self.key, "private key", error))?;
        let pair = |reason| TlsError::Pair { files: self.clone(), reason };
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(pair)?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn explain(path: &Path, what: &'static str, error: pem::Error) -> TlsError {
    let path = path.to_owned();
    match error {
        pem::Error::Io(source) => TlsError::Read { path, source },
        pem::Error::NoItemsFound => TlsError::Empty { path, what },
        // The parser's error text may quote the file.
        _ => TlsError::Damaged(path),
    }
}

pub(super) fn server(builder: &mut Builder, written: &raw::Server) -> Option<Server> {
    let (span, listen) = spanned_or(written.listen.as_ref(), LISTEN);
    let tls = tls(builder, written);
    let host = host(builder, span.clone(), listen)?;
    let tls = tls?;
    if tls.is_none() && !written.insecure && !is_loopback(host) {
        builder.fail(
            span,
            format!(
                "other hosts reach `{listen}`, and tokens and reports could be read on the way: set tls_cert and \
                 tls_key, listen on 127.0.0.1, or say insecure = true where something else protects the way"
            ),
        );
        return None;
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let external_url = match &written.external_url {
        Some(external) => external_url(builder, external)?,
        None => builder.take(span, Url::parse(&format!("{scheme}://{listen}")))?,
    };
    let mut hosts = hosts(builder, written)?;
    let own = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let ours = [host, "localhost", &own, external_url.host_str().unwrap_or_default()];
    hosts.extend(ours.into_iter().filter(|name| !name.is_empty()).map(str::to_ascii_lowercase));
    Some(Server { listen: listen.to_owned(), tls, external_url, hosts })
}

/// Additional host names: of a service in a cluster, of a container, of a proxy.
fn hosts(builder: &mut Builder, written: &raw::Server) -> Option<BTreeSet<String>> {
    let mut hosts = BTreeSet::new();
    for host in &written.hosts {
        let name = host.get_ref().strip_suffix('.').unwrap_or(host.get_ref());
        // Spelled as a browser spells it in `Host`: without port, path or pattern.
        if !matches!(url::Host::parse(name), Ok(url::Host::Domain(parsed)) if parsed == name.to_ascii_lowercase()) {
            builder.fail(host.span(), format!("`{name}` is no host name: write e.g. warden.example, without a port"));
            return None;
        }
        hosts.insert(name.to_ascii_lowercase());
    }
    Some(hosts)
}

fn host<'a>(builder: &mut Builder, span: Range<usize>, listen: &'a str) -> Option<&'a str> {
    match listen.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
        Some((host, Ok(_))) if !host.is_empty() => Some(host),
        _ => {
            builder.fail(span, format!("`{listen}` is not host:port, e.g. {LISTEN}"));
            None
        }
    }
}

/// Names are not resolved: any other than `localhost` may be a remote address.
fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare == "localhost" || bare.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

fn external_url(builder: &mut Builder, written: &Spanned<String>) -> Option<Url> {
    let url = builder.http_url(written)?;
    if !url.username().is_empty() || url.password().is_some() {
        builder.fail(written.span(), "external_url stands in alerts: it must not hold credentials");
        return None;
    }
    Some(url)
}

#[expect(clippy::option_option, reason = "the outer one says whether all is well, as everywhere here")]
fn tls(builder: &mut Builder, written: &raw::Server) -> Option<Option<TlsFiles>> {
    let (cert, key) = match (&written.tls_cert, &written.tls_key) {
        (None, None) => return Some(None),
        (Some(cert), Some(key)) => (cert, key),
        (Some(one), None) | (None, Some(one)) => {
            builder.fail(one.span(), "TLS needs both `tls_cert` and `tls_key`");
            return None;
        }
    };
    let files = TlsFiles { cert: builder.path(cert.get_ref()), key: builder.path(key.get_ref()) };
    builder.take(cert.span(), files.load())?;
    secret::warn_if_open(builder, &files.key);
    Some(Some(files))
}
