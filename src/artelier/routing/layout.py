"""Words typed in the wrong keyboard layout: ``ghbdtn`` is ``привет``, ``ащкьфе`` is ``format``."""

from functools import lru_cache

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_ENGLISH_PAIRS = (
    "ab ac ad ag ai ak al am an ap ar as at av ay ba be bl bo bu ca ce ch ck cl co cr cs ct cu da dd de di do du ea ec ed ee ef el "
    "em en ep er es et ev ew ex fa fe fi fo fr ge gi gn go gr ha he hi ho hy ic id ie if ig il im in io is it iv ke la ld le li ll "
    "lo lu ly ma me mi mo mp na nc nd ne ng ni no ns nt nu oc od oe of og ok ol om on oo op or os ot ou ow pa pe pi pl po pp pr pt "
    "qu ra rc rd re ri rk rm rn ro rr rs rt ru rv ry sa sc se sh si so ss st su ta te th ti to tr ts tt tu uc ue ug ui ul um un up "
    "ur us ut ve vi wa we wh wi wo wr yo"
)
"""The 180 commonest pairs of letters of English requests; the Russian ones beneath likewise, 220."""
_RUSSIAN_PAIRS = (
    "аб ав аг ад ае аж аз ай ак ал ам ан ап ар ас ат ах ац ач аю ая ба бе бл бо бр бу бы ва ве ви во вс вы вь га гд ги го гр да де "
    "ди дл дн до ду ев ег ед ез ей ек ел ем ен еп ер ес ет еш жа жд же жи жн за зд зи зн зо зу иб ив ид ие из ии ий ик ил им ин ир "
    "ис ит иц ич иш ию ия йс йт ка ке ки кл ко кр кт ку ла ле ли ло лу ль лю ля ма ме ми мм мо му мы на нд не ни нк нн но нт ну ны "
    "ня об ов ог од ое ож оз ои ой ок ол ом он оп ор ос от оч ош па пе пи пл по пр пу ра рв ре ри рк рм рн ро рт ру ры са сд се си "
    "ск сл сн со сп сс ст сь ся та тв те ти тк то тр тс ту ты ть уд уж уй ук ул ум ун ур ус ут уч ую фа фо хо це ци ча че чи чн чт "
    "ше ши ще ыв ые ый ьн эт ют ят"
)
_ENGLISH, _RUSSIAN = frozenset(_ENGLISH_PAIRS.split()), frozenset(_RUSSIAN_PAIRS.split())
_EDGES = '!?:()"«»—-…'
_SURE = 0.3
"""By how much the share of plausible pairs must grow for a whole text to be turned."""
_SURE_OF_ONE = 0.6
"""The same for one word among words that are right."""
_FEWEST_PAIRS = 4


def put_right(text: str) -> str:
    """Return a lower-case text with what was typed in the wrong layout turned; a text that looks right comes back as it is."""
    words = text.split(" ")
    latin, cyrillic = _gain(words, 0), _gain(words, 1)
    if latin >= _SURE:
        return " ".join(_turned(word, 0) for word in words)
    if cyrillic >= _SURE:
        return " ".join(_turned(word, 1) for word in words)
    return " ".join(_alone(word) for word in words)


def _gain(words: list[str], direction: int) -> float:
    measured = [_judged(word)[direction] for word in words]
    pairs = sum(count for _, count in measured)
    return sum(gain for gain, _ in measured) / pairs if pairs >= _FEWEST_PAIRS else 0.0


@lru_cache(maxsize=8192)
def _judged(word: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return, for Latin and for Cyrillic words, how many plausible pairs turning would win, and the pairs there are."""
    core = word.strip(_EDGES)
    letters = core.rstrip(",.")
    if (
        letters.isascii()
        and any(letter.isalpha() for letter in letters)
        and not any(letter in "/\\@=_<>{}0123456789" for letter in letters)
    ):
        return _won(core.rstrip(".") if len(core) > 1 else core, _TO_CYRILLIC, _ENGLISH, _RUSSIAN), (0, 0)
    if letters.isalpha() and not letters.isascii():
        return (0, 0), _won(letters, _TO_LATIN, _RUSSIAN, _ENGLISH)
    return (0, 0), (0, 0)


def _won(word: str, table: dict[int, int], here: frozenset[str], there: frozenset[str]) -> tuple[int, int]:
    turned = word.translate(table)
    now = sum(word[at : at + 2] in here for at in range(len(word) - 1))
    then = sum(turned[at : at + 2] in there for at in range(len(turned) - 1))
    return then - now, len(word) - 1


@lru_cache(maxsize=8192)
def _turned(word: str, direction: int) -> str:
    gain, pairs = _judged(word)[direction]
    if gain < 0 or not pairs:
        # A single letter cannot tell; inside a turned text it follows the others.
        return word.translate((_TO_CYRILLIC, _TO_LATIN)[direction]) if len(word) == 1 else word
    return word.translate((_TO_CYRILLIC, _TO_LATIN)[direction])


@lru_cache(maxsize=8192)
def _alone(word: str) -> str:
    for direction, (gain, pairs) in enumerate(_judged(word)):
        if pairs >= _FEWEST_PAIRS and gain / pairs >= _SURE_OF_ONE:
            return word.translate((_TO_CYRILLIC, _TO_LATIN)[direction])
    return word
