//! Wardline.
