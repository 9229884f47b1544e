//! Wardline store.
