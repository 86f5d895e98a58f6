"""The decision: of what rules and network say of a number, what is believed, and how surely."""
