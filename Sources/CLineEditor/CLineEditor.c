// strdup and strndup are POSIX, not C17.
#define _POSIX_C_SOURCE 200809L

#include "CLineEditor.h"

#include <ctype.h>
#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct line_editor {
  EditLine *edit;
  History *history;
  char *history_path;
  const char *prompt;
  char *line;
  bool was_interrupted;
  line_completion completion;
  void *context;
};

struct line_candidates {
  char **words;
  size_t count;
  size_t capacity;
};

void line_candidates_add(line_candidates *candidates, const char *word) {
  if (candidates->count == candidates->capacity) {
    size_t capacity = candidates->capacity ? candidates->capacity * 2 : 32;
    char **words = realloc(candidates->words, capacity * sizeof *words);
    if (!words) return;
    candidates->words = words;
    candidates->capacity = capacity;
  }
  char *copy = strdup(word);
  if (copy) candidates->words[candidates->count++] = copy;
}

static line_editor *owner(EditLine *edit) {
  line_editor *editor = NULL;
  el_get(edit, EL_CLIENTDATA, &editor);
  return editor;
}

static char *prompt(EditLine *edit) { return (char *)owner(edit)->prompt; }

static unsigned char interrupt(EditLine *edit, int key) {
  (void)key;
  owner(edit)->was_interrupted = true;
  return CC_NEWLINE;
}

static bool is_word_byte(char byte) {
  return isalnum((unsigned char)byte) || byte == '_' || byte == '\\' || (unsigned char)byte >= 0x80;
}

/// How many bytes the words have in common, whatever their case.
static size_t common_length(const line_candidates *candidates) {
  const char *first = candidates->words[0];
  size_t length = strlen(first);
  for (size_t i = 1; i < candidates->count; i++) {
    size_t same = 0;
    const char *word = candidates->words[i];
    while (same < length && word[same] &&
           tolower((unsigned char)word[same]) == tolower((unsigned char)first[same]))
      same++;
    length = same;
  }
  return length;
}

static void show(const line_candidates *candidates) {
  size_t width = 0;
  for (size_t i = 0; i < candidates->count; i++) {
    size_t length = strlen(candidates->words[i]);
    if (length > width) width = length;
  }
  size_t per_line = 78 / (width + 2);
  if (per_line == 0) per_line = 1;
  putchar('\n');
  for (size_t i = 0; i < candidates->count; i++) {
    bool ends_line = (i + 1) % per_line == 0 || i + 1 == candidates->count;
    printf("%-*s%s", ends_line ? 0 : (int)width + 2, candidates->words[i], ends_line ? "\n" : "");
  }
  fflush(stdout);
}

static unsigned char complete(EditLine *edit, int key) {
  (void)key;
  line_editor *editor = owner(edit);
  const LineInfo *info = el_line(edit);
  size_t length = (size_t)(info->cursor - info->buffer);
  char *text = strndup(info->buffer, length);
  if (!text) return CC_ERROR;
  size_t word = 0;
  while (word < length && is_word_byte(text[length - word - 1])) word++;

  line_candidates candidates = {0};
  editor->completion(editor->context, text, &candidates);
  unsigned char result = CC_ERROR;
  if (candidates.count > 0) {
    size_t common = common_length(&candidates);
    char *found = strndup(candidates.words[0], common);
    // The word is replaced, not continued: its case may differ. A word that gets shorter by it
    // (candidates that differ in case alone) stays as it was typed.
    if (found && common >= word) {
      size_t characters = 0;
      for (size_t i = length - word; i < length; i++)
        characters += ((unsigned char)text[i] & 0xc0) != 0x80;
      bool grows = common > word;
      if (characters) el_deletestr(edit, (int)characters);
      el_insertstr(edit, found);
      if (candidates.count == 1) el_insertstr(edit, " ");
      result = CC_REFRESH;
      if (candidates.count > 1 && !grows) {
        show(&candidates);
        result = CC_REDISPLAY;
      }
    }
    free(found);
  }
  for (size_t i = 0; i < candidates.count; i++) free(candidates.words[i]);
  free(candidates.words);
  free(text);
  return result;
}

line_editor *line_editor_open(
  const char *program, const char *history_path, line_completion completion, void *context) {
  // The user's locale says how bytes become characters; without one, UTF-8.
  const char *locale = setlocale(LC_CTYPE, "");
  if (!locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX")) setlocale(LC_CTYPE, "C.UTF-8");

  line_editor *editor = calloc(1, sizeof *editor);
  if (!editor) return NULL;
  editor->completion = completion;
  editor->context = context;
  editor->prompt = "";
  editor->edit = el_init(program, stdin, stdout, stderr);
  editor->history = history_init();
  if (!editor->edit || !editor->history) {
    line_editor_close(editor);
    return NULL;
  }
  EditLine *edit = editor->edit;
  HistEvent event;
  el_set(edit, EL_CLIENTDATA, editor);
  el_set(edit, EL_PROMPT, prompt);
  el_set(edit, EL_EDITOR, "emacs");
  history(editor->history, &event, H_SETSIZE, 1000);
  history(editor->history, &event, H_SETUNIQUE, 1);
  el_set(edit, EL_HIST, history, editor->history);
  if (history_path) {
    editor->history_path = strdup(history_path);
    history(editor->history, &event, H_LOAD, history_path);
  }
  el_set(edit, EL_ADDFN, "daybook-complete", "complete the word", complete);
  el_set(edit, EL_BIND, "^I", "daybook-complete", NULL);
  el_set(edit, EL_ADDFN, "daybook-interrupt", "drop the line", interrupt);
  el_set(edit, EL_BIND, "^C", "daybook-interrupt", NULL);
  el_set(edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
  // ^C is a key while a line is edited, and a signal while a query runs.
  el_set(edit, EL_SETTY, "-d", "-isig", NULL);
  return editor;
}

void line_editor_close(line_editor *editor) {
  if (!editor) return;
  if (editor->history) history_end(editor->history);
  if (editor->edit) el_end(editor->edit);
  free(editor->history_path);
  free(editor->line);
  free(editor);
}

line_outcome line_editor_read(line_editor *editor, const char *prompt, const char **line) {
  editor->prompt = prompt;
  editor->was_interrupted = false;
  int length = 0;
  const char *text = el_gets(editor->edit, &length);
  if (editor->was_interrupted) {
    fputs("^C\n", stdout);
    fflush(stdout);
    return line_interrupted;
  }
  if (!text || length <= 0) return line_end;
  if (text[length - 1] == '\n') length--;
  free(editor->line);
  editor->line = strndup(text, (size_t)length);
  if (!editor->line) return line_end;
  *line = editor->line;
  return line_read;
}

void line_editor_remember(line_editor *editor, const char *text) {
  HistEvent event;
  history(editor->history, &event, H_ENTER, text);
  if (editor->history_path) history(editor->history, &event, H_SAVE, editor->history_path);
}
