#pragma once
// What the loader needs from C++: simdjson, std::from_chars and the byte scans that Swift's SIMD
// types cannot express (no movemask). Every buffer passed in is readable for 64 bytes past its end.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The bytes of one field: `start` counts from the block's first byte. The upper bits of `length`
/// are the flags below.
typedef struct {
  uint32_t start;
  uint32_t length;
} daybook_field;

enum {
  DAYBOOK_FIELD_NULL = 1u << 31,
  /// Stood in quotes.
  DAYBOOK_FIELD_QUOTED = 1u << 30,
  /// A JSON object or array.
  DAYBOOK_FIELD_NESTED = 1u << 29,
  DAYBOOK_FIELD_LENGTH = (1u << 29) - 1,
};

// MARK: Bytes

bool daybook_is_utf8(const uint8_t *bytes, size_t count);
size_t daybook_count_newlines(const uint8_t *bytes, size_t count);

enum { DAYBOOK_NUMBER_VALID = 0, DAYBOOK_NUMBER_MALFORMED = 1, DAYBOOK_NUMBER_OUT_OF_RANGE = 2 };

/// A decimal number, correctly rounded whatever the locale.
int daybook_parse_double(const uint8_t *bytes, size_t count, double *value);

// MARK: Delimited rows

/// Writes the positions of the delimiters and newlines in `from ..< to` that are not in quotes. A
/// quote opens only at the start of a field. `positions` has room for `to - from` of them.
/// `open_quote` gets the position of a quote that is not closed, or SIZE_MAX.
size_t daybook_find_separators(
    const uint8_t *bytes, size_t from, size_t to, uint8_t delimiter, bool has_quotes,
    uint32_t *positions, size_t *newline_count, size_t *open_quote);

/// A scan for the end of a row that can go on when more bytes have arrived.
typedef struct {
  size_t position;
  bool in_quotes;
} daybook_cut_state;

/// The offset just past the first row end at or after `target` in the first `count` bytes, or 0
/// when there is none yet. The buffer starts with a row; `state` starts zeroed.
size_t daybook_find_cut(
    const uint8_t *bytes, size_t count, size_t target, uint8_t delimiter, bool has_quotes,
    daybook_cut_state *state);

// MARK: JSON rows

typedef struct daybook_json_decoder daybook_json_decoder;

typedef struct {
  uint32_t row;
  /// What is wrong, never freed.
  const char *reason;
  /// The key or value at fault; `length` 0 when it is the line as a whole.
  daybook_field place;
  /// The column at fault, or -1.
  int32_t column;
  bool is_unknown_key;
} daybook_json_failure;

typedef struct {
  daybook_field *fields;
  uint32_t *row_starts;
  uint32_t *row_ends;
  daybook_json_failure *failures;
  size_t row_count;
  size_t failure_count;
  /// Where the bytes of unescaped strings end.
  size_t scratch_end;
} daybook_json_rows;

daybook_json_decoder *daybook_json_open(void);
void daybook_json_close(daybook_json_decoder *decoder);
/// `keeps_raw`: values of the column stay JSON text, strings with their quotes.
void daybook_json_add_column(
    daybook_json_decoder *decoder, const uint8_t *name, size_t count, bool keeps_raw);
void daybook_json_ignore_unknown(daybook_json_decoder *decoder, bool ignores);
size_t daybook_json_column_count(const daybook_json_decoder *decoder);
const uint8_t *daybook_json_column_name(
    const daybook_json_decoder *decoder, size_t column, size_t *count);
/// Adds a column for each key in the lines that has none yet; lines that are not objects are
/// passed over.
void daybook_json_discover(
    daybook_json_decoder *decoder, const uint8_t *bytes, size_t from, size_t to, size_t readable);
/// Decodes every line of `from ..< to`. `rows` has room for `row_capacity` rows and failures, and
/// for `row_capacity` times the column count of fields, row by row. Unescaped strings go to
/// `scratch_start` and after; there are `to - from` bytes of room there. False: `row_capacity` is
/// too small.
bool daybook_json_decode(
    daybook_json_decoder *decoder, uint8_t *bytes, size_t from, size_t to, size_t readable,
    size_t scratch_start, size_t row_capacity, daybook_json_rows *rows);
bool daybook_json_is_valid(const uint8_t *bytes, size_t count);

// MARK: JSON documents

/// Takes one JSON document apart that holds records: an array of objects, an object with such an
/// array as one of its members, or one object.
typedef struct daybook_json_document daybook_json_document;

enum {
  DAYBOOK_JSON_ABSENT = 0,
  DAYBOOK_JSON_NULL,
  DAYBOOK_JSON_FALSE,
  DAYBOOK_JSON_TRUE,
  /// `bits` is an int64_t.
  DAYBOOK_JSON_INTEGER,
  /// `bits` are those of a double.
  DAYBOOK_JSON_DOUBLE,
  /// A number that neither holds.
  DAYBOOK_JSON_HUGE,
  /// `bits` is the address of `count` bytes of UTF-8, that can be read for 16 bytes past their end.
  DAYBOOK_JSON_TEXT,
  /// `bits` is the first of `count` members.
  DAYBOOK_JSON_OBJECT,
  /// Likewise, of elements without names.
  DAYBOOK_JSON_ARRAY,
};

typedef struct {
  uint64_t bits;
  uint32_t count;
  uint32_t kind;
} daybook_json_value;

typedef struct {
  const uint8_t *name;
  size_t name_count;
  daybook_json_value value;
} daybook_json_member;

enum {
  DAYBOOK_JSON_UNKNOWN_NAME = 1,
  /// A name, or two for the same field, stands twice.
  DAYBOOK_JSON_REPEATED_NAME,
  DAYBOOK_JSON_NO_OBJECT,
};

typedef struct {
  uint32_t record;
  uint32_t kind;
  const uint8_t *name;
  size_t name_count;
} daybook_json_complaint;

typedef struct {
  size_t record_count;
  /// Record after record, each with as many values as there are fields.
  const daybook_json_value *values;
  /// The first byte of each record.
  const uint32_t *starts;
  const daybook_json_member *members;
  /// At most one per record, ascending.
  const daybook_json_complaint *complaints;
  size_t complaint_count;
  /// Whether the records stood in an array; the members beside it are `envelope`.
  bool is_batch;
  daybook_json_value envelope;
  /// Why it is no such document, never freed, or NULL; and the byte where that shows.
  const char *reason;
  size_t position;
} daybook_json_records;

/// Names from `DAYBOOK_JSON_DROPPED` on are passed over, and counted.
#define DAYBOOK_JSON_DROPPED 0x80000000u

daybook_json_document *daybook_json_document_open(size_t field_count, size_t dropped_count);
void daybook_json_document_close(daybook_json_document *document);
/// Several names may stand for one field.
void daybook_json_document_name(
    daybook_json_document *document, const uint8_t *name, size_t count, uint32_t field);
/// A member of the outermost object that holds the records.
void daybook_json_document_batch_name(
    daybook_json_document *document, const uint8_t *name, size_t count);
/// How often a dropped name was seen since the last call of `parse`.
const uint64_t *daybook_json_document_dropped(const daybook_json_document *document);
/// What it gives is good until the next call. False where `reason` says why. No more than
/// `record_limit` records are read; one more than that is counted.
bool daybook_json_document_parse(
    daybook_json_document *document, const uint8_t *bytes, size_t count, size_t depth_limit,
    size_t record_limit, daybook_json_records *records);

#ifdef __cplusplus
}
#endif
