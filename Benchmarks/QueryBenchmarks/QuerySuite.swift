/// The queries of `queries.sql`, in its order.
struct QuerySuite {
  struct Query {
    var name: String
    var question: String
    var sql: String
  }

  let queries: [Query]

  init() {
    self.init(parsing: String(decoding: PackageResources.queries_sql, as: UTF8.self))
  }

  private init(parsing text: String) {
    var queries: [Query] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("-- ") {
        // Comments above the first query have no name.
        let parts = line.dropFirst(3).split(separator: ":", maxSplits: 1)
        guard parts.count == 2, !parts[0].contains(" ") else { continue }
        queries.append(
          Query(name: String(parts[0]), question: String(parts[1].drop { $0 == " " }), sql: ""))
      } else if !queries.isEmpty {
        queries[queries.count - 1].sql += line + "\n"
      }
    }
    self.queries = queries
  }

  /// Those whose name is in `names`; all when it is empty.
  func selected(_ names: [String]) -> [Query] {
    names.isEmpty ? queries : queries.filter { names.contains($0.name) }
  }
}
