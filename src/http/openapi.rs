//! The OpenAPI 3.1 description of the API, generated from the handlers and their types.
//!
//! This module has only the parts common to all of them.

use axum::Extension;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi as _, ToSchema};

use super::api::Nothing;
use super::problem::{PROBLEM, Problem};
use crate::domain::report::Report;

/// The name of the security scheme, for handlers that need a token.
pub(super) const TOKEN: &str = "token";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Schemawarden",
        description = "Whether live PostgreSQL schemas are what their applications were built for. Everything is \
                       answered from what was last published, but for a plan, which is made when it is asked for. \
                       Commands take a token \
                       as soon as one is configured.",
    ),
    components(schemas(Problem, Report, Nothing)),
    tags(
        (name = "targets", description = "What is known about the databases that are watched."),
        (name = "remediations", description = "Plans, carrying them out, and what came of it."),
        (name = "daemon", description = "The daemon itself, for the machinery around it."),
    ),
)]
struct Common;

/// The document that the handlers' descriptions are added to.
pub(super) fn common() -> OpenApi {
    Common::openapi()
}

/// The finished document as served.
#[derive(Clone)]
pub(super) struct Described(String);

/// Completes the document with what all handlers have in common.
pub(super) fn finish(mut document: OpenApi) -> Described {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "`schemawarden token new` makes one. Its scope is `read`, `plan` or `apply`, and each includes those before \
             it. Where no token is configured, what takes `plan` takes none, and what takes `apply` is refused.",
        ))
        .build();
    document.components.get_or_insert_default().add_security_scheme(TOKEN, SecurityScheme::Http(scheme));
    for path in document.paths.paths.values_mut() {
        for operation in [&mut path.get, &mut path.post].into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            if operation.security.is_some() {
                responses.insert("401".into(), problem("There is no token, or an unknown one."));
                responses.entry("403".into()).or_insert(problem("The token's scope does not include this."));
                responses.insert("429".into(), problem("Too many requests without a right token."));
            }
            responses.insert("default".into(), problem("It cannot be answered; the document says why."));
        }
    }
    // Serialization cannot fail: the document has string keys only.
    Described(document.to_pretty_json().unwrap_or_default())
}

fn problem(description: &str) -> RefOr<utoipa::openapi::Response> {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content(PROBLEM, content).build().into()
}

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "daemon", responses(
    (status = 200, body = Object, description = "OpenAPI 3.1."),
))]
pub(super) async fn describe(Extension(document): Extension<Described>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], document.0)
}
