"""The film studio: turns the scripts of video steps into narrated slides, with captions, chapters and the sound alone.

`make films` runs it. script → narration (what is said, by which voice, when) → captions; slides → encode. `manifest` knows which
film is ours and whether its script has changed since. The site never imports this package, which knows nothing of the site but how
a script is read.
"""
