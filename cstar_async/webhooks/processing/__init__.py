"""Handle what is in the inbox: lease events, run their handlers, decide when to try again."""
