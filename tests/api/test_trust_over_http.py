"""Trusting a folder over HTTP."""

TRUST = "/api/v1/workspaces/{}/trust"


async def test_a_folder_is_trusted_with_the_digest_that_was_shown(http, server):
    workspace = server.house.workspace.id
    (server.workspace / ".artelier" / "agents").mkdir(parents=True)
    (server.workspace / ".artelier" / "agents" / "local.md").write_text("---\ndescription: x\ntools: [read_file]\n---\nYou work.\n")
    (server.workspace / "AGENTS.md").write_text("Use tabs.\n")
    shown = (await http.get(TRUST.format(workspace))).json()
    assert (shown["state"], shown["agents"]) == ("untrusted", ["local"])
    assert [text["path"] for text in shown["texts"]] == ["AGENTS.md", ".artelier/agents/local.md"]
    assert (await http.post(TRUST.format(workspace), json={"digest": "0" * 64})).status_code == 409
    assert (await http.post(TRUST.format(workspace), json={"digest": "x"})).status_code == 422
    trusted = (await http.post(TRUST.format(workspace), json={"digest": shown["digest"]})).json()
    assert trusted["state"] == "trusted"
    listed = (await http.get("/api/v1/agents", params={"workspace": workspace})).json()["items"]
    assert "local" in [agent["name"] for agent in listed]
    assert "local" not in [agent["name"] for agent in (await http.get("/api/v1/agents")).json()["items"]]
    answer = await http.post("/api/v1/chat", json={"message": "hello", "agent": "local"})
    assert answer.json()["agent"] == "local"
    assert (await http.delete(TRUST.format(workspace))).json()["state"] == "untrusted"
    assert (await http.post("/api/v1/chat", json={"message": "hello", "agent": "local"})).status_code == 422


async def test_a_folder_nobody_registered_is_not_found(http):
    assert (await http.get(TRUST.format("0" * 36))).status_code == 404


async def test_settings_are_a_part_of_health(http):
    part = (await http.get("/health/ready")).json()["parts"]["settings"]
    assert (part["state"], part["detail"]) == ("ok", "")
