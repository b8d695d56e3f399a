"""The French rules. docs/rules.md lists each with its source, and what is configuration because no source was found."""
