#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "CSimdJSON.h"

namespace {

/// One bit per byte of a window of 64.
struct Window {
  uint64_t separators, newlines, quotes;
};

#ifdef __SSE2__
inline uint64_t matches(const __m128i *part, __m128i byte) {
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++)
    mask |= static_cast<uint64_t>(static_cast<uint32_t>(
                _mm_movemask_epi8(_mm_cmpeq_epi8(part[i], byte))))
            << (16 * i);
  return mask;
}

inline Window look(const uint8_t *bytes, uint8_t delimiter) {
  __m128i part[4];
  for (int i = 0; i < 4; i++)
    part[i] = _mm_loadu_si128(reinterpret_cast<const __m128i *>(bytes + 16 * i));
  uint64_t newlines = matches(part, _mm_set1_epi8('\n'));
  uint64_t delimiters = matches(part, _mm_set1_epi8(static_cast<char>(delimiter)));
  return {newlines | delimiters, newlines, matches(part, _mm_set1_epi8('"'))};
}
#else
inline Window look(const uint8_t *bytes, uint8_t delimiter) {
  Window window = {0, 0, 0};
  for (int i = 0; i < 64; i++) {
    uint64_t bit = 1ull << i;
    if (bytes[i] == '\n') window.newlines |= bit;
    if (bytes[i] == delimiter) window.separators |= bit;
    if (bytes[i] == '"') window.quotes |= bit;
  }
  window.separators |= window.newlines;
  return window;
}
#endif

}  // namespace

size_t daybook_find_separators(
    const uint8_t *bytes, size_t from, size_t to, uint8_t delimiter, bool has_quotes,
    uint32_t *positions, size_t *newline_count, size_t *open_quote) {
  size_t count = 0, newlines = 0, field_start = from, skipped = SIZE_MAX;
  size_t opened = SIZE_MAX;
  for (size_t base = from; base < to; base += 64) {
    Window window = look(bytes + base, delimiter);
    uint64_t valid = to - base >= 64 ? ~0ull : (1ull << (to - base)) - 1;
    uint64_t separators = window.separators & valid;
    uint64_t quotes = has_quotes ? window.quotes & valid : 0;
    if (quotes == 0) {
      if (opened != SIZE_MAX) continue;
      newlines += static_cast<size_t>(__builtin_popcountll(window.newlines & valid));
      while (separators != 0) {
        positions[count++] = static_cast<uint32_t>(
            base + static_cast<size_t>(__builtin_ctzll(separators)));
        separators &= separators - 1;
      }
      if (count > 0) field_start = positions[count - 1] + 1;
      continue;
    }
    for (uint64_t rest = separators | quotes; rest != 0; rest &= rest - 1) {
      size_t position = base + static_cast<size_t>(__builtin_ctzll(rest));
      uint8_t byte = bytes[position];
      if (opened != SIZE_MAX) {
        if (byte != '"' || position == skipped) continue;
        if (position + 1 < to && bytes[position + 1] == '"')
          skipped = position + 1;
        else
          opened = SIZE_MAX;
      } else if (byte == '"') {
        if (position == field_start) opened = position;
      } else {
        newlines += byte == '\n';
        positions[count++] = static_cast<uint32_t>(position);
        field_start = position + 1;
      }
    }
  }
  *newline_count = newlines;
  *open_quote = opened;
  return count;
}

size_t daybook_find_cut(
    const uint8_t *bytes, size_t count, size_t target, uint8_t delimiter, bool has_quotes,
    daybook_cut_state *state) {
  auto find = [&](size_t from, size_t to, int byte) {
    const void *found = from < to ? memchr(bytes + from, byte, to - from) : nullptr;
    return found ? static_cast<size_t>(static_cast<const uint8_t *>(found) - bytes) : SIZE_MAX;
  };
  auto opens = [&](size_t quote) {
    return quote == 0 || bytes[quote - 1] == delimiter || bytes[quote - 1] == '\n';
  };
  size_t position = state->position;
  bool in_quotes = state->in_quotes;
  size_t cut = 0;
  if (!has_quotes && position < target) position = target < count ? target : count;
  while (position < count) {
    if (in_quotes) {
      size_t quote = find(position, count, '"');
      if (quote == SIZE_MAX) {
        position = count;
      } else if (quote + 1 == count) {
        // What it means is up to the byte that follows.
        position = quote;
        break;
      } else if (bytes[quote + 1] == '"') {
        position = quote + 2;
      } else {
        in_quotes = false;
        position = quote + 1;
      }
      continue;
    }
    bool is_past = position >= target;
    size_t newline = is_past ? find(position, count, '\n') : SIZE_MAX;
    size_t limit = newline != SIZE_MAX ? newline : is_past || target > count ? count : target;
    size_t quote = has_quotes ? find(position, limit, '"') : SIZE_MAX;
    if (quote != SIZE_MAX) {
      in_quotes = opens(quote);
      position = quote + 1;
    } else if (newline != SIZE_MAX) {
      position = cut = newline + 1;
      break;
    } else {
      position = limit;
    }
  }
  state->position = position;
  state->in_quotes = in_quotes;
  return cut;
}
