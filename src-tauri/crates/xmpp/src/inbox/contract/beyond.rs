//! What the recordings leave open.
