#pragma once
#include <charconv>
#include <cstring>
#include <string_view>

#include "CSimdJSON.h"

namespace daybook {

/// Whether the text is a JSON number; `is_integer` says that it has neither fraction nor exponent.
inline bool is_number(std::string_view text, bool &is_integer) {
  size_t i = 0, n = text.size();
  auto digits = [&] {
    size_t start = i;
    while (i < n && text[i] >= '0' && text[i] <= '9') i++;
    return i - start;
  };
  if (i < n && text[i] == '-') i++;
  bool has_leading_zero = i < n && text[i] == '0';
  size_t whole = digits();
  if (whole == 0 || (has_leading_zero && whole > 1)) return false;
  is_integer = true;
  if (i < n && text[i] == '.') {
    is_integer = false;
    i++;
    if (digits() == 0) return false;
  }
  if (i < n && (text[i] == 'e' || text[i] == 'E')) {
    is_integer = false;
    i++;
    if (i < n && (text[i] == '+' || text[i] == '-')) i++;
    if (digits() == 0) return false;
  }
  return i == n;
}

inline bool is_number(std::string_view text) {
  bool is_integer;
  return is_number(text, is_integer);
}

/// Reads a JSON number; false where it is none.
inline bool take_number(std::string_view text, daybook_json_value &slot) {
  bool is_integer;
  if (!is_number(text, is_integer)) return false;
  size_t n = text.size();
  if (is_integer) {
    int64_t value = 0;
    if (std::from_chars(text.data(), text.data() + n, value).ec == std::errc()) {
      slot.kind = DAYBOOK_JSON_INTEGER;
      memcpy(&slot.bits, &value, sizeof value);
      return true;
    }
  }
  double value = 0;
  std::from_chars_result result = std::from_chars(text.data(), text.data() + n, value);
  if (result.ec == std::errc()) {
    slot.kind = DAYBOOK_JSON_DOUBLE;
    memcpy(&slot.bits, &value, sizeof value);
  } else {
    slot.kind = DAYBOOK_JSON_HUGE;
  }
  return true;
}

}  // namespace daybook
