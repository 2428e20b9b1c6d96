import { useMutation } from "@tanstack/react-query";
import { useId, useState, type ReactNode } from "react";

import { queries, server, useModelSources, type Schemas } from "../server";
import { useWords } from "../words";
import { connectWords } from "../words/connect";
import { Choice } from "./Choice";
import { ConnectFailure } from "./ConnectFailure";
import { LocalSources } from "./LocalSources";

type Source = Schemas["ModelSourceView"];
export type Connected = Schemas["ConnectedView"];
const OTHER = "";

/** Where models can come from: a vendor with a key, a server of the machine, and how another address is connected. */
export function Connect({ onConnected }: { onConnected(connected: Connected): void }): ReactNode {
  const words = useWords(connectWords);
  const { data: sources = [] } = useModelSources();
  const [chosen, setChosen] = useState<string | null>(null);
  const connect = useMutation({
    mutationFn: async (body: Schemas["ConnectBody"]) => (await server.api.POST("/api/v1/models/connect", { body })).data!,
    onSuccess: (connected) => {
      onConnected(connected);
      for (const key of ["models", "settings", "health", "agents"]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  const vendors = sources.filter((source) => source.port === 0);
  const vendor = vendors.find((source) => source.name === (chosen ?? vendors[0]?.name));
  const choose = (name: string): void => {
    setChosen(name);
    connect.reset();
  };
  return (
    <>
      <div className="card connect">
        <div className="pad stack">
          <div>
            <span className="label" aria-hidden="true">
              {words.vendor}
            </span>
            <Choice className="three" label={words.vendor} options={[...vendors.map((source) => source.name), OTHER]} names={{ ...Object.fromEntries(vendors.map((source) => [source.name, source.title])), [OTHER]: words.other }} value={chosen ?? vendors[0]?.name ?? OTHER} onChange={choose} />
          </div>
          {vendor === undefined ? <ByHand /> : <VendorForm key={vendor.name} vendor={vendor} isAsking={connect.isPending} failure={connect.variables?.source === vendor.name ? connect.error : null} onSay={(key, model) => connect.mutate({ source: vendor.name, key, model })} />}
        </div>
        <LocalSources sources={sources.filter((source) => source.port !== 0)} asking={connect.isPending ? connect.variables.source : ""} failure={connect.error === null ? null : { source: connect.variables.source, failure: connect.error }} onEnable={(source) => connect.mutate({ source: source.name, key: "", model: source.model })} />
      </div>
      <p className="meta nothing-sent">{words.nothingSent}</p>
    </>
  );
}

function ByHand(): ReactNode {
  const words = useWords(connectWords);
  return (
    <>
      <p>{words.otherHow}</p>
      <pre className="code" tabIndex={0}>
        artelier init
      </pre>
    </>
  );
}

function VendorForm({ vendor, isAsking, failure, onSay }: { vendor: Source; isAsking: boolean; failure: unknown; onSay(key: string, model: string): void }): ReactNode {
  const words = useWords(connectWords);
  const id = useId();
  const [key, setKey] = useState("");
  const [model, setModel] = useState(vendor.model === "" ? "" : `${vendor.name}/${vendor.model}`);
  const [wrong, setWrong] = useState<"key" | "model" | null>(null);
  const send = (): void => {
    const missing = key.trim() === "" && !vendor.connected ? "key" : model.trim() === "" ? "model" : null;
    setWrong(missing);
    if (missing === null) onSay(key, model);
    else document.getElementById(`${id}${missing}`)?.focus();
  };
  const why = wrong === "key" ? words.needsKey : wrong === "model" ? words.needsModel(vendor.pattern) : "";
  const about = (field: "key" | "model"): object => (wrong === field ? { "aria-invalid": true, "aria-describedby": `${id}why` } : {});
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isAsking) send();
      }}
    >
      <div>
        <label className="label" htmlFor={`${id}key`}>
          {words.key}
        </label>
        <input id={`${id}key`} type="password" className={`field ${wrong === "key" ? "invalid" : ""}`} autoComplete="off" placeholder={vendor.connected ? words.keyThere : words.pasteKey} value={key} onChange={(event) => setKey(event.target.value)} {...about("key")} />
        <p className="help">{words.keyKept}</p>
      </div>
      <div>
        <label className="label" htmlFor={`${id}model`}>
          {words.model}
        </label>
        <input id={`${id}model`} className={`field ${wrong === "model" ? "invalid" : ""}`} autoComplete="off" spellCheck={false} placeholder={vendor.pattern} value={model} onChange={(event) => setModel(event.target.value)} {...about("model")} />
      </div>
      {why !== "" && (
        <p className="error" id={`${id}why`} role="alert">
          {why}
        </p>
      )}
      {failure !== null && <ConnectFailure failure={failure} />}
      <div className="row wrap">
        <button type="submit" className="btn primary" aria-disabled={isAsking}>
          {words.say} <kbd>⏎</kbd>
        </button>
        <span className="meta" role="status">
          {isAsking ? words.asking : words.price}
        </span>
      </div>
    </form>
  );
}
