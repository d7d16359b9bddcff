"""Role-play: a client who pushes back, and a score that can be defended."""
