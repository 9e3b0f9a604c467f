//! What happens before authentication: TLS, and bodies that are too long or too slow.

use std::net::IpAddr;
use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use futures_util::StreamExt as _;
use rcgen::CertifiedKey;

use super::*;

/// Writes a new certificate for this host. Gives the root certificate that a client must trust.
fn certificate(folder: &Path) -> reqwest::Certificate {
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    reqwest::Certificate::from_pem(cert.pem().as_bytes()).unwrap()
}

fn with_tls(folder: &Path) -> Config {
    let folder = folder.display();
    config(&format!("[server]\ntls_cert = '{folder}/cert.pem'\ntls_key = '{folder}/key.pem'\n"))
}

async fn healthy(server: &Server, trusted: &reqwest::Certificate) -> reqwest::Result<StatusCode> {
    install_crypto();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([trusted.clone()]).build().unwrap();
    let response = client.get(format!("https://{}/-/healthy", server.address)).send().await?;
    Ok(response.status())
}

#[tokio::test]
async fn tls_is_spoken_and_a_renewed_certificate_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let server = Server::configured(with_tls(folder.path())).await;
    assert_eq!(healthy(&server, &first).await.unwrap(), StatusCode::OK);

    // A bad certificate changes nothing.
    let key = std::fs::read(folder.path().join("key.pem")).unwrap();
    let good = with_tls(folder.path());
    std::fs::write(folder.path().join("key.pem"), "nonsense").unwrap();
    server.config.send_replace(Arc::new(good.clone()));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(healthy(&server, &first).await.unwrap(), StatusCode::OK);
    std::fs::write(folder.path().join("key.pem"), key).unwrap();

    let second = certificate(folder.path());
    server.config.send_replace(Arc::new(good));
    let start = Instant::now();
    while healthy(&server, &second).await.is_err() {
        assert!(start.elapsed() < Duration::from_mins(2), "the new certificate is not shown");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(healthy(&server, &first).await.is_err(), "the old certificate is shown");
}

#[tokio::test]
async fn a_client_without_tls_gets_nothing_and_delays_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = certificate(folder.path());
    let server = Server::configured(with_tls(folder.path())).await;
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    plain.write_all(b"GET /-/healthy HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _reset = plain.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"), "{answer:?}");
    // A client that sends nothing at all.
    let _silent = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(healthy(&server, &trusted).await.unwrap(), StatusCode::OK);
    server.stop.cancel();
    tokio::time::timeout(Duration::from_secs(2), server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn one_slow_client_does_not_keep_the_others_out() {
    let server = Server::start().await;
    let mut slow = Vec::new();
    for _ in 0..600 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // Some are closed at once.
        let _ = stream.write_all(b"GET /metrics HTTP/1.1\r\nx-slow: ").await;
        slow.push(stream);
    }
    install_crypto();
    let other = reqwest::Client::builder().no_proxy().local_address(IpAddr::from([127, 0, 0, 2])).build().unwrap();
    let scrape = other.get(format!("http://{}/metrics", server.address)).send();
    let response = tokio::time::timeout(Duration::from_secs(5), scrape).await.expect("an answer").unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    // After they disconnect, the client is admitted again.
    drop(slow);
    let start = Instant::now();
    while reqwest::get(format!("http://{}/-/healthy", server.address)).await.is_err() {
        assert!(start.elapsed() < Duration::from_mins(2), "the places are not given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Sends a raw request, and gives the status line.
async fn status_of(server: &Server, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // The server may have answered and closed before all is sent.
    let _ = stream.write_all(request).await;
    let mut answer = [0; 64];
    let read = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..read]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn chunked_bodies_have_the_same_limit() {
    let server = Server::start().await;
    let head =
        "POST /api/v1/targets/community/checks HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let small = format!("{head}{}0\r\n\r\n", chunk.repeat(16));
    assert_eq!(status_of(&server, small.as_bytes()).await, "HTTP/1.1 202 Accepted");
    let large = format!("{head}{}1\r\nx\r\n", chunk.repeat(16));
    assert_eq!(status_of(&server, large.as_bytes()).await, "HTTP/1.1 413 Payload Too Large");
    // A body that is announced as too long is refused without reading.
    let announced = "POST /-/reload HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n";
    assert_eq!(status_of(&server, announced.as_bytes()).await, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_times_out() {
    let trickle = futures_util::stream::iter([Ok::<_, std::io::Error>("{")]).chain(futures_util::stream::pending());
    let request = Request::post("/").body(Body::from_stream(trickle)).unwrap();
    let problem = guard::arrived(request, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(serde_json::to_value(problem).unwrap()["status"], 408);
}
