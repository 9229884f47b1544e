//! Bytes as a server may send them, to what the session tells.

#![no_main]

use std::cell::LazyCell;

use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: LazyCell<Runtime> =
        LazyCell::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime"));
}

fuzz_target!(|input: &[u8]| {
    RUNTIME.with(|runtime| drop(runtime.block_on(wardline_fuzz::hear(input))));
});
