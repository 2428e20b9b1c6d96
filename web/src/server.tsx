import { Artelier, ArtelierError, type components } from "@artelier/client";
import { keepPreviousData, QueryClient, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";

import { connectionState } from "./shell/connection";

export type Schemas = components["schemas"];

/** The one client of the page: its own server, by the cookie. */
export const server = new Artelier();

/** What is known of lists; events say when they are old. */
export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: false, refetchOnWindowFocus: true, placeholderData: keepPreviousData } },
});

/** Return the newest sessions. */
export function useSessions(limit = 50): UseQueryResult<Schemas["SessionView"][], ArtelierError> {
  return useQuery({
    queryKey: ["sessions", limit],
    queryFn: async () => (await server.api.GET("/api/v1/sessions", { params: { query: { limit } } })).data!.items,
  });
}

/** Return the newest sessions whose title or messages hold these words; none for no words. */
export function useFoundSessions(search: string): UseQueryResult<Schemas["SessionView"][], ArtelierError> {
  return useQuery({
    queryKey: ["sessions", "found", search],
    enabled: search !== "",
    queryFn: async () => (await server.api.GET("/api/v1/sessions", { params: { query: { search, limit: 50 } } })).data!.items,
  });
}

/** Return the open questions of all sessions, the nearest end first; of equal ends that which was asked first. */
export function useOpenQuestions(): UseQueryResult<Schemas["ApprovalView"][], ArtelierError> {
  return useQuery({
    queryKey: ["approvals", "open"],
    queryFn: async () => {
      const { data } = await server.api.GET("/api/v1/approvals", { params: { query: { status: "open", limit: 200 } } });
      return data!.items.toReversed().toSorted((one, other) => (one.expires_at ?? "9").localeCompare(other.expires_at ?? "9"));
    },
  });
}

/** Return the newest questions that wait no more. */
export function useAnswered(): UseQueryResult<Schemas["ApprovalView"][], ArtelierError> {
  return useQuery({
    queryKey: ["approvals", "answered"],
    queryFn: async () => (await server.api.GET("/api/v1/approvals", { params: { query: { limit: 200 } } })).data!.items.filter((question) => question.status !== "open"),
  });
}

/** Return what the person allowed for later, newest first. */
export function useGrants(): UseQueryResult<Schemas["GrantView"][], ArtelierError> {
  return useQuery({ queryKey: ["grants"], queryFn: async () => (await server.api.GET("/api/v1/grants", { params: { query: { limit: 200 } } })).data!.items });
}

export function useAgents(): UseQueryResult<Schemas["AgentView"][], ArtelierError> {
  return useQuery({ queryKey: ["agents"], queryFn: async () => (await server.api.GET("/api/v1/agents")).data!.items });
}

/** Return one agent's file, and where it lies. */
export function useAgentFile(name: string): UseQueryResult<Schemas["AgentFileView"], ArtelierError> {
  return useQuery({ queryKey: ["agent-file", name], queryFn: async () => (await server.api.GET("/api/v1/agents/{name}", { params: { path: { name } } })).data! });
}

export function useTools(): UseQueryResult<Schemas["ToolView"][], ArtelierError> {
  return useQuery({ queryKey: ["tools"], queryFn: async () => (await server.api.GET("/api/v1/tools")).data!.items });
}

/** Return what a folder brings along for agents, and whether it is used. */
export function useTrust(workspace: string): UseQueryResult<Schemas["TrustView"], ArtelierError> {
  return useQuery({
    queryKey: ["trust", workspace],
    enabled: workspace !== "",
    queryFn: async () => (await server.api.GET("/api/v1/workspaces/{workspace_id}/trust", { params: { path: { workspace_id: workspace } } })).data!,
  });
}

export function useModels(): UseQueryResult<Schemas["ModelView"][], ArtelierError> {
  return useQuery({ queryKey: ["models"], queryFn: async () => (await server.api.GET("/api/v1/models")).data!.items });
}

/** Return where models can come from: vendors, and servers of the machine, looked for anew each time. */
export function useModelSources(): UseQueryResult<Schemas["ModelSourceView"][], ArtelierError> {
  return useQuery({ queryKey: ["models", "sources"], queryFn: async () => (await server.api.GET("/api/v1/models/sources")).data!.items });
}

/** Return every setting with where it comes from. */
export function useSettings(): UseQueryResult<Schemas["SettingsView"], ArtelierError> {
  return useQuery({ queryKey: ["settings"], queryFn: async () => (await server.api.GET("/api/v1/settings")).data! });
}

