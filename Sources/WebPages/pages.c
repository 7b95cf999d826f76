// The files of site/ as they are, put into the binary by the compiler: a change of one compiles this anew.
// A new file is one more PAGE; a test fails where one is missing.

#include "WebPages.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#define PAGE(name) {name, (const char[]){
#define END , 0}},

// clang-format off
static const struct WebPage pages[] = {
  PAGE("app.js")
#embed "site/app.js"
  END
  PAGE("icon.svg")
#embed "site/icon.svg"
  END
  PAGE("index.html")
#embed "site/index.html"
  END
  {0, ""},
};
// clang-format on

const struct WebPage *web_pages(void) { return pages; }
