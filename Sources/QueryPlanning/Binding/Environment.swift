import ColumnStore
import QueryLanguage

/// What every step of binding can see: the tables, the session and the text for error positions.
struct Environment {
  let catalog: Catalog
  var context: PlanningContext
  let text: String
  /// How deep the text nests, with those of the views around it.
  var depth = 0
  /// The views inside of which this text stands, the outermost first.
  var viewPath: [String] = []
  /// Tells plans shared within this text from those of other views: see `Plan.shared`.
  var sharedBase = 0
  /// What all texts of a statement, its own and those of views, note together.
  var notes = BindingNotes()

  func error(
    _ code: QueryError.Code, _ message: String, at offset: Int, hint: String? = nil
  ) -> QueryError {
    QueryError(code, message, at: tokenRange(at: offset, in: text), hint: hint)
  }

  /// The hint says what to use instead.
  func unsupported(_ construct: String, at offset: Int, hint: String) -> QueryError {
    error(.featureNotSupported, "\(construct) not supported", at: offset, hint: hint)
  }

  /// The whole of a name in several parts: `events.country`.
  func range(ofName path: [String], at offset: Int) -> Range<Int> {
    var range = tokenRange(at: offset, in: text)
    for _ in path.dropFirst() {
      let dot = tokenRange(at: range.upperBound, in: text)
      guard dot.count == 1, text.utf8.dropFirst(dot.lowerBound).first == UInt8(ascii: ".") else {
        return range
      }
      let part = tokenRange(at: dot.upperBound, in: text)
      guard !part.isEmpty else { return range }
      range = range.lowerBound..<part.upperBound
    }
    return range
  }

  /// Whether a name has double quotes where it stands.
  func isQuoted(at offset: Int) -> Bool {
    text.utf8.dropFirst(offset).first == UInt8(ascii: "\"")
  }

  func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
    nearestName(to: name, among: candidates).map { "did you mean '\($0)'?" }
  }

  /// A table whose rows statements may change.
  func table(_ name: Identifier) throws(QueryError) -> Table {
    let table = try definedTable(name)
    if table.schema.rollUp != nil {
      throw error(
        .wrongObjectType, "'\(name.name)' is a materialized view, not a table", at: name.offset,
        hint: "its rows follow from those of table '\(table.schema.rollUp?.source ?? "")'")
    }
    return table
  }

  /// A table, or what a materialised view keeps.
  func definedTable(_ name: Identifier) throws(QueryError) -> Table {
    if let table = catalog.tables[name.name] { return table }
    if catalog.views[name.name] != nil {
      throw error(
        .wrongObjectType, "'\(name.name)' is a view, not a table", at: name.offset,
        hint: "rows are not written through views")
    }
    throw unknownTable(name, others: [])
  }

  func unknownTable(_ name: Identifier, others: [String]) -> QueryError {
    error(
      .undefinedTable, "unknown table '\(name.name)'", at: name.offset,
      hint: suggestion(
        for: name.name, among: catalog.relationNames + others))
  }

  var zoneLiteral: Expression { .literal(.text(context.timeZone), .text) }
}
