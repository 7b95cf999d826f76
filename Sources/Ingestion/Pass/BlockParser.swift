internal import CSimdJSON
internal import ColumnStore
internal import Glibc

/// What a block came to.
struct ParsedBlock {
  var batch = RowBatch(rowCount: 0, columns: [])
  /// Ascending by row, one per row.
  var failures: [RowFailure] = []
  /// By column of the table: kinds of values that its inferred type does not take.
  var widenings: [ObservedKinds]
  var needsWidening = false
  var newlineCount = 0
  /// By column of the table.
  var nullCounts: [Int]
}

/// Parses blocks for one thread. The dictionaries of text columns live on from block to block, and
/// with them the decoders.
final class BlockParser {
  private let plan: LoadPlan
  private let options: LoadOptions
  private let nullTokens: NullTokens
  private var decoders: [ColumnDecoder]
  private var constants: [ConstantColumn?]
  private var currentFile = -1
  private var delimited: DelimitedRows
  private var json: JSONRows?
  private var isJSON = false

  /// The constants of the plan were checked.
  init(_ plan: LoadPlan, _ options: LoadOptions) {
    self.plan = plan
    self.options = options
    nullTokens = NullTokens(options.nullTokens)
    decoders = []
    constants = plan.columns.map { column in column.constant.map { ConstantColumn($0, column) } }
    delimited = DelimitedRows(delimiter: 0, columnCount: 1, nullTokens: nullTokens)
  }

  private func open(_ index: Int) {
    currentFile = index
    let file = plan.files[index]
    let isJSON = file.sample.format == .ndjson
    if decoders.isEmpty || isJSON != self.isJSON {
      decoders = plan.columns.map {
        ColumnDecoder($0.format, isInferred: $0.isInferred, isJSON: isJSON)
      }
    }
    self.isJSON = isJSON
    if isJSON {
      let raw = file.targets.indices.filter { plan.columns[file.targets[$0]].format == .json }
      json = JSONRows(
        names: file.sample.names, rawColumns: Set(raw),
        ignoresUnknown: options.ignoresUnknownFields)
    } else {
      json = nil
      delimited = DelimitedRows(
        delimiter: file.sample.format.delimiter, columnCount: file.targets.count,
        nullTokens: nullTokens)
    }
  }

  func parse(_ block: Block) -> ParsedBlock {
    if block.file != currentFile { open(block.file) }
    let file = plan.files[block.file]
    var parsed = ParsedBlock(
      widenings: Array(repeating: [], count: plan.columns.count),
      nullCounts: Array(repeating: 0, count: plan.columns.count))
    parsed.newlineCount = daybook_count_newlines(block.base, block.count)
    if isJSON {
      json?.index(block, newlineCount: parsed.newlineCount, failures: &parsed.failures)
    } else {
      delimited.index(block, hasHeader: file.sample.hasHeader, failures: &parsed.failures)
    }
    let checksText =
      memchr(block.base, 0, block.count) != nil || !daybook_is_utf8(block.base, block.count)
    // Rows that fail are taken out, then the rest is decoded anew and cannot fail.
    while rowCount > 0 {
      var failures: [RowFailure] = []
      var failedRows: [Int] = []
      let columns = decode(
        block, file, checksText: checksText, &parsed, &failures, &failedRows)
      if failedRows.isEmpty {
        parsed.batch = RowBatch(rowCount: rowCount, columns: columns)
        break
      }
      parsed.failures += failures
      if parsed.needsWidening { break }
      let rows = Set(failedRows).sorted()
      parsed.nullCounts = Array(repeating: 0, count: plan.columns.count)
      isJSON ? json?.remove(rows) : delimited.remove(rows, block)
    }
    // Of several failures in a row the leftmost is the one to tell.
    parsed.failures.sort {
      ($0.row.lowerBound, $0.column ?? -1) < ($1.row.lowerBound, $1.column ?? -1)
    }
    var kept: [RowFailure] = []
    for failure in parsed.failures where kept.last?.row.lowerBound != failure.row.lowerBound {
      kept.append(failure)
    }
    parsed.failures = kept
    return parsed
  }

