#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include <simdjson.h>

#include "CSimdJSON.h"
#include "JSONNumber.h"

using namespace simdjson;

struct daybook_json_decoder {
  struct Column {
    std::string name;
    /// The name as it stands in a line, with the quote that ends it, and 8 bytes more; empty if it
    /// can be written in several ways.
    std::string key;
    bool keeps_raw;

    /// Whether the key that starts here is this name. Both can be read for 8 bytes past their end.
    bool is_at(const char *text) const {
      if (key.empty()) return false;
      size_t count = key.size() - 8, i = 0;
      uint64_t a, b;
      for (; i + 8 <= count; i += 8) {
        memcpy(&a, text + i, 8);
        memcpy(&b, key.data() + i, 8);
        if (a != b) return false;
      }
      if (i == count) return true;
      memcpy(&a, text + i, 8);
      memcpy(&b, key.data() + i, 8);
      return ((a ^ b) & ((1ull << (8 * (count - i))) - 1)) == 0;
    }
  };
  std::deque<Column> columns;
  std::unordered_map<std::string_view, size_t> by_name;
  /// The column of the key that came n-th in the row before: rows mostly have the same order.
  std::vector<size_t> order;
  bool ignores_unknown = false;
  ondemand::parser parser;
  dom::parser tree_parser;

  void add(std::string_view name, bool keeps_raw) {
    bool is_plain = name.find_first_of("\"\\") == std::string_view::npos;
    columns.push_back(Column{
        std::string(name),
        is_plain ? std::string(name) + '"' + std::string(8, '\0') : std::string(), keeps_raw});
    by_name.emplace(columns.back().name, columns.size() - 1);
  }

  static constexpr size_t none = SIZE_MAX;

  /// `key` is the text of the key up to, not including, its closing quote.
  size_t find(std::string_view key, size_t place) {
    auto found = by_name.find(key);
    size_t column = found == by_name.end() ? none : found->second;
    if (place >= order.size()) order.resize(place + 1, none);
    order[place] = column;
    return column;
  }
};

daybook_json_decoder *daybook_json_open(void) { return new daybook_json_decoder; }
void daybook_json_close(daybook_json_decoder *decoder) { delete decoder; }

void daybook_json_add_column(
    daybook_json_decoder *decoder, const uint8_t *name, size_t count, bool keeps_raw) {
  decoder->add({reinterpret_cast<const char *>(name), count}, keeps_raw);
}

void daybook_json_ignore_unknown(daybook_json_decoder *decoder, bool ignores) {
  decoder->ignores_unknown = ignores;
}

size_t daybook_json_column_count(const daybook_json_decoder *decoder) {
  return decoder->columns.size();
}

const uint8_t *daybook_json_column_name(
    const daybook_json_decoder *decoder, size_t column, size_t *count) {
  const std::string &name = decoder->columns[column].name;
  *count = name.size();
  return reinterpret_cast<const uint8_t *>(name.data());
}

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

/// The lines of a block, one at a time.
struct Lines {
  const uint8_t *bytes;
  size_t position, to;

  bool next(size_t &start, size_t &end) {
    while (position < to) {
      start = position;
      const void *newline = memchr(bytes + start, '\n', to - start);
      end = newline ? static_cast<size_t>(static_cast<const uint8_t *>(newline) - bytes) : to;
      position = end + 1;
      for (size_t i = start; i < end; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') return true;
    }
    return false;
  }
};

/// Decodes one line at a time into a row of fields.
struct RowDecoder {
  daybook_json_decoder &decoder;
  uint8_t *bytes;
  size_t readable;
  size_t scratch;
  daybook_field *row = nullptr;
  daybook_json_failure failure = {};

  uint32_t offset(const char *p) const {
    return static_cast<uint32_t>(reinterpret_cast<const uint8_t *>(p) - bytes);
  }

  bool fail(const char *reason, std::string_view place = {}, int32_t column = -1) {
    failure.reason = reason;
    failure.column = column;
    failure.is_unknown_key = false;
    failure.place = {place.empty() ? 0 : offset(place.data()), static_cast<uint32_t>(place.size())};
    return false;
  }

  bool fail(error_code error) { return fail(error_message(error)); }

  void keep(size_t column, std::string_view text, uint32_t flags = 0) {
    row[column] = {offset(text.data()), static_cast<uint32_t>(text.size()) | flags};
  }

  void keep_copy(size_t column, std::string_view text, uint32_t flags) {
    memcpy(bytes + scratch, text.data(), text.size());
    row[column] = {
        static_cast<uint32_t>(scratch), static_cast<uint32_t>(text.size()) | flags};
    scratch += text.size();
  }

  bool decode_string(size_t column, ondemand::value &value, std::string_view token) {
    if (decoder.columns[column].keeps_raw) {
      // Read, so that its escapes are checked.
      std::string_view ignored;
      if (error_code error = value.get_string().get(ignored)) return fail(error);
      keep(column, token);
      return true;
    }
    if (memchr(token.data(), '\\', token.size()) == nullptr) {
      if (token.size() < 2 || token.back() != '"')
        return fail("the string is not followed by a comma or brace", token, int32_t(column));
      keep(column, token.substr(1, token.size() - 2), DAYBOOK_FIELD_QUOTED);
      return true;
    }
    std::string_view text;
    if (error_code error = value.get_string().get(text)) return fail(error);
    keep_copy(column, text, DAYBOOK_FIELD_QUOTED);
    return true;
  }

