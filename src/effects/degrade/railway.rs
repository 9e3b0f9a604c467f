//! Degraded mode by a variable of a service on Railway, through its GraphQL API
//! (`https://docs.railway.com/reference/public-api`).
//!
//! Railway redeploys the service when a variable has changed, which takes a while: only the variable is read back here,
//! and the smoke tests ask the application. The API answers with all variables of the service; only messages of GraphQL
//! errors are ever shown.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::domain::name::one_line;
use crate::effects::web::{Request, WebError};

const LIMIT: Duration = Duration::from_secs(15);
/// How much of an error's message is shown, in characters.
const SHOWN: usize = 300;

const READ: &str = "query ($projectId: String!, $environmentId: String!, $serviceId: String!) {
  variables(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId)
}";
const WRITE: &str = "mutation ($input: VariableUpsertInput!) { variableUpsert(input: $input) }";

#[derive(Clone, Debug)]
pub struct RailwaySwitch {
    /// `https://backboard.railway.com/graphql/v2`
    pub endpoint: Url,
    /// A token of an account or a workspace.
    pub token: SecretString,
    pub project: String,
    pub environment: String,
    pub service: String,
    pub variable: String,
    /// The variable's value while the application is degraded.
    pub on: String,
    /// Its value while the application is not degraded. A missing variable means the same.
    pub off: String,
}

#[derive(Debug, thiserror::Error)]
pub enum RailwayError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("the token for Railway holds characters that no header may hold")]
    Token,
    #[error("Railway answered {status}{}; may the token change this project?", quoted(.message.as_deref()))]
    Refused { status: StatusCode, message: Option<String> },
    #[error("Railway answered in a way that its API does not promise: no {0} in it")]
    Unexpected(&'static str),
    #[error("the variable {0} has a value on Railway that means neither degraded nor not; set it there by hand")]
    OtherValue(String),
}

fn quoted(message: Option<&str>) -> String {
    message.map(|message| format!(": {message}")).unwrap_or_default()
}

impl RailwaySwitch {
    /// Reads first: writing the same value again could redeploy the service.
    pub(super) async fn set(&self, degraded: bool) -> Result<(), RailwayError> {
        if self.is_degraded().await.is_ok_and(|already| already == degraded) {
            return Ok(());
        }
        let input = json!({
            "projectId": self.project,
            "environmentId": self.environment,
            "serviceId": self.service,
            "name": self.variable,
            "value": if degraded { &self.on } else { &self.off },
        });
        match self.ask(WRITE, &json!({ "input": input }), "variableUpsert").await? {
            Value::Bool(true) => Ok(()),
            _ => Err(RailwayError::Unexpected("`variableUpsert: true`")),
        }
    }

    pub(super) async fn is_degraded(&self) -> Result<bool, RailwayError> {
        let variables =
            json!({ "projectId": self.project, "environmentId": self.environment, "serviceId": self.service });
        let answer = self.ask(READ, &variables, "variables").await?;
        let variables = answer.as_object().ok_or(RailwayError::Unexpected("object of variables"))?;
        match variables.get(&self.variable).map(Value::as_str) {
            Some(Some(value)) if value == self.on => Ok(true),
            None => Ok(false),
            Some(Some(value)) if value == self.off => Ok(false),
            Some(_) => Err(RailwayError::OtherValue(self.variable.clone())),
        }
    }

    /// The field `field` of the answer's data. An error may come with status 200.
    async fn ask(&self, query: &str, variables: &Value, field: &'static str) -> Result<Value, RailwayError> {
        let answer = self.request(query, variables)?.send().await?;
        let status = answer.status();
        let mut document = match answer.json().await {
            Ok(document) => document,
            Err(_) if !status.is_success() => return Err(RailwayError::Refused { status, message: None }),
            Err(error) => return Err(error.into()),
        };
        if let Some(message) = first_error(&document) {
            return Err(RailwayError::Refused { status, message: Some(message) });
        }
        if !status.is_success() {
            return Err(RailwayError::Refused { status, message: None });
        }
        let found = document.get_mut("data").and_then(|data| data.get_mut(field)).map(Value::take);
        found.ok_or(RailwayError::Unexpected(field))
    }

    fn request(&self, query: &str, variables: &Value) -> Result<Request, RailwayError> {
        let bearer = format!("Bearer {}", self.token.expose_secret());
        let mut bearer = HeaderValue::try_from(bearer).map_err(|_| RailwayError::Token)?;
        bearer.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        Ok(Request {
            method: Method::POST,
            url: self.endpoint.clone(),
            headers: HeaderMap::from_iter([(AUTHORIZATION, bearer), (CONTENT_TYPE, json)]),
            body: Some(json!({ "query": query, "variables": variables }).to_string().into()),
            timeout: LIMIT,
        })
    }
}

fn first_error(document: &Value) -> Option<String> {
    let error = document.get("errors")?.as_array()?.first()?;
    let message = error.get("message").and_then(Value::as_str).unwrap_or("an error without a message");
    Some(one_line(message).chars().take(SHOWN).collect())
}
