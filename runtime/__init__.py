"""What every process shares: settings, keys, the Temporal plugin, logging."""
