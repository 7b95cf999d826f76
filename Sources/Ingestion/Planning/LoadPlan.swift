internal import CSimdJSON
internal import ColumnStore
import QueryLanguage

/// How each column of the table gets its values.
struct LoadPlan {
  struct Column {
    var definition: ColumnDefinition
    var format: ColumnFormat
    /// Nobody said what the type is: it may be widened.
    var isInferred: Bool
    var kinds: ObservedKinds = []
    var constant: String?
  }

  struct File {
    var input: InputFile
    var sample: FileSample
    /// For each column of the file, in its order, which column of the table it is.
    var targets: [Int]
  }

  var columns: [Column]
  var files: [File]
  var timeColumn: Int?
  var notes: [String] = []

  /// The table's schema, for a table that has to be made.
  func schema(table: String, _ options: LoadOptions) -> TableSchema {
    let names = options.primaryKey ?? options.optionalKey
    var key = names.compactMap { name in columns.firstIndex { $0.definition.name == name } }
    if key.count < names.count || key.contains(where: { columns[$0].format == .json }) { key = [] }
    let mayBeSplit = key.isEmpty || timeColumn.map(key.contains) == true
    return TableSchema(
      name: table, columns: columns.map(\.definition),
      partitionColumn: options.partition == .automatic && mayBeSplit ? timeColumn : nil,
      primaryKey: key)
  }

  /// A key is of columns that the table has, each once, whose values can be compared.
  private func checkKey(_ options: LoadOptions) throws(LoadError) {
    var seen: Set<String> = []
    for name in options.primaryKey ?? [] {
      guard let column = columns.first(where: { $0.definition.name == name }) else {
        throw unknownColumn(name, "the key has", columns.map(\.definition.name))
      }
      guard seen.insert(name).inserted else {
        throw LoadError(.invalidOption, "the key has the column '\(name)' twice")
      }
      guard column.format != .json else {
        throw LoadError(
          .invalidOption, "column '\(name)' is json, which cannot be part of a key",
          hint: "--types \(name)=text")
      }
    }
  }

  /// Widens the columns in which values of other kinds turned up. False: nothing changed.
  mutating func widen(_ found: [ObservedKinds]) -> Bool {
    var isChanged = false
    for index in columns.indices where !found[index].isEmpty && columns[index].isInferred {
      let before = columns[index].format
      let kinds = columns[index].kinds.union(found[index]).union(ObservedKinds(before))
      var after = kinds.format
      // A value that fits no format it seemed to have: text takes everything.
      if after == before { after = .text }
      columns[index].kinds = kinds
      columns[index].format = after
      columns[index].definition.type = after.type
      notes.append(
        "column '\(columns[index].definition.name)' is \(after.type.sqlName), not "
          + "\(before.type.sqlName): later rows need it")
      isChanged = true
    }
    if isChanged { findTimeColumn(named: nil) }
    return isChanged
  }
}

// MARK: - A table to be made

extension LoadPlan {
  /// Columns in the order in which the files have them, then the constants.
  init(newTable samples: [(InputFile, FileSample)], options: LoadOptions) throws(LoadError) {
    columns = []
    files = []
    var magnitudes: [UInt64] = []
    for (input, sample) in samples {
      let names = try renamed(sample.names, options, file: input.name)
      try requireColumnCount(columns.count + options.constants.count, file: input.name)
      try requireColumnCount(names.count, file: input.name)
      var targets: [Int] = []
      for (index, name) in names.enumerated() {
        let target: Int
        if let known = columns.firstIndex(where: { $0.definition.name == name }) {
          target = known
          columns[known].kinds.formUnion(sample.kinds[index])
          magnitudes[known] = max(magnitudes[known], sample.magnitudes[index])
        } else {
          target = columns.count
          columns.append(
            Column(
              definition: ColumnDefinition(name: name, type: .text), format: .text,
              isInferred: true, kinds: sample.kinds[index]))
          magnitudes.append(sample.magnitudes[index])
        }
        targets.append(target)
      }
      files.append(File(input: input, sample: sample, targets: targets))
    }
    try requireColumnCount(columns.count + options.constants.count, file: files.last?.input.name)
    for (name, value) in options.constants {
      guard !columns.contains(where: { $0.definition.name == name }) else {
        throw LoadError(.columnMismatch, "the constant '\(name)' is a column of the files too")
      }
      let kinds = ObservedKinds(constant: value)
      columns.append(
        Column(
          definition: ColumnDefinition(name: name, type: .text), format: .text, isInferred: true,
          kinds: kinds, constant: value))
      magnitudes.append(0)
    }
    for index in columns.indices { columns[index].format = columns[index].kinds.format }
    try applyTypes(options)
    try applyTimeColumn(options, magnitudes)
    for index in columns.indices { columns[index].definition.type = columns[index].format.type }
    findTimeColumn(named: options.timeColumn)
    noteEpochs(magnitudes)
    try checkKey(options)
  }

