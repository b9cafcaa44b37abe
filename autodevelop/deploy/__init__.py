"""Releases that go live on one host, and the way back."""
