//! The reader and the comparison, on schemas that a real PostgreSQL built.

use schemawarden::drift::{self, Scope};

use crate::support::Database;

#[tokio::test]
async fn tmp_schemas() {
    for name in ["cratesio", "temporal", "pagila", "supabase_auth", "edfi"] {
        for suffix in ["", ".old"] {
            let sql = std::fs::read_to_string(format!("/work/shared/schemas/{name}{suffix}.sql")).unwrap();
            let a = Database::with(&sql);
            let b = Database::with(&sql);
            let t = std::time::Instant::now();
            let ca = a.read().await;
            let took = t.elapsed();
            let cb = b.read().await;
            let json = serde_json::to_string_pretty(&ca).unwrap();
            std::fs::write(format!("/tmp/cat_{name}{suffix}.json"), &json).unwrap();
            let back: schemawarden::catalog::Catalog = serde_json::from_str(&json).unwrap();
            assert_eq!(back, ca);
            let d = drift::compare(&ca, &cb, Scope::Whole);
            println!(
                "{name}{suffix}: {} relations {took:?}; drift {} unmodelled {:?}",
                ca.relations.len(),
                d.len(),
                ca.unmodelled.len()
            );
            for d in d.iter().take(5) {
                println!("{d:?}");
            }
        }
    }
}
