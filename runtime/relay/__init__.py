"""What the journal has decided about workflows, told to Temporal: by every process that accepts orders."""
