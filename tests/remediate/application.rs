//! A small community application on a database: reads, reacts, deletes posts, and has a degraded mode.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::support::Database;

pub struct Application {
    port: u16,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    pool: PgPool,
    degraded: AtomicBool,
    /// So many of the next requests to `/health` are answered with 500.
    sick: AtomicU32,
    /// Requests to switch degraded mode are refused.
    stubborn: AtomicBool,
    /// How often it was told to degrade.
    entered: AtomicU32,
}

impl Drop for Application {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Application {
    pub async fn start(database: &Database) -> Self {
        let pool = PgPoolOptions::new().max_connections(4).connect(&database.url()).await.unwrap();
        let shared = Arc::new(Shared {
            pool,
            degraded: AtomicBool::new(false),
            sick: AtomicU32::new(0),
            stubborn: AtomicBool::new(false),
            entered: AtomicU32::new(0),
        });
        let routes = Router::new()
            .route("/health", get(health))
            .route("/degraded", get(degraded).post(switch))
            .route("/posts/{id}", get(read).merge(delete(remove)))
            .route("/posts/{id}/reactions", post(react))
            .with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move { axum::serve(listener, routes).await }).abort_handle();
        Self { port, shared, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn is_degraded(&self) -> bool {
        self.shared.degraded.load(Ordering::Relaxed)
    }

    pub fn entered(&self) -> u32 {
        self.shared.entered.load(Ordering::Relaxed)
    }

    pub fn be_sick(&self, requests: u32) {
        self.shared.sick.store(requests, Ordering::Relaxed);
    }

    pub fn be_stubborn(&self, stubborn: bool) {
        self.shared.stubborn.store(stubborn, Ordering::Relaxed);
    }

    /// The status.
    pub async fn ask(&self, method: &str, path: &str) -> u16 {
        super::ask(&self.url(path), method, None, &[], None).await.0
    }
}

type Shares = State<Arc<Shared>>;

async fn health(State(shared): Shares) -> StatusCode {
    let sick = shared.sick.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    if sick.is_ok() { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
}

async fn degraded(State(shared): Shares) -> Json<Value> {
    Json(json!({ "degraded": shared.degraded.load(Ordering::Relaxed) }))
}

/// When it refuses, it repeats all that it was sent, as bad error pages do.
async fn switch(State(shared): Shares, headers: HeaderMap, Json(body): Json<Value>) -> (StatusCode, String) {
    if shared.stubborn.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("{headers:?} {body}"));
    }
    let on = body["on"].as_bool().unwrap();
    shared.degraded.store(on, Ordering::Relaxed);
    shared.entered.fetch_add(u32::from(on), Ordering::Relaxed);
    (StatusCode::OK, String::new())
}

async fn read(State(shared): Shares, Path(id): Path<i64>) -> Result<Json<Value>, StatusCode> {
    let found = sqlx::query_as::<_, (i64, String)>("select id::bigint, title from posts where id = $1").bind(id);
    match found.fetch_optional(&shared.pool).await {
        Ok(Some((id, title))) => Ok(Json(json!({ "id": id, "title": title }))),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn remove(State(shared): Shares, Path(id): Path<i64>) -> StatusCode {
    write(&shared, sqlx::query("delete from posts where id = $1").bind(id)).await
}

async fn react(State(shared): Shares, Path(id): Path<i64>) -> StatusCode {
    let react =
        "insert into post_reactions (post_id, user_id, kind) select id, author_id, 'like' from posts where id = $1
                 on conflict (id) do nothing";
    write(&shared, sqlx::query(react).bind(id)).await
}

async fn write(
    shared: &Shared,
    query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
) -> StatusCode {
    if shared.degraded.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    match query.execute(&shared.pool).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
