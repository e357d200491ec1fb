"""The sandbox's own side, under `/_sandbox`: what happens in it, and how to control it. Not a part of the cStar API."""
