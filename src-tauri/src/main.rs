//! Wardline.
fn main() {}
