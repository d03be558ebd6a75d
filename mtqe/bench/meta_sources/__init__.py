"""Where the scores of metrics come from: one file for each kind of source."""
