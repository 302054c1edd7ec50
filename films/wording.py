"""From words as they are written to words as they are said: sentences, signs spelt out, and the pronunciations an author has noted.

Every written word keeps its place, because its moment in the sound is the moment of its caption.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PRONUNCIATION = Path(__file__).with_name("pronunciation.toml")

_CLOSING = "\"'”’)]"
_OPENING = "\"'“‘(["
_ABBREVIATIONS = {"dr.", "mr.", "mrs.", "ms.", "prof.", "st.", "vs.", "e.g.", "i.e.", "approx."}
_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "“": "", "”": "", '"': "", "—": ", ", "–": "-", "…": ",", "(": "", ")": ",", "[": "", "]": ","}
    | {"&": " and ", "/": " ", "\\": " ", "+": " plus ", "=": " equals ", "*": "", "_": " "}
)
_RANGE = re.compile(r"(?<=\d)-(?=\d)")
_LETTERS = re.compile(r"[^a-z0-9' -]")


@dataclass(frozen=True)
class Said:
    """A written word, and what the voice is given for it: no word at all, one, or several."""

    written: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Pronunciation:
    """How words sound that the voice would get wrong, and which of two words a phrase means."""

    words: dict[str, str]  # phones with a stress digit, syllables between bars: "n ax | l aa1 k | s ow n"
    phrases: dict[str, str]  # as written, in lower case → the same number of words, some of them from `words`

    def used_in(self, text: str) -> list[str]:
        """The entries that change how this text sounds, so that others can change without its film being made again."""
        plain = f" {' '.join(_LETTERS.sub(' ', _ascii(text).lower()).split())} "
        phrases = {phrase: said for phrase, said in self.phrases.items() if f" {phrase} " in plain}
        named = set(" ".join([plain, *phrases.values()]).replace("'s ", " ").split())
        words = {word: phones for word, phones in self.words.items() if word in named}
        return [f"{key} = {value}" for key, value in sorted((phrases | words).items())]


def read_pronunciation(file: Path = PRONUNCIATION) -> Pronunciation:
    with file.open("rb") as stream:
        data = tomllib.load(stream)
    for phrase, said in data["phrases"].items():
        if len(phrase.split()) != len(said.split()):
            raise ValueError(f'{file.name}: "{phrase}" and "{said}" do not have the same number of words')
    return Pronunciation(data["words"], data["phrases"])


def sentences_of(text: str) -> list[tuple[str, ...]]:
    """The words of each sentence, with their punctuation."""
    sentences: list[tuple[str, ...]] = []
    words = text.split()
    start = 0
    for index, word in enumerate(words):
        last = index + 1 == len(words)
        if last or (ends_sentence(word) and not words[index + 1].lstrip(_OPENING)[:1].islower()):
            sentences.append(tuple(words[start : index + 1]))
            start = index + 1
    return sentences


def ends_sentence(word: str) -> bool:
    bare = word.rstrip(_CLOSING)
    return bare.endswith((".", "!", "?", "…")) and bare.lstrip(_OPENING).lower() not in _ABBREVIATIONS


def said(sentence: tuple[str, ...], pronunciation: Pronunciation) -> list[Said]:
    """What the voice is given for each word of a sentence."""
    spoken: list[str] = []
    for word in sentence:
        tokens = " ".join(_tokens(word))
        if not tokens and spoken and spoken[-1][-1:].isalnum():
            spoken[-1] += ","  # a dash that stands alone is a pause
        spoken.append(tokens)
    for place, replacement in _replacements(spoken, pronunciation):
        ending = re.search(r"[^\w']*$", spoken[place])
        spoken[place] = replacement + (ending[0] if ending else "")
    return [Said(word, tuple(words.split())) for word, words in zip(sentence, spoken, strict=True)]


def _replacements(spoken: list[str], pronunciation: Pronunciation) -> Iterator[tuple[int, str]]:
    plain = [_LETTERS.sub("", word.lower()) for word in spoken]
    for phrase, instead in pronunciation.phrases.items():
        wanted = phrase.split()
        for start in range(len(plain) - len(wanted) + 1):
            if plain[start : start + len(wanted)] == wanted:
                for offset, word in enumerate(instead.split()):
                    if word != wanted[offset]:
                        yield start + offset, word


def _tokens(word: str) -> list[str]:
    """Plain words for the voice; none for a sign that stands alone."""
    plain = _ascii(_RANGE.sub(" to ", word.translate(_SIGNS)))
    return [token.strip("'") for token in plain.split() if any(letter.isalnum() for letter in token)]


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()
