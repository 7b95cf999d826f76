import QueryLanguage
import QueryPlanning

extension Statement {
  /// Whether it wants the newest tables, and the right to change them, before it is planned.
  var mayChangeTables: Bool {
<<<<<<< ours
    if case .explain = kind { return false }
    return changesTables
=======
    switch kind {
    case .createTable, .alterTable, .label, .createDomain, .createView, .createMaterializedView,
      .dropTable, .dropView, .dropMaterializedView, .insert, .update, .delete, .truncate,
      .checkpoint:
      true
    case .copy(let copy): copy.isFromFile
    case .prepare(_, _, let statement): statement.mayChangeTables
    case .select, .explain, .execute, .deallocate, .show, .set, .describe: false
    }
  }
}

extension CopySyntax {
  fileprivate var isFromFile: Bool {
    if case .fromFile = direction { true } else { false }
>>>>>>> theirs
  }
}
