//! Authorization: a request that changes something needs a token as soon as one is configured.
//!
//! Failures are counted for each client. A valid token is accepted in spite of earlier failures: behind a proxy all
//! clients share an address, and others must not be able to lock the operator out. A token cannot be guessed even
//! without a limit: see [`crate::daemon::config::token`]. Tokens are neither logged nor repeated in an answer.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::AppState;
use super::problem::Problem;
use super::refused::Why;
use crate::daemon::config::token::{self, TokenHash};
use crate::daemon::config::{Token, TokenScope};

/// The name of an unauthenticated caller. It is not a valid name of a token.
pub(super) const ANONYMOUS: &str = "-";

/// The sender of an authorized request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// Name of the token, or [`ANONYMOUS`].
    pub name: String,
    pub scope: TokenScope,
}

/// Extractor that admits only callers that may request checks and the like.
pub(super) struct MayPlan(pub Caller);

/// Extractor that admits only callers that may change a target.
pub(super) struct MayApply(pub Caller);

impl FromRequestParts<AppState> for MayPlan {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        demand(parts, state, TokenScope::Plan).await.map(Self)
    }
}

impl FromRequestParts<AppState> for MayApply {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        demand(parts, state, TokenScope::Apply).await.map(Self)
    }
}

async fn demand(parts: &mut Parts, state: &AppState, needed: TokenScope) -> Result<Caller, Problem> {
    let ConnectInfo(from) = ConnectInfo::from_request_parts(parts, state).await.map_err(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The address that this request came from is not known.")
    })?;
    authorize(state, &parts.headers, from, needed)
}

/// The caller, if its token has the scope `needed`.
pub(super) fn authorize(
    state: &AppState,
    headers: &HeaderMap,
    from: SocketAddr,
    needed: TokenScope,
) -> Result<Caller, Problem> {
    let config = state.config.borrow().clone();
    if config.tokens.is_empty() {
        return match needed {
            TokenScope::Read | TokenScope::Plan => Ok(Caller { name: ANONYMOUS.to_owned(), scope: TokenScope::Plan }),
            TokenScope::Apply => Err(no_credentials()),
        };
    }
    let Some(token) = identify(&config.tokens, headers) else {
        state.refused.count(Why::Token);
        return Err(match state.failures.count(from.ip(), Instant::now()) {
            Ok(()) => token_needed(headers.contains_key(AUTHORIZATION)),
            Err(wait) => too_many(wait.as_secs() + 1),
        });
    };
    if token.scope < needed {
        state.refused.count(Why::Scope);
        return Err(scope_missing(token, needed));
    }
    Ok(Caller { name: token.name.clone(), scope: token.scope })
}

/// Whether the request carries a known token, of any scope.
pub(super) fn is_known(state: &AppState, headers: &HeaderMap) -> bool {
    identify(&state.config.borrow().tokens, headers).is_some()
}

/// Limits plan requests without a token: a plan queries the target if anything has changed.
pub(super) fn bound_plans(state: &AppState, from: SocketAddr) -> Result<(), Problem> {
    state.plans.count(from.ip(), Instant::now()).map_err(|wait| {
        state.refused.count(Why::Plans);
        let seconds = wait.as_secs() + 1;
        let detail = format!(
            "Too many plans were asked for without a token from this address. Try again in {seconds} s, or with a \
             token at \
             once."
        );
        Problem::of_kind("too-many-plans", "Too many plans", StatusCode::TOO_MANY_REQUESTS, detail)
            .with(RETRY_AFTER, seconds.into())
    })
}

/// The token of the request.
pub(super) fn identify<'a>(tokens: &'a [Token], headers: &HeaderMap) -> Option<&'a Token> {
    let mut written = headers.get_all(AUTHORIZATION).iter();
    let (Some(credentials), None) = (written.next(), written.next()) else { return None };
    let (scheme, presented) = credentials.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    token::find(tokens, TokenHash::of(presented.trim())?)
}

fn no_credentials() -> Problem {
    Problem::of_kind(
        "no-credentials",
        "No credentials configured",
        StatusCode::FORBIDDEN,
        "No target can be changed over HTTP, because no [[token]] is configured. `schemawarden token new --name alice \
         --scope apply` makes one, and says what to write into the configuration.",
    )
}

fn token_needed(wrong: bool) -> Problem {
    let (kind, title, challenge, detail) = if wrong {
        (
            "token-unknown",
            "Unknown token",
            "Bearer realm=\"schemawarden\", error=\"invalid_token\"",
            "This daemon does not know the token. The header is `Authorization: Bearer sw_…`; the configuration names \
             the tokens that there are.",
        )
    } else {
        (
            "token-needed",
            "Token needed",
            "Bearer realm=\"schemawarden\"",
            "Send a token along: `Authorization: Bearer sw_…`. `schemawarden token new` makes one.",
        )
    };
    Problem::of_kind(kind, title, StatusCode::UNAUTHORIZED, detail)
        .with(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

fn too_many(seconds: u64) -> Problem {
    Problem::of_kind(
        "too-many-failures",
        "Too many failures",
        StatusCode::TOO_MANY_REQUESTS,
        format!(
            "Too many requests without a right token came from this address. Try again in {seconds} s, or with a right \
             token at once."
        ),
    )
    .with(RETRY_AFTER, seconds.into())
}

fn scope_missing(token: &Token, needed: TokenScope) -> Problem {
    let (has, needed) = (token.scope.as_str(), needed.as_str());
    let challenge = match needed {
        "apply" => "Bearer realm=\"schemawarden\", error=\"insufficient_scope\", scope=\"apply\"",
        _ => "Bearer realm=\"schemawarden\", error=\"insufficient_scope\", scope=\"plan\"",
    };
    Problem::of_kind(
        "scope-missing",
        "Scope missing",
        StatusCode::FORBIDDEN,
        format!("The token of `{}` has the scope `{has}`; this takes `{needed}`.", token.name),
    )
    .with(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}
