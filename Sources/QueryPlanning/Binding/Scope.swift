import ColumnStore
import QueryLanguage

/// A column that a FROM clause brings, as names see it.
struct ScopeColumn {
  var name: String
  var type: DataType
  /// Position in the row that the FROM clause yields.
  var index: Int
  /// The right-hand column of `USING`: reachable only with its table's name.
  var isMerged = false
}

/// A table of a FROM clause under the name by which columns are qualified.
struct ScopeRelation {
  /// `nil`: a sub-query without alias.
  var name: String?
  var columns: [ScopeColumn]

  func shifted(by offset: Int) -> ScopeRelation {
    var relation = self
    for index in relation.columns.indices { relation.columns[index].index += offset }
    return relation
  }
}

/// What a name can mean inside one query block.
struct Scope {
  enum Lookup {
    case found(ScopeColumn)
    case ambiguous
    case unknownTable
    case unknownColumn
  }

  var relations: [ScopeRelation] = []

  var columns: [ScopeColumn] { relations.flatMap(\.columns) }

  /// The exact name first. Only then one that differs in case: files bring names such as
  /// `InvoiceNo`, which PostgreSQL would want quoted, and SQL folds what is not quoted to lower case.
  func column(named name: String, qualifier: String?) -> Lookup {
    let exact = column(qualifier: qualifier) { $0 == name }
    guard case .unknownColumn = exact, name == name.lowercased() else { return exact }
    return column(qualifier: qualifier) { $0.lowercased() == name }
  }

  private func column(qualifier: String?, where matches: (String) -> Bool) -> Lookup {
    var found: ScopeColumn?
    var isTableKnown = qualifier == nil
    for relation in relations {
      if let qualifier {
        guard relation.name == qualifier else { continue }
        isTableKnown = true
      }
      for column in relation.columns where matches(column.name) {
        if column.isMerged, qualifier == nil { continue }
        if found != nil { return .ambiguous }
        found = column
      }
    }
    if let found { return .found(found) }
    return isTableKnown ? .unknownColumn : .unknownTable
  }
}

/// What a relation of FROM, or a whole query, is once bound.
struct BoundRelation {
  var plan: Plan
  var relations: [ScopeRelation]
  /// Operators in `plan`: inlining must not make it grow without bound.
  var operatorCount: Int
}

/// The `WITH` queries that a query block can see, inner ones first.
struct CommonTables {
  private var tables: [String: BoundQuery] = [:]

  subscript(name: String) -> BoundQuery? { tables[name] }
  var names: [String] { tables.keys.sorted() }

  mutating func add(_ query: BoundQuery, named name: String) { tables[name] = query }
}

/// A query with the names of its columns.
struct BoundQuery {
  var plan: Plan
  var columnNames: [String]
  var operatorCount: Int
}
