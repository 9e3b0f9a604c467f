//! The certificate that the daemon shows: read again when the configuration is, and every hour, for certificates are
//! renewed by others. Whether TLS is spoken at all is decided once, at the start.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::daemon::config::{Config, TlsError, TlsFiles};

/// How often to look whether somebody has renewed it.
const AGAIN: Duration = Duration::from_hours(1);

#[derive(Debug)]
pub struct Tls {
    shown: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self { shown: Mutex::new(files.load()?) })
    }

    /// For one connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone().into()
    }

    /// Follows the files that the configuration names, until the daemon ends. What is not usable changes nothing.
    pub async fn follow(&self, mut config: watch::Receiver<Arc<Config>>) {
        loop {
            let ends = tokio::time::timeout(AGAIN, config.changed()).await.is_ok_and(|changed| changed.is_err());
            if ends {
                return;
            }
            let files = config.borrow_and_update().server.tls.clone();
            if let Some(files) = files {
                self.renew(files).await;
            }
        }
    }

    async fn renew(&self, files: TlsFiles) {
        let told = files.cert.display().to_string();
        match tokio::task::spawn_blocking(move || files.load()).await {
            Ok(Ok(new)) => *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = new,
            Ok(Err(error)) => tracing::error!("the certificate from before is shown: {error}"),
            Err(error) => tracing::error!(%error, "the certificate {told} was not read again"),
        }
    }
}
