// The files of site/ as they are, put into the binary by the compiler: a change of one compiles this anew.
// A new file is one more PAGE; a test fails where one is missing.

#include "WebPages.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#define PAGE(name) {name, (const char[]){
#define END , 0}},

// clang-format off
static const struct WebPage pages[] = {
  PAGE("api.js")
#embed "site/api.js"
  END
  PAGE("app.js")
#embed "site/app.js"
  END
  PAGE("bar-list.js")
#embed "site/bar-list.js"
  END
  PAGE("base.css")
#embed "site/base.css"
  END
  PAGE("begin.js")
#embed "site/begin.js"
  END
  PAGE("charts.js")
#embed "site/charts.js"
  END
  PAGE("controls.js")
#embed "site/controls.js"
  END
  PAGE("csv.js")
#embed "site/csv.js"
  END
  PAGE("dom.js")
#embed "site/dom.js"
  END
  PAGE("early.js")
#embed "site/early.js"
  END
  PAGE("export-menu.js")
#embed "site/export-menu.js"
  END
  PAGE("figure.js")
#embed "site/figure.js"
  END
  PAGE("first.js")
#embed "site/first.js"
  END
  PAGE("format.js")
#embed "site/format.js"
  END
  PAGE("freshness.js")
#embed "site/freshness.js"
  END
  PAGE("funnel.js")
#embed "site/funnel.js"
  END
  PAGE("heatmap.js")
#embed "site/heatmap.js"
  END
  PAGE("icon.svg")
#embed "site/icon.svg"
  END
  PAGE("index.html")
#embed "site/index.html"
  END
  PAGE("insights.js")
#embed "site/insights.js"
  END
  PAGE("keyboard.js")
#embed "site/keyboard.js"
  END
  PAGE("live-strip.js")
#embed "site/live-strip.js"
  END
  PAGE("local-filters.js")
#embed "site/local-filters.js"
  END
  PAGE("menu.js")
#embed "site/menu.js"
  END
  PAGE("navigation.js")
#embed "site/navigation.js"
  END
  PAGE("overview-question.js")
#embed "site/overview-question.js"
  END
  PAGE("page-activity.js")
#embed "site/page-activity.js"
  END
  PAGE("page-audit.js")
#embed "site/page-audit.js"
  END
  PAGE("page-cost.js")
#embed "site/page-cost.js"
  END
  PAGE("page-feedback-ratings.js")
#embed "site/page-feedback-ratings.js"
  END
  PAGE("page-feedback-threats.js")
#embed "site/page-feedback-threats.js"
  END
  PAGE("page-feedback.js")
#embed "site/page-feedback.js"
  END
  PAGE("page-list.js")
#embed "site/page-list.js"
  END
  PAGE("page-live-history.js")
#embed "site/page-live-history.js"
  END
  PAGE("page-live-stream.js")
#embed "site/page-live-stream.js"
  END
  PAGE("page-live.js")
#embed "site/page-live.js"
  END
  PAGE("page-me.js")
#embed "site/page-me.js"
  END
  PAGE("page-notice.js")
#embed "site/page-notice.js"
  END
  PAGE("page-overview.js")
#embed "site/page-overview.js"
  END
  PAGE("page-query-catalog.js")
#embed "site/page-query-catalog.js"
  END
  PAGE("page-query-chart.js")
#embed "site/page-query-chart.js"
  END
  PAGE("page-query-completion.js")
#embed "site/page-query-completion.js"
  END
  PAGE("page-query-editor.js")
#embed "site/page-query-editor.js"
  END
  PAGE("page-query-examples.js")
#embed "site/page-query-examples.js"
  END
  PAGE("page-query-menus.js")
#embed "site/page-query-menus.js"
  END
  PAGE("page-query-parameters.js")
#embed "site/page-query-parameters.js"
  END
  PAGE("page-query-result.js")
#embed "site/page-query-result.js"
  END
  PAGE("page-query-run.js")
#embed "site/page-query-run.js"
  END
  PAGE("page-query-store.js")
#embed "site/page-query-store.js"
  END
  PAGE("page-query-text.js")
#embed "site/page-query-text.js"
  END
  PAGE("page-query.js")
#embed "site/page-query.js"
  END
  PAGE("page-requests.js")
#embed "site/page-requests.js"
  END
  PAGE("page-selection.js")
#embed "site/page-selection.js"
  END
  PAGE("page-system-dead-letters.js")
#embed "site/page-system-dead-letters.js"
  END
  PAGE("page-system-engine.js")
#embed "site/page-system-engine.js"
  END
  PAGE("page-system-health.js")
#embed "site/page-system-health.js"
  END
  PAGE("page-system-intake.js")
#embed "site/page-system-intake.js"
  END
  PAGE("page-system-jobs.js")
#embed "site/page-system-jobs.js"
  END
  PAGE("page-system.js")
#embed "site/page-system.js"
  END
  PAGE("page-user.js")
#embed "site/page-user.js"
  END
  PAGE("page-users.js")
#embed "site/page-users.js"
  END
  PAGE("pages.css")
#embed "site/pages.css"
  END
  PAGE("parts.css")
#embed "site/parts.css"
  END
  PAGE("retention.js")
#embed "site/retention.js"
  END
  PAGE("reveal.js")
#embed "site/reveal.js"
  END
  PAGE("series.js")
#embed "site/series.js"
  END
  PAGE("shell.css")
#embed "site/shell.css"
  END
  PAGE("sign-in.js")
#embed "site/sign-in.js"
  END
  PAGE("state.js")
#embed "site/state.js"
  END
  PAGE("states.js")
#embed "site/states.js"
  END
  PAGE("table.js")
#embed "site/table.js"
  END
  PAGE("tabs.js")
#embed "site/tabs.js"
  END
  PAGE("theme.js")
#embed "site/theme.js"
  END
  PAGE("tile.js")
#embed "site/tile.js"
  END
  PAGE("views.js")
#embed "site/views.js"
  END
  {0, ""},
};
// clang-format on

const struct WebPage *web_pages(void) { return pages; }
