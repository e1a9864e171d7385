//! What both servers share: what they answer and where they listen.

use std::{env, io, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderValue, StatusCode},
    middleware::map_response_with_state,
    response::Response,
    routing::get,
};
use serde::Deserialize;
use tokio::{net::TcpListener, time::sleep};

/// Every route, and `X-Pod` on every response.
pub fn router() -> Router {
    let pod = HeaderValue::try_from(variable("HOSTNAME", "")).expect("HOSTNAME is no header value");
    let default_delay_seconds: f64 = variable("HELLO_REST_REQUEST_DELAY", "0")
        .parse()
        .expect("HELLO_REST_REQUEST_DELAY is not a number of seconds");
    Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/", get(hello).post(hello))
        .layer(map_response_with_state(pod, name_pod))
        .with_state(default_delay_seconds)
}

/// Listens where `HOST` and `PORT` say.
pub async fn listener() -> io::Result<TcpListener> {
    let address = format!(
        "{}:{}",
        variable("HOST", "0.0.0.0"),
        variable("PORT", "8080")
    );
    TcpListener::bind(address).await
}

#[derive(Deserialize)]
struct Parameters {
    delay: Option<f64>,
}

async fn hello(
    State(default_delay_seconds): State<f64>,
    Query(parameters): Query<Parameters>,
    _body: Bytes,
) -> Result<&'static str, StatusCode> {
    let seconds = parameters.delay.unwrap_or(default_delay_seconds);
    let delay = Duration::try_from_secs_f64(seconds).map_err(|_| StatusCode::BAD_REQUEST)?;
    sleep(delay).await;
    Ok("Hello World!\n")
}

async fn name_pod(State(pod): State<HeaderValue>, mut response: Response) -> Response {
    response.headers_mut().insert("x-pod", pod);
    response
}

fn variable(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}
