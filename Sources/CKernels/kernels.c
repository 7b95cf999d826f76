#define _GNU_SOURCE
#include "CKernels.h"

#include <string.h>

// The compiler makes one copy of a loop per instruction set and the loader picks the best one.
#if defined(__x86_64__)
#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define PER_CPU
#endif

typedef uint8_t u8x64 __attribute__((ext_vector_type(64)));
typedef uint16_t u16x64 __attribute__((ext_vector_type(64)));
typedef uint32_t u32x64 __attribute__((ext_vector_type(64)));
typedef uint64_t u64x64 __attribute__((ext_vector_type(64)));
typedef int64_t i64x64 __attribute__((ext_vector_type(64)));
typedef double f64x64 __attribute__((ext_vector_type(64)));
typedef _Bool boolx64 __attribute__((ext_vector_type(64)));

// Bits of up to 63 rows behind the last whole word.
#define REST(condition)                                                 \
  if (row < count) {                                                    \
    uint64_t word = 0;                                                  \
    for (size_t bit = 0; row + bit < count; bit++) {                    \
      word |= (uint64_t)(condition) << bit;                             \
    }                                                                   \
    *words = word;                                                      \
  }

#define BETWEEN(name, element, vector)                                                        \
  PER_CPU void name(const element *values, size_t count, element low, element high,            \
                    uint64_t *words) {                                                        \
    size_t row = 0;                                                                           \
    for (; row + 64 <= count; row += 64) {                                                    \
      vector block;                                                                           \
      memcpy(&block, values + row, sizeof block);                                             \
      boolx64 mask = __builtin_convertvector((block >= low) & (block <= high), boolx64);      \
      memcpy(words++, &mask, 8);                                                              \
    }                                                                                         \
    REST(values[row + bit] >= low && values[row + bit] <= high)                               \
  }

BETWEEN(daybook_between_u8, uint8_t, u8x64)
BETWEEN(daybook_between_u16, uint16_t, u16x64)
BETWEEN(daybook_between_u32, uint32_t, u32x64)
BETWEEN(daybook_between_double, double, f64x64)

PER_CPU void daybook_between_i64(const uint64_t *values, size_t count, int64_t base, int64_t low,
                                 int64_t high, uint64_t *words) {
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    u64x64 deltas;
    memcpy(&deltas, values + row, sizeof deltas);
    u64x64 sums = deltas + (uint64_t)base;
    i64x64 block;
    memcpy(&block, &sums, sizeof block);
    boolx64 mask = __builtin_convertvector((block >= low) & (block <= high), boolx64);
    memcpy(words++, &mask, 8);
  }
  REST((int64_t)(values[row + bit] + (uint64_t)base) >= low &&
       (int64_t)(values[row + bit] + (uint64_t)base) <= high)
}

PER_CPU void daybook_bytes_to_bitmap(const uint8_t *bytes, size_t count, uint64_t *words) {
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    u8x64 block;
    memcpy(&block, bytes + row, sizeof block);
    boolx64 mask = __builtin_convertvector(block != 0, boolx64);
    memcpy(words++, &mask, 8);
  }
  REST(bytes[row + bit] != 0)
}

#define LOOKUP(name, element)                                                               \
  PER_CPU void name(const element *codes, size_t count, const uint8_t *table, uint64_t *words) { \
    size_t row = 0;                                                                         \
    for (; row + 64 <= count; row += 64) {                                                  \
      uint8_t found[64];                                                                    \
      for (size_t bit = 0; bit < 64; bit++) {                                               \
        found[bit] = table[codes[row + bit]];                                               \
      }                                                                                     \
      u8x64 block;                                                                          \
      memcpy(&block, found, sizeof block);                                                  \
      boolx64 mask = __builtin_convertvector(block != 0, boolx64);                          \
      memcpy(words++, &mask, 8);                                                            \
    }                                                                                       \
    REST(table[codes[row + bit]] != 0)                                                      \
  }

LOOKUP(daybook_lookup_u8, uint8_t)
LOOKUP(daybook_lookup_u16, uint16_t)
LOOKUP(daybook_lookup_u32, uint32_t)

#define UNPACK_FROM(first, element)                                                           \
  for (size_t rest = (first); rest < count; rest++) {                                         \
    size_t bit = rest * width;                                                                \
    uint64_t bits;                                                                            \
    memcpy(&bits, bytes + (bit >> 3), sizeof bits);                                           \
    values[rest] = (element)((bits >> (bit & 7)) & mask);                                     \
  }

