"""What changed between two revisions of the project, and what version number that takes."""
