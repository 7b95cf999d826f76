#pragma once

/// A file of the dashboard: text, which ends with a zero byte.
struct WebPage {
  const char *_Nullable name;
  const char *_Nonnull text;
};

/// All of them, in no order, up to one without a name.
const struct WebPage *_Nonnull web_pages(void);
