"""Builds the notebooks: text source -> solution notebook -> released notebook."""
