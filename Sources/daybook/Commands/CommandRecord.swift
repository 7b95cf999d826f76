import AccessControl
import ColumnStore
import Engine
import HTTPServer
import Platform
import QueryLanguage

/// Puts what commands do to a data folder on its record, where it has an audit log.
///
/// It is written when it has been done: whoever runs commands on the folder could change the files as well,
/// and a statement that fails did nothing.
enum CommandRecord {
  static func note(_ act: AdministrativeAct, in engine: Engine) throws {
    guard AuditLog.isKept(in: engine.store.catalog()) else { return }
    let environment = ServiceEnvironment.real
    let log = AuditLog(engine, now: environment.now, random: environment.random)
    do {
      try log.append(act, by: .commandLine, of: .all)
    } catch {
      throw CommandFailure("it was done, and is not on the record: \(error)")
    }
  }

  /// Notes a statement that made, changed or dropped tables or views.
  static func note(_ statement: String, in engine: Engine) throws {
    guard AuditLog.isKept(in: engine.store.catalog()),
      let change = try? SQLParser.parseOne(statement).kind.tableChange
    else { return }
    for relation in change.relations {
      try note(.tableChanged(statement: change.tag, relation: relation), in: engine)
    }
  }
}

extension StatementKind {
  /// What it does to which tables or views; `nil` for what reads, and for changes of rows.
  fileprivate var tableChange: (tag: String, relations: [String])? {
    switch self {
    case .createTable(let syntax): ("CREATE TABLE", [syntax.name.name])
    case .createView(let syntax): ("CREATE VIEW", [syntax.name.name])
    case .createMaterializedView(let syntax): ("CREATE MATERIALIZED VIEW", [syntax.name.name])
    case .alterTable(let syntax): ("ALTER TABLE", [syntax.table.name])
    case .label(let syntax):
      ("SECURITY LABEL", ["\(syntax.table.name).\(syntax.column.name)"])
    case .dropTable(let names, _, _): ("DROP TABLE", names.map(\.name))
    case .dropView(let names, _, _): ("DROP VIEW", names.map(\.name))
    case .dropMaterializedView(let names, _, _): ("DROP MATERIALIZED VIEW", names.map(\.name))
    case .truncate(let names): ("TRUNCATE TABLE", names.map(\.name))
    case .select, .explain, .createDomain, .insert, .update, .delete, .checkpoint, .copy, .prepare,
      .execute, .deallocate, .show, .set, .describe:
      nil
    }
  }
}
