//! S3-compatible storage as the store. A multipart upload becomes an object only when it is completed, so that no
//! incomplete object ever has a backup's name.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, ObjectStore as _, ObjectStoreExt as _, WriteMultipart};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::BackupError;
use crate::effects::web::install_crypto;

/// Limit for one request, a part of an upload included.
const REQUEST_LIMIT: Duration = Duration::from_mins(5);

/// S3 accepts 10,000 parts, each of at least 5 MiB except the last.
const LEAST_PART: u64 = 8 << 20;
const PARTS: u64 = 5_000;
/// Concurrent parts.
const AT_ONCE: usize = 2;

/// Size of one read.
const PIECE: u64 = 8 << 20;

/// Written and removed again, to check that the store is usable.
const CHECKED: &str = "schemawarden-check";

/// A bucket, or a prefix in it.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// `s3://bucket/prefix`
    pub url: Url,
    /// For services other than Amazon's. `http://` means no encryption.
    pub endpoint: Option<Url>,
    pub region: Option<String>,
    /// `None`: from the environment (AWS_ACCESS_KEY_ID…), or the machine's role.
    pub credentials: Option<Credentials>,
}

#[derive(Clone, Debug)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: SecretString,
}

#[derive(Debug)]
pub(super) struct Objects {
    store: Arc<AmazonS3>,
    /// `s3://bucket`
    bucket: String,
    prefix: Path,
}

impl Objects {
    pub fn open(bucket: &Bucket) -> Result<Self, BackupError> {
        let url = &bucket.url;
        let failed = |reason: String| BackupError::Bucket { url: shown(url), reason };
        let name = url.host_str().filter(|_| url.scheme() == "s3");
        let name = name.ok_or_else(|| failed("write s3://bucket/prefix".into()))?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(failed("credentials and options do not belong into it".into()));
        }
        let prefix = Path::from_url_path(url.path()).map_err(|error| failed(error.to_string()))?;
        install_crypto();
        let mut options = ClientOptions::new().with_timeout(REQUEST_LIMIT);
        let builder = if bucket.credentials.is_some() { AmazonS3Builder::new() } else { AmazonS3Builder::from_env() };
        let mut builder = builder.with_bucket_name(name);
        if let Some(endpoint) = &bucket.endpoint {
            options = options.with_allow_http(endpoint.scheme() == "http");
            builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/'));
        }
        if let Some(region) = &bucket.region {
            builder = builder.with_region(region);
        }
        if let Some(Credentials { access_key_id, secret_access_key }) = &bucket.credentials {
            builder =
                builder.with_access_key_id(access_key_id).with_secret_access_key(secret_access_key.expose_secret());
        }
        let store = builder.with_client_options(options).build().map_err(|error| failed(shortened(&error)))?;
        Ok(Self { store: Arc::new(store), bucket: format!("s3://{name}"), prefix })
    }

    /// `s3://bucket/prefix/name`
    pub fn location(&self, name: &str) -> String {
        format!("{}/{}", self.bucket, self.path(name))
    }

    fn path(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }

    /// The name of the object at `location`, if that is within this store's bucket and prefix.
    pub fn name<'a>(&self, location: &'a str) -> Option<&'a str> {
        let name = location.rsplit('/').next()?;
        (self.location(name) == location).then_some(name)
    }

    /// Checks that an object can be written and removed.
    pub async fn check(&self) -> Result<(), BackupError> {
        let path = self.path(CHECKED);
        let put = self.store.put(&path, "it can be written to".into()).await;
        put.map_err(|error| self.failed("write", CHECKED, &error))?;
        self.remove(CHECKED).await
    }

    pub fn late(&self, limit: Duration) -> BackupError {
        let reason = format!("no answer within {} s", limit.as_secs());
        BackupError::Object { what: "reach", location: self.bucket.clone(), reason }
    }

    pub async fn create(&self, name: &str, expected: u64) -> Result<Upload, BackupError> {
        let upload = self.store.put_multipart(&self.path(name)).await;
        let upload = upload.map_err(|error| self.failed("write", name, &error))?;
        let part = usize::try_from((expected / PARTS).max(LEAST_PART)).unwrap_or(usize::MAX);
        let upload = WriteMultipart::new_with_chunk_size(upload, part);
        Ok(Upload { upload: Some(upload), location: self.location(name) })
    }

    pub async fn read(&self, name: &str) -> Result<Reader, BackupError> {
        let meta = self.store.head(&self.path(name)).await.map_err(|error| self.failed("read", name, &error))?;
        let location = self.location(name);
        Ok(Reader { store: self.store.clone(), path: meta.location, tag: meta.e_tag, at: 0, size: meta.size, location })
    }

    /// The names directly below the prefix.
    pub async fn names(&self) -> Result<Vec<String>, BackupError> {
        let listed = self.store.list_with_delimiter(Some(&self.prefix)).await;
        let listed = listed.map_err(|error| self.failed("list", "", &error))?;
        Ok(listed.objects.iter().filter_map(|meta| meta.location.filename().map(str::to_owned)).collect())
    }

    pub async fn remove(&self, name: &str) -> Result<(), BackupError> {
        self.store.delete(&self.path(name)).await.map_err(|error| self.failed("remove", name, &error))
    }

    fn failed(&self, what: &'static str, name: &str, error: &object_store::Error) -> BackupError {
        failed(what, &self.location(name), error)
    }
}

