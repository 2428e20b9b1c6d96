"""How words are bent: an order, a report of what happens, a report of what happened. Endings tell, in English roughly, in Russian well."""

import re
from functools import lru_cache

_RUSSIAN = (
    ("order", re.compile(r"[а-я]{2,}(?:[аеиоуыюя]й|йте|ите|ьте|йся|[бвгджзклмнпрстфхцчшщ]и|[дзнртвбпмсщ]ь|ись)")),
    ("past", re.compile(r"[а-я]{2,}(?:[аеиоуыюя]л[аои]?|[аеиоуыюя]л(?:ся|ась|ось|ись)|[гксзт]ло?)")),
    ("present", re.compile(r"[а-я]{2,}(?:[аеиуюя]т|[аеиуюя]тся|ют|ят|ует|ается|ется|ится)")),
    ("infinitive", re.compile(r"[а-я]{2,}(?:ть|ться|ти|чь)")),
    ("i-do", re.compile(r"[а-я]{2,}(?:аю|яю|ую|ею|аюсь|ую)")),
    ("passive", re.compile(r"[а-я]{3,}(?:ен|ена|ено|ены|ан|ана|ано|аны)")),
    ("of-it", re.compile(r"[а-я]{3,}(?:ый|ая|ое|ые|ий|ой|ого|ому|ых|ую)")),
)
_NO_ORDERS = (
    "или если при три пути сети дни часть день память очередь вдруг здесь теперь опять есть мой твой наш свой такой другой "
    "какой этой той каждый второй новый старый любой мной тобой между ведь уже пусть модель ошибки задачи почти двери вещи "
    "файлы связь запись "
)
_NOT_ORDERS = frozenset(_NO_ORDERS.split())
_ENGLISH = (
    ("present", re.compile(r"[a-z]{3,}(?:[^s'u]s|es)")),
    ("past", re.compile(r"[a-z]{2,}ed|was|were|went|gone|got|did|broke|lost|stopped|became|had|came|said")),
    ("going", re.compile(r"[a-z]{2,}ing")),
)
_SMALL_WORDS = {
    "the": "the a an this that these those every half all some any each no",
    "my": "my our your his her their mine мой моя мое мои наш наша наше наши нашем нашей",
    "i": "i we i'm i've we're we've i'd we'd me us я мы у меня нас мне нам",
    "it": "it he she they you there it's they're something everything nobody somebody people users customers "
    "он она оно они это эта этот эти кто-то что-то все кто",
    "be": "is are was were be been has have had",
    "at": "in on at from to of for with by into over since after before about under в на с из к по для от до о об за под над про со",
    "must": "must should shall need needs ought let lets должен должна должно должны надо нужно пусть пускай",
}
_KNOWN = {word: name for name, words in _SMALL_WORDS.items() for word in words.split()}


@lru_cache(maxsize=16384)
def mood(word: str) -> str:
    """Return how a word is bent, or nothing where the ending does not tell."""
    if word in _KNOWN:
        return _KNOWN[word]
    if word[0] == "~" or word in {".", "?", ","}:
        return word if word[0] != "~" else "name"
    if word.isascii():
        return next((name for name, pattern in _ENGLISH if pattern.fullmatch(word)), "")
    if word in _NOT_ORDERS:
        return ""
    return next((name for name, pattern in _RUSSIAN if pattern.fullmatch(word)), "")
