//! What our own code makes of it.
