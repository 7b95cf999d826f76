/// Functions of other systems by the names that people know them by.
package enum ForeignFunction {
  /// What to write instead; `nil` for a name that none of them has.
  static func hint(for name: String) -> String? {
    replacements[name].map { "here that is \($0)" }
  }

  /// By name, with an example of each that can be run where columns have these names.
  package static let replacements = [
    "ifnull": "coalesce(a, b)", "nvl": "coalesce(a, b)", "isnull": "coalesce(a, b)",
    "len": "length(s)", "if": "CASE WHEN c THEN a ELSE b END",
    "iif": "CASE WHEN c THEN a ELSE b END", "countif": "count(*) FILTER (WHERE c)",
    "count_if": "count(*) FILTER (WHERE c)", "sumif": "sum(a) FILTER (WHERE c)",
    "listagg": "string_agg(s, ',')",
    "curdate": "current_date", "getdate": "now()", "sysdate": "now()",
    "date_add": "t + interval '1 day'", "dateadd": "t + interval '1 day'",
    "date_sub": "t - interval '1 day'", "datediff": "t - u", "date_diff": "t - u",
    "strftime": "to_char(t, 'YYYY-MM-DD')", "date_format": "to_char(t, 'YYYY-MM-DD')",
    "uniq": "approx_count_distinct(a)", "approx_distinct": "approx_count_distinct(a)",
  ]
}