  private func requireColumnCount(_ count: Int, file: String?) throws(LoadError) {
    guard count <= SizeLimits.columnCount else {
      throw LoadError(
        .columnMismatch,
        "a table has at most \(SizeLimits.columnCount) columns, and these are \(count)", file: file,
        hint: "is the delimiter the right one?")
    }
  }

  private mutating func applyTypes(_ options: LoadOptions) throws(LoadError) {
    for (name, typeName) in options.types.sorted(by: { $0.key < $1.key }) {
      guard let index = columns.firstIndex(where: { $0.definition.name == name }) else {
        throw unknownColumn(name, "a type was given for", columns.map(\.definition.name))
      }
      guard let format = ColumnFormat(typeName: typeName) else {
        throw LoadError(
          .invalidOption, "'\(typeName)' is no type for column '\(name)'",
          hint: ColumnFormat.typeNames)
      }
      columns[index].format = format
      columns[index].isInferred = false
    }
  }

  private mutating func applyTimeColumn(
    _ options: LoadOptions, _ magnitudes: [UInt64]
  ) throws(LoadError) {
    guard let name = options.timeColumn else { return }
    guard let index = columns.firstIndex(where: { $0.definition.name == name }) else {
      throw unknownColumn(name, "the time column is", columns.map(\.definition.name))
    }
    switch columns[index].format {
    case .time, .epoch: return
    case .integer where columns[index].isInferred, .double where columns[index].isInferred:
      let unit = EpochUnit(magnitude: magnitudes[index])
      columns[index].format = .epoch(unit, .timestampWithTimeZone)
      columns[index].isInferred = false
      notes.append("column '\(name)' counts \(unit.name) since 1970-01-01 UTC")
    default:
      throw LoadError(
        .columnMismatch,
        "the time column '\(name)' holds \(columns[index].format.type.sqlName), not times",
        hint: "dates, timestamps and numbers that count since 1970 are times")
    }
  }

  /// The named column; else the first one with times whose name says so; else the only one with
  /// times.
  mutating func findTimeColumn(named name: String?) {
    let times = columns.indices.filter {
      switch columns[$0].format {
      case .time, .epoch: columns[$0].constant == nil
      case .boolean, .integer, .double, .text, .json: false
      }
    }
    if let timeColumn, times.contains(timeColumn) { return }
    timeColumn =
      times.first { columns[$0].definition.name == name }
      ?? times.first { isTimeName(columns[$0].definition.name) }
      ?? (times.count == 1 ? times.first : nil)
  }

  private mutating func noteEpochs(_ magnitudes: [UInt64]) {
    guard timeColumn == nil else { return }
    // 2001 to 2286 in seconds; the other units are as far from ordinary numbers.
    for (index, column) in columns.enumerated()
    where column.format == .integer && isTimeName(column.definition.name)
      && magnitudes[index] > 1_000_000_000
    {
      notes.append(
        "column '\(column.definition.name)' may count since 1970: "
          + "--time-column \(column.definition.name) reads it as a time")
    }
  }
}

/// ts, timestamp, time, date, InvoiceDate, created_at and the like.
private func isTimeName(_ name: String) -> Bool {
  let name = name.lowercased()
  return ["ts", "at", "day"].contains(name) || name.contains("time") || name.contains("date")
    || name.hasSuffix("_at") || name.hasSuffix("_ts") || name.hasSuffix("_on")
}

extension ObservedKinds {
  init(constant: String) {
    var padded = Array(constant.utf8)
    let count = padded.count
    padded.append(contentsOf: repeatElement(0, count: Block.padding))
    self = padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, count > 0 else { return .text }
      return ObservedKinds(
        base, .init(start: 0, length: UInt32(truncatingIfNeeded: count)), isJSON: false)
    }
  }
}

func unknownColumn(
  _ name: String, _ what: String, _ names: [String], file: String? = nil
) -> LoadError {
  let nearest = nearestName(to: name, among: names)
  return LoadError(
    .columnMismatch, "\(what) '\(name)', and there is no such column", file: file,
    hint: nearest.map { "did you mean '\($0)'?" } ?? "columns: \(names.joined(separator: ", "))")
}

/// The file's column names as the table is to have them.
func renamed(
  _ names: [String], _ options: LoadOptions, file: String
) throws(LoadError) -> [String] {
  var names = options.lowercasesNames ? names.map { $0.lowercased() } : names
  for (from, to) in options.renames {
    guard let index = names.firstIndex(of: from) else {
      throw unknownColumn(from, "the column to rename is", names, file: file)
    }
    guard !names.contains(to) else {
      throw LoadError(.columnMismatch, "two columns would have the name '\(to)'", file: file)
    }
    names[index] = to
  }
  var seen: Set<String> = []
  for name in names where !seen.insert(name).inserted {
    throw LoadError(
      .columnMismatch, "two columns have the name '\(name)'", file: file,
      hint: "give names with --columns")
  }
  return names
}
