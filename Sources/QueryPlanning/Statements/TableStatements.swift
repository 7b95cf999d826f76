import ColumnStore
import QueryLanguage

/// CREATE TABLE and CREATE DOMAIN.
extension Environment {
  func createTable(_ syntax: CreateTableSyntax) throws(QueryError) -> PlannedStatement {
    if catalog.views[syntax.name.name] != nil, !syntax.ifNotExists {
      throw error(
        .duplicateTable, "there is a view '\(syntax.name.name)' already", at: syntax.name.offset)
    }
    if catalog.tables[syntax.name.name] != nil, !syntax.ifNotExists {
      throw error(
        .duplicateTable, "table '\(syntax.name.name)' already exists", at: syntax.name.offset,
        hint: "CREATE TABLE IF NOT EXISTS leaves it as it is")
    }
    if let source = syntax.source { return try createTable(syntax, as: source) }
    guard syntax.columns.count <= SizeLimits.columnCount else {
      throw error(
        .tooManyColumns, "a table has at most \(SizeLimits.columnCount) columns",
        at: syntax.columns[SizeLimits.columnCount].name.offset,
        hint: "put what belongs together into rows, or into one column of type json")
    }
    var columns: [ColumnDefinition] = []
    var names: Set<String> = []
    for column in syntax.columns {
      if !names.insert(column.name.name).inserted {
        throw error(
          .duplicateColumn, "column '\(column.name.name)' specified more than once",
          at: column.name.offset)
      }
      columns.append(try columnDefinition(column))
    }
    if columns.isEmpty {
      throw error(.syntaxError, "a table needs at least one column", at: syntax.name.offset)
    }
    var schema = TableSchema(
      name: syntax.name.name, columns: columns, partitionColumn: nil,
      primaryKey: try primaryKey(syntax, columns))
    if let partitioning = syntax.partitioning {
      schema.partitionColumn = try partitionColumn(
        partitioning.strategy, partitioning.columns, of: schema)
    }
    try set(syntax.options, of: &schema)
    return .createTable(schema, ifNotExists: syntax.ifNotExists)
  }

  private func primaryKey(
    _ syntax: CreateTableSyntax, _ columns: [ColumnDefinition]
  ) throws(QueryError) -> [Int] {
    var key: [Int] = []
    for name in syntax.primaryKey {
      guard let index = columns.firstIndex(where: { $0.name == name.name }) else {
        throw error(
          .undefinedColumn, "column '\(name.name)' named in PRIMARY KEY does not exist",
          at: name.offset, hint: suggestion(for: name.name, among: columns.map(\.name)))
      }
      guard !key.contains(index) else {
        throw error(
          .duplicateColumn, "column '\(name.name)' appears twice in PRIMARY KEY",
          at: name.offset)
      }
      guard columns[index].type != .json, !columns[index].type.isSketchState else {
        let type = columns[index].type.sqlName
        throw error(
          .undefinedObject, "column '\(name.name)' of type \(type) cannot be part of a key",
          at: name.offset, hint: "\(type) has no equality: use text")
      }
      if let method = syntax.columns[index].compression, method.name != "default" {
        throw error(
          .featureNotSupported, "a column of the primary key cannot have COMPRESSION",
          at: method.offset, hint: "keys are looked up in a dictionary: leave it out")
      }
      key.append(index)
    }
    return key
  }

  func columnDefinition(_ column: ColumnSyntax) throws(QueryError) -> ColumnDefinition {
    let type = try type(column.type)
    if type.stored == .object {
      throw unsupported(
        "a column of type \(type.sqlName) is", at: column.type.location,
        hint: type.storedForm)
    }
    var definition = ColumnDefinition(
      name: column.name.name, type: type, isNotNull: column.isNotNull)
    if typeNames[column.type.name] == nil { definition.domain = column.type.name }
    if column.type.name == "uuid" { definition.textStorage = .plain }
    if let method = column.compression {
      definition.textStorage = try textStorage(method, of: definition)
    }
    return definition
  }

  /// `COMPRESSION lz4`: text that is kept compressed, in no dictionary.
  private func textStorage(
    _ method: Identifier, of column: ColumnDefinition
  ) throws(QueryError) -> TextStorage {
    switch method.name {
    case "default": return column.textStorage
    case "lz4": break
    case "pglz":
      throw unsupported("COMPRESSION pglz is", at: method.offset, hint: "write COMPRESSION lz4")
    default:
      throw error(
        .invalidParameter, "invalid compression method \"\(method.name)\"", at: method.offset,
        hint: "lz4 keeps text compressed; default lets Daybook choose")
    }
    guard column.type.physical == .text else {
      throw error(
        .featureNotSupported,
        "column data type \(column.type.sqlName) does not support compression", at: method.offset,
        hint: "it is encoded by what it holds: leave COMPRESSION out")
    }
    return .plain
  }

  func partitionColumn(
    _ strategy: Identifier, _ columns: [Identifier], of schema: TableSchema
  ) throws(QueryError) -> Int {
    guard strategy.name == "day" else {
      throw unsupported(
        "PARTITION BY \(strategy.name.uppercased()) is", at: strategy.offset,
        hint: "write PARTITION BY DAY (column)")
    }
    guard columns.count == 1, let column = columns.first else {
      throw unsupported(
        "partitioning by several columns is", at: strategy.offset,
        hint: "name one: PARTITION BY DAY (column)")
    }
    guard let index = schema.columnIndex(column.name) else {
      throw unknownColumn(column, of: schema)
    }
    let type = schema.columns[index].type
    guard type.isTime else {
      throw error(
        .typeMismatch,
        "cannot partition by day of column '\(column.name)' of type \(type.sqlName)",
        at: column.offset, hint: "the column must be a date, timestamp or timestamptz")
    }
    return index
  }

  func unknownColumn(_ column: Identifier, of schema: TableSchema) -> QueryError {
    error(
      .undefinedColumn, "unknown column '\(column.name)' in table '\(schema.name)'",
      at: column.offset,
      hint: suggestion(for: column.name, among: schema.columns.map(\.name)))
  }

  func createDomain(_ name: Identifier, _ type: TypeNameSyntax) throws(QueryError)
    -> PlannedStatement
  {
    guard try self.type(type) == .text else {
      throw unsupported(
        "a domain of type \(type.name) is", at: type.location,
        hint: "a domain is a dictionary of text: CREATE DOMAIN \(name.name) AS text")
    }
    if typeNames[name.name] != nil || catalog.declaredDomains.contains(name.name) {
      throw error(.duplicateTable, "type '\(name.name)' already exists", at: name.offset)
    }
    return .createDomain(name.name)
  }
}
