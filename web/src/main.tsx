import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { Sprite } from "./parts/Icon";
import { queries } from "./server";
import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/console.css";
import "./styles/pages.css";
import { SpeechProvider } from "./words";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SpeechProvider>
        <Sprite />
        <App />
      </SpeechProvider>
    </QueryClientProvider>
  </StrictMode>,
);
