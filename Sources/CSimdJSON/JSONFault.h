#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace daybook {

/// Finds the first byte at which a text stops to be JSON (RFC 8259). simdjson says that it does, and
/// not always where: this is for the message only.
struct JSONFault {
  const uint8_t *begin, *end, *place;
  const char *reason = nullptr;
  size_t depth_limit;

  JSONFault(const uint8_t *bytes, size_t count, size_t depth_limit)
      : begin(bytes), end(bytes + count), place(bytes), depth_limit(depth_limit) {}

  /// Null where there is none.
  const char *find() {
    if (value(0)) {
      blanks();
      if (place != end) fail("something follows the end of the document");
    }
    return reason;
  }

  size_t position() const { return static_cast<size_t>(place - begin); }

 private:
  bool fail(const char *why) {
    reason = why;
    return false;
  }

  void blanks() {
    while (place != end && (*place == ' ' || *place == '\n' || *place == '\t' || *place == '\r'))
      place++;
  }

  bool word(const char *text) {
    size_t count = strlen(text);
    if (static_cast<size_t>(end - place) < count || memcmp(place, text, count) != 0)
      return fail("not a JSON value");
    place += count;
    return true;
  }

  bool value(size_t depth) {
    blanks();
    if (place == end) return fail(depth == 0 ? "there is nothing" : "the text ends too soon");
    switch (*place) {
      case '{': return members(depth, '}', true);
      case '[': return members(depth, ']', false);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool members(size_t depth, uint8_t close, bool has_names) {
    if (depth >= depth_limit) return fail("values are nested too deep");
    place++;
    blanks();
    if (place != end && *place == close) {
      place++;
      return true;
    }
    while (true) {
      if (has_names) {
        blanks();
        if (place == end) return fail("the text ends too soon");
        if (*place != '"') return fail("a name in quotes is missing");
        if (!string()) return false;
        blanks();
        if (place == end) return fail("the text ends too soon");
        if (*place != ':') return fail("a colon is missing");
        place++;
      }
      if (!value(depth + 1)) return false;
      blanks();
      if (place == end) return fail("the text ends too soon");
      if (*place == close) {
        place++;
        return true;
      }
      if (*place != ',')
        return fail(has_names ? "a comma or brace is missing" : "a comma or bracket is missing");
      place++;
    }
  }

  size_t digits() {
    const uint8_t *start = place;
    while (place != end && *place >= '0' && *place <= '9') place++;
    return static_cast<size_t>(place - start);
  }

  bool number() {
    const uint8_t *start = place;
    auto wrong = [&] {
      place = start;
      return fail("not a JSON value");
    };
    if (*place == '-') place++;
    bool has_zero = place != end && *place == '0';
    size_t whole = digits();
    if (whole == 0 || (has_zero && whole > 1)) return wrong();
    if (place != end && *place == '.') {
      place++;
      if (digits() == 0) return wrong();
    }
    if (place != end && (*place == 'e' || *place == 'E')) {
      place++;
      if (place != end && (*place == '+' || *place == '-')) place++;
      if (digits() == 0) return wrong();
    }
    return true;
  }

  bool string() {
    place++;
    while (place != end) {
      uint8_t byte = *place;
      if (byte == '"') {
        place++;
        return true;
      }
      if (byte < 0x20) return fail("a control character in a string");
      if (byte == '\\') {
        if (end - place < 2) break;
        if (place[1] == 'u') {
          if (!unicode()) return false;
        } else if (strchr("\"\\/bfnrt", place[1]) == nullptr || place[1] == 0) {
          return fail("an escape that does not exist");
        } else {
          place += 2;
        }
      } else if (byte < 0x80) {
        place++;
      } else if (!letter()) {
        return false;
      }
    }
    place = end;
    return fail("a string is not closed");
  }

  bool unicode() {
    if (end - place < 6) return fail("an escape is cut");
    for (int i = 2; i < 6; i++) {
      uint8_t digit = place[i];
      bool is_hex = (digit >= '0' && digit <= '9') || ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f');
      if (!is_hex) return fail("an escape that does not exist");
    }
    place += 6;
    return true;
  }

  bool letter() {
    uint8_t first = *place;
    int count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || end - place < count) return fail("not valid UTF-8");
    for (int i = 1; i < count; i++)
      if ((place[i] & 0xC0) != 0x80) return fail("not valid UTF-8");
    bool is_wrong = (first == 0xE0 && place[1] < 0xA0) || (first == 0xED && place[1] > 0x9F) ||
                    (first == 0xF0 && place[1] < 0x90) || (first == 0xF4 && place[1] > 0x8F);
    if (is_wrong) return fail("not valid UTF-8");
    place += count;
    return true;
  }
};

}  // namespace daybook
