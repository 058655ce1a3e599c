//! A run: plan, workers, derive, commit, resume, reconcile, report.
