"""Requests put together from hand-written frames and things, so that no agent owns a thing. ``python -m training.routing.frames``."""

import random
import sys
from collections.abc import Iterator

import msgspec

from training.routing.rows import DATA, Row

THINGS_EACH = 5
"""So many things are drawn for each frame."""
_SEED = 20_240_501

_ENGLISH = (
    "the export to CSV; the login page; the mail queue; the price filter; the backup job; the search index; the chat widget; the payment form; "
    "the audit log; the image upload; the report generator; the settings dialog; the user import; the REST client; the plugin loader; the retry logic; "
    "the cache; the scheduler; the map view; the order status; the calendar sync; the error page; the design system; the test runner; the build script; "
    "the planner module; the parser; the sensor driver; the bootloader; the recommendation model; the ETL job; the dashboard; the leaderboard; "
    "the physics engine; the webhook handler; the session store; the rate limiter; the PDF template; the CI pipeline; the docs site"
)
_RUSSIAN = (
    "экспорт в CSV|экспорта в CSV|экспорте в CSV; вход в систему|входа в систему|входе в систему; фильтр цен|фильтра цен|фильтре цен; "
    "журнал аудита|журнала аудита|журнале аудита; поиск|поиска|поиске; чат|чата|чате; импорт пользователей|импорта пользователей|импорте пользователей; "
    "кеш|кеша|кеше; планировщик|планировщика|планировщике; календарь|календаря|календаре; парсер|парсера|парсере; драйвер датчика|драйвера датчика|драйвере датчика; "
    "дашборд|дашборда|дашборде; отчёт по продажам|отчёта по продажам|отчёте по продажам; личный кабинет|личного кабинета|личном кабинете; "
    "пайплайн сборки|пайплайна сборки|пайплайне сборки; клиент API|клиента API|клиенте API; модуль оплаты|модуля оплаты|модуле оплаты; "
    "генератор PDF|генератора PDF|генераторе PDF; бот|бота|боте; загрузчик плагинов|загрузчика плагинов|загрузчике плагинов; "
    "сервис уведомлений|сервиса уведомлений|сервисе уведомлений; скрипт бэкапа|скрипта бэкапа|скрипте бэкапа; редактор текста|редактора текста|редакторе текста; "
    "обработчик ошибок|обработчика ошибок|обработчике ошибок; дизайн формы|дизайна формы|дизайне формы; тест корзины|теста корзины|тесте корзины; "
    "каталог товаров|каталога товаров|каталоге товаров; лимит запросов|лимита запросов|лимите запросов; сайт документации|сайта документации|сайте документации"
)
_FRAMES = {
    ("en", "coder"): """add a timeout to {}|move {} into its own module|write tests for {}|rename the main class of {}|make {} configurable|
        add logging to {}|replace the loop in {} with a comprehension|remove the deprecated option from {}|let {} accept a list|add a docstring to {}|
        port {} to async|{} should return an empty result instead of an error|use the new client in {}|add a "retry" button to {}|
        change the default limit of {} to 50|drop the old API from {}|we know what's wrong with {}: the limit is 10, it must be 100, change it|
        turn {} off behind a flag|simplify {} without changing what it does|translate the messages of {}|bump the version and mention {} in the changelog|
        I'd like {} to remember the last choice|please extend {} with an option for dates|write a small script that runs {} every hour""",
    ("en", "ask"): """how does {} work?|what does {} do|where is {} implemented?|explain {} to me like I'm new here|who wrote {}?|
        is there documentation for {}?|what are the limits of {}?|which files belong to {}|don't change {}, just tell me how it works|
        when was {} last changed?|what happens in {} when the network is gone?|can you summarise {} in three sentences|what would I have to know before I touch {}|
        does {} use threads?|I'm trying to understand {}|what is the purpose of {}|is {} covered by tests?|how is {} configured|
        tell me about {}|what does the error handling in {} look like|how would I fix something in {}? only explain|why do we need {} at all?""",
    ("en", "debug"): """{} is broken|{} doesn't work any more|{} crashes every now and then|why does {} hang?|{} got slow since the last release|
        find out why {} returns nothing|I get an exception in {}|{} fails on Windows only|{} shows the wrong values, no idea why|
        after the update {} stopped working|what's wrong with {}?|something in {} leaks memory|users complain that {} is stuck|{} sometimes does the same thing twice|
        {} throws a KeyError|investigate why {} times out|the tests of {} are red and I don't know why|{} works locally but not in production|
        I can't get {} to start|debug {}, please|{} silently does nothing|what causes the delays in {}?|where do the errors in {} come from|fix {}, it has been failing since Monday""",
    ("en", "architect"): """design {}|propose an architecture for {}|write a design document for {}|plan how {} should be rebuilt|
        compare two ways of building {} and recommend one|write an ADR about {}|draw a diagram of {}|how should {} be structured? write a proposal|
        outline the interfaces of {} before we code|prepare a migration plan for {}|what would be the right design for {} at ten times the load?|
        draft a specification of {}|think through {} and list the risks, no code|evaluate whether we should buy or build {}|
        define the data model behind {}|write an RFC for {}|suggest how to split {} into components|plan the refactoring of {} in phases|don't implement {} yet, just plan it""",
    ("en", "orchestrator"): """build {} end to end: backend, frontend, tests, docs|take over {} completely: plan, code, tests, release|
        do everything that is needed for {}|design, implement, test and document {}|split the work on {} into subtasks and get them done|
        rewrite {} from scratch with tests, docs and deployment|first plan {}, then build it, then test it, then write the guide|
        deliver {} as a whole, UI and API and database included|coordinate the work on {}: several people, one result|
        find the problems in {}, fix them, add tests and update the docs|work through all open tickets about {}|research, design and build {} and roll it out""",
    ("ru", "coder"): """добавь тайм-аут в {0}|вынеси {0} в отдельный модуль|напиши тесты для {1}|переименуй главный класс {1}|сделай {0} настраиваемым|
        добавь логи в {0}|убери устаревший параметр из {1}|добавь описание {1} в README|переведи {0} на async|в {2} вместо ошибки возвращай пустой список|
        используй новый клиент в {2}|добавь кнопку «Повторить» в {0}|поменяй предел {1} на 50|мы знаем, что не так в {2}: предел 10, а нужен 100, исправь|
        спрячь {0} за флагом|упрости код {1}, поведение не меняй|переведи сообщения {1} на английский|подними версию и упомяни {0} в списке изменений|
        дополни {0} параметром для дат|пусть {0} запоминает последний выбор|напиши скрипт, который запускает {0} каждый час""",
    ("ru", "ask"): """как работает {0}?|что делает {0}|где реализован {0}?|объясни, как устроен {0}|кто писал {0}?|есть ли документация на {0}?|
        какие ограничения у {1}?|какие файлы относятся к {1}|ничего не меняй, просто расскажи про {0}|когда последний раз меняли {0}?|
        что происходит в {2}, когда нет сети?|перескажи {0} в трёх предложениях|что надо знать, прежде чем трогать {0}|используются ли потоки в {2}?|
        пытаюсь понять {0}|зачем нужен {0}|есть ли тесты для {1}?|как настраивается {0}|как обрабатываются ошибки в {2}?|зачем нам вообще {0}?|расскажи про {0}""",
    ("ru", "debug"): """{0} сломался|{0} больше не работает|{0} время от времени падает|почему виснет {0}?|{0} тормозит с последнего релиза|
        выясни, почему {0} ничего не возвращает|вылезает исключение в {2}|{0} не работает только на винде|{0} показывает неверные значения, не знаю почему|
        после обновления {0} перестал работать|что не так с {0}?|в {2} течёт память|пользователи жалуются, что {0} завис|{0} иногда срабатывает дважды|
        {0} бросает KeyError|разберись, почему {0} отваливается по тайм-ауту|тесты {1} красные, причину не знаю|{0} работает локально, а на проде нет|
        не могу запустить {0}|отладь {0}|{0} молча ничего не делает|из-за чего задержки в {2}?|откуда ошибки в {2}|почини {0}, с понедельника падает""",
    ("ru", "architect"): """спроектируй {0}|предложи архитектуру {1}|напиши дизайн-документ для {1}|продумай, как переделать {0}|
        сравни два способа сделать {0} и посоветуй один|оформи ADR про {0}|нарисуй схему {1}|как лучше устроить {0}? напиши предложение|
        опиши интерфейсы {1} до начала работ|подготовь план переноса {1}|каким должен быть {0} при десятикратной нагрузке?|составь спецификацию {1}|
        обдумай {0} и перечисли риски, без кода|оцени, купить нам {0} или делать самим|определи модель данных для {1}|напиши RFC про {0}|
        предложи, как разбить {0} на части|спланируй рефакторинг {1} по этапам|пока не делай {0}, только спланируй""",
    ("ru", "orchestrator"): """сделай {0} под ключ: бэкенд, фронтенд, тесты, документация|возьми {0} на себя полностью: план, код, тесты, выпуск|
        сделай всё, что нужно для {1}|спроектируй, реализуй, протестируй и опиши {0}|разбей работу над {0} на подзадачи и выполни их|
        перепиши {0} с нуля с тестами, документацией и развёртыванием|сначала спланируй {0}, потом сделай, потом проверь, потом напиши руководство|
        сдай {0} целиком, с интерфейсом, API и базой|организуй работу над {0}: людей несколько, результат один|
        найди проблемы в {2}, исправь, допиши тесты и обнови документацию|закрой все задачи про {0}|изучи, спроектируй и сделай {0}, затем выкати""",
}


def rows() -> Iterator[Row]:
    """Yield every frame with some things, always the same."""
    things = {"en": [[each] for each in _split(_ENGLISH, ";")], "ru": [_split(each, "|") for each in _split(_RUSSIAN, ";")]}
    for (language, agent), frames in _FRAMES.items():
        for number, frame in enumerate(_split(frames, "|")):
            source = random.Random(f"{_SEED} {language} {agent} {number}")  # noqa: S311  no secret hangs on it
            for index, thing in enumerate(source.sample(things[language], THINGS_EACH)):
                name = f"frames-{language}-{agent}-{number:02d}-{index}"
                yield Row(name, frame.format(*thing), agent, language, f"frames-{language}-{number % 8}", "frame")


def lines() -> bytes:
    """Return the rows as they stand in ``frames.jsonl``."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows())


def _split(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]


if __name__ == "__main__":
    (DATA / "frames.jsonl").write_bytes(lines())
    sys.stdout.write(f"{sum(1 for _ in rows())} rows\n")
