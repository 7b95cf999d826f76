import ColumnStore
import Engine
import HTTPServer
import QueryLanguage

extension AccessArchitectureTests {
  /// The users that the request's session sees, and how a change is refused.
  static func rows(_ request: ServiceRequest, _ service: Service) async throws -> ServiceResponse {
    try await service.run {
      var session = service.session(for: request)
      let users = try service.engine.execute(
        "SELECT string_agg(user_id, '' ORDER BY user_id) FROM users", in: &session)
      var text = ""
      if case .text(let names)? = users.rows.first?.first { text = names }
      do throws(QueryError) {
        _ = try service.engine.execute("DELETE FROM users", in: &session)
        return .json("changed")
      } catch {
        return .json(.array([.text(text), .text(error.code.rawValue)]))
      }
    }
  }
}
