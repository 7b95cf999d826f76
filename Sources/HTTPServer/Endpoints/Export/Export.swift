internal import Analytics
internal import ColumnStore
internal import Engine
internal import QueryExecution
internal import QueryLanguage
internal import ResultFormats

/// An export while it is sent: what was sent, what is left, and how it is written.
///
/// A value: the step that a thread works on is not seen before it is done.
struct Export: Sendable {
  private enum Source: Sendable {
    case list(ListReading)
    case people(PeopleReading)
    case table(ExportTable)
  }

  let list: ExportList
  let format: ExportFormat
  private var ground: AnalyticsRun.Ground
  private var source: Source
  private var writer: ExportFormat.Writer?
  private let guardsFormulas: Bool
  /// Rows that were written out.
  private(set) var rowCount: Int64 = 0
  /// Rows that there are.
  let total: Int64
  /// Few at first, so that the first of them come soon; then as many as take some megabytes.
  private var pageLimit = 512
  private let erasureCount: Int

  /// Bytes that are made at a time, about.
  static let pageByteCount = 2 << 20

  init(
    _ list: ExportList, _ reading: ListReading, _ format: ExportFormat, guardsFormulas: Bool,
    _ ground: AnalyticsRun.Ground
  ) {
    self.init(
      list, .list(reading), format, guardsFormulas: guardsFormulas, total: reading.total, ground)
  }

  init(
    _ list: ExportList, _ reading: PeopleReading, _ format: ExportFormat, guardsFormulas: Bool,
    _ ground: AnalyticsRun.Ground
  ) {
    self.init(
      list, .people(reading), format, guardsFormulas: guardsFormulas, total: reading.total, ground)
  }

  init(
    _ list: ExportList, _ table: ExportTable, _ format: ExportFormat, guardsFormulas: Bool,
    _ ground: AnalyticsRun.Ground
  ) {
    self.init(
      list, .table(table), format, guardsFormulas: guardsFormulas, total: Int64(table.rows.count),
      ground)
  }

  private init(
    _ list: ExportList, _ source: Source, _ format: ExportFormat, guardsFormulas: Bool,
    total: Int64, _ ground: AnalyticsRun.Ground
  ) {
    self.list = list
    self.source = source
    self.format = format
    self.guardsFormulas = guardsFormulas
    self.total = total
    self.ground = ground
    erasureCount = ground.evaluator.engine.erasureCount
  }

  /// `daybook-events-2026-03-01-2026-03-31.csv`.
  var fileName: String {
    "daybook-\(list.rawValue)-\(ground.range.firstDay)-\(ground.range.anchor).\(format.rawValue)"
  }

  var receipt: JSONValue {
    switch source {
    case .list, .people: AnalyticsReceipt.json(ground, metrics: [])
    case .table(let table):
      AnalyticsReceipt.json(ground, metrics: table.metrics, leftOut: table.leftOut)
    }
  }

  /// Memory of rows that are worked out and were not sent. Lists read theirs page by page.
  var heldByteCount: Int {
    switch source {
    case .people(let reading): reading.heldByteCount
    case .list, .table: 0
    }
  }

  /// The next rows as bytes, with what stands before the first and behind the last of them; `nil` once all
  /// was written. On a thread that may block.
  mutating func next() throws(QueryError) -> [UInt8]? {
    guard ground.evaluator.engine.erasureCount == erasureCount else {
      throw QueryError(
        .queryCancelled, "rows were erased while they were exported: export them again")
    }
    let isFirst = writer == nil
    var bytes: [UInt8] = []
    let hasMore: Bool
    switch source {
    case .list(var reading):
      let page = try ground.evaluator.next(&reading, limit: pageLimit)
      let names = reading.list.columns.map(\.name)
      source = .list(reading)
      let writer = begin(names, &bytes)
      if let page {
        writer.append(page.batches, isFirst: rowCount == 0, to: &bytes)
        rowCount = reading.rowCount
        adapt(to: bytes.count, of: page.rowCount)
      }
      hasMore = page != nil && reading.rowCount < reading.total
      if page == nil, !isFirst { return nil }
    case .people(var reading):
      let page = reading.next(limit: pageLimit)
      source = .people(reading)
      let writer = begin(reading.columns, &bytes)
      if let page {
        writer.append([page], isFirst: rowCount == 0, to: &bytes)
        rowCount = reading.rowCount
        adapt(to: bytes.count, of: page.rowCount)
      }
      hasMore = reading.rowCount < reading.total
      if page == nil, !isFirst { return nil }
    case .table(let table):
      guard isFirst else { return nil }
      begin(table.columns, &bytes).append(table.rows, isFirst: true, to: &bytes)
      rowCount = Int64(table.rows.count)
      hasMore = false
    }
    if !hasMore { end(&bytes) }
    return bytes
  }

  private mutating func begin(
    _ columns: [String], _ bytes: inout [UInt8]
  ) -> ExportFormat.Writer {
    if let writer { return writer }
    let writer = format.writer(columns, guardsFormulas: guardsFormulas)
    self.writer = writer
    switch format {
    case .csv:
      // Without the mark, spreadsheets take the text for one of their own code pages.
      if guardsFormulas { bytes += [0xEF, 0xBB, 0xBF] }
    case .ndjson: break
    case .json:
      let head = JSONValue.members([
        "list": .text(list.rawValue), "range": AnalyticsJSON.range(ground.range),
      ])
      bytes += Array(head.string.utf8.dropLast()) + Array(",\"rows\":".utf8)
    }
    writer.appendHead(to: &bytes)
    return writer
  }

  private mutating func adapt(to byteCount: Int, of pageRowCount: Int) {
    let perRow = max(byteCount / max(pageRowCount, 1), 1)
    pageLimit = min(max(Self.pageByteCount / perRow, 16), ListReading.largestPage)
  }

  private func end(_ bytes: inout [UInt8]) {
    writer?.appendEnd(isEmpty: rowCount == 0, to: &bytes)
    guard format == .json else { return }
    let tail = JSONValue.members([
      "row_count": .integer(rowCount), "complete": true, "receipt": receipt,
    ])
    bytes += Array(",".utf8) + Array(tail.string.utf8.dropFirst()) + Array("\n".utf8)
  }

  /// What ends an export that cannot go on, so that nobody takes it for a whole one; `nil` where the format
  /// has no way to say so.
  func cut(_ problem: JSONValue) -> [UInt8]? {
    guard format == .json, writer != nil else { return nil }
    var bytes: [UInt8] = []
    writer?.appendEnd(isEmpty: rowCount == 0, to: &bytes)
    let tail = JSONValue.members([
      "row_count": .integer(rowCount), "complete": false, "error": problem,
    ])
    return bytes + Array(",".utf8) + Array(tail.string.utf8.dropFirst()) + Array("\n".utf8)
  }
}
