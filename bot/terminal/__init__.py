"""The terminal client, ``huashu chat``: a thin edge on the channel that knows no business rules."""
