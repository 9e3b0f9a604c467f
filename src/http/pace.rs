//! A connection with a limit on the time for sending an answer. hyper limits only the arrival of a request: a client
//! that reads nothing, or a byte now and then, would hold its connection for ever.
//!
//! Knows nothing of requests: an answer is sent when hyper has nothing more to write and flushes.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Writing fails if the pending output is not taken within the limit, whatever its size.
#[derive(Debug)]
pub(super) struct Paced<S> {
    stream: S,
    limit: Duration,
    /// Running since a write had to wait. Each flush resets it, so that a stream of events that is read stays open.
    late: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub fn new(stream: S, limit: Duration) -> Self {
        Self { stream, limit, late: None }
    }

    fn bounded<T>(&mut self, polled: Poll<Result<T>>, context: &mut Context<'_>) -> Poll<Result<T>> {
        if polled.is_ready() {
            return polled;
        }
        let limit = self.limit;
        let late = self.late.get_or_insert_with(|| Box::pin(sleep(limit)));
        late.as_mut().poll(context).map(|()| Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(polled, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.bounded(polled, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        if polled.is_ready() {
            self.late = None;
        }
        self.bounded(polled, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bounded(polled, context)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn an_answer_that_is_not_taken_fails_in_time() {
        let (server, mut client) = duplex(64);
        let mut server = Paced::new(server, Duration::from_millis(200));
        // Single bytes are not enough progress: the answer as a whole has to be taken.
        let slow = async {
            let mut byte = [0];
            while client.read_exact(&mut byte).await.is_ok() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        let error = tokio::select! {
            written = async { server.write_all(&vec![0; 65_536]).await } => written.unwrap_err(),
            () = slow => Error::other("the client has read it all"),
        };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_stream_that_is_read_lasts_as_long_as_it_is() {
        let (server, mut client) = duplex(64);
        let mut server = Paced::new(server, Duration::from_secs(2));
        let reader = tokio::spawn(async move {
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.unwrap();
            read.len()
        });
        for _ in 0..25 {
            server.write_all(&[0; 200]).await.unwrap();
            server.flush().await.unwrap();
            sleep(Duration::from_millis(100)).await;
        }
        drop(server);
        assert_eq!(reader.await.unwrap(), 5000);
    }
}
