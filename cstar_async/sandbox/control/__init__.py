"""The control API under `/_sandbox`: shows and controls the sandbox. It is not part of the cStar API."""
