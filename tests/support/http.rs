//! Asking over HTTP, straight to this host.

use std::sync::OnceLock;
use std::time::Duration;

use schemawarden::effects::web;

fn client() -> reqwest::Client {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(web::install_crypto);
    reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).tls_certs_only([]).build().unwrap()
}

/// Status and body; `None` where nobody answers.
pub async fn get(url: &str) -> Option<(u16, String)> {
    answer(client().get(url)).await
}

pub async fn post(url: &str) -> Option<(u16, String)> {
    answer(client().post(url)).await
}

pub async fn post_as(url: &str, token: &str) -> Option<(u16, String)> {
    answer(client().post(url).bearer_auth(token)).await
}

async fn answer(request: reqwest::RequestBuilder) -> Option<(u16, String)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.text().await.ok()?))
}
