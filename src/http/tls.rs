//! The daemon's certificate: read again with the configuration and every hour, because other programs renew it. TLS is
//! turned on or off only at the start.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::daemon::config::{Config, TlsError, TlsFiles};

/// Interval at which the files are read again.
const AGAIN: Duration = Duration::from_hours(1);

#[derive(Debug)]
pub struct Tls {
    shown: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self { shown: Mutex::new(files.load()?) })
    }

    /// The acceptor of one connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone().into()
    }

    /// Follows the configured files until the daemon ends. Unusable files change nothing.
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
        let path = files.cert.display().to_string();
        match tokio::task::spawn_blocking(move || files.load()).await {
            Ok(Ok(new)) => *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = new,
            Ok(Err(error)) => tracing::error!("the certificate from before is shown: {error}"),
            Err(error) => tracing::error!(%error, "the certificate {path} was not read again"),
        }
    }
}
