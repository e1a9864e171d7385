//! Runs the server and does nothing about its end.

use std::io;

#[tokio::main]
async fn main() -> io::Result<()> {
    axum::serve(hello::listener().await?, hello::router()).await
}
