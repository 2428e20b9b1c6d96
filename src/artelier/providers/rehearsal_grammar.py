"""The words the rehearsal model knows, in English and Russian, as patterns over masked text."""

import re

from artelier.providers.rehearsal_text import LITERAL, TOKEN


def _any(words: str) -> str:
    """Return a pattern for any of the words; ``_`` stands for a space."""
    return "(?:" + "|".join(word.replace("_", r"\s+") for word in words.split()) + ")"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_T = TOKEN
_L = LITERAL
_END = r"[.!?…\s]{0,80}$"

_READ = _any("re-?read read cat прочитай(?:те)? прочитать прочти(?:те)? прочесть читай(?:те)? читать")
_LOOK = _any(
    "show(?:_me|_us)? open view print display look_(?:at|into|in|inside) покажи(?:те)? показать открой(?:те)? открыть выведи(?:те)? "
    "вывести посмотри(?:те)? посмотреть глянь(?:те)? загляни(?:те)? заглянуть give_me дай(?:те)? tell_me скажи(?:те)? расскажи(?:те)?"
)
_LIST = _any("list ls dir enumerate перечисли(?:те)? перечислить")
_FIND = _any(
    "find search(?:_for)? grep(?:_for)? look_for locate where_is where_are where найди(?:те)? найти поищи(?:те)? поискать ищи(?:те)? "
    "искать отыщи(?:те)? где"
)
_MAKE = _any("create make add создай(?:те)? создать сделай(?:те)? сделать заведи(?:те)? завести добавь(?:те)? добавить")
_WRITE = _any(
    "write save put store напиши(?:те)? написать запиши(?:те)? записать сохрани(?:те)? сохранить помести(?:те)? впиши(?:те)? положи(?:те)?"
)
_EDIT = _any(
    "replace change substitute swap замени(?:те)? заменить поменяй(?:те)? поменять измени(?:те)? изменить исправь(?:те)? исправить"
)
_SET = _any("set update bump установи(?:те)? установить поставь(?:те)? поставить обнови(?:те)? обновить подними(?:те)? поднять")
_CHANGE = _any("change измени(?:те)? изменить поменяй(?:те)? поменять смени(?:те)? сменить")
_RUN = _any("run execute exec launch start запусти(?:те)? запустить выполни(?:те)? выполнить прогони(?:те)? прогнать исполни(?:те)?")
_WHAT = _any("what's what’s what_is what_files which_files what_does what что какие чего")
_FOLDER = r"(?:folders?|director(?:y|ies)|subfolders?|dirs?|папк\w+|каталог\w*|директори\w+)"
_IN = _any("in inside within under across throughout through among в во внутри среди по")
_INTO = _any("to into in as в во как под_именем")
_NAMED = _any("called named with_name под_названием с_именем по_имени")
_FILE = (
    r"(?:(?:the|a|an|my|new|empty|whole|entire|all|всём|всем|нов\w+|пуст\w+)\s+)*(?:file\s+|файле?\s+|файла\s+)?"
    rf"(?:{_NAMED}\s+)?"
)

