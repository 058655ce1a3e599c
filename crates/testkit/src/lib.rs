//! Builders and the generator of synthetic letters for samples, tests and benchmarks.
