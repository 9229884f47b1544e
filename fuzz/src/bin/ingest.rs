//! Bytes as a server may send them, to the rows of the encrypted store.

#![no_main]

use std::cell::LazyCell;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use wardline_sdk::Fed;
use wardline_store::{DatabaseKey, Store};
use wardline_xmpp::FullJid;

/// Where everything happens.
struct Ground {
    runtime: Runtime,
    folder: TempDir,
    /// A store in which nothing has happened yet. Making one anew each time would take longer than all the rest.
    fresh: PathBuf,
}

impl Ground {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let folder = folder.expect("a folder");
        let fresh = folder.path().join("fresh.db");
        runtime.block_on(async {
            let store = open(&fresh).await;
            store.close().await.expect("closed");
        });
        Self { runtime, folder, fresh }
    }

    async fn take(&self, input: &[u8]) {
        let heard = wardline_fuzz::hear(input).await;
        if heard.iter().all(|one| one.events.is_empty() && one.page.is_none()) {
            return;
        }
        let path = self.folder.path().join("store.db");
        std::fs::copy(&self.fresh, &path).expect("copied");
        let store = open(&path).await;
        let own = FullJid::new(wardline_fuzz::OWN).expect("an address").to_bare();
        let mut fed = Fed::new(store.clone(), own).await.expect("an engine");
        for one in heard {
            fed.take(one.events).await.expect("stored");
            if let Some(Ok(page)) = one.page {
                fed.page(page).await.expect("stored");
            }
        }
        let faults = fed.faults().await.expect("read");
        assert!(faults.is_empty(), "{faults:?}");
        drop(fed);
        store.close().await.expect("closed");
    }
}

async fn open(path: &Path) -> Store {
    Store::open(path, &DatabaseKey::new([7; 32])).await.expect("a store").store
}

thread_local! {
    static GROUND: LazyCell<Ground> = LazyCell::new(Ground::new);
}

fuzz_target!(|input: &[u8]| {
    GROUND.with(|ground| ground.runtime.block_on(ground.take(input)));
});
