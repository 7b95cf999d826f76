#include <charconv>
#include <clocale>
#include <cmath>
#include <cstring>
#include <locale.h>
#include <string>
#include <simdjson.h>

#include "CSimdJSON.h"

bool daybook_is_utf8(const uint8_t *bytes, size_t count) {
  return simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), count);
}

size_t daybook_count_newlines(const uint8_t *bytes, size_t count) {
  size_t newlines = 0;
  // Short runs of byte-wide counters, which vectorise.
  for (size_t start = 0; start < count; start += 192) {
    size_t end = start + 192 < count ? start + 192 : count;
    uint8_t some = 0;
    for (size_t i = start; i < end; i++) some += bytes[i] == '\n';
    newlines += some;
  }
  return newlines;
}

/// from_chars gives no value for what is too large or too small; strtod tells the two apart.
static int parse_extreme_double(const char *bytes, size_t count, double *value) {
  static locale_t plain = newlocale(LC_ALL_MASK, "C", static_cast<locale_t>(0));
  std::string text(bytes, count);
  char *end = nullptr;
  double result = strtod_l(text.c_str(), &end, plain);
  if (end != text.c_str() + text.size()) return DAYBOOK_NUMBER_MALFORMED;
  if (std::isinf(result)) return DAYBOOK_NUMBER_OUT_OF_RANGE;
  *value = result;
  return DAYBOOK_NUMBER_VALID;
}

int daybook_parse_double(const uint8_t *bytes, size_t count, double *value) {
  const char *first = reinterpret_cast<const char *>(bytes), *last = first + count;
  if (count > 1 && *first == '+' && first[1] != '-') first++;
  std::from_chars_result result = std::from_chars(first, last, *value);
  if (result.ec == std::errc::result_out_of_range)
    return parse_extreme_double(first, static_cast<size_t>(last - first), value);
  if (result.ec != std::errc() || result.ptr != last) return DAYBOOK_NUMBER_MALFORMED;
  return DAYBOOK_NUMBER_VALID;
}
