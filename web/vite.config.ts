import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The typeface's licence goes along with it; those of the scripts are gathered by Vite. */
const fontLicence: Plugin = {
  name: "font-licence",
  apply: "build",
  generateBundle() {
    const source = readFileSync(here("node_modules/@fontsource-variable/geist/LICENSE"));
    this.emitFile({ type: "asset", fileName: "font-licence.txt", source });
  },
};

export default defineConfig({
  // Relative addresses, so that the page also works below a path that a proxy adds.
  base: "./",
  plugins: [react(), tailwindcss(), fontLicence],
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: here("../src/boards/api/web/_static"),
    emptyOutDir: true,
    target: "es2023",
    // Nothing is inlined as a data: address; the page's content policy allows none.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // The second is the editor of the GraphQL surface, which only that serves.
      input: { index: here("./index.html"), graphiql: here("./graphiql.html") },
      onLog(level, log, say) {
        // Parts of the editor are marked for servers of React, which there are none of here.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") say(level, log);
      },
    },
    modulePreload: { polyfill: false },
    license: { fileName: "licences.md" },
    // The editor is one of 750; the page itself stays below 400.
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8088" } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
