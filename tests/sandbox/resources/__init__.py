"""Tests of the resources of the API, a module for each tag or several."""
