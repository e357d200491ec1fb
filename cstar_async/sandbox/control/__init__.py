"""The sandbox's own side, under `/_sandbox`: what happens in it, and knobs for it. Not a part of the cStar API."""
