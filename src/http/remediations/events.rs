//! Events of a remediation, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa::{IntoParams, ToSchema};

use super::{Id, find, remediator};
use crate::daemon::remediate::ProgressEvent;
use crate::domain::runbook::journal::Entry;
use crate::http::AppState;
use crate::http::problem::{PROBLEM, Problem};

const BEAT: Duration = Duration::from_secs(15);

/// In a header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it only describes")]
struct Last {
    /// The number of the last entry that has arrived.
    #[param(rename = "Last-Event-ID", required = false, maximum = 4_294_967_295_u64, example = 12)]
    last_event_id: u32,
}

/// One event.
#[derive(ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "it only describes")]
struct Line {
    event: Kind,
    /// The number of an entry.
    #[schema(nullable = false)]
    id: Option<String>,
    /// JSON: an entry of the journal, how far a step is, or `{"bytes": …}`, how far the backup is.
    data: String,
}

#[derive(ToSchema)]
#[schema(as = EventKind, rename_all = "snake_case")]
#[expect(dead_code, reason = "it only describes")]
enum Kind {
    Entry,
    Progress,
    Backup,
}

/// Follows a remediation to its end.
///
/// Everything from `Last-Event-ID` on: events `entry` of the journal, whose numbers are the ids, and `progress` and
/// `backup` in between, which have none and are not kept. Ends with the remediation, and when the daemon stops.
#[utoipa::path(get, path = "/api/v1/remediations/{id}/events", tag = "remediations",
    params(
        Id,
        Last,
    ),
    responses(
        (status = 200, body = Line, content_type = "text/event-stream", description = "Server-sent events."),
        (status = 404, body = Problem, content_type = PROBLEM, description = "There is no such remediation."),
        (status = 503, body = Problem, content_type = PROBLEM, description = "There is no state store now."),
    ),
)]
pub(super) async fn events(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let last = last(&headers)?;
    find(&state, &id).await?;
    let remediator = remediator(&state);
    // Subscribed before the journal is read, so that no event is missed.
    let live = remediator.follow(&id);
    let entries = remediator.state().journal(&id, last).await?;
    let seen = entries.last().map_or(last, |entry| entry.seq);
    let old = stream::iter(entries.into_iter().map(|entry| of_entry(&entry)));
    let new = stream::unfold((live, seen), |(live, seen)| next(live, seen));
    // An open stream would delay the daemon's stop.
    let all = old.chain(new).map(Ok).take_until(state.stop.cancelled_owned());
    Ok(Sse::new(all).keep_alive(KeepAlive::new().interval(BEAT)))
}

async fn next(
    live: Option<Receiver<ProgressEvent>>,
    seen: u64,
) -> Option<(Event, (Option<Receiver<ProgressEvent>>, u64))> {
    let mut live = live?;
    loop {
        match live.recv().await {
            Ok(ProgressEvent::Entry(entry)) if entry.seq <= seen => {}
            Ok(ProgressEvent::Entry(entry)) => return Some((of_entry(&entry), (Some(live), entry.seq))),
            Ok(ProgressEvent::Progress(progress)) => {
                let event = Event::default().event("progress").json_data(&progress).unwrap_or_default();
                return Some((event, (Some(live), seen)));
            }
            Ok(ProgressEvent::Bytes(bytes)) => {
                let event = Event::default().event("backup").data(format!("{{\"bytes\":{bytes}}}"));
                return Some((event, (Some(live), seen)));
            }
            // A follower that is too slow reconnects with its Last-Event-ID.
            Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
        }
    }
}

fn of_entry(entry: &Entry) -> Event {
    let event = Event::default().event("entry").id(entry.seq.to_string());
    event.json_data(entry).unwrap_or_default()
}

/// 0: no entry has arrived.
fn last(headers: &HeaderMap) -> Result<u64, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(0) };
    let number: Option<u32> = value.to_str().ok().and_then(|text| text.parse().ok());
    number.map(u64::from).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "Last-Event-ID is the number of an entry of the journal, from here.")
    })
}