POLITE = _compiled(
    "^(?:"
    + _any(
        "please kindly can_you could_you would_you will_you can_we i_want_you_to i'd_like_you_to i_need_you_to let's let_us now first next "
        "finally also just then and so ok okay well hey hi hello пожалуйста можешь(?:_ли)? можете(?:_ли)? сможешь сможете не_могли_бы_вы "
        "не_мог(?:ла)?_бы_ты мог(?:ла|ли)?_бы(?:_ты|_вы)? прошу(?:_вас)? давай(?:те)? теперь сначала сперва потом затем наконец также "
        "ещё еще просто а и ну мне привет здравствуй(?:те)? ты вы"
    )
    + r"\b[\s,!.:]*)+"
)
"""Words before a request that do not change it."""
PLEASE = _compiled(r"[\s,]{0,3}\b(?:please|for me|thanks|thank you|пожалуйста|для меня|спасибо)" + _END)
UNLESS = _compiled(
    "^"
    + _any(
        "do_not don't don’t dont never no_need without not stop if unless when once whenever in_case не нельзя никогда без если когда "
        "как_только в_случае пока"
    )
    + r"\b"
)
"""A request that begins so is not for a program with rules: it would do the opposite."""
_STRONG = _any("and_then then after_that afterwards а_потом и_потом потом а_затем и_затем затем после_этого после_чего")
_WEAK = _any("and also and_also а_также также и а")
_VERB = (
    f"(?:{_READ}|{_LOOK}|{_LIST}|{_FIND}|{_MAKE}|{_WRITE}|{_EDIT}|{_SET}|{_CHANGE}|{_RUN}|mkdir"
    rf"|(?:in|в|во)\s+(?:the\s+)?(?:file\s+|файле\s+)?{_T},?\s+(?:{_EDIT}|{_SET}|{_CHANGE}))\b"
)
_BEFORE_VERB = rf"(?=(?:(?:please|also|пожалуйста|ещё|ты|вы)\s+)*{_VERB})"
_BULLET = r"(?:\d{1,2}[.)]|[-*•])\s+"
BULLET = _compiled(f"^{_BULLET}")
BOUNDARY = _compiled(
    rf"(?:[,;.!?]{{0,3}}\s+(?:(?:{_STRONG}|{_WEAK})\b,?\s*)+|[;.!?]{{1,3}}\s+|,\s+(?!(?:где|where)\b)|\n\s*(?:{_BULLET})?){_BEFORE_VERB}"
    rf"|[;.!?]{{1,3}}\s+(?={_WHAT}\s+(?:in|is|files|в|во|есть|лежит|файлы)\b)"
)
"""Between two requests: a stop or a joining word, and then a verb."""
STRONG_BOUNDARY = _compiled(rf"[,;.!?]{{0,3}}\s+(?:{_STRONG})\b,?\s*{_BEFORE_VERB}")
"""The same after words to be written, which may themselves hold «and» and verbs."""
OPEN_CONTENT = _compiled(rf"(?:{_WRITE}|{_MAKE})\b[^\n:]*?:\s*")

HELP = _compiled(
    r"\b(?:what (?:can|do) you (?:do|know|understand)|what are you|who are you|how do (?:you work|i use)|what is this|what else)\b"
    r"|^/?(?:help|\?)(?: me)?[\s!?.]*$|\bчто (?:ты |вы )?(?:вообще )?(?:уме|може)|\bкто (?:ты|вы)\b|\bкак (?:ты|вы) работа"
    r"|^/?(?:помощь|справка|помоги(?:те)?)[\s!?.]*$|\bна что (?:ты |вы )?способ|\bтво[ия] (?:возможности|умения)"
)
GREETING = _compiled(
    r"^(?:hi|hello|hey|greetings|good (?:morning|day|afternoon|evening)|привет\w*|здравствуй(?:те)?|добр\w+ (?:день|утро|вечер)|доброго дня"
    r"|салют|хай)\b"
)
THANKS = _compiled(
    r"^(?:thanks|thank you|thx|ok|okay|great|good|cool|nice|спасибо|благодарю|ок|хорошо|отлично|супер|класс|понятно)\b.{0,30}$"
)

