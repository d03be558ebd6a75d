"""String helpers: sentences, words, scripts, languages, spans. No models, no settings, no I/O."""
