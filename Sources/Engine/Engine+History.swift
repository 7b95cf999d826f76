import ColumnStore
import QueryLanguage
import QueryPlanning

/// `SET as_of`: queries of older states of all tables.
extension Engine {
  /// The tables that the session's statements see.
  func visibleCatalog(
    _ statement: Statement, _ session: Session
  ) throws(QueryError) -> Catalog {
    guard let moment = session.asOf else { return pinnedCatalog(session) }
    // What goes back must work also when the snapshot is gone.
    if case .set = statement.kind { return store.catalog() }
    guard let history else { throw noHistory }
    do throws(CatalogHistoryError) {
      return try history.catalog(at: moment)
        .labelled(as: store.catalog(), for: session.access)
    } catch {
      throw QueryError(error, for: session.access)
    }
  }

  /// `reference` is what the planner made of the text; `nil` is DEFAULT.
  func setAsOf(_ reference: String?, _ session: inout Session) throws(QueryError) {
    guard let reference = reference.flatMap({ AsOfSetting.reference($0) }) else {
      session.asOf = nil
      return
    }
    guard let history else { throw noHistory }
    do throws(CatalogHistoryError) {
      switch reference {
      case .number(let number): session.asOf = try history.moment(.number(number))
      case .time(let time): session.asOf = try history.moment(.time(time))
      }
    } catch {
      throw QueryError(error, for: session.access)
    }
  }

  /// While older tables are seen, nothing is changed: a statement would take one for the other.
  func refuseChange(_ planned: PlannedStatement, _ session: Session) throws(QueryError) {
    guard session.asOf != nil || session.pinned != nil else { return }
    switch planned {
    case .query, .explain, .copyTo, .prepare, .execute, .deallocate, .showTables, .describe,
      .describeView, .show, .set:
      return
    case .insert, .changeRows, .truncate, .createTable, .createTableAs, .createDomain, .createView,
      .alterTable, .label, .drop, .copyFrom, .checkpoint:
      throw QueryError(
        .readOnly, "nothing is changed while \(session.olderTables)",
        hint: "SET as_of = DEFAULT goes back to the tables as they are")
    }
  }

  private var noHistory: QueryError {
    QueryError(
      .undefinedObject, "there are no snapshots: these tables are not kept in a data folder")
  }
}

extension QueryError {
  /// Which files there are, only who operates the service is told.
  fileprivate init(_ error: CatalogHistoryError, for access: QueryAccess) {
    guard access.mayOperate else {
      self.init(.undefinedObject, "there is no such snapshot, or it cannot be read")
      return
    }
    self.init(
      error.reason == .notThere ? .undefinedObject : .fileFailure, error.message, hint: error.hint)
  }
}
