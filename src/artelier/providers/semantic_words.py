"""Words that turn a question into another one, in English and Russian; ``likeness`` tells them apart."""

import re


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


NEGATIONS = frozenset(
    _listed("""not no never none neither nor without nothing nobody nowhere cannot hardly except less least fewer
    не нет ни без никогда ничего никто нигде никакой никакая никакое никакие никаких нельзя невозможно незачем кроме менее наименее""")
)
MOMENTS = frozenset(
    _listed("""today tomorrow yesterday now tonight currently latest newest previous next last
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october
    november december spring summer autumn winter morning evening night
    сегодня завтра вчера послезавтра позавчера сейчас теперь раньше потом понедельник вторник среду среда четверг пятница пятницу
    суббота субботу воскресенье январь января январе февраль февраля феврале март марта марте апрель апреля апреле май мая мае
    июнь июня июне июль июля июле август августа августе сентябрь сентября сентябре октябрь октября октябре ноябрь ноября ноябре
    декабрь декабря декабре утром днём днем вечером ночью весной летом осенью зимой""")
)
COUNTS = {
    word: str(number)
    for number, words in enumerate(
        (
            "zero ноль нуль нуля",
            "",
            "two два две двух двумя",
            "three три трёх трех тремя",
            "four четыре четырёх четырех",
            "five пять пяти",
            "six шесть шести",
            "seven семь семи",
            "eight восемь восьми",
            "nine девять девяти",
            "ten десять десяти",
            "eleven одиннадцать одиннадцати",
            "twelve двенадцать двенадцати",
        )
    )
    for word in _listed(words)
} | dict.fromkeys(
    _listed("""first second third fourth fifth half twice double triple hundred thousand million billion
    первый первая первое первого второй вторая второе второго третий третья третьего половина половину дважды вдвое втрое полтора
    сто двести тысяча тысячи тысяч миллион миллиона миллионов миллиард"""),
    "",
)
"""Numbers as words: those up to twelve as digits, all others as themselves; not one, which stands for anything."""
UNITS = re.compile(
    r"""(?:k|m|c|d|µ|u|n)?m|km/?h|mph|kmh|mi|ft|in|yd|lbs?|oz|kg|mg|µg|g|l|ml|[kmgt]i?b(?:ps)?|bytes?|bits?|ms|ns|s|sec|min|h|hrs?|hz|[kmg]hz
    |kw|mw|w|v|a|°?[cf]|k|%|usd|eur|gbp|rub|cny|[$€£¥₽]
    |(?:kilo|centi|milli|mega|giga|tera)?(?:met(?:er|re)|gram|lit(?:er|re)|byte|bit|watt|hertz|volt)s?
    |miles?|feet|foot|inch(?:es)?|yards?|pounds?|ounces?|tons?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|celsius|fahrenheit|kelvin
    |percent|dollars?|euros?|roubles?|rubles?|yuan|degrees?
    |км(?:/ч)?|м|см|мм|кг|г|гр|мг|т|л|мл|[кмгт]б(?:ит)?|мс|с|сек|мин|ч|руб|[квм]т
    |(?:кило|санти|милли|мега|гига|тера)?(?:метр|грамм|литр|байт|бит|ватт|герц|вольт)(?:а|ов|ы|ах|ам)?
    |мил[ьи]|миль|фут(?:а|ов|ы)?|дюйм(?:а|ов|ы)?|фунт(?:а|ов|ы)?|тонн[аы]?|секунд[аы]?|минут[аы]?|час(?:а|ов|ы)?|д(?:ень|ня|ней|ни)|недел[яьию]
    |месяц(?:а|ев|ы)?|год(?:а|ы|у)?|лет|цельси[яюй]|фаренгейт[ау]?|кельвин(?:а|ах|ы)?|процент(?:а|ов|ы)?|доллар(?:а|ов|ы|ах)?|евро|рубл(?:ь|я|ей|и|ях)
    |юан(?:ь|я|ей|и)|градус(?:а|ов|ы|ах)?""",
    re.VERBOSE,
)
"""What an amount may be in; a letter alone counts only right after a number."""
PREFIXES = _listed("un in im il ir dis non anti de mis не без бес анти контр де дез")
"""What makes a word's opposite where it stands before it."""
_OPPOSITE_STEMS = """
on|off true|false enabl|disabl increas|decreas more|less most|least before|after maxim|minim max|min add|remov add|delet
first|last start|stop open|clos begin|end import|export upload|download push|pull encod|decod encrypt|decrypt left|right up|down
in|out true|false yes|no high|low fast|slow safe|danger always|never all|none all|some allow|forbid allow|deny allow|block
accept|reject buy|sell send|receiv read|writ upgrad|downgrad connect|disconnect includ|exclud old|new big|small long|short
hot|cold win|los love|hate best|worst better|wors good|bad ascend|descend north|south east|west inner|outer public|privat
client|server many|few raise|lower advantag|disadvantag pros|cons sync|async input|output positiv|negativ above|below over|under
with|without legal|illegal parent|child create|delet включ|выключ включ|отключ вкл|выкл больш|меньш увелич|уменьш добав|удал
созда|удал открыть|закрыть откры|закры нача|законч начал|конец можно|нельзя до|после перед|после с|без из|в импорт|экспорт
загруз|выгруз зашифр|расшифр закодир|раскодир кодир|декодир максим|миним макс|мин лучш|худш хорош|плох высок|низк быстр|медлен
всегда|никогда все|никто разреш|запре приня|отклон принима|отклоня купи|прода отправ|получ чита|запис чтен|запис прочит|запис
нов|стар больш|мал длинн|коротк горяч|холодн перв|последн верн|ошибоч прям|обратн вверх|вниз влево|вправо лев|прав слева|справа
внутр|наруж сверху|снизу вход|выход плюс|минус север|юг восток|запад безопасн|опасн подключ|отключ установ|удал возрастан|убыван
полож|отриц публичн|приватн преимуществ|недостат достоинств|недостат выше|ниже более|менее поднять|опустить
"""
OPPOSITES = tuple((pair.split("|")[0], pair.split("|")[1]) for pair in _listed(_OPPOSITE_STEMS))
"""Beginnings of words that mean opposites."""
LONGEST_EXACT = 3
"""Letters up to which such a beginning is the whole word."""
