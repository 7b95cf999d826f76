import ColumnStore
import QueryLanguage
import QueryPlanning

/// PREPARE, EXECUTE and DEALLOCATE: statements that a session keeps under a name.
///
/// Names inside of them are looked up by EXECUTE, so that a prepared statement never goes stale.
extension Engine {
  func prepare(
    _ statement: PreparedStatement, named name: Identifier, _ text: String,
    _ session: inout Session
  ) throws(QueryError) -> QueryResult {
    guard session.prepared[name.name] == nil else {
      throw QueryError(
        .duplicatePreparedStatement, "prepared statement '\(name.name)' already exists",
        at: tokenRange(at: name.offset, in: text), hint: "DEALLOCATE \(name.name) removes it")
    }
    session.prepared[name.name] = statement
    return .command("PREPARE")
  }

  func execute(
    _ name: Identifier, with values: [QueryParameter], _ text: String, _ running: QueryHandle,
    _ session: inout Session
  ) throws(QueryError) -> QueryResult {
    let place = tokenRange(at: name.offset, in: text)
    guard let prepared = session.prepared[name.name] else {
      throw unknown(name, text, session)
    }
    guard values.count == prepared.parameterCount else {
      throw QueryError(
        .parameterCount,
        "prepared statement '\(name.name)' takes \(prepared.parameterCount) values, not \(values.count)",
        at: place)
    }
    do throws(QueryError) {
      let planner = Planner(catalog: store.catalog(), context: planningContext(session))
      var parameters = values
      for (index, type) in prepared.types.enumerated() {
        parameters[index] = try planner.assigned(values[index], to: type)
      }
      return try run(prepared.statement, prepared.text, parameters, running, &session)
    } catch {
      // Places inside of it mean nothing in the text that names it.
      throw QueryError(
        error.code, "prepared statement '\(name.name)': \(error.message)", at: place,
        hint: error.hint)
    }
  }

  func deallocate(
    _ name: Identifier?, _ text: String, _ session: inout Session
  ) throws(QueryError) -> QueryResult {
    guard let name else {
      session.prepared = [:]
      return .command("DEALLOCATE ALL")
    }
    guard session.prepared.removeValue(forKey: name.name) != nil else {
      throw unknown(name, text, session)
    }
    return .command("DEALLOCATE")
  }

  private func unknown(_ name: Identifier, _ text: String, _ session: Session) -> QueryError {
    QueryError(
      .undefinedPreparedStatement, "there is no prepared statement '\(name.name)'",
      at: tokenRange(at: name.offset, in: text),
      hint: nearestName(to: name.name, among: session.prepared.keys.sorted()).map {
        "did you mean '\($0)'?"
      })
  }
}