/// An object that is being written. If it is dropped early, its upload is aborted in the background.
#[derive(Debug)]
pub(super) struct Upload {
    upload: Option<WriteMultipart>,
    location: String,
}

impl Upload {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        let Some(upload) = &mut self.upload else { return Ok(()) };
        // Each call starts at most one part, so that memory is bounded.
        let room = upload.wait_for_capacity(AT_ONCE).await;
        room.map_err(|error| failed("write", &self.location, &error))?;
        upload.write(bytes);
        Ok(())
    }

    pub async fn finish(mut self) -> Result<(), BackupError> {
        match self.upload.take() {
            Some(upload) => upload.finish().await.map(drop).map_err(|error| failed("write", &self.location, &error)),
            None => Ok(()),
        }
    }

    /// Aborts the upload.
    pub async fn abandon(mut self) {
        if let Some(upload) = self.upload.take() {
            // An upload that cannot be aborted now is left to the bucket's lifecycle rule for incomplete uploads.
            let _ = upload.abort().await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (Some(upload), Ok(runtime)) = (self.upload.take(), tokio::runtime::Handle::try_current()) else { return };
        runtime.spawn(upload.abort());
    }
}

/// Reads one object in pieces, each by a request of its own, which is repeated when the connection breaks.
#[derive(Debug)]
pub(super) struct Reader {
    store: Arc<AmazonS3>,
    path: Path,
    /// The ETag that all pieces must have, so that they are of one version.
    tag: Option<String>,
    at: u64,
    size: u64,
    location: String,
}

impl Reader {
    /// The next piece; an empty one at the end.
    pub async fn next(&mut self) -> Result<Vec<u8>, BackupError> {
        let end = self.size.min(self.at + PIECE);
        if self.at == end {
            return Ok(Vec::new());
        }
        let options =
            GetOptions { range: Some((self.at..end).into()), if_match: self.tag.clone(), ..GetOptions::default() };
        let read = async {
            let stream = self.store.get_opts(&self.path, options).await?.into_stream();
            stream
                .try_fold(Vec::new(), async |mut piece, bytes| {
                    piece.extend_from_slice(&bytes);
                    Ok(piece)
                })
                .await
        };
        let piece = read.await.map_err(|error| failed("read", &self.location, &error))?;
        self.at = end;
        Ok(piece)
    }
}

fn failed(what: &'static str, location: &str, error: &object_store::Error) -> BackupError {
    BackupError::Object { what, location: location.to_owned(), reason: shortened(error) }
}

/// The store's error, shortened: the innermost cause is the most specific, and a whole answer can be long.
fn shortened(error: &object_store::Error) -> String {
    use std::error::Error as _;
    const LONGEST: usize = 400;
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_message = inner.to_string();
        if !message.contains(&inner_message) {
            message = format!("{message}: {inner_message}");
        }
        cause = inner.source();
    }
    crate::domain::name::one_line(&message).chars().take(LONGEST).collect()
}

/// The URL without its secret parts.
fn shown(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}
