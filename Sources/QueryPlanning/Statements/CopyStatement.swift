public import ColumnStore
import QueryLanguage

/// How a file of COPY is written.
public struct CopyFormat: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case csv, ndjson, json
  }

  public var kind: Kind
  public var hasHeader = false
  public var delimiter = UInt8(ascii: ",")
  public var null = ""
}

/// `COPY t FROM 'file'`.
public struct CopySource: Sendable {
  public var table: TableSchema
  /// Those that the file holds, in its order; empty: not said.
  public var columns: [String]
  public var file: String
  public var format: CopyFormat
  /// Where the file's name stands in the text.
  public var location: Int
}

/// `COPY ... TO 'file'`, or to standard output.
public struct CopyTarget: Sendable {
  /// `nil`: standard output.
  public var file: String?
  public var format: CopyFormat
  public var location: Int
}

extension Environment {
  func copy(_ syntax: CopySyntax) throws(QueryError) -> PlannedStatement {
    switch (syntax.direction, syntax.subject) {
    case (.fromFile(let file), .table(let name, let columns)):
      let schema = try table(name).schema
      try checkColumns(columns, of: schema)
      let format = try copyFormat(syntax, file: file)
      if format.kind == .json {
        throw unsupported(
          "reading FORMAT json is", at: syntax.fileLocation,
          hint: "one object per line can be read: FORMAT ndjson")
      }
      return .copyFrom(
        CopySource(
          table: schema, columns: columns.map(\.name), file: file, format: format,
          location: syntax.fileLocation))
    case (.fromFile, .query(let query)):
      throw error(.syntaxError, "rows cannot be copied into a query", at: query.location)
    case (.toFile(let file), let subject):
      return .copyTo(
        try plan(copied(subject)),
        CopyTarget(
          file: file, format: try copyFormat(syntax, file: file), location: syntax.fileLocation))
    case (.toOutput, let subject):
      return .copyTo(
        try plan(copied(subject)),
        CopyTarget(
          file: nil, format: try copyFormat(syntax, file: ""), location: syntax.fileLocation))
    }
  }

  private func checkColumns(
    _ columns: [Identifier], of schema: TableSchema
  ) throws(QueryError) {
    var known: Set<String> = []
    for column in columns {
      guard schema.columnIndex(column.name) != nil else { throw unknownColumn(column, of: schema) }
      guard known.insert(column.name).inserted else {
        throw error(
          .duplicateColumn, "column '\(column.name)' specified more than once", at: column.offset)
      }
    }
  }

  /// What COPY TO writes is the answer of a query like any other, and goes the same way.
  private func copied(_ subject: CopySyntax.Subject) -> SelectSyntax {
    switch subject {
    case .query(let query): return query
    case .table(let name, let columns):
      let items = columns.map {
        SelectItem(
          expression: ExpressionSyntax(.column([$0.name]), location: $0.offset), alias: nil)
      }
      let star = SelectItem(
        expression: ExpressionSyntax(.star(qualifier: nil), location: name.offset), alias: nil)
      var core = SelectCore(items: items.isEmpty ? [star] : items)
      core.from = [.table(schema: nil, name: name, alias: nil)]
      return SelectSyntax(body: .select(core), location: name.offset)
    }
  }

  private func copyFormat(_ syntax: CopySyntax, file: String) throws(QueryError) -> CopyFormat {
    var format = CopyFormat(kind: .csv)
    let name = file.lowercased()
    for ending in [".ndjson", ".jsonl"] where name.hasSuffix(ending) || name.contains(ending + ".")
    {
      format.kind = .ndjson
    }
    if name.hasSuffix(".json") { format.kind = .json }
    if name.hasSuffix(".tsv") { format.delimiter = UInt8(ascii: "\t") }
    var given: Set<String> = []
    for (option, value) in syntax.options {
      guard given.insert(option.name).inserted else {
        throw error(.syntaxError, "the option \(option.name) is given twice", at: option.offset)
      }
      switch option.name {
      case "format":
        guard let kind = value?.text.flatMap({ CopyFormat.Kind(rawValue: $0.lowercased()) }) else {
          throw error(
            .invalidParameter, "unknown format of COPY", at: option.offset,
            hint: "FORMAT is csv, ndjson or json")
        }
        format.kind = kind
      case "header": format.hasHeader = try flag(value, of: option)
      case "null":
        guard let text = value?.text, !text.contains(where: \.isNewline), !text.contains("\"")
        else {
          throw error(.invalidParameter, "NULL takes a text without quotes", at: option.offset)
        }
        format.null = text
      case "delimiter": format.delimiter = try delimiter(value, syntax, at: option)
      case "encoding" where ["utf8", "utf-8"].contains(value?.text?.lowercased()): break
      default:
        throw unsupported(
          "the option \(option.name) of COPY is", at: option.offset,
          hint: "FORMAT, HEADER, DELIMITER and NULL are")
      }
    }
    if format.kind != .csv, let odd = given.intersection(["header", "delimiter", "null"]).min() {
      throw error(
        .invalidParameter, "\(odd.uppercased()) means nothing for \(format.kind.rawValue)",
        at: syntax.fileLocation, hint: "it goes with FORMAT csv")
    }
    return format
  }

  private func flag(
    _ value: ExpressionSyntax?, of option: Identifier
  ) throws(QueryError) -> Bool {
    switch value?.kind {
    case nil: return true
    case .boolean(let flag): return flag
    case .integer(1): return true
    case .integer(0): return false
    case .string(let word) where ["true", "on", "match"].contains(word.lowercased()): return true
    case .string(let word) where ["false", "off"].contains(word.lowercased()): return false
    default:
      throw error(
        .invalidParameter, "\(option.name.uppercased()) is on or off", at: option.offset)
    }
  }

  private func delimiter(
    _ value: ExpressionSyntax?, _ syntax: CopySyntax, at option: Identifier
  ) throws(QueryError) -> UInt8 {
    guard let text = value?.text, text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80,
      byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r")
    else {
      throw error(
        .invalidParameter, "DELIMITER takes one character of ASCII that is no quote or line break",
        at: option.offset)
    }
    if case .fromFile = syntax.direction, ![0x2C, 0x09, 0x20].contains(byte) {
      throw unsupported(
        "reading with DELIMITER '\(text)' is", at: option.offset,
        hint: "',', E'\\t' and ' ' can be read")
    }
    return byte
  }
}

extension ExpressionSyntax {
  fileprivate var text: String? {
    if case .string(let text) = kind { text } else { nil }
  }
}
