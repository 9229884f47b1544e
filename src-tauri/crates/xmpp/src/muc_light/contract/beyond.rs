//! What the recording leaves open.
