import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Persistence
import Platform
import Testing

extension AdministrationHarness {
  /// A key of a service.
  func key(of organization: String, kinds: Set<RecordKind>) throws -> String {
    let made = try service.administration.createKey(
      for: try #require(OrganizationID(organization)), kinds: kinds,
      label: try #require(Identifier("test")), by: .commandLine, at: clock.now)
    return String(decoding: made.text.expose(), as: UTF8.self)
  }

  /// From here on nothing can be stored.
  func breakAuditLog() throws {
    try service.database.close()
  }
}

extension StrictJSON {
  var serializedForTest: String { JSONValue(self).string }
}

extension String {
  /// An object of JSON with the members of another in the place of its own.
  func changed(by other: String) throws -> String {
    var members = try StrictJSON(Array(utf8)).members ?? [:]
    for (name, value) in try StrictJSON(Array(other.utf8)).members ?? [:] { members[name] = value }
    return JSONValue(.object(members)).string
  }
}