  private var rowCount: Int {
    if isJSON { json?.rowCount ?? 0 } else { delimited.rowCount }
  }

  /// Decodes all columns of the table.
  private func decode(
    _ block: Block, _ file: LoadPlan.File, checksText: Bool, _ parsed: inout ParsedBlock,
    _ failures: inout [RowFailure], _ failedRows: inout [Int]
  ) -> [ColumnValues] {
    let rowCount = rowCount
    var columns = plan.columns.indices.map { index in
      constants[index]?.values(rowCount) ?? ColumnValues(storage: .nulls)
    }
    for (position, target) in file.targets.enumerated() {
      var malformed: [Int] = []
      let fields =
        isJSON
        ? json?.column(position) ?? FieldColumn(base: noFields, stride: 1, count: 0)
        : delimited.column(position, block, malformed: &malformed)
      for row in malformed {
        note(
          row, position, "text after the closing quote",
          hint: "a quote in a quoted field is written as two", &failures, &failedRows)
      }
      var failed: [Int] = []
      let values = decoders[target].decode(
        block.base, fields, checksText: checksText, failures: &failed)
      let column = plan.columns[target]
      for row in failed where !malformed.contains(row) {
        let field = fields.base[row * fields.stride]
        if column.isInferred && column.format != .text {
          parsed.needsWidening = true
          parsed.widenings[target].formUnion(ObservedKinds(block.base, field, isJSON: isJSON))
          failedRows.append(row)
        } else {
          let (reason, hint) = decoders[target].reason(block.base, field)
          note(row, position, reason, hint: hint, &failures, &failedRows)
        }
      }
      let nulls = values.validity.map { $0.count { $0 == 0 } } ?? 0
      if nulls > 0 && column.definition.isNotNull {
        for (row, isValid) in (values.validity ?? []).enumerated() where isValid == 0 {
          note(row, position, "null in a column that may not be null", &failures, &failedRows)
        }
      }
      parsed.nullCounts[target] = nulls
      columns[target] = values
    }
    for index in columns.indices {
      if case .nulls = columns[index].storage { parsed.nullCounts[index] = rowCount }
    }
    return columns
  }

  private let noFields = UnsafePointer(UnsafeMutablePointer<daybook_field>.allocate(capacity: 1))

  deinit {
    noFields.deallocate()
  }

  private func note(
    _ row: Int, _ column: Int, _ reason: String, hint: String? = nil,
    _ failures: inout [RowFailure], _ failedRows: inout [Int]
  ) {
    guard
      let range = isJSON ? json?.row(row) : delimited.row(row),
      let value = isJSON ? json?.rawField(row, column) : delimited.rawField(row, column)
    else { return }
    failures.append(
      RowFailure(row: range, column: column, reason: reason, hint: hint, value: value))
    failedRows.append(row)
  }
}

/// A column with the same value in all rows.
final class ConstantColumn {
  private let bytes: [UInt8]
  private let decoder: ColumnDecoder
  private let field: daybook_field

  init(_ value: String, _ column: LoadPlan.Column) {
    let text = Array(value.utf8)
    bytes = text + repeatElement(0, count: Block.padding)
    field = daybook_field(start: 0, length: UInt32(truncatingIfNeeded: text.count))
    decoder = ColumnDecoder(column.format, isInferred: false, isJSON: false)
  }

  func values(_ count: Int) -> ColumnValues {
    var failures: [Int] = []
    return decode(count, &failures)
  }

  /// Why the value does not fit its column.
  var problem: String? {
    var failures: [Int] = []
    _ = decode(1, &failures)
    guard !failures.isEmpty else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { decoder.reason($0, field).0 }
    }
  }

  /// All rows read the same field.
  private func decode(_ count: Int, _ failures: inout [Int]) -> ColumnValues {
    withUnsafePointer(to: field) { field in
      bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return ColumnValues(storage: .nulls) }
        return decoder.decode(
          base, FieldColumn(base: field, stride: 0, count: count), checksText: false,
          failures: &failures)
      }
    }
  }
}
