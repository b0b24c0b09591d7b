//! Prints figures of the sandbox: how fast it takes vouchers and answers look-ups. `cargo run --release --example
//! figures`.

#![expect(clippy::disallowed_methods, reason = "the figures are times")]

use std::time::Instant;

use postonce_sandbox::{ACCOUNTING_TOKEN, Options, start};
use reqwest::Client;
use serde_json::{Value, json};

/// The number of requests: as many as a large organisation's year has records.
const REQUESTS: usize = 138;
const VOUCHERS_IN_A_REQUEST: usize = 100;
const IN_FLIGHT: usize = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let begun = Instant::now();
    let store = Some(folder.path().join("figures.sqlite"));
    let sandbox = start(Options { store, practice_count: 13_800, ..Options::default() }).await?;
    println!("start, with 13,800 records      {:>8.1} ms", milliseconds(begun));

    let client = Client::new();
    let url = sandbox.url();
    let lock: Value = client
        .post(format!("{url}/v1/locks/export"))
        .bearer_auth(ACCOUNTING_TOKEN)
        .json(
            &json!({"holder": {"user": "kari", "host": "here", "run_id": "1"}, "operation": "sync", "ttl_seconds": 60}),
        )
        .send()
        .await?
        .json()
        .await?;
    let token = lock["token"].as_str().ok_or("no lock")?.to_owned();

    let bodies: Vec<String> = (0..REQUESTS).map(body).collect();
    let begun = Instant::now();
    post_all(&client, &url, &token, &bodies).await?;
    println!("138 × 100 vouchers, 4 in flight {:>8.1} ms", milliseconds(begun));
    let begun = Instant::now();
    post_all(&client, &url, &token, &bodies).await?;
    println!("the same again, all replays     {:>8.1} ms", milliseconds(begun));

    let begun = Instant::now();
    for first in (0..REQUESTS * VOUCHERS_IN_A_REQUEST).step_by(500) {
        let references: Vec<String> = (first..first + 500).map(reference).collect();
        let answer = client
            .post(format!("{url}/v1/vouchers/lookup"))
            .bearer_auth(ACCOUNTING_TOKEN)
            .json(&json!({"references": references}))
            .send()
            .await?;
        answer.error_for_status()?.bytes().await?;
    }
    println!("look-up of all, 500 at a time   {:>8.1} ms", milliseconds(begun));

    let begun = Instant::now();
    let mut cursor = String::new();
    loop {
        let page = client.get(format!("{url}/v1/expenses?{cursor}")).bearer_auth(ACCOUNTING_TOKEN).send().await?;
        let page: Value = page.json().await?;
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("cursor={next}");
    }
    println!("all records, 500 at a time      {:>8.1} ms", milliseconds(begun));

    let begun = Instant::now();
    sandbox.stop().await;
    println!("stop                            {:>8.1} ms", milliseconds(begun));
    println!(
        "store                           {:>8} kB",
        std::fs::metadata(folder.path().join("figures.sqlite"))?.len() / 1024
    );
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM"))
    {
        println!("peak memory, client included    {}", peak.trim_start_matches("VmHWM:").trim());
    }
    Ok(())
}

async fn post_all(
    client: &Client,
    url: &str,
    token: &str,
    bodies: &[String],
) -> Result<(), Box<dyn std::error::Error>> {
    let lanes = (0..IN_FLIGHT).map(|lane| async move {
        for (place, body) in bodies.iter().enumerate().skip(lane).step_by(IN_FLIGHT) {
            let answer = client
                .post(format!("{url}/v1/vouchers"))
                .bearer_auth(ACCOUNTING_TOKEN)
                .header("Lock-Token", token)
                .header("Idempotency-Key", format!("key-{place}"))
                .body(body.clone())
                .send()
                .await?;
            answer.error_for_status()?.bytes().await?;
        }
        Ok::<_, reqwest::Error>(())
    });
    for outcome in futures_util::future::join_all(lanes).await {
        outcome?;
    }
    Ok(())
}

fn body(place: usize) -> String {
    let vouchers: Vec<Value> = (0..VOUCHERS_IN_A_REQUEST)
        .map(|within| {
            json!({
                "reference": reference(place * VOUCHERS_IN_A_REQUEST + within), "date": "2026-10-31", "currency": "NOK",
                "text": "Likepersonssamtale, Nordlandssykehuset Bodø, 84 km",
                "lines": [
                    {"account": "7140", "amount": "412.00", "dimensions": {"department": "20", "project": "P7"}},
                    {"account": "2930", "amount": "-412.00", "party": "PM-0031"},
                ],
            })
        })
        .collect();
    json!({"vouchers": vouchers}).to_string()
}

fn reference(number: usize) -> String {
    format!("PM-2026-{number:05}")
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}
