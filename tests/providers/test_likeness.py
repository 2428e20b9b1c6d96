"""What tells apart two questions that look alike, in English and Russian."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.providers.likeness import plain, veto
from artelier.providers.semantic_words import NEGATIONS, PREFIXES

APART = [
    ("Is ibuprofen safe in pregnancy?", "Is ibuprofen unsafe in pregnancy?", "opposites"),
    ("Is it legal?", "Is it illegal?", "opposites"),
    ("Is it possible to win?", "Is it impossible to win?", "opposites"),
    ("How do I enable IPv6?", "How do I disable IPv6?", "opposites"),
    ("How to encrypt a file", "How to decrypt a file", "opposites"),
    ("a careful answer", "a careless answer", "opposites"),
    ("Это безопасно?", "Это небезопасно?", "opposites"),
    ("Как включить звук?", "Как выключить звук?", "opposites"),
    ("Как добавить строку?", "Как удалить строку?", "opposites"),
    ("Можно ли спать?", "Нельзя ли спать?", "negations"),
    ("Should I eat it?", "Should I not eat it?", "negations"),
    ("Why does it work?", "Why doesn't it work?", "negations"),
    ("coffee with milk", "coffee without milk", "negations"),
    ("Почему он ест?", "Почему он не ест?", "negations"),
    ("Кофе с сахаром", "Кофе без сахара", "negations"),
    ("Когда он приходит?", "Он никогда приходит?", "negations"),
    ("What makes one attractive?", "What makes one less attractive?", "negations"),
    ("Есть ли дети?", "Ни дети?", "negations"),
    ("How far is 5 km?", "How far is 50 km?", "numbers"),
    ("Is 3 more than 5?", "Is 5 more than 3?", "numbers"),
    ("What is 1.5 times 2?", "What is 15 times 2?", "numbers"),
    ("What happened on 2024-01-02?", "What happened on 2024-02-01?", "numbers"),
    ("two apples", "three apples", "numbers"),
    ("две ложки", "три ложки", "numbers"),
    ("Convert 5 km", "Convert 5 miles", "units"),
    ("Is 20°C warm?", "Is 20°F warm?", "units"),
    ("Сколько это в метрах, 3 км?", "Сколько это в метрах, 3 м?", "units"),
    ("It costs 5 $?", "It costs 5 €?", "units"),
    ("Convert celsius to fahrenheit", "Convert fahrenheit to celsius", "units"),
    ("Weather today?", "Weather tomorrow?", "moments"),
    ("Какая погода завтра?", "Какая погода вчера?", "moments"),
    ("Open on Monday?", "Open on Friday?", "moments"),
    ("What does `sort` do?", "What does `sorted` do?", "quoted"),
    ('Say "yes"', 'Say "maybe"', "quoted"),
    ("Что значит «мир»?", "Что значит «миф»?", "quoted"),
    ("What is get_user?", "What is get_users?", "identifiers"),
    ("Run ls -l", "Run ls -a", "identifiers"),
    ("Where is /etc/hosts?", "Where is /etc/passwd?", "identifiers"),
    ("What is os.path?", "What is os.name?", "identifiers"),
    ("a driver in C++", "a driver in C#", "identifiers"),
    ("Use x1q", "Use x1z", "identifiers"),
    ("What is x == y", "What is x != y", "identifiers"),
    ("mail a@b.org", "mail c@b.org", "identifiers"),
    ("What is the capital of France?", "What is the capital of Spain?", "names"),
    ("Flights from Paris to London", "Flights from London to Paris", "names"),
    ("Какая столица Франции?", "Какая столица Испании?", "names"),
    ("Tell me about GitHub", "Tell me about GitLab", "names"),
    ("SQL or not?", "XML or not?", "names"),
    ("does a dog bite a man", "does a man bite a dog", "opposites"),
]
ALIKE = [
    ("How do I reverse a list?", "How can one reverse a list"),
    ("What is the capital of France?", "what's the capital city of france"),
    ("Какая столица Франции?", "столица франции — это какая"),
    ("В какой стране Париж?", "Расскажи, в какой стране находится город Париж"),
    ("Сколько будет 10 000 рублей?", "сколько будет 10000 рублей"),
    ("It costs 5,5 km", "it costs 5.5 km!"),
    ("Ещё раз: что такое поток?", "еще раз, что такое поток"),
    ("How do I use SQL?", "how do i use sql, please"),
    ("Don't I need it?", "Don’t I need it"),
]


@pytest.mark.parametrize(("one", "other", "why"), APART)
def test_what_differs_is_told_either_way(one, other, why):
    assert veto(one, other) == why
    assert veto(other, one)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_is_worded_otherwise_is_not(one, other):
    assert veto(one, other) == veto(other, one) == ""


texts = st.text(st.sampled_from("аяёz Aя.,5%$'\"`«»-_/()\n\u0301\ud800") | st.characters(), max_size=60)


@given(texts)
def test_nothing_differs_from_itself(text):
    assert veto(text, text) == ""
    assert plain(plain(text)) == plain(text)


@given(texts, texts)
def test_it_is_the_same_either_way_whatever_is_said(one, other):
    assert bool(veto(one, other)) == bool(veto(other, one))


words = st.text("abcdefgилмно", min_size=3, max_size=8)


@given(words, words, st.sampled_from(sorted(NEGATIONS)))
def test_every_negation_vetoes(one, other, negation):
    assert veto(f"{one} {other}", f"{one} {negation} {other}")


@given(words, words, st.sampled_from(PREFIXES))
def test_every_antonym_prefix_vetoes(one, other, prefix):
    assert veto(f"{one} {other} x", f"{one} {prefix}{other} x")


@given(words, st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_other_number_vetoes(word, one, other):
    assert bool(veto(f"{word} {one} {word}", f"{word} {other} {word}")) == (one != other)
