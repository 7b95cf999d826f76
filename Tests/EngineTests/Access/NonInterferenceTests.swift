import Engine
import QueryPlanning
import Testing

/// What is seen does not depend on what is hidden: the same statements over databases that differ in
/// nothing else have the same outcome, down to errors, names and statistics.
@Suite struct NonInterferenceTests {
  private func worlds(_ asker: AccessWorld.Asker) throws -> (AccessWorld, AccessWorld) {
    // Who may read free text sees worlds that agree in it.
    let texts = asker.readsFreeText ? [0, 0] : [0, 1]
    return (
      try AccessWorld(seed: 0, textSeed: texts[0]), try AccessWorld(seed: 1, textSeed: texts[1])
    )
  }

  /// Returns how many statements were answered.
  private func compare(
    _ statements: [String], _ asker: AccessWorld.Asker, freshSessions: Bool
  ) throws -> Int {
    let (first, second) = try worlds(asker)
    var answered = 0
    var failures = 0
    var sessions = (try first.session(asker), try second.session(asker))
    let texts = asker.readsFreeText ? first.secrets.texts.dropLast() : first.secrets.texts[...]
    for statement in statements where statement != "SHOW TABLES" || !asker.seesSizes {
      if freshSessions { sessions = (try first.session(asker), try second.session(asker)) }
      let outcomes = (
        first.outcome(statement, &sessions.0), second.outcome(statement, &sessions.1)
      )
      if !outcomes.0.hasPrefix("error") { answered += 1 }
      let leaked =
        statement.contains("system.queries")
        ? nil
        : texts.first {
          outcomes.0.contains($0) && !statement.contains($0) && $0 != "ann1@alpha.test"
        }
      if outcomes.0 != outcomes.1 || leaked != nil || outcomes.0.contains("would show hidden") {
        failures += 1
        if failures < 20 {
          Issue.record("\(asker): \(statement)\n\(leaked ?? "")\n\(outcomes.0)\n\(outcomes.1)")
        }
      }
    }
    #expect(failures == 0)
    return answered
  }

  @Test(arguments: AccessWorld.Asker.allCases)
  func `statements that try to get hidden values out find nothing`(_ asker: AccessWorld.Asker)
    throws
  {
    let statements = HiddenValueStatements.byHand
    #expect(statements.count > 1_000)
    let answered = try compare(statements, asker, freshSessions: true)
    #expect(answered > 300, "\(answered) of \(statements.count)")
  }

  @Test(arguments: [AccessWorld.Asker.admin, .local])
  func `every function of one row keeps hidden values hidden`(_ asker: AccessWorld.Asker) throws {
    let statements = HiddenValueStatements.functions
    let answered = try compare(statements, asker, freshSessions: false)
    #expect(answered > statements.count / 10, "\(answered) of \(statements.count)")
  }

  @Test(arguments: [AccessWorld.Asker.admin, .local])
  func `every aggregate and window function keeps hidden values hidden`(
    _ asker: AccessWorld.Asker
  ) throws {
    let statements = HiddenValueStatements.aggregates
    let answered = try compare(statements, asker, freshSessions: false)
    #expect(answered > statements.count / 20, "\(answered) of \(statements.count)")
  }
}
