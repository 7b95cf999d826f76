import AccessControl
import Authentication
import HTTPServer
import HTTPTypes
import Intake
import Testing

extension AdministrationHarness {
  /// What an emitter sends; its key is of `organization`, or of all.
  @discardableResult
  func send(
    _ body: String, _ kind: IntakeKind = .event, of organization: String? = "acme",
    by id: String = "00000000000000aa"
  ) throws -> IntakeOutcome {
    try service.intake.accept(
      Array(body.utf8), kind,
      from: Emitter(
        id: id, organization: try organization.map { try #require(OrganizationID($0)) },
        kinds: Set(RecordKind.allCases)), at: clock.now)
  }

  /// A superadmin's token, and the name of a reveal for columns of his organisation's rows.
  func reveal(_ columns: String...) async throws -> (token: String, headers: [String: String]) {
    let root = try token(.superadmin, "root")
    let made = try await ask(
      .post, "/api/admin/reveal", token: root,
      body:
        "{\"reason\":\"ticket 4711 of acme\",\"columns\":[\(columns.map { "\"\($0)\"" }.joined(separator: ","))]}"
    )
    return (root, ["X-Daybook-Reveal": try #require(made["id"]?.text)])
  }
}

extension HarnessAnswer {
  /// The members of the elements of an array.
  func list(_ name: String) -> [[String: StrictJSON]] {
    self[name]?.elements?.compactMap(\.members) ?? []
  }
}
