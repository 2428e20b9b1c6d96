"""The text that Prometheus reads."""

from prometheus_client.parser import text_string_to_metric_families

from artelier.telemetry.metrics import Figure, exposition


def test_counters_gauges_and_labels():
    figures = [
        Figure("a_thing", "Things so far", 3, (("agent", 'co"der\n'),)),
        Figure("a_thing", "Things so far", 4, (("agent", "ask"),)),
        Figure("now", "Things now", 0.5, counts=False),
    ]
    families = {family.name: family for family in text_string_to_metric_families(exposition(lambda: figures).decode())}
    assert families["a_thing"].type == "counter"
    assert [(sample.labels, sample.value) for sample in families["a_thing"].samples] == [({"agent": 'co"der\n'}, 3), ({"agent": "ask"}, 4)]
    assert (families["now"].type, families["now"].samples[0].value, families["now"].documentation) == ("gauge", 0.5, "Things now")


def test_nothing_is_no_failure():
    assert exposition(list) == b""
