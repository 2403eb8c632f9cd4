//! Snapshots of whole pictures.
