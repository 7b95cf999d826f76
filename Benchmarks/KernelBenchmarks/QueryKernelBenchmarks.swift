/// One column, read whole.
func addEncodingBenchmarks(_ table: KernelTable) {
  for column in [
    "constant", "frame_of_reference_1", "frame_of_reference_2", "frame_of_reference_4",
    "decimal_4", "doubles",
  ] {
    table.add("scan-\(column)", "SELECT sum(\(column)) FROM kernels")
  }
  // A sum would overflow, and a maximum is known without looking at the rows.
  table.add("scan-frame_of_reference_8", "SELECT avg(frame_of_reference_8) FROM kernels")
  for column in ["dictionary_1", "dictionary_2", "uuid", "compressed_text"] {
    table.add("scan-\(column)", "SELECT max(\(column)) FROM kernels")
  }
}

/// A predicate and the count of rows that pass it.
func addFilterBenchmarks(_ table: KernelTable) {
  func add(_ name: String, where condition: String) {
    table.add("filter-\(name)", "SELECT count(*) FROM kernels WHERE \(condition)")
  }
  add("between-1", where: "frame_of_reference_1 BETWEEN 50 AND 149")
  add("between-2", where: "frame_of_reference_2 BETWEEN 12500 AND 37499")
  add("between-4", where: "frame_of_reference_4 BETWEEN 250000000 AND 749999999")
  add("between-8", where: "frame_of_reference_8 BETWEEN 1000000 AND 500000000000000000")
  add("greater-decimal", where: "decimal_4 > 500000")
  add("greater-double", where: "doubles > 300000000")
  add("equal-dictionary_1", where: "dictionary_1 = '/v1/route/77'")
  add("equal-dictionary_2", where: "dictionary_2 = '/v1/customer/7777'")
  add("in-dictionary_2", where: "dictionary_2 IN ('/v1/customer/1', '/v1/customer/22', 'x')")
  add("like-dictionary_1", where: "dictionary_1 LIKE '%/1%'")
  add("like-dictionary_2", where: "dictionary_2 LIKE '%77%'")
  add("equal-uuid", where: "uuid = '6e789e6a-a1b9-65f4-06c4-5a8e8c4c2d3b'")
  add("like-compressed_text", where: "compressed_text LIKE '%in 77 %'")
  add(
    "two-columns",
    where: "frame_of_reference_1 BETWEEN 50 AND 149 AND dictionary_1 <> '/v1/route/77'")
}

/// Counts and sums by groups.
func addGroupingBenchmarks(_ table: KernelTable) {
  func add(_ name: String, by keys: String, _ aggregates: String) {
    table.add(
      "group-\(name)", "SELECT \(keys), \(aggregates) FROM kernels GROUP BY \(keys) LIMIT 1")
  }
  add("dense-key-count", by: "dictionary_1", "count(*)")
  add("dense-key-sum", by: "dictionary_1", "sum(frame_of_reference_4)")
  add("dense-key-sum-doubles", by: "dictionary_1", "sum(doubles)")
  add("two-keys-count", by: "dictionary_1, other_narrow", "count(*)")
  add("many-codes-count", by: "dictionary_2", "count(*)")
  add("many-integers-count", by: "other_many", "count(*)")
  add("distinct-exact", by: "other_narrow", "count(DISTINCT dictionary_2)")
  add("distinct-hll", by: "other_narrow", "approx_count_distinct(dictionary_2)")
  add("quantile", by: "other_narrow", "approx_quantile(decimal_4, 0.95)")
}
