"""The relay carries the journal's tasks for workflows to Temporal, in every process that accepts orders."""
