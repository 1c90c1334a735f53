//! The floor: the least that polling costs. Feeds are fetched and read by feed-rs, and nothing is done with them.

use anyhow::Context;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Asks for all addresses of a file, one a line. `validators` is where it keeps the feeds' tags: whoever has
/// them is told where nothing is new.
pub(super) fn run(addresses: &Path, concurrent: usize, validators: &Path) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let known: BTreeMap<String, String> = match std::fs::read(validators) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(_) => BTreeMap::new(),
        };
        let client = reqwest::Client::builder().no_proxy().build()?;
        let turns = Arc::new(Semaphore::new(concurrent));
        let mut polls: JoinSet<anyhow::Result<(String, String)>> = JoinSet::new();
        for address in std::fs::read_to_string(addresses)?.lines().map(str::to_owned) {
            let (client, turns, tag) = (client.clone(), Arc::clone(&turns), known.get(&address).cloned());
            polls.spawn(async move {
                let _turn = turns.acquire().await?;
                let tag = poll(&client, &address, tag).await?;
                Ok((address, tag))
            });
        }
        let mut learned = BTreeMap::new();
        while let Some(polled) = polls.join_next().await {
            learned.extend([polled??]);
        }
        std::fs::write(validators, serde_json::to_vec(&learned)?)?;
        Ok(())
    })
}

/// The feed's tag.
async fn poll(client: &reqwest::Client, address: &str, known: Option<String>) -> anyhow::Result<String> {
    let mut request = client.get(address);
    if let Some(tag) = &known {
        request = request.header("If-None-Match", tag);
    }
    let response = request.send().await?.error_for_status()?;
    if let (304, Some(tag)) = (response.status().as_u16(), known) {
        return Ok(tag);
    }
    let tag = response.headers().get("etag").context("a feed without a tag")?.to_str()?.to_owned();
    feed_rs::parser::parse(response.bytes().await?.as_ref())?;
    Ok(tag)
}
