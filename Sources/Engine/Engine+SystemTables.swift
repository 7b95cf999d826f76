import ColumnStore
import QueryExecution
import QueryLanguage
import QueryPlanning

/// The rows of system tables, all of one catalog.
extension Engine {
  func systemRows(
    of table: SystemTable, _ catalog: Catalog, _ session: Session
  ) -> [[Value]] {
    switch table {
    case .tables: catalog.sortedTables.map(tableRow)
    case .columns: catalog.sortedTables.flatMap { columnRows($0, catalog, session.access) }
    case .partitions: catalog.sortedTables.flatMap(partitionRows)
    case .segments: catalog.sortedTables.flatMap(segmentRows)
    case .views: catalog.sortedViews.map(viewRow)
    case .functions: SystemTable.functionRows
    case .settings: settingRows(session)
    case .metrics: metricRows(catalog)
    case .queries: queryRows
    case .database: [databaseRow]
    case .retentionDrops: catalog.retentionDrops.map(dropRow)
    case .informationTables: informationTableRows(catalog)
    case .informationColumns: informationColumnRows(catalog)
    }
  }

  private func tableRow(_ table: Table) -> [Value] {
    let schema = table.schema
    return [
      .text(schema.name), .count(schema.columns.count),
      schema.partitionColumn.map { .text(schema.columns[$0].name) } ?? .null,
      .count(table.partitions.count),
      .count(table.partitions.reduce(0) { $0 + $1.segments.count }), .count(table.rowCount),
      .count(table.byteCount), schema.retentionDays.map(Value.count) ?? .null,
      schema.rollUp.map { .text($0.source) } ?? .null,
    ]
  }

  private func columnRows(
    _ table: Table, _ catalog: Catalog, _ access: QueryAccess
  ) -> [[Value]] {
    let memory = table.memory()
    let hidden = catalog.hiddenDomains(from: access)
    return table.schema.columns.enumerated().map { index, column -> [Value] in
      let chunks = memory.filter { $0.column == column.name }
        .sorted { $0.byteCount > $1.byteCount }
      let isText = column.type.physical == .text
      var row: [Value] = [
        .text(table.schema.name), .text(column.name), .count(index + 1),
        .text(column.type.sqlName), .boolean(column.isNotNull),
        isText ? .text(column.domain) : .null, column.compression,
      ]
      // How values are kept tells of what they are.
      if access.hides(column, of: table.schema) {
        row += [Value](repeating: .null, count: 3)
      } else {
        row.append(.text(chunks.map(\.encoding).joined(separator: ", ")))
        row.append(.count(chunks.reduce(0) { $0 + $1.byteCount }))
        let isKnown = isText && !hidden.contains(column.domain)
        let entries = isKnown ? catalog.dictionaries[column.domain]?.view.count : nil
        row.append(entries.map(Value.count) ?? .null)
      }
      row.append(label(of: column))
      return row
    }
  }

  private func label(of column: ColumnDefinition) -> Value {
    column.label.map { .text($0.rawValue) } ?? .null
  }

  private func partitionRows(_ table: Table) -> [[Value]] {
    table.partitions.map { partition in
      [
        .text(table.schema.name), partition.key.day, .count(partition.rowCount),
        .count(partition.segments.count),
        .count(partition.segments.reduce(0) { $0 + $1.byteCount }),
        .integer(Int64(clamping: partition.version)),
      ]
    }
  }

  private func segmentRows(_ table: Table) -> [[Value]] {
    table.partitions.flatMap { partition in
      partition.segments.enumerated().map { index, segment in
        [
          .text(table.schema.name), partition.key.day, .count(index + 1),
          .count(segment.rowCount), .boolean(segment.isSealed), .count(segment.byteCount),
        ]
      }
    }
  }

  private func viewRow(_ view: View) -> [Value] {
    [
      .text(view.name), .text(view.definition),
      .text(view.columns.map(\.name).joined(separator: ", ")),
      .text(view.uses.sorted().joined(separator: ", ")),
    ]
  }

  private func settingRows(_ session: Session) -> [[Value]] {
    SystemTable.settingList.map { setting in
      let shown = QueryResult.setting(
        setting.name, session, workers.threadCount, memoryLimit: defaultMemoryLimit)
      return [.text(setting.name), shown.rows.first?.first ?? .null, .text(setting.takes)]
    }
  }

