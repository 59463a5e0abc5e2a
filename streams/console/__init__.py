"""The web page for the people on call: open incidents on a map and in a live list, and what operators order."""
