"""Names that look alike: which letters are taken for which, and how a name reads to somebody who glances at it.

The table holds, for every letter and digit of plain Latin, the letters and digits of other alphabets that look like it. It is the part
of Unicode's confusables.txt (UTS 39, https://www.unicode.org/Public/security/) that can stand in a name here; © Unicode, Inc.,
https://www.unicode.org/license.txt.
"""

import re
import unicodedata

TABLE = """
    2 ƧϨᒿꙄꛯꝚ
    3 ƷȜЗӠⳌꝪꞫ𑣊𖼻
    4 Ꮞ𑢯
    5 Ƽ𑢻
    6 бᏮⳒ𑣕
    7 𐓒𑣆
    8 Ȣȣ৪੪𐌚
    9 ৭੧୨൭ⳊꝮ𑢬𑣌𑣖
    A ΑАᎪᗅꓮ𐊠𖽀
    B ΒВᏴᗷꓐꞴ𐊂𐊡𐌁
    C СᏟⲤꓚ𐊢𐌂𐐕𐔜𑣩𑣲
    D Ꭰᗞᗪꓓ
    E ΕЕᎬⴹꓰ𐊆𑢦𑢮
    F ϜᖴꓝꞘ𐊇𐊥𐔥𑢢𑣂
    G ԌᏀᏳꓖ
    H ΗНᎻᕼⲎꓧ𐋏
    J ͿЈᎫᒍꓙꞲ
    K ΚКᏦᛕⲔꓗ𐔘
    L ᏞᒪⳐꓡ𐐛𐔦𑢣𑢲𖼖
    M ΜϺМᎷᗰᛖⲘꓟ𐊰𐌑
    N ΝⲚꓠ𐔓
    P ΡРᏢᑭⲢꓑ𐊕
    Q ⵕ
    R ƦᎡᏒᖇꓣ𐒴𖼵
    S ЅՏᏕᏚꓢ𐊖𐐠𖼺
    T ΤТᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊
    U Սሀᑌꓴ𐓎𑢸𖽂
    V Ѵ۷Ꮩᐯⴸꓦꛟ𐔝𑢠𖼈
    W ԜᎳᏔꓪ𑣦𑣯
    X ΧХᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐌢𐔧𑣬
    Y ΥУҮᎩᎽⲨꓬ𐊲𑢤𖽃
    Z ΖᏃꓜ𐋵𑢩𑣥
    a ɑαа
    b ƄЬᏏᑲᖯ
    c сᴄⲥꮯ𐐽
    d ԁᏧᑯꓒ
    e еҽꬲ
    f քẝꞙꬵ
    g ƍɡցᶃ
    h һհᏂ
    i ıɩɪιіӏᎥꙇꭵ𑣃
    j ϳј
    l 1IƖǀΙІӀ۱ᛁⲒⵏꓲ𐊊𐌉𐌠𖼨
    n ոռ
    o οσоօ۵०੦૦௦౦೦ഠ൦๐໐ဝ၀ჿᴏᴑⲟꬽ𐐬𐓪𑣈𑣗0OΟОՕ০ଠ୦ዐⲞⵔ〇ꓳ𐊒𐊫𐐄𐓂𐔖𑓐𑢵𑣠
    p ρрⲣ
    q ԛգզ
    r гᴦⲅꭇꭈꮁ
    s ƽѕꜱꮪ𐑈𑣁
    u ʋυսᴜꞟꭎꭒ𐓶𑣘
    v νѵᴠꮩ𑜆𑣀
    w ɯѡԝաᴡꮃ𑜊𑜎𑜏
    x хᕁᕽ
    y ɣʏγуүყᶌỿꭚ𑣜
    z ᴢꮓ𑣄
"""
LOOKS = {ord(other): plain for plain, others in map(str.split, TABLE.strip().splitlines()) for other in others}
LEET = str.maketrans("34578l", "eastbi")  # after LOOKS, so that 1 and l are one, and i with them
SEPARATORS = re.compile(r"[\s._\-'’]+")
TOGETHER = [{"CJK", "HIRAGANA", "KATAKANA", "LATIN"}, {"CJK", "HANGUL", "LATIN"}, {"CJK", "BOPOMOFO", "LATIN"}]
INVISIBLE = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | {
    chr(c) for c in range(0xFE00, 0xFE10)
}


def _plain(words: str) -> str:
    """Decomposed, so that a letter is replaced whatever stands on it."""
    return unicodedata.normalize("NFD", words).translate(LOOKS)


def skeleton(handle: str) -> str:
    """What the name looks like: two names with the same skeleton can be taken for each other.

    Spaces do not count; case does only where a capital looks like another letter than its small one ("I" like "l").
    """
    return unicodedata.normalize("NFC", SEPARATORS.sub("", _plain(_plain(handle).casefold())))


def bare(word: str) -> str:
    """As `skeleton`, and without accents, and with digits read as the letters they are put for: to find "M0dér4tor"."""
    letters = "".join(c for c in unicodedata.normalize("NFD", skeleton(word)) if unicodedata.category(c) != "Mn")
    return letters.translate(LEET)


def alphabets(handle: str) -> set[str]:
    """The alphabets whose letters stand in the name, by Unicode's names for them."""
    return {
        unicodedata.name(c, "?").split()[0].split("-")[0] for c in handle if unicodedata.category(c).startswith("L")
    }


def is_mixed(handle: str) -> bool:
    """Whether letters of several alphabets are mixed, other than in the ways that Japanese, Korean and Chinese are written."""
    found = alphabets(handle)
    return len(found) > 1 and not any(found <= usual for usual in TOGETHER)