  private func metricRows(_ catalog: Catalog) -> [[Value]] {
    let cached = cache.statistics
    let totals = registry.totals
    func row(_ name: String, _ value: Int, _ unit: String, _ description: String) -> [Value] {
      [.text(name), .count(value), .text(unit), .text(description)]
    }
    return [
      row("tables", catalog.tables.count, "count", "tables"),
      row(
        "table_rows", catalog.tables.values.reduce(0) { $0 + $1.rowCount }, "rows",
        "rows of all tables"),
      row(
        "table_bytes", catalog.tables.values.reduce(0) { $0 + $1.byteCount }, "bytes",
        "memory of all tables, without dictionaries"),
      row(
        "dictionary_bytes", catalog.dictionaries.values.reduce(0) { $0 + $1.byteCount }, "bytes",
        "memory of all dictionaries"),
      row("query_memory_bytes", memory.byteCount, "bytes", "memory that statements use now"),
      row("query_memory_limit_bytes", memory.limit, "bytes", "memory that they may use together"),
      row(
        "queries_running", registry.running.count, "count", "statements that run now, this one too"),
      row("queries_finished", totals.finished, "count", "statements that ended without an error"),
      row("queries_failed", totals.failed, "count", "statements that ended with an error"),
      row("rows_scanned", totals.rowsScanned, "rows", "rows that statements which ended have read"),
      row("rows_returned", totals.rowsReturned, "rows", "rows of their answers"),
      row("partial_cache_hits", cached.hits, "count", "aggregations of segments that were known"),
      row("partial_cache_misses", cached.misses, "count", "those that were not"),
      row("partial_cache_entries", cached.entryCount, "count", "states that are kept"),
      row("partial_cache_evictions", cached.evictions, "count", "states that made way for others"),
      row("partial_cache_bytes", cached.byteCount, "bytes", "memory of those that are kept"),
      row("partial_cache_limit_bytes", cache.byteLimit, "bytes", "memory that they may take"),
      row("threads", workers.threadCount, "count", "threads that queries run on"),
    ]
  }

  private var queryRows: [[Value]] {
    let finished = finishedQueries.map { query -> [Value] in
      [
        .count(Int(clamping: query.id.number)), .text(query.text),
        .text(query.error == nil ? "finished" : "failed"), .timestampWithTimeZone(query.start),
        .double(query.elapsed.inMilliseconds), .count(query.rowsScanned),
        .count(query.rowCount), .count(query.peakByteCount),
        query.error.map { .text($0.rawValue) } ?? .null,
      ] + query.origin.values
    }
    let running = runningQueries.map { query -> [Value] in
      [
        .count(Int(clamping: query.id.number)), .text(query.text), .text("running"),
        .timestampWithTimeZone(query.start), .double(query.elapsed.inMilliseconds),
        .count(query.rowsScanned), .null, .count(query.byteCount), .null,
      ] + query.origin.values
    }
    return finished + running
  }

  private func informationTableRows(_ catalog: Catalog) -> [[Value]] {
    catalog.relationNames.map { name in
      [
        .text("daybook"), .text("public"), .text(name),
        .text(
          catalog.views[name] == nil && catalog.tables[name]?.schema.rollUp == nil
            ? "BASE TABLE" : "VIEW"),
      ]
    }
  }

  private func informationColumnRows(_ catalog: Catalog) -> [[Value]] {
    func row(
      _ table: String, _ name: String, _ index: Int, _ isNotNull: Bool, _ type: DataType,
      _ label: Value = .null
    ) -> [Value] {
      [
        .text("daybook"), .text("public"), .text(table), .text(name), .count(index + 1),
        .text(isNotNull ? "NO" : "YES"), .text(type.sqlName), label,
      ]
    }
    return catalog.relationNames.flatMap { name -> [[Value]] in
      if let view = catalog.views[name] {
        return view.columns.enumerated().map { row(name, $1.name, $0, false, $1.type) }
      }
      return (catalog.tables[name]?.schema.columns ?? []).enumerated().map {
        row(name, $1.name, $0, $1.isNotNull, $1.type, label(of: $1))
      }
    }
  }
}

extension QueryOrigin {
  fileprivate var values: [Value] {
    [name, principal, client].map { $0.map(Value.text) ?? .null }
  }
}

extension Value {
  static func count(_ count: Int) -> Value { .integer(Int64(count)) }
}

extension Partition.Key {
  fileprivate var day: Value {
    if case .day(let day) = self { .date(day) } else { .null }
  }
}

extension Catalog {
  fileprivate var sortedTables: [Table] {
    tables.values.sorted { $0.schema.name < $1.schema.name }
  }

  fileprivate var sortedViews: [View] { views.values.sorted { $0.name < $1.name } }
}

extension Duration {
  fileprivate var inMilliseconds: Double {
    Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15
  }
}
