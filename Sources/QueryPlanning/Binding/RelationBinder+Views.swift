import ColumnStore
import QueryLanguage

/// What the texts of one statement note together while they are bound.
final class BindingNotes {
  /// Tables and views that the statement names itself.
  var uses: Set<String> = []
  /// How many times a view was bound.
  var viewCount = 0
  var parsedViews: [String: Statement] = [:]
  /// Whether a function is called that only redaction completes.
  var namesPseudonyms = false
  /// The tables that it reads rows of.
  var tables: Set<String> = []
  /// Whether its answer follows from more than rows of tables: from the clock, from views, which may be
  /// replaced, or from what the engine knows of itself.
  var dependsOnMore = false
  /// Where columns are named in the statement's own text, for errors that come up afterwards.
  private(set) var references: [(name: String, location: Int, isDeciding: Bool)] = []

  fileprivate func note(_ name: String, _ location: Int, _ isDeciding: Bool) {
    // An error points at one of them: nobody misses those of a query that is thousands long.
    if references.count < 1_000 { references.append((name, location, isDeciding)) }
  }

  /// The place that names the column where it is used like this, as far as that is known.
  func place(of name: String, _ use: HiddenUse?) -> Int? {
    let named = references.filter { $0.name == name }
    let places: [Int] =
      switch use {
      case .filter, .join, .condition: named.filter(\.isDeciding).map(\.location)
      case .sort, .group, .window, .expand, .count, .argument, nil: []
      }
    return places.first ?? named.last?.location
  }
}

extension Environment {
  /// Only what the statement itself names counts, not what its views do.
  func noteUse(of name: Identifier) {
    if sharedBase == 0 { notes.uses.insert(name.name) }
  }

  func noteReference(to name: String, at location: Int, isDeciding: Bool) {
    if sharedBase == 0 { notes.note(name, location, isDeciding) }
  }

  /// The same statement's view of another text.
  func inside(_ name: String, text: String, depth: Int) -> Environment {
    notes.viewCount += 1
    var context = context
    context.parameters = []
    var inner = Environment(catalog: catalog, context: context, text: text, notes: notes)
    inner.depth = depth
    inner.viewPath = viewPath + [name]
    // No text is as long as that, so that its own offsets stay below.
    inner.sharedBase = notes.viewCount * (2 * SQLParser.maximumLength)
    return inner
  }
}

/// A view is a sub-query whose text stands elsewhere.
extension QueryBinder {
  func bindView(_ view: View, at name: Identifier) throws(QueryError) -> BoundQuery {
    environment.noteUse(of: name)
    guard !environment.viewPath.contains(view.name) else {
      throw environment.error(
        .invalidObjectDefinition, "view '\(view.name)' would read itself", at: name.offset)
    }
    do throws(QueryError) {
      return try bound(view, at: name)
    } catch {
      // Places inside of the view mean nothing in the text that names it.
      throw environment.error(
        error.code, "view '\(view.name)': \(error.message)", at: name.offset, hint: error.hint)
    }
  }

  private func bound(_ view: View, at name: Identifier) throws(QueryError) -> BoundQuery {
    let statement: Statement
    if let known = environment.notes.parsedViews[view.name] {
      statement = known
    } else {
      statement = try SQLParser.parseOne(view.definition)
      environment.notes.parsedViews[view.name] = statement
    }
    guard case .select(let query) = statement.kind else {
      throw QueryError(.internalError, "its text is not a query")
    }
    let depth = environment.depth + statement.depth
    guard depth <= SQLParser.maximumDepth else {
      throw QueryError(
        .tooComplex,
        "views and queries are nested more than \(SQLParser.maximumDepth) levels deep",
        hint: "keep a part of them in a table: CREATE TABLE ... AS")
    }
    let inner = QueryBinder(
      environment: environment.inside(view.name, text: view.definition, depth: depth))
    var output = try inner.bind(query)
    output.plan = output.plan.placed(at: name.offset)
    return try columns(of: view, in: output)
  }

  /// The columns that the view had when it was made, found by their names.
  private func columns(of view: View, in output: BoundQuery) throws(QueryError) -> BoundQuery {
    var output = output
    let types = output.plan.types
    var places: [Int] = []
    for (index, column) in view.columns.enumerated() {
      let place: Int?
      if output.columnNames.indices.contains(index), output.columnNames[index] == column.source {
        place = index
      } else {
        let matches = output.columnNames.indices.filter {
          output.columnNames[$0] == column.source
        }
        place = matches.count == 1 ? matches.first : nil
      }
      guard let place, types[place] == column.type else {
        let found = place.map { ", which is now of type \(types[$0].sqlName)" }
        throw QueryError(
          .undefinedColumn,
          found.map { "column '\(column.name)' was of type \(column.type.sqlName)\($0)" }
            ?? "its query has no column '\(column.source)' any more",
          hint: "make the view anew: DROP VIEW and CREATE VIEW")
      }
      places.append(place)
    }
    if places != Array(types.indices) {
      output.plan = .project(output.plan, places.map { .column($0, types[$0]) })
      output.operatorCount += 1
    }
    output.columnNames = view.columns.map(\.name)
    return output
  }
}

extension Plan {
  /// The plan with all its places in the text replaced, for errors at run time.
  func placed(at location: Int) -> Plan {
    let plan = mapInputs { $0.placed(at: location) }
      .mapExpressions { $0.placed(at: location) }
    switch plan {
    case .join(var join):
      if join.location != nil { join.location = location }
      return .join(join)
    case .series(var series):
      series.location = location
      return .series(series)
    case .expand(var expansion):
      for index in expansion.sources.indices {
        if case .series(var series) = expansion.sources[index] {
          series.location = location
          expansion.sources[index] = .series(series)
        }
      }
      return .expand(expansion)
    case .aggregate(var aggregation):
      for index in aggregation.aggregates.indices {
        aggregation.aggregates[index].location = location
      }
      return .aggregate(aggregation)
    case .window(var window):
      for index in window.functions.indices {
        window.functions[index].location = location
        if case .aggregate(var aggregate) = window.functions[index].kind {
          aggregate.location = location
          window.functions[index].kind = .aggregate(aggregate)
        }
      }
      return .window(window)
    case .scan, .values, .filter, .project, .sort, .limit, .append, .shared: return plan
    }
  }
}

extension Expression {
  fileprivate func placed(at location: Int) -> Expression {
    switch self {
    case .cast(let operand, let type, _):
      return .cast(operand.placed(at: location), to: type, location: location)
    case .call(var call):
      call.location = location
      call.arguments = call.arguments.map { $0.placed(at: location) }
      return .call(call)
    default: return mapOperands { $0.placed(at: location) }
    }
  }
}