export function useMcpServers(): UseQueryResult<Schemas["McpServerView"][], ArtelierError> {
  return useQuery({ queryKey: ["mcp-servers"], refetchInterval: 10_000, queryFn: async () => (await server.api.GET("/api/v1/mcp-servers")).data!.items });
}

export function usePlugins(): UseQueryResult<Schemas["PluginView"][], ArtelierError> {
  return useQuery({ queryKey: ["plugins"], queryFn: async () => (await server.api.GET("/api/v1/plugins")).data!.items });
}

export function useWebhooks(): UseQueryResult<Schemas["WebhookView"][], ArtelierError> {
  return useQuery({ queryKey: ["webhooks"], queryFn: async () => (await server.api.GET("/api/v1/webhooks")).data!.items });
}

export function useWorkspaces(): UseQueryResult<Schemas["WorkspaceView"][], ArtelierError> {
  return useQuery({ queryKey: ["workspaces"], queryFn: async () => (await server.api.GET("/api/v1/workspaces")).data!.items });
}

export function useHealth(): UseQueryResult<Schemas["ReadyView"], ArtelierError> {
  return useQuery({ queryKey: ["health"], refetchInterval: 30_000, queryFn: async () => (await server.api.GET("/health/ready")).data! });
}

/** Return one question with what is parsed of its call. */
export function useQuestion(id: string): UseQueryResult<Schemas["ApprovalView"], ArtelierError> {
  return useQuery({
    queryKey: ["approvals", id],
    queryFn: async () => (await server.api.GET("/api/v1/approvals/{approval_id}", { params: { path: { approval_id: id } } })).data!,
  });
}

/** Return what the runs of a session changed in files; `version` makes it look again. */
export function useChanges(session: string, version: number): UseQueryResult<Schemas["ChangeView"][], ArtelierError> {
  return useQuery({
    queryKey: ["changes", session, version],
    enabled: session !== "",
    queryFn: async () => (await server.api.GET("/api/v1/sessions/{session_id}/changes", { params: { path: { session_id: session } } })).data!.items,
  });
}

export type UsageBy = Schemas["UsageReportView"]["by"];

/** Return what was used since a moment, summed under keys of one kind. */
export function useUsage(by: UsageBy, since: string): UseQueryResult<Schemas["UsageReportView"], ArtelierError> {
  return useQuery({ queryKey: ["usage", by, since], queryFn: async () => (await server.api.GET("/api/v1/usage", { params: { query: { by, since } } })).data! });
}

/** Return how agents, tools and questions went since a moment. */
export function useInsight(since: string): UseQueryResult<Schemas["InsightView"], ArtelierError> {
  return useQuery({ queryKey: ["insight", since], queryFn: async () => (await server.api.GET("/api/v1/insight", { params: { query: { since } } })).data! });
}

const TOUCHES_LISTS = /^(session_|message_|run_|approval_|budget_|clarification_|agent_chosen)/;
const GATHER = 150;
/** The name of the lock and of the channel by which the pages of a browser share one stream. */
const EVENTS = "artelier-events";

/** What the page that follows tells the others: read the lists again, or the server is lost. */
type Told = "again" | "lost";

/** Keep the lists true: each event that changes them makes them be read again, a moment later and once. */
export function useListsKeptTrue(signedIn: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!signedIn) return;
    const stopping = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const key of ["sessions", "approvals", "grants"]) void client.invalidateQueries({ queryKey: [key] });
      }, GATHER);
    };
    const others = new BroadcastChannel(EVENTS);
    const take = (said: Told): void => {
      if (said === "again") again();
      connectionState.set(EVENTS, said === "lost");
    };
    others.onmessage = (message: MessageEvent<Told>) => take(message.data);
    const tell = (said: Told): void => {
      take(said);
      others.postMessage(said);
    };
    const followAll = async (): Promise<void> => {
      try {
        for await (const frame of server.followAll({ signal: stopping.signal })) {
          if (frame.kind === "connected" || frame.kind === "resync") tell("again");
          else if (frame.kind === "disconnected") tell("lost");
          else if (frame.kind === "event" && TOUCHES_LISTS.test(frame.event.type)) tell("again");
        }
      } catch (failure) {
        if (failure instanceof ArtelierError && failure.status === 401) void client.invalidateQueries({ queryKey: ["me"] });
      }
    };
    // One page of a browser follows for all of them; whoever is next in line takes over when it goes.
    void navigator.locks.request(EVENTS, { signal: stopping.signal }, followAll).catch(() => undefined);
    return () => {
      stopping.abort();
      connectionState.set(EVENTS, false);
      others.close();
      clearTimeout(timer);
    };
  }, [client, signedIn]);
}
