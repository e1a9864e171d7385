//! Finishes the requests in flight when it gets SIGTERM.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    axum::serve(hello::listener().await?, hello::router())
        .with_graceful_shutdown(async move {
            terminate.recv().await;
        })
        .await
}
