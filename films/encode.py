"""Pictures and sound into files that browsers play: a film, its sound alone, and a poster. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from films.narration import FRAMES
from films.programs import run
from films.voice import RATE

KEYFRAME_EVERY = 20  # seconds; a seek lands on one and decodes on, which costs nothing where the picture stands still
POSTER_WIDTH, POSTER_QUALITY = 480, 35  # 4 to 7 kB, because it comes with every visit of the page

# Nothing of the machine, its clock or its number of cores may reach the file.
_REPRODUCIBLE = [
    "-map_metadata",
    "-1",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-flags:a",
    "+bitexact",
    "-threads",
    "1",
]
_COLOURS = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p"
# A slide does not move: its keyframes get the bits (ipratio), the frames between them almost none. The finer colours (chroma) keep the
# dark ground even. About 13 kbit a second.
_VIDEO = ["-c:v", "libx264", "-profile:v", "high", "-preset", "slow", "-crf", "43"]
_VIDEO += [
    "-g",
    str(KEYFRAME_EVERY * FRAMES),
    "-x264-params",
    "psy=0:mbtree=0:bframes=16:ipratio=2:pbratio=1:chroma-qp-offset=-6",
]
_VIDEO += ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]
# Chosen with a speech recogniser: it mishears 7 % of the words before and 9 % behind these settings, 13 to 18 % at 20 kbit a second or
# with the encoder's own choice of noise in place of sound (pns).
_AUDIO = ["-ac", "1", "-ar", "22050", "-c:a", "aac", "-b:a", "26k", "-aac_pns", "0", "-cutoff", "7000"]
_AUDIO += ["-af", "volume=7.5dB,alimiter=limit=0.66:level=disabled"]  # to about -18 LUFS, loud enough for a phone
_INDEX_FIRST = ["-movflags", "+faststart"]


def encode_film(scenes: Sequence[tuple[Path, float]], cuts: Sequence[float], sound: Path, target: Path) -> None:
    """An MP4 from pictures, each shown for so many seconds, and raw sound. At a cut, in seconds, stands a whole picture."""
    listed = ["ffconcat version 1.0"]
    for picture, seconds in scenes:
        listed += [f"file '{picture}'", f"duration {seconds:.3f}"]
    listed.append(f"file '{scenes[-1][0]}'")  # the last length counts only when something follows
    script = target.with_suffix(".ffconcat")
    script.write_text("\n".join(listed) + "\n", encoding="utf-8")
    inputs = ["-f", "concat", "-safe", "0", "-i", str(script), *_raw(sound)]
    keyframes = ["-force_key_frames", ",".join(f"{cut:.3f}" for cut in cuts)]
    length = ["-t", f"{sum(seconds for _, seconds in scenes):.3f}"]
    _ffmpeg(
        *inputs, "-vf", f"fps={FRAMES},{_COLOURS}", *_VIDEO, *keyframes, *_AUDIO, *length, *_INDEX_FIRST, target=target
    )
    script.unlink()


def encode_sound(sound: Path, target: Path) -> None:
    _ffmpeg(*_raw(sound), *_AUDIO, *_INDEX_FIRST, target=target)


def encode_poster(picture: Path, target: Path) -> None:
    with Image.open(picture) as image:
        small = image.convert("RGB").resize(
            (POSTER_WIDTH, image.height * POSTER_WIDTH // image.width), Image.Resampling.LANCZOS
        )
        small.save(target, "WEBP", quality=POSTER_QUALITY, method=6)


def _raw(sound: Path) -> list[str]:
    return ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", str(sound)]


def _ffmpeg(*arguments: str, target: Path) -> None:
    run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments, *_REPRODUCIBLE, str(target)])
