/// Line editing with history and completion: libedit behind functions that Swift can call.
///
/// libedit's own `el_set` and `history` take variable arguments, which Swift does not import.
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct line_editor line_editor;
typedef struct line_candidates line_candidates;

/// Offers what the word at the end of `text` (the line up to the cursor) may become, by calling
/// `line_candidates_add` for each.
typedef void (*line_completion)(void *context, const char *text, line_candidates *candidates);

/// NULL where the terminal cannot be edited on. `history_path` may be NULL: nothing is kept.
line_editor *line_editor_open(
  const char *program, const char *history_path, line_completion completion, void *context);
void line_editor_close(line_editor *editor);

typedef enum { line_read, line_interrupted, line_end } line_outcome;

/// Reads a line. `*line` is its text without the line break, valid until the next call.
line_outcome line_editor_read(line_editor *editor, const char *prompt, const char **line);

/// Adds to the history, and to its file.
void line_editor_remember(line_editor *editor, const char *text);

void line_candidates_add(line_candidates *candidates, const char *word);
