"""What a student meets in the browser: the results of checks, the home page, the settings."""
