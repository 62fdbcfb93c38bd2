//! A report: one value, many faces.