READ = _compiled(rf"^{_READ}\s+(?P<object>.+)$")
LOOK = _compiled(rf"^{_LOOK}[\s,]+(?:(?:me|us|мне|нам)[\s,]+)?(?P<object>.+)$")
LIST = _compiled(rf"^(?:{_LIST}|список\s+файлов)(?:\s+(?P<object>.+))?$")
WHAT = _compiled(
    rf"^{_WHAT}\s*(?:(?:files|folders|is|are|there|файлы|папки|есть|лежит|лежат|находится|написано|там|do\s+we\s+have|у\s+нас)\s+)*"
    rf"(?:(?:in|inside|в|во|внутри)\s+(?P<object>.+)|(?P<here>here|there|тут|здесь|(?:the\s+)?files|файлы|есть)){_END}"
)
MENTIONS_FOLDER = _compiled(rf"\b(?:files|{_FOLDER}|everything|tree|structure|файлы|файлов|список|структур\w+|дерево|всё)\b|/$")
RECURSIVE = _compiled(
    r"[\s,]{0,3}\b(?:recursively|(?:with|and) (?:all )?(?:the )?(?:sub(?:folders|directories))|рекурсивно|вглубь"
    r"|со? (?:всеми )?(?:подпапками|вложенными(?: папками)?))\b"
)
FIRST_LINES = _compiled(
    r"^(?:the\s+)?(?:first|top|первые|первых)\s+(?P<count>\d{1,5})\s+(?:lines|строк\w*)\s+(?:(?:of|from|in|из)\s+)?(?P<object>.+)$"
)
SOME_LINES = _compiled(
    r"^(?:the\s+)?(?:lines|строки)\s+(?:from\s+|с\s+)?(?P<first>\d{1,7})\s*(?:-|–|—|to|through|по|до)\s*(?P<last>\d{1,7})\s+"
    r"(?:(?:of|from|in|из)\s+)?(?P<object>.+)$"
)
BEFORE_FILE = _compiled(
    r"^(?:an?(?=\s+\S)|"
    + _any("the my our this file files contents? text of in me us файл файлы файла файле содержимое текст мне нам в во из")
    + r"(?=\s|$))\s*"
)
BEFORE_FOLDER = _compiled(
    "^(?:"
    + _any(
        "all the every each of a my our files? everything contents? names? list tree structure there are is in inside from under within "
        "and me us все всё мне нам файлы файлов содержимое структур\\w+ дерево список имена в во из внутри что есть лежит лежат находится "
        "находятся и"
    )
    + rf"|{_FOLDER}|-\w+)(?=\s|$)\s*"
)
AFTER_NAME = _compiled(r"\s+(?:file|folder|directory|dir|файл|папка)$")
JOINED = _compiled(
    r"\s*,\s*(?:(?:and|и|а)\s+)?(?:(?:then|затем|потом)\s+)?(?:(?:in|в|во)\s+)?|\s+(?:(?:and|и|а)\s+)?(?:and|и|then|затем|потом)\s+(?:(?:in|в|во)\s+)?"
    rf"(?:(?:the|{_FOLDER}|файл\w*|files?)\s+)*"
)
HERE = _compiled(
    r"^(?:\.|here|everywhere|(?:(?:this|the|current|whole|entire|my|our|all)\s+)*"
    r"(?:folder|directory|workspace|project|repo|repository|root|code|codebase|files)"
    r"|(?:(?:этой|текущей|рабочей|нашем|моём|этом|всём|всех|корне)\s+)*"
    r"(?:папке|каталоге|директории|проекте|репозитории|корне|коде|файлах|папки|проекта)"
    rf"|здесь|тут|везде|всюду|у нас){_END}"
)