// Eight values of up to eight bits fill as many bytes as they have bits: one load has them, and each step moves
// the upper half of what lies side by side to where it belongs.
PER_CPU void daybook_unpack_u8(const uint64_t *words, size_t width, size_t count, uint8_t *values) {
  const uint8_t *bytes = (const uint8_t *)words;
  uint64_t mask = ((uint64_t)1 << width) - 1;
  size_t row = 0;
  if (width <= 8) {
    uint64_t four = ((uint64_t)1 << (4 * width)) - 1;
    uint64_t two = (((uint64_t)1 << (2 * width)) - 1) * 0x0000000100000001u;
    uint64_t one = mask * 0x0001000100010001u;
    for (; row + 8 <= count; row += 8) {
      uint64_t bits;
      memcpy(&bits, bytes + (row >> 3) * width, sizeof bits);
      bits = (bits & four) | ((bits << (32 - 4 * width)) & (four << 32));
      bits = (bits & two) | ((bits << (16 - 2 * width)) & (two << 16));
      bits = (bits & one) | ((bits << (8 - width)) & (one << 8));
      memcpy(values + row, &bits, sizeof bits);
    }
  }
  UNPACK_FROM(row, uint8_t)
}

// Four values of up to fifteen bits, which begin at a byte or in the middle of one.
PER_CPU void daybook_unpack_u16(const uint64_t *words, size_t width, size_t count, uint16_t *values) {
  const uint8_t *bytes = (const uint8_t *)words;
  uint64_t mask = ((uint64_t)1 << width) - 1;
  size_t row = 0;
  if (width <= 15) {
    uint64_t two = ((uint64_t)1 << (2 * width)) - 1;
    uint64_t one = mask * 0x0000000100000001u;
    for (; row + 4 <= count; row += 4) {
      size_t bit = row * width;
      uint64_t bits;
      memcpy(&bits, bytes + (bit >> 3), sizeof bits);
      bits >>= bit & 7;
      bits = (bits & two) | ((bits << (32 - 2 * width)) & (two << 32));
      bits = (bits & one) | ((bits << (16 - width)) & (one << 16));
      memcpy(values + row, &bits, sizeof bits);
    }
  }
  UNPACK_FROM(row, uint16_t)
}

PER_CPU void daybook_unpack_u32(const uint64_t *words, size_t width, size_t count, uint32_t *values) {
  const uint8_t *bytes = (const uint8_t *)words;
  uint64_t mask = ((uint64_t)1 << width) - 1;
  UNPACK_FROM(0, uint32_t)
}

PER_CPU void daybook_and(uint64_t *words, const uint64_t *other, size_t word_count) {
  for (size_t word = 0; word < word_count; word++) {
    words[word] &= other[word];
  }
}

PER_CPU void daybook_or(uint64_t *words, const uint64_t *other, size_t word_count) {
  for (size_t word = 0; word < word_count; word++) {
    words[word] |= other[word];
  }
}

PER_CPU size_t daybook_popcount(const uint64_t *words, size_t word_count) {
  size_t count = 0;
  for (size_t word = 0; word < word_count; word++) {
    count += (size_t)__builtin_popcountll(words[word]);
  }
  return count;
}

size_t daybook_positions(const uint64_t *words, size_t word_count, uint32_t *positions) {
  size_t found = 0;
  for (size_t word = 0; word < word_count; word++) {
    uint64_t bits = words[word];
    uint32_t base = (uint32_t)(word * 64);
    if (bits == UINT64_MAX) {
      for (uint32_t bit = 0; bit < 64; bit++) {
        positions[found + bit] = base + bit;
      }
      found += 64;
      continue;
    }
    while (bits != 0) {
      positions[found++] = base + (uint32_t)__builtin_ctzll(bits);
      bits &= bits - 1;
    }
  }
  return found;
}

// 64 bits from any bit on; bits past the last word are 0.
static inline uint64_t bits_from(const uint64_t *words, size_t word_count, size_t bit) {
  size_t word = bit >> 6;
  size_t shift = bit & 63;
  if (word >= word_count) return 0;
  uint64_t low = words[word] >> shift;
  return shift == 0 || word + 1 >= word_count ? low : low | (words[word + 1] << (64 - shift));
}

static inline uint64_t deposit(uint64_t bits, uint64_t mask) {
  uint64_t result = 0;
  while (mask != 0) {
    uint64_t lowest = mask & (0 - mask);
    result |= (0 - (bits & 1)) & lowest;
    bits >>= 1;
    mask ^= lowest;
  }
  return result;
}

#define SPREAD_BITS(deposit)                                              \
  size_t value_words = (value_count + 63) / 64;                           \
  size_t next = 0;                                                        \
  for (size_t word = 0; word < word_count; word++) {                      \
    uint64_t bits = bits_from(values, value_words, next);                 \
    words[word] = bits == 0 ? 0 : deposit(bits, validity[word]);          \
    next += (size_t)__builtin_popcountll(validity[word]);                 \
  }

#if defined(__x86_64__)
__attribute__((target("bmi2,popcnt"))) static void spread_bits_bmi2(
    const uint64_t *values, size_t value_count, const uint64_t *validity, size_t word_count,
    uint64_t *words) {
  SPREAD_BITS(__builtin_ia32_pdep_di)
}
#endif

void daybook_spread_bits(const uint64_t *values, size_t value_count, const uint64_t *validity,
                         size_t word_count, uint64_t *words) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("bmi2")) {
    spread_bits_bmi2(values, value_count, validity, word_count, words);
    return;
  }
#endif
  SPREAD_BITS(deposit)
}