  bool decode_value(size_t column, ondemand::value &value) {
    std::string_view token = trimmed(value.raw_json_token());
    if (token.empty()) return fail("there is no value");
    switch (token.front()) {
      case '"':
        return decode_string(column, value, token);
      case '{':
      case '[': {
        std::string_view text;
        error_code error;
        if (token.front() == '{') {
          ondemand::object object;
          error = value.get_object().get(object);
          if (!error) error = object.raw_json().get(text);
        } else {
          ondemand::array array;
          error = value.get_array().get(array);
          if (!error) error = array.raw_json().get(text);
        }
        if (error) return fail(error);
        // Skipping looks at brackets only; the document kept must be one.
        text = trimmed(text);
        error = decoder.tree_parser.parse(text.data(), text.size()).error();
        if (error) return fail(error_message(error), text, int32_t(column));
        keep(column, text, DAYBOOK_FIELD_NESTED);
        return true;
      }
      case 'n':
        if (token != "null") return fail("not a JSON value", token, int32_t(column));
        row[column] = {0, DAYBOOK_FIELD_NULL};
        return true;
      case 't':
      case 'f':
        if (token != "true" && token != "false")
          return fail("not a JSON value", token, int32_t(column));
        keep(column, token);
        return true;
      default:
        if (!daybook::is_number(token)) return fail("not a JSON value", token, int32_t(column));
        keep(column, token);
        return true;
    }
  }

  /// Calls `each` with the column and value of every key of the object on the line, and `unknown`
  /// with keys that have no column.
  template <typename Unknown, typename Each>
  bool walk(size_t start, size_t end, Unknown unknown, Each each) {
    while (end > start && (bytes[end - 1] == '\r' || bytes[end - 1] == ' ')) end--;
    ondemand::document document;
    ondemand::object object;
    const char *text = reinterpret_cast<const char *>(bytes + start);
    error_code error =
        decoder.parser.iterate(text, end - start, readable - start).get(document);
    if (error) return fail(error);
    error = document.get_object().get(object);
    if (error == INCORRECT_TYPE) return fail("the line is not a JSON object");
    if (error) return fail(error);
    size_t place = 0;
    for (auto field : object) {
      ondemand::raw_json_string raw;
      if ((error = field.key().get(raw))) return fail(error);
      const char *key = raw.raw();
      size_t column = place < decoder.order.size() ? decoder.order[place] : decoder.none;
      if (column == decoder.none || !decoder.columns[column].is_at(key)) {
        const char *limit = text + (end - start);
        const char *close = key;
        while (close < limit && *close != '"' && *close != '\\') close++;
        std::string_view name(key, static_cast<size_t>(close - key)), place_of_name = name;
        if (close < limit && *close == '\\') {
          if ((error = field.unescaped_key().get(name))) return fail(error);
        }
        column = decoder.find(name, place);
        if (column == decoder.none && !unknown(name, place_of_name)) return false;
      }
      place++;
      if (column == decoder.none) continue;
      ondemand::value value;
      if ((error = field.value().get(value))) return fail(error);
      if (!each(column, value)) return false;
    }
    if (document.current_location().error() != OUT_OF_BOUNDS)
      return fail("something follows the JSON object");
    return true;
  }

  bool decode(size_t start, size_t end) {
    return walk(
        start, end,
        [&](std::string_view, std::string_view place_of_name) {
          if (decoder.ignores_unknown) return true;
          fail("the table has no such column", place_of_name);
          failure.is_unknown_key = true;
          return false;
        },
        [&](size_t column, ondemand::value &value) { return decode_value(column, value); });
  }
};

}  // namespace

void daybook_json_discover(
    daybook_json_decoder *decoder, const uint8_t *bytes, size_t from, size_t to, size_t readable) {
  RowDecoder rows{*decoder, const_cast<uint8_t *>(bytes), readable, 0};
  Lines lines{bytes, from, to};
  size_t start, end;
  while (lines.next(start, end))
    rows.walk(
        start, end,
        [&](std::string_view name, std::string_view) {
          decoder->add(name, false);
          decoder->order.clear();
          return true;
        },
        [](size_t, ondemand::value &) { return true; });
}

bool daybook_json_decode(
    daybook_json_decoder *decoder, uint8_t *bytes, size_t from, size_t to, size_t readable,
    size_t scratch_start, size_t row_capacity, daybook_json_rows *rows) {
  RowDecoder line{*decoder, bytes, readable, scratch_start};
  Lines lines{bytes, from, to};
  size_t column_count = decoder->columns.size();
  size_t start, end;
  rows->row_count = rows->failure_count = 0;
  while (lines.next(start, end)) {
    size_t row = rows->row_count;
    if (row == row_capacity) return false;
    line.row = rows->fields + row * column_count;
    for (size_t c = 0; c < column_count; c++) line.row[c] = {0, DAYBOOK_FIELD_NULL};
    rows->row_starts[row] = static_cast<uint32_t>(start);
    rows->row_ends[row] = static_cast<uint32_t>(end);
    if (!line.decode(start, end)) {
      line.failure.row = static_cast<uint32_t>(row);
      rows->failures[rows->failure_count++] = line.failure;
    }
    rows->row_count++;
  }
  rows->scratch_end = line.scratch;
  return true;
}

bool daybook_json_is_valid(const uint8_t *bytes, size_t count) {
  static thread_local dom::parser parser;
  return parser.parse(bytes, count).error() == SUCCESS;
}
