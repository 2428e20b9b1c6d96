import { expect, test } from "bun:test";

import { follow } from "../src/stream";

test("a network that is back ends the rest between two tries", async () => {
  let tries = 0;
  const unreachable = async (): Promise<Response> => {
    tries += 1;
    throw new TypeError("no network");
  };
  const stopping = new AbortController();
  const frames = follow({ url: "http://nowhere", headers: {}, fetch: unreachable, numbered: true }, { signal: stopping.signal, longestPause: 60_000 });
  for (let seen = 0; seen < 12; seen += 1) {
    expect((await frames.next()).value?.kind).toBe("disconnected");
    setTimeout(() => dispatchEvent(new Event("online"))); // by themselves twelve pauses would outlast this test by minutes
  }
  expect(tries).toBe(12);
  stopping.abort();
  await frames.return(undefined);
});
