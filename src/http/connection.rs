//! Accepts connections, with bounds that axum's own server lacks: the number of connections, in total and per client,
//! the time for a request to arrive and for its answer to leave, and the time for a shutdown.
//!
//! A connection beyond the limits is closed at once: a backlog of unaccepted ones would delay all others. Every stage
//! has a time limit (the handshake, a request's arrival, its handling, sending its answer, the pause before the next
//! request), so that no connection is held without progress.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Listener;
use super::limit::Places;
use super::pace::Paced;
use super::refused::{Refused, Why};

/// Limit for the TLS handshake.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// Limit for a request line with headers, and for the next request on a kept-alive connection. Longer than a usual
/// scrape interval, so that two scrapes share a connection.
const HEADER_LIMIT: Duration = Duration::from_secs(30);

/// Limit for sending an answer. A metrics page of 5 MB needs 1.4 Mbit/s.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// The kernel's send buffer of each connection, in bytes. The default grows to megabytes for a client that sends
/// requests and reads nothing.
const SEND_BUFFER: usize = 128 * 1024;

/// In bytes.
const HEADER_SIZE: usize = 64 * 1024;

/// How long running requests may take to end when the daemon stops.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// Pause after running out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn serve(endpoint: Listener, router: Router, refused: Arc<Refused>, stop: CancellationToken) {
    let Listener { listener, tls } = endpoint;
    let places = Places::default();
    let draining = GracefulShutdown::new();
    // Dropping the set ends the connections that the drain left.
    let mut connections = JoinSet::new();
    loop {
        let (stream, from) = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accept(&listener) => accepted,
        };
        // The buffer size is only an optimization.
        let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
        let Some(place) = places.take(from.ip()) else {
            refused.count(Why::Connections);
            continue;
        };
        let (router, watcher) = (router.clone(), draining.watcher());
        let acceptor = tls.as_ref().map(|tls| tls.acceptor());
        let stop = stop.clone();
        connections.spawn(async move {
            match acceptor {
                None => answer(stream, from, router, watcher).await,
                Some(acceptor) => {
                    let handshake = tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream));
                    // A failed TLS handshake is not logged.
                    if let Some(Ok(Ok(stream))) = stop.run_until_cancelled(handshake).await {
                        answer(stream, from, router, watcher).await;
                    }
                }
            }
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_LIMIT, draining.shutdown()).await.is_err() {
        tracing::warn!("HTTP requests were still open when the daemon stopped");
    }
}

/// Answers all requests of one connection.
async fn answer(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    from: SocketAddr,
    router: Router,
    watcher: Watcher,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_LIMIT)
        .max_buf_size(HEADER_SIZE)
        .serve_connection(TokioIo::new(Paced::new(stream, ANSWER_LIMIT)), service);
    // A client that disconnects early is not logged.
    let _ = watcher.watch(connection).await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_about_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_about_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
