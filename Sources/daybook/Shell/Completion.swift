package import ColumnStore

/// What Tab offers: keywords, functions, tables, and the columns of all tables.
package struct Completion {
  private let words: [String]

  package init(catalog: Catalog) {
    var names = Set<String>()
    for (name, table) in catalog.tables {
      names.insert(name)
      names.formUnion(table.schema.columns.map(\.name))
    }
    for (name, view) in catalog.views {
      names.insert(name)
      names.formUnion(view.columns.map(\.name))
    }
    // Names that would need quotes are left to those who type them.
    names = names.filter { name in
      name.allSatisfy { $0 == "_" || ($0.isASCII && ($0.isLowercase || $0.isNumber)) }
    }
    words = names.sorted() + Self.functions + Self.keywords
  }

  /// What the last word of `line` may become. Keywords are offered in the case in which the word
  /// was begun.
  package func candidates(for line: String) -> [String] {
    let word = String(
      line.reversed().prefix { $0 == "_" || $0.isLetter || $0.isNumber || $0 == "\\" }.reversed())
    if word.hasPrefix("\\") {
      return ["\\d", "\\format", "\\q", "\\timing", "\\?"].filter { $0.hasPrefix(word) }
    }
    guard !word.isEmpty else { return [] }
    let isLower = word.allSatisfy { !$0.isUppercase }
    let begun = word.lowercased()
    var offered: [String] = []
    for candidate in words where candidate.lowercased().hasPrefix(begun) {
      let isKeyword = candidate.first?.isUppercase == true
      let shown = isKeyword && isLower ? candidate.lowercased() : candidate
      if !offered.contains(shown) { offered.append(shown) }
    }
    return offered
  }

  private static let keywords = [
    "AND", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CREATE TABLE", "CREATE VIEW", "DESC",
    "DESCRIBE", "DISTINCT", "DROP TABLE", "DROP VIEW", "ELSE", "END", "EXPLAIN", "EXPLAIN ANALYZE",
    "FALSE", "FILTER",
    "FROM",
    "GROUP BY", "HAVING", "ILIKE", "IN", "INNER", "INSERT INTO", "INTERVAL", "IS", "JOIN", "LEFT",
    "LIKE", "LIMIT", "NOT", "NULL", "NULLS FIRST", "NULLS LAST", "OFFSET", "ON", "OR", "ORDER BY",
    "PARTITION BY", "SELECT", "SET", "SHOW TABLES", "THEN", "TRUE", "VALUES", "WHEN", "WHERE",
    "WITHIN GROUP",
  ]

  private static let functions = [
    "approx_count_distinct", "approx_quantile", "arg_max", "arg_min", "avg", "coalesce", "count",
    "date_part", "date_trunc", "extract", "hll", "hll_cardinality", "hll_merge", "max", "min",
    "mode",
    "now", "nullif", "percentile_cont", "percentile_disc", "round", "stddev", "string_agg", "sum",
    "tdigest", "tdigest_merge", "tdigest_quantile", "variance",
  ]
}
