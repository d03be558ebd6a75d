"""mtqe: translation-quality evaluation for sentences and whole articles."""
