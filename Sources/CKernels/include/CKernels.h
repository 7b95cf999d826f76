// The few loops that Swift's SIMD types cannot say: comparisons to bitmaps and bitmaps to row
// positions. Each has a plain Swift twin in the tests.
//
// Bitmaps: row r is bit r % 64 of word r / 64. A kernel writes (count + 63) / 64 words and clears
// the bits past `count`. Pointers need no alignment beyond their type's.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Bit = low <= value <= high.
void daybook_between_u8(const uint8_t *values, size_t count, uint8_t low, uint8_t high, uint64_t *words);
void daybook_between_u16(const uint16_t *values, size_t count, uint16_t low, uint16_t high, uint64_t *words);
void daybook_between_u32(const uint32_t *values, size_t count, uint32_t low, uint32_t high, uint64_t *words);
// Bit = low <= base + value <= high, the sum wrapping round to a signed number.
void daybook_between_i64(const uint64_t *values, size_t count, int64_t base, int64_t low, int64_t high,
                         uint64_t *words);

// Bit = low <= value <= high, false for NaN.
void daybook_between_double(const double *values, size_t count, double low, double high, uint64_t *words);

// Bit = table[code] != 0; every code is a valid index of the table.
void daybook_lookup_u8(const uint8_t *codes, size_t count, const uint8_t *table, uint64_t *words);
void daybook_lookup_u16(const uint16_t *codes, size_t count, const uint8_t *table, uint64_t *words);
void daybook_lookup_u32(const uint32_t *codes, size_t count, const uint8_t *table, uint64_t *words);

// Bit = byte != 0.
void daybook_bytes_to_bitmap(const uint8_t *bytes, size_t count, uint64_t *words);

// Values of `width` bits each, one after the other, to whole bytes: `width` is 1 to 8, 1 to 16 or 1
// to 32. Words are little-endian; one more than the values fill can be read.
void daybook_unpack_u8(const uint64_t *words, size_t width, size_t count, uint8_t *values);
void daybook_unpack_u16(const uint64_t *words, size_t width, size_t count, uint16_t *values);
void daybook_unpack_u32(const uint64_t *words, size_t width, size_t count, uint32_t *values);

// words &= other.
void daybook_and(uint64_t *words, const uint64_t *other, size_t word_count);
// words |= other.
void daybook_or(uint64_t *words, const uint64_t *other, size_t word_count);
size_t daybook_popcount(const uint64_t *words, size_t word_count);

// Writes the positions of the set bits, ascending, and returns how many; `positions` has room for
// all of them plus 8.
size_t daybook_positions(const uint64_t *words, size_t word_count, uint32_t *positions);

// Moves the bits of values to the rows that have one: bit r of `words` is 0 where bit r of `validity`
// is, else the next bit of `values`, which has as many bits as `validity` has ones.
void daybook_spread_bits(const uint64_t *values, size_t value_count, const uint64_t *validity,
                         size_t word_count, uint64_t *words);

// The other way round: the bits of the rows that are set in `selection`, side by side. Writes as many words as
// these bits fill.
void daybook_gather_bits(const uint64_t *words, const uint64_t *selection, size_t word_count, uint64_t *bits);

// The sum of the values whose bit is set; there are at most 2^32 values.
uint64_t daybook_masked_sum_u8(const uint8_t *values, size_t count, const uint64_t *words);
uint64_t daybook_masked_sum_u16(const uint16_t *values, size_t count, const uint64_t *words);
uint64_t daybook_masked_sum_u32(const uint32_t *values, size_t count, const uint64_t *words);

// Which of `rows` are set in `validity`: their places among them, and their ranks, the number of set bits before
// each; returns how many. `ranks` has that of the first bit of each word. `places` and `found` have room for `count`.
size_t daybook_sparse_ranks(const uint64_t *validity, const uint32_t *ranks, const uint32_t *rows,
                            size_t count, uint32_t *places, uint32_t *found);

// Writes 0 or 1 per row.
void daybook_bitmap_to_bytes(const uint64_t *words, size_t count, uint8_t *bytes);

// counts[code] += 1, for codes of one byte; `counts` has 256 entries.
void daybook_histogram_u8(const uint8_t *codes, size_t count, uint32_t *counts);
// The same for two bytes; `counts` has as many entries as the largest code demands.
void daybook_histogram_u16(const uint16_t *codes, size_t count, uint32_t *counts);

// Where `part` begins in `text` first, or -1; in time linear in the text, whatever both are (the C
// library's memmem, which Swift does not see).
ptrdiff_t daybook_find(const uint8_t *text, size_t text_count, const uint8_t *part, size_t part_count);
