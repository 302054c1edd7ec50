"""The voice: Festival turns sentences into sounds of speech with their stress and pauses, hts_engine makes them heard.

One recorded speaker (cmu_us_slt, an HTS voice of Debian) stands behind every role. A lower or higher pitch with a longer or shorter
throat makes another person of her. How well each is understood was measured with a speech recogniser; see VOICES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from films.problems import FilmProblem
from films.programs import HTS_VOICE, run
from films.wording import Pronunciation, said

RATE = 32_000  # samples a second, as the voice was recorded; each is a signed 16-bit number
SAMPLE = 2  # bytes
UNITS = 10_000_000  # hts_engine counts time in tenths of a microsecond
EDGE = 0.06  # seconds of the silence around a sentence that are kept, so that nothing is clipped

Sentence = tuple[str, ...]


@dataclass(frozen=True)
class Voice:
    """Settings of hts_engine. `warp` is its all-pass constant: 0.45 is the recorded speaker, more is a longer throat."""

    half_tones: float
    warp: float
    speed: float
    louder: float = 0.0  # decibels; so that all are equally loud


# Beside each: words that pocketsphinx got wrong among 289, at speed 0.92. The voice as recorded has 10 %, Debian's flite voices have
# 9 % (rms), 17 % (awb) and 22 % (slt).
NARRATOR = Voice(-2, 0.49, 0.90)  # 6.6 %
WOMEN = (Voice(2, 0.47, 0.91, -1.0), Voice(-4, 0.50, 0.90, 0.6), Voice(0, 0.46, 0.89, -0.6))  # 7.6 %, 5.2 %, 8.0 %
MEN = (Voice(-11, 0.52, 0.92, 0.7), Voice(-7, 0.50, 0.91, 0.8), Voice(-11, 0.50, 0.89, 0.4))  # 4.5 %, 5.5 %, 4.5 %
_WOMAN = {"woman", "mother", "daughter", "sister", "grandmother", "aunt", "wife", "girl"}
_MAN = {"man", "father", "son", "brother", "grandfather", "uncle", "husband", "boy"}


@dataclass(frozen=True)
class Moment:
    """A written word and when it is heard, in seconds."""

    word: str
    start: float
    end: float


@dataclass(frozen=True)
class Speech:
    """A sentence as sound, and the moment of each of its words, counted from its beginning."""

    sound: bytes
    moments: tuple[Moment, ...]


# Says a sentence with a voice, at a share of its usual speed.
Say = Callable[[Sentence, Voice, float], Speech]


def cast(speakers: Iterable[str]) -> dict[str, Voice]:
    """A voice for each speaker, women's and men's in turn, none given twice while there are others. "" is the narrator."""
    given = {"": NARRATOR}
    pools = (list(WOMEN), list(MEN))
    turn = 0
    for speaker in speakers:
        if speaker in given:
            continue
        words = set(speaker.lower().split())
        if words & _WOMAN:
            turn = 0
        elif words & _MAN:
            turn = 1
        pool = pools[turn]
        given[speaker] = pool.pop(0)
        pool.append(given[speaker])
        turn = 1 - turn
    return given


class FestivalVoice:
    """Says sentences. All sentences of a film are given beforehand, because Festival takes longer to start than to read them."""

    def __init__(self, sentences: Sequence[Sentence], pronunciation: Pronunciation, folder: Path) -> None:
        self.pronunciation = pronunciation
        self.places = {sentence: folder / f"{number:04}" for number, sentence in enumerate(dict.fromkeys(sentences))}
        self._read()

    def __call__(self, sentence: Sentence, voice: Voice, speed: float) -> Speech:
        place = self.places[sentence]
        sound = place.with_suffix(".raw")
        timed = place.with_suffix(".timed")
        settings = {"-r": voice.speed * speed, "-fm": voice.half_tones, "-a": voice.warp, "-g": voice.louder}
        options = [str(part) for setting in settings.items() for part in setting]
        files = ["-od", str(timed), "-or", str(sound), str(place.with_suffix(".lab"))]
        run(["hts_engine", "-m", str(HTS_VOICE), *options, *files])
        sounds = [_times(line) for line in timed.read_text().splitlines()]
        tokens = [int(line) for line in place.with_suffix(".tokens").read_text().split()]
        return _speech(sentence, self._counts(sentence), sounds, tokens, sound.read_bytes())

    def _counts(self, sentence: Sentence) -> list[int]:
        return [len(word.tokens) for word in said(sentence, self.pronunciation)]

    def _read(self) -> None:
        """For each sentence the sounds that hts_engine wants (.lab), and for each sound the number of its word (.tokens)."""
        program = ["(voice_cmu_us_slt_arctic_hts)"]
        program += [_lexicon_entry(word, phones) for word, phones in self.pronunciation.words.items()]
        program.append(_READ)
        for sentence, place in self.places.items():
            tokens = [token for word in said(sentence, self.pronunciation) for token in word.tokens]
            text = " ".join(tokens).replace("\\", " ").replace('"', " ")
            program.append(f'(read_sentence "{text}" "{place}.lab" "{place}.tokens")')
        run(["festival", "--pipe"], "\n".join(program))


_READ = """
(define (read_sentence text sounds tokens)
  (let ((utt (utt.synth (eval (list 'Utterance 'Text text)))) (number 0) (file (fopen tokens "w")) token)
    (set! token (utt.relation.first utt "Token"))
    (while token
      (set! number (+ number 1))
      (item.set_feat token "number" number)
      (set! token (item.next token)))
    (mapcar
      (lambda (segment)
        (format file "%d\\n" (parse-number (item.feat segment "R:SylStructure.parent.parent.R:Token.parent.number"))))
      (utt.relation.items utt "Segment"))
    (fclose file)
    (hts_dump_feats utt hts_feats_list sounds)))
"""


def _lexicon_entry(word: str, phones: str) -> str:
    syllables = []
    for syllable in phones.split("|"):
        stress = int("1" in syllable)
        syllables.append(f"(({syllable.replace('1', '').strip()}) {stress})")
    return f'(lex.add.entry \'("{word}" nil ({" ".join(syllables)})))'


def _times(line: str) -> tuple[float, float]:
    start, end, _ = line.split(maxsplit=2)
    return int(start) / UNITS, int(end) / UNITS


def _speech(
    sentence: Sentence,
    counts: list[int],
    sounds: list[tuple[float, float]],
    tokens: list[int],
    sound: bytes,
) -> Speech:
    """Cuts the silence at both ends, and finds each written word's first and last sound."""
    spans: dict[int, tuple[float, float]] = {}
    for number, (start, end) in zip(tokens, sounds, strict=True):
        if number:
            spans[number] = (spans[number][0] if number in spans else start, end)
    if sum(counts) != len(spans):
        text = " ".join(sentence)
        raise FilmProblem(f'the voice does not say "{text}" word for word; write its signs and numbers as words')
    first, last = spans[min(spans)][0], spans[max(spans)][1]
    begin = max(first - EDGE, 0.0)
    cut = sound[SAMPLE * round(begin * RATE) : SAMPLE * round((last + EDGE) * RATE)]
    moments = []
    number = 0
    for word, count in zip(sentence, counts, strict=True):
        if count:
            start, end = spans[number + 1][0], spans[number + count][1]
        else:  # a dash: no sound of its own
            start = end = spans[number][1] if number else first
        moments.append(Moment(word, start - begin, end - begin))
        number += count
    return Speech(cut, tuple(moments))
