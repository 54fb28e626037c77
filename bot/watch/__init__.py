"""Watching the sources: how often each is asked, how it is, what a theatre still hears. Pure decisions."""
