import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where the server looks for the built console: inside the Python package, git-ignored, part of wheel and sdist. */
const OUT = "../src/artelier/api/assets/console";
const SERVER = "http://127.0.0.1:8700";

export default defineConfig({
  plugins: [react()],
  build: { outDir: OUT, emptyOutDir: true, target: "es2022", assetsDir: "built", assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: { proxy: Object.fromEntries(["/api", "/health", "/openapi.json", "/assets"].map((path) => [path, SERVER])) },
});
