//! Backups to storage that speaks the S3 protocol.

use schemawarden::effects::backup::{self, BackupError, BackupSpec, BackupWhat, Bucket, Credentials, Store};
use secrecy::SecretString;

use super::{community, content, over_tcp, restore, same_schema, take, verify};
use crate::support::{Database, S3, free_port};

fn to_bucket(port: u16, url: &str) -> BackupSpec {
    let bucket = Bucket {
        url: url.parse().unwrap(),
        endpoint: Some(format!("http://127.0.0.1:{port}").parse().unwrap()),
        region: Some("eu-central-1".into()),
        credentials: Some(Credentials {
            access_key_id: "key".into(),
            secret_access_key: SecretString::from("hunter2hunter2"),
        }),
    };
    BackupSpec { to: Store::Object(Box::new(bucket)), what: BackupWhat::Whole, jobs: 1, keep: 1, bin_dir: None }
}

#[tokio::test]
async fn objects_are_written_in_parts_read_back_and_put_back() {
    let (s3, database, other) = (S3::start().await, community(), Database::create());
    // Does not compress well, so that there are several parts.
    database.run(
        "create table noise as
         select n, (select string_agg(md5(n || ':' || m), '') from generate_series(1, 1000) m) as text
         from generate_series(1, 1000) n",
    );
    let spec = to_bucket(s3.port, "s3://backups/production/db");
    let estimate = backup::check(&spec, &over_tcp(&database), &[]).await.unwrap();
    assert_eq!((estimate.free, s3.content()), (None, (vec![], 0)));

    let first = take(&spec, &database, &[]).await.unwrap();
    assert!(first.bytes > 16 << 20, "{first:?}");
    assert!(first.location.starts_with("s3://backups/production/db/community.2"), "{first:?}");
    verify(&spec, &first, &other).await.unwrap();
    restore(&spec, &first, &other).await.unwrap();
    assert_eq!(content(&database), content(&other));
    same_schema(&database, &other).await;

    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let second = take(&spec, &database, &[]).await.unwrap();
    assert_eq!(backup::retain(&spec, "community", &[&first.location]).await.unwrap(), Vec::<String>::new());
    assert_eq!(backup::retain(&spec, "community", &[]).await.unwrap(), [first.location]);
    let key = second.location.strip_prefix("s3://backups/").unwrap().to_owned();
    assert_eq!(s3.content(), (vec![key.clone()], 0));

    let elsewhere = restore(&to_bucket(s3.port, "s3://backups/other"), &second, &other).await.unwrap_err();
    assert!(matches!(elsewhere, BackupError::Elsewhere { .. }), "{elsewhere}");
    s3.request("PUT", &format!("/backups/{key}"));
    let damaged = verify(&spec, &second, &other).await.unwrap_err();
    assert!(matches!(damaged, BackupError::Damaged { .. }), "{damaged}");
    let damaged = restore(&spec, &second, &other).await.unwrap_err();
    assert!(matches!(damaged, BackupError::Damaged { .. }), "{damaged}");
}

#[tokio::test]
async fn stores_that_cannot_be_used_are_found_out_before_and_no_secret_is_told() {
    let (s3, database) = (S3::start().await, community());
    for (spec, reason) in [
        (to_bucket(s3.port, "s3://not-there"), "cannot write s3://not-there/schemawarden-check"),
        (to_bucket(free_port(), "s3://backups"), "s3://backups"),
        (to_bucket(s3.port, "https://backups"), "write s3://bucket/prefix"),
        (to_bucket(s3.port, "s3://a:hunter2@backups"), "credentials and options do not belong into it"),
        (BackupSpec { jobs: 2, ..to_bucket(s3.port, "s3://backups") }, "set `jobs` to 1"),
    ] {
        assert!(!format!("{spec:?}").contains("hunter2hunter2"));
        let begun = std::time::Instant::now();
        let error = backup::check(&spec, &over_tcp(&database), &[]).await.unwrap_err();
        assert!(begun.elapsed() < std::time::Duration::from_mins(3));
        let said = format!("{error} {error:?}");
        assert!(said.contains(reason) && !said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn an_upload_that_fails_leaves_nothing() {
    let (s3, database) = (S3::start().await, community());
    database.run(
        "create table noise as
         select n, (select string_agg(md5(n || ':' || m), '') from generate_series(1, 1000) m) as text
         from generate_series(1, 1000) n",
    );
    let folder = tempfile::tempdir().unwrap();
    // Breaks off behind more than one part.
    super::faults::programs(
        folder.path(),
        "\"$real\" \"$@\" | head -c 12000000; echo 'pg_dump: error: gone' >&2; exit 1",
    );
    let spec = BackupSpec { bin_dir: Some(folder.path().into()), ..to_bucket(s3.port, "s3://backups") };
    let error = take(&spec, &database, &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "pg_dump failed: gone");
    assert_eq!(s3.content(), (vec![], 0));
}