static inline uint64_t extract(uint64_t bits, uint64_t mask) {
  uint64_t result = 0;
  for (uint64_t place = 1; mask != 0; place <<= 1) {
    uint64_t lowest = mask & (0 - mask);
    result |= (bits & lowest) != 0 ? place : 0;
    mask ^= lowest;
  }
  return result;
}

#define GATHER_BITS(extract)                                              \
  uint64_t pending = 0;                                                   \
  size_t filled = 0;                                                      \
  for (size_t word = 0; word < word_count; word++) {                      \
    uint64_t found = extract(words[word], selection[word]);               \
    size_t count = (size_t)__builtin_popcountll(selection[word]);         \
    pending |= found << filled;                                           \
    if (filled + count < 64) {                                            \
      filled += count;                                                    \
      continue;                                                           \
    }                                                                     \
    *bits++ = pending;                                                    \
    pending = filled == 0 ? 0 : found >> (64 - filled);                   \
    filled = filled + count - 64;                                         \
  }                                                                       \
  if (filled > 0) *bits = pending;

#if defined(__x86_64__)
__attribute__((target("bmi2,popcnt"))) static void gather_bits_bmi2(
    const uint64_t *words, const uint64_t *selection, size_t word_count, uint64_t *bits) {
  GATHER_BITS(__builtin_ia32_pext_di)
}
#endif

void daybook_gather_bits(const uint64_t *words, const uint64_t *selection, size_t word_count,
                         uint64_t *bits) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("bmi2")) {
    gather_bits_bmi2(words, selection, word_count, bits);
    return;
  }
#endif
  GATHER_BITS(extract)
}

// A word of bits at a time: each becomes a lane that is all ones or zero.
#define MASKED_SUM(name, element, vector)                                                     \
  PER_CPU uint64_t name(const element *values, size_t count, const uint64_t *words) {         \
    u64x64 sums = 0;                                                                          \
    size_t row = 0;                                                                           \
    for (; row + 64 <= count; row += 64) {                                                    \
      if (words[row >> 6] == 0) continue;                                                     \
      vector block;                                                                           \
      boolx64 mask;                                                                           \
      memcpy(&block, values + row, sizeof block);                                             \
      memcpy(&mask, &words[row >> 6], 8);                                                     \
      block &= 0 - __builtin_convertvector(mask, vector);                                     \
      sums += __builtin_convertvector(block, u64x64);                                         \
    }                                                                                         \
    uint64_t sum = __builtin_reduce_add(sums);                                                \
    for (; row < count; row++) {                                                              \
      sum += (words[row >> 6] >> (row & 63)) & 1 ? values[row] : 0;                           \
    }                                                                                         \
    return sum;                                                                               \
  }

MASKED_SUM(daybook_masked_sum_u8, uint8_t, u8x64)
MASKED_SUM(daybook_masked_sum_u16, uint16_t, u16x64)
MASKED_SUM(daybook_masked_sum_u32, uint32_t, u32x64)

// Written always, counted where the row has a value: no branch.
PER_CPU size_t daybook_sparse_ranks(const uint64_t *validity, const uint32_t *ranks, const uint32_t *rows,
                                    size_t count, uint32_t *places, uint32_t *found) {
  size_t kept = 0;
  for (size_t place = 0; place < count; place++) {
    uint32_t row = rows[place];
    uint64_t word = validity[row >> 6];
    uint64_t bit = (uint64_t)1 << (row & 63);
    places[kept] = (uint32_t)place;
    found[kept] = ranks[row >> 6] + (uint32_t)__builtin_popcountll(word & (bit - 1));
    kept += (word & bit) != 0;
  }
  return kept;
}

PER_CPU void daybook_bitmap_to_bytes(const uint64_t *words, size_t count, uint8_t *bytes) {
  for (size_t row = 0; row < count; row++) {
    bytes[row] = (uint8_t)((words[row >> 6] >> (row & 63)) & 1);
  }
}

// Four tables, so that equal neighbours do not wait for each other's store.
void daybook_histogram_u8(const uint8_t *codes, size_t count, uint32_t *counts) {
  uint32_t tables[4][256];
  memset(tables, 0, sizeof tables);
  size_t row = 0;
  for (; row + 4 <= count; row += 4) {
    tables[0][codes[row]]++;
    tables[1][codes[row + 1]]++;
    tables[2][codes[row + 2]]++;
    tables[3][codes[row + 3]]++;
  }
  for (; row < count; row++) {
    tables[0][codes[row]]++;
  }
  for (size_t code = 0; code < 256; code++) {
    counts[code] += tables[0][code] + tables[1][code] + tables[2][code] + tables[3][code];
  }
}

void daybook_histogram_u16(const uint16_t *codes, size_t count, uint32_t *counts) {
  for (size_t row = 0; row < count; row++) {
    counts[codes[row]]++;
  }
}

ptrdiff_t daybook_find(const uint8_t *text, size_t text_count, const uint8_t *part, size_t part_count) {
  const uint8_t *found = memmem(text, text_count, part, part_count);
  return found ? found - text : -1;
}
