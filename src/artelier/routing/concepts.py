"""What words are about, in both languages: the beginnings of words that mean the same to a router, under one name.

A beginning that ends with ``$`` is a whole word. The longest beginning that fits a word decides.
"""

from functools import lru_cache

_WORDS = {
    "explain": """explain clarif summar overview walk$ understand understood wonder curious remind eli5 gist tell$ interpret elaborate
        teach rephras meaning means$ mean$ stand$ lost$ объясн поясн расскаж рассказ подскаж разъясн переска подытож
        резюмир означа значит$ значат смысл понять пойму понима напомн уточни просвет растолк интерес любопыт научи
        перефраз""",
    "describe": "describ опиш опис",
    "show": "show$ list$ display$ print$ give$ gimme покаж перечисл вывед выведи дай$ дайте приведи$",
    "what": "what$ what's whats$ что$ че$ чо$ чего$",
    "how": "how$ how's как$ каким$ каков",
    "why": "why$ почему отчего wtf$",
    "where": "where$ where's where'd где$ куда$ откуда$",
    "who": """who$ who's whose$ which$ when$ кто$ кого$ чей$ какой$ какая$ какие$ какое$ каких$ какую$ какому$ каком$ когда$ сколько$
        чем$ зачем$ насколько$""",
    "is": "is$ are$ does$ do$ did$ was$ were$ am$ has$ have$ ли$ правда$ верно$ разве$ неужели$ есть$",
    "can": "can$ could$ may$ should$ would$ можно$ можешь можете мог$ могли нужно$ надо$ стоит$ следует",
    "please": "please pls$ plz$ kindly пожалуйста плиз плз$ прошу будь$ будьте",
    "make": """add$ adds adding write$ create creat build$ make$ implement generat scaffold code$ whip slap introduc integrat hook$
        wire$ put$ throw$ stick$ chuck plug$ attach append insert include$ support$ enable allow emit expose seed$ mock$
        добав созда сдела реализ напиш напис запил накида допиш прикрут воткн внедр интегрир подключ сгенерир встав
        введи закинь наклепа имплемент заимплемент заведи впиш пропиш состряп сверста верст накинь накод программ need$
        want$ нужен$ нужна$ нужно$ нужны$ хочу$ хотел""",
    "change": """rename renam chang$ change replac move$ remov delet$ delete updat refactor rewrit rework convert extract split$ set$
        swap$ turn$ switch port$ bump upgrad drop$ nuke tidy clean$ format$ sort$ merge$ bring$ cut$ shorten simplif
        translat inlin increas reduc optimis optimiz speed$ disabl hide$ limit$ revert undo rollback commit push$ run$
        install deploy$ apply adapt adjust edit$ correct$ pin$ tag$ cap$ toss rip$ use$ переимен помен измен замен
        перенес перемест убер удал обнов перепиш рефактор отрефактор зарефактор преврат вынес раздел объедин постав
        переведи перевест сократ упрост ускор оптимизир отключ скрой скры запрет ограни верни откат отмен закоммит
        закомит запуши запусти прогон установ задепло применить примен поправ выпил снес сними выкин пусть$ перекинь
        переключ отсортир отформат смерж заменить увелич уменьш разбей почист исключ""",
    "fix": "fix$ fixes fixing fixed repair$ resolv solv$ patch почин чини$ починк исправ пофикс устран фикс",
    "find": """figur investigat diagnos troubleshoot trace$ track$ bisect dig$ root$ cause$ causes caus reproduc hunt выясн разбер
        разобр диагност отлад отслед расслед воспроизв докопа копай покопа причин из-за$ глянь виноват""",
    "look": """find$ search$ check$ look$ locate inspect review audit найд найт ищи$ поищ провер посмотр глян проанализ analys analyz
        изуч оцени""",
    "debug": "debug дебаг дебаж",
    "fail": """fail crash broke$ broken break$ breaks$ breaking bug$ bugs$ error errors exception hang$ hangs$ hung stuck freez froz
        leak timeout timed flak wrong incorrect segfault corrupt deadlock stall die$ dies$ died dying 500$ 502$ 503$
        404$ 403$ 401$ 422$ nan$ undefined oom slow$ slower lag$ lags$ stutter flicker problem issue borked glitch weird
        strange unexpected lost$ lose$ loses$ disappear missing stale duplicat twice stops$ stopped reject refus denied
        unable stale regress unreliable misbehav падае падат упал упад слома вылет вылаз ошибк баг$ баги$ бага багу
        исключени виснет зависа завис$ висит$ подвиса утечк таймаут тайм-аут мига глюч глюк лага подлаг тормоз медлен
        неправильн неверн некоррект сбой сбои сбоит проблем странн пропал пропада пропаж теря потер дублир дважды отвал
        накры ругает лома ломает битый бьет бьют бьютс поплыл поехал съехал жрет дохн умира кракозябр красн застря
        крутит расход сегфолт паник слетел взаимн гонк протека вырубает перезагружа рестарт отваливает вылезл повис
        заика разлогин пусто$ пустая$ пустой$ белый$ черный$ undefined$ нулл""",
    "works": """work$ works$ working worked start$ starts$ load$ loads$ open$ opens$ respond react arriv fires$ connect$ compil boot$
        boots$ launch appear trigger resolv работа запуска старту стартан грузит загружа открыва отвеча реагир приход
        срабат подключа соедин компилир собира отобража показыва сохраня проход появля обновля пуска находит видит""",
    "not": """not$ no$ never$ without$ nothing none$ nobody don't doesn't didn't isn't aren't won't can't cannot couldn't wouldn't
        wasn't haven't hasn't dont$ doesnt$ didnt$ cant$ wont$ isnt$ instead не$ нет$ без$ ни$ никак нельзя ничего никто
        никогда вместо$""",
    "again": """again$ suddenly sometimes randomly occasionally still$ anymore since$ yesterday intermittent опять снова вдруг иногда
        случайно перестал перестает вчера порой периодическ время$ внезапно давно""",
    "after": "after$ once$ whenever upon$ после$ когда$ если$",
    "design": """design$ designs designing architect propos blueprint sketch$ outlin concept strateg adr$ adrs rfc$ rfcs erd$ uml$ c4$
        diagram trade-off tradeoff roadmap decompos brainstorm envision spitball conceptual topolog boundar спроектир
        проектир архитект предлож концеп стратег адр$ диаграм дорожн декомпоз продум набросай набросок обрис дизайн-док
        проработ распиш обоснуй обоснов прикинь границ сформулир техзадан$ эскиз подход$ approach$""",
    "plan": "plan$ plans$ planning planned план$ планы$ плана$ плану$ планом$ спланир распланир планир plann",
    "spec": """spec$ specs$ specif requirement draft$ proposal paper$ спецификац специфицир тз$ спек$ спеку$ техзадан требовани чернов
        проектн""",
    "model": """schema scheme$ model$ models$ structure entities layers$ layer$ modules$ module$ interface$ contract протокол protocol
        схем модел$ модель модели структур сущност слоя слои модул интерфейс контракт""",
    "choose": """compar choose choice versus$ vs$ or$ decide decision option alternative pros$ cons$ weigh evaluat assess recommend
        better$ best$ сравн выбер выбор или$ либо$ вариант альтернатив плюсы минусы взвес рекоменд лучше$ решени посовет
        против$""",
    "scale": """scal$ scale scalab microservice monolith distributed multi-tenant sharding migration$ масштаб микросервис монолит
        распредел шардир отказоуст миграц переход$ переезд""",
    "system": "system systems$ platform service$ services$ систем платформ сервис",
    "all": """all$ everything whole$ entire entirety complet full$ fully full-stack fullstack end-to-end e2e$ scratch start-to-finish
        every$ each$ finish$ lot$ overall весь$ вся$ все$ всю$ всего$ всех$ всем$ целиком полност полн полноцен ключ$
        нуля$ конца$ комплекс каждый каждую каждого законч сквозн целый""",
    "coordinate": """coordinat delegat orchestrat subtask subtasks agents$ parallel organis organiz manage$ divide distribut assign team$
        helpers epic backlog sprint mvp координир делегир оркестр подзадач агент параллел организ раздай раскида
        распредели эпик бэклог мвп помощник исполнител поручи""",
    "sequence": "then$ finally afterwards first$ firstly next$ second$ lastly потом затем сначала сперва напоследок далее$ заодно наконец",
    "and": "and$ plus$ also$ & и$ плюс$ также$ еще$ тоже$",
    "test": "test$ tests$ testing tested pytest unit$ coverage qa$ тест$ тесты тестов теста тестами протест покро покры",
    "docs": """doc$ docs$ document readme manual guide changelog tutorial docstring comment документ ридми доки доку инструкц
        руководств описани мануал""",
    "frontend": """frontend front-end front$ ui$ page$ button form$ css$ react$ client$ screen$ фронт интерфейс$ страниц кнопк форм$ форма$
        форму$ экран верстк клиент$""",
    "backend": "backend back-end back$ api$ endpoint server$ rest$ бэк$ бэкенд бекенд бек$ апи$ эндпоинт сервер$ сервер",
    "database": "database db$ sql$ table$ migrations postgres mysql sqlite база$ базу$ базы$ базе$ бд$ таблиц субд",
    "deploy": """deployment deploying ci$ cd$ pipeline docker kubernetes k8s$ release$ monitoring infrastructure деплой деплоем выкат
        выкладк пайплайн докер инфраструктур релиз мониторинг развертыв""",
    "auth": "auth$ login$ signup payment$ payments$ billing admin$ авториз регистрац оплат админк биллинг логин",
    "mobile": "mobile app$ android ios$ мобильн приложени",
    "file": "~file",
    "name": "~name",
    "code": "code$ coding код$ кода$ коду$ коде$ кодить",
    "only": "only$ just$ merely simply только$ просто$ лишь$",
    "follow": """try$ retry continue continu keep$ going$ carry$ proceed same$ rest$ remaining попробуй продолж дальше давай$ остальн
        ещераз поехали$ переходи""",
    "report": "report$ reported complain customer user$ users$ жалоб клиент пользовател сообщает поддержк",
    "difference": "differ difference отлича отличи разниц чем$",
    "know": "know$ idea$ clue$ знаю$ знает идей идеи$ понятия$ хз$",
    "yes": "yes$ ok$ okay$ good$ great$ fine$ approved alright да$ ок$ окей хорошо$ отлично$ ладно$ ага$ согласен утвержд",
    "thanks": "thanks thank thx$ hello hi$ hey$ спасибо спс$ привет здравств благодар",
}


def _index() -> dict[str, str]:
    found: dict[str, str] = {}
    for concept, words in _WORDS.items():
        for word in words.split():
            found.setdefault(word.replace("ё", "е"), concept)
    return found


_BEGINNINGS = _index()
_LONGEST = max(map(len, _BEGINNINGS))
_SHORTEST = 3


@lru_cache(maxsize=16384)
def concept(word: str) -> str:
    """Return what a word is about, or nothing."""
    if found := _BEGINNINGS.get(f"{word}$"):
        return found
    for end in range(min(len(word), _LONGEST), _SHORTEST - 1, -1):
        if found := _BEGINNINGS.get(word[:end]):
            return found
    return ""
