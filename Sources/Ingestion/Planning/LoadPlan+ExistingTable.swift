internal import ColumnStore
import QueryLanguage

extension LoadPlan {
  /// Finds the files' columns in the table: by name, and where that fails by name in whatever case.
  /// Columns that a file does not have become null.
  init(
    existing schema: TableSchema, _ samples: [(InputFile, FileSample)], options: LoadOptions
  ) throws(LoadError) {
    columns = []
    files = []
    for definition in schema.columns {
      guard let format = ColumnFormat(definition.type) else {
        throw LoadError(
          .columnMismatch,
          "column '\(definition.name)' is \(definition.type.sqlName), which files cannot hold")
      }
      columns.append(Column(definition: definition, format: format, isInferred: false))
    }
    timeColumn = schema.partitionColumn
    if let name = options.timeColumn, timeColumn.map({ columns[$0].definition.name }) != name {
      throw LoadError(
        .columnMismatch, "the table is not split by '\(name)'",
        hint: timeColumn.map { "it is split by '\(columns[$0].definition.name)'" })
    }
    let names = schema.columns.map(\.name)
    try checkKey(options.primaryKey, of: schema)
    for (name, value) in options.constants {
      guard let index = schema.index(ofFileColumn: name) else {
        throw unknownColumn(name, "the constant is", names)
      }
      columns[index].constant = value
    }
    try applyTypeNames(options, schema)
    for (input, sample) in samples { try add(input, sample, schema, options) }
  }

  /// A key that is named must be the table's, in whatever order its columns are named.
  private func checkKey(_ named: [String]?, of schema: TableSchema) throws(LoadError) {
    guard let named else { return }
    let key = schema.primaryKey.map { schema.columns[$0].name }
    for name in named where schema.columnIndex(name) == nil {
      throw unknownColumn(name, "the key has", schema.columns.map(\.name))
    }
    guard Set(named) != Set(key) || named.count != key.count else { return }
    let has = key.isEmpty ? "without a key" : "with the key (\(key.joined(separator: ", ")))"
    let wanted = named.isEmpty ? "none" : "(\(named.joined(separator: ", ")))"
    throw LoadError(
      .columnMismatch, "table '\(schema.name)' is there \(has), and --key names \(wanted)",
      hint: key.isEmpty
        ? "--replace --key \(named.joined(separator: ",")) makes it anew from the files, with the key"
        : "without --key the rows go into it by the key that it has")
  }

  /// A type given for a column that is there can only say how its text is to be read.
  private mutating func applyTypeNames(
    _ options: LoadOptions, _ schema: TableSchema
  ) throws(LoadError) {
    for (name, typeName) in options.types.sorted(by: { $0.key < $1.key }) {
      guard let index = schema.index(ofFileColumn: name) else {
        throw unknownColumn(name, "a type was given for", schema.columns.map(\.name))
      }
      guard let format = ColumnFormat(typeName: typeName) else {
        throw LoadError(
          .invalidOption, "'\(typeName)' is no type for column '\(name)'",
          hint: ColumnFormat.typeNames)
      }
      guard format.type == schema.columns[index].type else {
        throw LoadError(
          .columnMismatch,
          "column '\(name)' of the table is \(schema.columns[index].type.sqlName), not "
            + format.type.sqlName)
      }
      columns[index].format = format
    }
  }

  private mutating func add(
    _ input: InputFile, _ sample: FileSample, _ schema: TableSchema, _ options: LoadOptions
  ) throws(LoadError) {
    let names = schema.columns.map(\.name)
    var sample = sample
    var targets: [Int] = []
    if sample.format == .ndjson && options.ignoresUnknownFields {
      let renames = Dictionary(options.renames.map { ($0.from, $0.to) }) { first, _ in first }
      let isKnown = { schema.index(ofFileColumn: renames[$0] ?? $0) != nil }
      // A file without any column of the table is the wrong file.
      if sample.names.contains(where: isKnown) { sample.keepColumns(where: isKnown) }
    }
    var fileNames = sample.names
    if sample.format.isDelimited && !sample.hasHeader && options.columns == nil {
      // As COPY does: without names the columns stand for the table's, in its order.
      let taken = columns.filter { $0.constant == nil }.map(\.definition.name)
      guard fileNames.count == taken.count else {
        throw LoadError(
          .columnMismatch,
          "the file has no header and \(fileNames.count) "
            + "column\(fileNames.count == 1 ? "" : "s"), the table has \(taken.count)",
          file: input.name, hint: "--columns names those of the file")
      }
      fileNames = taken
    }
    for (position, name) in try renamed(fileNames, options, file: input.name).enumerated() {
      guard let index = schema.index(ofFileColumn: name) else {
        var error = unknownColumn(name, "the file has a column", names, file: input.name)
        if sample.format == .ndjson && nearestName(to: name, among: names) == nil {
          error.hint = (error.hint ?? "") + "; --ignore-unknown-fields passes over others"
        }
        throw error
      }
      guard !targets.contains(index), columns[index].constant == nil else {
        throw LoadError(
          .columnMismatch, "column '\(names[index])' would get two values per row",
          file: input.name)
      }
      // Numbers in a column of times count since 1970.
      if case .time(let type) = columns[index].format, sample.kinds[position] == .integer {
        let unit = EpochUnit(magnitude: sample.magnitudes[position])
        columns[index].format = .epoch(unit, type)
        notes.append("column '\(name)' counts \(unit.name) since 1970-01-01 UTC")
      }
      targets.append(index)
    }
    for (index, column) in columns.enumerated()
    where column.definition.isNotNull && column.constant == nil && !targets.contains(index) {
      throw LoadError(
        .columnMismatch, "the file has no column '\(names[index])', which may not be null",
        file: input.name,
        hint: nearestName(to: names[index], among: sample.names).map {
          "--rename \($0)=\(names[index]) if that is meant"
        })
    }
    files.append(File(input: input, sample: sample, targets: targets))
  }
}

extension TableSchema {
  fileprivate func index(ofFileColumn name: String) -> Int? {
    if let exact = columnIndex(name) { return exact }
    let folded = name.lowercased()
    let candidates = columns.indices.filter { columns[$0].name.lowercased() == folded }
    return candidates.count == 1 ? candidates[0] : nil
  }
}
