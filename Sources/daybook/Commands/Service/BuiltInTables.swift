import AccessControl
import Engine
import HTTPServer
import Platform
import ServiceSetup

/// Makes the built-in tables of a folder as the configuration asks for them, on the record.
enum BuiltInTables {
  /// Returns how many statements that took.
  static func bringUpToDate(
    _ engine: Engine, _ configuration: ServiceConfiguration, by actor: AuditActor
  ) throws -> Int {
    let environment = ServiceEnvironment.real
    do {
      let outcome = try SchemaMigration(
        engine, retentionDays: configuration.integer("retention.days"),
        auditDays: configuration.integer("retention.audit_days")
      ).run(at: environment.now())
      let count = outcome.statements.count
      guard count > 0 else { return 0 }
      try AuditLog(engine, now: environment.now, random: environment.random).append(
        .schemaChanged(version: BuiltInSchema.version, statements: count), by: actor, of: .all)
      return count
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}
