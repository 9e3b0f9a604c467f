//! A server that speaks the S3 protocol: moto, which keeps its objects in memory, and does not look at signatures.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::OnceLock;

use super::{Program, eventually, file, free_port};

/// Its program. Fetched once, by whoever comes first.
fn moto() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let moto = Command::new(file(".ci/moto")).output().unwrap();
        assert!(moto.status.success(), "{}", String::from_utf8_lossy(&moto.stderr));
        String::from_utf8(moto.stdout).unwrap().trim().to_owned()
    })
}

pub struct S3 {
    pub port: u16,
    _program: Program,
    _folder: tempfile::TempDir,
}

impl S3 {
    /// With one empty bucket, `backups`.
    pub async fn start() -> Self {
        let mut command = Command::new(moto());
        let port = free_port();
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        let folder = tempfile::tempdir().unwrap();
        let program = Program::start(command, &folder.path().join("log"));
        let server = Self { port, _program: program, _folder: folder };
        eventually("moto answers", async || TcpStream::connect(("127.0.0.1", port)).ok()).await;
        assert!(server.request("PUT", "/backups").starts_with("HTTP/1.1 200"));
        server
    }

    /// One request, without a body; gives the whole answer.
    pub fn request(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The keys in the bucket, and how many uploads were begun and not ended.
    pub fn content(&self) -> (Vec<String>, usize) {
        let listed = self.request("GET", "/backups?list-type=2");
        let keys = listed.split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        (keys, self.request("GET", "/backups?uploads").matches("<UploadId>").count())
    }
}
