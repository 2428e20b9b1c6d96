const en = {
  places: "Setup",
  names: { agents: "Agents", tools: "Tools", "settings/models": "Models", "settings/approvals": "Rules", "settings/mcp": "MCP", settings: "Settings", health: "Health" },
};

const ru: typeof en = {
  places: "Устройство",
  names: { agents: "Агенты", tools: "Инструменты", "settings/models": "Модели", "settings/approvals": "Правила", "settings/mcp": "MCP", settings: "Настройки", health: "Состояние" },
};

/** What the bar above agents, tools, settings and health says. */
export const setupWords = { en, ru };
