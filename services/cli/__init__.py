"""The command line: starts and stops everything, and asks and feeds it from a terminal."""
