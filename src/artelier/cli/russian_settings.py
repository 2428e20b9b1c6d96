"""What is wrong with settings, in Russian: by pydantic's types of errors, and by our own rules."""

MISFITS = {
    "no_file": "Такого файла нет. Проверьте --config или ARTELIER_CONFIG.",
    "key_unreadable": "Ключ не прочитать ({failure}). Подключите модель заново или укажите файл, где лежит только ключ.",
    "unreadable": "Его не прочитать: {failure}. Нужен файл в UTF-8, который можно читать.",
    "no_toml": "Это не TOML: {failure}. Исправьте строку.",
    "extra_forbidden": "такой настройки нет; проверьте написание или уберите её.",
    "missing": "этой настройки не хватает",
    "string_type": "нужен текст",
    "string_too_short": "нужен текст длиннее",
    "string_too_long": "текст слишком длинный: не больше знаков, чем {max_length}",
    "string_pattern_mismatch": "текст не той формы, нужна {pattern}",
    "int_type": "нужно целое число",
    "int_parsing": "нужно целое число",
    "int_from_float": "нужно целое число",
    "float_type": "нужно число",
    "float_parsing": "нужно число",
    "finite_number": "нужно обычное число",
    "bool_type": "нужно true или false",
    "bool_parsing": "нужно true или false",
    "literal_error": "нужно одно из: {expected}",
    "enum": "нужно одно из: {expected}",
    "greater_than": "нужно больше, чем {gt}",
    "greater_than_equal": "нужно не меньше, чем {ge}",
    "less_than": "нужно меньше, чем {lt}",
    "less_than_equal": "нужно не больше, чем {le}",
    "too_short": "значений слишком мало, нужно хотя бы {min_length}",
    "too_long": "значений слишком много, можно {max_length}",
    "list_type": "нужен список",
    "tuple_type": "нужен список",
    "set_type": "нужен список",
    "frozen_set_type": "нужен список",
    "dict_type": "нужна таблица",
    "model_type": "нужна таблица",
    "path_type": "нужен путь",
}
"""By what pydantic calls an error; what stands in braces is its own context. A sentence that ends has nothing to add."""

VALIDATORS = {
    'timeout and on_timeout belong to rules of decision = "ask": nobody waits at any other': (
        'timeout и on_timeout бывают у правил с decision = "ask": у других никто не ждёт'
    ),
    'tool and agent match nothing when they are empty: leave them out, or write "*"': (
        'пустые tool и agent ничему не подходят: уберите их или напишите "*"'
    ),
    "a [ of this pattern is never closed: write [[] for the character itself": (
        "скобка [ в этом образце не закрыта; сама скобка пишется [[]"
    ),
    "a second currency needs both currency and per_dollar": "второй валюте нужны и currency, и per_dollar",
    'a duration is a number of seconds, or a text such as "90s", "15m", "24h", "7d"': (
        'длительность — это число секунд или текст вроде "90s", "15m", "24h", "7d"'
    ),
    "the index_url of like questions begins with postgresql://": "index_url похожих вопросов начинается с postgresql://",
    'cache.semantic needs an embedder: "provider/model" of an embeddings endpoint, "local" or "lexical"': (
        'cache.semantic нужен embedder: "поставщик/модель" с эмбеддингами, "local" или "lexical"'
    ),
    "the url of a cache begins with redis://, rediss://, unix:// or s3://": (
        "url кэша начинается с redis://, rediss://, unix:// или s3://"
    ),
    "the url of a bucket names it: s3://BUCKET": "url бакета называет его: s3://БАКЕТ",
}
"""By the words of our own rules that take no parameters."""