SEARCH_IN = _compiled(rf"^{_FIND}\s+(?:{_IN}\s+)(?:(?:the|{_FOLDER}|file|файле|файлах)\s+)*(?P<where>{_T})\s+(?:for\s+)?(?P<what>.+)$")
SEARCH_FOR = _compiled(rf"^search\s+(?P<where>{_T})\s+for\s+(?P<what>.+)$")
SEARCH = _compiled(rf"^{_FIND}\s+(?P<what>.+?)(?:\s+{_IN}\s+(?P<where>.+))?$")
BEFORE_PATTERN = _compiled(
    "^"
    + _any(
        "for all every any each the word words text string phrase lines? with containing occurrences?_of uses?_of usages?_of mentions?_of "
        "files?_(?:with|containing|that_contains?|mentioning) references_to instances_of where is are regex regular_expression pattern "
        "function class variable method где все всё слово слова текст строк[уи] фразу упоминани[ея] вхождени[ея] использовани[ея] с со "
        "содержащие шаблон файлы_(?:с|со|где|содержащие) регулярное_выражение используется используются встречается встречаются "
        "упоминается определ[её]н\\w* есть функци\\w+ класс\\w* переменн\\w+ метод\\w*"
    )
    + r"(?=\s|$)\s*"
)
AFTER_PATTERN = _compiled(
    r"\s+(?:(?:is|are)\s+)?(?:used|defined|mentioned|called|set|occurs?|appears?|используется|используются|встречается|встречаются|упоминается"
    r"|определ[её]н\w*|задан\w*|лежит)$"
)
REGULAR = _compiled(r"\b(?:regex|regular\s+expression|регулярн\w+\s+выражени\w+)\b")
VAGUE = _compiled(r"^(?:a|an|out|why|how|it|this|that|bugs?|errors?|problems?|mistakes?|ошибк\w*|баги?|проблем\w*|почему|как|это|его)$")
"""Words that nobody means as a pattern."""
GLOB = _compiled(
    r"^(?:(?:all|the|всех|файлах|файле|files?)\s+)*(?:(?P<glob>\*[\w.*/]+)|(?P<language>python|javascript|typescript|markdown|питон\w*))"
    r"(?:\s+(?:files?|файлах|файле))?$"
)
WITHIN = _compiled(rf"\s+{_IN}\s+")
BEFORE_WHERE = _compiled(rf"^(?:(?:the|{_FOLDER}|file|файле|файл)\s+)+")

