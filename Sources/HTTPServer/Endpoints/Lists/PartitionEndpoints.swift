internal import AccessControl
internal import ColumnStore
internal import Engine

/// What tables consist of, for those who run the platform.
extension Service {
  static let partitionEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/partitions", "List tables and their days",
      about: """
        Rows, bytes of memory (without dictionaries) and segments. At most \(largestPartitionCount) days, the \
        newest of each table first; `total` counts all.
        """,
      tag: "operations", access: .everywhere(.operate),
      answers: [
        EndpointAnswer(
          200, "By table.",
          schema: .object([
            .init(
              "tables",
              .array(
                .object([
                  .init("table", .string), .init("rows", .count), .init("bytes", .count),
                  .init("retention_days", .nullable(.count), "Null: kept for ever."),
                  .init("partitions", .array(partitionSchema, nil)),
                ]), nil)),
            .init("total", .count, "How many days there are in all."),
          ]))
      ]
    ) { request, service in
      let start = service.session(for: request)
      let (tables, partitions) = try await service.run { [engine = service.engine] in
        var session = engine.pinned(start)
        return (
          try engine.execute(
            """
            SELECT table_name, rows, bytes, retention_days FROM system.tables ORDER BY table_name
            """, in: &session
          ).rows,
          try engine.execute(
            """
            SELECT table_name, day::text AS day, rows, bytes, segments, count(*) OVER () AS days
            FROM system.partitions ORDER BY table_name, day DESC LIMIT \(largestPartitionCount)
            """, in: &session
          ).rows
        )
      }
      var days: [String: [JSONValue]] = [:]
      for row in partitions where row.count == 6 {
        guard case .text(let table) = row[0] else { continue }
        days[table, default: []].append(
          .object(RowJSON.object(["day", "rows", "bytes", "segments"], Array(row[1..<5]))))
      }
      return .json(
        .members([
          "tables": .array(
            tables.map { row in
              var members = RowJSON.object(["table", "rows", "bytes", "retention_days"], row)
              var own: [JSONValue] = []
              if case .text(let table)? = row.first { own = days[table] ?? [] }
              members.append(.init("partitions", .array(own)))
              return .object(members)
            }),
          "total": partitions.first?.last.map { RowJSON.value($0) } ?? 0,
        ]))
    }
  ]

  private static let largestPartitionCount = 10_000

  private static let partitionSchema = Schema.named(
    "Partition",
    .object([
      .init("day", .nullable(.string), "Null: the table is not split by day."),
      .init("rows", .count), .init("bytes", .count), .init("segments", .count),
    ]))
}
