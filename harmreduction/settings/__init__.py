"""Settings: `base` runs the embedded site, `dev` adds debug pages, `test` is for tests, `production` refuses what is unsafe."""