MAKE_FOLDER = _compiled(
    rf"^(?:{_MAKE}\s+(?:(?:an?|the|new|ещё|еще|нов\w+|пуст\w+|empty)\s+)*{_FOLDER}|mkdir(?:\s+-p)?)\s+"
    rf"(?:{_NAMED}\s+)?(?P<object>.+?)(?:\s+(?:in|inside|в|внутри)\s+(?:(?:the|{_FOLDER})\s+)*"
    rf"(?P<where>{_T}))?$"
)
MAKE_FILE = _compiled(
    rf"^{_MAKE}\s+{_FILE}(?P<path>{_T})(?:\s*:\s*(?P<colon>.+)|\s+(?:with|containing|that\s+(?:says|contains)|saying|со?|где|в\s+котором)\s+"
    r"(?:(?:the|a)\s+)?(?:(?:text|contents?|line|word|текстом|содержимым|содержанием|словом|строкой|написано)\s*:?\s*)?(?P<content>.+))?$"
)
SAYS_FILE = _compiled(r"^\S+\s+(?:\S+\s+){0,3}?(?:file|файл)\b")
WRITE_COLON = _compiled(
    rf"^{_WRITE}\s+(?:{_INTO}\s+)?{_FILE}(?P<path>{_T})(?:\s+(?:следующее|the\s+following|this|текст))?\s*:\s*(?P<content>.+)$"
)
WRITE_WITH = _compiled(
    rf"^{_WRITE}\s+(?:{_INTO}\s+)?{_FILE}(?P<path>{_T})\s+(?:(?:with|с|со)\s+)?(?:(?:the\s+)?(?:text|contents?)|текст(?:ом)?|содержимым|слово|строку|with)?"
    rf"\s*(?P<content>{_L}){_END}"
)
WRITE_INTO = _compiled(
    rf"^{_WRITE}\s+(?:(?:the\s+)?(?:text|word|line|words|текст|слово|слова|строку|фразу)\s+)?(?P<content>.+?)\s+{_INTO}\s+{_FILE}(?P<path>{_T}){_END}"
)
_EVERYWHERE = _any("everywhere all every each all_occurrences_of every_occurrence_of везде всюду все каждое все_вхождения всё")
_WORD = r"(?:(?:the\s+)?(?:word|words|text|line|string|слово|слова|текст|строку)\s+)?"
EDIT = _compiled(
    rf"^{_EDIT}\s+(?P<all>{_EVERYWHERE}\s+)?{_WORD}(?P<old>{_L}|\S+)\s+(?P<before>{_EVERYWHERE}\s+)?(?:with|by|to|for|into|на)\s+{_WORD}(?P<new>{_L}|\S+)"
    rf"(?P<after>\s+{_EVERYWHERE})?\s+(?:in|inside|within|в|во)\s+{_FILE}(?P<path>{_T})(?P<last>\s+{_EVERYWHERE})?{_END}"
)
EDIT_IN = _compiled(
    rf"^(?:in|inside|within|в|во)\s+{_FILE}(?P<path>{_T}),?\s+{_EDIT}\s+(?P<all>{_EVERYWHERE}\s+)?{_WORD}(?P<old>{_L}|\S+)\s+(?P<before>{_EVERYWHERE}\s+)?"
    rf"(?:with|by|to|for|into|на)\s+{_WORD}(?P<new>{_L}|\S+?)(?P<last>\s+{_EVERYWHERE})?{_END}"
)
KEYS = {
    "версию": "version",
    "имя": "name",
    "название": "name",
    "описание": "description",
    "автора": "author",
    "лицензию": "license",
    "порт": "port",
}
"""Russian words for what files call by an English one."""
_VALUE_OF = r"(?:(?:value\s+of|setting|field|key|option|значение|поле|параметр|ключ)\s+(?:the\s+)?)"
_KEYED = (
    rf"(?:{_SET}\s+(?:the\s+|its\s+|его\s+)?{_VALUE_OF}?|{_CHANGE}\s+(?:(?:the|its)\s+{_VALUE_OF}?|(?:его\s+)?{_VALUE_OF}"
    rf"|(?:его\s+)?(?=(?:{'|'.join(KEYS)})\s)))(?P<key>{_L}|[\w.-]{{1,80}})(?:\s+(?:number|номер))?"
)
"""What names a value: after «change» an article or such a word tells it from text that is to be replaced."""
_FROM = rf"(?:\s+(?:from|с)\s+(?:{_L}|\S+))?"
_VALUE = rf"\s+(?:to|as|на|до)\s+(?P<value>{_L}|\S+?)"
SET = (
    _compiled(rf"^{_KEYED}{_FROM}{_VALUE}\s+(?:in|inside|within|of|в|во)\s+{_FILE}(?P<path>{_T}){_END}"),
    _compiled(rf"^{_KEYED}\s+(?:in|inside|within|of|в|во)\s+{_FILE}(?P<path>{_T}){_FROM}{_VALUE}{_END}"),
    _compiled(rf"^(?:in|inside|within|в|во)\s+{_FILE}(?P<path>{_T}),?\s+{_KEYED}{_FROM}{_VALUE}{_END}"),
    _compiled(rf"^{_KEYED}{_FROM}{_VALUE}(?P<path>){_END}"),
)
"""«Change the version to 2 in a.toml», the file earlier or not at all: then it is the last one."""
RUN = _compiled(rf"^(?:{_RUN}\s*:?\s+(?:(?:(?:the|a|this)\s+)?(?:shell\s+)?(?:commands?|команду)\s*:?\s*)?|[$!]\s*)(?P<command>.+)$")
RUN_TESTS = _compiled(rf"^{_RUN}\s+(?:(?:all|the|my|our|unit|все|мои|наши)\s+)*(?:tests?|тесты?|test\s+suite){_END}")
PLAIN_COMMAND = _compiled(r"^[a-z0-9_./~+-]+(?:\s|$)")
NOT_A_COMMAND = _compiled(
    r"(?:^|\s)(?:the|an?|it|this|that|these|my|our|all|every|if|unless|only|when|but|because|so|which|please|into|in|для|если|когда|но|только|чтобы|пока)(?:\s|$)"
    r"|[а-яё]"
)
"""Words that make a sentence of what stands after «run»; a command with such words wants quotation marks."""
PRONOUN = _compiled(r"^(?:it|this|that|this\s+file|that\s+file|the\s+file|его|её|ее|этот\s+файл|файл)$")
FILE_NAME = re.compile(r"^(?:.*\.\w+|\.\w.*|.*\b(?:README|LICENSE|Makefile|Dockerfile|Justfile|CHANGELOG|CONTRIBUTING|AUTHORS|NOTICE))$")
LANGUAGES = {"python": "*.py", "javascript": "*.js", "typescript": "*.ts", "markdown": "*.md"}
