/// Words that a statement begins with, nearest guesses first.
let statementKeywords = [
  "select", "with", "values", "explain", "show", "describe", "insert", "create", "drop", "set",
]

/// Words that a misspelt word inside of a statement may stand for.
let clauseKeywords = [
  "from", "into", "where", "group", "order", "having", "limit", "offset", "select", "distinct",
  "join",
  "left", "right", "inner", "outer", "cross", "full", "using", "between", "like", "ilike", "and",
  "not", "null", "case", "when", "then", "else", "end", "union", "intersect", "except", "values",
  "table", "exists", "interval", "filter", "within", "over", "partition", "window",
  "nulls", "first", "last", "desc", "asc", "primary", "key", "domain", "cast", "extract",
]

let allKeywords = Set(statementKeywords + clauseKeywords + reservedWords)

/// Words that PostgreSQL does not take for names unless they are quoted.
let reservedWords: Set<String> = [
  "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case",
  "cast", "check", "collate", "column", "constraint", "create", "current_catalog", "current_date",
  "current_role", "current_time", "current_timestamp", "current_user", "default", "deferrable",
  "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "from",
  "grant", "group", "having", "in", "initially", "intersect", "into", "lateral", "leading", "limit",
  "localtime", "localtimestamp", "not", "null", "offset", "on", "only", "or", "order", "placing",
  "primary", "references", "returning", "select", "session_user", "some", "symmetric", "table",
  "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic", "when",
  "where", "window", "with",
]
