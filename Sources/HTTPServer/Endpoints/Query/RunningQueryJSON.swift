internal import Engine
internal import ResultFormats

/// A running statement, as `GET /api/queries` lists it.
enum RunningQueryJSON {
  static let schema = Schema.object([
    .init(
      "queries",
      .array(
        .named(
          "RunningQuery",
          .object([
            .init("query_id", .nullable(.string), "What its client calls it."),
            .init("query_number", .count, "The engine's own."),
            .init("principal", .nullable(.string), "Who asked; null: the service itself."),
            .init("client", .nullable(.string), "The address that it came from."),
            .init("started_at", .string, "ISO 8601."),
            .init("elapsed_ms", .number),
            .init("rows_scanned", .nullable(.count), "Null for who may not operate the service."),
            .init("memory_bytes", .nullable(.count), "Null for who may not operate the service."),
            .init("statement", .string, "The start of it, where it is long."),
          ])), 0...Int.max))
  ])

  /// What a query reads tells of rows that its caller may not see.
  static func json(_ query: RunningQuery, showsWork: Bool) -> JSONValue {
    func text(_ text: String?) -> JSONValue { text.map { .text($0) } ?? .null }
    return .members([
      "query_id": text(query.origin.name),
      "query_number": .integer(Int64(clamping: query.id.number)),
      "principal": text(query.origin.principal),
      "client": text(query.origin.client),
      "started_at": .text(ISO8601.text(milliseconds: query.start) + "Z"),
      "elapsed_ms": .number(query.elapsed / .milliseconds(1)),
      "rows_scanned": showsWork ? .integer(Int64(query.rowsScanned)) : .null,
      "memory_bytes": showsWork ? .integer(Int64(query.byteCount)) : .null,
      "statement": .text(query.text),
    ])
  }
}
