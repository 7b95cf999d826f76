import QueryLanguage
import QueryPlanning

extension Statement {
  /// Whether it wants the newest tables, and the right to change them, before it is planned.
  var mayChangeTables: Bool {
    if case .explain = kind { return false }
    return changesTables
  }
}
