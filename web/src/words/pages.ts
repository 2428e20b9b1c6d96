const en = {
  failed: "This could not be loaded",
  again: "Try again",
  save: "Save",
  saved: "Saved",
  undoEdits: "Back as it was",
  loading: "Loading…",
};

const ru: typeof en = {
  failed: "Не удалось загрузить",
  again: "Попробовать снова",
  save: "Сохранить",
  saved: "Сохранено",
  undoEdits: "Вернуть как было",
  loading: "Загружается…",
};

/** What all pages say. */
export const pageWords = { en, ru };
